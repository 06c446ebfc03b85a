package generator_test

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain has the garbage collected as seldom as the program has it: a fifth of these tests was nothing else.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}

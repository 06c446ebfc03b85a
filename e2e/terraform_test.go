//go:build validate

package e2e_test

import (
	"context"
	"testing"
	"time"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/groundplan/groundplan/e2e/emulator"
)

// terraform is the real program in one folder, whose failures end the test.
type terraform struct{ emulator.Terraform }

func newTerraform(t testing.TB, folder string, environment []string) terraform {
	t.Helper()
	return newEngine(t, emulator.TerraformEngine, folder, environment)
}

// newEngine is newTerraform for either engine.
func newEngine(t testing.TB, engine emulator.Engine, folder string, environment []string) terraform {
	t.Helper()
	tf, err := engine.In(folder, t.TempDir(), environment)
	if err != nil {
		t.Fatal(err)
	}
	return terraform{tf}
}

// try runs one terraform command and returns what it wrote to standard output.
func (tf terraform) try(arguments ...string) (string, error) {
	return tf.Run(context.Background(), arguments...)
}

// run is try for a command that must succeed; it logs how long the command took.
func (tf terraform) run(t testing.TB, arguments ...string) string {
	t.Helper()
	start := time.Now()
	output, err := tf.try(arguments...)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%-8s %5.1f s", arguments[0], time.Since(start).Seconds())
	return output
}

// plan plans what is in the folder and returns the plan as terraform itself describes it, with that description's text.
func (tf terraform) plan(t testing.TB, arguments ...string) (*tfjson.Plan, string) {
	t.Helper()
	start := time.Now()
	plan, text, err := tf.Plan(context.Background(), arguments...)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("plan and show %5.1f s", time.Since(start).Seconds())
	return plan, text
}

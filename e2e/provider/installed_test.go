//go:build validate

package provider

import (
	"os"
	"strings"
	"testing"
)

// TestInstalled keeps the table of the present version equal to what the provider itself tells.
func TestInstalled(t *testing.T) {
	folders, err := Folders(ourRepository)
	if err != nil {
		t.Fatal(err)
	}
	uses, err := Uses(folders...)
	if err != nil {
		t.Fatal(err)
	}
	table, err := Installed(t.Context(), t.TempDir(), Declarations(uses))
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	if err := table.Write(&got, ""); err != nil {
		t.Fatal(err)
	}
	recorded, err := os.ReadFile(File(ourRepository, Present))
	if err != nil {
		t.Fatal(err)
	}
	_, want, _ := strings.Cut(string(recorded), "\ndata ")
	if got.String() != "data "+want {
		t.Error("the table is not what the provider tells: `make schemas` records it anew")
	}
}

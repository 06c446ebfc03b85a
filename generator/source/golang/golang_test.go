package golang

import (
	"flag"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/groundplan/groundplan/generator/source/sourcetest"
)

var update = flag.Bool("update", false, "record what the reader finds in testdata; review the difference")

// TestI1GoApplications reads every application of testdata and compares what is found, or what is wrong, with the
// lines recorded beside it. Each is about one thing, which its name says.
func TestI1_GoApplications(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no applications in testdata", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			root := t.TempDir()
			sourcetest.WriteArchive(t, root, archive)
			application, diags, err := Read(root, testSpellings)
			if err != nil {
				t.Fatal(err)
			}
			got := sourcetest.Describe(application) + sourcetest.Diagnostics(diags)
			sourcetest.Compare(t, file, archive, got, *update)
		})
	}
}

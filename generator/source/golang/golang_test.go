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

// TestI6_ErrorsOfSyntaxAreFew: a file that is no Go has one error a line, and not more of them than help.
func TestI6_ErrorsOfSyntaxAreFew(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want int
	}{
		"one line":   {"package a\n\nvar x = \"ü\" *" + strings.Repeat("@*", 20000) + "\n", 1},
		"many lines": {"package a\n" + strings.Repeat("@\n", 5000), maxSyntaxErrors},
	} {
		root := t.TempDir()
		sourcetest.WriteArchive(t, root, &txtar.Archive{Files: []txtar.File{{Name: "a/a.go", Data: []byte(test.text)}}})
		_, diags, err := Read(root, testSpellings)
		if err != nil || len(diags) == 0 || len(diags) > test.want {
			t.Errorf("%s: %d errors, want %d, %v", name, len(diags), test.want, err)
		}
	}
}

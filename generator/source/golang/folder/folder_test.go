package folder

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/golang/vocabulary"
	"github.com/groundplan/groundplan/generator/source/sourcetest"
)

// TestI1_FilesThatEncoreReads: by their names.
func TestI1_FilesThatEncoreReads(t *testing.T) {
	for name, want := range map[string]bool{
		"a.go": true, "a_linux.go": true, "test.go": true, "a.go.txt": false, "a_test.go": false, "encore.gen.go": false, "user.encore.gen.go": false,
		".hidden.go": false, "_draft.go": false, "a.ts": false,
	} {
		if got := source.IsGoSource(name); got != want {
			t.Errorf("%s: read %v, want %v", name, got, want)
		}
	}
	for name, want := range map[string]bool{
		".git": true, ".x": true, "node_modules": true, "Node_Modules": true, "vendor": true, "testdata": false, "vendors": false, "a": false, "_a": false,
	} {
		if got := isForeignDir(name); got != want {
			t.Errorf("folder %s: passed over %v, want %v", name, got, want)
		}
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
		packages, err := Read(root, vocabulary.New("app.example", nil), []Dir{{Path: "a", Files: []string{"a.go"}}})
		if err != nil || len(packages) != 1 {
			t.Fatal(err, packages)
		}
		if diags := packages[0].Diags; len(diags) == 0 || len(diags) > test.want || !packages[0].Broken {
			t.Errorf("%s: %d errors, want %d", name, len(diags), test.want)
		}
	}
}

func TestLooksLikeService(t *testing.T) {
	for text, want := range map[string]bool{
		"package p\n\n//encore:api public\nfunc F() {}\n":                         true,
		"package p\n\n//encore:middleware\n\n//encore:service\ntype S struct{}\n": true,
		"// encore: encore:authhandler":                                           true,
		"var _ = pubsub.NewSubscription(t, \"s\", c)":                             true,
		"package p\n\n//encore:middleware target=all\nfunc F() {}\n":              false,
		"import \"encore.dev/pubsub\"\n":                                          false,
		"encore:":                                                                 false,
		"":                                                                        false,
	} {
		if got := looksLikeService([]byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

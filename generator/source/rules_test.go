package source

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestI6_NameGrammar has Encore's rules for names: the last length that passes, every character in every place, and the
// name that is offered instead.
func TestI6_NameGrammar(t *testing.T) {
	letters := func(n int) string { return strings.Repeat("a", n) }
	for _, test := range []struct {
		grammar     Grammar
		name        string
		fits        bool
		respelled   string
		problemSays string
	}{
		{Kebab, "a", true, "", ""}, {Kebab, "a-b1", true, "", ""}, {Kebab, "a--b", true, "", ""}, {Kebab, letters(63), true, "", ""},
		{Kebab, letters(64), false, "", "64 characters"}, {Kebab, "", false, "", "empty"},
		{Kebab, "1a", false, "a", "kebab-case"}, {Kebab, "-a", false, "a", "kebab-case"}, {Kebab, "a-", false, "a", "kebab-case"}, {Kebab, "a1-", false, "a1", "kebab-case"},
		{Kebab, "a_b", false, "a-b", "kebab-case"}, {Kebab, "aB", false, "a-b", "kebab-case"}, {Kebab, "HTTPServer", false, "httpserver", "kebab-case"},
		{Kebab, "a b!!c", false, "a-b-c", "kebab-case"}, {Kebab, "9", false, "", "kebab-case"}, {Kebab, "ä", false, "", "kebab-case"}, {Kebab, "a.", false, "a", "kebab-case"},
		{Snake, "a_b1", true, "", ""}, {Snake, "a-b", false, "a_b", "snake_case"}, {Snake, "userName", false, "user_name", "snake_case"}, {Snake, "a_", false, "a", "snake_case"}, {Snake, letters(63), true, "", ""},
		{AnyName, "Any thing", true, "", ""}, {AnyName, letters(64), true, "", ""}, {AnyName, "", false, "", "empty"},
	} {
		problem, _ := checkName(test.grammar, test.name)
		if (problem == "") != test.fits || !strings.Contains(problem, test.problemSays) {
			t.Errorf("%q: %q", test.name, problem)
		}
		if test.fits || test.name == "" || test.problemSays == "64 characters" {
			continue
		}
		separator := byte('-')
		if test.grammar == Snake {
			separator = '_'
		}
		respelled := respell(test.name, separator)
		if respelled != test.respelled {
			t.Errorf("%q is offered %q, want %q", test.name, respelled, test.respelled)
		}
		if again, _ := checkName(test.grammar, respelled); respelled != "" && again != "" {
			t.Errorf("%q is offered %q, which is refused: %s", test.name, respelled, again)
		}
	}
}

// TestI1_FilesThatEncoreReads: by their names.
func TestI1_FilesThatEncoreReads(t *testing.T) {
	for name, want := range map[string]bool{
		"a.go": true, "a_linux.go": true, "test.go": true, "a.go.txt": false, "a_test.go": false, "encore.gen.go": false, "user.encore.gen.go": false,
		".hidden.go": false, "_draft.go": false, "a.ts": false,
	} {
		if got := isGoSource(name); got != want {
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

// TestI6_WordsBehindEncoreThatAreNobodys: a directive on nothing is warned about, and only one that Encore knows.
func TestI6_WordsBehindEncoreThatAreNobodys(t *testing.T) {
	root := t.TempDir()
	writeArchive(t, root, &txtar.Archive{Files: []txtar.File{{Name: "svc/svc.go", Data: []byte(`package svc

import "context"

//encore:api private
func Run(ctx context.Context) error { return nil }

//encore:api public

//encore:apis public

//encore:mine
var x = 1

// encore:api public
var y = 1

//encore:service
var z = 1

//encore:authhandler

//encore:middleware target=all
type T struct{}
`)}}})
	_, diags, err := Go(root, testSpellings)
	if err != nil {
		t.Fatal(err)
	}
	var lines []int
	for _, d := range diags {
		lines = append(lines, d.Subject.Start.Line)
	}
	want := []int{8, 18, 21, 23}
	if len(lines) != len(want) {
		t.Fatalf("reports about lines %v, want %v\n%s", lines, want, describeDiagnostics(diags))
	}
	for i := range want {
		if lines[i] != want[i] {
			t.Errorf("reports about lines %v, want %v\n%s", lines, want, describeDiagnostics(diags))
			break
		}
	}
}

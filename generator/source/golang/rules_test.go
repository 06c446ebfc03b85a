package golang

import (
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/groundplan/groundplan/generator/source/sourcetest"
)

// TestI6_WordsBehindEncoreThatAreNobodys: a directive on nothing is warned about, and only one that Encore knows.
func TestI6_WordsBehindEncoreThatAreNobodys(t *testing.T) {
	root := t.TempDir()
	sourcetest.WriteArchive(t, root, &txtar.Archive{Files: []txtar.File{{Name: "svc/svc.go", Data: []byte(`package svc

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
	_, diags, err := Read(root, testSpellings)
	if err != nil {
		t.Fatal(err)
	}
	var lines []int
	for _, d := range diags {
		lines = append(lines, d.Subject.Start.Line)
	}
	want := []int{8, 18, 21, 23}
	if len(lines) != len(want) {
		t.Fatalf("reports about lines %v, want %v\n%s", lines, want, sourcetest.Diagnostics(diags))
	}
	for i := range want {
		if lines[i] != want[i] {
			t.Errorf("reports about lines %v, want %v\n%s", lines, want, sourcetest.Diagnostics(diags))
			break
		}
	}
}

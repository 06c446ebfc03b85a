package facts_test

import (
	"fmt"
	"testing"

	"github.com/groundplan/groundplan/generator/source/sourcetest"
	"github.com/groundplan/groundplan/generator/source/typescript/facts"
)

// TestAt: a span of bytes is a place of lines and characters.
func TestAt(t *testing.T) {
	for _, test := range []struct {
		name, text string
		span       facts.Span
		want       string
	}{
		{"on the first line", "abc", facts.Span{Start: 1, End: 3}, "@a/b.ts:1:2-4"},
		{"on a later one", "ab\r\ncd\n", facts.Span{Start: 4, End: 6}, "@a/b.ts:2:1-3"},
		{"over two", "ab\ncd", facts.Span{Start: 1, End: 4}, "@a/b.ts:1:2-2:2"},
		{"behind letters of several bytes", "ü\nä=ö1;", facts.Span{Start: 6, End: 9}, "@a/b.ts:2:3-5"},
		{"at the end", "ab\n", facts.Span{Start: 3, End: 3}, "@a/b.ts:2:1-1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := facts.NewModule("a/b.ts", test.text)
			if got := sourcetest.At(m.At(test.span)); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
			m.Error(m.At(test.span), "Summary", "do it", "It is %s.", "so")
			if got, want := sourcetest.Diagnostics(m.Diags), fmt.Sprintf("error %s Summary\n  It is so.\n  hint: do it\n", test.want); got != want {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}

// TestParts: a file begins with the part that runs when it is loaded, and what only the service runs has a name of no code.
func TestParts(t *testing.T) {
	m := facts.NewModule("a/b.ts", "")
	m.Parts = append(m.Parts, "handler")
	if got := []string{m.Dir, m.PartName(0), m.PartName(1), m.PartName(facts.OwnPart)}; fmt.Sprint(got) != "[a  handler -]" {
		t.Errorf("%q", got)
	}
}

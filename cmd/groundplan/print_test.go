package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
)

func TestPrinterDiagnostics(t *testing.T) {
	root := t.TempDir()
	text := "package orders\n\n\tvar größe = pubsub.NewTopic(\"größe\")\nvar x = f(\n\t1,\n)\r\n"
	if err := os.WriteFile(filepath.Join(root, "orders.go"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	place := func(line, from, toLine, to int) *hcl.Range {
		return &hcl.Range{Filename: "orders.go", Start: hcl.Pos{Line: line, Column: from}, End: hcl.Pos{Line: toLine, Column: to}}
	}
	for _, test := range []struct {
		name string
		diag *hcl.Diagnostic
		want string
	}{
		{
			"columns are characters and tabs stay",
			diagnostic.Error(*place(3, 30, 3, 37), "Invalid name", "use another", "The name is wrong."),
			"orders.go:3:30: error: invalid name\n  The name is wrong.\n\n  3 | \tvar größe = pubsub.NewTopic(\"größe\")\n    | \t                            ^^^^^^^\n\n  hint: use another\n",
		},
		{
			"a range over several lines marks the first",
			&hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: "URL is odd", Subject: place(4, 9, 6, 2)},
			"orders.go:4:9: warning: URL is odd\n\n  4 | var x = f(\n    |         ^^\n",
		},
		{
			"an empty range gets one caret",
			&hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Nothing", Subject: place(4, 99, 4, 99)},
			"orders.go:4:99: error: nothing\n\n  4 | var x = f(\n    |           ^\n",
		},
		{
			"no line, no excerpt",
			&hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Missing file", Subject: &hcl.Range{Filename: "gone.go", Start: hcl.Pos{Line: 1, Column: 1}}},
			"gone.go:1:1: error: missing file\n",
		},
		{
			"a range without a file is no place",
			diagnostic.WithHint(&hcl.Diagnostic{Severity: hcl.DiagError, Summary: "No file", Detail: "It is nowhere.", Subject: &hcl.Range{}}, "find it"),
			"groundplan: error: no file\n  It is nowhere.\n  hint: find it\n",
		},
		{
			"no place",
			&hcl.Diagnostic{Severity: hcl.DiagError, Summary: "No range left", Detail: strings.Repeat("word ", 25)},
			"groundplan: error: no range left\n  " + strings.TrimSpace(strings.Repeat("word ", 20)) + "\n  " + strings.TrimSpace(strings.Repeat("word ", 5)) + "\n",
		},
	} {
		t.Run("I6 "+test.name, func(t *testing.T) {
			var out bytes.Buffer
			err := newPrinter(&out, root).diagnostics(hcl.Diagnostics{test.diag})
			if out.String() != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", out.String(), test.want)
			}
			if (err != nil) != (test.diag.Severity == hcl.DiagError) {
				t.Errorf("error %v for severity %v", err, test.diag.Severity)
			}
		})
	}
}

func TestPrinterColors(t *testing.T) {
	var out bytes.Buffer
	p := newPrinter(&out, t.TempDir())
	if p.color {
		t.Error("a buffer is no terminal")
	}
	p.color = true
	p.diagnostic(&hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Wrong"})
	if want := "\x1b[1mgroundplan\x1b[0m: \x1b[31merror\x1b[0m: wrong\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

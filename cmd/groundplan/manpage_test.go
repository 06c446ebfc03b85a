package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/urfave/cli/v2"
)

// TestManPage keeps docs/groundplan.1 true to the help texts.
func TestManPage(t *testing.T) {
	const name = "../../docs/groundplan.1"
	want := manPage(verbs())
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Errorf("docs/groundplan.1 is not what the help texts say; make update writes it anew\n%s", d)
	}
}

func TestManPageSaysEverything(t *testing.T) {
	page := manPage(append(imagined(), &cli.Command{Name: "odd", CustomHelpTemplate: "groundplan odd prints a\\b.\n\nusage: groundplan odd\n\n.hidden begins with a dot\n'quoted\n\n  a  table\n  of two\n\nexample:\n  $ groundplan odd\n"}))
	for _, want := range []string{
		".SH GROUNDPLAN LOGS\n", ".SH GROUNDPLAN STATE MOVE\n", ".BI \"\\-\\-engine \" NAME\nwhich one, of two\n", ".B \\-\\-follow\n",
		"prints a\\eb.", "\\&.hidden", "\\&'quoted", ".nf\n  a  table\n  of two\n.fi\n", "$ groundplan odd",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

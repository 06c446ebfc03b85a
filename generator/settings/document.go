package settings

import (
	"cmp"
	"fmt"
	"strings"
)

// Document is the part of a page about what may stand in a file: a section for every block, in the order of the table, with
// a row for each setting.
func (t *Table) Document() string {
	var out strings.Builder
	for _, g := range t.File.Blocks {
		g.document(&out, "")
	}
	return out.String()
}

// document prints a block, and the blocks in it, under the name of where it stands.
func (g *Grammar) document(out *strings.Builder, around string) {
	if g.Meaning != "" {
		title := g.Type
		if g.Label != "" {
			title += fmt.Sprintf(" \"<%s>\"", g.Label)
		}
		title = cmp.Or(g.Title, title)
		if around != "" {
			title += ", in " + around
		}
		fmt.Fprintf(out, "\n## %s\n\n%s%s\n", title, g.Meaning, g.Only.note())
		if len(g.Settings) > 0 {
			out.WriteString("\n| setting | type | default | meaning |\n|---|---|---|---|\n")
		}
		for _, s := range g.Settings {
			holds := s.Default
			if s.Required {
				holds = "required"
			}
			fmt.Fprintf(out, "| `%s` | %s | %s | %s%s |\n", s.Name, typeWords[s.Type].documented, holds, s.Meaning, s.Only.note())
		}
	}
	where := g.Type
	if around != "" {
		where += " of " + around
	}
	for _, inner := range g.Blocks {
		inner.document(out, where)
	}
}

// note is what is added to the meaning of what a scope has alone.
func (s *Scope) note() string {
	if s == nil {
		return ""
	}
	return " " + s.Note
}

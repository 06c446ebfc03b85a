package change

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// alike is how many components have to change in the same way to be told of in one line.
const alike = 4

// textLine is what is said of one component, or of several that change in the same way.
type textLine struct {
	title, summary string
	// names are the titles of several.
	names []string
	risk  Risk
}

// lines are those of components, in their order, with those alike together where the first of them is.
func lines(components []Component) []textLine {
	type likeness struct {
		risk    Risk
		summary string
	}
	groups := map[likeness][]Component{}
	for _, c := range components {
		if c.Risk == DataLost {
			continue // each is told of by itself
		}
		is := likeness{c.Risk, c.Summary}
		groups[is] = append(groups[is], c)
	}
	var found []textLine
	done := map[likeness]bool{}
	for _, c := range components {
		is := likeness{c.Risk, c.Summary}
		group := groups[is]
		if len(group) < alike {
			found = append(found, textLine{title: c.Title() + others(c), summary: c.Summary, risk: c.Risk})
			continue
		}
		if !done[is] {
			done[is] = true
			found = append(found, together(group))
		}
	}
	return found
}

// others are the components that stand or fall with one, for what goes or is made anew.
func others(c Component) string {
	if c.Risk < Replaced || len(c.With) == 0 {
		return ""
	}
	return " (" + strings.Join(c.With, ", ") + ")"
}

// together is the line of components that change in the same way.
func together(group []Component) textLine {
	noun := group[0].Noun
	var names []string
	for _, c := range group {
		if c.Noun != noun {
			noun = "component"
		}
	}
	for _, c := range group {
		name := c.Title()
		if noun != "component" {
			name = strings.TrimSpace(strings.TrimPrefix(name, noun))
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return textLine{title: fmt.Sprintf("%d %s", len(group), plural(noun)), summary: group[0].Summary, names: names, risk: group[0].Risk}
}

// several is how many names a line has.
const several = 12

// named are some names, and how many more there are: a list of hundreds is for programs.
func named(names []string) string {
	if len(names) <= several {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:several], ", "), len(names)-several)
}

// Heading is the line of a stack: how many resources there are of which change, or why nobody knows yet.
func (s Set) Heading() string {
	switch {
	case s.Unplanned != "":
		return "no plan yet: " + s.Unplanned + ". As far as the code shows:"
	case s.Counts.None() && len(s.Outputs) == 0:
		return "nothing to do"
	}
	return s.Counts.String()
}

// String says counts in words: those that people expect always, others where there are some.
func (c Counts) String() string {
	said := []string{fmt.Sprintf("%d to create", c.Create), fmt.Sprintf("%d to change", c.Change)}
	for _, more := range []struct {
		number int
		verb   string
	}{{c.Replace, "replace"}, {c.Destroy, "destroy"}, {c.Forget, "leave alone"}, {c.Import, "import"}, {c.Move, "move"}} {
		if more.number > 0 || more.verb == "destroy" {
			said = append(said, fmt.Sprintf("%d to %s", more.number, more.verb))
		}
	}
	return strings.Join(said, ", ")
}

// Text writes plans for a terminal of a width.
func Text(w io.Writer, sets []Set, width int) error {
	page := &textPage{width: max(width, 40)}
	stacks := 0
	for _, set := range sets {
		stacks = max(stacks, utf8.RuneCountInString(set.Stack))
	}
	for i, set := range sets {
		if i > 0 {
			page.out.WriteByte('\n')
		}
		page.set(set, stacks)
	}
	_, err := io.WriteString(w, page.out.String())
	return err
}

// textPage is a text that is being written.
type textPage struct {
	width int
	out   strings.Builder
}

func (p *textPage) set(set Set, stacks int) {
	p.row(fmt.Sprintf("%-*s   ", stacks, set.Stack), set.Heading())
	p.components(set.Components)
	if outputs := outputText(set.Outputs); outputs != "" {
		p.row("  outputs  ", outputs)
	}
	if len(set.Drift) > 0 {
		p.row("  ", "changed behind terraform's back since the last apply:")
		p.components(set.Drift)
	}
	for _, deferred := range set.Deferred {
		p.row("  later  ", deferred.Address+" ("+deferred.Reason+")")
	}
	if set.Incomplete {
		p.row("  ", "This is a part: another plan will have more to do.")
	}
}

// components writes one line for each, with what happens to it in a column of its own.
func (p *textPage) components(components []Component) {
	all := lines(components)
	column := 0
	for _, line := range all {
		column = max(column, min(utf8.RuneCountInString(line.title), p.width*2/5))
	}
	for _, line := range all {
		mark := "  "
		if line.risk == DataLost {
			mark = "! "
		}
		summary := clean(line.summary)
		if len(line.names) > 0 {
			summary += ": " + clean(named(line.names))
		}
		title := clean(line.title)
		if utf8.RuneCountInString(title) > column {
			// A long name has a line of its own, what happens to it is still found in its column.
			p.row(mark, title)
			p.row(strings.Repeat(" ", column+4), summary)
			continue
		}
		p.row(mark+title+strings.Repeat(" ", column-utf8.RuneCountInString(title)+2), summary)
	}
}

// row writes a text behind what leads it, wrapped between words.
func (p *textPage) row(lead, text string) {
	indent := strings.Repeat(" ", utf8.RuneCountInString(lead))
	line := lead
	empty := true
	for _, word := range strings.Fields(text) {
		if !empty && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > p.width {
			p.out.WriteString(strings.TrimRight(line, " ") + "\n")
			line, empty = indent, true
		}
		if !empty {
			line += " "
		}
		line += word
		empty = false
	}
	p.out.WriteString(strings.TrimRight(line, " ") + "\n")
}

// Clean is for what others write below a plan, see clean.
func Clean(text string) string { return clean(text) }

// clean takes out what would make a terminal do something.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '?'
		}
		return r
	}, text)
}

// outputText says which outputs change, without their values.
func outputText(outputs []Output) string {
	var said []string
	for _, group := range []struct{ action, word string }{{"delete", "gone"}, {"update", "changed"}, {"create", "new"}} {
		var names []string
		for _, output := range outputs {
			if output.Action == group.action {
				names = append(names, output.Name)
			}
		}
		if len(names) > 0 {
			said = append(said, group.word+": "+strings.Join(names, ", "))
		}
	}
	return strings.Join(said, "; ")
}

package change

import (
	"fmt"
	"io"
	"strings"
)

// Markdown writes plans for a comment of a pull request: a part to unfold for each stack, with the file that declares each
// component, and under it the resources with what changes of them.
func Markdown(w io.Writer, sets []Set) error {
	var out strings.Builder
	for i, set := range sets {
		if i > 0 {
			out.WriteByte('\n')
		}
		markdownSet(&out, set)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func markdownSet(out *strings.Builder, set Set) {
	open := ""
	if len(set.Components) > 0 && set.Components[0].Risk >= Access {
		open = " open"
	}
	fmt.Fprintf(out, "<details%s>\n<summary><b>%s</b>: %s</summary>\n\n", open, escape(set.Stack), escape(set.Heading()))
	if len(set.Components) > 0 {
		out.WriteString("| component | change | declared in |\n|---|---|---|\n")
		for _, row := range markdownRows(set.Components) {
			out.WriteString(row)
		}
		out.WriteByte('\n')
	}
	if outputs := outputText(set.Outputs); outputs != "" {
		fmt.Fprintf(out, "Outputs %s.\n\n", escape(outputs))
	}
	if len(set.Drift) > 0 {
		out.WriteString("Changed behind terraform's back since the last apply:\n\n")
		for _, component := range set.Drift {
			fmt.Fprintf(out, "- %s: %s\n", escape(component.Title()), escape(component.Summary))
		}
		out.WriteByte('\n')
	}
	for _, deferred := range set.Deferred {
		fmt.Fprintf(out, "Later: %s (%s).\n\n", code(deferred.Address), escape(deferred.Reason))
	}
	if set.Incomplete {
		out.WriteString("This is a part: another plan will have more to do.\n\n")
	}
	markdownResources(out, set.Components)
	out.WriteString("</details>\n")
}

// markdownRows are the lines of the table; those alike have one, with the files of all.
func markdownRows(components []Component) []string {
	declared := map[string]string{}
	for _, c := range components {
		declared[c.Title()] = c.DeclaredIn
	}
	var rows []string
	for _, line := range lines(components) {
		title, summary := escape(line.title), escape(line.summary)
		if line.risk == DataLost {
			summary = "**" + summary + "**"
		}
		files := ""
		for _, c := range components {
			if len(line.names) == 0 && c.Title()+others(c) == line.title && c.DeclaredIn != "" {
				files = code(c.DeclaredIn)
			}
		}
		if len(line.names) > 0 {
			title += ": " + escape(strings.Join(line.names, ", "))
		}
		rows = append(rows, fmt.Sprintf("| %s | %s | %s |\n", title, summary, files))
	}
	return rows
}

// shown is how many resources a comment lists at most: GitHub and GitLab cut comments that are too long.
const shown = 200

func markdownResources(out *strings.Builder, components []Component) {
	total := 0
	for _, c := range components {
		total += len(c.Resources)
	}
	if total == 0 {
		return
	}
	out.WriteString("<details>\n<summary>resources</summary>\n\n")
	left := shown
	for _, c := range components {
		for _, resource := range c.Resources {
			if left--; left < 0 {
				continue
			}
			fmt.Fprintf(out, "- %s %s%s\n", strings.ReplaceAll(resource.Action, "_", " "), code(resource.Address), escape(resource.reason()))
			if said := resource.phrases(); len(said) > 0 {
				fmt.Fprintf(out, "  - %s\n", escape(strings.Join(said, ", ")))
			}
		}
	}
	if total > shown {
		fmt.Fprintf(out, "- and %d more\n", total-shown)
	}
	out.WriteString("\n</details>\n\n")
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "|", "\\|", "`", "\\`", "*", "\\*", "_", "\\_", "[", "\\[", "]", "\\]", "@", "&#64;", "#", "&#35;", "://", "&#58;//")

// Escape is for what others write below a plan, see escape.
func Escape(text string) string { return escape(text) }

// escape keeps a text from being read as Markdown: values come from plans, and a mention or a link is not for them to make.
func escape(text string) string { return escaper.Replace(clean(text)) }

// code is a text as code.
func code(text string) string {
	return "<code>" + strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "|", "&#124;", "`", "&#96;", "*", "&#42;", "_", "&#95;", "[", "&#91;").Replace(clean(text)) + "</code>"
}

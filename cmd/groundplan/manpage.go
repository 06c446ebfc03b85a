package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"
)

// manPage is groundplan.1 in roff's man macros, made of the help texts. It is kept in docs/, from where packages take it.
func manPage(commands []*cli.Command) string {
	var out strings.Builder
	out.WriteString(`.\" Made from the help texts of groundplan's verbs: go test ./cmd/groundplan -update
.TH GROUNDPLAN 1 "" groundplan "groundplan manual"
.nh
.ad l
.SH NAME
groundplan \- Terraform for AWS from the source of an application
.SH SYNOPSIS
.B groundplan
.I VERB
.RI [ FLAG ...]
.SH DESCRIPTION
`)
	summary, _, _ := strings.Cut(programHelp, "\n\n")
	out.WriteString(roff(summary) + "\n.PP\nData goes to standard output, everything for people to standard error.\n")
	for _, command := range commands {
		writeVerb(&out, "groundplan "+command.Name, command)
	}
	out.WriteString(`.SH EXIT STATUS
.TP
.B 0
Everything is as it should be.
.TP
.B 1
Something is wrong; what, and what to do about it, was printed.
.TP
.B 2
Something differs, where a verb was asked whether it does.
.TP
.B 3
A guard refused.
.SH FILES
.TP
.I groundplan.hcl
Where the application runs, and how large.
.TP
.I groundplan.app.hcl
The description of an application that does not use Encore.
.TP
.I infra/groundplan.lock.json
What groundplan wrote, and what has to stay as it is.
.SH ENVIRONMENT
.TP
.B NO_COLOR
When it is set, nothing is printed in color.
`)
	return out.String()
}

// writeVerb writes the section of a verb, and of the verbs inside it.
func writeVerb(out *strings.Builder, name string, command *cli.Command) {
	m := manualOf(command.CustomHelpTemplate)
	fmt.Fprintf(out, ".SH %s\n%s\n", strings.ToUpper(roff(name)), roff(m.summary))
	for _, usage := range m.usage {
		fmt.Fprintf(out, ".PP\n.B groundplan %s\n", roff(usage))
	}
	for _, flag := range m.flags {
		title := `.B \-\-` + roff(flag.name)
		if flag.value != "" {
			title = fmt.Sprintf(`.BI "\-\-%s " %s`, roff(flag.name), roff(flag.value))
		}
		fmt.Fprintf(out, ".TP\n%s\n%s\n", title, roff(flag.text))
	}
	for _, paragraph := range m.paragraphs {
		if strings.HasPrefix(paragraph, " ") { // a table or a list, laid out by hand
			fmt.Fprintf(out, ".PP\n.nf\n%s\n.fi\n", roff(paragraph))
		} else {
			fmt.Fprintf(out, ".PP\n%s\n", roff(paragraph))
		}
	}
	if len(m.example) > 0 {
		fmt.Fprintf(out, ".PP\n.nf\n.RS 4\n%s\n.RE\n.fi\n", roff(strings.Join(m.example, "\n")))
	}
	for _, inside := range command.Subcommands {
		writeVerb(out, name+" "+inside.Name, inside)
	}
}

// roff is a text as roff prints it: no line of it is a request, and hyphens can be copied.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}

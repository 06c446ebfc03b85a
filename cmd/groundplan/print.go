package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/urfave/cli/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/reading"
)

// textWidth is where details wrap. Hints do not: they are there to be copied.
const textWidth = 100

// printer writes for people.
type printer struct {
	out io.Writer
	// root is the folder the file names of diagnostics are relative to.
	root string
	// files caches the lines of source files, for excerpts.
	files map[string][]string
	// color reports whether to use terminal colours.
	color bool
}

func newPrinter(out io.Writer, root string) *printer {
	return &printer{out: out, root: root, files: map[string][]string{}, color: isTerminal(out)}
}

// isTerminal reports whether somebody looks at the output and wants colours.
func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && showsColors(file)
}

// slashed is a path for people to copy: joined by slashes, which programs on Windows take as well, and its shells do not all
// take backslashes.
func slashed(elements ...string) string { return filepath.ToSlash(filepath.Join(elements...)) }

// outFolder is the folder of the generated code, as the flags --out and --app name it.
func outFolder(c *cli.Context) string { return folderOf(c, "out") }

// folderOf is outFolder for a verb that names the folder by another flag.
func folderOf(c *cli.Context, flag string) string {
	if out := c.String(flag); out != "" {
		return filepath.ToSlash(out)
	}
	return slashed(c.String("app"), "infra")
}

// say prints one line of progress or news.
func (p *printer) say(format string, args ...any) {
	fmt.Fprintf(p.out, "groundplan: "+format+"\n", args...)
}

// diagnostics prints each diagnostic with its place in the source, and returns the error that ends the verb, nil when
// there are only warnings.
func (p *printer) diagnostics(diags hcl.Diagnostics) error {
	errors := 0
	for i, d := range diags {
		if i > 0 {
			fmt.Fprintln(p.out)
		}
		p.diagnostic(d)
		if d.Severity == hcl.DiagError {
			errors++
		}
	}
	switch errors {
	case 0:
		return nil
	case 1:
		return &outcome{code: codeError, message: "1 error"}
	}
	return &outcome{code: codeError, message: fmt.Sprintf("%d errors", errors)}
}

func (p *printer) diagnostic(d *hcl.Diagnostic) {
	subject := d.Subject
	if subject != nil && subject.Filename == "" {
		subject = nil // a range that leads nowhere is no place
	}
	severity, color := "error", red
	if d.Severity == hcl.DiagWarning {
		severity, color = "warning", yellow
	}
	where := "groundplan"
	if subject != nil {
		where = fmt.Sprintf("%s:%d:%d", subject.Filename, subject.Start.Line, subject.Start.Column)
	}
	fmt.Fprintf(p.out, "%s: %s: %s\n", p.paint(bold, where), p.paint(color, severity), lowerFirst(d.Summary))
	for _, line := range strings.Split(d.Detail, "\n") {
		for _, wrapped := range wrap(line, textWidth) {
			fmt.Fprintf(p.out, "  %s\n", wrapped)
		}
	}
	if subject != nil && p.excerpt(*subject, color) && len(diagnostic.Hints(d)) > 0 {
		fmt.Fprintln(p.out)
	}
	for _, hint := range diagnostic.Hints(d) {
		fmt.Fprintf(p.out, "  hint: %s\n", hint)
	}
}

// excerpt prints the line a range begins on, and carets below what the range covers of it; false when there is no
// such line.
func (p *printer) excerpt(at hcl.Range, color style) bool {
	lines := p.lines(at.Filename)
	if at.Start.Line < 1 || at.Start.Line > len(lines) {
		return false
	}
	line := strings.TrimRight(lines[at.Start.Line-1], "\r")
	before, marked := split(line, at)
	number := fmt.Sprint(at.Start.Line)
	fmt.Fprintf(p.out, "\n  %s | %s\n", number, line)
	carets := strings.Repeat("^", max(1, utf8.RuneCountInString(marked)))
	fmt.Fprintf(p.out, "  %s | %s%s\n", strings.Repeat(" ", len(number)), blank(before), p.paint(color, carets))
	return true
}

// split cuts a line into what stands before a range and what of the range stands on the line.
func split(line string, at hcl.Range) (before, marked string) {
	start := byteOfColumn(line, at.Start.Column)
	end := len(line)
	if at.End.Line == at.Start.Line {
		end = max(start, byteOfColumn(line, at.End.Column))
	}
	return line[:start], strings.TrimRightFunc(line[start:end], unicode.IsSpace)
}

// byteOfColumn is the offset of a 1-based column counted in characters.
func byteOfColumn(line string, column int) int {
	for i := range line {
		if column <= 1 {
			return i
		}
		column--
	}
	return len(line)
}

// blank is white space as wide as the text: tabs stay, whatever their width is.
func blank(text string) string {
	return strings.Map(func(c rune) rune {
		if c == '\t' {
			return c
		}
		return ' '
	}, text)
}

// lines are the lines of a source file; none when it cannot be read, for an excerpt is a courtesy.
func (p *printer) lines(name string) []string {
	if lines, ok := p.files[name]; ok {
		return lines
	}
	var lines []string
	if text, err := os.ReadFile(filepath.Join(p.root, filepath.FromSlash(name))); err == nil {
		lines = strings.Split(string(reading.DecodePlain(text)), "\n")
	}
	p.files[name] = lines
	return lines
}

// style is a terminal colour or weight, by its SGR code.
type style string

const (
	bold   style = "1"
	red    style = "31"
	yellow style = "33"
)

func (p *printer) paint(s style, text string) string {
	if !p.color {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

// wrap breaks a paragraph at spaces into lines of at most the given number of characters.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// lowerFirst begins a summary as the lines of a terminal begin, and leaves abbreviations alone.
func lowerFirst(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	second, _ := utf8.DecodeRuneInString(text[size:])
	if unicode.IsUpper(second) || unicode.IsDigit(second) {
		return text
	}
	return string(unicode.ToLower(first)) + text[size:]
}

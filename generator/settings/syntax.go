package settings

// What hcl says about a file that does not parse, in words about settings and blocks and with the remedy.

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/pattern"
)

// syntaxWords are the words for what hcl's parser complains about, by its summary: summary, detail and hint. An empty
// detail keeps hcl's own.
var syntaxWords = map[string][3]string{
	"Argument or block definition required":    {"Unexpected text", "A setting or a block is expected here.", syntaxHint},
	"Attribute redefined":                      {"Duplicate setting", "", "keep one of them"},
	"Invalid block definition":                 {"Invalid block", "This is neither a setting nor the beginning of a block.", syntaxHint},
	"Invalid character":                        {"Invalid character", "", "remove it"},
	"Invalid character encoding":               {"Invalid character encoding", "The file is not UTF-8.", "save it as UTF-8"},
	"Invalid expression":                       {"Missing value", "A value is expected here.", "write one, or remove the line"},
	"Invalid single-argument block definition": {"Several settings on a line", "A block on one line has one setting.", "write each setting on a line of its own"},
	"Missing item separator":                   {"Missing comma", "A comma is expected before this.", "add it"},
	"Missing newline after argument":           {"Several settings on a line", "The setting has ended before this.", "begin a new line here"},
	"Unclosed configuration block":             {"Unclosed block", "The block that begins here has no closing brace.", "add the missing }"},
	"Unexpected comma after argument":          {"Unexpected comma", "Settings end with their line.", "remove the comma"},
	"Unterminated template string":             {"Unclosed string", "The string does not end.", "close it where it ends"},
}

const syntaxHint = "write a setting as name = value and a block as name { ... }"

// syntaxLine is the line of the file that a diagnostic begins on.
type syntaxLine struct {
	text  string
	below string // the next line
	start hcl.Pos
}

// explain rewords the parser's diagnostics. What follows from an earlier mistake is left out: everything behind a
// quote that is not closed, and a second complaint about the same line.
func explain(diags hcl.Diagnostics, text []byte, table *Table) hcl.Diagnostics {
	diags = slices.Clone(diags)
	slices.SortStableFunc(diags, func(a, b *hcl.Diagnostic) int { return cmp.Compare(a.Subject.Start.Byte, b.Subject.Start.Byte) })
	lines := strings.SplitAfter(string(text)+"\n\n", "\n")
	line := syntaxLine{start: hcl.Pos{Column: 1}}
	var explained hcl.Diagnostics
	for _, d := range diags {
		if d.Subject.Start.Line == line.start.Line {
			continue
		}
		for line.start.Line < d.Subject.Start.Line {
			line.start.Byte += len(line.text)
			line.text, line.below = lines[line.start.Line], lines[line.start.Line+1]
			line.start.Line++
		}
		if quote := line.unclosedQuote(d); quote != nil {
			return append(explained, quote)
		}
		explained = append(explained, cmp.Or(line.missingEquals(d, table), line.unopenedBlock(d), line.general(d)))
	}
	return explained
}

// unclosedQuote points at the quote that is not closed on its line; nil when the diagnostic is about something else.
func (l syntaxLine) unclosedQuote(d *hcl.Diagnostic) *hcl.Diagnostic {
	if d.Summary != "Invalid multi-line string" && d.Summary != "Unterminated template string" {
		return nil
	}
	quote := strings.LastIndexByte(l.text, '"')
	if quote < 0 {
		return nil
	}
	rest := strings.TrimRight(l.text[quote:], " \t\r\n")
	return diagnostic.Error(l.at(d, quote, quote+len(rest)), "Unclosed quote", "write "+rest+`"`, "The string has no closing quote on its line.")
}

// settingLine matches a line that holds a name and one value, with whatever people write between them.
var settingLine = pattern.Lazy(`^\s*([A-Za-z_]\w*)\s*([:=]*)\s*("[^"]*"|\[[^\]]*\]|-?[\w.]+),?\s*(?:(?:#|//).*)?\s*$`)

// missingEquals is about a setting without an equals sign; nil when the line is no such thing.
func (l syntaxLine) missingEquals(d *hcl.Diagnostic, table *Table) *hcl.Diagnostic {
	found := settingLine().FindStringSubmatchIndex(l.text)
	if found == nil {
		return nil
	}
	name, between, value := l.text[found[2]:found[3]], l.text[found[4]:found[5]], l.text[found[6]:found[7]]
	if table.withSetting(name, nil) == nil || between == "=" || found[3] == found[6] || strings.HasPrefix(strings.TrimSpace(l.below), "{") {
		return nil
	}
	detail := fmt.Sprintf("An = is missing between the setting %q and its value.", name)
	if between != "" {
		detail = fmt.Sprintf("Between the setting %q and its value stands %s instead of =.", name, between)
	}
	return diagnostic.Error(l.at(d, found[2], found[7]), "Missing equals sign", fmt.Sprintf("write %s = %s", name, value), "%s", detail)
}

// unopenedBlock is about a brace on the line below a block's header; nil when there is none.
func (l syntaxLine) unopenedBlock(d *hcl.Diagnostic) *hcl.Diagnostic {
	if d.Summary != "Invalid block definition" && d.Summary != "Argument or block definition required" || !strings.HasPrefix(strings.TrimSpace(l.below), "{") {
		return nil
	}
	return diagnostic.Error(*d.Subject, "Invalid block", "write the { at the end of this line", "The brace of a block stands on the line of its name.")
}

var redefined = pattern.Lazy(`already set at (.+):(\d+),(\d+)-`)

// general replaces hcl's words where there are better ones, and adds the remedy.
func (l syntaxLine) general(d *hcl.Diagnostic) *hcl.Diagnostic {
	words, known := syntaxWords[d.Summary]
	if !known {
		words = [3]string{d.Summary, "", syntaxHint}
	}
	summary, detail, hint := words[0], cmp.Or(words[1], d.Detail), words[2]
	brace := strings.TrimSpace(l.text) == "}"
	switch earlier := redefined().FindStringSubmatch(d.Detail); {
	case earlier != nil:
		detail = fmt.Sprintf("It is already set at %s:%s:%s.", earlier[1], earlier[2], earlier[3])
	case d.Summary == "Missing item separator" && brace:
		summary, detail, hint = "Unclosed list", "The list above is not closed.", "close it with ]"
	case d.Summary == "Invalid character" && strings.Contains(d.Detail, "ingle quotes"):
		detail, hint = "Strings do not stand in single quotes.", "use double quotes"
	case d.Summary == "Invalid block definition" && strings.Contains(d.Detail, "equals sign"):
		detail, hint = "A block has no equals sign.", "write it as name { ... }"
	case d.Summary == "Argument or block definition required" && brace:
		detail, hint = "This brace closes nothing.", "remove it"
	}
	return diagnostic.Error(*d.Subject, summary, hint, "%s", detail)
}

// at is the range of the bytes from start to end of the line.
func (l syntaxLine) at(d *hcl.Diagnostic, start, end int) hcl.Range {
	behind := func(bytes int) hcl.Pos {
		return hcl.Pos{Line: l.start.Line, Column: 1 + utf8.RuneCountInString(l.text[:bytes]), Byte: l.start.Byte + bytes}
	}
	return hcl.Range{Filename: d.Subject.Filename, Start: behind(start), End: behind(end)}
}

package table

import (
	"bytes"
	"errors"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// ErrLayout is that of a file which cannot be changed without changing more than is asked for.
var ErrLayout = errors.New("the file cannot be changed in place")

const byteOrderMark = "\xef\xbb\xbf"

// StateBlock is a `state` block with the settings given, as name and value in turn; those without a value are left out.
func StateBlock(settings ...string) string {
	file := hclwrite.NewEmptyFile()
	body := file.Body().AppendNewBlock("state", nil).Body()
	for i := 0; i+1 < len(settings); i += 2 {
		if settings[i+1] != "" {
			body.SetAttributeValue(settings[i], cty.StringVal(settings[i+1]))
		}
	}
	return string(hclwrite.Format(file.Bytes()))
}

// WithState is the text of a groundplan.hcl with a block more at the end of an environment that has no `state` block, or with that
// environment as well where the file has none at all. Everything else stays byte for byte: comments, line ends, alignment.
func WithState(text []byte, environment, block string) ([]byte, error) {
	mark := ""
	if bytes.HasPrefix(text, []byte(byteOrderMark)) {
		mark = byteOrderMark
	}
	content := string(text[len(mark):])
	at, around, err := findEnvironment(content, environment)
	if err != nil {
		return nil, err
	}
	newline := "\n"
	if strings.Contains(content, "\r\n") {
		newline = "\r\n"
	}
	var with string
	if at == nil {
		with = strings.TrimRight(content, " \t\r\n")
		if with != "" {
			with = content[:len(with)] + newline + newline
		}
		with += "environment " + string(hclwrite.TokensForValue(cty.StringVal(environment)).Bytes()) + " {" + newline + indent(block, "  ", newline) + "}" + newline
	} else {
		with = insertInto(content, at, block, newline)
	}
	// What was written is read again: it has to be the block, in its place, and nothing else.
	again, now, err := findEnvironment(with, environment)
	if err != nil || again == nil || now != around+1 || len(again.Body.Attributes) > 0 && at == nil {
		return nil, ErrLayout
	}
	if at != nil && (len(again.Body.Blocks) != len(at.Body.Blocks)+1 || len(again.Body.Attributes) != len(at.Body.Attributes)) {
		return nil, ErrLayout
	}
	return []byte(mark + with), nil
}

// findEnvironment is the block of an environment, nil where the file has none at all, and how many `state` blocks all have.
func findEnvironment(text, environment string) (found *hclsyntax.Block, states int, err error) {
	file, diags := hclsyntax.ParseConfig([]byte(text), "", hcl.InitialPos)
	if diags.HasErrors() {
		return nil, 0, ErrLayout
	}
	others := false
	for _, block := range file.Body.(*hclsyntax.Body).Blocks {
		if block.Type != "environment" {
			continue
		}
		for _, inner := range block.Body.Blocks {
			if inner.Type == "state" {
				states++
			}
		}
		if len(block.Labels) == 1 && block.Labels[0] == environment {
			found = block
		} else {
			others = true
		}
	}
	if found == nil && others {
		return nil, 0, ErrLayout
	}
	return found, states, nil
}

// insertInto puts a block before the closing brace of another.
func insertInto(text string, at *hclsyntax.Block, block, newline string) string {
	open, end := at.OpenBraceRange.End.Byte, at.CloseBraceRange.Start.Byte
	outer := margin(text, at.TypeRange.Start.Byte)
	inner := outer + "  "
	for _, attribute := range at.Body.Attributes {
		if attribute.SrcRange.Start.Line > at.OpenBraceRange.Start.Line {
			inner = margin(text, attribute.SrcRange.Start.Byte)
			break
		}
	}
	added := indent(block, inner, newline)
	within := text[open:end]
	if !strings.Contains(within, "\n") {
		// A block on one line has room for one argument and for no block.
		if argument := strings.TrimSpace(within); argument != "" {
			added = inner + argument + newline + newline + added
		}
		return text[:open] + newline + added + outer + text[end:]
	}
	line := strings.LastIndex(text[:end], "\n") + 1
	if strings.TrimSpace(text[line:end]) != "" {
		return text[:end] + newline + added + outer + text[end:] // a comment before the brace
	}
	if before := strings.TrimSpace(text[open:line]); before != "" && !blankBefore(text[:line]) {
		added = newline + added
	}
	return text[:line] + added + text[line:]
}

// margin is the white space that the line of a place begins with.
func margin(text string, place int) string {
	line := text[strings.LastIndex(text[:place], "\n")+1:]
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}

// blankBefore reports whether a text ends in a blank line.
func blankBefore(text string) bool {
	lines := strings.Split(text, "\n")
	return len(lines) > 1 && strings.TrimSpace(lines[len(lines)-2]) == ""
}

func indent(block, space, newline string) string {
	var out strings.Builder
	for line := range strings.Lines(block) {
		if inside, deeper := strings.CutPrefix(line, "  "); deeper && strings.Contains(space, "\t") {
			line = "\t" + inside
		}
		out.WriteString(space + strings.TrimRight(line, "\n") + newline)
	}
	return out.String()
}

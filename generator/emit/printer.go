package emit

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/apparentlymart/go-textseg/v15/textseg"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// printer lays blocks out. Every rule here is one hclwrite.Format agrees with; the tests compare.
type printer struct {
	out []byte
}

const step = 2 // columns an indentation level takes

func (p *printer) indent(n int) {
	for range n {
		p.out = append(p.out, ' ')
	}
}

func (p *printer) comments(lines []string, indent int) {
	for _, line := range lines {
		p.indent(indent)
		p.out = append(p.out, '#')
		if line != "" {
			p.out = append(p.out, ' ')
			p.out = append(p.out, oneLine(line)...)
		}
		p.out = append(p.out, '\n')
	}
}

// oneLine keeps a comment a comment: source text in it must not start a new line.
func oneLine(s string) string {
	if !utf8.ValidString(s) {
		return s // for Print to refuse
	}
	out := []rune(s)
	for i, r := range out {
		if r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' || r == '\u0085' {
			out[i] = ' '
		}
	}
	return string(out)
}

func (p *printer) block(b Block, indent int) {
	p.comments(b.Comments, indent)
	p.indent(indent)
	p.out = append(p.out, b.Type...)
	for _, label := range b.Labels {
		p.out = append(p.out, ' ')
		p.out = append(p.out, quote(label)...)
	}
	if b.Source == "" && len(b.Args) == 0 && len(b.Blocks) == 0 {
		p.out = append(p.out, " {}\n"...)
		return
	}
	p.out = append(p.out, " {\n"...)
	inner := indent + step
	separate := false
	if b.Source != "" {
		p.indent(inner)
		p.out = append(p.out, "source = "...)
		p.out = append(p.out, quote(b.Source)...)
		p.out = append(p.out, '\n')
		separate = true
	}
	separate = p.blockArgs(b.Args, inner, separate)
	for _, child := range b.Blocks {
		if separate {
			p.out = append(p.out, '\n')
		}
		p.block(child, inner)
		separate = true
	}
	p.indent(indent)
	p.out = append(p.out, "}\n"...)
}

// blockArgs prints the single-line arguments as one aligned group, then each longer one after a blank line. separate
// says that something stands above; the result says the same for what follows.
func (p *printer) blockArgs(args []Arg, indent int, separate bool) bool {
	var short, long []Arg
	for _, a := range args {
		if len(a.Comments) == 0 && p.fits(a, indent) {
			short = append(short, a)
		} else {
			long = append(long, a)
		}
	}
	if len(short) > 0 {
		if separate {
			p.out = append(p.out, '\n')
		}
		p.aligned(short, indent)
		separate = true
	}
	for _, a := range long {
		if separate {
			p.out = append(p.out, '\n')
		}
		p.comments(a.Comments, indent)
		p.arg(a, indent, 0)
		separate = true
	}
	return separate
}

// aligned prints consecutive single-line arguments with their equals signs in one column.
func (p *printer) aligned(args []Arg, indent int) {
	width := 0
	for _, a := range args {
		width = max(width, columns(a.key()))
	}
	for _, a := range args {
		p.arg(a, indent, width)
	}
}

func (p *printer) arg(a Arg, indent, width int) {
	p.indent(indent)
	name := a.key()
	p.out = append(p.out, name...)
	p.indent(width - columns(name))
	p.out = append(p.out, " = "...)
	p.value(a.Value, indent, columns(name)+len(" = "))
	p.out = append(p.out, '\n')
}

// value prints v; used is the number of columns already taken on the line past the indentation.
func (p *printer) value(v Value, indent, used int) {
	if line, ok := inline(v, lineWidth-indent-used); ok {
		p.out = append(p.out, line...)
		return
	}
	switch v.kind {
	case text:
		p.out = append(p.out, v.text...)
	case call:
		p.out = append(p.out, v.text...)
		p.out = append(p.out, '(')
		p.value(v.items[0], indent, used+len(v.text)+1)
		p.out = append(p.out, ')')
	case list:
		p.out = append(p.out, "[\n"...)
		for _, item := range v.items {
			p.indent(indent + step)
			p.value(item, indent+step, 1)
			p.out = append(p.out, ",\n"...)
		}
		p.indent(indent)
		p.out = append(p.out, ']')
	case object:
		p.out = append(p.out, "{\n"...)
		fields := v.fields
		if v.text == bareKeys {
			fields = slices.Clone(fields)
			for i := range fields {
				fields[i].bare = true
			}
		}
		p.objectFields(fields, indent+step)
		p.indent(indent)
		p.out = append(p.out, '}')
	}
}

// objectFields keeps the order of the fields. Runs of single-line fields align; Format ends a run at a comment and
// at a value that spans lines.
func (p *printer) objectFields(fields []Arg, indent int) {
	for i := 0; i < len(fields); {
		p.comments(fields[i].Comments, indent)
		if !p.fits(fields[i], indent) {
			p.arg(fields[i], indent, 0)
			i++
			continue
		}
		end := i + 1
		for end < len(fields) && len(fields[end].Comments) == 0 && p.fits(fields[end], indent) {
			end++
		}
		p.aligned(fields[i:end], indent)
		i = end
	}
}

func (p *printer) fits(a Arg, indent int) bool {
	if a.Value.kind == text {
		return true
	}
	_, ok := inline(a.Value, lineWidth-indent-columns(a.key())-len(" = "))
	return ok
}

// inline is v on one line, when it may stand on one within width columns: scalars always, short lists, objects of
// one field without comments, and rows.
func inline(v Value, width int) (string, bool) {
	switch v.kind {
	case text:
		return v.text, true
	case list:
		line := "["
		for i, item := range v.items {
			if item.kind == object && len(item.fields) > 0 {
				return "", false
			}
			s, ok := inline(item, width)
			if !ok {
				return "", false
			}
			if i > 0 {
				line += ", "
			}
			line += s
			if len(line) > width {
				return "", false
			}
		}
		line += "]"
		return line, columns(line) <= width || len(v.items) == 0
	case object:
		if len(v.fields) == 0 {
			return "{}", true
		}
		if len(v.fields) > 1 && v.text != oneRow {
			return "", false
		}
		if v.text == oneRow {
			width += rowWidth - lineWidth
		}
		line := "{ "
		for i, f := range v.fields {
			plain := f.Value.kind == text || v.text == oneRow && f.Value.kind == list
			written, short := inline(f.Value, width)
			if len(f.Comments) > 0 || !plain || !short {
				return "", false
			}
			if i > 0 {
				line += ", "
			}
			line += f.key() + " = " + written
		}
		line += " }"
		return line, columns(line) <= width
	default:
		s, ok := inline(v.items[0], width-len(v.text)-2)
		return v.text + "(" + s + ")", ok
	}
}

func (a Arg) key() string {
	if a.bare {
		return a.Name
	}
	return key(a.Name)
}

// key prints an object key or argument name. "for" opens a comprehension when it stands bare, so it is quoted like
// everything that is no identifier.
func key(name string) string {
	if name != "for" && identifier(name) {
		return name
	}
	return quote(name)
}

// identifier says what hclsyntax.ValidIdentifier says, without starting its scanner for the ASCII names that nearly
// all are.
func identifier(name string) bool {
	for i := 0; i < len(name); i++ {
		c := name[i]
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c != '-' && (c < '0' || c > '9')) {
			return hclsyntax.ValidIdentifier(name)
		}
	}
	return name != ""
}

// columns counts as hclwrite does: grapheme clusters, token by token, so that a mark behind an opening quote does not
// combine with it.
func columns(s string) int {
	if inner, quoted := strings.CutPrefix(s, `"`); quoted && len(inner) > 0 && strings.HasSuffix(inner, `"`) {
		return 2 + columns(inner[:len(inner)-1])
	}
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			n, _ := textseg.TokenCount([]byte(s), textseg.ScanGraphemeClusters)
			return n
		}
	}
	return len(s)
}

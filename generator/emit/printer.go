package emit

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/apparentlymart/go-textseg/v15/textseg"

	"github.com/groundplan/groundplan/generator/value"
)

// printer lays blocks out. Every rule here is one hclwrite.Format agrees with; the tests compare.
type printer struct {
	out     []byte
	address Address
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
func (p *printer) blockArgs(args []value.Field, indent int, separate bool) bool {
	var short, long []value.Field
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
func (p *printer) aligned(args []value.Field, indent int) {
	width := 0
	for _, a := range args {
		width = max(width, columns(key(a)))
	}
	for _, a := range args {
		p.arg(a, indent, width)
	}
}

func (p *printer) arg(a value.Field, indent, width int) {
	p.indent(indent)
	name := key(a)
	p.out = append(p.out, name...)
	p.indent(width - columns(name))
	p.out = append(p.out, " = "...)
	p.value(a.Value, indent, columns(name)+len(" = "))
	p.out = append(p.out, '\n')
}

// value prints v; used is the number of columns already taken on the line past the indentation.
func (p *printer) value(v value.Value, indent, used int) {
	if line, ok := p.inline(v, lineWidth-indent-used); ok {
		p.out = append(p.out, line...)
		return
	}
	switch v.Kind {
	case value.CallKind:
		p.out = append(p.out, v.Text...)
		p.out = append(p.out, '(')
		used += len(v.Text) + 1
		last := len(v.Items) - 1
		for _, item := range v.Items[:last] {
			line, _ := p.inline(item, lineWidth)
			p.out = append(p.out, line+", "...)
			used += columns(line) + len(", ")
		}
		p.value(v.Items[last], indent, used)
		p.out = append(p.out, ')')
	case value.ListKind:
		p.out = append(p.out, "[\n"...)
		for _, item := range v.Items {
			p.indent(indent + step)
			p.value(item, indent+step, 1)
			p.out = append(p.out, ",\n"...)
		}
		p.indent(indent)
		p.out = append(p.out, ']')
	default: // an object: everything else is inline
		p.out = append(p.out, "{\n"...)
		p.objectFields(v.Fields, indent+step)
		p.indent(indent)
		p.out = append(p.out, '}')
	}
}

// objectFields keeps the order of the fields. Runs of single-line fields align; Format ends a run at a comment and
// at a value that spans lines.
func (p *printer) objectFields(fields []value.Field, indent int) {
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

func (p *printer) fits(a value.Field, indent int) bool {
	if isScalar(a.Value) {
		return true
	}
	_, ok := p.inline(a.Value, lineWidth-indent-columns(key(a))-len(" = "))
	return ok
}

// inlineObject is an object on one line: one with a plain field, or a row.
func (p *printer) inlineObject(v value.Value, width int) (string, bool) {
	row := v.Bool
	if len(v.Fields) == 0 {
		return "{}", true
	}
	if len(v.Fields) > 1 && !row {
		return "", false
	}
	if row {
		width += rowWidth - lineWidth
	}
	line := "{ "
	for i, f := range v.Fields {
		plain := isScalar(f.Value) || row && f.Value.Kind == value.ListKind
		if len(f.Comments) > 0 || !plain {
			return "", false
		}
		written, short := p.inline(f.Value, width)
		if !short {
			return "", false
		}
		if i > 0 {
			line += ", "
		}
		line += key(f) + " = " + written
	}
	line += " }"
	return line, columns(line) <= width
}

// isScalar reports whether a value is printed on one line, however long it is.
func isScalar(v value.Value) bool {
	return v.Kind != value.ListKind && v.Kind != value.ObjectKind && v.Kind != value.CallKind
}

// inline is v on one line, when it may stand on one within width columns: scalars always, short lists, objects of
// one field without comments, and rows.
func (p *printer) inline(v value.Value, width int) (string, bool) {
	switch v.Kind {
	case value.ListKind:
		return p.inlineList(v.Items, width)
	case value.ObjectKind:
		return p.inlineObject(v, width)
	case value.CallKind:
		line := v.Text + "("
		for i, item := range v.Items {
			s, ok := p.inline(item, width-columns(line)-1)
			if !ok {
				return "", false
			}
			if i > 0 {
				line += ", "
			}
			line += s
		}
		return line + ")", true
	default:
		return p.scalar(v), true
	}
}

func (p *printer) inlineList(items []value.Value, width int) (string, bool) {
	line := "["
	for i, item := range items {
		if item.Kind == value.ObjectKind && len(item.Fields) > 0 {
			return "", false
		}
		s, ok := p.inline(item, width)
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
	return line, columns(line) <= width || len(items) == 0
}

// scalar is the expression for a value that has no parts, or whose parts make one string.
func (p *printer) scalar(v value.Value) string {
	switch v.Kind {
	case value.NumberKind:
		return strconv.FormatFloat(v.Number, 'f', -1, 64)
	case value.BoolKind:
		return strconv.FormatBool(v.Bool)
	case value.ReferenceKind:
		if v.Ref.Key != "" {
			return p.address(*v.Ref) + "[" + quote(v.Ref.Key) + "]"
		}
		return p.address(*v.Ref)
	case value.TraversalKind:
		return v.Text
	case value.EqualKind:
		return p.scalar(v.Items[0]) + " == " + p.scalar(v.Items[1])
	case value.JoinKind:
		line := `"`
		for _, item := range v.Items {
			part := p.scalar(item)
			if item.Kind == value.StringKind || item.Kind == value.JoinKind {
				line += part[1 : len(part)-1]
			} else {
				line += "${" + part + "}"
			}
		}
		return line + `"`
	default:
		return quote(v.Text)
	}
}

// key prints an object key or argument name. "for" opens a comprehension when it stands bare, so it is quoted like
// everything that is no identifier.
func key(f value.Field) string {
	if f.Bare || f.Name != "for" && value.Identifier(f.Name) {
		return f.Name
	}
	return quote(f.Name)
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

package settings

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/groundplan/groundplan/generator/diagnostic"
)

// Block is one block as written: what of it fits the grammar. A nil block has nothing in it.
type Block struct {
	Type, Label string
	LabelAt     hcl.Range
	At          hcl.Range // the header
	// Attributes and Blocks are in source order, an object before its members.
	Attributes []Attribute
	Blocks     []*Block
	// Damaged says that a setting was refused: what seems to be missing may be misspelled.
	Damaged bool
}

// Attribute is a setting as written.
type Attribute struct {
	Name   string
	NameAt hcl.Range
	// Value is a string, int, float64, bool, []string, []int or map[string]string, as the table says, nil for an object, and a
	// cty.Value in a free block.
	Value any
	At    hcl.Range
	// Parts are the elements of a list or the entries of a map, in source order.
	Parts      []Part
	Expression hcl.Expression
}

// Part is an element of a list, whose text is "" unless it is a string, or an entry of a map.
type Part struct {
	Key   string
	KeyAt hcl.Range
	Text  string
	At    hcl.Range
}

// Attribute returns a setting, and whether it is set.
func (b *Block) Attribute(name string) (Attribute, bool) {
	if b != nil {
		for _, a := range b.Attributes {
			if a.Name == name {
				return a, true
			}
		}
	}
	return Attribute{}, false
}

// held is the value of a setting, zero when it is not set or of another type.
func held[T any](b *Block, name string) T {
	a, _ := b.Attribute(name)
	value, _ := a.Value.(T)
	return value
}

// Text, Texts and Flag are the values of settings of those types; zero when they are not set.
func (b *Block) Text(name string) string    { return held[string](b, name) }
func (b *Block) Texts(name string) []string { return held[[]string](b, name) }
func (b *Block) Flag(name string) bool      { return held[bool](b, name) }

// Parts are those of a list or map, none when it is not set.
func (b *Block) Parts(name string) []Part {
	a, _ := b.Attribute(name)
	return a.Parts
}

// Keys is where the keys of a map stand, nil when it is not set.
func (b *Block) Keys(name string) map[string]hcl.Range {
	a, set := b.Attribute(name)
	if !set {
		return nil
	}
	keys := map[string]hcl.Range{}
	for _, part := range a.Parts {
		keys[part.Key] = part.KeyAt
	}
	return keys
}

// Find is the range of the first of the named settings that is set, nil when none is.
func (b *Block) Find(names ...string) *hcl.Range {
	for _, name := range names {
		if a, set := b.Attribute(name); set {
			return &a.At
		}
	}
	return nil
}

// Where is the same, the block's header when none is set.
func (b *Block) Where(names ...string) hcl.Range {
	return *cmp.Or(b.Find(names...), &b.At)
}

// All are the blocks of a type, in source order.
func (b *Block) All(typ string) (list []*Block) {
	if b == nil {
		return nil
	}
	for _, inner := range b.Blocks {
		if inner.Type == typ {
			list = append(list, inner)
		}
	}
	return list
}

// First is the first block of a type, nil when there is none.
func (b *Block) First(typ string) *Block {
	if list := b.All(typ); len(list) > 0 {
		return list[0]
	}
	return nil
}

// Describe begins a sentence about a block: The service "orders".
func (b *Block) Describe() string {
	if b.Label == "" {
		return "The " + b.Type
	}
	return fmt.Sprintf("The %s %q", b.Type, b.Label)
}

// File is a file that is HCL.
type File struct {
	body  *hclsyntax.Body
	text  []byte
	table *Table
}

// Parse reads the text of a file as HCL; the file is nil when it is none.
func Parse(filename string, text []byte, table *Table) (*File, hcl.Diagnostics) {
	parsed, diags := hclsyntax.ParseConfig(text, filename, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, explain(diags, text, table)
	}
	return &File{body: parsed.Body.(*hclsyntax.Body), text: text, table: table}, nil
}

// Peek is the string that a setting of the first such block holds, "" when there is none: what scope a file has may depend on
// it, before anything is checked.
func (f *File) Peek(block, setting string) string {
	for _, inner := range f.body.Blocks {
		if a := inner.Body.Attributes[setting]; inner.Type == block && a != nil {
			text, _ := textOf(a.Expr)
			return text
		}
	}
	return ""
}

// Read holds the file to its table, and returns what fits as a block around everything. scope is the file's own; nil for
// all. Problems are reported all at once, each with its range, in source order.
func (f *File) Read(scope *Scope) (*Block, hcl.Diagnostics) {
	r := &reader{File: f, scope: scope}
	root := &Block{At: f.body.MissingItemRange()}
	r.body(root, f.table.File, f.body)
	diagnostic.Sort(r.diags)
	return root, r.diags
}

// reader reads one file, and goes on after a mistake.
type reader struct {
	*File
	scope *Scope
	diags hcl.Diagnostics
}

// fail reports a mistake. It returns false, as whoever found it does.
func (r *reader) fail(at hcl.Range, summary, hint, detail string, args ...any) bool {
	r.diags = append(r.diags, diagnostic.Error(at, summary, hint, detail, args...))
	return false
}

// body reads what stands in a block.
func (r *reader) body(b *Block, g *Grammar, body *hclsyntax.Body) {
	var written []*hclsyntax.Attribute
	for _, attribute := range body.Attributes {
		written = append(written, attribute)
	}
	slices.SortFunc(written, func(a, b *hclsyntax.Attribute) int {
		return cmp.Compare(a.NameRange.Start.Byte, b.NameRange.Start.Byte)
	})
	for _, attribute := range written {
		a := Attribute{Name: attribute.Name, NameAt: attribute.NameRange, At: attribute.Expr.Range(), Expression: attribute.Expr}
		if !r.attribute(b, g, a, attribute.Expr) {
			b.Damaged = true
		}
	}
	for _, inner := range body.Blocks {
		r.block(b, g, inner)
	}
	for _, s := range g.all() {
		object, _, member := strings.Cut(s.Name, ".")
		if s.Required && !b.Damaged && b.Find(s.Name) == nil && (!member || b.Find(object) != nil) {
			r.fail(b.At, "Missing setting", fmt.Sprintf("add %s = ...", s.Name), "The %s block needs %q.", b.Type, s.Name)
		}
	}
}

// attribute reads one setting into a block; false when it was refused for another reason than its scope.
func (r *reader) attribute(b *Block, g *Grammar, a Attribute, e hclsyntax.Expression) bool {
	if g.Free {
		return r.free(b, a, e)
	}
	s := g.setting(a.Name)
	switch {
	case s == nil:
		return r.unknownSetting(a.NameAt, a.Name, g)
	case r.foreign(a.NameAt, "setting", a.Name, s.Only):
		return true
	case s.Type == Object:
		return r.object(b, g, s, a, e)
	}
	if !r.decode(&a, s, e) {
		return false
	}
	if s.Check != nil {
		if detail, hint := s.Check(a.Value); detail != "" {
			return r.fail(a.At, fmt.Sprintf("Invalid value for %q", s.Name), hint, "%s", detail)
		}
	}
	b.Attributes = append(b.Attributes, a)
	return true
}

// block reads one block into the block around it, unless it is unknown, has no name, or there is one like it.
func (r *reader) block(around *Block, inside *Grammar, written *hclsyntax.Block) {
	g := inside.block(written.Type)
	if g == nil {
		r.unknownBlock(written.TypeRange, written.Type, inside)
		return
	}
	if r.foreign(written.TypeRange, "block", g.Type, g.Only) {
		return
	}
	b := &Block{Type: g.Type, At: written.DefRange()}
	labels, at := written.Labels, written.LabelRanges
	switch expected := min(len(g.Label), 1); {
	case g.Free && len(labels) > 0:
		b.Label, b.LabelAt = strings.Join(labels, " "), hcl.RangeBetween(at[0], at[len(at)-1])
	case len(labels) > expected:
		r.fail(at[expected], "Extraneous block name", "remove it", "A %s block has %s.", g.Type, [...]string{"no name", "one name"}[expected])
		fallthrough
	case len(labels) > 0:
		b.Label, b.LabelAt = labels[0], at[0]
	}
	r.body(b, g, written.Body)
	if g.Label != "" && b.Label == "" {
		r.fail(written.TypeRange, "Missing block name", "write "+g.example(), "This %s block has no name.", g.Type)
		return
	}
	for _, earlier := range around.Blocks {
		if earlier.Type == b.Type && (g.Repeat == Once || g.Repeat == Distinct && earlier.Label == b.Label) {
			what := earlier.Describe()
			if earlier.Label == "" {
				what += " block"
			}
			r.fail(b.At, "Duplicate "+b.Type+" block", "merge the two blocks", "%s is already described at %s.", what, diagnostic.Place(earlier.At))
			return
		}
	}
	around.Blocks = append(around.Blocks, b)
}

// foreign reports what makes no sense in the file's scope.
func (r *reader) foreign(at hcl.Range, what, name string, only *Scope) bool {
	return only.excludes(r.scope) && !r.fail(at, only.Summary, only.Hint, only.Detail, what, name)
}

func (r *reader) unknownSetting(at hcl.Range, name string, g *Grammar) bool {
	if inner := g.block(name); inner != nil {
		return r.fail(at, "Block written as a setting", "write "+inner.example(), "%q is a block, not a setting.", name)
	}
	return r.unknown(at, "setting", name, name, g.names("", r.scope), r.table.withSetting(name, r.scope))
}

func (r *reader) unknownBlock(at hcl.Range, name string, g *Grammar) {
	around := r.table.File.having(r.scope, func(g *Grammar) bool { return g.block(name) != nil })
	others := r.table.withSetting(name, r.scope)
	if here := g.Free || slices.Contains(g.names("", r.scope), name); here || around == nil && others != nil {
		hint := "write it with an equals sign: " + name + " = ..."
		if !here {
			hint += ", in a block of type " + diagnostic.Or(others)
		}
		r.fail(at, "Setting written as a block", hint, "%q is a setting, not a block.", name)
		return
	}
	var types []string
	for _, inner := range g.Blocks {
		if !inner.Only.excludes(r.scope) {
			types = append(types, inner.Type)
		}
	}
	r.unknown(at, "block", name, name, types, around)
}

// mostListed is how many names a hint lists.
const mostListed = 24

// unknown reports a name that is none of those known here; elsewhere are the types of the blocks where it is known.
func (r *reader) unknown(at hcl.Range, what, path, name string, known, elsewhere []string) bool {
	hint := cmp.Or(r.table.Advice[name], diagnostic.DidYouMean(name, known))
	switch {
	case hint != "":
	case elsewhere != nil:
		hint = "it belongs in a block of type " + diagnostic.Or(elsewhere)
	case len(known) == 0:
		hint = "remove it: there are none here"
	case len(known) <= mostListed:
		hint = "use " + diagnostic.Or(diagnostic.Quoted(known))
	default:
		hint = fmt.Sprintf("remove it; %s lists the %ss", r.table.Page, what)
	}
	return r.fail(at, "Unknown "+what, hint, "There is no %s %q here.", what, path)
}

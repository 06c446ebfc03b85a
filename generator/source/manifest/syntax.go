package manifest

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
)

// This file turns the text of a manifest into a tree of blocks that fits the grammar. Values are literals: nothing is
// computed, so that a reader sees what there is.

// manifestNode is one block as written.
type manifestNode struct {
	block   *Block
	label   string
	labelAt hcl.Range
	at      hcl.Range // the header
	// settings are those of the right type, in source order.
	settings []source.Field
	nodes    []*manifestNode
	// damaged says that a setting was refused: what seems to be missing may be misspelled.
	damaged bool
}

// value is a setting's value, Absent when it was not written.
func (n *manifestNode) value(name string) source.Value {
	for _, f := range n.settings {
		if f.Name == name {
			return f.Value
		}
	}
	return source.Value{At: n.at}
}

func (n *manifestNode) text(name, otherwise string) string {
	return cmp.Or(n.value(name).Text, otherwise)
}

// texts are the elements of a list setting.
func (n *manifestNode) texts(name string) []string {
	var list []string
	for _, f := range n.value(name).Fields {
		list = append(list, f.Value.Text)
	}
	return list
}

// all lists the blocks of a type in source order.
func (n *manifestNode) all(typ string) []*manifestNode {
	var list []*manifestNode
	for _, child := range n.nodes {
		if child.block.Type == typ {
			list = append(list, child)
		}
	}
	return list
}

// first is the first block of a type, nil when there is none.
func (n *manifestNode) first(typ string) *manifestNode {
	for _, child := range n.nodes {
		if child.block.Type == typ {
			return child
		}
	}
	return nil
}

// manifestSyntax reads blocks against the grammar.
type manifestSyntax struct {
	only  source.ManifestOnly // what the application is
	diags hcl.Diagnostics
}

func (r *manifestSyntax) fail(at hcl.Range, summary, hint, detail string, args ...any) {
	r.diags = append(r.diags, diagnostic.Error(at, summary, hint, detail, args...))
}

func (r *manifestSyntax) read(body *hclsyntax.Body, block *Block) *manifestNode {
	node := &manifestNode{block: block}
	attributes := make([]*hclsyntax.Attribute, 0, len(body.Attributes))
	for _, attribute := range body.Attributes {
		attributes = append(attributes, attribute)
	}
	slices.SortFunc(attributes, func(a, b *hclsyntax.Attribute) int {
		return cmp.Compare(a.NameRange.Start.Byte, b.NameRange.Start.Byte)
	})
	for _, attribute := range attributes {
		at := slices.IndexFunc(block.Settings, func(s source.ManifestSetting) bool { return s.Name == attribute.Name })
		if at < 0 {
			node.damaged = true
			r.unknownSetting(attribute.NameRange, attribute.Name, block)
			continue
		}
		setting := &block.Settings[at]
		if r.foreign(attribute.NameRange, "setting", setting.Name, setting.Only) {
			continue
		}
		value, ok := r.typed(attribute.Expr, setting)
		if !ok {
			node.damaged = true
			continue
		}
		node.settings = append(node.settings, source.Field{Name: attribute.Name, Value: value, At: attribute.NameRange})
	}
	once := map[string]hcl.Range{}
	for _, inner := range body.Blocks {
		if child := r.child(inner, block, once); child != nil {
			node.nodes = append(node.nodes, child)
		}
	}
	return node
}

// child reads one block; nil when it cannot be told what it is.
func (r *manifestSyntax) child(inner *hclsyntax.Block, block *Block, once map[string]hcl.Range) *manifestNode {
	at := slices.IndexFunc(block.Blocks, func(b *Block) bool { return b.Type == inner.Type })
	if at < 0 {
		r.unknownBlock(inner.TypeRange, inner.Type, block)
		return nil
	}
	grammar := block.Blocks[at]
	if r.foreign(inner.TypeRange, "block", grammar.Type, grammar.Only) {
		return nil
	}
	if first, twice := once[grammar.Type]; twice && grammar.Once {
		r.fail(inner.DefRange(), "Block written twice", "put everything into one of them",
			"There is one block %q here, and it already stands at %s.", grammar.Type, diagnostic.Place(first))
		return nil
	}
	once[grammar.Type] = inner.DefRange()
	node := r.read(inner.Body, grammar)
	node.at = inner.DefRange()
	switch {
	case grammar.Label == "" && len(inner.Labels) > 0:
		r.fail(inner.LabelRanges[0], "Block with a name", "remove the name", "A block %q has no name.", grammar.Type)
	case grammar.Label != "" && len(inner.Labels) == 0:
		r.fail(inner.TypeRange, "Block without a name", fmt.Sprintf(`write %s "%s" { ... }`, grammar.Type, grammar.Label),
			"This block %q has no name.", grammar.Type)
		return nil
	case len(inner.Labels) > 1:
		r.fail(inner.LabelRanges[1], "Block with a name too many", "remove it", "A block %q has one name.", grammar.Type)
	}
	if len(inner.Labels) > 0 {
		node.label, node.labelAt = inner.Labels[0], inner.LabelRanges[0]
	}
	for _, setting := range grammar.Settings {
		if setting.Required && !node.damaged && node.value(setting.Name).Kind == source.Absent {
			r.fail(node.at, "Missing setting", fmt.Sprintf("add %s = ...", setting.Name), "The block %s does not say %q.", node.spelled(), setting.Name)
		}
	}
	return node
}

// spelled is the block's header as written.
func (n *manifestNode) spelled() string {
	if n.label == "" {
		return n.block.Type
	}
	return fmt.Sprintf("%s %q", n.block.Type, n.label)
}

// foreign reports what makes no sense for this application.
func (r *manifestSyntax) foreign(at hcl.Range, what, name string, only source.ManifestOnly) bool {
	switch only {
	case source.ForAll, r.only:
		return false
	case source.ForContainers:
		r.fail(at, "Not for Encore applications", "remove it, or the runtime of the app block",
			"The %s %q is about plain containers, and the application's runtime is Encore's.", what, name)
	default:
		r.fail(at, "Only for Encore applications", `remove it, or set runtime = "encore-go" or "encore-typescript" in the app block`,
			"The %s %q is about Encore's runtimes, and the application runs plain containers.", what, name)
	}
	return true
}

// environmentSettings are settings of groundplan.hcl that people look for in a service or an application.
var environmentSettings = []string{"account_id", "architecture", "cpu", "domain", "memory", "region", "scale"}

func (r *manifestSyntax) unknownSetting(at hcl.Range, name string, block *Block) {
	var names []string
	for _, s := range block.Settings {
		if s.Only == source.ForAll || s.Only == r.only {
			names = append(names, s.Name)
		}
	}
	for _, b := range block.Blocks {
		if b.Type == name {
			r.fail(at, "Block written as a setting", fmt.Sprintf("write %s { ... }, without the equals sign", b.example()),
				"%q is a block, not a setting.", name)
			return
		}
	}
	if slices.Contains(environmentSettings, name) {
		r.fail(at, "Setting of an environment", "move it into groundplan.hcl; docs/settings.md says where",
			"%q differs between environments, and the manifest is the same for all of them.", name)
		return
	}
	where := "The block " + block.Type + " has"
	if block.Type == "" {
		where = "The file itself has"
	}
	r.fail(at, "Unknown setting", diagnostic.Proposal(name, names, "the settings are ", "there are none here; remove it"), "%s no setting %q.", where, name)
}

func (r *manifestSyntax) unknownBlock(at hcl.Range, name string, block *Block) {
	var names []string
	for _, b := range block.Blocks {
		if b.Only == source.ForAll || b.Only == r.only {
			names = append(names, b.Type)
		}
	}
	for _, s := range block.Settings {
		if s.Name == name {
			r.fail(at, "Setting written as a block", fmt.Sprintf("write %s = ...", name), "%q is a setting, not a block.", name)
			return
		}
	}
	r.fail(at, "Unknown block", diagnostic.Proposal(name, names, "the blocks here are ", "there are none here; remove it"), "There is no block %q here.", name)
}

func (b *Block) example() string {
	if b.Label == "" {
		return b.Type
	}
	return fmt.Sprintf("%s %q", b.Type, b.Label)
}

// typed is the value of a setting, and whether it is one the setting can have.
func (r *manifestSyntax) typed(expression hclsyntax.Expression, setting *source.ManifestSetting) (source.Value, bool) {
	value, ok := r.literal(expression)
	if !ok {
		return value, false
	}
	return r.fits(value, setting, fmt.Sprintf("%q", setting.Name))
}

// fits says whether a literal is of a setting's type; words are replaced by what they stand for.
func (r *manifestSyntax) fits(value source.Value, setting *source.ManifestSetting, name string) (source.Value, bool) {
	if word, known := setting.Words[value.Text]; known && value.Kind == source.String {
		word.At = value.At
		return word, true
	}
	good := true
	switch setting.Type {
	case source.Text:
		good = value.Kind == source.String
	case source.Integer:
		good = value.Kind == source.Int
	case source.Flag:
		good = value.Kind == source.Bool
	case source.Duration:
		_, good = source.ParseDuration(value.Text)
		good = good && value.Kind == source.String
	case source.TextList, source.TextMap:
		good = value.Kind == source.List && setting.Type == source.TextList || value.Kind == source.Object && setting.Type == source.TextMap
		for _, field := range value.Fields {
			if good && field.Value.Kind != source.String {
				hint := "write a string"
				if field.Value.Kind == source.Object && name == `"environment"` {
					hint += "; what differs between environments stands in groundplan.hcl, as variables in the block of the service"
				}
				r.fail(field.Value.At, "Setting of the wrong type", hint, "%s holds %s.", name, source.DescribeValue(field.Value))
				return value, false
			}
		}
	case source.Settings:
		if value.Kind == source.Object {
			return r.members(value, setting)
		}
		good = false
	}
	if !good {
		want := setting.Type.String()
		if len(setting.Words) > 0 {
			var words []string
			for word := range setting.Words {
				words = append(words, fmt.Sprintf("%q", word))
			}
			slices.Sort(words)
			want += ", or " + diagnostic.Or(words)
		}
		r.fail(value.At, "Setting of the wrong type", "write "+want, "%s is given as %s.", name, source.DescribeValue(value))
	}
	return value, good
}

// members checks the members of an object setting.
func (r *manifestSyntax) members(value source.Value, setting *source.ManifestSetting) (source.Value, bool) {
	good := true
	for i, field := range value.Fields {
		at := slices.IndexFunc(setting.Members, func(s source.ManifestSetting) bool { return s.Name == field.Name })
		if at < 0 {
			var names []string
			for _, member := range setting.Members {
				names = append(names, member.Name)
			}
			r.fail(field.At, "Unknown setting", diagnostic.Proposal(field.Name, names, "its settings are ", "remove it"),
				"%q has no setting %q.", setting.Name, field.Name)
			good = false
			continue
		}
		if r.foreign(field.At, "setting", setting.Name+"."+field.Name, setting.Members[at].Only) {
			good = false
			continue
		}
		fitting, ok := r.fits(field.Value, &setting.Members[at], fmt.Sprintf("%q of %q", field.Name, setting.Name))
		value.Fields[i].Value, good = fitting, good && ok
	}
	return value, good
}

// literal reads an expression that computes nothing.
func (r *manifestSyntax) literal(expression hclsyntax.Expression) (source.Value, bool) {
	at := expression.Range()
	switch e := expression.(type) {
	case *hclsyntax.TupleConsExpr:
		list, whole := source.Value{Kind: source.List, At: at}, true
		for _, element := range e.Exprs {
			value, ok := r.literal(element)
			list.Fields = append(list.Fields, source.Field{Value: value, At: value.At})
			whole = whole && ok
		}
		return list, whole
	case *hclsyntax.ObjectConsExpr:
		return r.object(e)
	case *hclsyntax.LiteralValueExpr:
		return literalOf(e.Val, at), true
	case *hclsyntax.TemplateExpr:
		var text strings.Builder
		for _, part := range e.Parts {
			literal, ok := part.(*hclsyntax.LiteralValueExpr)
			if !ok || literal.Val.Type() != cty.String {
				return r.computed(at)
			}
			text.WriteString(literal.Val.AsString())
		}
		return source.Value{Kind: source.String, Text: text.String(), At: at}, true
	case *hclsyntax.UnaryOpExpr:
		if value, ok := r.literal(e.Val); ok && e.Op == hclsyntax.OpNegate && (value.Kind == source.Int || value.Kind == source.Float) {
			return source.Value{Kind: value.Kind, Int: -value.Int, Float: -value.Float, At: at}, true
		}
	}
	return r.computed(at)
}

func (r *manifestSyntax) computed(at hcl.Range) (source.Value, bool) {
	r.fail(at, "Not a literal value", "write the value itself", "A manifest says everything in so many words: no variables, no functions, nothing computed.")
	return source.Value{At: at}, false
}

func (r *manifestSyntax) object(e *hclsyntax.ObjectConsExpr) (source.Value, bool) {
	object, whole := source.Value{Kind: source.Object, At: e.Range()}, true
	seen := map[string]hcl.Range{}
	for _, item := range e.Items {
		name := hcl.ExprAsKeyword(item.KeyExpr)
		if name == "" {
			key, ok := item.KeyExpr.(*hclsyntax.ObjectConsKeyExpr)
			if !ok {
				return r.computed(item.KeyExpr.Range())
			}
			value, ok := r.literal(key.Wrapped)
			if !ok || value.Kind != source.String {
				if ok {
					r.fail(value.At, "Invalid name", "write it as a word or in quotes", "The name of a member is given as %s.", source.DescribeValue(value))
				}
				whole = false
				continue
			}
			name = value.Text
		}
		at := item.KeyExpr.Range()
		if first, twice := seen[name]; twice {
			r.fail(at, "Setting written twice", "keep one of them", "%q is already set at %s.", name, diagnostic.Place(first))
			whole = false
			continue
		}
		seen[name] = at
		value, ok := r.literal(item.ValueExpr)
		object.Fields, whole = append(object.Fields, source.Field{Name: name, Value: value, At: at}), whole && ok
	}
	return object, whole
}

// literalOf is a literal of HCL's as a Value.
func literalOf(value cty.Value, at hcl.Range) source.Value {
	switch {
	case value.IsNull():
		return source.Value{Kind: source.Nil, At: at}
	case value.Type() == cty.String:
		return source.Value{Kind: source.String, Text: value.AsString(), At: at}
	case value.Type() == cty.Bool:
		return source.Value{Kind: source.Bool, Bool: value.True(), At: at}
	}
	number := value.AsBigFloat()
	if whole, accuracy := number.Int64(); accuracy == big.Exact {
		return source.Value{Kind: source.Int, Int: whole, At: at}
	}
	fraction, _ := number.Float64()
	return source.Value{Kind: source.Float, Float: fraction, At: at}
}

package environment

// Overrides: arguments of single module calls, for what no setting exists. They are read here as literals; which calls
// and arguments there are is for those to check who know the modules.

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/groundplan/groundplan/generator/diagnostic"
)

// Override sets arguments of the call of one module.
type Override struct {
	// ID is the logical id of the call as groundplan.lock.json spells it, "bucket avatars": the labels of the block,
	// joined by spaces.
	ID   string
	IDAt hcl.Range
	// Arguments are in the order written.
	Arguments []Argument
}

// Argument is one argument of a module call, a literal of any type.
type Argument struct {
	Name   string
	NameAt hcl.Range
	Value  cty.Value
	// Expression is what the value was written as, for the ranges of its parts.
	Expression hcl.Expression
}

// Override is the block about the module call of that logical id, nil when there is none.
func (e *Environment) Override(id string) *Override {
	if i := slices.IndexFunc(e.Overrides, func(o Override) bool { return o.ID == id }); i >= 0 {
		return &e.Overrides[i]
	}
	return nil
}

// DidYouMean is a hint with the candidate that a misspelling most likely means; "" when none is close.
func DidYouMean(given string, candidates []string) string {
	return diagnostic.DidYouMean(given, candidates)
}

// overrideType is the type of a block that no grammar covers: it has one label or more, and settings of any name.
const overrideType = "override"

// splitOverrides takes the override blocks out of a body, whose other content has a schema.
func splitOverrides(body hcl.Body) (rest hcl.Body, overrides []*hclsyntax.Block) {
	native, ok := body.(*hclsyntax.Body)
	if !ok {
		return body, nil
	}
	others := *native
	others.Blocks = nil
	for _, inner := range native.Blocks {
		if inner.Type == overrideType {
			overrides = append(overrides, inner)
		} else {
			others.Blocks = append(others.Blocks, inner)
		}
	}
	return &others, overrides
}

// readOverride reads one override block; its arguments need not be known to any grammar.
func (r *reader) readOverride(source *hclsyntax.Block) (*block, hcl.Diagnostics) {
	header := source.DefRange()
	b := &block{typ: overrideType, label: strings.Join(source.Labels, " "), at: header}
	if b.label == "" {
		return b, hcl.Diagnostics{diagnostic.Error(header, "Block without a name", `write override "kind" "name" { ... }, as in override "bucket" "avatars" { ... }`,
			"This override block does not say what it is about.")}
	}
	b.labelAt = hcl.RangeBetween(source.LabelRanges[0], source.LabelRanges[len(source.LabelRanges)-1])
	var diags hcl.Diagnostics
	for _, inner := range source.Body.Blocks {
		at := inner.DefRange()
		diags = append(diags, diagnostic.Error(at, "Block in an override", "write it with an equals sign: "+inner.Type+" = { ... }", "Arguments of a module are settings, not blocks."))
	}
	attributes := slices.SortedFunc(maps.Values(source.Body.Attributes), func(a, b *hclsyntax.Attribute) int {
		return cmp.Compare(a.SrcRange.Start.Byte, b.SrcRange.Start.Byte)
	})
	for _, a := range attributes {
		at := a.Expr.Range()
		if !literal(a.Expr) {
			diags = append(diags, diagnostic.Error(at, "Not a literal value", "write the value itself", "The value of %q must be written out: nothing is computed here.", a.Name))
			continue
		}
		value, more := a.Expr.Value(nil)
		if more.HasErrors() {
			diags = append(diags, diagnostic.Error(at, "Not a literal value", "write the value itself", "The value of %q must be written out: %s", a.Name, more[0].Detail))
			continue
		}
		if text := unwritable(value); text != "" {
			diags = append(diags, diagnostic.Error(at, "Value that cannot be written", "leave it out", "The value of %q %s.", a.Name, text))
			continue
		}
		b.arguments = append(b.arguments, Argument{Name: a.Name, NameAt: a.NameRange, Value: value, Expression: a.Expr})
	}
	return b, diags
}

// unwritable says what keeps a literal from being an argument: generated code says what it wants, and never null.
func unwritable(value cty.Value) string {
	found := ""
	_ = cty.Walk(value, func(_ cty.Path, inner cty.Value) (bool, error) {
		if inner.IsNull() {
			found = "holds null, which says nothing"
		}
		return found == "", nil
	})
	return found
}

// resolveOverrides hands the blocks on, in the order of their ids.
func resolveOverrides(e *Environment, b *block) {
	for _, inner := range b.children(overrideType) {
		e.Overrides = append(e.Overrides, Override{ID: inner.label, IDAt: inner.labelAt, Arguments: inner.arguments})
	}
	slices.SortFunc(e.Overrides, func(a, b Override) int { return strings.Compare(a.ID, b.ID) })
}

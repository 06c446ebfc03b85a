package environment

// Overrides: arguments of single module calls, for what no setting exists. They are read here as literals; which calls
// and arguments there are is for those to check who know the modules.

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/groundplan/groundplan/generator/settings"
)

// Override sets arguments of the call of one module.
type Override struct {
	// ID is the logical id of the call as groundplan.lock.json spells it, "topic signups": the labels of the block,
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

// overrideType is the type of a block with settings that no table knows.
const overrideType = "override"

// resolveOverrides hands the blocks on, in the order of their ids.
func resolveOverrides(e *Environment, b *settings.Block) {
	for _, inner := range b.All(overrideType) {
		override := Override{ID: inner.Label, IDAt: inner.LabelAt}
		for _, a := range inner.Attributes {
			override.Arguments = append(override.Arguments, Argument{Name: a.Name, NameAt: a.NameAt, Value: a.Value.(cty.Value), Expression: a.Expression})
		}
		e.Overrides = append(e.Overrides, override)
	}
	slices.SortFunc(e.Overrides, func(a, b Override) int { return strings.Compare(a.ID, b.ID) })
}

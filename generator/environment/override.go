package environment

// Overrides: arguments of single module calls, for what no setting exists. They are read as literals; which calls
// and arguments there are is for those to check who know the modules.

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
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

// Sessions reports whether an override lets people open sessions in tasks.
func (e *Environment) Sessions() bool {
	return slices.ContainsFunc(e.Overrides, func(o Override) bool {
		return slices.ContainsFunc(o.Arguments, func(a Argument) bool { return a.Name == "exec" && a.Value.RawEquals(cty.True) })
	})
}

// Override is the block about the module call of that logical id, nil when there is none.
func (e *Environment) Override(id string) *Override {
	if i := slices.IndexFunc(e.Overrides, func(o Override) bool { return o.ID == id }); i >= 0 {
		return &e.Overrides[i]
	}
	return nil
}

package resolution

import (
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/environment/table"
	"github.com/groundplan/groundplan/generator/settings"
)

// resolveOverrides hands the blocks on, in the order of their ids.
func resolveOverrides(e *environment.Environment, b *settings.Block) {
	for _, inner := range b.All(table.OverrideType) {
		override := environment.Override{ID: inner.Label, IDAt: inner.LabelAt}
		for _, a := range inner.Attributes {
			override.Arguments = append(override.Arguments, environment.Argument{Name: a.Name, NameAt: a.NameAt, Value: a.Value.(cty.Value), Expression: a.Expression})
		}
		e.Overrides = append(e.Overrides, override)
	}
	slices.SortFunc(e.Overrides, func(a, b environment.Override) int { return strings.Compare(a.ID, b.ID) })
}

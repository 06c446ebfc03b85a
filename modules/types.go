package modules

import (
	"sync"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Type is the type constraint of a module's input variable; false when there is no such variable. Attributes that
// callers may leave out are optional attributes of their object types.
func Type(module, variable string) (cty.Type, bool) {
	constraint, known := types()[module][variable]
	return constraint, known
}

// Parsing takes some milliseconds, which only those wait for who ask.
var types = sync.OnceValue(func() map[string]map[string]cty.Type {
	constraints := map[string]map[string]cty.Type{}
	for module, files := range Files() {
		constraints[module] = map[string]cty.Type{}
		parsed, diags := hclsyntax.ParseConfig(files["variables.tf"], module+"/variables.tf", hcl.InitialPos)
		if diags.HasErrors() {
			// Part of the binary, and parsed by the tests.
			panic("modules: " + diags.Error())
		}
		for _, block := range parsed.Body.(*hclsyntax.Body).Blocks {
			constraint, _, diags := typeexpr.TypeConstraintWithDefaults(block.Body.Attributes["type"].Expr)
			if diags.HasErrors() {
				panic("modules: " + diags.Error())
			}
			constraints[module][block.Labels[0]] = constraint
		}
	}
	return constraints
})

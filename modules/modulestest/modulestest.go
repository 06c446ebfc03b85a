// Package modulestest evaluates bundled modules without Terraform, as far as the names go of what they make: tests hold against it
// what the generator says of them.
//
// It must not know what generated code looks like.
package modulestest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"sync"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/groundplan/groundplan/modules"
)

// Literals are the arguments of the module calls in a file, by label of the call. What refers to other code is unknown.
func Literals(code []byte) (map[string]map[string]cty.Value, error) {
	parsed, diags := hclsyntax.ParseConfig(code, "calls.tf", hcl.InitialPos)
	if diags.HasErrors() {
		return nil, diags
	}
	calls := map[string]map[string]cty.Value{}
	for _, block := range parsed.Body.(*hclsyntax.Body).Blocks {
		if block.Type != "module" {
			continue
		}
		arguments := map[string]cty.Value{}
		for name, attribute := range block.Body.Attributes {
			v, diags := attribute.Expr.Value(nil)
			if diags.HasErrors() {
				v = cty.DynamicVal
			}
			arguments[name] = v
		}
		calls[block.Labels[0]] = arguments
	}
	return calls, nil
}

// Module is one that is called with arguments.
type Module struct {
	scope     *hcl.EvalContext
	resources map[[2]string]*hclsyntax.Body // by type and label
	locals    map[string]hclsyntax.Expression
	settled   bool
}

// parsedModules are the blocks of a module, which many tests ask for.
var parsedModules sync.Map

// blocks are those of all files of a module.
func blocks(name string) (hclsyntax.Blocks, error) {
	if known, ok := parsedModules.Load(name); ok {
		return known.(hclsyntax.Blocks), nil
	}
	files, err := fs.Glob(modules.FS(), name+"/*.tf")
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no module is called %s", name)
	}
	var all hclsyntax.Blocks
	for _, file := range files {
		text, err := fs.ReadFile(modules.FS(), file)
		if err != nil {
			return nil, err
		}
		tree, diags := hclsyntax.ParseConfig(text, path.Base(file), hcl.InitialPos)
		if diags.HasErrors() {
			return nil, diags
		}
		all = append(all, tree.Body.(*hclsyntax.Body).Blocks...)
	}
	parsedModules.Store(name, all)
	return all, nil
}

// Call evaluates a module that is called with arguments, of which those may be missing that no name follows from.
func Call(name string, arguments map[string]cty.Value) (*Module, error) {
	all, err := blocks(name)
	if err != nil {
		return nil, err
	}
	m := &Module{scope: &hcl.EvalContext{Functions: functions, Variables: map[string]cty.Value{}}, resources: map[[2]string]*hclsyntax.Body{}, locals: map[string]hclsyntax.Expression{}}
	variables := map[string]cty.Value{}
	for _, block := range all {
		switch block.Type {
		case "resource":
			m.resources[[2]string(block.Labels)] = block.Body
		case "variable":
			if standard := block.Body.Attributes["default"]; standard != nil {
				v, diags := standard.Expr.Value(m.scope)
				if diags.HasErrors() {
					return nil, diags
				}
				variables[block.Labels[0]] = v
			}
		case "locals":
			for local, attribute := range block.Body.Attributes {
				m.locals[local] = attribute.Expr
			}
		}
	}
	maps.Copy(variables, arguments)
	m.scope.Variables["var"] = cty.ObjectVal(variables)
	return m, nil
}

// settle evaluates local values and names of resources, which refer to each other in any order: what cannot be evaluated at the end
// needs more than arguments.
func (m *Module) settle() {
	const rounds = 6 // more than any chain of references in a module is long
	known := map[string]cty.Value{}
	for range rounds {
		for local, expression := range m.locals {
			if v, diags := expression.Value(m.scope); !diags.HasErrors() {
				known[local] = v
			}
		}
		m.scope.Variables["local"] = cty.ObjectVal(known)
		byType := map[string]map[string]cty.Value{}
		for of, body := range m.resources {
			if byType[of[0]] == nil {
				byType[of[0]] = map[string]cty.Value{}
			}
			if v, ok := m.instances(body); ok {
				byType[of[0]][of[1]] = v
			}
		}
		for kind, resources := range byType {
			m.scope.Variables[kind] = cty.ObjectVal(resources)
		}
	}
}

// instances are a resource as expressions refer to it: one object, a list or a map of them; false where it cannot be known how many
// there are.
func (m *Module) instances(body *hclsyntax.Body) (cty.Value, bool) {
	if count := body.Attributes["count"]; count != nil {
		v, diags := count.Expr.Value(m.scope)
		if diags.HasErrors() || !v.IsKnown() {
			return cty.NilVal, false
		}
		number, _ := v.AsBigFloat().Int64()
		list := []cty.Value{}
		for range number {
			list = append(list, m.attributes(body, m.scope))
		}
		return cty.TupleVal(list), true
	}
	each := body.Attributes["for_each"]
	if each == nil {
		return m.attributes(body, m.scope), true
	}
	v, diags := each.Expr.Value(m.scope)
	if diags.HasErrors() || !v.IsKnown() {
		return cty.NilVal, false
	}
	all := map[string]cty.Value{}
	for it := v.ElementIterator(); it.Next(); {
		key, element := it.Element()
		inner := m.scope.NewChild()
		inner.Variables = map[string]cty.Value{"each": cty.ObjectVal(map[string]cty.Value{"key": key, "value": element})}
		all[key.AsString()] = m.attributes(body, inner)
	}
	return cty.ObjectVal(all), true
}

// attributes are those of a resource that can be evaluated, and those that AWS decides.
func (m *Module) attributes(body *hclsyntax.Body, scope *hcl.EvalContext) cty.Value {
	found := map[string]cty.Value{"arn": cty.UnknownVal(cty.String), "id": cty.UnknownVal(cty.String), "url": cty.UnknownVal(cty.String)}
	for name, attribute := range body.Attributes {
		if v, diags := attribute.Expr.Value(scope); !diags.HasErrors() {
			found[name] = v
		}
	}
	return cty.ObjectVal(found)
}

// Named is what the module calls all it makes of a type of resource, by the argument that holds the name; sorted.
func (m *Module) Named(kind, argument string) ([]string, error) {
	names := []string{}
	for of, body := range m.resources {
		if of[0] != kind {
			continue
		}
		if !m.settled {
			m.settle()
			m.settled = true
		}
		v, ok := m.instances(body)
		if !ok {
			return nil, fmt.Errorf("it is not known how many %s.%s there are", of[0], of[1])
		}
		all := []cty.Value{v}
		if body.Attributes["for_each"] != nil || body.Attributes["count"] != nil {
			all = v.AsValueSlice()
		}
		for _, one := range all {
			name, found := one.AsValueMap()[argument]
			if !found || !name.IsKnown() {
				return nil, fmt.Errorf("%s.%s has no %s that can be evaluated", of[0], of[1], argument)
			}
			names = append(names, name.AsString())
		}
	}
	slices.Sort(names)
	return names, nil
}

// functions are those of Terraform that names and numbers of resources are made with.
var functions = map[string]function.Function{
	"coalesce": stdlib.CoalesceFunc, "concat": stdlib.ConcatFunc, "contains": stdlib.ContainsFunc, "distinct": stdlib.DistinctFunc, "flatten": stdlib.FlattenFunc,
	"floor": stdlib.FloorFunc, "format": stdlib.FormatFunc, "join": stdlib.JoinFunc, "keys": stdlib.KeysFunc, "length": length, "lower": stdlib.LowerFunc,
	"max": stdlib.MaxFunc, "merge": stdlib.MergeFunc, "min": stdlib.MinFunc, "pow": stdlib.PowFunc, "range": stdlib.RangeFunc, "regex": stdlib.RegexFunc,
	"replace": stdlib.ReplaceFunc, "sha256": sha256Function, "sort": stdlib.SortFunc, "split": stdlib.SplitFunc, "startswith": startsWith, "substr": stdlib.SubstrFunc,
	"tonumber": stdlib.MakeToFunc(cty.Number), "toset": stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)), "tostring": stdlib.MakeToFunc(cty.String),
	"upper": stdlib.UpperFunc, "values": stdlib.ValuesFunc,
}

// length counts the characters of strings as well.
var length = function.New(&function.Spec{
	Params: []function.Parameter{{Type: cty.DynamicPseudoType, AllowDynamicType: true}}, Type: function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if args[0].Type() == cty.String {
			return stdlib.Strlen(args[0])
		}
		return cty.NumberIntVal(int64(args[0].LengthInt())), nil
	},
})

var sha256Function = function.New(&function.Spec{
	Params: []function.Parameter{{Type: cty.String}}, Type: function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		sum := sha256.Sum256([]byte(args[0].AsString()))
		return cty.StringVal(hex.EncodeToString(sum[:])), nil
	},
})

var startsWith = function.New(&function.Spec{
	Params: []function.Parameter{{Type: cty.String}, {Type: cty.String}}, Type: function.StaticReturnType(cty.Bool),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		text, start := args[0].AsString(), args[1].AsString()
		return cty.BoolVal(len(text) >= len(start) && text[:len(start)] == start), nil
	},
})

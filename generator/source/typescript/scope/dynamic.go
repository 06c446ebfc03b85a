package scope

import (
	"slices"

	"github.com/groundplan/groundplan/generator/source/typescript/facts"
	"github.com/groundplan/groundplan/generator/source/typescript/syntax"
)

// DynamicImport reads import("m"): the names it gives are followed like those of an import statement.
func (r *File) DynamicImport(n *syntax.Call, ancestors []syntax.Node) {
	if meta, ok := n.Callee.(*syntax.Meta); !ok || meta.Name != "import" || len(n.Arguments) == 0 {
		return
	}
	module, ok := n.Arguments[0].(*syntax.String)
	if !ok {
		return
	}
	index := r.addImport(module)
	entry := &r.Module.Imports[index]
	entry.Runs, entry.Dynamic = true, true
	entry.Lazy = slices.ContainsFunc(ancestors, func(n syntax.Node) bool { _, ok := n.(*syntax.Function); return ok })
	if entry.Module == "" && !entry.Clients {
		return
	}
	r.Module.Names = append(r.Module.Names, facts.Name{Text: module.Value, Form: facts.Imported, Source: index})
	name := int32(len(r.Module.Names) - 1)
	if r.Dynamic == nil {
		r.Dynamic = make(map[*syntax.Call]int32)
	}
	r.Dynamic[n] = name
	// import("m").then((m) => ...) names it by a parameter.
	if len(ancestors) < 2 {
		return
	}
	then, isMember := ancestors[len(ancestors)-1].(*syntax.Member)
	call, isCall := ancestors[len(ancestors)-2].(*syntax.Call)
	if !isMember || !isCall || then.Name != "then" || len(call.Arguments) == 0 {
		return
	}
	function, isFunction := syntax.Unwrap(call.Arguments[0]).(*syntax.Function)
	if !isFunction || len(function.Parameters) == 0 {
		return
	}
	target := function.Parameters[0].Target
	for _, binding := range r.Resolved.All {
		if binding.Kind != syntax.BindingParameter || binding.Node != syntax.Node(function.Parameters[0]) {
			continue
		}
		if names, ok := PatternPath(target, binding); ok {
			r.Follow(binding, facts.Name{Text: binding.Name, Form: facts.Aliased, Source: name, Path: names})
		}
	}
}

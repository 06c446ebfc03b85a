package extraction

import (
	"cmp"
	"slices"

	"github.com/groundplan/groundplan/generator/source/typescript/facts"
	"github.com/groundplan/groundplan/generator/source/typescript/syntax"
)

// A service runs more than its own files: whatever it imports, and what that names in turn. To follow that no further
// than needed, a file is divided into parts, one for each top-level declaration and one for what runs when the file is
// loaded. Who imports one function of a file does not run the others.

// readParts names the parts of the file.
func (r *reader) readParts() {
	r.Module.Exported = make(map[string]int32)
	r.parts = make(map[*syntax.Binding]int32)
	for _, statement := range r.Syntax.Statements {
		switch s := statement.(type) {
		case *syntax.Variables:
			for _, declarator := range s.Declarators {
				part := int32(0)
				eachBound(declarator.Target, func(id *syntax.Identifier) {
					if part == 0 {
						part = r.addPart(id.Name)
					}
					r.parts[id.Binding] = part
				})
			}
		case *syntax.Function:
			r.name(s.Name)
		case *syntax.Class:
			r.name(s.Name)
		case *syntax.Enum:
			r.name(s.Name)
		case *syntax.Namespace:
			if len(s.Path) > 0 {
				r.name(s.Path[0])
			}
		}
	}
	for _, exported := range r.Syntax.Exports {
		switch {
		case exported.TypeOnly || exported.From != nil || exported.Name == "":
		case exported.Local != nil && exported.Local.Binding != nil:
			if part, ok := r.parts[exported.Local.Binding]; ok {
				r.Module.Exported[exported.Name] = part
			}
		case exported.Name == "default":
			r.Module.Exported["default"] = r.addPart("default")
		}
	}
}

func (r *reader) addPart(name string) int32 {
	r.Module.Parts = append(r.Module.Parts, name)
	return int32(len(r.Module.Parts) - 1)
}

func (r *reader) name(id *syntax.Identifier) {
	if id != nil && id.Binding != nil {
		if _, known := r.parts[id.Binding]; !known { // overloads are one function
			r.parts[id.Binding] = r.addPart(id.Name)
		}
	}
}

// eachBound calls f for every name a pattern binds.
func eachBound(pattern syntax.Pattern, f func(*syntax.Identifier)) {
	switch p := pattern.(type) {
	case *syntax.Identifier:
		if p.Binding != nil {
			f(p)
		}
	case *syntax.ObjectPattern:
		for _, property := range p.Properties {
			eachBound(property.Target, f)
		}
		eachBound(p.Rest, f)
	case *syntax.ArrayPattern:
		for _, element := range p.Elements {
			if element != nil {
				eachBound(element.Target, f)
			}
		}
		eachBound(p.Rest, f)
	}
}

func (r *reader) partOf(pattern syntax.Pattern) int32 {
	part := int32(0)
	eachBound(pattern, func(id *syntax.Identifier) { part = max(part, r.parts[id.Binding]) })
	return part
}

// eachStatement walks the file statement by statement, and keeps the part that is being read. It goes where one of the
// offsets lies and nowhere else, which leaves out most of the file.
func (r *reader) eachStatement(offsets []int, visit func(syntax.Node, []syntax.Node) bool) {
	slices.Sort(offsets)
	near := func(n syntax.Node, ancestors []syntax.Node) bool {
		extent := n.Extent()
		i, _ := slices.BinarySearch(offsets, extent.Start)
		return i < len(offsets) && offsets[i] < extent.End && visit(n, ancestors)
	}
	for _, statement := range r.Syntax.Statements {
		r.part = 0
		switch s := statement.(type) {
		case *syntax.Import:
			continue
		case *syntax.Function:
			r.part = r.declared(s.Name)
		case *syntax.Class:
			r.part = r.declared(s.Name)
		case *syntax.Enum:
			r.part = r.declared(s.Name)
		case *syntax.Namespace:
			if len(s.Path) > 0 {
				r.part = r.declared(s.Path[0])
			}
		case *syntax.ExportStatement:
			for _, exported := range s.Exports {
				if exported.Value != nil {
					r.part = r.Module.Exported[exported.Name]
				}
			}
		case *syntax.ExpressionStatement:
			if r.isFramework(s.Expression) {
				r.part = facts.OwnPart
			}
		}
		syntax.Walk(statement, near)
	}
}

func (r *reader) declared(id *syntax.Identifier) int32 {
	if id == nil || id.Binding == nil {
		return r.Module.Exported["default"]
	}
	return r.parts[id.Binding]
}

// isFramework reports whether an expression is nothing but a declaration of the framework's, as in new Subscription(...).
func (r *reader) isFramework(e syntax.Expression) bool {
	switch e := syntax.Unwrap(e).(type) {
	case *syntax.New:
		_, ok := r.RoleOf(e.Callee)
		return ok
	case *syntax.Call:
		_, ok := r.RoleOf(e.Callee)
		return ok
	}
	return false
}

// readReferences records what the file names.
func (r *reader) readReferences() {
	if len(r.Indexes) == 0 && len(r.Dynamic) == 0 {
		return // it leads nowhere
	}
	var offsets []int
	for _, binding := range r.Resolved.All {
		_, followed := r.Indexes[binding]
		if _, isPart := r.parts[binding]; followed || isPart {
			offsets = append(offsets, offsetsOf(binding)...)
		}
	}
	for call := range r.Dynamic {
		offsets = append(offsets, call.Start)
	}
	r.eachStatement(offsets, r.reference)
	slices.SortStableFunc(r.Module.Edges, func(a, b facts.Edge) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.At.Start, b.At.Start))
	})
	r.Module.Edges = slices.CompactFunc(r.Module.Edges, func(a, b facts.Edge) bool { return a.From == b.From && a.To == b.To })
}

func (r *reader) addEdge(to int32, at facts.Span) {
	if count := len(r.Module.Edges); count > 0 && r.Module.Edges[count-1].From == r.part && r.Module.Edges[count-1].To == to {
		return
	}
	r.Module.Edges = append(r.Module.Edges, facts.Edge{From: r.part, To: to, At: at})
}

// offsetsOf are the places that name a binding.
func offsetsOf(binding *syntax.Binding) []int {
	offsets := make([]int, len(binding.References))
	for i, reference := range binding.References {
		offsets[i] = reference.Start
	}
	return offsets
}

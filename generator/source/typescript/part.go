package typescript

import (
	"cmp"
	"slices"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/typescript/syntax"
)

// A service runs more than its own files: whatever it imports, and what that names in turn. To follow that no further
// than needed, a file is divided into parts, one for each top-level declaration and one for what runs when the file is
// loaded. Who imports one function of a file does not run the others.

// readParts names the parts of the file.
func (r *tsReader) readParts() {
	r.m.exported = make(map[string]int32)
	r.parts = make(map[*syntax.Binding]int32)
	for _, statement := range r.file.Statements {
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
	for _, exported := range r.file.Exports {
		switch {
		case exported.TypeOnly || exported.From != nil || exported.Name == "":
		case exported.Local != nil && exported.Local.Binding != nil:
			if part, ok := r.parts[exported.Local.Binding]; ok {
				r.m.exported[exported.Name] = part
			}
		case exported.Name == "default":
			r.m.exported["default"] = r.addPart("default")
		}
	}
}

func (r *tsReader) addPart(name string) int32 {
	r.m.parts = append(r.m.parts, name)
	return int32(len(r.m.parts) - 1)
}

func (r *tsReader) name(id *syntax.Identifier) {
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

func (r *tsReader) partOf(pattern syntax.Pattern) int32 {
	part := int32(0)
	eachBound(pattern, func(id *syntax.Identifier) { part = max(part, r.parts[id.Binding]) })
	return part
}

// eachStatement walks the file statement by statement, and keeps the part that is being read. It goes where one of the
// offsets lies and nowhere else, which leaves out most of the file.
func (r *tsReader) eachStatement(offsets []int, visit func(syntax.Node, []syntax.Node) bool) {
	slices.Sort(offsets)
	near := func(n syntax.Node, ancestors []syntax.Node) bool {
		extent := n.Extent()
		i, _ := slices.BinarySearch(offsets, extent.Start)
		return i < len(offsets) && offsets[i] < extent.End && visit(n, ancestors)
	}
	for _, statement := range r.file.Statements {
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
					r.part = r.m.exported[exported.Name]
				}
			}
		case *syntax.ExpressionStatement:
			if r.isFramework(s.Expression) {
				r.part = ownPart
			}
		}
		syntax.Walk(statement, near)
	}
}

// offsetsOf are the places that name a binding.
func offsetsOf(binding *syntax.Binding) []int {
	offsets := make([]int, len(binding.References))
	for i, reference := range binding.References {
		offsets[i] = reference.Start
	}
	return offsets
}

func (r *tsReader) declared(id *syntax.Identifier) int32 {
	if id == nil || id.Binding == nil {
		return r.m.exported["default"]
	}
	return r.parts[id.Binding]
}

// isFramework reports whether an expression is nothing but a declaration of the framework's, as in new Subscription(...).
func (r *tsReader) isFramework(e syntax.Expression) bool {
	switch e := syntax.Unwrap(e).(type) {
	case *syntax.New:
		_, ok := r.roleOf(e.Callee)
		return ok
	case *syntax.Call:
		_, ok := r.roleOf(e.Callee)
		return ok
	}
	return false
}

// readReferences records what the file names.
func (r *tsReader) readReferences() {
	if len(r.indexes) == 0 && len(r.dynamic) == 0 {
		return // it leads nowhere
	}
	var offsets []int
	for _, binding := range r.resolved.All {
		_, followed := r.indexes[binding]
		if _, isPart := r.parts[binding]; followed || isPart {
			offsets = append(offsets, offsetsOf(binding)...)
		}
	}
	for call := range r.dynamic {
		offsets = append(offsets, call.Start)
	}
	r.eachStatement(offsets, r.reference)
	slices.SortStableFunc(r.m.edges, func(a, b tsEdge) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.at.start, b.at.start))
	})
	r.m.edges = slices.CompactFunc(r.m.edges, func(a, b tsEdge) bool { return a.from == b.from && a.to == b.to })
}

func (r *tsReader) addEdge(to int32, at tsSpan) {
	if count := len(r.m.edges); count > 0 && r.m.edges[count-1].from == r.part && r.m.edges[count-1].to == to {
		return
	}
	r.m.edges = append(r.m.edges, tsEdge{r.part, to, at})
}

// partName is the name of a part; what only the service itself runs has one that no code can have.
func (m *tsModule) partName(part int32) string {
	if part == ownPart {
		return "-"
	}
	return m.parts[part]
}

// packages are the parts of a file and what they name in others.
func (l *tsLinker) packages(m *tsModule) []source.Package {
	byPart := make(map[int32]*source.Package)
	imports := func(part int32) *source.Package {
		if byPart[part] == nil {
			root := m.service != "" && l.loaded[m] && (part <= 0 || m.rooted[part])
			byPart[part] = &source.Package{Dir: m.path, Part: m.partName(part), Service: m.service, Root: root}
		}
		return byPart[part]
	}
	seen := make(map[int32]map[[2]string]bool)
	add := func(from int32, dir, part string, at tsSpan) {
		if seen[from] == nil {
			seen[from] = make(map[[2]string]bool)
		}
		if to := [2]string{dir, part}; !seen[from][to] && (dir != m.path || part != m.partName(from)) {
			seen[from][to] = true
			imports(from).Imports = append(imports(from).Imports, source.Import{Dir: dir, Part: part, At: m.at(at)})
		}
	}
	imports(0)
	for i := range m.refs {
		ref := &m.refs[i]
		imports(ref.part) // what it names may be a resource or a client, which are no parts
		if ref.form == tsAliasing {
			continue // the alias leads there itself
		}
		for _, target := range l.partsBehind(m, ref.name, ref.path, &tsSteps{}) {
			add(ref.part, target.module.path, target.module.partName(target.part), ref.span)
		}
	}
	for _, imported := range m.imports {
		if target := l.byPath[imported.module]; imported.runs && target != nil {
			add(0, target.path, "", imported.at)
		}
	}
	for _, edge := range m.edges {
		add(edge.from, m.path, m.partName(edge.to), edge.at)
	}
	var packages []source.Package
	for _, p := range byPart {
		slices.SortFunc(p.Imports, func(a, b source.Import) int { return cmp.Or(cmp.Compare(a.Dir, b.Dir), cmp.Compare(a.Part, b.Part)) })
		packages = append(packages, *p)
	}
	return packages
}

// tsPart is a part of a file.
type tsPart struct {
	module *tsModule
	part   int32
}

// partsBehind are the parts of other files that a name leads to. A module that is named as a whole leads to all that it
// exports.
func (l *tsLinker) partsBehind(m *tsModule, index int32, members []string, steps *tsSteps) []tsPart {
	name := &m.names[index]
	if !steps.next() || len(members) > maxMembers {
		return nil
	}
	switch name.form {
	case tsAliased:
		return l.partsBehind(m, name.source, join(name.path, members), steps)
	case tsImported:
		target := l.byPath[m.imports[name.source].module]
		if target == nil {
			return nil
		}
		if full := join(name.path, members); len(full) > 0 {
			return l.exportedParts(target, full[0], full[1:], steps)
		}
		return l.allParts(target, steps)
	}
	return nil
}

func (l *tsLinker) exportedParts(m *tsModule, name string, members []string, steps *tsSteps) []tsPart {
	if !steps.next() || steps.again(m, name, len(members)) {
		return nil
	}
	if part, ok := m.exported[name]; ok {
		return []tsPart{{m, part}}
	}
	if exported, ok := m.exports[name]; ok {
		if exported.local >= 0 {
			return l.partsBehind(m, exported.local, members, steps)
		}
		target := l.byPath[m.imports[exported.from].module]
		switch {
		case target == nil:
			return nil
		case exported.name != "*":
			return l.exportedParts(target, exported.name, members, steps)
		case len(members) > 0:
			return l.exportedParts(target, members[0], members[1:], steps)
		}
		return l.allParts(target, steps)
	}
	for _, star := range m.stars {
		if target := l.byPath[m.imports[star].module]; target != nil && name != "default" {
			if found := l.exportedParts(target, name, members, steps); found != nil {
				return found
			}
		}
	}
	return nil
}

func (l *tsLinker) allParts(m *tsModule, steps *tsSteps) []tsPart {
	if !steps.next() || steps.again(m, "*", 0) {
		return nil
	}
	var found []tsPart
	for _, part := range m.exported {
		found = append(found, tsPart{m, part})
	}
	for name, exported := range m.exports {
		if exported.local < 0 {
			found = append(found, l.exportedParts(m, name, nil, steps)...)
		}
	}
	for _, star := range m.stars {
		if target := l.byPath[m.imports[star].module]; target != nil {
			found = append(found, l.allParts(target, steps)...)
		}
	}
	return found
}

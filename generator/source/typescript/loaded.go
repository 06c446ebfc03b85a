package typescript

import (
	"slices"

	"github.com/groundplan/groundplan/generator/diagnostic"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/typescript/syntax"
)

// findLoaded finds the files that processes load: the entry file of the whole application imports those that
// declare an endpoint with a handler, a subscription, a gateway, a service or a metric, and they import others, some of
// them only when a function runs. Files that only tests, scripts or nobody imports are none of them.
func (l *tsLinker) findLoaded() {
	l.loaded = make(map[*tsModule]bool)
	var queue []*tsModule
	load := func(m *tsModule) {
		if m != nil && !l.loaded[m] {
			l.loaded[m] = true
			queue = append(queue, m)
		}
	}
	for _, m := range l.modules {
		if m.service != "" && m.isEntry(l.language) {
			load(m)
		}
	}
	for len(queue) > 0 {
		m := queue[0]
		queue = queue[1:]
		for _, imported := range m.imports {
			if imported.runs {
				load(l.byPath[imported.module])
			}
		}
	}
}

// isEntry reports whether Encore's entry file imports a file.
func (m *tsModule) isEntry(language *tsLanguage) bool {
	if len(m.gateways) > 0 || len(m.services) > 0 {
		return true
	}
	for _, endpoint := range m.endpoints {
		if endpoint.Static == "" {
			return true
		}
	}
	for _, decl := range m.decls {
		if spelling := &language.spellings[decl.spelling]; spelling.Root || spelling.Registered && decl.Symbol != "" {
			return true
		}
	}
	return false
}

// root marks the part that is being read as one that a process runs.
func (r *tsReader) root() {
	if r.m.rooted == nil {
		r.m.rooted = make(map[int32]bool)
	}
	r.m.rooted[r.part] = true
}

// acts reports whether loading the file could call a function of the application.
func (r *tsReader) acts() bool {
	acts := false
	for _, statement := range r.file.Statements {
		if acts {
			break
		}
		syntax.Walk(statement, func(n syntax.Node, _ []syntax.Node) bool {
			switch n := n.(type) {
			case syntax.Type, *syntax.Import, *syntax.Interface, *syntax.TypeAlias, *syntax.Function:
				return false
			case *syntax.Call:
				acts = acts || r.leads(n.Callee, n.Arguments)
			case *syntax.New:
				acts = acts || r.leads(n.Callee, n.Arguments)
			case *syntax.TaggedTemplate:
				acts = acts || r.leads(n.Tag, nil)
			case *syntax.Member:
				acts = acts || r.isOwn(n)
			case *syntax.Class:
				acts = acts || len(n.Decorators) > 0
			case *syntax.ClassMember:
				acts = acts || len(n.Decorators) > 0 || n.Form == syntax.MemberStaticBlock
			}
			return !acts
		})
	}
	return acts
}

// leads reports whether a call could lead to code of the application.
func (r *tsReader) leads(callee syntax.Expression, arguments []syntax.Expression) bool {
	if _, ok := r.roleOf(callee); ok {
		return false
	}
	if member, ok := syntax.Unwrap(callee).(*syntax.Member); ok {
		if _, ok := r.roleOf(member.Object); ok {
			return false
		}
	}
	if r.isOwn(callee) {
		return true
	}
	for _, argument := range arguments {
		switch syntax.Unwrap(argument).(type) {
		case *syntax.Function:
			return true
		case *syntax.Identifier, *syntax.Member:
			if r.isOwn(argument) {
				return true
			}
		}
	}
	return false
}

// isOwn reports whether an expression begins with something of the application.
func (r *tsReader) isOwn(e syntax.Expression) bool {
	for {
		switch x := syntax.Unwrap(e).(type) {
		case *syntax.Member:
			e = x.Object
		case *syntax.Index:
			e = x.Object
		case *syntax.Await:
			e = x.Value
		case *syntax.Call:
			if _, ok := r.roleOf(x.Callee); ok {
				return true // secret("X")()
			}
			e = x.Callee
		case *syntax.New:
			e = x.Callee
		case *syntax.Identifier:
			if x.Binding == nil {
				return false
			}
			if x.Binding.Kind == syntax.BindingImport {
				_, followed := r.indexes[x.Binding]
				return followed
			}
			return x.Binding.Kind != syntax.BindingEnum
		case *syntax.Meta:
			return false
		default:
			return true
		}
	}
}

// linkLoads tells of what is used while modules load.
func (l *tsLinker) linkLoads() {
	if len(l.result.Decls)+len(l.result.Calls) == 0 {
		return
	}
	walked := l.walkLoad()
	for call, at := range walked.calls {
		l.result.LoadCalls = append(l.result.LoadCalls, source.Call{
			Package: at.file, Service: l.byPath[at.file].service, TargetService: call.service, Endpoint: call.endpoint, At: l.byPath[at.file].at(at.span),
		})
	}
	for use, at := range walked.uses {
		l.result.Loads = append(l.result.Loads, source.Use{
			Kind: use.decl.Kind, Name: use.decl.Name, Parent: use.decl.Parent, Operation: use.operation,
			Package: at.file, Service: l.byPath[at.file].service, At: l.byPath[at.file].at(at.span),
		})
	}
}

// warnMissing tells of an import of a file that is not there. It may be one that another tool makes before the build.
func (r *tsReader) warnMissing(index int32) {
	imported := &r.m.imports[index]
	if imported.module != "" || imported.clients || !r.resolver.missing(r.m.path, imported.name) {
		return
	}
	for i := range r.m.imports[:index] {
		if r.m.imports[i].name == imported.name {
			return
		}
	}
	r.m.diags = append(r.m.diags, diagnostic.Warning(r.m.at(imported.at), "Missing module", "correct the path; when another tool makes the file, run that before the build",
		"There is no file that %q means. Encore does not build the application without it.", imported.name))
}

// callEndpoint records the call of an endpoint by a generated client.
func (w *tsLoad) callEndpoint(file *tsReader, callee syntax.Expression) {
	var members []string
	for {
		switch e := syntax.Unwrap(callee).(type) {
		case *syntax.Member:
			members = append(members, e.Name)
			callee = e.Object
			continue
		case *syntax.Identifier:
			index, named := file.indexes[e.Binding]
			if !named || e.Binding == nil {
				return
			}
			slices.Reverse(members)
			for _, entity := range w.linker.follow(file.m, tsTarget{index, members}) {
				if entity.clients && len(entity.rest) > 1 {
					w.recordCall(entity.rest, file.place(e))
				}
			}
		}
		return
	}
}

func (w *tsLoad) recordCall(client []string, at tsPlace) {
	service := w.linker.clients[client[0]]
	if service == nil || w.linker.byPath[at.file].service == "" {
		return // an error, told where calls are linked
	}
	call := tsLoadCall{service.Name, client[1]}
	if known, ok := w.calls[call]; !ok || at.before(known) {
		w.calls[call] = at
	}
}

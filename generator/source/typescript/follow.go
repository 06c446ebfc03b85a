package typescript

import "slices"

// tsSteps bounds how many names one question leads over: modules that re-export each other in circles, and types made of
// themselves, would lead on for ever, and twice as far with every circle.
type tsSteps struct {
	taken int
	// looked are the names that were looked for in modules with export *, which lead round in circles.
	looked map[tsLooked]bool
}

type tsLooked struct {
	module  *tsModule
	name    string
	members int
}

// No application comes near: a barrel of a thousand modules is a thousand steps.
const (
	maxSteps   = 20_000
	maxMembers = 64 // names behind a name
)

func (s *tsSteps) next() bool {
	s.taken++
	return s.taken <= maxSteps
}

// again reports whether a name was looked for in a module before.
func (s *tsSteps) again(m *tsModule, name string, members int) bool {
	if len(m.stars) == 0 {
		return false
	}
	looked := tsLooked{m, name, members}
	if s.looked[looked] {
		return true
	}
	if s.looked == nil {
		s.looked = make(map[tsLooked]bool)
	}
	s.looked[looked] = true
	return false
}

// tsEntity is what a name leads to: a resource, an endpoint, the auth handler, or the generated clients.
type tsEntity struct {
	module   *tsModule
	decl     *tsDecl
	endpoint *tsEndpointDecl
	auth     *tsAuthHandlerDecl
	clients  bool
	// direct says that the name holds the resource itself, hidden that it leads there by ways Encore does not follow:
	// aliases and re-exports.
	direct bool
	hidden bool
	// rest are the member names behind the entity.
	rest []string
}

// follow returns everything a name of a file could lead to.
func (l *tsLinker) follow(m *tsModule, target tsTarget) []tsEntity {
	if target.name < 0 {
		return nil
	}
	return l.followName(m, target.name, target.path, false, &tsSteps{})
}

func (l *tsLinker) followName(m *tsModule, index int32, members []string, hidden bool, steps *tsSteps) []tsEntity {
	if !steps.next() || len(members) > maxMembers {
		return nil
	}
	name := &m.names[index]
	switch name.form {
	case tsAliased:
		return l.followName(m, name.source, join(name.path, members), true, steps)
	case tsImported:
		imported := &m.imports[name.source]
		full := join(name.path, members)
		if imported.clients {
			return []tsEntity{{module: m, clients: true, rest: full, hidden: hidden}}
		}
		target := l.byPath[imported.module]
		if target == nil || len(full) == 0 {
			return nil
		}
		return l.followExport(target, full[0], full[1:], hidden, steps)
	}
	var found []tsEntity
	for _, decl := range name.decls {
		found = append(found, tsEntity{module: m, decl: m.decls[decl], direct: name.direct, hidden: hidden, rest: members})
	}
	if name.endpoint > 0 {
		found = append(found, tsEntity{module: m, endpoint: m.endpoints[name.endpoint-1], hidden: hidden, rest: members})
	}
	if name.authHandler > 0 {
		found = append(found, tsEntity{module: m, auth: m.authHandlers[name.authHandler-1], hidden: hidden, rest: members})
	}
	return found
}

// followExport finds an exported name of a file, through re-exports.
func (l *tsLinker) followExport(m *tsModule, name string, members []string, hidden bool, steps *tsSteps) []tsEntity {
	if !steps.next() || steps.again(m, name, len(members)) {
		return nil
	}
	if exported, ok := m.exports[name]; ok {
		if exported.local >= 0 {
			return l.followName(m, exported.local, members, hidden, steps)
		}
		full := members
		if exported.name != "*" {
			full = join([]string{exported.name}, members)
		}
		imported := &m.imports[exported.from]
		if imported.clients {
			return []tsEntity{{module: m, clients: true, rest: full, hidden: true}}
		}
		target := l.byPath[imported.module]
		if target == nil || len(full) == 0 {
			return nil
		}
		return l.followExport(target, full[0], full[1:], true, steps)
	}
	if name == "default" {
		return nil
	}
	for _, star := range m.stars {
		if m.imports[star].clients {
			return []tsEntity{{module: m, clients: true, rest: join([]string{name}, members), hidden: true}}
		}
		if target := l.byPath[m.imports[star].module]; target != nil {
			if found := l.followExport(target, name, members, true, steps); found != nil {
				return found
			}
		}
	}
	return nil
}

func join(a, b []string) []string {
	if len(a) == 0 {
		return b
	}
	return append(slices.Clip(a), b...)
}

// named finds a type by name; false when the application has none of that name.
func (l *tsLinker) named(m *tsModule, name tsTypeName, steps *tsSteps) (*tsModule, tsType, bool) {
	if name.source < 0 {
		t, ok := m.types[name.path[0]]
		return m, t, ok && len(name.path) == 1
	}
	target := l.byPath[m.imports[name.source].module]
	if target == nil || len(name.path) == 0 {
		return nil, tsType{}, false
	}
	return l.exportedType(target, name.path, steps)
}

func (l *tsLinker) exportedType(m *tsModule, names []string, steps *tsSteps) (*tsModule, tsType, bool) {
	if !steps.next() || steps.again(m, "type "+names[0], len(names)) {
		return nil, tsType{}, false
	}
	if t, ok := m.types[names[0]]; ok && len(names) == 1 {
		return m, t, true
	}
	if exported, ok := m.exports[names[0]]; ok && exported.local < 0 {
		if target := l.byPath[m.imports[exported.from].module]; target != nil {
			return l.exportedType(target, join([]string{exported.name}, names[1:]), steps)
		}
	}
	for _, star := range m.stars {
		if target := l.byPath[m.imports[star].module]; target != nil {
			if owner, t, ok := l.exportedType(target, names, steps); ok {
				return owner, t, true
			}
		}
	}
	return nil, tsType{}, false
}

// required reports whether a request of the type must hold something. What cannot be found is taken to.
func (l *tsLinker) required(m *tsModule, t tsType, steps *tsSteps) bool {
	if t.required || !steps.next() {
		return true
	}
	for _, part := range t.parts {
		owner, named, ok := l.named(m, part, steps)
		if !ok || l.required(owner, named, steps) {
			return true
		}
	}
	return false
}

// permissions are the operations that a type argument permits on a resource; false when it says nothing about them.
func (l *tsLinker) permissions(m *tsModule, t tsType, spelling int16, steps *tsSteps) ([]string, bool) {
	if !steps.next() || len(t.parts) == 0 {
		return nil, false
	}
	var operations []string
	for _, part := range t.parts {
		more, ok := l.permission(m, part, spelling, steps)
		if !ok {
			return nil, false
		}
		operations = append(operations, more...)
	}
	slices.Sort(operations)
	return slices.Compact(operations), true
}

func (l *tsLinker) permission(m *tsModule, name tsTypeName, spelling int16, steps *tsSteps) ([]string, bool) {
	if name.source >= 0 && len(name.path) > 0 {
		known := l.language.permissions[m.imports[name.source].name]
		for _, permission := range known[name.path[len(name.path)-1]] {
			if permission.spelling == spelling {
				return permission.operations, true
			}
		}
	}
	owner, t, ok := l.named(m, name, steps)
	if !ok {
		return nil, false
	}
	return l.permissions(owner, t, spelling, steps)
}

// Package trail follows names between the files of an application, through imports, re-exports and aliases: to what is declared,
// to types, and to parts of files.
//
// It must not know syntax nor what becomes of what it finds: it reads facts and changes none.
package trail

import (
	"slices"

	"github.com/groundplan/groundplan/generator/source/typescript/facts"
	"github.com/groundplan/groundplan/generator/source/typescript/vocabulary"
)

// Steps bounds how many names one question leads over: modules that re-export each other in circles, and types made of
// themselves, would lead on without end, and twice as far with every circle.
type Steps struct {
	taken int
	// looked are the names that were looked for in modules with export *, which lead round in circles.
	looked map[lookup]bool
}

type lookup struct {
	module  *facts.Module
	name    string
	members int
}

// No application comes near: a barrel of a thousand modules is a thousand steps.
const (
	maxSteps   = 20_000
	maxMembers = 64 // names behind a name
)

// Next takes a step, and reports whether it is one of those that are permitted.
func (s *Steps) Next() bool {
	s.taken++
	return s.taken <= maxSteps
}

// Again reports whether a name with so many members behind it was looked for in a module before; a module without export * is
// looked into as often as one likes.
func (s *Steps) Again(m *facts.Module, name string, members int) bool {
	if len(m.Stars)+len(m.TypeStars) == 0 {
		return false
	}
	looked := lookup{m, name, members}
	if s.looked[looked] {
		return true
	}
	if s.looked == nil {
		s.looked = make(map[lookup]bool)
	}
	s.looked[looked] = true
	return false
}

// Trail are the files of an application, between which names are followed.
type Trail struct {
	// Language tells permissions from other types.
	Language *vocabulary.Language
	// ByPath are the facts of the files, by path.
	ByPath map[string]*facts.Module
}

// New makes the trail of all files of an application. Facts that are added to them later are seen.
func New(language *vocabulary.Language, modules []*facts.Module) *Trail {
	l := &Trail{Language: language, ByPath: make(map[string]*facts.Module, len(modules))}
	for _, m := range modules {
		l.ByPath[m.Path] = m
	}
	return l
}

// Entity is what a name leads to: a resource, an endpoint, the auth handler, or the generated clients.
type Entity struct {
	// Module is the file that declares it, or that names the clients. Of the next four one is set.
	Module   *facts.Module
	Decl     *facts.Decl
	Endpoint *facts.Endpoint
	Auth     *facts.AuthHandler
	Clients  bool
	// Direct says that the name holds the resource itself, Hidden that it leads there by ways Encore does not follow:
	// aliases and re-exports.
	Direct bool
	Hidden bool
	// Rest are the member names behind the entity.
	Rest []string
}

// Follow returns everything a name of a file could lead to.
func (l *Trail) Follow(m *facts.Module, target facts.Target) []Entity {
	if target.Name < 0 {
		return nil
	}
	return l.followName(m, target.Name, target.Path, false, &Steps{})
}

func (l *Trail) followName(m *facts.Module, index int32, members []string, hidden bool, steps *Steps) []Entity {
	if !steps.Next() || len(members) > maxMembers {
		return nil
	}
	name := &m.Names[index]
	switch name.Form {
	case facts.Aliased:
		return l.followName(m, name.Source, join(name.Path, members), true, steps)
	case facts.Imported:
		imported := &m.Imports[name.Source]
		full := join(name.Path, members)
		if imported.Clients {
			return []Entity{{Module: m, Clients: true, Rest: full, Hidden: hidden}}
		}
		target := l.ByPath[imported.Module]
		if target == nil || len(full) == 0 {
			return nil
		}
		return l.followExport(target, full[0], full[1:], hidden, steps)
	}
	var found []Entity
	for _, decl := range name.Decls {
		found = append(found, Entity{Module: m, Decl: m.Decls[decl], Direct: name.Direct, Hidden: hidden, Rest: members})
	}
	if name.Endpoint > 0 {
		found = append(found, Entity{Module: m, Endpoint: m.Endpoints[name.Endpoint-1], Hidden: hidden, Rest: members})
	}
	if name.AuthHandler > 0 {
		found = append(found, Entity{Module: m, Auth: m.AuthHandlers[name.AuthHandler-1], Hidden: hidden, Rest: members})
	}
	return found
}

// followExport finds an exported name of a file, through re-exports.
func (l *Trail) followExport(m *facts.Module, name string, members []string, hidden bool, steps *Steps) []Entity {
	if !steps.Next() || steps.Again(m, name, len(members)) {
		return nil
	}
	if exported, ok := m.Exports[name]; ok {
		if exported.Local >= 0 {
			return l.followName(m, exported.Local, members, hidden, steps)
		}
		full := members
		if exported.Name != "*" {
			full = join([]string{exported.Name}, members)
		}
		imported := &m.Imports[exported.From]
		if imported.Clients {
			return []Entity{{Module: m, Clients: true, Rest: full, Hidden: true}}
		}
		target := l.ByPath[imported.Module]
		if target == nil || len(full) == 0 {
			return nil
		}
		return l.followExport(target, full[0], full[1:], true, steps)
	}
	if name == "default" {
		return nil
	}
	for _, star := range m.Stars {
		if m.Imports[star].Clients {
			return []Entity{{Module: m, Clients: true, Rest: join([]string{name}, members), Hidden: true}}
		}
		if target := l.ByPath[m.Imports[star].Module]; target != nil {
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

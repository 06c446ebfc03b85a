package trail

import (
	"slices"

	"github.com/groundplan/groundplan/generator/source/typescript/facts"
)

// named finds a type by name; false when the application has none of that name.
func (l *Trail) named(m *facts.Module, name facts.TypeName, steps *Steps) (*facts.Module, facts.Type, bool) {
	if name.Source < 0 {
		t, ok := m.Types[name.Path[0]]
		return m, t, ok && len(name.Path) == 1
	}
	target := l.ByPath[m.Imports[name.Source].Module]
	if target == nil || len(name.Path) == 0 {
		return nil, facts.Type{}, false
	}
	return l.exportedType(target, name.Path, steps)
}

func (l *Trail) exportedType(m *facts.Module, names []string, steps *Steps) (*facts.Module, facts.Type, bool) {
	if !steps.Next() || steps.Again(m, "type "+names[0], len(names)) {
		return nil, facts.Type{}, false
	}
	if t, ok := m.Types[names[0]]; ok && len(names) == 1 {
		return m, t, true
	}
	if name, ok := m.TypeExports[names[0]]; ok {
		return l.passedOn(m, facts.TypeName{Source: name.Source, Path: join(name.Path, names[1:])}, steps)
	}
	if exported, ok := m.Exports[names[0]]; ok && exported.Local < 0 {
		name := facts.TypeName{Source: exported.From, Path: names[1:]}
		if exported.Name != "*" {
			name.Path = join([]string{exported.Name}, names[1:])
		}
		return l.passedOn(m, name, steps)
	}
	if names[0] == "default" {
		return nil, facts.Type{}, false
	}
	for _, star := range slices.Concat(m.Stars, m.TypeStars) {
		if target := l.ByPath[m.Imports[star].Module]; target != nil {
			if owner, t, ok := l.exportedType(target, names, steps); ok {
				return owner, t, true
			}
		}
	}
	return nil, facts.Type{}, false
}

// passedOn is a type that a file exports under a name of its own; one of the framework stays a name.
func (l *Trail) passedOn(m *facts.Module, name facts.TypeName, steps *Steps) (*facts.Module, facts.Type, bool) {
	if name.Source >= 0 && l.Language.Permissions[m.Imports[name.Source].Name] != nil {
		return m, facts.Type{Parts: []facts.TypeName{name}}, true
	}
	return l.named(m, name, steps)
}

// Required reports whether a request of the type must hold something. What cannot be found is taken to.
func (l *Trail) Required(m *facts.Module, t facts.Type) bool { return l.mustHold(m, t, &Steps{}) }

func (l *Trail) mustHold(m *facts.Module, t facts.Type, steps *Steps) bool {
	if t.Required || !steps.Next() {
		return true
	}
	for _, part := range t.Parts {
		owner, named, ok := l.named(m, part, steps)
		if !ok || l.mustHold(owner, named, steps) {
			return true
		}
	}
	return false
}

// Permissions are the operations that a type argument permits on a resource; false when it says nothing about them.
func (l *Trail) Permissions(m *facts.Module, t facts.Type, spelling int16) ([]string, bool) {
	return l.permitted(m, t, spelling, &Steps{})
}

func (l *Trail) permitted(m *facts.Module, t facts.Type, spelling int16, steps *Steps) ([]string, bool) {
	if !steps.Next() || len(t.Parts) == 0 {
		return nil, false
	}
	var operations []string
	for _, part := range t.Parts {
		more, ok := l.permission(m, part, spelling, steps)
		if !ok {
			return nil, false
		}
		operations = append(operations, more...)
	}
	slices.Sort(operations)
	return slices.Compact(operations), true
}

func (l *Trail) permission(m *facts.Module, name facts.TypeName, spelling int16, steps *Steps) ([]string, bool) {
	if name.Source >= 0 && len(name.Path) > 0 {
		known := l.Language.Permissions[m.Imports[name.Source].Name]
		for _, permission := range known[name.Path[len(name.Path)-1]] {
			if permission.Spelling == spelling {
				return permission.Operations, true
			}
		}
	}
	owner, t, ok := l.named(m, name, steps)
	if !ok {
		return nil, false
	}
	return l.permitted(owner, t, spelling, steps)
}

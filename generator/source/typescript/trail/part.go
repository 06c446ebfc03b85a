package trail

import "github.com/groundplan/groundplan/generator/source/typescript/facts"

// Parts are the parts of other files that a reference of a file leads to. A module that is named as a whole leads to all
// that it exports.
func (l *Trail) Parts(m *facts.Module, ref *facts.Ref) []Part {
	return l.partsBehind(m, ref.Name, ref.Path, &Steps{})
}

// Part is a part of a file, an index into the parts of the module.
type Part struct {
	Module *facts.Module
	Part   int32
}

// partsBehind are the parts of other files that a name leads to. A module that is named as a whole leads to all that it
// exports.
func (l *Trail) partsBehind(m *facts.Module, index int32, members []string, steps *Steps) []Part {
	name := &m.Names[index]
	if !steps.Next() || len(members) > maxMembers {
		return nil
	}
	switch name.Form {
	case facts.Aliased:
		return l.partsBehind(m, name.Source, join(name.Path, members), steps)
	case facts.Imported:
		target := l.ByPath[m.Imports[name.Source].Module]
		if target == nil {
			return nil
		}
		if full := join(name.Path, members); len(full) > 0 {
			return l.exportedParts(target, full[0], full[1:], steps)
		}
		return l.allParts(target, steps)
	}
	return nil
}

func (l *Trail) exportedParts(m *facts.Module, name string, members []string, steps *Steps) []Part {
	if !steps.Next() || steps.Again(m, name, len(members)) {
		return nil
	}
	if part, ok := m.Exported[name]; ok {
		return []Part{{m, part}}
	}
	if exported, ok := m.Exports[name]; ok {
		if exported.Local >= 0 {
			return l.partsBehind(m, exported.Local, members, steps)
		}
		target := l.ByPath[m.Imports[exported.From].Module]
		switch {
		case target == nil:
			return nil
		case exported.Name != "*":
			return l.exportedParts(target, exported.Name, members, steps)
		case len(members) > 0:
			return l.exportedParts(target, members[0], members[1:], steps)
		}
		return l.allParts(target, steps)
	}
	for _, star := range m.Stars {
		if target := l.ByPath[m.Imports[star].Module]; target != nil && name != "default" {
			if found := l.exportedParts(target, name, members, steps); found != nil {
				return found
			}
		}
	}
	return nil
}

func (l *Trail) allParts(m *facts.Module, steps *Steps) []Part {
	if !steps.Next() || steps.Again(m, "*", 0) {
		return nil
	}
	var found []Part
	for _, part := range m.Exported {
		found = append(found, Part{m, part})
	}
	for name, exported := range m.Exports {
		if exported.Local < 0 {
			found = append(found, l.exportedParts(m, name, nil, steps)...)
		}
	}
	for _, star := range m.Stars {
		if target := l.ByPath[m.Imports[star].Module]; target != nil {
			found = append(found, l.allParts(target, steps)...)
		}
	}
	return found
}

package typescript

import (
	"path"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/source/typescript/syntax"
)

// This file finds the names of a file that could lead somewhere: what it imports, aliases of that, and what it exports.

// readImports reads what other modules give to this one.
func (r *tsReader) readImports() {
	for _, imported := range r.file.Imports {
		if imported.Module == nil || imported.Form == syntax.ImportDynamic {
			continue
		}
		index := r.addImport(imported.Module)
		if !imported.TypeOnly {
			r.warnMissing(index)
		}
		entry := &r.m.imports[index]
		bare := imported.Default == nil && imported.Namespace == nil && len(imported.Named) == 0
		entry.runs = bare && !imported.TypeOnly && !imported.Braces
		value := func(name *syntax.ImportName) bool { return !name.TypeOnly }
		entry.types = imported.TypeOnly || len(imported.Named) > 0 && imported.Default == nil && !slices.ContainsFunc(imported.Named, value)
		names := r.language.names[entry.name]
		for _, name := range imported.Named {
			binding := name.Local.Binding
			if binding == nil {
				continue
			}
			r.typeImports[binding] = tsTypeName{index, []string{name.Imported}}
			switch role, ok := names[name.Imported]; {
			case imported.TypeOnly || name.TypeOnly:
			case ok:
				r.framework[binding] = role
			case entry.module != "" || entry.clients:
				r.follow(binding, tsName{text: name.Local.Name, form: tsImported, source: index, path: []string{name.Imported}})
			}
		}
		if id := imported.Namespace; id != nil && id.Binding != nil && names != nil && !imported.TypeOnly {
			if r.wholes == nil {
				r.wholes = make(map[*syntax.Binding]string)
			}
			r.wholes[id.Binding] = entry.name
		}
		if imported.TypeOnly || entry.module == "" && !entry.clients {
			continue
		}
		if id := imported.Default; id != nil && id.Binding != nil {
			r.follow(id.Binding, tsName{text: id.Name, form: tsImported, source: index, path: []string{"default"}})
		}
		if id := imported.Namespace; id != nil && id.Binding != nil {
			r.follow(id.Binding, tsName{text: id.Name, form: tsImported, source: index})
		}
	}
	for _, exported := range r.file.Exports {
		if exported.From != nil && !exported.TypeOnly {
			index := r.addImport(exported.From)
			r.warnMissing(index)
			r.m.imports[index].runs = true
			if exported.Name == "" {
				r.m.stars = append(r.m.stars, index)
			} else {
				r.m.exports[exported.Name] = tsExport{-1, index, exported.Imported}
			}
		}
	}
}

func (r *tsReader) addImport(name *syntax.String) int32 {
	entry := tsImport{name: name.Value, at: spanOfNode(name)}
	entry.clients = name.Value == clientsModule
	if !entry.clients && r.language.names[name.Value] == nil {
		entry.module = r.resolver.resolve(r.m.path, name.Value)
		// The generated code can be imported by its path as well.
		entry.clients = entry.module == "" && strings.HasPrefix(path.Join(r.m.dir, name.Value)+"/", "encore.gen/clients/")
	}
	r.m.imports = append(r.m.imports, entry)
	return int32(len(r.m.imports) - 1)
}

// follow makes every reference to the name count.
func (r *tsReader) follow(binding *syntax.Binding, name tsName) int32 {
	if index, ok := r.indexes[binding]; ok {
		return index
	}
	index := int32(len(r.m.names))
	r.m.names = append(r.m.names, name)
	r.indexes[binding] = index
	return index
}

// readAliases follows the variables that are set from a followed one, until no more are found: const db = shared.db,
// const { user } = clients.
func (r *tsReader) readAliases() {
	for changed := true; changed; {
		changed = false
		for _, binding := range r.resolved.All {
			if binding.Kind != syntax.BindingVariable {
				continue
			}
			declarator, ok := binding.Node.(*syntax.Declarator)
			if !ok || declarator.Value == nil {
				continue
			}
			if _, known := r.indexes[binding]; known {
				continue
			}
			name, names, ok := r.chain(declarator.Value)
			if !ok {
				continue
			}
			more, ok := patternPath(declarator.Target, binding)
			if !ok {
				continue
			}
			r.follow(binding, tsName{text: binding.Name, form: tsAliased, source: name, path: append(names, more...)})
			changed = true
		}
	}
}

// chain reads an expression that is a followed name and member names after it.
func (r *tsReader) chain(e syntax.Expression) (name int32, names []string, ok bool) {
	switch e := syntax.Unwrap(e).(type) {
	case *syntax.Identifier:
		if e.Binding == nil {
			return -1, nil, false
		}
		index, ok := r.indexes[e.Binding]
		return index, nil, ok
	case *syntax.Member:
		name, names, ok := r.chain(e.Object)
		return name, append(names, e.Name), ok
	case *syntax.Index:
		if key, isText := e.Key.(*syntax.String); isText {
			name, names, ok := r.chain(e.Object)
			return name, append(names, key.Value), ok
		}
	case *syntax.Await:
		return r.chain(e.Value)
	case *syntax.Call:
		name, ok := r.dynamic[e]
		return name, nil, ok
	}
	return -1, nil, false
}

// patternPath is how a pattern reaches the binding: {a: {b}} reaches b by a, b. What is left over, elements of lists and
// computed names are not followed.
func patternPath(pattern syntax.Pattern, binding *syntax.Binding) ([]string, bool) {
	switch p := pattern.(type) {
	case *syntax.Identifier:
		return nil, p.Binding == binding
	case *syntax.ObjectPattern:
		for _, property := range p.Properties {
			if property.Name.Text == "" {
				continue
			}
			if rest, ok := patternPath(property.Target, binding); ok {
				return append([]string{property.Name.Text}, rest...), true
			}
		}
	}
	return nil, false
}

// readExports tells which names other modules can import.
func (r *tsReader) readExports() {
	for _, exported := range r.file.Exports {
		if exported.TypeOnly || exported.From != nil || exported.Name == "" {
			continue
		}
		if exported.Local != nil && exported.Local.Binding != nil {
			if index, ok := r.indexes[exported.Local.Binding]; ok {
				r.m.exports[exported.Name] = tsExport{index, -1, ""}
			}
			continue
		}
		if exported.Value == nil {
			continue
		}
		if name, names, ok := r.chain(exported.Value); ok {
			r.m.names = append(r.m.names, tsName{text: exported.Name, form: tsAliased, source: name, path: names})
			r.m.exports[exported.Name] = tsExport{int32(len(r.m.names) - 1), -1, ""}
		}
	}
}

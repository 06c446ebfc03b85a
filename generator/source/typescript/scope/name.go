package scope

import (
	"path"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source/typescript/facts"
	"github.com/groundplan/groundplan/generator/source/typescript/syntax"
	"github.com/groundplan/groundplan/generator/source/typescript/vocabulary"
)

// This file finds the names of a file that could lead somewhere: what it imports, aliases of that, and what it exports.

// readImports reads what other modules give to this one.
func (r *File) readImports() {
	for _, imported := range r.Syntax.Imports {
		if imported.Module == nil || imported.Form == syntax.ImportDynamic {
			continue
		}
		index := r.addImport(imported.Module)
		if !imported.TypeOnly {
			r.warnMissing(index)
		}
		entry := &r.Module.Imports[index]
		bare := imported.Default == nil && imported.Namespace == nil && len(imported.Named) == 0
		entry.Runs = bare && !imported.TypeOnly && !imported.Braces
		value := func(name *syntax.ImportName) bool { return !name.TypeOnly }
		entry.Types = imported.TypeOnly || len(imported.Named) > 0 && imported.Default == nil && !slices.ContainsFunc(imported.Named, value)
		names := r.Language.Names[entry.Name]
		for _, name := range imported.Named {
			binding := name.Local.Binding
			if binding == nil {
				continue
			}
			r.typeImports[binding] = facts.TypeName{Source: index, Path: []string{name.Imported}}
			switch role, ok := names[name.Imported]; {
			case imported.TypeOnly || name.TypeOnly:
			case ok:
				r.Framework[binding] = role
			case entry.Module != "" || entry.Clients:
				r.Follow(binding, facts.Name{Text: name.Local.Name, Form: facts.Imported, Source: index, Path: []string{name.Imported}})
			}
		}
		if id := imported.Default; id != nil && id.Binding != nil {
			r.typeImports[id.Binding] = facts.TypeName{Source: index, Path: []string{"default"}}
		}
		if id := imported.Namespace; id != nil && id.Binding != nil {
			r.typeImports[id.Binding] = facts.TypeName{Source: index}
		}
		if id := imported.Namespace; id != nil && id.Binding != nil && names != nil && !imported.TypeOnly {
			if r.Wholes == nil {
				r.Wholes = make(map[*syntax.Binding]string)
			}
			r.Wholes[id.Binding] = entry.Name
		}
		if imported.TypeOnly || entry.Module == "" && !entry.Clients {
			continue
		}
		if id := imported.Default; id != nil && id.Binding != nil {
			r.Follow(id.Binding, facts.Name{Text: id.Name, Form: facts.Imported, Source: index, Path: []string{"default"}})
		}
		if id := imported.Namespace; id != nil && id.Binding != nil {
			r.Follow(id.Binding, facts.Name{Text: id.Name, Form: facts.Imported, Source: index})
		}
	}
	for _, exported := range r.Syntax.Exports {
		if exported.From != nil && exported.TypeOnly {
			index := r.addImport(exported.From)
			r.Module.Imports[index].Types = true
			switch {
			case exported.Name == "":
				r.Module.TypeStars = append(r.Module.TypeStars, index)
			case exported.Imported == "*":
				r.exportType(exported.Name, facts.TypeName{Source: index})
			default:
				r.exportType(exported.Name, facts.TypeName{Source: index, Path: []string{exported.Imported}})
			}
		}
		if exported.From != nil && !exported.TypeOnly {
			index := r.addImport(exported.From)
			r.warnMissing(index)
			r.Module.Imports[index].Runs = true
			if exported.Name == "" {
				r.Module.Stars = append(r.Module.Stars, index)
			} else {
				r.Module.Exports[exported.Name] = facts.Export{Local: -1, From: index, Name: exported.Imported}
			}
		}
	}
}

func (r *File) exportType(name string, t facts.TypeName) {
	if r.Module.TypeExports == nil {
		r.Module.TypeExports = make(map[string]facts.TypeName)
	}
	r.Module.TypeExports[name] = t
}

func (r *File) addImport(name *syntax.String) int32 {
	entry := facts.Import{Name: name.Value, At: SpanOf(name)}
	entry.Clients = name.Value == vocabulary.ClientsModule
	if !entry.Clients && r.Language.Names[name.Value] == nil {
		entry.Module = r.resolver.Resolve(r.Module.Path, name.Value)
		// The generated code can be imported by its path as well.
		entry.Clients = entry.Module == "" && strings.HasPrefix(path.Join(r.Module.Dir, name.Value)+"/", "encore.gen/clients/")
	}
	r.Module.Imports = append(r.Module.Imports, entry)
	return int32(len(r.Module.Imports) - 1)
}

// Follow makes every reference to the name count, and returns its index among the names of the module. A binding that is followed
// already keeps the name it has.
func (r *File) Follow(binding *syntax.Binding, name facts.Name) int32 {
	if index, ok := r.Indexes[binding]; ok {
		return index
	}
	index := int32(len(r.Module.Names))
	r.Module.Names = append(r.Module.Names, name)
	r.Indexes[binding] = index
	return index
}

// ReadAliases follows the variables that are set from a followed one, until no more are found: const db = shared.db,
// const { user } = clients.
func (r *File) ReadAliases() {
	for changed := true; changed; {
		changed = false
		for _, binding := range r.Resolved.All {
			if binding.Kind != syntax.BindingVariable {
				continue
			}
			declarator, ok := binding.Node.(*syntax.Declarator)
			if !ok || declarator.Value == nil {
				continue
			}
			if _, known := r.Indexes[binding]; known {
				continue
			}
			name, names, ok := r.Chain(declarator.Value)
			if !ok {
				continue
			}
			more, ok := PatternPath(declarator.Target, binding)
			if !ok {
				continue
			}
			r.Follow(binding, facts.Name{Text: binding.Name, Form: facts.Aliased, Source: name, Path: append(names, more...)})
			changed = true
		}
	}
}

// Chain reads an expression that is a followed name (its index) and member names after it.
func (r *File) Chain(e syntax.Expression) (name int32, names []string, ok bool) {
	switch e := syntax.Unwrap(e).(type) {
	case *syntax.Identifier:
		if e.Binding == nil {
			return -1, nil, false
		}
		index, ok := r.Indexes[e.Binding]
		return index, nil, ok
	case *syntax.Member:
		name, names, ok := r.Chain(e.Object)
		return name, append(names, e.Name), ok
	case *syntax.Index:
		if key, isText := e.Key.(*syntax.String); isText {
			name, names, ok := r.Chain(e.Object)
			return name, append(names, key.Value), ok
		}
	case *syntax.Await:
		return r.Chain(e.Value)
	case *syntax.Call:
		name, ok := r.Dynamic[e]
		return name, nil, ok
	}
	return -1, nil, false
}

// PatternPath is how a pattern reaches the binding: {a: {b}} reaches b by a, b. What is left over, elements of lists and
// computed names are not followed.
func PatternPath(pattern syntax.Pattern, binding *syntax.Binding) ([]string, bool) {
	switch p := pattern.(type) {
	case *syntax.Identifier:
		return nil, p.Binding == binding
	case *syntax.ObjectPattern:
		for _, property := range p.Properties {
			if property.Name.Text == "" {
				continue
			}
			if rest, ok := PatternPath(property.Target, binding); ok {
				return append([]string{property.Name.Text}, rest...), true
			}
		}
	}
	return nil, false
}

// ReadExports tells which names other modules can import.
func (r *File) ReadExports() {
	for _, exported := range r.Syntax.Exports {
		if local := exported.Local; local != nil && local.Binding != nil {
			if imported, ok := r.typeImports[local.Binding]; ok {
				r.exportType(exported.Name, imported)
			} else if (local.Binding.Kind == syntax.BindingInterface || local.Binding.Kind == syntax.BindingTypeAlias) && local.Name != exported.Name {
				r.exportType(exported.Name, facts.TypeName{Source: -1, Path: []string{local.Name}})
			}
		}
		if exported.TypeOnly || exported.From != nil || exported.Name == "" {
			continue
		}
		if exported.Local != nil && exported.Local.Binding != nil {
			if index, ok := r.Indexes[exported.Local.Binding]; ok {
				r.Module.Exports[exported.Name] = facts.Export{Local: index, From: -1, Name: ""}
			}
			continue
		}
		if exported.Value == nil {
			continue
		}
		if name, names, ok := r.Chain(exported.Value); ok {
			r.Module.Names = append(r.Module.Names, facts.Name{Text: exported.Name, Form: facts.Aliased, Source: name, Path: names})
			r.Module.Exports[exported.Name] = facts.Export{Local: int32(len(r.Module.Names) - 1), From: -1, Name: ""}
		}
	}
}

// warnMissing tells of an import of a file that is not there. It may be one that another tool makes before the build.
func (r *File) warnMissing(index int32) {
	imported := &r.Module.Imports[index]
	if imported.Module != "" || imported.Clients || !r.resolver.Missing(r.Module.Path, imported.Name) {
		return
	}
	for i := range r.Module.Imports[:index] {
		if r.Module.Imports[i].Name == imported.Name {
			return
		}
	}
	r.Module.Diags = append(r.Module.Diags, diagnostic.Warning(r.Module.At(imported.At), "Missing module", "correct the path; when another tool makes the file, run that before the build",
		"There is no file that %q means. Encore does not build the application without it.", imported.Name))
}

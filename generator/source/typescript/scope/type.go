package scope

import (
	"slices"

	"github.com/groundplan/groundplan/generator/source/typescript/facts"
	"github.com/groundplan/groundplan/generator/source/typescript/syntax"
)

// ReadTypes keeps in the facts the top-level types that permissions and requests could be made of.
func (r *File) ReadTypes() {
	for _, statement := range r.Syntax.Statements {
		switch s := statement.(type) {
		case *syntax.Interface:
			t := facts.Type{Other: len(s.Members) > 0, Required: slices.ContainsFunc(s.Members, isRequired)}
			for _, extended := range s.Extends {
				part := r.ReadType(extended)
				t.Parts = append(t.Parts, part.Parts...)
				t.Other, t.Required = t.Other || part.Other, t.Required || part.Required
			}
			r.addType(s.Name.Name, t)
		case *syntax.TypeAlias:
			if s.Type != nil {
				r.addType(s.Name.Name, r.ReadType(s.Type))
			}
		}
	}
}

func (r *File) addType(name string, t facts.Type) {
	if r.Module.Types == nil {
		r.Module.Types = make(map[string]facts.Type)
	}
	if known, ok := r.Module.Types[name]; ok { // interfaces of one name are merged
		t.Parts, t.Other, t.Required = append(known.Parts, t.Parts...), t.Other || known.Other, t.Required || known.Required
	}
	r.Module.Types[name] = t
}

func isRequired(member *syntax.TypeMember) bool {
	return !member.Optional && (member.Form == syntax.MemberProperty || member.Form == syntax.MemberMethod)
}

// ReadType reads a type as far as permissions and requests need it.
func (r *File) ReadType(t syntax.Type) facts.Type {
	switch t := t.(type) {
	case *syntax.TypeReference:
		id := t.Path[0]
		if id.Binding == nil && len(t.Path) == 1 {
			switch id.Name {
			case "void", "undefined", "never":
				return facts.Type{}
			case "Partial":
				return facts.Type{Other: true}
			}
			return facts.Type{Other: true, Required: true}
		}
		var path []string
		for _, part := range t.Path[1:] {
			path = append(path, part.Name)
		}
		if source, ok := r.typeImports[id.Binding]; ok {
			return facts.Type{Parts: []facts.TypeName{{Source: source.Source, Path: append(slices.Clone(source.Path), path...)}}}
		}
		return facts.Type{Parts: []facts.TypeName{{Source: -1, Path: append([]string{id.Name}, path...)}}}
	case *syntax.ParenType:
		return r.ReadType(t.Type)
	case *syntax.CombinedType:
		var all facts.Type
		for _, part := range t.Types {
			read := r.ReadType(part)
			all.Parts = append(all.Parts, read.Parts...)
			all.Other, all.Required = all.Other || read.Other, all.Required || read.Required
		}
		if !t.Intersection {
			all.Other = true
		}
		return all
	case *syntax.ObjectType:
		return facts.Type{Other: true, Required: slices.ContainsFunc(t.Members, isRequired)}
	}
	return facts.Type{Other: true, Required: true}
}

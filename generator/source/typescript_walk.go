package source

import (
	"strings"

	"github.com/groundplan/groundplan/generator/source/typescript"
)

// reference is called for every node of a file: it records each place that names something followed, with what is done
// there.
func (r *tsReader) reference(n typescript.Node, ancestors []typescript.Node) bool {
	switch n := n.(type) {
	case *typescript.TypeReference, *typescript.ImportType, *typescript.TypeQuery, *typescript.LiteralType, *typescript.CombinedType,
		*typescript.ArrayType, *typescript.TupleType, *typescript.ParenType, *typescript.ObjectType, *typescript.OpaqueType,
		*typescript.Interface, *typescript.TypeAlias, *typescript.Import:
		return false // nothing that runs
	case *typescript.Declarator:
		if len(ancestors) == 1 {
			r.part = r.partOf(n.Target)
		}
	case *typescript.Identifier:
		if n.Binding == nil {
			return true
		}
		if part, ok := r.parts[n.Binding]; ok && part != r.part {
			r.addEdge(part, spanOfNode(n))
		}
		if index, ok := r.indexes[n.Binding]; ok && !declares(n, ancestors) {
			r.record(index, n, ancestors)
		}
	case *typescript.Call:
		if index, ok := r.dynamic[n]; ok {
			r.record(index, n, ancestors)
		}
	}
	return true
}

// declares says whether an identifier stands where it is declared.
func declares(id *typescript.Identifier, ancestors []typescript.Node) bool {
	switch parent := last(ancestors).(type) {
	case *typescript.Declarator:
		return parent.Target == typescript.Pattern(id)
	case *typescript.PatternProperty:
		return parent.Target == typescript.Pattern(id)
	case *typescript.PatternElement:
		return parent.Target == typescript.Pattern(id)
	case *typescript.ObjectPattern, *typescript.ArrayPattern, *typescript.ImportAlias:
		return true
	case *typescript.Parameter:
		return parent.Target == typescript.Pattern(id)
	case *typescript.Function:
		return parent.Name == id
	case *typescript.Class:
		return parent.Name == id
	}
	return false
}

// record reads what is done with a followed name.
func (r *tsReader) record(index int32, n typescript.Node, ancestors []typescript.Node) {
	name := &r.m.names[index]
	if name.form == tsImported {
		r.m.imports[name.source].runs = true
	}
	ref := tsRef{name: index, span: spanOfNode(n), part: r.part}
	r.surroundings(&ref, n, ancestors)
	r.m.refs = append(r.m.refs, ref)
}

// surroundings reads the expression around a node: the members that are taken of it, and what becomes of the last.
func (r *tsReader) surroundings(ref *tsRef, n typescript.Node, ancestors []typescript.Node) {
	current := n
	for i := len(ancestors) - 1; i >= 0; i-- {
		switch around := ancestors[i].(type) {
		case *typescript.Paren, *typescript.Cast, *typescript.Await:
			current = around
			continue
		case *typescript.Instantiation:
			current = around
			continue
		case *typescript.Member:
			ref.path = append(ref.path, around.Name)
			r.extend(ref, around)
			current, ref.form = around, formAnonymous(ref.form, tsField)
			continue
		case *typescript.Index:
			if key, ok := around.Key.(*typescript.String); ok && around.Object == current {
				ref.path = append(ref.path, key.Value)
				r.extend(ref, around)
				current, ref.form = around, formAnonymous(ref.form, tsField)
				continue
			}
			if around.Object == current {
				ref.form = formAnonymous(ref.form, tsField)
			}
			return
		case *typescript.Call:
			if around.Callee == current {
				ref.form = formAnonymous(ref.form, tsCall)
				if len(around.Types) > 0 {
					t := r.readType(around.Types[0])
					ref.types = &t
				}
			} else if len(ref.path) == 0 {
				ref.form = formAnonymous(ref.form, tsArgument)
			}
			return
		case *typescript.TaggedTemplate:
			if around.Tag == current {
				ref.form = formAnonymous(ref.form, tsCall)
			}
			return
		case *typescript.New:
			if around.Callee == current || len(ref.path) > 0 {
				return
			}
			ref.form = formAnonymous(ref.form, tsConstructorArgument)
			if role, ok := r.roleOf(around.Callee); ok && role.role == tsConstructor {
				parent := r.language.spellings[role.spelling].ParentArg
				if parent >= 0 && parent < len(around.Arguments) && around.Arguments[parent] == current {
					ref.form = tsParentArgument
				}
			}
			return
		case *typescript.Declarator:
			if around.Value == current && r.isAlias(around) {
				ref.form = tsAliasing
			}
			return
		case *typescript.Export, *typescript.ExportStatement:
			exported, ok := around.(*typescript.Export)
			if len(ref.path) == 0 && !(ok && exported.Value != nil) {
				ref.form = tsReExport
			}
			return
		default:
			return
		}
	}
}

// extend makes a reference's place reach to the end of a node, unless that is on another line.
func (r *tsReader) extend(ref *tsRef, n typescript.Node) {
	if end := n.Extent().End; !strings.Contains(r.file.Source[ref.span.start:end], "\n") {
		ref.span.end = int32(end)
	}
}

// formAnonymous keeps the mark of a declaration that is used where it stands.
func formAnonymous(is, becomes tsForm) tsForm {
	if is == tsAnonymous {
		return is
	}
	return becomes
}

// isAlias says whether a declaration's names are followed themselves.
func (r *tsReader) isAlias(d *typescript.Declarator) bool {
	if id, ok := d.Target.(*typescript.Identifier); ok {
		_, followed := r.indexes[id.Binding]
		return followed
	}
	return true
}

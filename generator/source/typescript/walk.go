package typescript

import (
	"strings"

	"github.com/groundplan/groundplan/generator/source/typescript/syntax"
)

// reference is called for every node of a file: it records each place that names something followed, with what is done
// there.
func (r *tsReader) reference(n syntax.Node, ancestors []syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.TypeReference, *syntax.ImportType, *syntax.TypeQuery, *syntax.LiteralType, *syntax.CombinedType,
		*syntax.ArrayType, *syntax.TupleType, *syntax.ParenType, *syntax.ObjectType, *syntax.OpaqueType,
		*syntax.Interface, *syntax.TypeAlias, *syntax.Import:
		return false // nothing that runs
	case *syntax.Declarator:
		if len(ancestors) == 1 {
			r.part = r.partOf(n.Target)
		}
	case *syntax.Identifier:
		if n.Binding == nil {
			return true
		}
		if part, ok := r.parts[n.Binding]; ok && part != r.part {
			r.addEdge(part, spanOfNode(n))
		}
		if index, ok := r.indexes[n.Binding]; ok && !declares(n, ancestors) {
			r.record(index, n, ancestors)
		}
	case *syntax.Call:
		if index, ok := r.dynamic[n]; ok {
			r.record(index, n, ancestors)
		}
	}
	return true
}

// declares reports whether an identifier stands where it is declared.
func declares(id *syntax.Identifier, ancestors []syntax.Node) bool {
	switch parent := last(ancestors).(type) {
	case *syntax.Declarator:
		return parent.Target == syntax.Pattern(id)
	case *syntax.PatternProperty:
		return parent.Target == syntax.Pattern(id)
	case *syntax.PatternElement:
		return parent.Target == syntax.Pattern(id)
	case *syntax.ObjectPattern, *syntax.ArrayPattern, *syntax.ImportAlias:
		return true
	case *syntax.Parameter:
		return parent.Target == syntax.Pattern(id)
	case *syntax.Function:
		return parent.Name == id
	case *syntax.Class:
		return parent.Name == id
	}
	return false
}

// record reads what is done with a followed name.
func (r *tsReader) record(index int32, n syntax.Node, ancestors []syntax.Node) {
	name := &r.m.names[index]
	if name.form == tsImported {
		r.m.imports[name.source].runs = true
	}
	ref := tsRef{name: index, span: spanOfNode(n), part: r.part}
	r.surroundings(&ref, n, ancestors)
	r.m.refs = append(r.m.refs, ref)
}

// surroundings reads the expression around a node: the members that are taken of it, and what becomes of the last.
func (r *tsReader) surroundings(ref *tsRef, n syntax.Node, ancestors []syntax.Node) {
	current := n
	for i := len(ancestors) - 1; i >= 0; i-- {
		switch around := ancestors[i].(type) {
		case *syntax.Paren, *syntax.Cast, *syntax.Await:
			current = around
			continue
		case *syntax.Instantiation:
			current = around
			continue
		case *syntax.Member:
			ref.path = append(ref.path, around.Name)
			r.extend(ref, around)
			current, ref.form = around, formAnonymous(ref.form, tsField)
			continue
		case *syntax.Index:
			if key, ok := around.Key.(*syntax.String); ok && around.Object == current {
				ref.path = append(ref.path, key.Value)
				r.extend(ref, around)
				current, ref.form = around, formAnonymous(ref.form, tsField)
				continue
			}
			if around.Object == current {
				ref.form = formAnonymous(ref.form, tsField)
			}
			return
		case *syntax.Call:
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
		case *syntax.TaggedTemplate:
			if around.Tag == current {
				ref.form = formAnonymous(ref.form, tsCall)
			}
			return
		case *syntax.New:
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
		case *syntax.Declarator:
			if around.Value == current && r.isAlias(around) {
				ref.form = tsAliasing
			}
			return
		case *syntax.Export, *syntax.ExportStatement:
			exported, ok := around.(*syntax.Export)
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
func (r *tsReader) extend(ref *tsRef, n syntax.Node) {
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

// isAlias reports whether a declaration's names are followed themselves.
func (r *tsReader) isAlias(d *syntax.Declarator) bool {
	if id, ok := d.Target.(*syntax.Identifier); ok {
		_, followed := r.indexes[id.Binding]
		return followed
	}
	return true
}

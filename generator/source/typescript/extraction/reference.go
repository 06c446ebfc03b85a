package extraction

import (
	"strings"

	"github.com/groundplan/groundplan/generator/source/typescript/facts"
	"github.com/groundplan/groundplan/generator/source/typescript/scope"
	"github.com/groundplan/groundplan/generator/source/typescript/syntax"
	"github.com/groundplan/groundplan/generator/source/typescript/vocabulary"
)

// reference is called for every node of a file: it records each place that names something followed, with what is done
// there.
func (r *reader) reference(n syntax.Node, ancestors []syntax.Node) bool {
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
			r.addEdge(part, scope.SpanOf(n))
		}
		if index, ok := r.Indexes[n.Binding]; ok && !declares(n, ancestors) {
			r.record(index, n, ancestors)
		}
	case *syntax.Call:
		if index, ok := r.Dynamic[n]; ok {
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
func (r *reader) record(index int32, n syntax.Node, ancestors []syntax.Node) {
	name := &r.Module.Names[index]
	if name.Form == facts.Imported {
		r.Module.Imports[name.Source].Runs = true
	}
	ref := facts.Ref{Name: index, Span: scope.SpanOf(n), Part: r.part}
	r.surroundings(&ref, n, ancestors)
	r.Module.Refs = append(r.Module.Refs, ref)
}

// surroundings reads the expression around a node: the members that are taken of it, and what becomes of the last.
func (r *reader) surroundings(ref *facts.Ref, n syntax.Node, ancestors []syntax.Node) {
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
			ref.Path = append(ref.Path, around.Name)
			r.extend(ref, around)
			current, ref.Form = around, formAnonymous(ref.Form, facts.Field)
			continue
		case *syntax.Index:
			if key, ok := around.Key.(*syntax.String); ok && around.Object == current {
				ref.Path = append(ref.Path, key.Value)
				r.extend(ref, around)
				current, ref.Form = around, formAnonymous(ref.Form, facts.Field)
				continue
			}
			if around.Object == current {
				ref.Form = formAnonymous(ref.Form, facts.Field)
			}
			return
		case *syntax.Call:
			if around.Callee == current {
				ref.Form = formAnonymous(ref.Form, facts.Call)
				if len(around.Types) > 0 {
					t := r.ReadType(around.Types[0])
					ref.Types = &t
				}
			} else if len(ref.Path) == 0 {
				ref.Form = formAnonymous(ref.Form, facts.Argument)
			}
			return
		case *syntax.TaggedTemplate:
			if around.Tag == current {
				ref.Form = formAnonymous(ref.Form, facts.Call)
			}
			return
		case *syntax.New:
			if around.Callee == current || len(ref.Path) > 0 {
				return
			}
			ref.Form = formAnonymous(ref.Form, facts.ConstructorArgument)
			if role, ok := r.RoleOf(around.Callee); ok && role.Role == vocabulary.Constructor {
				parent := r.Language.Spellings[role.Spelling].ParentArg
				if parent >= 0 && parent < len(around.Arguments) && around.Arguments[parent] == current {
					ref.Form = facts.ParentArgument
				}
			}
			return
		case *syntax.Declarator:
			if around.Value == current && r.isAlias(around) {
				ref.Form = facts.Aliasing
			}
			return
		case *syntax.Export, *syntax.ExportStatement:
			exported, ok := around.(*syntax.Export)
			if len(ref.Path) == 0 && !(ok && exported.Value != nil) {
				ref.Form = facts.ReExport
			}
			return
		default:
			return
		}
	}
}

// extend makes a reference's place reach to the end of a node, unless that is on another line.
func (r *reader) extend(ref *facts.Ref, n syntax.Node) {
	if end := n.Extent().End; !strings.Contains(r.Syntax.Source[ref.Span.Start:end], "\n") {
		ref.Span.End = int32(end)
	}
}

// formAnonymous keeps the mark of a declaration that is used where it stands.
func formAnonymous(is, becomes facts.Form) facts.Form {
	if is == facts.Anonymous {
		return is
	}
	return becomes
}

// isAlias reports whether a declaration's names are followed themselves.
func (r *reader) isAlias(d *syntax.Declarator) bool {
	if id, ok := d.Target.(*syntax.Identifier); ok {
		_, followed := r.Indexes[id.Binding]
		return followed
	}
	return true
}

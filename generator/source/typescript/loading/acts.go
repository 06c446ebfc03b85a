package loading

import (
	"github.com/groundplan/groundplan/generator/source/typescript/scope"
	"github.com/groundplan/groundplan/generator/source/typescript/syntax"
)

// Acts reports whether loading the file could call a function of the application: Sources.Kept holds these.
func Acts(r *scope.File) bool {
	if r.Module.Broken {
		return false
	}
	acts := false
	for _, statement := range r.Syntax.Statements {
		if acts {
			break
		}
		syntax.Walk(statement, func(n syntax.Node, _ []syntax.Node) bool {
			switch n := n.(type) {
			case syntax.Type, *syntax.Import, *syntax.Interface, *syntax.TypeAlias, *syntax.Function:
				return false
			case *syntax.Call:
				acts = acts || leads(r, n.Callee, n.Arguments)
			case *syntax.New:
				acts = acts || leads(r, n.Callee, n.Arguments)
			case *syntax.TaggedTemplate:
				acts = acts || leads(r, n.Tag, nil)
			case *syntax.Member:
				acts = acts || beginsWithOwn(r, n)
			case *syntax.Class:
				acts = acts || len(n.Decorators) > 0
			case *syntax.ClassMember:
				acts = acts || len(n.Decorators) > 0 || n.Form == syntax.MemberStaticBlock
			}
			return !acts
		})
	}
	return acts
}

// leads reports whether a call could lead to code of the application.
func leads(r *scope.File, callee syntax.Expression, arguments []syntax.Expression) bool {
	if _, ok := r.RoleOf(callee); ok {
		return false
	}
	if member, ok := syntax.Unwrap(callee).(*syntax.Member); ok {
		if _, ok := r.RoleOf(member.Object); ok {
			return false
		}
	}
	if beginsWithOwn(r, callee) {
		return true
	}
	for _, argument := range arguments {
		switch syntax.Unwrap(argument).(type) {
		case *syntax.Function:
			return true
		case *syntax.Identifier, *syntax.Member:
			if beginsWithOwn(r, argument) {
				return true
			}
		}
	}
	return false
}

// beginsWithOwn reports whether an expression begins with something of the application.
func beginsWithOwn(r *scope.File, e syntax.Expression) bool {
	for {
		switch x := syntax.Unwrap(e).(type) {
		case *syntax.Member:
			e = x.Object
		case *syntax.Index:
			e = x.Object
		case *syntax.Await:
			e = x.Value
		case *syntax.Call:
			if _, ok := r.RoleOf(x.Callee); ok {
				return true // secret("X")()
			}
			e = x.Callee
		case *syntax.New:
			e = x.Callee
		case *syntax.Identifier:
			if x.Binding == nil {
				return false
			}
			if x.Binding.Kind == syntax.BindingImport {
				_, followed := r.Indexes[x.Binding]
				return followed
			}
			return x.Binding.Kind != syntax.BindingEnum
		case *syntax.Meta:
			return false
		default:
			return true
		}
	}
}

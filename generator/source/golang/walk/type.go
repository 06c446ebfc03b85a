package walk

import (
	"go/ast"
	"slices"

	"github.com/groundplan/groundplan/generator/source/golang/facts"
)

// typ visits a type. A type declares and uses nothing, but a service struct's must not be named in another service.
func (w *walker) typ(e ast.Expr) {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		target, ok := w.target(e)
		name := [2]string{target.Qualifier, target.Name}
		if !ok || slices.Contains(w.typesOfPart, name) {
			return
		}
		w.typesOfPart = append(w.typesOfPart, name)
		form := facts.FormTypeAgain
		if !slices.Contains(w.typesSeen, name) {
			w.typesSeen = append(w.typesSeen, name)
			form = facts.FormType
		}
		w.record(target, facts.Ref{Form: form}, e, nil)
	case *ast.Ident:
		w.name(e)
	case *ast.StarExpr:
		w.typ(e.X)
	case *ast.ParenExpr:
		w.typ(e.X)
	case *ast.ArrayType:
		w.typ(e.Elt)
	case *ast.Ellipsis:
		w.typ(e.Elt)
	case *ast.MapType:
		w.typ(e.Key)
		w.typ(e.Value)
	case *ast.ChanType:
		w.typ(e.Value)
	case *ast.IndexExpr:
		w.typ(e.X)
		w.typ(e.Index)
	case *ast.IndexListExpr:
		w.typ(e.X)
		for _, index := range e.Indices {
			w.typ(index)
		}
	case *ast.FuncType:
		w.fieldTypes(e.Params)
		w.fieldTypes(e.Results)
	case *ast.StructType:
		w.fieldTypes(e.Fields)
	case *ast.InterfaceType:
		w.fieldTypes(e.Methods)
	}
}

func (w *walker) fieldTypes(list *ast.FieldList) {
	if list == nil {
		return
	}
	for _, field := range list.List {
		w.typ(field.Type)
	}
}

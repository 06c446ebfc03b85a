package golang

import (
	"go/ast"
	"slices"

	"github.com/hashicorp/hcl/v2"
)

// goRef is a reference that may lead to something declared elsewhere; the linker decides. There are many of them, one
// for each name of another package of the application, so it holds no more than it must.
type goRef struct {
	qualifier, name string // as in goName
	method          string // of formMethod and formField
	at              goSpan // what to point at: shared.DB.Exec
	part            int32  // the part it stands in
	form            goForm
	hold            goHold
	callee          goFunction // the function an argument is passed to, when it means something
	argument        int16      // the position of a formArgument
	rare            *goRefRare // nil for most
}

// goRefRare is what few references have.
type goRefRare struct {
	// permission is the type argument of a narrowing call, nil when there is none.
	permission *goName
	// holders are the package variables whose initial value contains the reference.
	holders []string
}

func (r *goRef) String() string { return goName{qualifier: r.qualifier, name: r.name}.String() }

func (r *goRef) target(file *goFile) goName {
	return goName{file: file, qualifier: r.qualifier, name: r.name, at: r.at}
}

func (r *goRef) permission() *goName {
	if r.rare == nil {
		return nil
	}
	return r.rare.permission
}

func (r *goRef) holders() []string {
	if r.rare == nil {
		return nil
	}
	return r.rare.holders
}

type goForm uint8

const (
	// formOther is any expression that is none of the below: an assignment, a field of a literal.
	formOther goForm = iota
	formCall
	formMethod
	formField
	formArgument
	// formReference is a place that takes an endpoint or a function without calling it, such as a cron job's Endpoint.
	formReference
	// formType is a type's name; only the first in a file is kept, and as formTypeAgain the first in another part.
	formType
	formTypeAgain
)

// goImplicitUse is a call of a package-level function of the framework, such as sqldb.Exec.
type goImplicitUse struct {
	spelling int
	at       hcl.Range
	text     string
	part     int32
}

// typ visits a type. A type declares and uses nothing, but a service struct's must not be named in another service.
func (w *goWalker) typ(e ast.Expr) {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		target, ok := w.target(e)
		name := [2]string{target.qualifier, target.name}
		if !ok || slices.Contains(w.typesOfPart, name) {
			return
		}
		w.typesOfPart = append(w.typesOfPart, name)
		form := formTypeAgain
		if !slices.Contains(w.typesSeen, name) {
			w.typesSeen = append(w.typesSeen, name)
			form = formType
		}
		w.record(target, goRef{form: form}, e, nil)
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

func (w *goWalker) fieldTypes(list *ast.FieldList) {
	if list == nil {
		return
	}
	for _, field := range list.List {
		w.typ(field.Type)
	}
}

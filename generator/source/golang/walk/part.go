package walk

import (
	"go/ast"
	"go/token"

	"github.com/groundplan/groundplan/generator/source/golang/facts"
)

// variable turns to the initial value at index i of variables. One that sets several is the first one's, and the others
// lead there.
func (w *walker) variable(spec *ast.ValueSpec, i int) {
	if i >= len(spec.Names) {
		w.begin(facts.LoadPart) // does not compile
		return
	}
	part := w.p.PartOf[spec.Names[i].Name]
	if len(spec.Values) < len(spec.Names) {
		for _, other := range spec.Names[1:] {
			w.begin(w.p.PartOf[other.Name])
			w.lead(part, other)
		}
	}
	w.begin(part)
}

// begin turns to another part.
func (w *walker) begin(part int32) {
	w.part = part
	w.typesOfPart = w.typesOfPart[:0]
}

// name notes what an identifier leads to, when that is a part of the package.
func (w *walker) name(e *ast.Ident) {
	if part, ok := w.p.PartOf[e.Name]; ok && !w.isLocal(e.Name) {
		w.lead(part, e)
	}
}

func (w *walker) lead(to int32, e ast.Node) {
	if to == w.part {
		return
	}
	pair := facts.Pair{From: w.part, To: to}
	w.keep(heldReference{w.p.Leads(facts.PairAt{Pair: pair, Hold: w.hold, File: w.file, At: facts.SpanOf(e)}), true})
}

// selects notes that a method of that name may be called.
func (w *walker) selects(e *ast.SelectorExpr) { w.p.Asks(w.part, e.Sel.Name) }

// called visits what a call calls. In the initial value of a variable that is what runs at load; all else there is only
// held, and counts for who names the variable. A method without arguments hands out a part of what it is called on, as
// db.Stdlib() does, and leaves it to others to do something with it.
func (w *walker) called(callee ast.Expr, withArguments bool) {
	part := w.part
	if target, ok := w.methodTarget(callee); w.depth == 0 && (withArguments || !ok || w.p.Symbols[target.Name] != token.VAR && target.Qualifier == "") {
		w.part = facts.LoadPart
	}
	hold := w.hold
	if _, method := callee.(*ast.SelectorExpr); method && withArguments {
		if _, named := w.target(callee); !named {
			hold = facts.HoldNot // db.Exec(ctx): it does something with what it is called on
		}
	}
	w.holding(hold, func() { w.callee(callee) })
	w.part = part
}

// methodTarget is the package-level name that a method is called on.
func (w *walker) methodTarget(callee ast.Expr) (facts.Name, bool) {
	if method, ok := callee.(*ast.SelectorExpr); ok {
		return w.target(method.X)
	}
	return facts.Name{}, false
}

package walk

import (
	"go/ast"
	"go/token"

	"github.com/groundplan/groundplan/generator/source/golang/facts"
)

// holder is what a walker knows of holding: how the expression that is read now takes what it names, and which
// references stand behind the local variables of the function.
type holder struct {
	hold    facts.Hold
	kept    []held
	locally map[string][]held
}

// held is a reference of the file, or a step of the package.
type held struct {
	index int
	step  bool
}

func (w *walker) holding(hold facts.Hold, visit func()) {
	before := w.hold
	w.hold = hold
	visit()
	w.hold = before
}

// keep notes what a local variable will hold.
func (w *walker) keep(held held) {
	if w.hold == facts.HoldKept {
		w.kept = append(w.kept, held)
	}
}

// local takes what a local variable holds as the expression around its name does.
func (w *walker) local(e *ast.Ident) {
	held, ok := w.locally[e.Name]
	if !ok {
		return
	}
	for _, h := range held {
		if h.step {
			w.p.Names[h.index].Hold = min(w.p.Names[h.index].Hold, w.hold)
		} else {
			w.file.Refs[h.index].Hold = min(w.file.Refs[h.index].Hold, w.hold)
		}
		w.keep(h)
	}
}

// assign visits an assignment.
func (w *walker) assign(s *ast.AssignStmt) {
	hold := facts.HoldKept
	for _, left := range s.Lhs {
		if name, ok := left.(*ast.Ident); s.Tok != token.DEFINE && (!ok || name.Name != "_" && !w.isLocal(name.Name)) {
			hold = facts.HoldStored
		}
	}
	start := len(w.kept)
	w.holding(hold, func() { w.exprs(s.Rhs) })
	for _, left := range s.Lhs {
		name, ok := left.(*ast.Ident)
		if !ok || s.Tok != token.DEFINE && !w.isLocal(name.Name) {
			w.holding(facts.HoldKept, func() { w.expr(left) })
			if variable := w.variableOf(left); variable > 0 && variable != w.part {
				w.p.Sets = append(w.p.Sets, facts.Pair{From: variable, To: w.part})
			}
			continue
		}
		if s.Tok == token.DEFINE {
			w.define(name.Name)
		}
		w.keepIn(name.Name, start)
	}
	w.kept = w.kept[:start]
}

// declared visits the initial values of local variables and constants, which hide what else has their names from then on.
func (w *walker) declared(spec *ast.ValueSpec) {
	start := len(w.kept)
	w.holding(facts.HoldKept, func() { w.exprs(spec.Values) })
	for _, name := range spec.Names {
		w.define(name.Name)
		w.keepIn(name.Name, start)
	}
	w.kept = w.kept[:start]
}

// keepIn notes what was kept since then as what a local variable holds.
func (w *walker) keepIn(name string, start int) {
	if len(w.kept) == start || name == "_" {
		return
	}
	if w.locally == nil {
		w.locally = make(map[string][]held)
	}
	w.locally[name] = append(w.locally[name], w.kept[start:]...)
}

// variableOf is the part of a package variable that is assigned to, 0 for none.
func (w *walker) variableOf(left ast.Expr) int32 {
	if name, ok := left.(*ast.Ident); ok && !w.isLocal(name.Name) {
		return w.p.PartOf[name.Name]
	}
	return 0
}

// nilOf is the type of (*T)(nil), which has nothing to call methods on: it stands for a check that T has them.
func nilOf(call *ast.CallExpr) ast.Expr {
	parens, ok := call.Fun.(*ast.ParenExpr)
	if !ok || len(call.Args) != 1 {
		return nil
	}
	if value, ok := call.Args[0].(*ast.Ident); !ok || value.Name != "nil" {
		return nil
	}
	return parens.X
}

package walk

import (
	"go/ast"
	"go/token"

	"github.com/groundplan/groundplan/generator/source/golang/facts"
)

func (w *walker) stmts(list []ast.Stmt) {
	for _, s := range list {
		w.stmt(s)
	}
}

// scoped runs visit and forgets the names it declared.
func (w *walker) scoped(visit func()) {
	mark := len(w.locals)
	visit()
	w.locals = w.locals[:mark]
}

func (w *walker) stmt(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		w.assign(s)
	case *ast.BlockStmt:
		w.scoped(func() { w.stmts(s.List) })
	case *ast.DeclStmt:
		w.declStmt(s)
	case *ast.DeferStmt:
		w.expr(s.Call)
	case *ast.GoStmt:
		w.expr(s.Call)
	case *ast.ExprStmt:
		w.expr(s.X)
	case *ast.ForStmt:
		w.scoped(func() { w.stmt(s.Init); w.expr(s.Cond); w.stmt(s.Post); w.stmt(s.Body) })
	case *ast.IfStmt:
		w.scoped(func() { w.stmt(s.Init); w.expr(s.Cond); w.stmt(s.Body); w.stmt(s.Else) })
	case *ast.IncDecStmt:
		w.expr(s.X)
	case *ast.LabeledStmt:
		w.stmt(s.Stmt)
	case *ast.RangeStmt:
		w.scoped(func() { w.rangeStmt(s) })
	case *ast.ReturnStmt:
		w.holding(facts.HoldReturned, func() { w.exprs(s.Results) })
	case *ast.SelectStmt:
		w.stmt(s.Body)
	case *ast.SendStmt:
		w.expr(s.Chan)
		w.expr(s.Value)
	case *ast.SwitchStmt:
		w.scoped(func() { w.stmt(s.Init); w.expr(s.Tag); w.stmt(s.Body) })
	case *ast.TypeSwitchStmt:
		w.scoped(func() { w.stmt(s.Init); w.stmt(s.Assign); w.stmt(s.Body) })
	case *ast.CommClause:
		w.scoped(func() { w.stmt(s.Comm); w.stmts(s.Body) })
	case *ast.CaseClause:
		w.exprs(s.List)
		w.scoped(func() { w.stmts(s.Body) })
	}
}

func (w *walker) declStmt(s *ast.DeclStmt) {
	decl, ok := s.Decl.(*ast.GenDecl)
	if !ok {
		return
	}
	for _, spec := range decl.Specs {
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			w.typ(spec.Type)
			w.declared(spec)
		case *ast.TypeSpec:
			w.define(spec.Name.Name)
		}
	}
}

func (w *walker) rangeStmt(s *ast.RangeStmt) {
	w.expr(s.X)
	for _, left := range []ast.Expr{s.Key, s.Value} {
		if name, ok := left.(*ast.Ident); ok && s.Tok == token.DEFINE {
			w.define(name.Name)
		} else if left != nil {
			w.expr(left)
		}
	}
	w.stmt(s.Body)
}

package golang

import (
	"go/ast"
	"go/token"
	"slices"
)

// goWalker goes over a file's expressions and keeps the references. It tracks the names functions declare, so that a
// local variable that hides a package or a resource is not taken for it.
type goWalker struct {
	p        *goPackage
	file     *goFile
	language *goLanguage

	locals  []string
	depth   int   // nesting of functions; 0 is package level
	part    int32 // the part that is being read
	holders []string
	// bound is the call that is the whole initial value of a variable, boundName that variable.
	bound     ast.Expr
	boundName string
	// granted are expressions in a place that takes a reference.
	granted []ast.Expr
	// typesSeen are the types of other packages that the file has named so far, typesOfPart those of the part.
	typesSeen   [][2]string
	typesOfPart [][2]string
	goHolder
}

func (w *goWalker) walk(tree *ast.File) {
	for _, decl := range tree.Decls {
		switch decl := decl.(type) {
		case *ast.GenDecl:
			w.packageTypes(decl)
			if decl.Tok == token.VAR {
				w.packageVars(decl)
			}
		case *ast.FuncDecl:
			w.funcDecl(decl)
		}
	}
}

func (w *goWalker) packageTypes(decl *ast.GenDecl) {
	for _, spec := range decl.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			w.begin(w.p.partOf[spec.Name.Name])
			w.typ(spec.Type)
		case *ast.ValueSpec:
			w.begin(nowhere)
			if decl.Tok == token.VAR {
				w.variable(spec, 0)
			}
			w.typ(spec.Type)
		}
	}
}

func (w *goWalker) packageVars(decl *ast.GenDecl) {
	for _, spec := range decl.Specs {
		spec := spec.(*ast.ValueSpec)
		if index := w.structVar(spec); index >= 0 {
			w.p.structVarDecl(w.file, &w.language.spellings[index], index, spec)
		}
		for i, value := range spec.Values {
			w.holders = nil
			w.bound, w.boundName = nil, ""
			for n, name := range spec.Names {
				if name.Name != "_" && (n == i || len(spec.Values) == 1) {
					w.holders = append(w.holders, name.Name)
				}
			}
			if i < len(spec.Names) {
				w.bound = value
				if spec.Names[i].Name != "_" {
					w.boundName = spec.Names[i].Name
				}
			}
			w.variable(spec, i)
			w.holding(holdReturned, func() { w.expr(value) })
		}
	}
	w.holders, w.bound, w.boundName = nil, nil, ""
}

func (w *goWalker) structVar(spec *ast.ValueSpec) int {
	for _, name := range spec.Names {
		if index := w.language.structVar(name.Name); index >= 0 {
			return index
		}
	}
	return -1
}

func (w *goWalker) funcDecl(decl *ast.FuncDecl) {
	w.begin(w.p.funcPart(decl))
	w.typ(decl.Type)
	if decl.Body == nil {
		return
	}
	w.depth++
	clear(w.locally)
	mark := len(w.locals)
	w.params(decl.Recv)
	w.params(decl.Type.TypeParams)
	w.params(decl.Type.Params)
	w.params(decl.Type.Results)
	w.stmts(decl.Body.List)
	w.locals = w.locals[:mark]
	w.depth--
}

func (w *goWalker) params(list *ast.FieldList) {
	if list == nil {
		return
	}
	for _, field := range list.List {
		for _, name := range field.Names {
			w.define(name.Name)
		}
	}
}

func (w *goWalker) define(name string) {
	if name != "_" {
		w.locals = append(w.locals, name)
	}
}

func (w *goWalker) isLocal(name string) bool {
	for i := len(w.locals) - 1; i >= 0; i-- {
		if w.locals[i] == name {
			return true
		}
	}
	return false
}

// target returns what an expression refers to when it is a package-level name worth following: one of the package's
// own, or any of a package of the application.
func (w *goWalker) target(e ast.Expr) (goName, bool) {
	switch e := e.(type) {
	case *ast.Ident:
		if w.p.followed[e.Name] && !w.isLocal(e.Name) {
			return goName{file: w.file, name: e.Name, at: spanOf(e)}, true
		}
	case *ast.SelectorExpr:
		x, ok := e.X.(*ast.Ident)
		if !ok || !ast.IsExported(e.Sel.Name) {
			return goName{}, false
		}
		if kind, _ := w.file.importKind(w.language, x.Name); kind == importApp && w.p.symbols[x.Name] == 0 && !w.isLocal(x.Name) {
			return goName{file: w.file, qualifier: x.Name, name: e.Sel.Name, at: spanOf(e)}, true
		}
	}
	return goName{}, false
}

// framework returns the role of a function of the framework.
func (w *goWalker) framework(e ast.Expr) (goFunction, *ast.SelectorExpr) {
	selector, ok := e.(*ast.SelectorExpr)
	if !ok {
		return goFunction{}, nil
	}
	x, ok := selector.X.(*ast.Ident)
	if !ok {
		return goFunction{}, nil
	}
	kind, importPath := w.file.importKind(w.language, x.Name)
	if kind != importFramework || w.p.symbols[x.Name] != 0 || w.isLocal(x.Name) {
		return goFunction{}, nil
	}
	return w.language.calls[importPath][selector.Sel.Name], selector
}

func (w *goWalker) record(target goName, ref goRef, whole ast.Node, permission *goName) {
	ref.qualifier, ref.name, ref.at, ref.part, ref.hold = target.qualifier, target.name, spanOf(whole), w.part, w.hold
	if target.qualifier == "" {
		w.lead(w.p.partOf[target.name], whole)
	}
	holders := w.holders
	if w.depth > 0 {
		holders = nil
	}
	if permission != nil || len(holders) > 0 {
		ref.rare = &goRefRare{permission, holders}
	}
	w.keep(goHeld{len(w.file.refs), false})
	w.file.refs = append(w.file.refs, ref)
}

func (w *goWalker) exprs(list []ast.Expr) {
	for _, e := range list {
		w.expr(e)
	}
}

// expr visits one expression.
func (w *goWalker) expr(e ast.Expr) {
	switch e := e.(type) {
	case *ast.Ident:
		if target, ok := w.target(e); ok {
			w.record(target, goRef{form: w.otherForm(e)}, e, nil)
		} else {
			w.name(e)
			w.local(e)
		}
	case *ast.SelectorExpr:
		w.selector(e)
	case *ast.CallExpr:
		w.call(e)
	case *ast.FuncLit:
		w.funcLit(e)
	case *ast.CompositeLit:
		w.composite(e)
	case *ast.KeyValueExpr:
		if _, ok := e.Key.(*ast.Ident); !ok {
			w.expr(e.Key)
		}
		w.expr(e.Value)
	case *ast.ParenExpr:
		w.expr(e.X)
	case *ast.IndexExpr:
		w.expr(e.X)
		w.expr(e.Index)
	case *ast.IndexListExpr:
		w.expr(e.X)
	case *ast.SliceExpr:
		w.expr(e.X)
		w.expr(e.Low)
		w.expr(e.High)
		w.expr(e.Max)
	case *ast.TypeAssertExpr:
		w.expr(e.X)
	case *ast.StarExpr:
		w.expr(e.X)
	case *ast.UnaryExpr:
		w.expr(e.X)
	case *ast.BinaryExpr:
		w.expr(e.X)
		w.expr(e.Y)
	}
}

func (w *goWalker) otherForm(e ast.Expr) goForm {
	if slices.Contains(w.granted, e) {
		return formReference
	}
	return formOther
}

func (w *goWalker) selector(e *ast.SelectorExpr) {
	if function, found := w.framework(e); found != nil {
		w.uncalled(e, function)
		return
	}
	if target, ok := w.target(e); ok {
		w.record(target, goRef{form: w.otherForm(e)}, e, nil)
		return
	}
	if target, ok := w.target(e.X); ok {
		w.record(target, goRef{form: formField, method: e.Sel.Name}, e, nil)
		return
	}
	w.selects(e)
	w.expr(e.X)
}

// uncalled handles a function of the framework that is mentioned, not called.
func (w *goWalker) uncalled(e *ast.SelectorExpr, function goFunction) {
	switch function.role {
	case roleConstructor, roleNamed, roleConfigLoad:
		w.p.error(w.file, e, "Reference to a constructor",
			"call it, as the value of a package-level variable",
			"%s declares infrastructure and cannot be passed around.", describeExpr(e))
	case roleImplicit:
		w.implicit(e, function)
	}
}

func (w *goWalker) implicit(e *ast.SelectorExpr, function goFunction) {
	part := w.part
	if w.depth == 0 {
		part = loadPart
	}
	w.p.implicit = append(w.p.implicit, goImplicitUse{
		spelling: int(function.spelling), at: w.file.at(spanOf(e)), text: describeExpr(e), part: part,
	})
}

func (w *goWalker) call(call *ast.CallExpr) {
	callee := call.Fun
	var typeArgs []ast.Expr
	switch indexed := callee.(type) {
	case *ast.IndexExpr:
		callee, typeArgs = indexed.X, []ast.Expr{indexed.Index}
	case *ast.IndexListExpr:
		callee, typeArgs = indexed.X, indexed.Indices
	}
	if typ := nilOf(call); typ != nil {
		part := w.part
		w.begin(nowhere)
		w.typ(typ)
		w.begin(part)
		return
	}
	function, found := w.framework(callee)
	if found != nil {
		w.frameworkCall(call, found, function, typeArgs)
	} else {
		w.called(callee, len(call.Args) > 0)
		// Without types, what stands in brackets may be a type argument or an index: handlers[db.Key()](ctx).
		w.exprs(typeArgs)
	}
	for i, arg := range call.Args {
		w.argument(arg, i, function, typeArgs)
	}
}

// callee visits what is called, without type arguments, when it is no function of the framework.
func (w *goWalker) callee(e ast.Expr) {
	if target, ok := w.target(e); ok {
		w.record(target, goRef{form: formCall}, e, nil)
		return
	}
	method, ok := e.(*ast.SelectorExpr)
	if !ok {
		w.expr(e)
		return
	}
	if target, ok := w.target(method.X); ok {
		w.record(target, goRef{form: formMethod, method: method.Sel.Name}, method, nil)
		return
	}
	w.selects(method)
	w.expr(method.X)
}

func (w *goWalker) argument(arg ast.Expr, index int, function goFunction, typeArgs []ast.Expr) {
	if slices.Contains(w.granted, arg) {
		w.expr(arg)
		return
	}
	if target, ok := w.target(arg); ok {
		var permission *goName
		if function.role == roleRef && len(typeArgs) > 0 {
			if name, ok := typeName(w.file, typeArgs[0]); ok {
				permission = &name
			}
		}
		w.record(target, goRef{form: formArgument, callee: function, argument: int16(min(index, 1<<14))}, arg, permission)
		return
	}
	if method, ok := arg.(*ast.SelectorExpr); ok {
		// A method passed on is one that may be called.
		if target, ok := w.target(method.X); ok {
			w.record(target, goRef{form: formMethod, method: method.Sel.Name}, method, nil)
			return
		}
	}
	w.expr(arg)
}

func (w *goWalker) frameworkCall(call *ast.CallExpr, name *ast.SelectorExpr, function goFunction, typeArgs []ast.Expr) {
	switch function.role {
	case roleConstructor, roleNamed, roleConfigLoad:
		if w.depth > 0 {
			w.p.error(w.file, name, "Infrastructure declared inside a function",
				"make the call the value of a package-level variable",
				"%s declares infrastructure, which is done when the program is read, not while it runs.", describeExpr(name))
			return
		}
		symbol := ""
		if w.bound == ast.Expr(call) {
			symbol = w.boundName
		}
		if function.role == roleConfigLoad {
			w.p.configLoads = append(w.p.configLoads, goConfigLoad{symbol, w.file.at(spanOf(call))})
			return
		}
		d := goDeclReader{w: w, call: call, name: name, function: function, typeArgs: typeArgs, symbol: symbol}
		d.read()
	case roleImplicit:
		w.implicit(name, function)
	}
}

func (w *goWalker) funcLit(e *ast.FuncLit) {
	w.typ(e.Type)
	w.depth++
	mark := len(w.locals)
	w.params(e.Type.Params)
	w.params(e.Type.Results)
	w.holding(holdNot, func() { w.stmts(e.Body.List) })
	w.locals = w.locals[:mark]
	w.depth--
}

func (w *goWalker) composite(e *ast.CompositeLit) {
	w.typ(e.Type)
	for _, element := range e.Elts {
		w.expr(element)
	}
}

func (w *goWalker) stmts(list []ast.Stmt) {
	for _, s := range list {
		w.stmt(s)
	}
}

// scoped runs visit and forgets the names it declared.
func (w *goWalker) scoped(visit func()) {
	mark := len(w.locals)
	visit()
	w.locals = w.locals[:mark]
}

func (w *goWalker) stmt(s ast.Stmt) {
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
		w.holding(holdReturned, func() { w.exprs(s.Results) })
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

func (w *goWalker) declStmt(s *ast.DeclStmt) {
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

func (w *goWalker) rangeStmt(s *ast.RangeStmt) {
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

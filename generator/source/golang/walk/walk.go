// Package walk goes over the expressions of a file: it reads the declarations of resources, and notes every reference that
// could lead to something declared elsewhere and the part of the package it stands in. What a reference leads to, and what it
// comes to, it does not know.
package walk

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/groundplan/groundplan/generator/source/golang/expression"
	"github.com/groundplan/groundplan/generator/source/golang/facts"
	"github.com/groundplan/groundplan/generator/source/golang/vocabulary"
)

// walker goes over a file's expressions and keeps the references. It tracks the names functions declare, so that a
// local variable that hides a package or a resource is not taken for it.
type walker struct {
	p        *facts.Package
	file     *facts.File
	language *vocabulary.Table

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
	holder
}

// File adds what the expressions of a file declare, use and lead to, to the facts of the file and its package. The
// names of the whole package, and which of them to follow, must be known.
func File(p *facts.Package, file *facts.File, language *vocabulary.Table, tree *ast.File) {
	w := &walker{p: p, file: file, language: language}
	w.walk(tree)
}

func (w *walker) walk(tree *ast.File) {
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

func (w *walker) packageTypes(decl *ast.GenDecl) {
	for _, spec := range decl.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			w.begin(w.p.PartOf[spec.Name.Name])
			w.typ(spec.Type)
		case *ast.ValueSpec:
			w.begin(facts.Nowhere)
			if decl.Tok == token.VAR {
				w.variable(spec, 0)
			}
			w.typ(spec.Type)
		}
	}
}

func (w *walker) packageVars(decl *ast.GenDecl) {
	for _, spec := range decl.Specs {
		spec := spec.(*ast.ValueSpec)
		if index := w.structVar(spec); index >= 0 {
			w.structVarDecl(&w.language.Spellings[index], index, spec)
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
			w.holding(facts.HoldReturned, func() { w.expr(value) })
		}
	}
	w.holders, w.bound, w.boundName = nil, nil, ""
}

func (w *walker) structVar(spec *ast.ValueSpec) int {
	for _, name := range spec.Names {
		if index := w.language.StructVar(name.Name); index >= 0 {
			return index
		}
	}
	return -1
}

func (w *walker) funcDecl(decl *ast.FuncDecl) {
	w.begin(w.p.FuncPart(decl.Recv != nil, decl.Name.Name))
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

func (w *walker) params(list *ast.FieldList) {
	if list == nil {
		return
	}
	for _, field := range list.List {
		for _, name := range field.Names {
			w.define(name.Name)
		}
	}
}

func (w *walker) define(name string) {
	if name != "_" {
		w.locals = append(w.locals, name)
	}
}

func (w *walker) isLocal(name string) bool {
	for i := len(w.locals) - 1; i >= 0; i-- {
		if w.locals[i] == name {
			return true
		}
	}
	return false
}

// target returns what an expression refers to when it is a package-level name worth following: one of the package's
// own, or any of a package of the application.
func (w *walker) target(e ast.Expr) (facts.Name, bool) {
	switch e := e.(type) {
	case *ast.Ident:
		if w.p.Followed[e.Name] && !w.isLocal(e.Name) {
			return facts.Name{File: w.file, Name: e.Name, At: facts.SpanOf(e)}, true
		}
	case *ast.SelectorExpr:
		x, ok := e.X.(*ast.Ident)
		if !ok || !ast.IsExported(e.Sel.Name) {
			return facts.Name{}, false
		}
		if kind, _ := w.file.ImportKind(w.language, x.Name); kind == facts.ImportApp && w.p.Symbols[x.Name] == 0 && !w.isLocal(x.Name) {
			return facts.Name{File: w.file, Qualifier: x.Name, Name: e.Sel.Name, At: facts.SpanOf(e)}, true
		}
	}
	return facts.Name{}, false
}

// framework returns the role of a function of the framework.
func (w *walker) framework(e ast.Expr) (vocabulary.Function, *ast.SelectorExpr) {
	selector, ok := e.(*ast.SelectorExpr)
	if !ok {
		return vocabulary.Function{}, nil
	}
	x, ok := selector.X.(*ast.Ident)
	if !ok {
		return vocabulary.Function{}, nil
	}
	kind, importPath := w.file.ImportKind(w.language, x.Name)
	if kind != facts.ImportFramework || w.p.Symbols[x.Name] != 0 || w.isLocal(x.Name) {
		return vocabulary.Function{}, nil
	}
	return w.language.Calls[importPath][selector.Sel.Name], selector
}

func (w *walker) record(target facts.Name, ref facts.Ref, whole ast.Node, permission *facts.Name) {
	ref.Qualifier, ref.Name, ref.At, ref.Part, ref.Hold = target.Qualifier, target.Name, facts.SpanOf(whole), w.part, w.hold
	if target.Qualifier == "" {
		w.lead(w.p.PartOf[target.Name], whole)
	}
	holders := w.holders
	if w.depth > 0 {
		holders = nil
	}
	if permission != nil || len(holders) > 0 {
		ref.Rare = &facts.RefRare{Permission: permission, Holders: holders}
	}
	w.keep(heldReference{len(w.file.Refs), false})
	w.file.Refs = append(w.file.Refs, ref)
}

func (w *walker) exprs(list []ast.Expr) {
	for _, e := range list {
		w.expr(e)
	}
}

// expr visits one expression.
func (w *walker) expr(e ast.Expr) {
	switch e := e.(type) {
	case *ast.Ident:
		if target, ok := w.target(e); ok {
			w.record(target, facts.Ref{Form: w.otherForm(e)}, e, nil)
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

func (w *walker) otherForm(e ast.Expr) facts.Form {
	if slices.Contains(w.granted, e) {
		return facts.FormReference
	}
	return facts.FormOther
}

func (w *walker) selector(e *ast.SelectorExpr) {
	if function, found := w.framework(e); found != nil {
		w.uncalled(e, function)
		return
	}
	if target, ok := w.target(e); ok {
		w.record(target, facts.Ref{Form: w.otherForm(e)}, e, nil)
		return
	}
	if target, ok := w.target(e.X); ok {
		w.record(target, facts.Ref{Form: facts.FormField, Method: e.Sel.Name}, e, nil)
		return
	}
	w.selects(e)
	w.expr(e.X)
}

// uncalled handles a function of the framework that is mentioned, not called.
func (w *walker) uncalled(e *ast.SelectorExpr, function vocabulary.Function) {
	switch function.Role {
	case vocabulary.RoleConstructor, vocabulary.RoleNamed, vocabulary.RoleConfigLoad:
		w.p.ErrorOn(w.file, e, "Reference to a constructor",
			"call it, as the value of a package-level variable",
			"%s declares infrastructure and cannot be passed around.", expression.DescribeExpr(e))
	case vocabulary.RoleImplicit:
		w.implicit(e, function)
	}
}

func (w *walker) implicit(e *ast.SelectorExpr, function vocabulary.Function) {
	part := w.part
	if w.depth == 0 {
		part = facts.LoadPart
	}
	w.p.Implicit = append(w.p.Implicit, facts.ImplicitUse{
		Spelling: int(function.Spelling), At: w.file.At(facts.SpanOf(e)), Text: expression.DescribeExpr(e), Part: part,
	})
}

func (w *walker) call(call *ast.CallExpr) {
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
		w.begin(facts.Nowhere)
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
func (w *walker) callee(e ast.Expr) {
	if target, ok := w.target(e); ok {
		w.record(target, facts.Ref{Form: facts.FormCall}, e, nil)
		return
	}
	method, ok := e.(*ast.SelectorExpr)
	if !ok {
		w.expr(e)
		return
	}
	if target, ok := w.target(method.X); ok {
		w.record(target, facts.Ref{Form: facts.FormMethod, Method: method.Sel.Name}, method, nil)
		return
	}
	w.selects(method)
	w.expr(method.X)
}

func (w *walker) argument(arg ast.Expr, index int, function vocabulary.Function, typeArgs []ast.Expr) {
	if slices.Contains(w.granted, arg) {
		w.expr(arg)
		return
	}
	if target, ok := w.target(arg); ok {
		var permission *facts.Name
		if function.Role == vocabulary.RoleRef && len(typeArgs) > 0 {
			if name, ok := expression.TypeName(w.file, typeArgs[0]); ok {
				permission = &name
			}
		}
		w.record(target, facts.Ref{Form: facts.FormArgument, Callee: function, Argument: int16(min(index, 1<<14))}, arg, permission)
		return
	}
	if method, ok := arg.(*ast.SelectorExpr); ok {
		// A method passed on is one that may be called.
		if target, ok := w.target(method.X); ok {
			w.record(target, facts.Ref{Form: facts.FormMethod, Method: method.Sel.Name}, method, nil)
			return
		}
	}
	w.expr(arg)
}

func (w *walker) frameworkCall(call *ast.CallExpr, name *ast.SelectorExpr, function vocabulary.Function, typeArgs []ast.Expr) {
	switch function.Role {
	case vocabulary.RoleConstructor, vocabulary.RoleNamed, vocabulary.RoleConfigLoad:
		if w.depth > 0 {
			w.p.ErrorOn(w.file, name, "Infrastructure declared inside a function",
				"make the call the value of a package-level variable",
				"%s declares infrastructure, which is done when the program is read, not while it runs.", expression.DescribeExpr(name))
			return
		}
		symbol := ""
		if w.bound == ast.Expr(call) {
			symbol = w.boundName
		}
		if function.Role == vocabulary.RoleConfigLoad {
			w.p.ConfigLoads = append(w.p.ConfigLoads, facts.ConfigLoad{Symbol: symbol, At: w.file.At(facts.SpanOf(call))})
			return
		}
		d := declReader{w: w, call: call, name: name, function: function, typeArgs: typeArgs, symbol: symbol}
		d.read()
	case vocabulary.RoleImplicit:
		w.implicit(name, function)
	}
}

func (w *walker) funcLit(e *ast.FuncLit) {
	w.typ(e.Type)
	w.depth++
	mark := len(w.locals)
	w.params(e.Type.Params)
	w.params(e.Type.Results)
	w.holding(facts.HoldNot, func() { w.stmts(e.Body.List) })
	w.locals = w.locals[:mark]
	w.depth--
}

func (w *walker) composite(e *ast.CompositeLit) {
	w.typ(e.Type)
	for _, element := range e.Elts {
		w.expr(element)
	}
}

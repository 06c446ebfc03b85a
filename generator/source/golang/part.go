package golang

import (
	"go/ast"
	"go/token"
)

// This file takes a package apart: each function, method, variable and type is a part, and so is what runs when the
// package is loaded. What a part names is written down as numbers, for there is much of it and most leads nowhere.
//
// There is no type checker, so which method a call on a value means is open. It can be any of that name whose type the
// code that runs has made, and to make a value code must name the type, or something that names it. That is what the
// parts of types are for: they lead to their methods, each of which counts once something of its name is called.

const (
	// loadPart is what runs when the package is loaded, nowhere a part that nothing runs: the types of constants.
	loadPart int32 = 0
	nowhere  int32 = 1
	// unnamedPart is the name of what code cannot name.
	unnamedPart = "_"
)

// goPart is one part of a package.
type goPart struct {
	// receiver is the type of a method, "" for all else.
	receiver, name string
	file           *goFile
	at             goSpan
	// does says that the part itself uses or calls something.
	does bool
	// root says that the service around it runs the part of its own accord.
	root bool
}

// goPair is a part and a part of the same package, or a name, that it leads to.
type goPair struct{ from, to int32 }

// goPairAt is a pair with its place.
type goPairAt struct {
	goPair
	hold goHold // as in goRef
	file *goFile
	at   goSpan
}

// goParts are the parts of a package.
type goParts struct {
	parts []goPart
	// firstPart is the number of the first of them in the whole application, filled in by the linker.
	firstPart int32
	// partOf finds parts that are no methods.
	partOf map[string]int32
	// names leads from part to part, selects from a part to the names of methods or fields it asks values for.
	names   []goPairAt
	selects []goPair
	// selectors are those names.
	selectors []string
	// sets leads from package variables to parts that assign to them.
	sets []goPair

	// What follows serves the first phase alone: the methods in the order of their declarations, the numbers of
	// selectors, and who noted each last.
	methods        []int32
	selectorOf     map[string]int32
	notedName      []int32
	notedAt        []int32
	notedSelection []int32
}

func (p *goParts) beginParts() {
	p.parts = make([]goPart, 2, 16)
	p.partOf = make(map[string]int32)
	p.selectorOf = make(map[string]int32)
}

func (p *goParts) endParts() {
	p.methods, p.selectorOf, p.notedName, p.notedAt, p.notedSelection = nil, nil, nil, nil, nil
}

func (p *goParts) partName(part int32) string {
	if receiver := p.parts[part].receiver; receiver != "" {
		return receiver + "." + p.parts[part].name
	}
	return p.parts[part].name
}

func (p *goParts) add(part goPart) int32 {
	p.parts = append(p.parts, part)
	return int32(len(p.parts) - 1)
}

func (p *goParts) declare(file *goFile, name *ast.Ident) {
	if name.Name == "_" && p.partOf[unnamedPart] != 0 {
		return
	}
	p.partOf[name.Name] = p.add(goPart{name: name.Name, file: file, at: spanOf(name)})
}

func (p *goParts) declareFunc(file *goFile, decl *ast.FuncDecl) {
	switch {
	case decl.Recv != nil:
		receiver := ""
		if len(decl.Recv.List) > 0 {
			if name, _, ok := pointedName(file, decl.Recv.List[0].Type); ok {
				receiver = name.name
			}
		}
		p.methods = append(p.methods, p.add(goPart{receiver: receiver, name: decl.Name.Name, file: file, at: spanOf(decl.Name)}))
	case decl.Name.Name != "init" && decl.Name.Name != "_":
		p.declare(file, decl.Name)
	}
}

// funcPart is the part of a function; they are asked for in the order of their declarations.
func (p *goParts) funcPart(decl *ast.FuncDecl) int32 {
	if decl.Recv != nil {
		part := p.methods[0]
		p.methods = p.methods[1:]
		return part
	}
	return p.partOf[decl.Name.Name] // none for init
}

// variable turns to the initial value at index i of variables. One that sets several is the first one's, and the others
// lead there.
func (w *goWalker) variable(spec *ast.ValueSpec, i int) {
	if i >= len(spec.Names) {
		w.begin(loadPart) // does not compile
		return
	}
	part := w.p.partOf[spec.Names[i].Name]
	if len(spec.Values) < len(spec.Names) {
		for _, other := range spec.Names[1:] {
			w.begin(w.p.partOf[other.Name])
			w.lead(part, other)
		}
	}
	w.begin(part)
}

// begin turns to another part.
func (w *goWalker) begin(part int32) {
	w.part = part
	w.typesOfPart = w.typesOfPart[:0]
}

// name notes what an identifier leads to, when that is a part of the package.
func (w *goWalker) name(e *ast.Ident) {
	if part, ok := w.p.partOf[e.Name]; ok && !w.isLocal(e.Name) {
		w.lead(part, e)
	}
}

func (w *goWalker) lead(to int32, e ast.Node) {
	if to == w.part {
		return
	}
	if w.p.notedName == nil {
		w.p.notedName, w.p.notedAt = make([]int32, len(w.p.parts)), make([]int32, len(w.p.parts))
	}
	if w.p.notedName[to] == w.part+1 {
		noted := w.p.notedAt[to]
		w.p.names[noted].hold = min(w.p.names[noted].hold, w.hold)
		w.keep(goHeld{int(noted), true})
		return
	}
	w.p.notedName[to], w.p.notedAt[to] = w.part+1, int32(len(w.p.names))
	w.keep(goHeld{len(w.p.names), true})
	w.p.names = append(w.p.names, goPairAt{goPair{w.part, to}, w.hold, w.file, spanOf(e)})
}

// selects notes that a method of that name may be called.
func (w *goWalker) selects(e *ast.SelectorExpr) {
	p := w.p
	selector, ok := p.selectorOf[e.Sel.Name]
	if !ok {
		selector = int32(len(p.selectors))
		p.selectorOf[e.Sel.Name] = selector
		p.selectors = append(p.selectors, e.Sel.Name)
		p.notedSelection = append(p.notedSelection, 0)
	}
	if p.notedSelection[selector] != w.part+1 {
		p.notedSelection[selector] = w.part + 1
		p.selects = append(p.selects, goPair{w.part, selector})
	}
}

// called visits what a call calls. In the initial value of a variable that is what runs at load; all else there is only
// held, and counts for who names the variable. A method without arguments hands out a part of what it is called on, as
// db.Stdlib() does, and leaves it to others to do something with it.
func (w *goWalker) called(callee ast.Expr, withArguments bool) {
	part := w.part
	if target, ok := w.methodTarget(callee); w.depth == 0 && (withArguments || !ok || w.p.symbols[target.name] != token.VAR && target.qualifier == "") {
		w.part = loadPart
	}
	hold := w.hold
	if _, method := callee.(*ast.SelectorExpr); method && withArguments {
		if _, named := w.target(callee); !named {
			hold = holdNot // db.Exec(ctx): it does something with what it is called on
		}
	}
	w.holding(hold, func() { w.callee(callee) })
	w.part = part
}

// methodTarget is the package-level name that a method is called on.
func (w *goWalker) methodTarget(callee ast.Expr) (goName, bool) {
	if method, ok := callee.(*ast.SelectorExpr); ok {
		return w.target(method.X)
	}
	return goName{}, false
}

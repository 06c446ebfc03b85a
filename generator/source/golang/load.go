package golang

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/source"
)

// Encore links one program of a Go application, so that every process loads every package that a service imports: it
// runs their init functions and works out their initial values, whichever service it hosts. This file finds what is
// done with resources then, and which endpoints are called.
//
// Much that runs then only takes a resource in hand, for what runs later: return db, store = New(db.Stdlib()). Whether
// something is done with it shows where the name is read: a method with arguments is called on it, or it is handed to a
// call whose outcome, such as an error, is looked at. What a function returns is its caller's to do something with. A
// constructor of the application that uses its parameters at once is not looked into.
//
// Secrets are left out. A process that lacks one reads an empty string, and what it makes of that it does not use.

// goHold is how an expression takes what it names, the weightiest first.
type goHold uint8

const (
	holdNot      goHold = iota // does something with it
	holdReturned               // returns it, or is the initial value of a variable
	holdStored                 // assigns it to what is no local variable
	holdKept                   // assigns it to a local variable
)

// goHolder is what a walker knows of holding: how the expression that is read now takes what it names, and which
// references stand behind the local variables of the function.
type goHolder struct {
	hold    goHold
	kept    []goHeld
	locally map[string][]goHeld
}

// goHeld is a reference of the file, or a step of the package.
type goHeld struct {
	index int
	step  bool
}

func (w *goWalker) holding(hold goHold, visit func()) {
	before := w.hold
	w.hold = hold
	visit()
	w.hold = before
}

// keep notes what a local variable will hold.
func (w *goWalker) keep(held goHeld) {
	if w.hold == holdKept {
		w.kept = append(w.kept, held)
	}
}

// local takes what a local variable holds as the expression around its name does.
func (w *goWalker) local(e *ast.Ident) {
	held, ok := w.locally[e.Name]
	if !ok {
		return
	}
	for _, h := range held {
		if h.step {
			w.p.names[h.index].hold = min(w.p.names[h.index].hold, w.hold)
		} else {
			w.file.refs[h.index].hold = min(w.file.refs[h.index].hold, w.hold)
		}
		w.keep(h)
	}
}

// assign visits an assignment.
func (w *goWalker) assign(s *ast.AssignStmt) {
	hold := holdKept
	for _, left := range s.Lhs {
		if name, ok := left.(*ast.Ident); s.Tok != token.DEFINE && (!ok || name.Name != "_" && !w.isLocal(name.Name)) {
			hold = holdStored
		}
	}
	start := len(w.kept)
	w.holding(hold, func() { w.exprs(s.Rhs) })
	for _, left := range s.Lhs {
		name, ok := left.(*ast.Ident)
		if !ok || s.Tok != token.DEFINE && !w.isLocal(name.Name) {
			w.holding(holdKept, func() { w.expr(left) })
			if variable := w.variableOf(left); variable > 0 && variable != w.part {
				w.p.sets = append(w.p.sets, goPair{variable, w.part})
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

// declared visits the initial values of local variables.
func (w *goWalker) declared(spec *ast.ValueSpec) {
	start := len(w.kept)
	w.holding(holdKept, func() { w.exprs(spec.Values) })
	for _, name := range spec.Names {
		w.keepIn(name.Name, start)
	}
	w.kept = w.kept[:start]
}

// keepIn notes what was kept since then as what a local variable holds.
func (w *goWalker) keepIn(name string, start int) {
	if len(w.kept) == start || name == "_" {
		return
	}
	if w.locally == nil {
		w.locally = make(map[string][]goHeld)
	}
	w.locally[name] = append(w.locally[name], w.kept[start:]...)
}

// variableOf is the part of a package variable that is assigned to, 0 for none.
func (w *goWalker) variableOf(left ast.Expr) int32 {
	if name, ok := left.(*ast.Ident); ok && !w.isLocal(name.Name) {
		return w.p.partOf[name.Name]
	}
	return 0
}

// goDeed is what a part does with a resource, or takes it in hand to do; or a call of an endpoint.
type goDeed struct {
	part int32
	hold goHold
	// uses are the uses of the package that it is, call the call: there are many deeds.
	of          *goUses
	first, last int32
	isCall      bool
	narrowed    []source.Use // a use of what was narrowed, which is none elsewhere
}

// deedNarrowed notes a use of a reference in the service that made it.
func (u *goUses) deedNarrowed(decl *goDecl, at hcl.Range, ref *goRef, operations []string) {
	var uses []source.Use
	for _, operation := range operations {
		uses = append(uses, source.Use{Kind: decl.Kind, Name: decl.Name, Parent: decl.Parent, Operation: operation, At: at})
	}
	u.deeds = append(u.deeds, goDeed{part: u.p.firstPart + ref.part, hold: ref.hold, narrowed: uses})
}

// goLoading is the walk over what runs while packages load.
type goLoading struct {
	graph *goPartGraph
	deeds []goDeed
	deed  goIndex // by part
	step  goIndex
	sel   goIndex
	seen  []bool
	queue []int32
	// called are the names of methods that something calls, waiting the steps to methods that nothing has called yet.
	called  []bool
	waiting map[int32][]int32
	// sets are the parts that assign to a variable, gives what comes into the hands of who names a part.
	sets  map[int32][]int32
	gives map[int32][]int32
}

// findLoads lists what is done while packages load.
func (g *goPartGraph) findLoads(results []goUses) {
	w := &goLoading{graph: g, seen: make([]bool, g.count), called: make([]bool, len(g.names)), waiting: map[int32][]int32{}, sets: map[int32][]int32{}, gives: map[int32][]int32{}}
	for i := range results {
		w.deeds = append(w.deeds, results[i].deeds...)
		results[i].deeds = nil
	}
	if len(w.deeds) == 0 {
		return
	}
	w.deed = newGoIndex(g.count, len(w.deeds), func(i int) (int32, int32) { return w.deeds[i].part, int32(i) })
	w.step = newGoIndex(g.count, len(g.steps), func(i int) (int32, int32) { return g.steps[i].from, int32(i) })
	w.sel = newGoIndex(g.count, len(g.selects), func(i int) (int32, int32) { return g.selects[i].from, g.selects[i].to })
	for _, p := range g.linker.packages {
		for _, set := range p.sets {
			w.sets[p.firstPart+set.from] = append(w.sets[p.firstPart+set.from], p.firstPart+set.to)
		}
	}
	for _, p := range g.linker.loadedPackages() {
		w.visit(p.firstPart + loadPart)
	}
	for i := 0; i < len(w.queue); i++ {
		w.enter(w.queue[i])
	}
	for _, part := range w.queue {
		w.perform(part)
	}
}

// loadedPackages are those that every process loads: what services and global middleware stand in, and what that
// imports.
func (l *goLinker) loadedPackages() []*goPackage {
	var found []*goPackage
	seen := make(map[*goPackage]bool)
	load := func(p *goPackage) {
		if p != nil && !seen[p] {
			seen[p] = true
			found = append(found, p)
		}
	}
	for _, p := range l.packages {
		if l.roots[p.dir] != nil || len(p.authHandlers) > 0 || slices.ContainsFunc(p.middleware, func(m *goMiddleware) bool { return m.Global }) {
			load(p)
		}
	}
	for i := 0; i < len(found); i++ {
		for _, imported := range l.loads(found[i]) {
			load(l.byDir[imported.Dir])
		}
	}
	return found
}

func (w *goLoading) visit(part int32) {
	if !w.seen[part] {
		w.seen[part] = true
		w.queue = append(w.queue, part)
	}
}

// enter goes on from a part that runs.
func (w *goLoading) enter(part int32) {
	for _, name := range w.sel.of(part) {
		if !w.called[name] {
			w.called[name] = true
			for _, to := range w.waiting[name] {
				w.visit(to)
			}
		}
	}
	for _, i := range w.step.of(part) {
		step := &w.graph.steps[i]
		method := step.method
		if step.ofType {
			method = w.graph.methodOf[step.to] // what code of other modules calls, it calls later
		}
		if method >= 0 && !w.called[method] {
			w.waiting[method] = append(w.waiting[method], step.to)
			continue
		}
		w.visit(step.to)
	}
}

// perform records what a part that runs does.
func (w *goLoading) perform(part int32) {
	for _, i := range w.deed.of(part) {
		if w.deeds[i].hold == holdNot {
			w.record(&w.deeds[i], nil)
		}
	}
	for _, i := range w.step.of(part) {
		if step := &w.graph.steps[i]; step.hold == holdNot {
			for _, given := range w.given(step.to) {
				at := step.file.at(step.at)
				w.record(&w.deeds[given], &at)
			}
		}
	}
}

// given are the deeds that a part leaves to who names it.
func (w *goLoading) given(part int32) []int32 {
	if known, ok := w.gives[part]; ok {
		return known
	}
	w.gives[part] = nil // what leads back to itself adds nothing
	found := w.held(part, holdReturned)
	for _, from := range w.sets[part] {
		found = append(found, w.held(from, holdStored)...)
	}
	slices.Sort(found)
	w.gives[part] = slices.Compact(found)
	return w.gives[part]
}

func (w *goLoading) held(part int32, hold goHold) []int32 {
	var found []int32
	for _, i := range w.deed.of(part) {
		if w.deeds[i].hold == hold {
			found = append(found, i)
		}
	}
	for _, i := range w.step.of(part) {
		if step := &w.graph.steps[i]; step.hold == hold {
			found = append(found, w.given(step.to)...)
		}
	}
	return found
}

// record adds uses or a call, at another place than their own when one is given.
func (w *goLoading) record(deed *goDeed, at *hcl.Range) {
	result := w.graph.linker.result
	if deed.isCall {
		result.LoadCalls = append(result.LoadCalls, deed.of.calls[deed.first])
		return
	}
	uses := deed.narrowed
	if uses == nil {
		uses = deed.of.uses[deed.first:deed.last]
	}
	for _, use := range uses {
		if at != nil {
			use.At = *at
		}
		result.Loads = append(result.Loads, use)
	}
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

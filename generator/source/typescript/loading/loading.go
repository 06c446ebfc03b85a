// Package loading finds which files the processes of an application load, and what these do while they load.
//
// Encore makes one program of a TypeScript application: an entry file that imports the files of every service. Whatever
// modules do while they load, every process does, whichever service it hosts. A secret that is called there, directly
// or in a function that is called there, must be there in all of them.
//
// Finding that out takes the bodies of functions, so here, and only here, the syntax of a file is kept or read again:
// of files that call something while they load, and of those where such a call leads. The code is not run but walked:
// every branch is taken. A function that is handed to a call counts as called, unless the function it is handed to is
// of the application and does not call it; the framework keeps handlers for later, and so do emitters of events and routers.
//
// It must not know linking, which makes something of what it finds, nor extraction: it is given the syntax, and lists places.
package loading

import (
	"cmp"
	"maps"
	"slices"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/source/typescript/facts"
	"github.com/groundplan/groundplan/generator/source/typescript/resolution"
	"github.com/groundplan/groundplan/generator/source/typescript/scope"
	"github.com/groundplan/groundplan/generator/source/typescript/syntax"
	"github.com/groundplan/groundplan/generator/source/typescript/trail"
	"github.com/groundplan/groundplan/generator/source/typescript/vocabulary"
)

// walk is the walk over what runs while modules load.
type walk struct {
	trail   *trail.Trail
	sources Sources
	// clients are the services by the name of their generated client.
	clients map[string]*app.Service
	// code are the files with syntax, nil for one that cannot be read again.
	code map[string]*scope.File
	// loaded are the files that load in this round: a file that a function imports does when the function runs.
	loaded map[*facts.Module]bool
	// uses are the resources that are used, with the first place that does.
	uses map[Use]Place
	// calls are the endpoints that are called, likewise.
	calls map[Call]Place
	// called are the parameters that are called, and their members that are. They are found on the way, so that the walk
	// is repeated until there are no more.
	called map[handed]bool
	// walked are the functions and classes that were entered in this round, values what expressions stand for.
	walked map[syntax.Node]bool
	values map[syntax.Expression][]callable
	// assignments are the values that variables are given after their declaration, by file, found when they are asked for.
	assignments map[*scope.File]map[*syntax.Binding][]syntax.Expression
	depth       int
}

// Sources give the syntax of the application's files, which their facts no longer have.
type Sources struct {
	// Kept are the files that call something while they load, by path.
	Kept map[string]*scope.File
	// Read reads another one again; nil when that fails, though it was read a moment ago.
	Read func(name string) *scope.File
	// Resolver finds the files that re-exports name.
	Resolver *resolution.Resolver
}

// Place is a place in a file, by the path of that.
type Place struct {
	File string
	Span facts.Span
}

func (p Place) before(other Place) bool {
	return cmp.Or(cmp.Compare(p.File, other.File), cmp.Compare(p.Span.Start, other.Span.Start)) < 0
}

func placeOf(r *scope.File, n syntax.Node) Place { return Place{r.Module.Path, scope.SpanOf(n)} }

// Use is one operation on a resource, "" where every use is one.
type Use struct {
	Decl      *facts.Decl
	Operation string
}

// Call is an endpoint of a service, "" where only the service is known.
type Call struct{ Service, Endpoint string }

type handed struct {
	parameter *syntax.Parameter
	member    string
}

// callable is something that could be called: a function, a class, an object with members, or a parameter. A class is
// made (an instance of it) or not; file is where it stands.
type callable struct {
	file   *scope.File
	node   syntax.Node
	made   bool
	member string // of a parameter
	self   syntax.Node
}

// maxRounds, maxDepth and maxDerived bound the walk; no application comes near.
const (
	maxRounds  = 16
	maxDepth   = 200
	maxDerived = 8
)

// Walk finds the uses of resources and the calls of endpoints while the modules of the application load, each with
// its first place. The modules know their services; clients are the services by the name of their generated client.
func Walk(files *trail.Trail, modules []*facts.Module, clients map[string]*app.Service, sources Sources) (uses map[Use]Place, calls map[Call]Place) {
	w := &walk{
		trail: files, clients: clients, sources: sources, code: maps.Clone(sources.Kept),
		uses: make(map[Use]Place), calls: make(map[Call]Place), called: make(map[handed]bool),
		assignments: make(map[*scope.File]map[*syntax.Binding][]syntax.Expression),
	}
	for range maxRounds {
		w.loaded = make(map[*facts.Module]bool)
		w.walked, w.values = make(map[syntax.Node]bool), make(map[syntax.Expression][]callable)
		known := len(w.called)
		for _, m := range modules {
			if m.Service != "" && isEntry(m, files.Language) {
				w.load(m)
			}
		}
		if len(w.called) == known {
			break
		}
	}
	return w.uses, w.calls
}

// load runs what a file and those it imports do while they load.
func (w *walk) load(first *facts.Module) {
	queue := []*facts.Module{first}
	for len(queue) > 0 {
		m := queue[0]
		queue = queue[1:]
		if m == nil || w.loaded[m] {
			continue
		}
		w.loaded[m] = true
		for i := range m.Imports {
			if imported := &m.Imports[i]; imported.Runs && !imported.Lazy {
				queue = append(queue, w.trail.ByPath[imported.Module])
			}
		}
		kept := w.sources.Kept[m.Path]
		if kept == nil {
			continue
		}
		for _, statement := range kept.Syntax.Statements {
			w.run(kept, statement, nil)
		}
	}
}

// file returns the syntax of a file.
func (w *walk) file(name string) *scope.File {
	if r, ok := w.code[name]; ok {
		return r
	}
	w.code[name] = nil
	if m := w.trail.ByPath[name]; m != nil && !m.Broken {
		w.code[name] = w.sources.Read(name)
	}
	return w.code[name]
}

// run walks code that runs: everything but the functions in it, which run when they are called.
func (w *walk) run(file *scope.File, n syntax.Node, self syntax.Node) {
	if w.depth++; w.depth <= maxDepth {
		syntax.Walk(n, func(n syntax.Node, _ []syntax.Node) bool { return w.step(file, n, self) })
	}
	w.depth--
}

func (w *walk) step(file *scope.File, n syntax.Node, self syntax.Node) bool {
	switch n := n.(type) {
	case syntax.Type, *syntax.Import, *syntax.Interface, *syntax.TypeAlias, *syntax.Function:
		return false
	case *syntax.Class:
		w.define(file, n)
		return false
	case *syntax.Call:
		if name, ok := file.Dynamic[n]; ok {
			w.load(w.trail.ByPath[file.Module.Imports[file.Module.Names[name].Source].Module])
		}
		w.call(file, n.Callee, n.Arguments, self, false)
	case *syntax.New:
		w.call(file, n.Callee, n.Arguments, self, true)
	case *syntax.TaggedTemplate:
		w.call(file, n.Tag, n.Template.Values, self, false)
	case *syntax.Await:
		if call, ok := syntax.Unwrap(n.Value).(*syntax.Call); ok && !w.isFramework(file, call.Callee) {
			for _, value := range w.valuesOf(file, call.Callee, self) {
				w.derive(value, placeOf(file, call), 0)
			}
		}
	case *syntax.Member:
		for _, value := range w.valuesOf(file, n.Object, self) {
			if getter := w.getter(value, n.Name); getter != nil {
				w.enter(value.file, getter, value.self)
			}
		}
	}
	return true
}

// define runs what runs when a class is declared.
func (w *walk) define(file *scope.File, class *syntax.Class) {
	w.decorate(file, class.Decorators)
	if class.Base != nil {
		w.run(file, class.Base, nil)
	}
	for _, member := range class.Members {
		w.decorate(file, member.Decorators)
		if member.Name.Computed != nil {
			w.run(file, member.Name.Computed, nil)
		}
		switch {
		case member.Form == syntax.MemberStaticBlock && member.Function != nil:
			w.enter(file, member.Function, class)
		case member.Modifiers.Has(syntax.Static) && member.Value != nil:
			w.run(file, member.Value, class)
		}
	}
}

func (w *walk) decorate(file *scope.File, decorators []syntax.Expression) {
	for _, decorator := range decorators {
		w.run(file, decorator, nil)
		if _, called := decorator.(*syntax.Call); !called {
			w.call(file, decorator, nil, nil, false)
		}
	}
}

// call runs what a call leads to, with what is handed over.
func (w *walk) call(file *scope.File, callee syntax.Expression, arguments []syntax.Expression, self syntax.Node, isNew bool) {
	if w.isFramework(file, callee) {
		return // it keeps what it is given for later
	}
	w.callEndpoint(file, callee)
	values := w.valuesOf(file, callee, self)
	for _, value := range values {
		w.invoke(value, isNew, placeOf(file, callee))
	}
	isOwn := func(value callable) bool { return w.functionOf(value, isNew) != nil }
	if !slices.ContainsFunc(values, isOwn) && listens(callee, arguments) {
		return
	}
	for i, argument := range arguments {
		w.hand(file, argument, i, values, self, isNew)
	}
}

// listens reports whether a call of code that is not the application's registers a function for later, as
// process.on("SIGTERM", f) does, or a router's app.get("/", f): f runs when something happens.
func listens(callee syntax.Expression, arguments []syntax.Expression) bool {
	member, ok := syntax.Unwrap(callee).(*syntax.Member)
	if !ok {
		return false
	}
	switch member.Name {
	case "use", "onError", "notFound", "setErrorHandler", "setNotFoundHandler":
		return true
	case "on", "once", "addListener", "addEventListener", "addHook",
		"get", "post", "put", "patch", "delete", "head", "options", "all", "route", "schedule":
		if len(arguments) < 2 {
			return false
		}
		switch syntax.Unwrap(arguments[0]).(type) {
		case *syntax.String, *syntax.Template:
			return true
		}
	}
	return false
}

// isFramework reports whether a callee is a function of the framework's, such as api and api.raw.
func (w *walk) isFramework(file *scope.File, callee syntax.Expression) bool {
	callee = syntax.Unwrap(callee)
	if member, ok := callee.(*syntax.Member); ok {
		callee = member.Object
	}
	_, ok := file.RoleOf(callee)
	return ok
}

// hand follows an argument into the functions it is given to.
func (w *walk) hand(file *scope.File, argument syntax.Expression, index int, callees []callable, self syntax.Node, isNew bool) {
	known := len(callees) > 0
	var parameters []*syntax.Parameter
	for _, callee := range callees {
		function := w.functionOf(callee, isNew)
		if function == nil || index >= len(function.Parameters) || function.Parameters[index].Rest {
			known = false
			break
		}
		parameters = append(parameters, function.Parameters[index])
	}
	if !known {
		w.surrender(file, argument, self)
		return
	}
	for _, parameter := range parameters {
		for called := range w.called {
			if called.parameter != parameter {
				continue
			}
			if called.member == "" {
				w.surrender(file, argument, self)
				continue
			}
			for _, value := range w.valuesOf(file, argument, self) {
				for _, member := range w.member(value, called.member) {
					w.invoke(member, false, placeOf(file, argument))
				}
			}
		}
	}
}

// surrender runs an argument that is called, when it is a function: one of the application's, a secret.
func (w *walk) surrender(file *scope.File, argument syntax.Expression, self syntax.Node) {
	for _, value := range w.valuesOf(file, argument, self) {
		switch value.node.(type) {
		case *syntax.Function, *syntax.Parameter:
			w.invoke(value, false, placeOf(file, argument))
		case *syntax.Call:
			if decl := w.declared(value); decl != nil && w.trail.Language.Spellings[decl.Spelling].Function {
				w.use(value, placeOf(file, argument))
			}
		}
	}
}

// functionOf is the function a call of a value runs, nil when that is not known.
func (w *walk) functionOf(value callable, isNew bool) *syntax.Function {
	switch n := value.node.(type) {
	case *syntax.Function:
		return n
	case *syntax.Class:
		for _, member := range n.Members {
			if isNew && member.Form == syntax.MemberConstructor && member.Function != nil && member.Function.Body != nil {
				return member.Function
			}
		}
	}
	return nil
}

// invoke runs a value as a function, or makes an instance of it. at is the place that does.
func (w *walk) invoke(value callable, isNew bool, at Place) {
	switch n := value.node.(type) {
	case *syntax.Function:
		w.enter(value.file, n, value.self)
	case *syntax.Parameter:
		w.called[handed{n, value.member}] = true
	case *syntax.Class:
		if isNew {
			w.construct(value.file, n)
		}
	case *syntax.New, *syntax.Call:
		w.use(value, at)
	}
}

// use records that a resource is used: a secret that is called, a method of another one. An endpoint that is called as
// the function it is runs its handler.
func (w *walk) use(value callable, at Place) {
	if call, ok := value.node.(*syntax.Call); ok && value.member == "" && len(call.Arguments) > 1 {
		if role, ok := value.file.RoleOf(call.Callee); ok && role.Role == vocabulary.Endpoint {
			w.surrender(value.file, call.Arguments[1], nil)
			return
		}
	}
	if decl := w.declared(value); decl != nil {
		spelling := &w.trail.Language.Spellings[decl.Spelling]
		switch {
		case spelling.Function != (value.member == ""):
		case spelling.Methods == nil:
			w.record(decl, "", at)
		default:
			for _, operation := range spelling.Methods[value.member] {
				w.record(decl, operation, at)
			}
		}
	}
}

// declared is the declaration of a resource that a value is, nil for none.
func (w *walk) declared(value callable) *facts.Decl {
	for _, decl := range w.trail.ByPath[value.file.Module.Path].Decls {
		if decl.At.Start.Byte == value.node.Extent().Start && !decl.Invalid {
			return decl
		}
	}
	return nil
}

func (w *walk) record(decl *facts.Decl, operation string, at Place) {
	use := Use{decl, operation}
	if known, ok := w.uses[use]; !ok || at.before(known) {
		w.uses[use] = at
	}
}

// derive records the databases that something was made from which is waited for while modules load, such as a query of
// an ORM.
func (w *walk) derive(value callable, at Place, depth int) {
	var arguments []syntax.Expression
	switch n := value.node.(type) {
	case *syntax.New:
		arguments = n.Arguments
	case *syntax.Call:
		arguments = n.Arguments
	}
	for _, argument := range arguments {
		syntax.Walk(argument, func(n syntax.Node, _ []syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.Function, *syntax.Class, syntax.Type:
				return false
			case *syntax.Identifier:
				for _, source := range w.named(value.file, n.Binding) {
					if decl := w.sourceOf(source); decl != nil {
						w.record(decl, "", at)
					} else if depth < maxDerived {
						w.derive(source, at, depth+1)
					}
				}
			}
			return true
		})
	}
}

// sourceOf is the resource a value is when every use of it counts, nil for none.
func (w *walk) sourceOf(value callable) *facts.Decl {
	switch value.node.(type) {
	case *syntax.New, *syntax.Call:
		if decl := w.declared(value); decl != nil {
			if spelling := &w.trail.Language.Spellings[decl.Spelling]; spelling.Methods == nil && !spelling.Function {
				return decl
			}
		}
	}
	return nil
}

// enter runs the body of a function.
func (w *walk) enter(file *scope.File, function *syntax.Function, self syntax.Node) {
	if w.walked[function] {
		return
	}
	w.walked[function] = true
	for _, parameter := range function.Parameters {
		w.run(file, parameter.Target, self)
		if parameter.Default != nil {
			w.run(file, parameter.Default, self)
		}
	}
	if function.Body != nil {
		w.run(file, function.Body, self)
	}
	if function.Result != nil {
		w.run(file, function.Result, self)
	}
}

// construct runs what makes an instance of a class: its fields and its constructor, and those it inherits.
func (w *walk) construct(file *scope.File, class *syntax.Class) {
	if w.walked[class] {
		return
	}
	w.walked[class] = true
	if class.Base != nil {
		for _, base := range w.valuesOf(file, class.Base, nil) {
			w.invoke(base, true, placeOf(file, class.Base))
		}
	}
	for _, member := range class.Members {
		switch {
		case member.Form == syntax.MemberConstructor && member.Function != nil:
			w.enter(file, member.Function, class)
		case !member.Modifiers.Has(syntax.Static) && member.Value != nil:
			w.run(file, member.Value, class)
		}
	}
}

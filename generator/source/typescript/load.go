package typescript

import (
	"cmp"
	"io/fs"
	"slices"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/typescript/syntax"
)

// Encore makes one program of a TypeScript application: an entry file that imports the files of every service. Whatever
// modules do while they load, every process does, whichever service it hosts. A secret that is called there, directly
// or in a function that is called there, must be there in all of them.
//
// Finding that out takes the bodies of functions, so here, and only here, the syntax of a file is kept or read again:
// of files that call something while they load, and of those where such a call leads. The code is not run but walked:
// every branch is taken. A function that is handed to a call counts as called, unless the function it is handed to is
// of the application and does not call it; the framework keeps handlers for later, and so do emitters of events and routers.

// tsLoad is the walk over what runs while modules load.
type tsLoad struct {
	linker *tsLinker
	// code are the files with syntax, nil for one that cannot be read again.
	code map[string]*tsReader
	// loaded are the files that load in this round: a file that a function imports does when the function runs.
	loaded map[*tsModule]bool
	// uses are the resources that are used, with the first place that does.
	uses map[tsLoadUse]tsPlace
	// calls are the endpoints that are called, likewise.
	calls map[tsLoadCall]tsPlace
	// called are the parameters that are called, and their members that are. They are found on the way, so that the walk
	// is repeated until there are no more.
	called map[tsParameter]bool
	// walked are the functions and classes that were entered in this round, values what expressions stand for.
	walked map[syntax.Node]bool
	values map[syntax.Expression][]tsValue
	depth  int
}

// tsPlace is a place in a file.
type tsPlace struct {
	file string
	span tsSpan
}

func (p tsPlace) before(other tsPlace) bool {
	return cmp.Or(cmp.Compare(p.file, other.file), cmp.Compare(p.span.start, other.span.start)) < 0
}

func (r *tsReader) place(n syntax.Node) tsPlace { return tsPlace{r.m.path, spanOfNode(n)} }

// tsLoadUse is one operation on a resource.
type tsLoadUse struct {
	decl      *tsDecl
	operation string
}

// tsLoadCall is an endpoint of a service, "" where only the service is known.
type tsLoadCall struct{ service, endpoint string }

type tsParameter struct {
	parameter *syntax.Parameter
	member    string
}

// tsValue is something that could be called: a function, a class, an object with members, or a parameter. A class is
// made (an instance of it) or not; file is where it stands.
type tsValue struct {
	file   *tsReader
	node   syntax.Node
	made   bool
	member string // of a parameter
	self   syntax.Node
}

// maxLoadRounds and maxLoadDepth bound the walk; no application comes near.
const (
	maxLoadRounds = 16
	maxLoadDepth  = 200
	maxDerived    = 8
)

// walkLoad finds the uses of resources and the calls of endpoints while the modules of the application load, each with
// its first place.
func (l *tsLinker) walkLoad() *tsLoad {
	w := &tsLoad{
		linker: l, code: make(map[string]*tsReader), uses: make(map[tsLoadUse]tsPlace), calls: make(map[tsLoadCall]tsPlace), called: make(map[tsParameter]bool),
	}
	for _, m := range l.modules {
		if m.code != nil {
			w.code[m.path] = m.code
		}
	}
	for range maxLoadRounds {
		w.loaded = make(map[*tsModule]bool)
		w.walked, w.values = make(map[syntax.Node]bool), make(map[syntax.Expression][]tsValue)
		known := len(w.called)
		for _, m := range l.modules {
			if m.service != "" && m.isEntry(l.language) {
				w.load(m)
			}
		}
		if len(w.called) == known {
			break
		}
	}
	return w
}

// load runs what a file and those it imports do while they load.
func (w *tsLoad) load(first *tsModule) {
	queue := []*tsModule{first}
	for len(queue) > 0 {
		m := queue[0]
		queue = queue[1:]
		if m == nil || w.loaded[m] {
			continue
		}
		w.loaded[m] = true
		for i := range m.imports {
			if imported := &m.imports[i]; imported.runs && !imported.lazy {
				queue = append(queue, w.linker.byPath[imported.module])
			}
		}
		if m.code == nil {
			continue
		}
		for _, statement := range m.code.file.Statements {
			w.run(m.code, statement, nil)
		}
	}
}

// file returns the syntax of a file.
func (w *tsLoad) file(name string) *tsReader {
	if r, ok := w.code[name]; ok {
		return r
	}
	w.code[name] = nil
	l := w.linker
	if l.byPath[name] == nil || l.byPath[name].broken || l.files == nil {
		return nil
	}
	text, err := fs.ReadFile(l.files, name)
	if err != nil {
		return nil // it was read a moment ago
	}
	w.code[name] = parseTSModule(l.language, l.resolver, name, string(source.Plain(text)))
	return w.code[name]
}

// run walks code that runs: everything but the functions in it, which run when they are called.
func (w *tsLoad) run(file *tsReader, n syntax.Node, self syntax.Node) {
	if w.depth++; w.depth <= maxLoadDepth {
		syntax.Walk(n, func(n syntax.Node, _ []syntax.Node) bool { return w.step(file, n, self) })
	}
	w.depth--
}

func (w *tsLoad) step(file *tsReader, n syntax.Node, self syntax.Node) bool {
	switch n := n.(type) {
	case syntax.Type, *syntax.Import, *syntax.Interface, *syntax.TypeAlias, *syntax.Function:
		return false
	case *syntax.Class:
		w.define(file, n)
		return false
	case *syntax.Call:
		if name, ok := file.dynamic[n]; ok {
			w.load(w.linker.byPath[file.m.imports[file.m.names[name].source].module])
		}
		w.call(file, n.Callee, n.Arguments, self, false)
	case *syntax.New:
		w.call(file, n.Callee, n.Arguments, self, true)
	case *syntax.TaggedTemplate:
		w.call(file, n.Tag, n.Template.Values, self, false)
	case *syntax.Await:
		if call, ok := syntax.Unwrap(n.Value).(*syntax.Call); ok && !w.isFramework(file, call.Callee) {
			for _, value := range w.valuesOf(file, call.Callee, self) {
				w.derive(value, file.place(call), 0)
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
func (w *tsLoad) define(file *tsReader, class *syntax.Class) {
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

func (w *tsLoad) decorate(file *tsReader, decorators []syntax.Expression) {
	for _, decorator := range decorators {
		w.run(file, decorator, nil)
		if _, called := decorator.(*syntax.Call); !called {
			w.call(file, decorator, nil, nil, false)
		}
	}
}

// call runs what a call leads to, with what is handed over.
func (w *tsLoad) call(file *tsReader, callee syntax.Expression, arguments []syntax.Expression, self syntax.Node, isNew bool) {
	if w.isFramework(file, callee) {
		return // it keeps what it is given for later
	}
	w.callEndpoint(file, callee)
	values := w.valuesOf(file, callee, self)
	for _, value := range values {
		w.invoke(value, isNew, file.place(callee))
	}
	isOwn := func(value tsValue) bool { return w.functionOf(value, isNew) != nil }
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
func (w *tsLoad) isFramework(file *tsReader, callee syntax.Expression) bool {
	callee = syntax.Unwrap(callee)
	if member, ok := callee.(*syntax.Member); ok {
		callee = member.Object
	}
	_, ok := file.roleOf(callee)
	return ok
}

// hand follows an argument into the functions it is given to.
func (w *tsLoad) hand(file *tsReader, argument syntax.Expression, index int, callees []tsValue, self syntax.Node, isNew bool) {
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
					w.invoke(member, false, file.place(argument))
				}
			}
		}
	}
}

// surrender runs an argument that is called, when it is a function: one of the application's, a secret.
func (w *tsLoad) surrender(file *tsReader, argument syntax.Expression, self syntax.Node) {
	for _, value := range w.valuesOf(file, argument, self) {
		switch value.node.(type) {
		case *syntax.Function, *syntax.Parameter:
			w.invoke(value, false, file.place(argument))
		case *syntax.Call:
			if decl := w.declared(value); decl != nil && w.linker.language.spellings[decl.spelling].Function {
				w.use(value, file.place(argument))
			}
		}
	}
}

// functionOf is the function a call of a value runs, nil when that is not known.
func (w *tsLoad) functionOf(value tsValue, isNew bool) *syntax.Function {
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
func (w *tsLoad) invoke(value tsValue, isNew bool, at tsPlace) {
	switch n := value.node.(type) {
	case *syntax.Function:
		w.enter(value.file, n, value.self)
	case *syntax.Parameter:
		w.called[tsParameter{n, value.member}] = true
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
func (w *tsLoad) use(value tsValue, at tsPlace) {
	if call, ok := value.node.(*syntax.Call); ok && value.member == "" && len(call.Arguments) > 1 {
		if role, ok := value.file.roleOf(call.Callee); ok && role.role == tsEndpoint {
			w.surrender(value.file, call.Arguments[1], nil)
			return
		}
	}
	if decl := w.declared(value); decl != nil {
		spelling := &w.linker.language.spellings[decl.spelling]
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
func (w *tsLoad) declared(value tsValue) *tsDecl {
	for _, decl := range w.linker.byPath[value.file.m.path].decls {
		if decl.At.Start.Byte == value.node.Extent().Start && !decl.invalid {
			return decl
		}
	}
	return nil
}

func (w *tsLoad) record(decl *tsDecl, operation string, at tsPlace) {
	use := tsLoadUse{decl, operation}
	if known, ok := w.uses[use]; !ok || at.before(known) {
		w.uses[use] = at
	}
}

// derive records the databases that something was made from which is waited for while modules load, such as a query of
// an ORM.
func (w *tsLoad) derive(value tsValue, at tsPlace, depth int) {
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
func (w *tsLoad) sourceOf(value tsValue) *tsDecl {
	switch value.node.(type) {
	case *syntax.New, *syntax.Call:
		if decl := w.declared(value); decl != nil {
			if spelling := &w.linker.language.spellings[decl.spelling]; spelling.Methods == nil && !spelling.Function {
				return decl
			}
		}
	}
	return nil
}

// enter runs the body of a function.
func (w *tsLoad) enter(file *tsReader, function *syntax.Function, self syntax.Node) {
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
func (w *tsLoad) construct(file *tsReader, class *syntax.Class) {
	if w.walked[class] {
		return
	}
	w.walked[class] = true
	if class.Base != nil {
		for _, base := range w.valuesOf(file, class.Base, nil) {
			w.invoke(base, true, file.place(class.Base))
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

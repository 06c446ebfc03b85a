package golang

import (
	"cmp"
	"go/ast"
	"slices"

	"github.com/groundplan/groundplan/generator/source"
)

// goStep leads from a part to another, both by their numbers in the whole application. method is the number of the name
// that must be called for the step to count, -1 for none.
type goStep struct {
	from, to, method int32
	hold             goHold
	ofType           bool // from a type to its method
	file             *goFile
	at               goSpan
}

// goSelected is a part of a package and the name of a method that it calls.
type goSelected struct {
	part int32
	name string
}

// step notes that a reference leads to a part of another package, and what is called there.
func (u *goUses) step(key goSymbolKey, ref *goRef, file *goFile) {
	owner := u.linker.byDir[key.dir]
	if owner == nil {
		return
	}
	if to, ok := owner.partOf[key.name]; ok && owner != u.p {
		u.steps = append(u.steps, goStep{u.p.firstPart + ref.part, owner.firstPart + to, -1, ref.hold, false, file, ref.at})
	}
	if ref.form != formMethod && ref.form != formField {
		return
	}
	if symbol := u.linker.symbols[key]; symbol == nil || len(symbol.resources) == 0 || symbol.resources[0].decl.Symbol != key.name {
		u.selected = append(u.selected, goSelected{ref.part, ref.method})
	}
}

// goPartGraph is how the parts of the application lead to each other. Most of them lead to nothing that matters: no
// resource, and no endpoint.
type goPartGraph struct {
	linker *goLinker
	count  int32
	// endpoints are the parts that are endpoints. Nothing leads to them: a call of one is a call, even within its own
	// service, which runs it of its own accord.
	endpoints []bool
	steps     []goStep
	// methods numbers the names that methods have, methodOf is the number of each part's, -1 for no method.
	methods  map[string]int32
	methodOf []int32
	names    []string
	// selects leads from parts to numbers of names.
	selects []goPair
	// useful are the parts that lead to something, called the names of which some method does.
	useful []bool
	called []bool
}

// linkParts turns the parts into packages of the result.
func (l *goLinker) linkParts(results []goUses) {
	g := &goPartGraph{linker: l, methods: make(map[string]int32)}
	g.number()
	for _, p := range l.packages {
		l.markRoots(p)
	}
	for i := range results {
		g.collect(&results[i])
		results[i].steps, results[i].selected = nil, nil
	}
	g.collectTypes()
	g.findUseful()
	g.findLoads(results)
	g.emit()
}

// numberParts gives every part of the application a number: its package's first, and its own.
func (l *goLinker) numberParts() {
	first := int32(0)
	for _, p := range l.packages {
		p.firstPart = first
		first += int32(len(p.parts))
	}
}

// number finds the methods and the endpoints.
func (g *goPartGraph) number() {
	for _, p := range g.linker.packages {
		g.count = p.firstPart + int32(len(p.parts))
	}
	g.endpoints, g.useful = make([]bool, g.count), make([]bool, g.count)
	g.methodOf = make([]int32, g.count)
	for _, p := range g.linker.packages {
		endpoints := make(map[[2]string]bool)
		for _, endpoint := range p.endpoints {
			endpoints[[2]string{endpoint.receiver, endpoint.Name}] = true
		}
		for i := range p.parts {
			part := &p.parts[i]
			g.endpoints[p.firstPart+int32(i)] = len(endpoints) > 0 && endpoints[[2]string{part.receiver, part.name}]
			g.methodOf[p.firstPart+int32(i)] = -1
			if part.receiver == "" {
				continue
			}
			number, ok := g.methods[part.name]
			if !ok {
				number = int32(len(g.names))
				g.methods[part.name] = number
				g.names = append(g.names, part.name)
			}
			g.methodOf[p.firstPart+int32(i)] = number
		}
	}
}

// collect takes over what one package's parts lead to.
func (g *goPartGraph) collect(u *goUses) {
	p := u.p
	for _, name := range p.names {
		g.add(goStep{p.firstPart + name.from, p.firstPart + name.to, -1, name.hold, false, name.file, name.at})
	}
	for _, step := range u.steps {
		g.add(step)
	}
	numbers := make([]int32, len(p.selectors))
	for i, name := range p.selectors {
		number, ok := g.methods[name]
		if numbers[i] = number; !ok {
			numbers[i] = -1
		}
	}
	for _, selected := range p.selects {
		if number := numbers[selected.to]; number >= 0 {
			g.selects = append(g.selects, goPair{p.firstPart + selected.from, number})
		}
	}
	for _, selected := range u.selected {
		if number, ok := g.methods[selected.name]; ok {
			g.selects = append(g.selects, goPair{p.firstPart + selected.part, number})
		}
	}
}

func (g *goPartGraph) add(step goStep) {
	if !g.endpoints[step.to] {
		g.steps = append(g.steps, step)
	}
}

// calledByOthers are methods that the standard library calls on what it is given.
var calledByOthers = map[string]bool{
	"Close": true, "Error": true, "MarshalJSON": true, "MarshalText": true, "Read": true, "RoundTrip": true, "Scan": true,
	"ServeHTTP": true, "String": true, "UnmarshalJSON": true, "UnmarshalText": true, "Value": true, "Write": true,
}

// collectTypes leads from types to their methods. One that no code of the application calls by its name is there for
// code of other modules, which is handed the value, and may be called wherever there is one.
func (g *goPartGraph) collectTypes() {
	named := make([]bool, len(g.names))
	for _, selected := range g.selects {
		named[selected.to] = true
	}
	for _, p := range g.linker.packages {
		for i := range p.parts {
			part := &p.parts[i]
			typ, ok := p.partOf[part.receiver]
			if part.receiver == "" || !ok {
				continue
			}
			to := p.firstPart + int32(i)
			method := g.methodOf[to]
			if calledByOthers[part.name] || !named[method] && ast.IsExported(part.name) {
				method = -1
			}
			g.add(goStep{p.firstPart + typ, to, method, holdKept, true, part.file, part.at})
		}
	}
}

// findUseful goes back from what uses or calls something.
func (g *goPartGraph) findUseful() {
	into := newGoIndex(g.count, len(g.steps), func(i int) (int32, int32) { return g.steps[i].to, g.steps[i].from })
	selecting := newGoIndex(int32(len(g.names)), len(g.selects), func(i int) (int32, int32) { return g.selects[i].to, g.selects[i].from })
	g.called = make([]bool, len(g.names))
	var found []int32
	mark := func(part int32) {
		if !g.useful[part] {
			g.useful[part] = true
			found = append(found, part)
		}
	}
	for _, p := range g.linker.packages {
		for i := range p.parts {
			if p.parts[i].does {
				mark(p.firstPart + int32(i))
			}
		}
	}
	for len(found) > 0 {
		part := found[len(found)-1]
		found = found[:len(found)-1]
		for _, from := range into.of(part) {
			mark(from)
		}
		if method := g.methodOf[part]; method >= 0 && !g.called[method] && !g.endpoints[part] {
			g.called[method] = true
			for _, from := range selecting.of(method) {
				mark(from)
			}
		}
	}
}

// goIndex lists numbers by number.
type goIndex struct {
	start []int32
	items []int32
}

func newGoIndex(keys int32, count int, at func(int) (key, item int32)) goIndex {
	index := goIndex{make([]int32, keys+1), make([]int32, count)}
	for i := range count {
		key, _ := at(i)
		index.start[key+1]++
	}
	for key := range keys {
		index.start[key+1] += index.start[key]
	}
	next := slices.Clone(index.start)
	for i := range count {
		key, item := at(i)
		index.items[next[key]] = item
		next[key]++
	}
	return index
}

func (x goIndex) of(key int32) []int32 { return x.items[x.start[key]:x.start[key+1]] }

// emit lists the parts that matter: what each package runs at load, and of the others those that lead to something and
// have more to say than that they do it themselves, unless other parts lead to them.
func (g *goPartGraph) emit() {
	g.steps = slices.DeleteFunc(g.steps, func(s goStep) bool { return !g.useful[s.from] || !g.useful[s.to] })
	g.selects = slices.DeleteFunc(g.selects, func(s goPair) bool { return !g.useful[s.from] || !g.called[s.to] })
	wanted := make([]bool, g.count)
	for _, step := range g.steps {
		wanted[step.from], wanted[step.to] = true, true
	}
	for _, selected := range g.selects {
		wanted[selected.from] = true
	}
	slices.SortFunc(g.steps, func(a, b goStep) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.method, b.method), cmp.Compare(a.at.start, b.at.start))
	})
	slices.SortFunc(g.selects, func(a, b goPair) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	owner := make([]*goPackage, g.count)
	for _, p := range g.linker.packages {
		for i := range p.parts {
			owner[p.firstPart+int32(i)] = p
		}
	}
	steps, selects := g.steps, slices.Compact(g.selects)
	for _, p := range g.linker.packages {
		for i := range p.parts {
			number := p.firstPart + int32(i)
			result := source.Package{Dir: p.dir, Part: p.partName(int32(i)), Service: p.service, Root: p.parts[i].root}
			if i == int(loadPart) {
				result.Imports = g.linker.loads(p)
			}
			for ; len(steps) > 0 && steps[0].from == number; steps = steps[1:] {
				g.emitStep(&result, steps[0], owner[steps[0].to])
			}
			for ; len(selects) > 0 && selects[0].from == number; selects = selects[1:] {
				result.Methods = append(result.Methods, g.names[selects[0].to])
			}
			if i == int(loadPart) || wanted[number] && i != int(nowhere) {
				slices.Sort(result.Methods)
				g.linker.result.Packages = append(g.linker.result.Packages, result)
			}
		}
	}
}

func (g *goPartGraph) emitStep(result *source.Package, step goStep, owner *goPackage) {
	imported := source.Import{Dir: owner.dir, Part: owner.partName(step.to - owner.firstPart), At: step.file.at(step.at)}
	if step.method >= 0 {
		imported.Method = g.names[step.method]
	}
	if n := len(result.Imports); n > 0 {
		if last := &result.Imports[n-1]; last.Dir == imported.Dir && last.Part == imported.Part && last.Method == imported.Method {
			return
		}
	}
	result.Imports = append(result.Imports, imported)
}

// loads are the packages that are loaded with a package: those it imports.
func (l *goLinker) loads(p *goPackage) []source.Import {
	var found []source.Import
	for _, file := range p.files {
		for _, imported := range file.imports {
			known := slices.ContainsFunc(found, func(other source.Import) bool { return other.Dir == imported.dir })
			if imported.inApp && l.byDir[imported.dir] != nil && !known {
				found = append(found, source.Import{Dir: imported.dir, At: file.at(imported.at)})
			}
		}
	}
	slices.SortFunc(found, func(a, b source.Import) int { return cmp.Compare(a.Dir, b.Dir) })
	return found
}

// markRoots marks what a service runs of its own accord: endpoints, the auth handler, middleware, handlers of messages,
// its struct and the functions that make and stop it, and what is loaded with any of these.
func (l *goLinker) markRoots(p *goPackage) {
	if p.service == "" {
		return
	}
	named := make(map[string]bool) // as parts are
	add := func(name string) {
		named[name] = true
		for _, structure := range p.structs {
			named[structure.name+"."+name] = true
		}
	}
	for _, endpoint := range p.endpoints {
		add(endpoint.Name)
	}
	for _, handler := range p.authHandlers {
		add(handler.Name)
	}
	for _, middleware := range p.middleware {
		add(middleware.Name)
	}
	for _, structure := range p.structs {
		named[structure.name], named["init"+structure.name], named[structure.name+".Shutdown"] = true, true, true
	}
	for _, decl := range p.decls {
		if l.language.spellings[decl.spelling].Handler != "" {
			named[cmp.Or(decl.Symbol, unnamedPart)] = true
		}
	}
	p.parts[loadPart].root = len(named) > 0 || l.roots[p.dir] != nil || len(p.decls)+len(p.named) > 0
	if len(named) == 0 {
		return
	}
	for i := range p.parts {
		part := int32(i)
		p.parts[i].root = p.parts[i].root || part > nowhere && named[p.partName(part)]
	}
}

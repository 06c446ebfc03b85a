// Package graph follows how the parts of an application lead to each other: from code to the code it runs, and from what
// packages do while they load. It is given what references come to, and knows neither names nor how they are resolved.
package graph

import (
	"cmp"
	"go/token"
	"slices"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/golang/facts"
)

// graph is how the parts of the application lead to each other. Most of them lead to nothing that matters: no
// resource, and no endpoint.
type graph struct {
	Application
	traced Traced
	count  int32
	// endpoints are the parts that are endpoints. Nothing leads to them: a call of one is a call, even within its own
	// service, which runs it of its own accord.
	endpoints []bool
	steps     []Step
	// methods numbers the names that methods have, methodOf is the number of each part's, -1 for no method.
	methods  map[string]int32
	methodOf []int32
	names    []string
	// selects leads from parts to numbers of names.
	selects []facts.Pair
	// useful are the parts that lead to something, called the names of which some method does.
	useful []bool
	called []bool
}

// number finds the methods and the endpoints.
func (g *graph) number() {
	for _, p := range g.Packages {
		g.count = p.FirstPart + int32(len(p.Parts))
	}
	g.endpoints, g.useful = make([]bool, g.count), make([]bool, g.count)
	g.methodOf = make([]int32, g.count)
	for _, p := range g.Packages {
		endpoints := make(map[[2]string]bool)
		for _, endpoint := range p.Endpoints {
			endpoints[[2]string{endpoint.Receiver, endpoint.Name}] = true
		}
		for i := range p.Parts {
			part := &p.Parts[i]
			g.endpoints[p.FirstPart+int32(i)] = len(endpoints) > 0 && endpoints[[2]string{part.Receiver, part.Name}]
			g.methodOf[p.FirstPart+int32(i)] = -1
			if part.Receiver == "" {
				continue
			}
			number, ok := g.methods[part.Name]
			if !ok {
				number = int32(len(g.names))
				g.methods[part.Name] = number
				g.names = append(g.names, part.Name)
			}
			g.methodOf[p.FirstPart+int32(i)] = number
		}
	}
}

// collect takes over what one package's parts lead to.
func (g *graph) collect(u *Outcome) {
	p := u.Package
	for _, name := range p.Names {
		g.add(Step{p.FirstPart + name.From, p.FirstPart + name.To, -1, name.Hold, false, name.File, name.At})
	}
	for _, step := range u.Steps {
		g.add(step)
	}
	numbers := make([]int32, len(p.Selectors))
	for i, name := range p.Selectors {
		number, ok := g.methods[name]
		if numbers[i] = number; !ok {
			numbers[i] = -1
		}
	}
	for _, selected := range p.Selects {
		if number := numbers[selected.To]; number >= 0 {
			g.selects = append(g.selects, facts.Pair{From: p.FirstPart + selected.From, To: number})
		}
	}
	for _, selected := range u.Selected {
		if number, ok := g.methods[selected.Name]; ok {
			g.selects = append(g.selects, facts.Pair{From: p.FirstPart + selected.Part, To: number})
		}
	}
}

func (g *graph) add(step Step) {
	if !g.endpoints[step.To] {
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
func (g *graph) collectTypes() {
	named := make([]bool, len(g.names))
	for _, selected := range g.selects {
		named[selected.To] = true
	}
	for _, p := range g.Packages {
		for i := range p.Parts {
			part := &p.Parts[i]
			typ, ok := p.PartOf[part.Receiver]
			if part.Receiver == "" || !ok {
				continue
			}
			to := p.FirstPart + int32(i)
			method := g.methodOf[to]
			if calledByOthers[part.Name] || !named[method] && token.IsExported(part.Name) {
				method = -1
			}
			g.add(Step{p.FirstPart + typ, to, method, facts.HoldKept, true, part.File, part.At})
		}
	}
}

// findUseful goes back from what uses or calls something.
func (g *graph) findUseful() {
	into := newIndex(g.count, len(g.steps), func(i int) (int32, int32) { return g.steps[i].To, g.steps[i].From })
	selecting := newIndex(int32(len(g.names)), len(g.selects), func(i int) (int32, int32) { return g.selects[i].To, g.selects[i].From })
	g.called = make([]bool, len(g.names))
	var found []int32
	mark := func(part int32) {
		if !g.useful[part] {
			g.useful[part] = true
			found = append(found, part)
		}
	}
	for _, p := range g.Packages {
		for i := range p.Parts {
			if p.Parts[i].Does {
				mark(p.FirstPart + int32(i))
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

// numberIndex lists numbers by number.
type numberIndex struct {
	start []int32
	items []int32
}

func newIndex(keys int32, count int, at func(int) (key, item int32)) numberIndex {
	index := numberIndex{make([]int32, keys+1), make([]int32, count)}
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

func (x numberIndex) of(key int32) []int32 { return x.items[x.start[key]:x.start[key+1]] }

// emit lists the parts that matter: what each package runs at load, and of the others those that lead to something and
// have more to say than that they do it themselves, unless other parts lead to them.
func (g *graph) emit() {
	g.steps = slices.DeleteFunc(g.steps, func(s Step) bool { return !g.useful[s.From] || !g.useful[s.To] })
	g.selects = slices.DeleteFunc(g.selects, func(s facts.Pair) bool { return !g.useful[s.From] || !g.called[s.To] })
	wanted := make([]bool, g.count)
	for _, step := range g.steps {
		wanted[step.From], wanted[step.To] = true, true
	}
	for _, selected := range g.selects {
		wanted[selected.From] = true
	}
	slices.SortFunc(g.steps, func(a, b Step) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Method, b.Method), cmp.Compare(a.At.Start, b.At.Start))
	})
	slices.SortFunc(g.selects, func(a, b facts.Pair) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	owner := make([]*facts.Package, g.count)
	for _, p := range g.Packages {
		for i := range p.Parts {
			owner[p.FirstPart+int32(i)] = p
		}
	}
	steps, selects := g.steps, slices.Compact(g.selects)
	for _, p := range g.Packages {
		for i := range p.Parts {
			number := p.FirstPart + int32(i)
			result := source.Package{Dir: p.Dir, Part: p.PartName(int32(i)), Service: p.Service, Root: p.Parts[i].Root}
			if i == int(facts.LoadPart) {
				result.Imports = g.loadedWith(p)
			}
			for ; len(steps) > 0 && steps[0].From == number; steps = steps[1:] {
				g.emitStep(&result, steps[0], owner[steps[0].To])
			}
			for ; len(selects) > 0 && selects[0].From == number; selects = selects[1:] {
				result.Methods = append(result.Methods, g.names[selects[0].To])
			}
			if i == int(facts.LoadPart) || wanted[number] && i != int(facts.Nowhere) {
				slices.Sort(result.Methods)
				g.traced.Packages = append(g.traced.Packages, result)
			}
		}
	}
}

func (g *graph) emitStep(result *source.Package, step Step, owner *facts.Package) {
	imported := source.Import{Dir: owner.Dir, Part: owner.PartName(step.To - owner.FirstPart), At: step.File.At(step.At)}
	if step.Method >= 0 {
		imported.Method = g.names[step.Method]
	}
	if n := len(result.Imports); n > 0 {
		if last := &result.Imports[n-1]; last.Dir == imported.Dir && last.Part == imported.Part && last.Method == imported.Method {
			return
		}
	}
	result.Imports = append(result.Imports, imported)
}

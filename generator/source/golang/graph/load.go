package graph

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/source/golang/facts"
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

// loading is the walk over what runs while packages load.
type loading struct {
	graph   *graph
	effects []Effect
	effect  numberIndex // by part
	step    numberIndex
	sel     numberIndex
	seen    []bool
	queue   []int32
	// called are the names of methods that something calls, waiting the steps to methods that nothing has called yet.
	called  []bool
	waiting map[int32][]int32
	// sets are the parts that assign to a variable, gives what comes into the hands of who names a part.
	sets  map[int32][]int32
	gives map[int32][]int32
}

// findLoads lists what is done while packages load.
func (g *graph) findLoads(outcomes []*Outcome) {
	w := &loading{graph: g, seen: make([]bool, g.count), called: make([]bool, len(g.names)), waiting: map[int32][]int32{}, sets: map[int32][]int32{}, gives: map[int32][]int32{}}
	for _, outcome := range outcomes {
		w.effects = append(w.effects, outcome.Effects...)
		outcome.Effects = nil
	}
	if len(w.effects) == 0 {
		return
	}
	w.effect = newIndex(g.count, len(w.effects), func(i int) (int32, int32) { return w.effects[i].Part, int32(i) })
	w.step = newIndex(g.count, len(g.steps), func(i int) (int32, int32) { return g.steps[i].From, int32(i) })
	w.sel = newIndex(g.count, len(g.selects), func(i int) (int32, int32) { return g.selects[i].From, g.selects[i].To })
	for _, p := range g.Packages {
		for _, set := range p.Sets {
			w.sets[p.FirstPart+set.From] = append(w.sets[p.FirstPart+set.From], p.FirstPart+set.To)
		}
	}
	for _, p := range g.loadedPackages() {
		w.visit(p.FirstPart + facts.LoadPart)
	}
	for i := 0; i < len(w.queue); i++ {
		w.enter(w.queue[i])
	}
	for _, part := range w.queue {
		w.perform(part)
	}
}

func (w *loading) visit(part int32) {
	if !w.seen[part] {
		w.seen[part] = true
		w.queue = append(w.queue, part)
	}
}

// enter goes on from a part that runs.
func (w *loading) enter(part int32) {
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
		method := step.Method
		if step.ofType {
			method = w.graph.methodOf[step.To] // what code of other modules calls, it calls later
		}
		if method >= 0 && !w.called[method] {
			w.waiting[method] = append(w.waiting[method], step.To)
			continue
		}
		w.visit(step.To)
	}
}

// perform records what a part that runs does.
func (w *loading) perform(part int32) {
	for _, i := range w.effect.of(part) {
		if w.effects[i].Hold == facts.HoldNot {
			w.record(&w.effects[i], nil)
		}
	}
	for _, i := range w.step.of(part) {
		if step := &w.graph.steps[i]; step.Hold == facts.HoldNot {
			for _, given := range w.given(step.To) {
				at := step.File.At(step.At)
				w.record(&w.effects[given], &at)
			}
		}
	}
}

// given are the effects that a part leaves to who names it.
func (w *loading) given(part int32) []int32 {
	if known, ok := w.gives[part]; ok {
		return known
	}
	w.gives[part] = nil // what leads back to itself adds nothing
	found := w.held(part, facts.HoldReturned)
	for _, from := range w.sets[part] {
		found = append(found, w.held(from, facts.HoldStored)...)
	}
	slices.Sort(found)
	w.gives[part] = slices.Compact(found)
	return w.gives[part]
}

func (w *loading) held(part int32, hold facts.Hold) []int32 {
	var found []int32
	for _, i := range w.effect.of(part) {
		if w.effects[i].Hold == hold {
			found = append(found, i)
		}
	}
	for _, i := range w.step.of(part) {
		if step := &w.graph.steps[i]; step.Hold == hold {
			found = append(found, w.given(step.To)...)
		}
	}
	return found
}

// record adds uses or a call, at another place than their own when one is given.
func (w *loading) record(effect *Effect, at *hcl.Range) {
	result := &w.graph.traced
	if effect.IsCall {
		result.LoadCalls = append(result.LoadCalls, effect.Of.Calls[effect.First])
		return
	}
	uses := effect.Narrowed
	if uses == nil {
		uses = effect.Of.Uses[effect.First:effect.Last]
	}
	for _, use := range uses {
		if at != nil {
			use.At = *at
		}
		result.Loads = append(result.Loads, use)
	}
}

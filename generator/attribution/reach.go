package attribution

import (
	"fmt"
	"path"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/source"
)

// A service runs whatever its code names, whoever wrote it: a function of another service's package, the handle of an
// ORM in a shared file, the client that holds a secret. What that code uses and calls, the process needs, although no
// expression in the service's folder shows it and Encore does not attribute it. Which of it is needed only the running
// program knows; what the code leads to is the bound that is sound.

// codePart names a declaration of a package or file, or what runs when it is loaded.
type codePart struct{ path, name string }

// code is the application's code, numbered: there are many parts, and each service looks at them anew.
type code struct {
	parts []source.Package
	steps [][]codeStep // by part
	// own are the parts that a process hosting the service begins with.
	own   map[string][]int32
	index map[codePart]int32
}

// codeStep leads from one part to another; method is as in source.Import.
type codeStep struct {
	to     int32
	method string
	at     *hcl.Range
}

// reachedPart is a part that runs in a service.
type reachedPart struct {
	part int32
	// first is the part outside the service that its own code leads to, and that leads here; -1 for its own parts.
	first int32
	// at is the place in the service's own code that leads there.
	at *hcl.Range
}

// action is what a service does with a resource, or which endpoint of a service it calls.
type action struct {
	app.ID
	name string
}

// byParts reports whether the reader knows declarations, and not packages and files alone.
func (r *resolver) byParts() bool { return r.read.Origin == source.FromCode }

// numberParts prepares the application's code for reach. Where whole folders are all that is known, what a folder of
// another service holds is taken to be none of the importing service's: most of it is not.
func (r *resolver) numberParts() *code {
	c := &code{parts: r.read.Packages, own: map[string][]int32{}, index: make(map[codePart]int32, len(r.read.Packages))}
	rooted := false
	for i := range c.parts {
		part := &c.parts[i]
		c.index[codePart{part.Dir, part.Part}] = int32(i)
		rooted = rooted || part.Root
	}
	c.steps = make([][]codeStep, len(c.parts))
	for i := range c.parts {
		part := &c.parts[i]
		if part.Service != "" && (part.Root || !rooted) {
			c.own[part.Service] = append(c.own[part.Service], int32(i))
		}
		for n := range part.Imports {
			imported := &part.Imports[n]
			to, known := c.index[codePart{imported.Dir, imported.Part}]
			if known && (r.byParts() || c.parts[to].Service == "") {
				c.steps[i] = append(c.steps[i], codeStep{to, imported.Method, &imported.At})
			}
		}
	}
	return c
}

// walk is one service's way through the code.
type walk struct {
	code    *code
	service string
	seen    []bool
	found   []reachedPart
	called  map[string]bool
	// waiting are parts that run once something of their name is called.
	waiting map[string][]reachedPart
}

// from lists the code that runs in a service, nearest first.
func (c *code) from(service string, middleware []app.Middleware) []reachedPart {
	w := &walk{code: c, service: service, seen: make([]bool, len(c.parts)), called: map[string]bool{}, waiting: map[string][]reachedPart{}}
	for _, part := range c.own[service] {
		w.visit(reachedPart{part: part, first: -1})
	}
	for i := range middleware {
		for _, name := range []string{"", middleware[i].Name} {
			if part, known := c.index[codePart{middleware[i].Package, name}]; known {
				w.visit(reachedPart{part, part, &middleware[i].At})
			}
		}
	}
	for i := 0; i < len(w.found); i++ {
		from := w.found[i]
		for _, name := range c.parts[from.part].Methods {
			w.call(name)
		}
		for _, step := range c.steps[from.part] {
			to := reachedPart{step.to, from.first, from.at}
			if from.first < 0 {
				to.first, to.at = step.to, step.at
			}
			if step.method != "" && !w.called[step.method] {
				w.waiting[step.method] = append(w.waiting[step.method], to)
				continue
			}
			w.visit(to)
		}
	}
	return w.found
}

func (w *walk) visit(to reachedPart) {
	if w.seen[to.part] {
		return
	}
	w.seen[to.part] = true
	if w.code.parts[to.part].Service == w.service {
		to.first, to.at = -1, nil
	}
	w.found = append(w.found, to)
}

func (w *walk) call(method string) {
	if w.called[method] {
		return
	}
	w.called[method] = true
	for _, to := range w.waiting[method] {
		w.visit(to)
	}
	delete(w.waiting, method)
}

// reachableCode are the uses and calls of the code, by part, and the declarations that are demanded of everybody, by folder.
type reachableCode struct {
	uses       map[int32][]source.Use
	calls      map[int32][]source.Call
	everywhere map[string][]source.Decl
}

func (r *resolver) collectReaches(c *code) reachableCode {
	found := reachableCode{map[int32][]source.Use{}, map[int32][]source.Call{}, map[string][]source.Decl{}}
	for _, use := range r.read.Uses {
		kind, ok := kinds.Named(use.Kind)
		// What stands in no service and is demanded of everybody is granted by its declaration.
		demanded := kind.Everywhere && use.Service == "" && !r.typeScript()
		if part, known := c.index[codePart{use.Package, use.Part}]; ok && known && use.Middleware == "" && !demanded {
			found.uses[part] = append(found.uses[part], use)
		}
	}
	for _, call := range r.read.Calls {
		if part, known := c.index[codePart{call.Package, call.Part}]; known && !call.ReferenceOnly {
			found.calls[part] = append(found.calls[part], call)
		}
	}
	for _, decl := range r.read.Decls {
		if kind, ok := kinds.Named(decl.Kind); ok && kind.Everywhere && decl.Service == "" && !r.typeScript() {
			found.everywhere[decl.Package] = append(found.everywhere[decl.Package], decl)
		}
	}
	return found
}

// reach gives each service what the code of others that runs in it uses and calls.
func (r *resolver) reach() {
	c := r.numberParts()
	reaches := r.collectReaches(c)
	if len(reaches.uses) == 0 && len(reaches.calls) == 0 && len(reaches.everywhere) == 0 {
		return
	}
	known := r.actions()
	for _, service := range r.app.Services {
		var middleware []app.Middleware
		for _, m := range r.app.Middleware {
			if m.Global && m.RunsIn(service) {
				middleware = append(middleware, m)
			}
		}
		seen := map[string]bool{}
		for _, part := range c.from(service.Name, middleware) {
			if part.first < 0 {
				continue
			}
			dir := c.parts[part.part].Dir
			if !seen[dir] {
				seen[dir] = true
				for _, decl := range reaches.everywhere[dir] {
					r.edge(service.Name, app.ID{Kind: decl.Kind, Parent: decl.Parent, Name: decl.Name}, "", app.Reached, dir, *part.at)
				}
			}
			r.reachPart(service.Name, c, part, reaches, known[service.Name])
		}
		for dir, decls := range reaches.everywhere {
			for _, decl := range decls {
				if !seen[dir] {
					r.edge(service.Name, app.ID{Kind: decl.Kind, Parent: decl.Parent, Name: decl.Name}, "", app.Demanded, dir, decl.At)
				}
			}
		}
	}
}

// reachPart adds an edge for all that one part gives a service, unless it has it already.
func (r *resolver) reachPart(service string, c *code, part reachedPart, reaches reachableCode, known map[action]bool) {
	uses, calls := reaches.uses[part.part], reaches.calls[part.part]
	if len(uses) == 0 && len(calls) == 0 {
		return
	}
	through := r.way(c, part)
	for _, use := range uses {
		kind, _ := kinds.Named(use.Kind)
		to := target(kind, use.Parent, use.Name)
		whole, _ := kinds.Named(to.Kind)
		done := action{to, use.Operation}
		if kind.PartOf != "" {
			done.name = kind.Name // that it uses a part of its own does not give it those of others
		}
		if r.resources[to] != nil && whole.Verbs[use.Operation] != "" && !known[done] {
			known[done] = true
			r.edge(service, to, use.Operation, app.Reached, through, *part.at)
		}
	}
	for _, call := range calls {
		to := app.ID{Kind: app.ServiceKind, Name: call.TargetService}
		if done := (action{to, call.Endpoint}); call.TargetService != service && !known[done] {
			known[done] = true
			r.edge(service, to, call.Endpoint, app.Reached, through, *part.at)
		}
	}
}

// actions are what each service does by code of its own.
func (r *resolver) actions() map[string]map[action]bool {
	found := map[string]map[action]bool{}
	for _, service := range r.app.Services {
		found[service.Name] = map[action]bool{}
	}
	for _, e := range r.app.Edges {
		if done := found[e.Service]; done != nil && !e.ReferenceOnly {
			done[action{e.To(), e.Operation}] = true
		}
	}
	return found
}

// way spells how a service gets to a part: the first code of others on the way, and the last. In TypeScript the file
// says it.
func (r *resolver) way(c *code, part reachedPart) string {
	last := spellPart(c.parts[part.part])
	if r.read.Runtime != app.EncoreGo || part.first == part.part {
		return last
	}
	return spellPart(c.parts[part.first]) + " and then " + last
}

func spellPart(part source.Package) string {
	if part.Part == "" || path.Ext(part.Dir) != "" {
		return part.Dir
	}
	return path.Base(part.Dir) + "." + part.Part
}

// warnReached tells of what a service gets only because code of others that it runs uses or calls it.
func (r *resolver) warnReached(e app.Edge) *hcl.Diagnostic {
	if e.Kind == app.ServiceKind {
		hint := fmt.Sprintf("call %s.%s in %s itself to make it visible, call an endpoint of the service that calls it, or set strict_access = true in %s if %[3]s does without",
			e.Resource, e.Operation, e.Service, environment.Filename)
		return diagnostic.Warning(e.At, fmt.Sprintf("service %q is called through %s", e.Resource, e.Through), hint,
			"No code of %s calls it, but what is named here does, or what that names in turn, and it runs in %[1]s; so %[1]s is told where %s is where access is not strict. Encore's build does not demand it.",
			e.Service, e.Resource)
	}
	kind, _ := kinds.Named(e.Kind)
	hint := fmt.Sprintf("%s, call an endpoint of the service that uses it, or set strict_access = true in %s if %s does without", r.remedy(kind, e), environment.Filename, e.Service)
	return diagnostic.Warning(e.At, fmt.Sprintf("%s %q is reached through %s", kind.Noun, e.Resource, e.Through), hint,
		"No code of %s uses it, but what is named here does, or what that names in turn, and it runs in %[1]s; so %[1]s gets it where access is not strict. Encore's metadata does not list this.", e.Service)
}

// remedy is how a service shows that it uses what it reaches.
func (r *resolver) remedy(kind kind.Kind, e app.Edge) string {
	if r.read.Runtime == app.EncoreGo && !kind.Everywhere {
		if call := spelledByName(kind, r.read.Runtime, e.Resource); call != "" {
			return fmt.Sprintf("declare `var db = %s` in %s to make it visible", call, e.Service)
		}
		if kind.Go[0].Ref != "" {
			return fmt.Sprintf("make %s.%s of it in %s and pass that on to make it visible", path.Base(kind.Go[0].Package), kind.Go[0].Ref, e.Service)
		}
	}
	return fmt.Sprintf("use the %s in %s itself to make it visible", kind.Noun, e.Service)
}

// WithoutReach is the application with nothing but the uses and calls that a service's own code shows, for environments
// that want it strict.
func WithoutReach(a *app.App) *app.App {
	strict := *a
	strict.Edges = slices.DeleteFunc(slices.Clone(a.Edges), func(e app.Edge) bool { return e.Origin == app.Reached })
	return &strict
}

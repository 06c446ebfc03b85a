package graph

import (
	"cmp"
	"slices"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/golang/facts"
	"github.com/groundplan/groundplan/generator/source/golang/vocabulary"
)

// Application is an application whose services are known.
type Application struct {
	Packages []*facts.Package
	ByDir    map[string]*facts.Package // the same packages by folder
	// Roots are the services by folder.
	Roots    map[string]*app.Service
	Language *vocabulary.Table
}

// Outcome is what the references of one package come to: what the caller lists, and what Trace takes over.
type Outcome struct {
	Package *facts.Package
	Uses    []source.Use
	Calls   []source.Call
	Steps   []Step
	// Selected are the methods that parts call on values of other packages.
	Selected []Selected
	// Effects are what the parts do with resources, and the endpoints they call.
	Effects []Effect
}

// Step leads from a part to another, both by their numbers in the whole application. Method is the number of the name
// that must be called for the step to count, -1 for none.
type Step struct {
	From, To, Method int32
	Hold             facts.Hold
	ofType           bool // from a type to its method
	File             *facts.File
	At               facts.Span
}

// Selected is a part, by its number in its package, and the name of a method that it calls.
type Selected struct {
	Part int32
	Name string
}

// Effect is what a part does with a resource, or takes it in hand to do; or a call of an endpoint.
type Effect struct {
	Part int32 // by its number in the whole application
	Hold facts.Hold
	// It is Of.Uses from First up to Last, or Of.Calls at First when IsCall is set: there are many effects.
	Of          *Outcome
	First, Last int32
	IsCall      bool
	// Narrowed are, instead of those, uses of what was narrowed, which are none elsewhere.
	Narrowed []source.Use
}

// Traced are the lists of the result that follow from how parts lead to each other.
type Traced struct {
	Packages  []source.Package
	Loads     []source.Use
	LoadCalls []source.Call
}

// NumberParts gives every part of the application a number: its package's first, and its own.
func NumberParts(packages []*facts.Package) {
	first := int32(0)
	for _, p := range packages {
		p.FirstPart = first
		first += int32(len(p.Parts))
	}
}

// Trace turns the parts, which NumberParts has numbered, into packages of the result, and lists what is done while they load. It takes over what the
// outcomes hold beside uses and calls.
func Trace(a Application, outcomes []*Outcome) Traced {
	g := &graph{Application: a, methods: make(map[string]int32)}
	g.number()
	for _, p := range a.Packages {
		g.markRoots(p)
	}
	for _, outcome := range outcomes {
		g.collect(outcome)
		outcome.Steps, outcome.Selected = nil, nil
	}
	g.collectTypes()
	g.findUseful()
	g.findLoads(outcomes)
	g.emit()
	return g.traced
}

// markRoots marks what a service runs of its own accord: endpoints, the auth handler, middleware, handlers of messages,
// its struct and the functions that make and stop it, and what is loaded with any of these.
func (a Application) markRoots(p *facts.Package) {
	if p.Service == "" {
		return
	}
	named := make(map[string]bool) // as parts are
	add := func(name string) {
		named[name] = true
		for _, structure := range p.Structs {
			named[structure.Name+"."+name] = true
		}
	}
	for _, endpoint := range p.Endpoints {
		add(endpoint.Name)
	}
	for _, handler := range p.AuthHandlers {
		add(handler.Name)
	}
	for _, middleware := range p.Middleware {
		add(middleware.Name)
	}
	for _, structure := range p.Structs {
		named[structure.Name], named["init"+structure.Name], named[structure.Name+".Shutdown"] = true, true, true
	}
	for _, decl := range p.Decls {
		if a.Language.Spellings[decl.Spelling].Handler != "" {
			named[cmp.Or(decl.Symbol, facts.UnnamedPart)] = true
		}
	}
	p.Parts[facts.LoadPart].Root = len(named) > 0 || a.Roots[p.Dir] != nil || len(p.Decls)+len(p.Named) > 0
	if len(named) == 0 {
		return
	}
	for i := range p.Parts {
		part := int32(i)
		p.Parts[i].Root = p.Parts[i].Root || part > facts.Nowhere && named[p.PartName(part)]
	}
}

// loadedWith are the packages that are loaded with a package: those it imports.
func (a Application) loadedWith(p *facts.Package) []source.Import {
	var found []source.Import
	for _, file := range p.Files {
		for _, imported := range file.Imports {
			known := slices.ContainsFunc(found, func(other source.Import) bool { return other.Dir == imported.Dir })
			if imported.InApp && a.ByDir[imported.Dir] != nil && !known {
				found = append(found, source.Import{Dir: imported.Dir, At: file.At(imported.At)})
			}
		}
	}
	slices.SortFunc(found, func(a, b source.Import) int { return cmp.Compare(a.Dir, b.Dir) })
	return found
}

// loadedPackages are those that every process loads: what services and global middleware stand in, and what that
// imports.
func (a Application) loadedPackages() []*facts.Package {
	var found []*facts.Package
	seen := make(map[*facts.Package]bool)
	load := func(p *facts.Package) {
		if p != nil && !seen[p] {
			seen[p] = true
			found = append(found, p)
		}
	}
	for _, p := range a.Packages {
		if a.Roots[p.Dir] != nil || len(p.AuthHandlers) > 0 || slices.ContainsFunc(p.Middleware, func(m *facts.Middleware) bool { return m.Global }) {
			load(p)
		}
	}
	for i := 0; i < len(found); i++ {
		for _, imported := range a.loadedWith(found[i]) {
			load(a.ByDir[imported.Dir])
		}
	}
	return found
}

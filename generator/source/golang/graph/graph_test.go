package graph_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/golang/facts"
	"github.com/groundplan/groundplan/generator/source/golang/graph"
	"github.com/groundplan/groundplan/generator/source/golang/vocabulary"
)

// parts of a made-up package, by the numbers that pack gives them.
const (
	load, run, helper, typ, exec, store, idle = 0, 2, 3, 4, 5, 6, 7
)

// pack is the package a, a service: the endpoint Run, the function helper, the type T with the methods Exec and Close, the variable
// store, and a function that leads nowhere.
func pack() *facts.Package {
	file := &facts.File{Name: "a/a.go", Lines: []int32{0}}
	p := &facts.Package{Dir: "a", Name: "a", Service: "a", Files: []*facts.File{file}, Endpoints: []*facts.Endpoint{{Endpoint: app.Endpoint{Name: "Run"}}}}
	p.BeginParts()
	p.Declare(file, "Run", facts.Span{})
	p.Declare(file, "helper", facts.Span{})
	p.Declare(file, "T", facts.Span{})
	p.DeclareMethod(file, "T", "exec", facts.Span{})
	p.Declare(file, "store", facts.Span{})
	p.Declare(file, "idle", facts.Span{})
	return p
}

// TestTrace: given how these parts lead to each other and what they do, these are the parts that matter, and what is done at load.
func TestTrace(t *testing.T) {
	leads := func(p *facts.Package, from, to int32, hold facts.Hold) {
		p.Leads(facts.PairAt{Pair: facts.Pair{From: from, To: to}, Hold: hold, File: p.Files[0]})
	}
	does := func(o *graph.Outcome, part int32, hold facts.Hold) {
		o.Package.Parts[part].Does = true
		o.Uses = append(o.Uses, source.Use{Kind: "database", Name: "main"})
		o.Effects = append(o.Effects, graph.Effect{Part: part, Hold: hold, Of: o, First: int32(len(o.Uses) - 1), Last: int32(len(o.Uses))})
	}
	for _, test := range []struct {
		name  string
		make  func(p *facts.Package, o *graph.Outcome)
		parts string
		loads int
	}{
		{"nothing", func(*facts.Package, *graph.Outcome) {}, " root", 0},
		{"an endpoint that uses something", func(_ *facts.Package, o *graph.Outcome) { does(o, run, facts.HoldNot) }, " root", 0},
		{"by way of a function", func(p *facts.Package, o *graph.Outcome) {
			leads(p, run, helper, facts.HoldNot)
			leads(p, run, idle, facts.HoldNot)
			does(o, helper, facts.HoldNot)
		}, " root; Run root: helper; helper", 0},
		{"nothing leads to an endpoint", func(p *facts.Package, o *graph.Outcome) {
			leads(p, helper, run, facts.HoldNot)
			does(o, run, facts.HoldNot)
		}, " root", 0},
		{"a method that something calls", func(p *facts.Package, o *graph.Outcome) {
			leads(p, run, typ, facts.HoldNot)
			p.Asks(run, "exec")
			does(o, exec, facts.HoldNot)
		}, " root; Run root: T asks exec; T: T.exec if exec; T.exec", 0},
		{"a method that nothing calls", func(p *facts.Package, o *graph.Outcome) {
			leads(p, run, typ, facts.HoldNot)
			does(o, exec, facts.HoldNot)
		}, " root; Run root: T; T: T.exec if exec; T.exec", 0},
		{"at load", func(p *facts.Package, o *graph.Outcome) {
			leads(p, load, helper, facts.HoldNot)
			does(o, helper, facts.HoldNot)
		}, " root: helper; helper", 1},
		{"taken in hand at load", func(p *facts.Package, o *graph.Outcome) {
			leads(p, load, helper, facts.HoldKept)
			does(o, helper, facts.HoldReturned)
		}, " root: helper; helper", 0},
		{"returned, and used by who called", func(p *facts.Package, o *graph.Outcome) {
			leads(p, load, helper, facts.HoldNot)
			does(o, helper, facts.HoldReturned)
		}, " root: helper; helper", 1},
		{"stored in a variable that is used at load", func(p *facts.Package, o *graph.Outcome) {
			leads(p, load, store, facts.HoldNot)
			p.Sets = append(p.Sets, facts.Pair{From: store, To: helper})
			does(o, helper, facts.HoldStored)
		}, " root", 1},
		{"by a method that is called later", func(p *facts.Package, o *graph.Outcome) {
			leads(p, load, typ, facts.HoldNot)
			does(o, exec, facts.HoldNot)
		}, " root: T; T: T.exec if exec; T.exec", 0},
		{"by a method that is called at load", func(p *facts.Package, o *graph.Outcome) {
			leads(p, load, typ, facts.HoldNot)
			p.Asks(load, "exec")
			does(o, exec, facts.HoldNot)
		}, " root: T asks exec; T: T.exec if exec; T.exec", 1},
		{"a function that leads to itself", func(p *facts.Package, o *graph.Outcome) {
			leads(p, load, helper, facts.HoldNot)
			leads(p, helper, idle, facts.HoldReturned)
			leads(p, idle, helper, facts.HoldReturned)
			does(o, idle, facts.HoldReturned)
		}, " root: helper; helper: idle; idle: helper", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := pack()
			o := &graph.Outcome{Package: p}
			test.make(p, o)
			graph.NumberParts([]*facts.Package{p})
			traced := graph.Trace(graph.Application{
				Packages: []*facts.Package{p}, ByDir: map[string]*facts.Package{"a": p}, Roots: map[string]*app.Service{"a": {Name: "a", Dir: "a"}}, Language: vocabulary.New("app.example", nil),
			}, []*graph.Outcome{o})
			var found []string
			for _, part := range traced.Packages {
				line := part.Part
				if part.Root {
					line += " root"
				}
				var leads []string
				for _, imported := range part.Imports {
					lead := imported.Part
					if imported.Method != "" {
						lead += " if " + imported.Method
					}
					leads = append(leads, lead)
				}
				if len(leads) > 0 {
					line += ": " + strings.Join(leads, ", ")
				}
				if len(part.Methods) > 0 {
					line += " asks " + strings.Join(part.Methods, ", ")
				}
				found = append(found, line)
			}
			if got := strings.Join(found, "; "); got != test.parts {
				t.Errorf("parts %q, want %q", got, test.parts)
			}
			if len(traced.Loads) != test.loads {
				t.Errorf("%d uses at load, want %d", len(traced.Loads), test.loads)
			}
		})
	}
}

// TestPackages: packages are loaded with what imports them, and roots are what a service runs of its own accord.
func TestPackages(t *testing.T) {
	language := vocabulary.New("app.example", []source.GoSpelling{{Kind: "subscription", Handler: "Handler"}})
	a, lib := pack(), pack()
	lib.Dir, lib.Service, lib.Endpoints = "lib", "", nil
	a.Files[0].Imports = []facts.Import{{Path: "app.example/lib", Dir: "lib", InApp: true}, {Path: "app.example/lib", Dir: "lib", InApp: true}, {Path: "fmt"}, {Path: "app.example/none", Dir: "none", InApp: true}}
	a.Endpoints = nil
	a.Structs = []*facts.ServiceStruct{{Name: "T"}}
	a.Middleware = []*facts.Middleware{{Middleware: app.Middleware{Name: "exec"}}}
	a.Decls = []*facts.Decl{{Decl: source.Decl{Symbol: "store"}}}
	for _, p := range []*facts.Package{a, lib} {
		for i := range p.Parts {
			p.Parts[i].Does = true
		}
	}
	// What lib does while it is loaded counts for whoever imports it.
	o := &graph.Outcome{Package: lib, Uses: []source.Use{{Name: "main"}}}
	a.Leads(facts.PairAt{Pair: facts.Pair{From: store, To: helper}, File: a.Files[0]})
	packages := []*facts.Package{a, lib}
	graph.NumberParts(packages)
	o.Effects = []graph.Effect{{Part: lib.FirstPart + load, Of: o, Last: 1}}
	traced := graph.Trace(graph.Application{Packages: packages, ByDir: map[string]*facts.Package{"a": a, "lib": lib}, Roots: map[string]*app.Service{"a": {}}, Language: language}, []*graph.Outcome{{Package: a}, o})
	var roots, loads []string
	for _, part := range traced.Packages {
		if part.Root {
			roots = append(roots, part.Dir+"."+part.Part)
		}
		if part.Dir == "a" && part.Part == "" {
			for _, imported := range part.Imports {
				loads = append(loads, imported.Dir)
			}
		}
	}
	if want := []string{"a.", "a.T", "a.T.exec", "a.store"}; !slices.Equal(roots, want) {
		t.Errorf("roots %q, want %q", roots, want)
	}
	if want := []string{"lib"}; !slices.Equal(loads, want) || len(traced.Loads) != 1 {
		t.Errorf("loads %q and %v, want %q and one use", loads, traced.Loads, want)
	}
}

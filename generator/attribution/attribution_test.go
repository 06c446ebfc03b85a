package attribution

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/inspect"
	"github.com/groundplan/groundplan/generator/kinds/cron"
	"github.com/groundplan/groundplan/generator/source"
)

// TestI6_MiddlewareIsToldApartByNameAndPackage: what one global middleware uses is not the right of the services that
// another runs in, though it has the same name, or stands in the same package.
func TestI6_MiddlewareIsToldApartByNameAndPackage(t *testing.T) {
	read := reachable()
	read.Endpoints = append(read.Endpoints,
		app.Endpoint{Service: "a", Name: "get", Access: "private", Methods: []string{"GET"}, Path: "/a", Tags: []string{"fast"}},
		app.Endpoint{Service: "b", Name: "get", Access: "private", Methods: []string{"GET"}, Path: "/b", Tags: []string{"odd"}})
	read.Decls = append(read.Decls, source.Decl{Kind: "topic", Name: "only", Symbol: "only", Package: "lib", At: line("lib/lib.ts", 40)})
	read.Middleware = append(read.Middleware,
		app.Middleware{Name: "log", Package: "other", Global: true, Targets: []string{"tag:fast"}, At: line("other/other.ts", 1)},
		app.Middleware{Name: "trace", Package: "mw", Global: true, Targets: []string{"tag:odd"}, At: line("mw/mw.ts", 30)},
		app.Middleware{Name: "own", Package: "a", Service: "a", Targets: []string{"all"}, At: line("a/a.ts", 50)})
	read.Uses = append(read.Uses, source.Use{Kind: "topic", Name: "only", Operation: "publish", Package: "mw", Middleware: "log", At: line("mw/mw.ts", 3)})
	application, diags := Resolve(read, fstest.MapFS{}, "folder", true)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	var got []string
	for _, e := range application.Edges {
		if e.Resource == "only" {
			got = append(got, e.Service)
		}
	}
	if !slices.Equal(got, []string{"c"}) {
		t.Errorf("%v may publish, want c", got)
	}
}

// TestG1_ModelIsSorted shuffles what TestG1ResolveIsDeterministic leaves in place: endpoints, middleware and calls.
func TestG1_ModelIsSorted(t *testing.T) {
	read := func() *source.Application {
		read := reachable()
		for _, name := range []string{"one", "two", "three", "four"} {
			read.Endpoints = append(read.Endpoints, app.Endpoint{Service: "a", Name: name, Access: "public", Methods: []string{"GET"}, Path: "/" + name, At: line("a/a.ts", 20)})
			read.Calls = append(read.Calls, source.Call{Package: "b", Service: "b", TargetService: "a", Endpoint: name, At: line("b/b.ts", 20)})
		}
		return read
	}
	inspect := func(read *source.Application) []byte {
		application, diags := Resolve(read, fstest.MapFS{}, "folder", true)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		text, err := inspect.JSON(application, nil)
		if err != nil {
			t.Fatal(err)
		}
		return append(text, inspect.Text(application, nil, false)...)
	}
	want := inspect(read())
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 2))
		shuffled := read()
		shuffle(random, shuffled.Endpoints)
		shuffle(random, shuffled.Calls)
		shuffle(random, shuffled.Packages)
		if got := inspect(shuffled); !bytes.Equal(got, want) {
			t.Fatalf("seed %d gives another result:\n%s\nwant\n%s", seed, got, want)
		}
	}
}

// TestI6_CronJobsCallTheEndpointTheyName: another service may have an endpoint of the same name.
func TestI6_CronJobsCallTheEndpointTheyName(t *testing.T) {
	read := &source.Application{
		Runtime:  app.EncoreGo,
		Services: []app.Service{{Name: "a", Dir: "a"}, {Name: "b", Dir: "b"}},
		Packages: []source.Package{{Dir: "a", Service: "a"}, {Dir: "b", Service: "b"}},
		Endpoints: []app.Endpoint{
			{Service: "a", Name: "Run", Access: "private", Methods: []string{"POST"}, Path: "/a.Run", HasRequest: true},
			{Service: "b", Name: "Run", Access: "private", Methods: []string{"POST"}, Path: "/b.Run"},
		},
		Decls: []source.Decl{{Kind: "cron", Name: "nightly", Package: "b", Service: "b", At: line("b/b.go", 3), Config: source.Value{Kind: source.Object, Fields: []source.Field{
			{Name: "Schedule", Value: source.Value{Kind: source.String, Text: "0 3 * * *"}},
			{Name: "Endpoint", Value: source.Value{Kind: source.Reference, Text: "Run", Package: "b"}},
		}}}},
	}
	application, diags := Resolve(read, fstest.MapFS{}, "folder", true)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	if cron := application.Of("cron")[0].Spec.(*cron.Spec); cron.Service != "b" || cron.Endpoint != "Run" {
		t.Errorf("the job calls %s.%s", cron.Service, cron.Endpoint)
	}
	read.Decls[0].Config.Fields[1].Value.Package = "a"
	if _, diags := Resolve(read, fstest.MapFS{}, "folder", true); len(diags) != 1 || diags[0].Summary != "Endpoint with parameters" {
		t.Errorf("an endpoint that takes parameters: %v", diags)
	}
}

// TestI5_EveryEdgeHasAPlace: a use without file and line cannot be explained.
func TestI5_EveryEdgeHasAPlace(t *testing.T) {
	application, _ := Resolve(reachable(), fstest.MapFS{}, "folder", true)
	for _, e := range application.Edges {
		if e.At.Filename == "" || e.At.Start.Line < 1 {
			t.Errorf("%s -> %s %s stands nowhere", e.Service, e.Kind, e.Resource)
		}
	}
	if len(application.Edges) == 0 {
		t.Error("no edges")
	}
}

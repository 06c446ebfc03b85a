package attribution

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/inspect"
	"github.com/groundplan/groundplan/generator/source"
)

// taken is an application taken apart: a runs a.Run, which leads to b.Help and to the type b.Repo; a.Dead leads to b.Dead.
func taken() *source.Application {
	to := func(part, method, file string, n int) source.Import {
		return source.Import{Dir: "b", Part: part, Method: method, At: line(file, n)}
	}
	use := func(part string, n int) source.Use {
		return source.Use{Kind: "database", Name: "main", Package: "b", Part: part, Service: "b", At: line("b/b.go", n)}
	}
	settings := source.Value{Kind: source.Object, Fields: []source.Field{{Name: "Migrations", Value: source.Value{Kind: source.String, Text: "./migrations"}}}}
	guarantee := source.Value{Kind: source.Object, Fields: []source.Field{{Name: "DeliveryGuarantee", Value: source.Value{Kind: source.String, Text: "at-least-once"}}}}
	return &source.Application{
		Runtime:  app.EncoreGo,
		Services: []app.Service{{Name: "a", Dir: "a"}, {Name: "b", Dir: "b"}, {Name: "c", Dir: "c"}},
		Endpoints: []app.Endpoint{
			{Service: "a", Name: "Run", Access: "private", Methods: []string{"GET"}, Path: "/a"},
			{Service: "c", Name: "Get", Access: "private", Methods: []string{"GET"}, Path: "/c"},
		},
		Packages: []source.Package{
			{Dir: "a", Service: "a", Root: true},
			{Dir: "a", Part: "Run", Service: "a", Root: true, Imports: []source.Import{to("Help", "", "a/a.go", 5), to("Repo", "", "a/a.go", 6)}},
			{Dir: "a", Part: "Dead", Service: "a", Imports: []source.Import{to("Dead", "", "a/a.go", 9)}},
			{Dir: "b", Service: "b", Root: true},
			{Dir: "b", Part: "Help", Service: "b"},
			{Dir: "b", Part: "Dead", Service: "b"},
			{Dir: "b", Part: "Repo", Service: "b", Imports: []source.Import{to("Repo.Save", "Save", "b/b.go", 20), to("Repo.Load", "Load", "b/b.go", 22)}},
			{Dir: "b", Part: "Repo.Save", Service: "b"},
			{Dir: "b", Part: "Repo.Load", Service: "b"},
			{Dir: "c", Service: "c", Root: true},
		},
		Decls: []source.Decl{
			{Kind: "database", Name: "main", Symbol: "db", Package: "b", Service: "b", Migrations: "b/migrations", MigrationCount: 1, Config: settings, At: line("b/b.go", 3)},
			{Kind: "topic", Name: "done", Symbol: "Done", Package: "b", Service: "b", Config: guarantee, At: line("b/b.go", 4)},
		},
		Uses: []source.Use{
			use("Repo.Save", 21),
			{Kind: "topic", Name: "done", Operation: "publish", Package: "b", Part: "Dead", Service: "b", At: line("b/b.go", 30)},
		},
		Calls: []source.Call{{Package: "b", Part: "Help", Service: "b", TargetService: "c", Endpoint: "Get", At: line("b/b.go", 40)}},
	}
}

func ofA(t *testing.T, read *source.Application) (lines []string, warned []string) {
	t.Helper()
	application, diags := Resolve(read, fstest.MapFS{"b/migrations/1_init.up.sql": {}}, "folder", true)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	for _, edge := range edgeLines(application) {
		if strings.HasPrefix(edge, "a -> ") {
			lines = append(lines, edge)
		}
	}
	for _, d := range diags {
		if d.Severity == hcl.DiagWarning {
			warned = append(warned, fileLine(*d.Subject)+" "+d.Summary)
		}
	}
	return lines, warned
}

// TestI7_ReachBeginsWithWhatAProcessRuns: a call on the way is one of whoever runs the code; a method runs once something
// of its name is called; what nothing runs leads nowhere.
func TestI7_ReachBeginsWithWhatAProcessRuns(t *testing.T) {
	call := "a -> service c Get [reached b.Help] a/a.go:5"
	save := "a -> database main  [reached b.Repo and then b.Repo.Save] a/a.go:6"
	dead := "a -> topic done publish [reached b.Dead] a/a.go:9"
	for name, test := range map[string]struct {
		change func(*source.Application)
		want   []string
	}{
		"nothing of the name is called": {func(*source.Application) {}, []string{call}},
		"the service calls it":          {func(a *source.Application) { a.Packages[1].Methods = []string{"Save"} }, []string{save, call}},
		"code of others calls it":       {func(a *source.Application) { a.Packages[4].Methods = []string{"Save"} }, []string{save, call}},
		"dead code calls it":            {func(a *source.Application) { a.Packages[2].Methods = []string{"Save"} }, []string{call}},
		"its type is made nowhere": {func(a *source.Application) {
			a.Packages[1].Methods = []string{"Save"}
			a.Packages[1].Imports = a.Packages[1].Imports[:1]
		}, []string{call}},
		"no roots are known": {func(a *source.Application) {
			for i := range a.Packages {
				a.Packages[i].Root = false
			}
		}, []string{call, dead}},
		"the service calls the endpoint itself": {func(a *source.Application) {
			a.Calls = append(a.Calls, source.Call{Package: "a", Part: "Run", Service: "a", TargetService: "c", Endpoint: "Get", At: line("a/a.go", 7)})
		}, []string{"a -> service c Get [used ] a/a.go:7"}},
		"a reference is no call":              {func(a *source.Application) { a.Calls[0].ReferenceOnly = true }, nil},
		"a call of the service is none of it": {func(a *source.Application) { a.Calls[0].TargetService, a.Calls[0].Endpoint = "a", "Run" }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			read := taken()
			test.change(read)
			if got, _ := ofA(t, read); !slices.Equal(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

// TestI7_WhatIsReachedIsWarnedOf: once for each resource and each called service.
func TestI7_WhatIsReachedIsWarnedOf(t *testing.T) {
	read := taken()
	read.Packages[1].Methods = []string{"Save", "Load"}
	again := read.Calls[0]
	again.Endpoint = "List"
	read.Calls = append(read.Calls, again)
	_, warned := ofA(t, read)
	want := []string{`a/a.go:5 service "c" is called through b.Help`, `a/a.go:6 database "main" is reached through b.Repo and then b.Repo.Save`}
	if !slices.Equal(warned, want) {
		t.Errorf("warned\n%s\nwant\n%s", strings.Join(warned, "\n"), strings.Join(want, "\n"))
	}
	read.Calls = append(read.Calls, source.Call{Package: "a", Part: "Run", Service: "a", TargetService: "c", Endpoint: "Other", At: line("a/a.go", 7)})
	if _, warned = ofA(t, read); !slices.Equal(warned, want[1:]) {
		t.Errorf("the service that is called anyway is warned of: %q", warned)
	}
}

// TestI7_ReachedCallsAreNotEncores: inspect lists them apart from the calls that Encore's metadata has.
func TestI7_ReachedCallsAreNotEncores(t *testing.T) {
	application, _ := Resolve(taken(), fstest.MapFS{}, "folder", true)
	service := inspect.Of(application).Services[0]
	want := inspect.Use{Kind: "service", Name: "c", Operation: "Get", Origin: string(app.Reached), Through: "b.Help", At: "a/a.go:5"}
	if len(service.Calls) > 0 || !slices.Contains(service.Reach, want) {
		t.Errorf("calls %v, reach %v", service.Calls, service.Reach)
	}
	if text := inspect.Text(application, nil, false); !strings.Contains(text, "through b.Help") {
		t.Errorf("the text lacks the call:\n%s", text)
	}
	for _, e := range WithoutReach(application).Edges {
		if e.Service == "a" {
			t.Errorf("strict access leaves %v", e)
		}
	}
}

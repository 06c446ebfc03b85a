package facts_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/source/golang/facts"
	"github.com/groundplan/groundplan/generator/source/golang/vocabulary"
	"github.com/groundplan/groundplan/generator/source/sourcetest"
)

// TestAt: a span of bytes is a place of lines and characters.
func TestAt(t *testing.T) {
	plain := &facts.File{Name: "a/a.go", Lines: []int32{0, 4}}
	letters := &facts.File{Name: "a/a.go", Lines: []int32{0, 4}, Text: []byte("äb\nöc")}
	for _, test := range []struct {
		file *facts.File
		span facts.Span
		want string
	}{
		{plain, facts.Span{Start: 1, End: 3}, "@a/a.go:1:2-4"}, {plain, facts.Span{Start: 4, End: 6}, "@a/a.go:2:1-3"}, {letters, facts.Span{Start: 6, End: 7}, "@a/a.go:2:2-3"},
	} {
		if got := sourcetest.At(test.file.At(test.span)); got != test.want {
			t.Errorf("%v is %s, want %s", test.span, got, test.want)
		}
	}
}

// TestImports: what a name of a file means as an import, by the name given there or the last element of the path.
func TestImports(t *testing.T) {
	language := vocabulary.New("app.example", nil)
	file := &facts.File{Imports: []facts.Import{
		{Path: "encore.dev/config"}, {Name: "conf", Path: "encore.dev/config"}, {Path: "app.example/a", Dir: "a", InApp: true}, {Name: "x", Path: "app.example/b", Dir: "b", InApp: true}, {Path: "net/http"},
	}}
	for name, want := range map[string]string{
		"config": "1 encore.dev/config, encore.dev/config", "conf": "1 encore.dev/config, encore.dev/config", "a": "2 app.example/a, app.example/a", "x": "2 app.example/b, app.example/b",
		"b": "2 , ", "http": "0 , net/http", "other": "2 , ", // the package in a may be called so
	} {
		kind, path := file.ImportKind(language, name)
		if got := fmt.Sprint(kind, " ", path, ", ", file.ImportPath(name)); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if kind, _ := (&facts.File{Imports: []facts.Import{{Name: "x", Path: "app.example/b", InApp: true}}}).ImportKind(language, "b"); kind != facts.ImportOther {
		t.Error("a package that was given a name has its own as well")
	}
}

// TestTagValue: the name under a key of a struct tag.
func TestTagValue(t *testing.T) {
	for _, test := range []struct {
		tag, want string
		ok        bool
	}{
		{`k:"v"`, "v", true}, {`a:"b" k:"v,omitempty"`, "v", true}, {`k:""`, "", true}, {`a:"\"" k:"v"`, "v", true}, {`k:"v`, "", false}, {`a:"b"`, "", false}, {`k`, "", false}, {``, "", false}, {`k:"\`, "", false},
	} {
		if got, ok := facts.TagValue(test.tag, "k"); got != test.want || ok != test.ok {
			t.Errorf("%s: %q, %v, want %q, %v", test.tag, got, ok, test.want, test.ok)
		}
	}
}

// TestParts: parts are noted once for each that names them, with the weightiest way to.
func TestParts(t *testing.T) {
	p := &facts.Package{Middleware: []*facts.Middleware{{Middleware: app.Middleware{Name: "log", Global: true}}, {Middleware: app.Middleware{Name: "own"}}}}
	p.BeginParts()
	file := &facts.File{}
	p.Declare(file, "a", facts.Span{})
	p.Declare(file, "_", facts.Span{})
	p.Declare(file, "_", facts.Span{})
	p.DeclareMethod(file, "T", "m", facts.Span{})
	p.DeclareMethod(file, "T", "n", facts.Span{})
	var parts []string
	for i := range p.Parts {
		parts = append(parts, p.PartName(int32(i)))
	}
	if d := cmp.Diff([]string{"", "", "a", "_", "T.m", "T.n"}, parts); d != "" {
		t.Error(d)
	}
	if got := []int32{p.FuncPart(false, "a"), p.FuncPart(true, "m"), p.FuncPart(true, "n"), p.FuncPart(false, "init")}; !cmp.Equal(got, []int32{2, 4, 5, facts.LoadPart}) {
		t.Errorf("functions are parts %v", got)
	}
	for _, lead := range []facts.PairAt{{Pair: facts.Pair{From: 2, To: 4}, Hold: facts.HoldKept}, {Pair: facts.Pair{From: 2, To: 5}}, {Pair: facts.Pair{From: 2, To: 4}, Hold: facts.HoldReturned}, {Pair: facts.Pair{From: 2, To: 4}, Hold: facts.HoldStored}, {Pair: facts.Pair{From: 3, To: 4}, Hold: facts.HoldStored}} {
		p.Leads(lead)
	}
	if d := cmp.Diff([]facts.PairAt{{Pair: facts.Pair{From: 2, To: 4}, Hold: facts.HoldReturned}, {Pair: facts.Pair{From: 2, To: 5}}, {Pair: facts.Pair{From: 3, To: 4}, Hold: facts.HoldStored}}, p.Names); d != "" {
		t.Error(d)
	}
	for _, asked := range []facts.Pair{{From: 2, To: 0}, {From: 2, To: 0}, {From: 2, To: 1}, {From: 3, To: 0}} {
		p.Asks(asked.From, []string{"Exec", "Close"}[asked.To])
	}
	if d := cmp.Diff([]facts.Pair{{From: 2, To: 0}, {From: 2, To: 1}, {From: 3, To: 0}}, p.Selects); d != "" || !cmp.Equal(p.Selectors, []string{"Exec", "Close"}) {
		t.Error(d, p.Selectors)
	}
	if got := []string{p.GlobalMiddleware("log"), p.GlobalMiddleware("own"), p.GlobalMiddleware("none")}; !cmp.Equal(got, []string{"log", "", ""}) {
		t.Errorf("global middleware %q", got)
	}
}

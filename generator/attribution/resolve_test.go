package attribution

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/inspect"
	"github.com/groundplan/groundplan/generator/source"
)

func line(file string, n int) hcl.Range {
	return hcl.Range{Filename: file, Start: hcl.Pos{Line: n, Column: 1}, End: hcl.Pos{Line: n, Column: 9}}
}

// reachable is an application whose services a, b and c share code that belongs to none of them: a imports lib, which
// imports deep; b imports c, which is a service; global middleware in mw runs in c.
func reachable() *source.Application {
	return &source.Application{
		Runtime: app.EncoreTypeScript, Origin: source.FromMetadata, // whatever the language, as far as edges go
		Services: []app.Service{{Name: "a", Dir: "a"}, {Name: "b", Dir: "b"}, {Name: "c", Dir: "c"}},
		Endpoints: []app.Endpoint{
			{Service: "c", Name: "get", Access: "private", Methods: []string{"GET"}, Path: "/c", Tags: []string{"slow"}},
		},
		Middleware: []app.Middleware{{Name: "log", Package: "mw", Global: true, Targets: []string{"tag:slow"}, At: line("mw/mw.ts", 1)}},
		Packages: []source.Package{
			{Dir: "a", Service: "a", Imports: []source.Import{{Dir: "lib", At: line("a/a.ts", 1)}}},
			{Dir: "b", Service: "b", Imports: []source.Import{{Dir: "c", At: line("b/b.ts", 1)}}},
			{Dir: "c", Service: "c"},
			{Dir: "deep"},
			{Dir: "lib", Imports: []source.Import{{Dir: "deep", At: line("lib/lib.ts", 1)}, {Dir: "lib", At: line("lib/lib.ts", 2)}}},
			{Dir: "mw", Imports: []source.Import{{Dir: "deep", At: line("mw/mw.ts", 9)}}},
		},
		Decls: []source.Decl{
			{Kind: "database", Name: "main", Symbol: "db", Package: "lib", At: line("lib/lib.ts", 3)},
			{Kind: "topic", Name: "done", Symbol: "done", Package: "lib", At: line("lib/lib.ts", 4)},
			{Kind: "secret", Name: "Key", Package: "deep", At: line("deep/deep.ts", 3)},
			{Kind: "secret", Name: "Own", Package: "b", Service: "b", At: line("b/b.ts", 3)},
		},
		Uses: []source.Use{
			{Kind: "database", Name: "main", Package: "b", Service: "b", At: line("b/b.ts", 5)},
			{Kind: "database", Name: "main", Package: "deep", At: line("deep/deep.ts", 5)},
			{Kind: "topic", Name: "done", Operation: "publish", Package: "mw", Middleware: "log", At: line("mw/mw.ts", 2)},
			{Kind: "topic", Name: "done", Operation: "publish", Package: "lib", At: line("lib/lib.ts", 6)},
		},
	}
}

func edgeLines(a *app.App) []string {
	var lines []string
	for _, e := range a.Edges {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s -> %s %s %s [%s %s] %s", e.Service, e.Kind, e.Resource, e.Operation, e.Origin, e.Through, fileLine(e.At))))
	}
	return lines
}

func TestI6_EdgesBeyondEncoresMetadata(t *testing.T) {
	application, diags := Resolve(reachable(), fstest.MapFS{}, "folder", true)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	want := []string{
		"a -> database main  [reached deep] a/a.ts:1",
		"a -> secret Key  [reached deep] a/a.ts:1",
		"a -> topic done publish [reached lib] a/a.ts:1",
		"b -> database main  [across lib.db] b/b.ts:5",
		"b -> secret Key  [demanded deep] deep/deep.ts:3",
		"b -> secret Own  [declared ] b/b.ts:3",
		"c -> database main  [reached deep] mw/mw.ts:1",
		"c -> secret Key  [reached deep] mw/mw.ts:1",
		"c -> topic done publish [middleware log] mw/mw.ts:2",
	}
	if got := edgeLines(application); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	var warned []string
	for _, d := range diags {
		warned = append(warned, fileLine(*d.Subject)+" "+d.Summary)
		if d.Severity != hcl.DiagWarning {
			t.Errorf("%s is no warning", d.Summary)
		}
	}
	wantWarned := []string{
		`a/a.ts:1 database "main" is used by package deep`,
		`a/a.ts:1 topic "done" is used by package lib`,
		`b/b.ts:5 database "main" is used through lib.db`,
		`mw/mw.ts:1 database "main" is used by package deep`,
	}
	if !slices.Equal(warned, wantWarned) {
		t.Errorf("warned\n%s\nwant\n%s", strings.Join(warned, "\n"), strings.Join(wantWarned, "\n"))
	}
}

// TestF4_ReferencesThatDoNothingAreNoUses: code may hold a metric or a subscription, and needs no right for it.
func TestF4_ReferencesThatDoNothingAreNoUses(t *testing.T) {
	read := reachable()
	read.Decls = append(read.Decls,
		source.Decl{Kind: "metric", Name: "hits", Package: "a", Service: "a", At: line("a/a.ts", 7)},
		source.Decl{Kind: "subscription", Name: "sub", Parent: "done", Package: "a", Service: "a", At: line("a/a.ts", 8)})
	read.Uses = append(read.Uses,
		source.Use{Kind: "metric", Name: "hits", Package: "a", Service: "a", At: line("a/a.ts", 9)},
		source.Use{Kind: "subscription", Name: "sub", Parent: "done", Package: "a", Service: "a", At: line("a/a.ts", 9)})
	application, _ := Resolve(read, fstest.MapFS{}, "folder", true)
	var got []string
	for _, e := range application.Edges {
		if e.Service == "a" && (e.Kind == "metric" || e.Kind == "subscription") {
			got = append(got, e.Resource+" "+string(e.Origin)+" "+fileLine(e.At))
		}
	}
	if want := []string{"sub declared a/a.ts:8"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestI6InvalidDeclarationsAreCheckedAndDeclareNothing: a name that cannot be read does not hide what is wrong behind it.
func TestI6_InvalidDeclarationsAreCheckedAndDeclareNothing(t *testing.T) {
	read := reachable()
	at := line("a/a.ts", 7)
	read.Invalid = append(read.Invalid, source.Decl{Kind: "bucket", Name: "receipts", Package: "a", Service: "a", At: at,
		Config: source.Value{Kind: source.Object, At: at, Fields: []source.Field{{Name: "Versionned", Value: source.Value{Kind: source.Bool, At: at}, At: at}}}})
	application, diags := Resolve(read, fstest.MapFS{}, "folder", false)
	if len(diags) != 1 || diags[0].Summary != "Unknown setting" || !strings.HasSuffix(diagnostic.Text(diags[0]), "hint: did you mean Versioned? the settings are Public, Versioned") {
		t.Errorf("got %v", diags)
	}
	if of := application.Of("bucket"); len(of) > 0 {
		t.Errorf("it is declared: %v", of)
	}
}

func TestDatabaseNamedInTheServiceIsItsOwn(t *testing.T) {
	read := reachable()
	read.Decls = append(read.Decls, source.Decl{Kind: "database", Name: "main", Reference: true, Package: "b", Service: "b", At: line("b/b.ts", 4)})
	application, diags := Resolve(read, fstest.MapFS{}, "folder", true)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	if got := edgeLines(application); !slices.Contains(got, "b -> database main  [used ] b/b.ts:5") {
		t.Errorf("the use is not b's own:\n%s", strings.Join(got, "\n"))
	}
}

// TestG1ResolveIsDeterministic shuffles everything a reader returns.
func TestG1_ResolveIsDeterministic(t *testing.T) {
	inspect := func(read *source.Application) []byte {
		application, diags := Resolve(read, fstest.MapFS{}, "folder", true)
		text, err := inspect.JSON(application, nil)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, inspect.Text(application, nil, true)...)
		text = append(text, inspect.Mermaid(application)...)
		for _, d := range diags {
			text = append(text, d.Summary...)
		}
		return text
	}
	want := inspect(reachable())
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 1))
		read := reachable()
		shuffle(random, read.Services)
		shuffle(random, read.Packages)
		shuffle(random, read.Decls)
		shuffle(random, read.Uses)
		if got := inspect(read); !bytes.Equal(got, want) {
			t.Fatalf("seed %d gives another result:\n%s\nwant\n%s", seed, got, want)
		}
	}
}

func shuffle[T any](random *rand.Rand, list []T) {
	random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}

func TestApplicationNameAndID(t *testing.T) {
	named, _ := Resolve(&source.Application{ID: "Shop_1"}, fstest.MapFS{}, "Folder", true)
	if named.Name != "shop-1" || named.ID != "Shop_1" {
		t.Errorf("got name %s, id %s", named.Name, named.ID)
	}
	nameless, _ := Resolve(&source.Application{}, fstest.MapFS{}, "MyFolder", true)
	if nameless.Name != "my-folder" || nameless.ID != "my-folder" {
		t.Errorf("got name %s, id %s", nameless.Name, nameless.ID)
	}
}

// TestBrokenSourceIsNotMisread shows that what is missing because of an error elsewhere is not reported as missing.
func TestBrokenSourceIsNotMisread(t *testing.T) {
	read := &source.Application{Runtime: app.EncoreGo, Decls: []source.Decl{
		{Kind: "database", Name: "gone", Reference: true, At: line("a.go", 1)},
		{Kind: "topic", Name: "quiet", Config: source.Value{Kind: source.Object}, At: line("a.go", 2)},
	}}
	if _, diags := Resolve(read, fstest.MapFS{}, "x", false); len(diags) != 1 || diags[0].Summary != "Missing delivery guarantee" {
		t.Errorf("broken source: %v", diags)
	}
	if _, diags := Resolve(read, fstest.MapFS{}, "x", true); len(diags) != 2 {
		t.Errorf("whole source: %v", diags)
	}
}

func fileLine(at hcl.Range) string { return fmt.Sprintf("%s:%d", at.Filename, at.Start.Line) }

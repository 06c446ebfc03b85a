package loading_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/typescript/extraction"
	"github.com/groundplan/groundplan/generator/source/typescript/facts"
	"github.com/groundplan/groundplan/generator/source/typescript/loading"
	"github.com/groundplan/groundplan/generator/source/typescript/resolution"
	"github.com/groundplan/groundplan/generator/source/typescript/scope"
	"github.com/groundplan/groundplan/generator/source/typescript/trail"
	"github.com/groundplan/groundplan/generator/source/typescript/vocabulary"
)

var language = vocabulary.New([]source.TypeScriptSpelling{
	{Kind: "secret", Module: "encore.dev/config", Constructors: []string{"secret"}, Function: true, ParentArg: -1, NameArg: 0, ConfigArg: -1},
	{Kind: "database", Module: "encore.dev/storage/sqldb", Constructors: []string{"SQLDatabase"}, ParentArg: -1, NameArg: 0, ConfigArg: 1},
	{Kind: "bucket", Module: "encore.dev/storage/objects", Constructors: []string{"Bucket"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, Methods: map[string][]string{"list": {"list"}}},
	{Kind: "metric", Module: "encore.dev/metrics", Constructors: []string{"Counter"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, Registered: true},
	{Kind: "subscription", Module: "encore.dev/pubsub", Constructors: []string{"Subscription"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, Root: true},
})

// read reads files, those of a folder as ones of the service called so.
func read(t *testing.T, text string) (*trail.Trail, []*facts.Module, loading.Sources) {
	t.Helper()
	files := fstest.MapFS{}
	for _, file := range txtar.Parse([]byte(text)).Files {
		files[file.Name] = &fstest.MapFile{Data: file.Data}
	}
	tree, err := resolution.FindFiles(files, nil)
	if err != nil {
		t.Fatal(err)
	}
	resolver, err := resolution.New(files, tree)
	if err != nil {
		t.Fatal(err)
	}
	sources := loading.Sources{Kept: map[string]*scope.File{}, Resolver: resolver}
	sources.Read = func(name string) *scope.File {
		return extraction.Read(language, resolver, name, string(files[name].Data))
	}
	var modules []*facts.Module
	for _, name := range tree.Roots {
		file := sources.Read(name)
		if loading.Acts(file) {
			sources.Kept[name] = file
		}
		if file.Module.Dir != "." {
			file.Module.Service = file.Module.Dir
		}
		modules = append(modules, file.Module)
	}
	return trail.New(language, modules), modules, sources
}

// TestActs: which files could call code of the application while they load.
func TestActs(t *testing.T) {
	for text, want := range map[string]bool{
		`f();`: false, `import { f } from "zod"; f();`: false, `import { f } from "./b"; f();`: true, `import { f } from "./b"; const g = () => f();`: false,
		`const g = () => 1; g();`: true, `class A { static { } }`: true, `class A { x = 1 }`: false, `import { d } from "./b"; @d class A {}`: true, `class A { @d m() {} }`: true, `[1].map((x) => x);`: true,
		`import { f } from "./b"; import { on } from "zod"; on(f);`: true, `import { f } from "./b"; f.member;`: true, `import { f } from "./b"; const x = f;`: false,
		`enum E { A } E.A;`: false, `import { secret } from "encore.dev/config"; const s = secret("A");`: false, `import { secret } from "encore.dev/config"; secret("A")();`: true,
		`import { api } from "encore.dev/api"; const e = api.raw({}, () => 1);`: false, "import { sql } from \"./b\"; sql`x`;": true, `f(`: false,
	} {
		_, _, sources := read(t, "-- a.ts --\n"+text+"\n-- b.ts --\n")
		if got := sources.Kept["a.ts"] != nil; got != want {
			t.Errorf("%s: acts %v, want %v", text, got, want)
		}
	}
}

// TestLoaded: which files the processes of an application load.
func TestLoaded(t *testing.T) {
	for _, test := range []struct{ files, want string }{
		{"-- a/a.ts --\nimport { api } from \"encore.dev/api\"; import { f } from \"../b\"; export const e = api({}, () => f());\n-- b.ts --\nimport \"./c\";\n-- c.ts --\n-- d.ts --\nimport \"./a/a\";\n", "a/a.ts b.ts c.ts"},
		{"-- a/a.ts --\nimport { api } from \"encore.dev/api\"; import type { F } from \"../b\"; export const e = api({}, async () => { await import(\"../c\"); });\n-- b.ts --\n-- c.ts --\n", "a/a.ts c.ts"},
		{"-- a/a.ts --\nimport { api } from \"encore.dev/api\"; export const e = api.static({ path: \"/*p\", dir: \"x\" });\n", ""},
		{"-- a/a.ts --\nimport { Gateway } from \"encore.dev/api\"; new Gateway({});\n-- a/encore.service.ts --\nimport { Service } from \"encore.dev/service\"; export default new Service(\"a\");\n", "a/a.ts a/encore.service.ts"},
		{"-- a/a.ts --\nimport { Counter } from \"encore.dev/metrics\"; export const c = new Counter(\"c\");\n-- a/b.ts --\nimport { Counter } from \"encore.dev/metrics\"; new Counter(\"d\");\n-- a/c.ts --\nimport { Subscription } from \"encore.dev/pubsub\"; new Subscription(\"s\", {});\n", "a/a.ts a/c.ts"},
		{"-- a.ts --\nimport { api } from \"encore.dev/api\"; export const e = api({}, f);\n", ""},
	} {
		files, modules, _ := read(t, test.files)
		var found []string
		for m := range loading.Loaded(files, modules) {
			found = append(found, m.Path)
		}
		slices.Sort(found)
		if got := strings.Join(found, " "); got != test.want {
			t.Errorf("%s\nloads %q, want %q", test.files, got, test.want)
		}
	}
}

// TestWalk: what is used and called while the files of service a load, with its place.
func TestWalk(t *testing.T) {
	const files = `
-- lib.ts --
import { secret } from "encore.dev/config"; import { SQLDatabase } from "encore.dev/storage/sqldb"; import { Bucket } from "encore.dev/storage/objects";
export const key = secret("Key"); export const db = new SQLDatabase("db"); export const files = new Bucket("files"); export const twice = (f: () => string) => { f(); return f(); }; export const keep = (f: () => void) => [f];
export class Client { constructor(k: () => string) { this.k = k(); } } export { key as other };
-- barrel.ts --
export * from "./lib"; export * as lib from "./lib";
-- a/a.ts --
import { api } from "encore.dev/api"; import { key, db, files, twice, keep, Client, other } from "../lib"; import { lib } from "../barrel"; import { b } from "~encore/clients"; export const e = api({}, async () => key());
`
	clients := map[string]*app.Service{"b": {Name: "b"}}
	for text, want := range map[string]string{
		"key();": "secret Key @a/a.ts", "const f = () => key();": "", "twice(key);": "secret Key @a/a.ts", "keep(key);": "", "new Client(key);": "secret Key @a/a.ts",
		"lib.key();": "secret Key @a/a.ts", "other();": "secret Key @a/a.ts", "unknown(() => key());": "secret Key @a/a.ts", "router.get('/', () => key());": "",
		"router.use(() => key());": "", "files.list();": "bucket files list @a/a.ts", "files.nothing();": "", "await db.query();": "database db @a/a.ts", "await orm(db).all();": "database db @a/a.ts",
		"await b.ask();": "call b.ask @a/a.ts", "const h = async () => b.ask(); h();": "call b.ask @a/a.ts", "await e();": "secret Key @a/a.ts", "let g; g = () => key(); g();": "secret Key @a/a.ts",
		"const o = { get x() { return key(); } }; o.x;": "secret Key @a/a.ts", "function r() { r(); } r();": "",
	} {
		t.Run(text, func(t *testing.T) {
			linked, modules, sources := read(t, files+text+"\n")
			uses, calls := loading.Walk(linked, modules, clients, sources)
			var found []string
			for use, at := range uses {
				found = append(found, strings.Join(strings.Fields(use.Decl.Kind+" "+use.Decl.Name+" "+use.Operation), " ")+" @"+at.File)
			}
			for call, at := range calls {
				found = append(found, "call "+call.Service+"."+call.Endpoint+" @"+at.File)
			}
			slices.Sort(found)
			if got := strings.Join(found, ", "); got != want {
				t.Errorf("does %q, want %q", got, want)
			}
		})
	}
}

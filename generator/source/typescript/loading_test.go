package typescript

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/groundplan/groundplan/generator/source/sourcetest"
)

// readLoads reads an application with the given files and lists what it uses while modules load.
func readLoads(t *testing.T, files map[string]string) []string {
	t.Helper()
	tree := fstest.MapFS{}
	for name, text := range files {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	application, diags, err := readTypeScript(tree, "app", testSpellings, nil)
	if err != nil || diags.HasErrors() {
		t.Fatal(err, sourcetest.Diagnostics(diags))
	}
	var found []string
	for _, use := range application.Loads {
		found = append(found, strings.TrimSpace(use.Kind+" "+use.Name+" "+use.Operation))
	}
	for _, call := range application.LoadCalls {
		found = append(found, "call "+call.TargetService+"."+call.Endpoint)
	}
	return found
}

// TestSecretsAtLoad goes through the forms in which a module can call a secret while it loads, and those in which it
// does not. Each text stands in the file of a service, below the secret key; lib.ts is shared code.
func TestSecretsAtLoad(t *testing.T) {
	const lib = `
export function call(f: () => string) { return f(); }
export function pass(f: () => string) { return call(f); }
export function keep(f: () => string) { return () => f(); }
export function open(options: { key: () => string }) { return options.key(); }
export function taken({ key }: { key: () => string }) { return key(); }
export class Keeper { constructor(private key: () => string) {} later() { return this.key(); } }
export class Eager { constructor(key: () => string) { this.value = key(); } value: string; }
export default () => 1;
`
	cases := []struct {
		name, text string
		called     bool
	}{
		{"called", `const x = key();`, true},
		{"only named", `const x = { key }; const y = key; log(key.name);`, false},
		{"called by a handler", `const f = () => key();`, false},
		{"given to a constructor", `const client = new Client(key());`, true},
		{"in an object of arguments", `const client = connect({ apiKey: key() });`, true},
		{"in a template", "const url = `https://${key()}.example`;", true},
		{"taken apart", `const { length } = key();`, true},
		{"in a condition", `const x = process.env.A ? key() : "";`, true},
		{"behind a condition", `if (process.env.A) { key(); }`, true},
		{"awaited", `const x = await key();`, true},
		{"the default export", `export default make(key());`, true},
		{"declared and called at once", `const other = secret("Other")();`, false},
		{"in a static field", `class A { static x = key(); }`, true},
		{"in a static block", `class A { static { key(); } }`, true},
		{"in a field of a class nobody makes", `class A { x = key(); }`, false},
		{"in a field of a class that is made", `class A { x = key(); } const a = new A();`, true},
		{"in a constructor", `class A { constructor() { key(); } } export const a = new A();`, true},
		{"in an inherited constructor", `class A { constructor() { key(); } } class B extends A {} new B();`, true},
		{"in a method nobody calls", `class A { m() { return key(); } } export const a = new A();`, false},
		{"in a method of an object made at load", `class A { m() { return key(); } } const a = new A(); a.m();`, true},
		{"in a method a constructor calls", `class A { constructor() { this.m(); } m() { return key(); } } new A();`, true},
		{"in a static method", `class A { static m() { return key(); } } A.m();`, true},
		{"in a getter that is read", `const o = { get k() { return key(); } }; const x = o.k;`, true},
		{"in a getter nobody reads", `const o = { get k() { return key(); } };`, false},
		{"in a default value", `function f(x = key()) { return x; } f();`, true},
		{"in a default value of nobody's call", `function f(x = key()) { return x; }`, false},
		{"in a function called at once", `(() => { key(); })();`, true},
		{"in an async function called at once", `await (async () => { await wait(); key(); })();`, true},
		{"in a function of the file", `function f() { return g(); } function g() { return key(); } f();`, true},
		{"in an arrow", `const f = () => key(); f();`, true},
		{"in a function behind a name", `const f = () => key(); const g = f; g();`, true},
		{"in a function of an object", `const o = { f: () => key() }; o.f();`, true},
		{"in a method of an object", `const o = { f() { return key(); } }; o.f();`, true},
		{"in a spread object", `const o = { f: () => key() }; const p = { ...o }; p.f();`, true},
		{"in a function that is returned", `const make = () => () => key(); make()();`, true},
		{"in a function that is returned and kept", `const make = () => () => key(); export const f = make();`, false},
		{"in a function given later", `let f; f = () => key(); f();`, true},
		{"in a tag", "const f = () => key(); f`x`;", true},
		{"in a callback of a list", `const x = [1].map(() => key());`, true},
		{"as a callback", `const x = [1].map(key);`, true},
		{"in a promise", `new Promise((done) => done(key()));`, true},
		{"as a listener", `process.on("SIGTERM", () => { key(); });`, false},
		{"as a listener of what is made", `const server = new Server(); server.once("error", () => key());`, false},
		{"a handler of a router", `const app = express(); app.get("/x", (q, r) => r.send(key()));`, false},
		{"a handler of a router that is chained", "new Hono().post(`/x/${y}`, async (c) => c.text(key()));", false},
		{"middleware of a router", `const app = new Hono(); app.use(async (c, next) => { key(); await next(); });`, false},
		{"an argument that a router is given", `const app = express(); app.use(session({ secret: key() }));`, true},
		{"given to a method of the application's that is named like a router's", `const own = { get(p: string, f: () => string) { return f(); } }; own.get("/x", () => key());`, true},
		{"given to code that calls it", `import { call } from "../lib"; call(key);`, true},
		{"given to code that passes it on", `import { pass } from "../lib"; pass(() => key());`, true},
		{"given to code that keeps it", `import { keep } from "../lib"; export const later = keep(() => key());`, false},
		{"given to code that keeps it, and called", `import { keep } from "../lib"; keep(() => key())();`, true},
		{"a member of what is given", `import { open } from "../lib"; open({ key });`, true},
		{"a member taken apart", `import { taken } from "../lib"; taken({ key: () => key() });`, true},
		{"given to an object that keeps it", `import { Keeper } from "../lib"; export const k = new Keeper(key);`, false},
		{"given to an object that keeps it, and called", `import { Keeper } from "../lib"; new Keeper(key).later();`, true},
		{"given to an object that calls it", `import { Eager } from "../lib"; new Eager(key);`, true},
		{"through a module as a whole", `import * as lib from "../lib"; lib.call(key);`, true},
		{"a handler of the framework", `export const e = api({}, async () => key());`, false},
		{"a handler that is made", `const make = (k: string) => async () => k; export const e = api({}, make(key()));`, true},
		{"a handler of a subscription", `const t = new Topic<string>("t", {}); new Subscription(t, "s", { handler: async () => { key(); } });`, false},
		{"middleware", `export const m = middleware(async (r, next) => { key(); return next(r); });`, false},
		{"a decorator", `function d() { key(); } @d class A {}`, true},
		{"in circles", `const a = () => b(); const b = () => { a(); key(); }; a();`, true},
		{"an import that is awaited", `const lib = await import("../lib"); lib.call(key);`, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			text := `import { api, middleware } from "encore.dev/api"; import { secret } from "encore.dev/config"; import { Topic, Subscription } from "encore.dev/pubsub";
const key = secret("Key");
export const endpoint = api({}, async () => key());
` + c.text
			found := readLoads(t, map[string]string{"a/a.ts": text, "lib.ts": lib})
			if got := slices.Contains(found, "secret Key"); got != c.called {
				t.Errorf("called while the module loads: %v, want %v\n%s", got, c.called, c.text)
			}
			if got, want := slices.Contains(found, "secret Other"), strings.Contains(c.text, "Other"); got != want {
				t.Errorf("the secret that is called at once: %v, want %v", got, want)
			}
		})
	}
}

// TestLoadsAcrossFiles: what counts is what some process loads, wherever it stands.
func TestLoadsAcrossFiles(t *testing.T) {
	const secrets = `import { secret } from "encore.dev/config"; export const key = secret("Key"); export const getKey = () => key();`
	const endpoint = `import { api } from "encore.dev/api"; export const endpoint = api({}, async () => 1);`
	cases := []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"a file that a service imports", map[string]string{
			"a/a.ts": endpoint + `import { client } from "../lib/client"; export const other = () => client;`, "lib/client.ts": `import { getKey } from "../a/secrets"; export const client = new Client(getKey());`, "a/secrets.ts": secrets,
		}, []string{"secret Key"}},
		{"a file that is imported for its types", map[string]string{
			"a/a.ts": endpoint + `import { Client } from "../lib/client"; let c: Client;`, "lib/client.ts": `import { getKey } from "../a/secrets"; export class Client {} getKey();`, "a/secrets.ts": secrets,
		}, nil},
		{"a file that nobody imports", map[string]string{
			"a/a.ts": endpoint, "scripts/seed.ts": `import { getKey } from "../a/secrets"; getKey();`, "a/secrets.ts": secrets,
		}, nil},
		{"a file of a service that nobody imports", map[string]string{
			"a/a.ts": endpoint, "a/dead.ts": `import { getKey } from "./secrets"; getKey();`, "a/secrets.ts": secrets,
		}, nil},
		{"a file with a static endpoint alone", map[string]string{
			"a/a.ts": endpoint, "a/files.ts": `import { api } from "encore.dev/api"; import { getKey } from "./secrets"; export const files = api.static({ dir: "./x", path: "/*p" }); getKey();`, "a/secrets.ts": secrets,
		}, nil},
		{"a file with a metric", map[string]string{
			"a/a.ts": endpoint, "a/metrics.ts": `import { Counter } from "encore.dev/metrics"; import { getKey } from "./secrets"; export const counter = new Counter("n"); getKey();`, "a/secrets.ts": secrets,
		}, []string{"secret Key"}},
		{"through re-exports", map[string]string{
			"a/a.ts": endpoint + `import { get } from "../lib"; get();`, "lib/index.ts": `export * from "./more";`, "lib/more.ts": `export { getKey as get } from "../a/secrets";`, "a/secrets.ts": secrets,
		}, []string{"secret Key"}},
		{"a default export", map[string]string{
			"a/a.ts": endpoint + `import get from "./get"; get.key();`, "a/get.ts": `import { getKey } from "./secrets"; export default { key: getKey };`, "a/secrets.ts": secrets,
		}, []string{"secret Key"}},
		{"a file that a handler imports", map[string]string{
			"a/a.ts": `import { api } from "encore.dev/api"; export const endpoint = api({}, async () => { await import("./later"); });`, "a/later.ts": `import { key } from "./secrets"; key();`, "a/secrets.ts": secrets,
		}, nil},
		{"a file that is imported by an expression", map[string]string{
			"a/a.ts": endpoint + `await import("./later");`, "a/later.ts": `import { key } from "./secrets"; key();`, "a/secrets.ts": secrets,
		}, []string{"secret Key"}},
		{"a file that a function imports which is called", map[string]string{
			"a/a.ts": endpoint + `async function start() { await import("./later"); } await start();`, "a/later.ts": `import "./more";`, "a/more.ts": `import { key } from "./secrets"; key();`, "a/secrets.ts": secrets,
		}, []string{"secret Key"}},
		{"the file of a service", map[string]string{
			"a/a.ts": endpoint, "a/encore.service.ts": `import { Service } from "encore.dev/service"; import { key } from "./secrets"; init(key()); export default new Service("a");`, "a/secrets.ts": secrets,
		}, []string{"secret Key"}},
		{"databases, topics and what is made of them", map[string]string{
			"a/a.ts": endpoint + `import { SQLDatabase } from "encore.dev/storage/sqldb"; import { Topic } from "encore.dev/pubsub";
const used = new SQLDatabase("used"); await used.exec` + "`create`" + `;
const kept = new SQLDatabase("kept"); const orm = drizzle(kept.connectionString);
const asked = new SQLDatabase("asked"); const pool = new Pool({ url: asked.connectionString }); const rows = await drizzle(pool).select().from("x");
const topic = new Topic<string>("t", {}); await topic.publish("started");`,
		}, []string{"database asked", "topic t publish", "database used"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if found := readLoads(t, c.files); !slices.Equal(found, c.want) {
				t.Errorf("found %q, want %q", found, c.want)
			}
		})
	}
}

// TestProcessesBeginWith: endpoints, subscriptions, the gateway, its handler, the service and what runs at load are
// where a process begins; helpers and files that no process loads are not.
func TestProcessesBeginWith(t *testing.T) {
	files := fstest.MapFS{
		"a/a.ts": {Data: []byte(`import { api, Gateway } from "encore.dev/api"; import { authHandler } from "encore.dev/auth"; import { Topic, Subscription } from "encore.dev/pubsub";
export const endpoint = api({}, async () => helper());
export function helper() {}
export const auth = authHandler(async () => null);
export const gateway = new Gateway({ authHandler: auth });
export const topic = new Topic<string>("t", {});
const _ = new Subscription(topic, "s", { handler: async () => {} });
new Subscription(topic, "t", { handler: async () => helper() });`)},
		"a/encore.service.ts": {Data: []byte(`import { Service } from "encore.dev/service"; export default new Service("a");`)},
		"a/dead.ts":           {Data: []byte(`import { helper } from "./a"; export const dead = helper;`)},
		"lib.ts":              {Data: []byte(`export const nothing = 1;`)},
	}
	application, diags, err := readTypeScript(files, "app", testSpellings, nil)
	if err != nil || diags.HasErrors() {
		t.Fatal(err, sourcetest.Diagnostics(diags))
	}
	var roots []string
	for _, p := range application.Packages {
		if p.Root {
			roots = append(roots, p.Dir+":"+p.Part)
		}
	}
	want := []string{"a/a.ts:", "a/a.ts:-", "a/a.ts:_", "a/a.ts:endpoint", "a/a.ts:gateway", "a/encore.service.ts:"}
	if !slices.Equal(roots, want) {
		t.Errorf("roots %q, want %q", roots, want)
	}
}

// TestCallsAtLoad goes through calls of endpoints that a module makes while it loads.
func TestCallsAtLoad(t *testing.T) {
	cases := []struct {
		name, text string
		called     bool
	}{
		{"called", `await b.ask();`, true},
		{"kept", `const settings = await b.ask();`, true},
		{"called in a function that is called", `async function f() { return b.ask(); } await f();`, true},
		{"called in a function of others", `import { help } from "../b/help"; await help();`, true},
		{"by an import that is awaited", `const { b: other } = await import("~encore/clients"); await other.ask();`, true},
		{"called by a handler", `export const e = api({}, async () => b.ask());`, false},
		{"called in a function nobody calls", `export const f = () => b.ask();`, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			found := readLoads(t, map[string]string{
				"a/a.ts":    `import { api } from "encore.dev/api"; import { b } from "~encore/clients"; export const endpoint = api({}, async () => b.ask());` + "\n" + c.text,
				"b/b.ts":    `import { api } from "encore.dev/api"; export const ask = api({}, async () => ({}));`,
				"b/help.ts": `import { b } from "~encore/clients"; export const help = () => b.ask();`,
			})
			if called := slices.Contains(found, "call b.ask"); called != c.called || len(found) > 1 {
				t.Errorf("found %q, want the call: %v", found, c.called)
			}
		})
	}
}

package extraction_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/sourcetest"
	"github.com/groundplan/groundplan/generator/source/typescript/extraction"
	"github.com/groundplan/groundplan/generator/source/typescript/facts"
	"github.com/groundplan/groundplan/generator/source/typescript/resolution"
	"github.com/groundplan/groundplan/generator/source/typescript/vocabulary"
)

var language = vocabulary.New([]source.TypeScriptSpelling{
	{
		Kind: "topic", Module: "encore.dev/pubsub", Constructors: []string{"Topic"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, ConfigRequired: true,
		TypeArgument: "the type of its messages", Grammar: source.Kebab, Ref: "ref",
	},
	{
		Kind: "subscription", Module: "encore.dev/pubsub", Constructors: []string{"Subscription"}, ParentArg: 0, ParentKind: "topic", NameArg: 1, ConfigArg: 2,
		Opaque: []string{"handler"}, Durations: []string{"ackDeadline"}, Root: true,
	},
	{Kind: "database", Module: "encore.dev/storage/sqldb", Constructors: []string{"SQLDatabase"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, Named: "named"},
	{Kind: "secret", Module: "encore.dev/config", Constructors: []string{"secret"}, Function: true, ParentArg: -1, NameArg: 0, ConfigArg: -1, Global: true},
	{Kind: "cron", Module: "encore.dev/cron", Constructors: []string{"CronJob"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, References: []string{"endpoint"}},
})

// imports stands above every text, on its first line; b.ts is there, and what it exports is not looked at.
const imports = `import { api, Gateway, middleware } from "encore.dev/api"; import { authHandler } from "encore.dev/auth"; import { Service } from "encore.dev/service"; import { Topic, Subscription } from "encore.dev/pubsub"; import { SQLDatabase } from "encore.dev/storage/sqldb"; import { secret } from "encore.dev/config"; import { CronJob } from "encore.dev/cron"; import { other } from "./b";
`

func read(t *testing.T, name, text string) *facts.Module {
	t.Helper()
	files := fstest.MapFS{"a/b.ts": {}}
	tree, err := resolution.FindFiles(files, nil)
	if err != nil {
		t.Fatal(err)
	}
	resolver, err := resolution.New(files, tree)
	if err != nil {
		t.Fatal(err)
	}
	return extraction.Read(language, resolver, name, text).Module
}

// describe is what a file declares and names. Places are columns of the second line.
func describe(m *facts.Module) string {
	var b strings.Builder
	line := func(words ...any) { b.WriteString(strings.TrimRight(fmt.Sprintln(words...), " \n") + "\n") }
	target := func(t facts.Target) string {
		if t.Name < 0 {
			return "nothing"
		}
		return strings.Join(append([]string{m.Names[t.Name].Text}, t.Path...), ".")
	}
	flagged := func(is bool, word string) string {
		if is {
			return word
		}
		return ""
	}
	for _, d := range m.Decls {
		line("decl", d.Kind, d.Name, "held by", d.Symbol, flagged(d.Invalid, "invalid"), flagged(!d.Readable, "unreadable"), flagged(d.Reference, "reference"))
		for _, f := range d.Config.Fields {
			line(" ", f.Name, "is", f.Value.Text, source.DescribeValue(f.Value))
		}
		for _, r := range d.References {
			line(" ", d.Config.Fields[r.Field].Name, "leads to", target(r.Target))
		}
		if d.ParentAt.Filename != "" {
			line("  of", target(d.ParentTarget))
		}
	}
	for _, n := range m.Names {
		if len(n.Decls) > 0 {
			line("name", n.Text, "holds", n.Decls, flagged(n.Direct, "directly"))
		}
	}
	for _, e := range m.Endpoints {
		request := "no request"
		if e.Request != nil {
			request = fmt.Sprintf("request %+v", *e.Request)
		}
		line("endpoint", e.Name, e.Access, e.Methods, e.Path, flagged(e.Raw, "raw"), flagged(e.HasRequest, "with a request"), e.Stream, e.Static, e.Tags, request, flagged(e.Invalid, "invalid"))
	}
	for _, s := range m.Services {
		line("service", s.Name)
	}
	for _, g := range m.Gateways {
		line("gateway", g.HasAuth, target(g.Auth))
	}
	for _, h := range m.AuthHandlers {
		line("auth handler", h.Name)
	}
	for _, w := range m.Middleware {
		line("middleware", w.Name, w.Targets)
	}
	forms := []string{"other", "call", "field", "argument", "constructor argument", "parent", "re-export", "alias", "where it stands"}
	for _, r := range m.Refs {
		line("ref", target(facts.Target{Name: r.Name, Path: r.Path}), "as", forms[r.Form], "in part", m.PartName(r.Part), flagged(r.Types != nil, "with types"))
	}
	for _, e := range m.Edges {
		line("part", m.PartName(e.From), "names part", m.PartName(e.To))
	}
	for _, name := range slices.Sorted(maps.Keys(m.Exported)) {
		line("exported", name, "is part", m.PartName(m.Exported[name]))
	}
	for _, part := range slices.Sorted(maps.Keys(m.Rooted)) {
		line("rooted is part", m.PartName(part))
	}
	return b.String() + sourcetest.Diagnostics(m.Diags)
}

// TestRead: given this file, these are the facts.
func TestRead(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"nothing of the framework", `export const x = api2({}, () => 1);`, `
exported x is part x
`},
		{"resources", `export const t = new Topic<string>("orders", { deliveryGuarantee: "at-least-once", n: -(2 + 3) * 4 % 7, f: 1 / 4, b: true, z: undefined, l: [1, "a"], o: { p: null } });`, `
decl topic orders held by t
  deliveryGuarantee is at-least-once the string "at-least-once"
  n is  the number -6
  f is  the number 0.25
  b is  true
  z is  nil
  l is  a list
  o is  an object
name t holds [0] directly
exported t is part t
`},
		{"a subscription", `const t = new Topic<string>("t", {}); new Subscription(t, "s", { handler: async () => other.run(), ackDeadline: "1h 30m" }); const _ = new Subscription(other.topic, "r", {});`, `
decl topic t held by t
decl subscription s held by
  handler is  an expression
  ackDeadline is 1h 30m the string "1h 30m"
  of t
decl subscription r held by
  of other.topic
name t holds [0] directly
ref t as parent in part -
ref other.run as call in part -
ref other.topic as field in part _
part - names part t
rooted is part -
rooted is part _
`},
		{"a reference by name", `const db = SQLDatabase.named("main"); export default new SQLDatabase("own");`, `
decl database main held by db   reference
decl database own held by
name db holds [0] directly
name default holds [1] directly
exported default is part default
`},
		{"secrets", `const key = secret("Key"); function f() { return secret("Inside")(); } secret("Nobody");`, `
decl secret Key held by key
name key holds [0] directly
error @a/a.ts:2:50-66 Declared within a function
  A secret must be declared at the top level of its module: Encore reads it without running the program.
  hint: move the declaration out of the function and use the variable inside
error @a/a.ts:2:72-88 Bound to no variable
  A secret must be bound to a variable.
  hint: write const name = secret(...) at the top level of the module
`},
		{"a cron job", `new CronJob("c", { every: "1h", endpoint: other.run });`, `
decl cron c held by
  every is 1h the string "1h"
  endpoint is other.run a reference to other.run
  endpoint leads to other.run
ref other.run as field in part -
`},
		{"what is read without running the program", "const t = new Topic<string>(`t`, { a: x, ...y, b: 1 / 0, c: f(), d: \"a\" + \"b\", e: 1 as number });", `
decl topic  held by t invalid unreadable
name t holds [0] directly
error @a/a.ts:2:29-32 Name is not a literal
  The name of a topic is read without running the program, and a template literal has to be run to be known.
  hint: write the name here as a string literal
error @a/a.ts:2:39-40 Setting is not a constant
  a is set to the name x, which only the running program knows; constants of your own are not looked up.
  hint: write a literal, or arithmetic on numbers
error @a/a.ts:2:42-46 Setting without a name
  Settings are read by name, and this one has none.
  hint: write it as name: value
error @a/a.ts:2:51-56 Setting is not a constant
  b is set to an expression, which only the running program knows; constants of your own are not looked up.
  hint: write a literal, or arithmetic on numbers
error @a/a.ts:2:61-64 Setting is not a constant
  c is set to a call, which only the running program knows; constants of your own are not looked up.
  hint: write a literal, or arithmetic on numbers
error @a/a.ts:2:69-78 Setting is not a constant
  d is set to a concatenation, which only the running program knows; constants of your own are not looked up.
  hint: write a literal, or arithmetic on numbers
error @a/a.ts:2:83-94 Setting is not a constant
  e is set to a value behind as, satisfies or !, which only the running program knows; constants of your own are not looked up.
  hint: write a literal, or arithmetic on numbers
`},
		{"what is missing", `const a = new Topic("a"); const b = new Topic<string>(); const c = new Subscription(); const d = new Topic<string>(...args); const { e } = new Topic<string>("e", {}); const f = new Topic<string>("F_", {}); const g = new Topic<string>("g", other);`, `
decl topic a held by a invalid
decl topic  held by b invalid
decl subscription  held by c invalid
decl topic e held by  invalid
decl topic F_ held by f invalid
decl topic g held by g invalid unreadable
name a holds [0] directly
name b holds [1] directly
name c holds [2] directly
name e holds [3] directly
name f holds [4] directly
name g holds [5] directly
ref e as alias in part e
ref other as constructor argument in part g
rooted is part c
error @a/a.ts:2:11-25 Missing type argument
  A topic must say the type of its messages.
  hint: write it between angle brackets, as in new Topic<...>(...)
error @a/a.ts:2:37-56 Missing name
  The topic has no name.
  hint: give it one as a string
error @a/a.ts:2:68-86 Missing name
  The subscription has no name.
  hint: give it one as a string
error @a/a.ts:2:68-86 Missing topic
  The subscription does not say which topic it belongs to.
  hint: give the topic as an argument
error @a/a.ts:2:116-123 Arguments are not a literal
  The arguments of a topic are read without running the program, and a spread list has to be run to be known.
  hint: write them out
error @a/a.ts:2:132-137 Declaration taken apart
  The topic is declared here and taken apart at once, so that its uses could no longer be seen.
  hint: bind it to a variable of its own first
error @a/a.ts:2:196-200 Invalid topic name
  The name "F_" cannot be used: it is not in kebab-case: lower case letters, digits and -, starting with a letter and not ending with -.
  hint: "f" would do
error @a/a.ts:2:240-245 Settings are not a literal
  The settings are read without running the program, and the name other has to be run to be known.
  hint: write them here as an object literal, {...}
`},
		{"a duration that is none", `new Subscription(other.t, "s", { ackDeadline: 30, handler: f }); new Subscription(other.t, "r", { ackDeadline: "1.5h" });`, `
decl subscription s held by  invalid unreadable
  of other.t
decl subscription r held by  invalid unreadable
  of other.t
ref other.t as field in part -
ref other.t as field in part -
rooted is part -
error @a/a.ts:2:47-49 Wrong type
  ackDeadline must be a duration, got the number 30.
  hint: write a string with a unit, as in "30s" or "7d"
error @a/a.ts:2:112-118 Invalid duration
  ackDeadline is "1.5h", which Encore refuses: a duration is made of numbers without fractions, each with one of the units ns, us, ms, s, m, h, d, w and y.
  hint: write it as in "30s", "7d" or "1h30m"
`},
		{"endpoints", `export const a = api({ method: ["POST", "GET", "GET"], path: "/a/:id", expose: true, tags: ["x"] }, async ({ id }: { id: string }) => {}); export const b = api({ expose: true, auth: true }, async () => {}); export const c = api<A, B>({}, run);`, `
endpoint a public [GET POST] /a/:id  with a request   [x] request {Parts:[] Other:true Required:true}
endpoint b auth [POST]      [] no request
endpoint c private [POST]      [] request {Parts:[] Other:true Required:true}
exported a is part a
exported b is part b
exported c is part c
rooted is part a
rooted is part b
rooted is part c
`},
		{"endpoints of other forms", `export const a = api.raw({ method: "*", path: "/*rest" }, f); export const b = api.streamInOut({}, f); export const c = api.static({ path: "/*p", dir: "./assets", notFound: "./404.html" });`, `
endpoint a private [*] /*rest raw with a request   [] no request
endpoint b private [GET]   with a request streamInOut  [] no request
endpoint c private [GET HEAD] /*p  with a request  a/assets [] no request
exported a is part a
exported b is part b
exported c is part c
rooted is part a
rooted is part b
rooted is part c
`},
		{"endpoints that are wrong", `export const a = api({ method: "get", path: "a" }, f); export const b = api({ path: "/:id" }, async () => {}); export const c = api({}); api({}, f); export const d = api(); export const e = api.static({ path: "/!a/b", dir: "../x" }); export const g = api({}, async <T>(t: T) => {}); export const h = api({ nothing: 1 }, f);`, `
endpoint a private [] a     [] no request
endpoint b private [POST] /:id  with a request   [] no request
endpoint c private [POST]      [] no request invalid
endpoint e private [GET HEAD] /!a/b  with a request  x [] no request
endpoint g private [POST]      [] request {Parts:[{Source:-1 Path:[T]}] Other:false Required:false}
endpoint h private [POST]      [] no request invalid
exported a is part a
exported b is part b
exported c is part c
exported d is part d
exported e is part e
exported g is part g
exported h is part h
rooted is part a
rooted is part b
rooted is part c
rooted is part e
rooted is part g
rooted is part h
error @a/a.ts:2:45-48 Invalid path
  The path "a" cannot be used: it does not begin with a slash.
  hint: write it as /literal/:parameter, with /*rest or /!rest at the end at most
error @a/a.ts:2:32-37 Unknown method
  An endpoint answers HTTP methods, and the string "get" is none.
  hint: use one of CONNECT, DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, TRACE, or "*" alone for all
error @a/a.ts:2:85-91 Path without a request
  The path "/:id" of b has parameters, and its handler takes no request with a type that holds them, so that Encore refuses it.
  hint: give the handler a parameter with a type, as in ({ id }: { id: string })
error @a/a.ts:2:129-136 Endpoint without a handler
  The endpoint c has no function that answers requests.
  hint: give one as the second argument
error @a/a.ts:2:138-148 Endpoint without a name
  An endpoint is called by the exported variable it is bound to, and this one is bound to none.
  hint: write export const name = api(...)
error @a/a.ts:2:167-172 Endpoint without settings
  The endpoint d has no settings.
  hint: give them as an object literal, {...}
error @a/a.ts:2:210-217 Invalid path
  The path "/!a/b" cannot be used: a segment that takes all the rest is not the last one.
  hint: write it as /literal/:parameter, with /*rest or /!rest at the end at most
error @a/a.ts:2:224-230 Path outside the module
  dir is "../x", and it must lie below the folder of this file.
  hint: write a relative path without .., as in "./assets"
error @a/a.ts:2:267-268 Handler with type parameters
  The handler of an endpoint cannot have type parameters: what it takes must be known.
  hint: write the types out
error @a/a.ts:2:307-314 Unknown setting
  There is no setting nothing here.
  hint: the settings are method, path, expose, auth, bodyLimit, tags, sensitive, dir, notFound, notFoundStatus, headers
`},
		{"paths that are wrong", `export const a = api({ path: "/a/" }, f); export const b = api({ path: "/a//b" }, f); export const c = api({ path: "/a?b" }, f); export const d = api({ path: "/:" }, f);`, `
endpoint a private [POST] /a/     [] no request
endpoint b private [POST] /a//b     [] no request
endpoint c private [POST] /a?b     [] no request
endpoint d private [POST] /:  with a request   [] no request
exported a is part a
exported b is part b
exported c is part c
exported d is part d
rooted is part a
rooted is part b
rooted is part c
rooted is part d
error @a/a.ts:2:30-35 Invalid path
  The path "/a/" cannot be used: it ends with a slash.
  hint: write it as /literal/:parameter, with /*rest or /!rest at the end at most
error @a/a.ts:2:72-79 Invalid path
  The path "/a//b" cannot be used: it has an empty segment.
  hint: write it as /literal/:parameter, with /*rest or /!rest at the end at most
error @a/a.ts:2:116-122 Invalid path
  The path "/a?b" cannot be used: it has a query or a fragment.
  hint: write it as /literal/:parameter, with /*rest or /!rest at the end at most
error @a/a.ts:2:159-163 Invalid path
  The path "/:" cannot be used: a segment that varies has no name.
  hint: write it as /literal/:parameter, with /*rest or /!rest at the end at most
`},
		{"the gateway", `const auth = authHandler<P, D>(async (p) => null); export const gw = new Gateway({ authHandler: auth }); new Gateway(); new Gateway(other); authHandler(f);`, `
gateway true auth
gateway false nothing
gateway false nothing
auth handler auth
ref auth as other in part gw
ref other as constructor argument in part -
part gw names part auth
exported gw is part gw
rooted is part -
rooted is part auth
rooted is part gw
error @a/a.ts:2:106-119 Missing settings
  The gateway has no settings.
  hint: write new Gateway({}), or name its auth handler
error @a/a.ts:2:133-138 Settings are not a literal
  The settings are read without running the program, and the name other has to be run to be known.
  hint: write them here as an object literal, {...}
error @a/a.ts:2:141-155 Auth handler without a name
  An auth handler must be bound to a variable.
  hint: write export const name = authHandler(...), and name it in the gateway
`},
		{"middleware", `const m = middleware({ target: { auth: true, isStream: false, tags: ["a", "b"] } }, f); const n = middleware(f); middleware({ target: other }, f); middleware({ target: { auth } }, f);`, `
middleware m [auth not stream tag:a tag:b]
middleware n [all]
middleware  [all]
middleware  [all]
ref other as other in part -
`},
		{"a service in another file", `export default new Service("a");`, `
service a
exported default is part default
rooted is part default
error @a/a.ts:2:16-32 Service in another file
  A service is declared in a file of its own, and this is a/a.ts.
  hint: move it to a/encore.service.ts, as the default export
`},
		{"what is done with a name", `other.f(); other.g; f(other); new Thing(other); const x = other.y; x.z(); export { other }; function fn() { return other["h"].i(); } other.j<T>(); (await other).k(); log({ other }); const [l] = other;`, `
ref other.f as call in part
ref other.g as field in part
ref other as argument in part
ref other as constructor argument in part
ref other.y as alias in part x
ref x.z as call in part
ref other as re-export in part
ref other.h.i as call in part fn
ref other.j as call in part  with types
ref other.k as call in part
ref other as other in part
ref other as alias in part l
part  names part x
`},
		{"a tag", "other.db`select`;", `
ref other.db as call in part
`},
		{"what nobody holds", `run(new SQLDatabase("main")); const m = make(new SQLDatabase("kept")); new SQLDatabase("alone").query();`, `
decl database main held by
decl database kept held by m
decl database alone held by
name main holds [0] directly
name m holds [1]
name kept holds [1] directly
name alone holds [2] directly
ref main as where it stands in part
ref kept as where it stands in part m
ref alone.query as where it stands in part
`},
		{"one within another", `const outer = new SQLDatabase("out", new SQLDatabase("in"));`, `
decl database out held by outer invalid unreadable
decl database in held by outer
name outer holds [0 1]
name in holds [1] directly
ref in as where it stands in part outer
error @a/a.ts:2:38-59 Settings are not a literal
  The settings are read without running the program, and a new object has to be run to be known.
  hint: write them here as an object literal, {...}
`},
		{"parts", `const a = 1; function b() { return a; } class C { m() { return b(); } } const { d, e } = C; export { b as f }; export default () => d; enum G { H } e();`, `
part  names part b
part  names part d
part b names part a
part C names part b
part d names part C
part default names part d
exported default is part default
exported f is part b
`},
		{"a module as a whole", `import * as pubsub from "encore.dev/pubsub"; const t = new pubsub.Topic<string>("t", {}); pubsub.nothing();`, `
warning @a/a.ts:2:60-72 Declaration that Encore does not see
  Encore recognises Topic only when it is imported by name, so that this declares nothing.
  hint: write import { Topic } from "encore.dev/pubsub"
`},
		{"a name that a local one hides", `const f = (other) => other.run(); const g = (api) => api({}, f); { const Topic = X; new Topic<string>("t", {}); }`, `
part g names part f
`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := describe(read(t, "a/a.ts", imports+test.text))
			if d := cmp.Diff(strings.TrimPrefix(test.want, "\n"), got); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestServiceFile: a service is the default export of the file that is called after it.
func TestServiceFile(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"as it should be", `export default new Service("users", {});`, `
service users
exported default is part default
rooted is part default
`},
		{"bound to a variable", `export const s = new Service("users");`, `
service users
exported s is part s
rooted is part s
error @a/encore.service.ts:2:18-38 Service bound to a variable
  The service users is bound to a variable, and Encore looks for it as the module's default export.
  hint: write export default new Service("users")
`},
		{"not exported", `new Service("users");`, `
service users
rooted is part -
error @a/encore.service.ts:2:1-21 Service is not exported
  The service users is not the module's default export.
  hint: write export default new Service("users")
`},
		{"without a literal", `export default new Service(name);`, `
exported default is part default
error @a/encore.service.ts:2:28-32 Name is not a literal
  The name of a service is read without running the program.
  hint: write it here as a string literal
`},
		{"two", `export default new Service("a"); new Service("b");`, `
service a
exported default is part default
rooted is part default
error @a/encore.service.ts:2:34-50 Second service in a file
  The file declares a service already, at a/encore.service.ts:2:16.
  hint: give each service a folder with a file of its own
`},
		{"no TypeScript", `new Service(`, `
error @a/encore.service.ts:2:13-13 Invalid TypeScript
  The file cannot be read: expected an expression, but the file ends here.
  hint: correct the syntax; the TypeScript compiler reports the same place
`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := describe(read(t, "a/encore.service.ts", imports+test.text))
			if d := cmp.Diff(strings.TrimPrefix(test.want, "\n"), got); d != "" {
				t.Error(d)
			}
		})
	}
}

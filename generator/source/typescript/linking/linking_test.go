package linking_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/sourcetest"
	"github.com/groundplan/groundplan/generator/source/typescript/extraction"
	"github.com/groundplan/groundplan/generator/source/typescript/facts"
	"github.com/groundplan/groundplan/generator/source/typescript/linking"
	"github.com/groundplan/groundplan/generator/source/typescript/loading"
	"github.com/groundplan/groundplan/generator/source/typescript/resolution"
	"github.com/groundplan/groundplan/generator/source/typescript/scope"
	"github.com/groundplan/groundplan/generator/source/typescript/vocabulary"
)

var language = vocabulary.New([]source.TypeScriptSpelling{
	{
		Kind: "topic", Module: "encore.dev/pubsub", Constructors: []string{"Topic"}, ParentArg: -1, NameArg: 0, ConfigArg: 1,
		Methods: map[string][]string{"publish": {"publish"}}, Ref: "ref", Permissions: map[string][]string{"Publisher": {"publish"}}, Strict: true,
		Outside: source.OutsideNone,
	},
	{
		Kind: "subscription", Module: "encore.dev/pubsub", Constructors: []string{"Subscription"}, ParentArg: 0, ParentKind: "topic", NameArg: 1, ConfigArg: 2,
		Opaque: []string{"handler"}, Methods: map[string][]string{}, Root: true,
	},
	{Kind: "database", Module: "encore.dev/storage/sqldb", Constructors: []string{"SQLDatabase"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, Held: true},
	{Kind: "cron", Module: "encore.dev/cron", Constructors: []string{"CronJob"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, References: []string{"endpoint"}, Methods: map[string][]string{}},
	{Kind: "keyspace", Module: "encore.dev/cache", Constructors: []string{"Keyspace"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, InService: true, ByDeclaration: true},
})

// shared are declarations that several applications use.
const shared = `
-- lib/lib.ts --
import { Topic } from "encore.dev/pubsub"; import { SQLDatabase } from "encore.dev/storage/sqldb";
export const posts = new Topic("t", {}); export const db = new SQLDatabase("db", {});
-- b/b.ts --
import { api } from "encore.dev/api"; export const ask = api({}, async () => {});
`

const heading = `import { api, Gateway } from "encore.dev/api"; import { authHandler } from "encore.dev/auth"; import { Topic, Subscription, Publisher } from "encore.dev/pubsub"; import { CronJob } from "encore.dev/cron"; import { Keyspace } from "encore.dev/cache"; import { posts, db } from "../lib/lib"; import { b } from "~encore/clients";
`

// TestLink: given these files, this is the application. HEAD stands for a first line that imports whatever there is.
func TestLink(t *testing.T) {
	for _, test := range []struct{ name, files, want string }{
		{"uses of a service", "-- a/a.ts --\nHEAD\nexport const e = api({}, async () => { await posts.publish(1); await db.exec`x`; await b.ask(); });", `
service a in a @a/a.ts:2:18-99
service b in b @b/b.ts:1:58-81
endpoint a.e private POST /a.e @a/a.ts:2:18-99
endpoint b.ask private POST /b.ask @b/b.ts:1:58-81
package a/a.ts service=a root
  imports lib/lib.ts @a/a.ts:1:277-289
package a/a.ts part=e service=a root
  imports lib/lib.ts part=db @a/a.ts:2:70-77
  imports lib/lib.ts part=posts @a/a.ts:2:46-59
package b/b.ts service=b root
package lib/lib.ts
decl database db symbol=db in lib @lib/lib.ts:2:60-85
decl topic t symbol=posts in lib @lib/lib.ts:2:22-40
use database db by a in a/a.ts part=e through=db.exec @a/a.ts:2:70-77
use topic t publish by a in a/a.ts part=e through=posts.publish @a/a.ts:2:46-59
call b.ask by a in a/a.ts part=e @a/a.ts:2:88-93
`},
		{"uses below a service", "-- a/a.ts --\nHEAD\nexport const e = api({}, async () => {});\n-- a/c/d.ts --\nimport { db } from \"../../lib/lib\"; export const f = () => db.query();", `
service a in a @a/a.ts:2:18-41
service b in b @b/b.ts:1:58-81
endpoint a.e private POST /a.e @a/a.ts:2:18-41
endpoint b.ask private POST /b.ask @b/b.ts:1:58-81
package a/a.ts service=a root
package a/c/d.ts service=a
  imports lib/lib.ts @a/c/d.ts:1:20-35
package a/c/d.ts part=f service=a
  imports lib/lib.ts part=db @a/c/d.ts:1:60-68
package b/b.ts service=b root
package lib/lib.ts
decl database db symbol=db in lib @lib/lib.ts:2:60-85
decl topic t symbol=posts in lib @lib/lib.ts:2:22-40
use database db by a in a/c/d.ts part=f through=db.query @a/c/d.ts:1:60-68
`},
		{"uses outside every service", "-- a/a.ts --\nHEAD\nposts.publish(1); db.query(); b.ask();", `
service b in b @b/b.ts:1:58-81
endpoint b.ask private POST /b.ask @b/b.ts:1:58-81
package a/a.ts
  imports lib/lib.ts @a/a.ts:1:277-289
  imports lib/lib.ts part=db @a/a.ts:2:19-27
  imports lib/lib.ts part=posts @a/a.ts:2:1-14
package b/b.ts service=b root
package lib/lib.ts
decl database db symbol=db in lib @lib/lib.ts:2:60-85
decl topic t symbol=posts in lib @lib/lib.ts:2:22-40
use database db by - in a/a.ts @a/a.ts:2:19-27
error @a/a.ts:2:1-14 Used outside a service
  The topic "t" is used in a/a.ts, which belongs to no service.
  hint: use it within a service, and pass it, or what was read from it, to shared code
error @a/a.ts:2:31-36 Endpoint called outside a service
  a/a.ts belongs to no service, so it cannot call b.ask.
  hint: move the call into the folder of a service
`},
		{"references with permissions", "-- a/a.ts --\nHEAD\nexport const e = api({}, async () => { f(posts.ref<Publisher>()); g(posts.ref<string>()); posts.nothing(); const x = posts; const y = db; });", `
service a in a @a/a.ts:2:18-141
service b in b @b/b.ts:1:58-81
endpoint a.e private POST /a.e @a/a.ts:2:18-141
endpoint b.ask private POST /b.ask @b/b.ts:1:58-81
package a/a.ts service=a root
  imports lib/lib.ts @a/a.ts:1:277-289
package a/a.ts part=e service=a root
  imports lib/lib.ts part=posts @a/a.ts:2:42-51
package b/b.ts service=b root
package lib/lib.ts
decl database db symbol=db in lib @lib/lib.ts:2:60-85
decl topic t symbol=posts in lib @lib/lib.ts:2:22-40
use topic t publish by a in a/a.ts part=e through=posts.ref @a/a.ts:2:42-51
error @a/a.ts:2:69-78 Reference without known permissions
  The type argument of posts.ref does not say what the reference may do.
  hint: give permissions of encore.dev/pubsub joined by &, as in posts.ref<Publisher>()
error @a/a.ts:2:91-104 Unknown operation
  A topic has no method nothing.
  hint: there are publish
error @a/a.ts:2:118-123 Invalid reference to a topic
  The topic posts cannot be assigned or passed around, because what the code does with it could no longer be seen.
  hint: call one of its methods, or pass on a reference with permissions, as in posts.ref<...>()
error @a/a.ts:2:135-137 Invalid use of a database
  The database db can be an argument and have its members used; Encore refuses to see it assigned, returned, exported as the default or put in an object.
  hint: export and import the variable by name, or pass it to a function
`},
		{"wrong calls", "-- a/a.ts --\nHEAD\nimport * as all from \"~encore/clients\"; export const e = api({}, async () => { b.nothing(); f(b); all.b.ask(); }); import { z } from \"~encore/clients\"; z.f();", `
service a in a @a/a.ts:2:58-114
service b in b @b/b.ts:1:58-81
endpoint a.e private POST /a.e @a/a.ts:2:58-114
endpoint b.ask private POST /b.ask @b/b.ts:1:58-81
package a/a.ts service=a root
package a/a.ts part=e service=a root
package b/b.ts service=b root
package lib/lib.ts
decl database db symbol=db in lib @lib/lib.ts:2:60-85
decl topic t symbol=posts in lib @lib/lib.ts:2:22-40
call b.nothing by a in a/a.ts part=e @a/a.ts:2:80-89
warning @a/a.ts:2:80-89 Unknown endpoint
  The service b has no endpoint nothing. Encore's parser lets it pass and the call fails when it is made; b can be reached from here all the same.
  hint: the service has ask
error @a/a.ts:2:95-96 Client used without calling it
  The client b can be called, and nothing else: which endpoints are called could no longer be seen.
  hint: call an endpoint here, as in b.endpoint(), or pass on a function that does
error @a/a.ts:2:99-108 Clients imported as a whole
  Encore sees the calls of clients that are imported by name, and refuses others.
  hint: write import { b } from "~encore/clients"
error @a/a.ts:2:153-156 Unknown service
  ~encore/clients has no client z: no service is called so.
  hint: did you mean "a"?
`},
		{"services that collide", "-- a/a.ts --\nHEAD\nexport const e = api({}, f);\n-- c/a/a.ts --\nimport { api } from \"encore.dev/api\"; export const e = api({}, f); export const e2 = api({}, f);\n-- c/a/z.ts --\nimport { api } from \"encore.dev/api\"; export const e = api({}, f);\n-- c/encore.service.ts --\nimport { Service } from \"encore.dev/service\"; export default new Service(\"c\");\n-- c/a/encore.service.ts --\nimport { Service } from \"encore.dev/service\"; export default new Service(\"a\");\n-- d/encore.service.ts --\n", `
service a in a @a/a.ts:2:18-28
service a in c/a @c/a/encore.service.ts:1:62-78
service b in b @b/b.ts:1:58-81
service c in c @c/encore.service.ts:1:62-78
endpoint a.e private POST /a.e @a/a.ts:2:18-28
endpoint a.e2 private POST /a.e2 @c/a/a.ts:1:86-96
endpoint b.ask private POST /b.ask @b/b.ts:1:58-81
package a/a.ts service=a root
package b/b.ts service=b root
package c/a/a.ts service=a root
package c/a/encore.service.ts service=a root
package c/a/z.ts service=a root
package c/encore.service.ts service=c root
package d/encore.service.ts
package lib/lib.ts
decl database db symbol=db in lib @lib/lib.ts:2:60-85
decl topic t symbol=posts in lib @lib/lib.ts:2:22-40
error @d/encore.service.ts:1:1-1 File without a service
  The file d/encore.service.ts must declare a service, and declares none.
  hint: write export default new Service("name"), or remove the file
error @c/a/encore.service.ts:1:62-78 Duplicate service name
  The service in c/a and the one in a (a/a.ts:2:18) are both called a.
  hint: rename one of them in its encore.service.ts
error @c/a/encore.service.ts:1:62-78 Service within a service
  The service a in c/a lies within the folder of the service c (c/encore.service.ts:1:62), and services cannot be nested.
  hint: move one of them
error @c/a/a.ts:1:56-66 Duplicate endpoint name
  The service a has an endpoint e already, at a/a.ts:2:18.
  hint: rename one of them
error @c/a/z.ts:1:56-66 Duplicate endpoint name
  The service a has an endpoint e already, at a/a.ts:2:18.
  hint: rename one of them
`},
		{"the root is a service", "-- a.ts --\nimport { api } from \"encore.dev/api\"; export const e = api({ path: \"/x\" }, f);\n-- c/c.ts --\nimport { api } from \"encore.dev/api\"; interface P { a?: string } interface Q extends P { b: string } export const g = api({}, (p: P) => 1); export const h = api({}, (p: Q) => 1);", `
service shop in . @a.ts:1:56-78
endpoint shop.ask private POST /shop.ask @b/b.ts:1:58-81
endpoint shop.e private POST /x @a.ts:1:56-78
endpoint shop.g private POST /shop.g @c/c.ts:1:119-139
endpoint shop.h private POST /shop.h request @c/c.ts:1:158-178
package a.ts service=shop root
package b/b.ts service=shop root
package c/c.ts service=shop root
package lib/lib.ts service=shop
decl database db symbol=db service=shop in lib @lib/lib.ts:2:60-85
decl topic t symbol=posts service=shop in lib @lib/lib.ts:2:22-40
`},
		{"the gateway", "-- a/a.ts --\nHEAD\nexport const h = authHandler(f); export const gw = new Gateway({ authHandler: h });\n-- c/c.ts --\nimport { Gateway } from \"encore.dev/api\"; import { authHandler } from \"encore.dev/auth\"; new Gateway({ authHandler: f }); export const i = authHandler(f);", `
service a in a @a/a.ts:2:18-32
service b in b @b/b.ts:1:58-81
service c in c @c/c.ts:1:90-121
endpoint b.ask private POST /b.ask @b/b.ts:1:58-81
auth a.h @a/a.ts:2:18-32
gateway in a @a/a.ts:2:52-83
package a/a.ts service=a root
package a/a.ts part=gw service=a root
  imports a/a.ts part=h @a/a.ts:2:79-80
package b/b.ts service=b root
package c/c.ts service=c root
package lib/lib.ts
decl database db symbol=db in lib @lib/lib.ts:2:60-85
decl topic t symbol=posts in lib @lib/lib.ts:2:22-40
error @c/c.ts:1:140-154 Second auth handler
  The application has an auth handler already, at a/a.ts:2:18, and there can be one.
  hint: remove one of them
error @c/c.ts:1:90-121 Second gateway
  The application has a gateway already, at a/a.ts:2:52, and there can be one.
  hint: remove one of them
`},
		{"parents and endpoints", "-- a/a.ts --\nHEAD\nimport { ask } from \"../b/b\"; new Subscription(posts, \"s\", { handler: f }); new Subscription(db, \"r\", {}); const bad = new Topic(name, {}); new Subscription(bad, \"q\", {}); new CronJob(\"c\", { endpoint: ask }); export const k = new Keyspace(\"k\", {});\n-- lib/k.ts --\nimport { Keyspace } from \"encore.dev/cache\"; new Keyspace(\"l\", {});", `
service a in a @a/a.ts:2:31-75
service b in b @b/b.ts:1:58-81
endpoint b.ask private POST /b.ask @b/b.ts:1:58-81
package a/a.ts service=a root
  imports b/b.ts @a/a.ts:2:21-29
  imports lib/lib.ts @a/a.ts:1:277-289
package a/a.ts part=- service=a root
  imports a/a.ts part=bad @a/a.ts:2:158-161
  imports b/b.ts part=ask @a/a.ts:2:202-205
  imports lib/lib.ts part=db @a/a.ts:2:94-96
  imports lib/lib.ts part=posts @a/a.ts:2:48-53
package b/b.ts service=b root
package lib/k.ts
package lib/lib.ts
decl cron c service=a in a @a/a.ts:2:173-208
  endpoint = reference b/b.ts.ask
decl database db symbol=db in lib @lib/lib.ts:2:60-85
decl keyspace k symbol=k service=a in a @a/a.ts:2:227-248
decl subscription s parent=t service=a in a @a/a.ts:2:31-75
  handler = an expression
decl topic t symbol=posts in lib @lib/lib.ts:2:22-40
error @a/a.ts:2:94-96 Not a declared topic
  What the subscription is given here is no variable that declares a topic.
  hint: give the variable itself, imported from the module that declares it
error @lib/k.ts:1:46-67 Declared outside a service
  A keyspace must be declared within a service, and lib/k.ts belongs to none.
  hint: move the declaration into the folder of a service
`},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := fstest.MapFS{}
			for _, file := range txtar.Parse([]byte(shared + strings.ReplaceAll(test.files, "HEAD\n", heading))).Files {
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
			var modules []*facts.Module
			for _, name := range tree.Roots {
				modules = append(modules, extraction.Read(language, resolver, name, string(files[name].Data)).Module)
			}
			none := loading.Sources{Kept: map[string]*scope.File{}, Read: func(string) *scope.File { return nil }, Resolver: resolver}
			application, diags := linking.Link("shop", language, modules, none)
			got := sourcetest.Describe(application) + sourcetest.Diagnostics(diags)
			if d := cmp.Diff(strings.TrimPrefix(test.want, "\n"), got); d != "" {
				t.Error(d)
			}
		})
	}
}

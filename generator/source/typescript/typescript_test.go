package typescript

import (
	"flag"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/sourcetest"
	"github.com/groundplan/groundplan/generator/source/typescript/linking"
	"github.com/groundplan/groundplan/generator/source/typescript/resolution"
	"github.com/groundplan/groundplan/generator/source/typescript/vocabulary"
)

var update = flag.Bool("update", false, "record what the reader finds in testdata; review the difference")

// testSpellings is a table of its own, so that the reader's tests depend on no kind.
var testSpellings = []source.TypeScriptSpelling{
	{
		Kind: "database", Module: "encore.dev/storage/sqldb", Constructors: []string{"SQLDatabase"},
		ParentArg: -1, NameArg: 0, ConfigArg: 1, Named: "named", MigrationsField: "migrations", Held: true,
	},
	{
		Kind: "topic", Module: "encore.dev/pubsub", Constructors: []string{"Topic"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, ConfigRequired: true,
		TypeArgument: "the type of its messages", Methods: map[string][]string{"publish": {"publish"}}, Ref: "ref",
		Permissions: map[string][]string{"Publisher": {"publish"}}, Strict: true, Constructed: true, Outside: source.OutsideNone,
	},
	{
		Kind: "subscription", Module: "encore.dev/pubsub", Constructors: []string{"Subscription"}, ParentArg: 0, ParentKind: "topic",
		NameArg: 1, ConfigArg: 2, ConfigRequired: true, Opaque: []string{"handler"}, Durations: []string{"ackDeadline"},
		Methods: map[string][]string{}, Root: true,
	},
	{
		Kind: "bucket", Module: "encore.dev/storage/objects", Constructors: []string{"Bucket"}, ParentArg: -1, NameArg: 0, ConfigArg: 1,
		Grammar: source.Kebab, Named: "named", Methods: map[string][]string{"upload": {"write"}, "download": {"read"}, "list": {"list"}}, Ref: "ref",
		Permissions: map[string][]string{"Uploader": {"write"}, "Downloader": {"read"}, "Lister": {"list"}, "ReadWriter": {"write", "read", "list"}},
		Strict:      true, Outside: source.OutsideNone,
	},
	{
		Kind: "cache", Noun: "cache cluster", Module: "encore.dev/storage/cache", Constructors: []string{"CacheCluster"},
		ParentArg: -1, NameArg: 0, ConfigArg: 1, Named: "named", Methods: map[string][]string{},
	},
	{
		Kind: "keyspace", Module: "encore.dev/storage/cache", Constructors: []string{"StringKeyspace", "StructKeyspace"},
		ParentArg: 0, ParentKind: "cache", NameArg: -1, ConfigArg: 1, ConfigRequired: true, Opaque: []string{"defaultExpiry"},
		TypeArgument: "the type of its keys", InService: true, ByDeclaration: true,
	},
	{
		Kind: "secret", Module: "encore.dev/config", Constructors: []string{"secret"}, Function: true,
		ParentArg: -1, NameArg: 0, ConfigArg: -1, InService: true, Global: true, ByDeclaration: true,
	},
	{
		Kind: "cron", Noun: "cron job", Module: "encore.dev/cron", Constructors: []string{"CronJob"}, ParentArg: -1, NameArg: 0, ConfigArg: 1,
		ConfigRequired: true, References: []string{"endpoint"}, Durations: []string{"every"}, Methods: map[string][]string{},
	},
	{
		Kind: "metric", Module: "encore.dev/metrics", Constructors: []string{"Counter"}, ParentArg: -1, NameArg: 0, ConfigArg: 1,
		Grammar: source.Snake, Methods: map[string][]string{"increment": nil}, Outside: source.OutsideNone, Registered: true,
	},
}

// TestI2_TypeScriptApplications reads every application of testdata and compares what is found, or what is
// wrong, with the lines recorded beside it. Each is about one thing, which its name says.
func TestI2_TypeScriptApplications(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no applications in testdata", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			root := t.TempDir()
			sourcetest.WriteArchive(t, root, archive)
			application, diags, err := Read(root, testSpellings, "infra")
			if err != nil {
				t.Fatal(err)
			}
			sourcetest.Compare(t, file, archive, sourcetest.Describe(application)+sourcetest.Diagnostics(diags), *update)
		})
	}
}

// TestI2_OrderOfFilesDoesNotMatter reads an application twice, the second time with its files handed out backwards.
func TestI2_OrderOfFilesDoesNotMatter(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/modules_lead_to_what_others_declare.txtar")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, file := range archive.Files {
		files[file.Name] = &fstest.MapFile{Data: file.Data}
	}
	read := func(shuffle func([]string)) *source.Application {
		tree, err := resolution.FindFiles(files, nil)
		if err != nil {
			t.Fatal(err)
		}
		shuffle(tree.Roots)
		language := vocabulary.New(testSpellings)
		resolver, err := resolution.New(files, tree)
		if err != nil {
			t.Fatal(err)
		}
		modules, sources, err := readModules(files, language, resolver, tree.Roots)
		if err != nil {
			t.Fatal(err)
		}
		application, _ := linking.Link("app", language, modules, sources)
		return application
	}
	forwards, backwards := read(func([]string) {}), read(slices.Reverse[[]string])
	if !reflect.DeepEqual(forwards, backwards) {
		t.Errorf("forwards:\n%s\nbackwards:\n%s", sourcetest.Describe(forwards), sourcetest.Describe(backwards))
	}
}

// fuzzHeading imports what the framework has, and stands above statements that are changed by themselves: the shorter a text, the more
// of what the fuzzer makes of it says something new.
const fuzzHeading = `import { api, Gateway, middleware } from "encore.dev/api"; import { authHandler } from "encore.dev/auth"; import { Service } from "encore.dev/service"; import { secret } from "encore.dev/config"; import { CronJob } from "encore.dev/cron";
import { Topic, Subscription, Publisher } from "encore.dev/pubsub"; import { SQLDatabase } from "encore.dev/storage/sqldb"; import { Bucket, Uploader } from "encore.dev/storage/objects"; import { CacheCluster, StringKeyspace } from "encore.dev/storage/cache";
import { files, topic } from "../store/store"; import { svc } from "~encore/clients";
`

// FuzzTypeScript: whatever stands in a file, the reader does not panic and its positions lie in the file.
func FuzzTypeScript(f *testing.F) {
	for _, statement := range []string{
		`const a = new Topic<string>("a", { deliveryGuarantee: "at-least-once", n: (1 + 2) * -3 / 4 % 5 });`, `new Subscription(topic, "s", { handler: async () => {}, ackDeadline: "1h30m" });`,
		`const b = new Bucket("b", { versioned: true }); const r = b.ref<Uploader>();`, `const db = SQLDatabase.named("main"); export default new SQLDatabase("db", { migrations: "./m" });`,
		`const key = secret("Key"); const x = key();`, `const c = new CronJob("c", { every: "1h", endpoint: e });`, `const k = new StringKeyspace<{ a: string }>(new CacheCluster("c"), { keyPattern: "a/:a" });`,
		`export const e = api({ method: ["GET", "POST"], path: "/a/:b", expose: true, tags: ["t"] }, async ({ b }: { b: string }) => topic.publish(b));`, `export const r = api.raw({ path: "/*x" }, f);`,
		`export const s = api.static({ path: "/*p", dir: "./a", notFound: "./b" });`, `export const gw = new Gateway({ authHandler: auth }); const auth = authHandler<A, B>(async (p) => null);`,
		`const m = middleware({ target: { auth: true, tags: ["a"] } }, f); export default new Service("svc", { middlewares: [m] });`, `const { a: { b }, ...c } = await import("../store/store"); import("./x").then(({ y }) => y());`,
		`await svc.e({}); class A extends B { static x = svc.e(); @d get y() { return files.list(); } } new A().y;`, `type A = B & { c?: string } | Partial<D>; interface E extends A { f(): void } export type { A as G };`,
	} {
		f.Add([]byte(statement), true)
	}
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if filepath.Ext(file.Name) == ".ts" {
				f.Add(file.Data, false)
			}
		}
	}
	const other = `import { Bucket } from "encore.dev/storage/objects"; import { Topic } from "encore.dev/pubsub"; import db from "../svc/svc";
export const files = new Bucket("files"); export const topic = new Topic<string>("t", {}); export * from "../svc/svc"; export { db };`
	f.Fuzz(func(t *testing.T, text []byte, statement bool) {
		if statement {
			text = append([]byte(fuzzHeading), text...)
		}
		files := fstest.MapFS{"store/store.ts": {Data: []byte(other)}, "svc/svc.ts": {Data: text}}
		application, diags, err := readTypeScript(files, "app", testSpellings, nil)
		if err != nil {
			t.Fatal(err)
		}
		sourcetest.Describe(application)
		for _, d := range diags {
			size := map[string]int{"svc/svc.ts": len(text), "store/store.ts": len(other)}[d.Subject.Filename]
			if d.Subject.Start.Byte < 0 || d.Subject.End.Byte > size || d.Subject.Start.Line < 1 || d.Subject.Start.Column < 1 || d.Subject.End.Byte < d.Subject.Start.Byte {
				t.Errorf("position outside the file: %s", sourcetest.Diagnostics(diags))
			}
		}
	})
}

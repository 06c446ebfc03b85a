package link_test

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/golang/folder"
	"github.com/groundplan/groundplan/generator/source/golang/link"
	"github.com/groundplan/groundplan/generator/source/golang/vocabulary"
	"github.com/groundplan/groundplan/generator/source/sourcetest"
)

var language = vocabulary.New("app.example", []source.GoSpelling{
	{Kind: "database", Package: "encore.dev/storage/sqldb", Constructors: []string{"NewDatabase"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, ConfigType: "DatabaseConfig", Grammar: source.Snake, Named: "Named", Outside: source.OutsideNone, ImplicitDir: "migrations", ImplicitFuncs: []string{"Exec"}, MigrationsField: "Migrations"},
	{Kind: "topic", Package: "encore.dev/pubsub", TypeName: "pubsub.Topic", Constructors: []string{"NewTopic"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, ConfigType: "TopicConfig", Grammar: source.Kebab, Strict: true, Outside: source.OutsideMethods, Methods: map[string][]string{"Publish": {"publish"}, "Meta": nil}, Ref: "TopicRef", Permissions: map[string][]string{"Publisher": {"publish"}}},
	{Kind: "subscription", Package: "encore.dev/pubsub", Constructors: []string{"NewSubscription"}, ParentArg: 0, ParentKind: "topic", NameArg: 1, ConfigArg: 2, ConfigType: "SubscriptionConfig", Grammar: source.Kebab, Handler: "Handler", Methods: map[string][]string{}},
	{Kind: "keyspace", Package: "encore.dev/cache", Constructors: []string{"NewKeyspace"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, ConfigType: "KeyspaceConfig", InService: true},
	{Kind: "secret", StructVar: "secrets", ParentArg: -1, NameArg: -1, ConfigArg: -1},
})

// files are packages that the applications of the test have in common: shared code with resources, and the service b.
const files = `
-- store/store.go --
package store

import ( "encore.dev/storage/sqldb"; "encore.dev/pubsub" )

var DB = sqldb.NewDatabase("main", sqldb.DatabaseConfig{})
var Topic = pubsub.NewTopic[*E]("t", pubsub.TopicConfig{})

type E struct{}
type Publishes interface { pubsub.Publisher }
type More interface { pubsub.Publisher; Do() }
-- b/b.go --
package b

import "context"

//encore:api public
func Ask(ctx context.Context) error { return nil }

//encore:service
type Service struct{}

var secrets struct{ Key string }

func Key() string { return secrets.Key }
-- b/raw.go --
package b

import "net/http"

//encore:api public raw
func Raw(w http.ResponseWriter, r *http.Request) {}
-- a/a.go --
package a

import ( "context"; "encore.dev/cache"; "encore.dev/config"; "encore.dev/pubsub"; "encore.dev/storage/sqldb"; "app.example/b"; "app.example/store" )

`

// TestLink: given this code in package a, these are its uses, calls and mistakes. RUN makes it a service.
func TestLink(t *testing.T) {
	const run = "//encore:api public\nfunc Run(ctx context.Context) error { return nil }\n"
	for text, want := range map[string]string{
		"RUN func f() { store.DB.Exec(1); store.Topic.Publish(1); store.Topic.Meta() }":            "database main [] through store.DB; topic t [publish] through store.Topic",
		"func f() { store.DB.Exec(1); store.Topic.Publish(1) }":                                    "topic t [publish]; ! Used outside a service",
		"RUN var mine = store.DB; func f() { mine.Exec(1) }":                                       "database main [] through store.DB; database main [] through mine",
		"RUN func f() { g(store.Topic) }":                                                          "! Invalid reference to a topic",
		"RUN var r = pubsub.TopicRef[pubsub.Publisher](store.Topic); func f() { r.Publish(1) }":    "topic t [publish] through store.Topic",
		"RUN var r = pubsub.TopicRef[store.Publishes](store.Topic)":                                "topic t [publish] through store.Topic",
		"RUN var r = pubsub.TopicRef[store.More](store.Topic)":                                     "! Reference without known permissions",
		"var r = pubsub.TopicRef[pubsub.Publisher](store.Topic)":                                   "! Reference made outside a service",
		"RUN func f() { b.Ask(ctx) }":                                                              "call b.Ask",
		"func f() { b.Ask(ctx) }":                                                                  "! Endpoint called outside a service",
		"RUN func f() { g(b.Ask) }":                                                                "! Endpoint used without calling it",
		"RUN func f() { b.Raw(w, r) }":                                                             "! Call of a raw endpoint",
		"RUN func f(s *b.Service) {}":                                                              "! Service struct of another service",
		"RUN func f() { sqldb.Exec(1) }":                                                           "! No database for a package-level call",
		"RUN var db = sqldb.Named(\"main\"); func f() { db.Exec(1) }":                              "database main []",
		"RUN var db = sqldb.NewDatabase(\"own\", sqldb.DatabaseConfig{}); func f() { db.Exec(1) }": "database own []",
		"RUN var s = pubsub.NewSubscription(store.Topic, \"s\", pubsub.SubscriptionConfig{Handler: Handle}); func Handle() {}": "",
		"RUN var s = pubsub.NewSubscription(store.DB, \"s\", pubsub.SubscriptionConfig{Handler: Handle}); func Handle() {}":    "! Not a declared topic",
		"RUN var s = pubsub.NewSubscription(store.Topic, \"s\", pubsub.SubscriptionConfig{Handler: store.Handle})":             "! Handler outside the service",
		"var k = cache.NewKeyspace(\"k\", cache.KeyspaceConfig{})":                                                             "! Declared outside a service",
		"RUN var cfg = config.Load[*C]()":                                    "",
		"var cfg = config.Load[*C]()":                                        "! Configuration outside a service",
		"RUN var secrets struct { Key string }; func f() { g(secrets.Key) }": "secret Key []",
		"RUN //encore:authhandler\nfunc Auth(ctx context.Context, token string) (x, error) {}\nfunc f() { g(Auth) }": "! Invalid auth handler signature; Auth handler used without calling it",
	} {
		root := t.TempDir()
		sourcetest.WriteArchive(t, root, txtar.Parse([]byte(files+strings.ReplaceAll(strings.ReplaceAll(text, "; func", "\nfunc"), "RUN ", run)+"\n")))
		dirs, _, err := folder.Find(root, nil)
		if err != nil {
			t.Fatal(err)
		}
		packages, err := folder.Read(root, language, dirs)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range packages {
			if p.Broken {
				t.Fatal(text, sourcetest.Diagnostics(p.Diags))
			}
		}
		application, diags, err := link.Link(root, language, packages)
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		for _, u := range application.Uses {
			if u.Package == "a" {
				line := u.Kind + " " + u.Name + " [" + u.Operation + "]"
				if u.Through != "" {
					line += " through " + u.Through
				}
				found = append(found, line)
			}
		}
		for _, c := range application.Calls {
			found = append(found, "call "+c.TargetService+"."+c.Endpoint)
		}
		for _, p := range packages {
			diags = append(p.Diags, diags...)
		}
		if wrong := sourcetest.Summaries(diags); wrong != "" {
			found = append(found, "! "+wrong)
		}
		if got := strings.Join(found, "; "); got != want {
			t.Errorf("%s\ngives %s\nwant  %s", text, got, want)
		}
	}
}

// TestServices: which folders are services, what they are called, and which cannot be.
func TestServices(t *testing.T) {
	const endpoint = "import \"context\"\n//encore:api public\nfunc Run(ctx context.Context) error { return nil }\n"
	const structure = "//encore:service\ntype S struct{}\n"
	for text, want := range map[string]string{
		"-- a/a.go --\npackage x\n" + endpoint:                                             "x in a",
		"-- a/a.go --\npackage a\n" + endpoint + "-- a/c/c.go --\npackage c\n" + endpoint:  "a in a",
		"-- a/a.go --\npackage a\n" + endpoint + "-- a/c/c.go --\npackage c\n" + structure: "a in a; c in a/c; ! Service within a service",
		"-- a/a.go --\npackage a\n" + endpoint + "-- c/a/a.go --\npackage a\n" + endpoint:  "a in a; a in c/a; ! Duplicate service name",
		"-- a.go --\npackage root\n" + structure + "-- c/c.go --\npackage c\n" + endpoint:  "root in .",
		"-- a/a.go --\npackage a\n": "",
		"-- a/a.go --\npackage a\n" + structure + "-- a/b.go --\npackage a\n//encore:service\ntype T struct{}\n": "a in a; ! Several service structs",
	} {
		root := t.TempDir()
		sourcetest.WriteArchive(t, root, txtar.Parse([]byte(text)))
		dirs, _, err := folder.Find(root, nil)
		if err != nil {
			t.Fatal(err)
		}
		packages, err := folder.Read(root, language, dirs)
		if err != nil {
			t.Fatal(err)
		}
		application, diags, err := link.Link(root, language, packages)
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		for _, s := range application.Services {
			found = append(found, s.Name+" in "+s.Dir)
		}
		if wrong := sourcetest.Summaries(diags); wrong != "" {
			found = append(found, "! "+wrong)
		}
		if got := strings.Join(found, "; "); got != want {
			t.Errorf("%s\ngives %s\nwant  %s", text, got, want)
		}
	}
}

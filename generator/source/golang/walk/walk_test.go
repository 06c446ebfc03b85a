package walk_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/golang/folder"
	"github.com/groundplan/groundplan/generator/source/golang/vocabulary"
	"github.com/groundplan/groundplan/generator/source/sourcetest"
)

var spellings = []source.GoSpelling{
	{Kind: "database", Package: "encore.dev/storage/sqldb", Constructors: []string{"NewDatabase"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, ConfigType: "DatabaseConfig", Grammar: source.Snake, Named: "Named", ImplicitFuncs: []string{"Exec"}},
	{Kind: "topic", Package: "encore.dev/pubsub", Constructors: []string{"NewTopic"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, ConfigType: "TopicConfig", Grammar: source.Kebab, Ref: "TopicRef", MessageTag: "pubsub-attr"},
	{Kind: "subscription", Package: "encore.dev/pubsub", Constructors: []string{"NewSubscription"}, ParentArg: 0, ParentKind: "topic", NameArg: 1, ConfigArg: 2, ConfigType: "SubscriptionConfig", Grammar: source.Kebab, Handler: "Handler", MethodHandler: "MethodHandler"},
	{Kind: "secret", StructVar: "secrets", ParentArg: -1, NameArg: -1, ConfigArg: -1},
}

// read reads a file of package a, which package folder prepares: what it declares, names and leads to.
func read(t *testing.T, text string) string {
	t.Helper()
	const head = "package a\n\nimport (\n\t\"encore.dev/config\"\n\t\"encore.dev/pubsub\"\n\t\"encore.dev/storage/sqldb\"\n\n\t\"app.example/b\"\n)\n\n"
	root := t.TempDir()
	sourcetest.WriteArchive(t, root, &txtar.Archive{Files: []txtar.File{{Name: "a/a.go", Data: []byte(head + text)}}})
	packages, err := folder.Read(root, vocabulary.New("app.example", spellings), []folder.Dir{{Path: "a", Files: []string{"a.go"}}})
	if err != nil || len(packages) != 1 || packages[0].Broken {
		t.Fatal(text, err)
	}
	p := packages[0]
	var found []string
	line := func(words ...any) { found = append(found, strings.TrimSpace(fmt.Sprintln(words...))) }
	for _, d := range append(p.Decls, p.Named...) {
		words := []any{d.Kind, d.Name, d.Symbol}
		if d.ParentName != nil {
			words = append(words, "of", d.ParentName)
		}
		if d.Message != nil {
			words = append(words, "messages", d.Message)
		}
		if d.HandlerMethod != nil {
			words = append(words, "method of", d.HandlerMethod)
		}
		for _, r := range d.References {
			words = append(words, "names", r.Name, r.Missing)
		}
		if len(d.Holders) > 0 {
			words = append(words, "in", d.Holders)
		}
		if d.Reference {
			words = append(words, "reference")
		}
		if d.Invalid {
			words = append(words, "invalid", d.Readable)
		}
		line(words...)
	}
	forms := []string{"other", "call", "method", "field", "argument", "reference", "type", "type again"}
	holds := []string{"", "returned", "stored", "kept"}
	for i := range p.Files[0].Refs {
		r := &p.Files[0].Refs[i]
		words := []any{r, forms[r.Form], r.Method, p.PartName(r.Part), holds[r.Hold]}
		if r.Permission() != nil {
			words = append(words, "permits", r.Permission())
		}
		if len(r.Holders()) > 0 {
			words = append(words, "in", r.Holders())
		}
		line(strings.Join(strings.Fields(fmt.Sprintln(words...)), " "))
	}
	for _, u := range p.Implicit {
		line("implicit", u.Text, "in", p.PartName(u.Part))
	}
	for _, l := range p.ConfigLoads {
		line("config", l.Symbol)
	}
	for _, s := range p.Sets {
		line(p.PartName(s.To), "sets", p.PartName(s.From))
	}
	if wrong := sourcetest.Summaries(p.Diags); wrong != "" {
		line("!", wrong)
	}
	return strings.Join(found, "; ")
}

// TestFile: given this code, these are the declarations and the names that lead elsewhere, with what is done there and the part that does.
func TestFile(t *testing.T) {
	for text, want := range map[string]string{
		"func f() { for range b.DB.Rows() { b.Run() } }":              "b.DB method Rows f; b.Run call f",
		"func f() { b.Run() }":                                        "b.Run call f",
		"func f() error { return b.DB.Exec(1) }":                      "b.DB method Exec f",
		"func f() { g(b.DB); b.X = 1; _ = b.DB.Field }":               "b.DB argument f; b.X other f kept; b.DB field Field f kept",
		"var x any\nfunc f() { x = b.DB }":                            "b.DB other f stored; f sets x",
		"func f() any { y := b.DB; return y }":                        "b.DB other f returned",
		"func f() any { var y any; y = b.DB; return y }":              "b.DB other f returned",
		"func f() any { var y = b.DB; g(y); return 1 }":               "b.DB other f",
		"func f() { g(pubsub.TopicRef[b.P](b.T)) }":                   "b.T argument f permits b.P",
		"func (s *S) m() { b.DB.Exec }":                               "b.DB field Exec S.m",
		"func f(x b.T, y map[b.T]*b.U) {}\nfunc g(x b.T) {}":          "b.T type f; b.U type f; b.T type again g",
		"var v = New(b.DB)":                                           "b.DB argument v returned in [v]",
		"var v = func() { b.Run() }":                                  "b.Run call v",
		"var x, y = b.DB.Two(1)":                                      "b.DB method Two in [x y]",
		"func f() { b := 1; b.DB.Exec() }":                            "",
		"func f() { var b fake; b.DB.Exec() }":                        "",
		"func f() { const b = 1; b.DB.Exec() }":                       "",
		"func f() { type b struct{}; b.DB.Exec() }":                   "",
		"func f(b int) { b.DB.Exec() }":                               "",
		"func f[b any]() { b.DB.Exec() }":                             "",
		"func f() (b int) { b.DB.Exec(); return }":                    "",
		"func (b *S) f() { b.DB.Exec() }":                             "",
		"func f() { for b := range 3 { b.DB.Exec() } }":               "",
		"func f() { if b := 1; b > 0 { b.DB.Exec() } }":               "",
		"func f() { switch b := x.(type) { case int: b.DB.Exec() } }": "",
		"func f() { select { case b := <-c: b.DB.Exec() } }":          "",
		"func f() { func(b int) { b.DB.Exec() }(1) }":                 "",
		"func f() { { b := 1; _ = b }; b.DB.Exec() }":                 "b.DB method Exec f",
		"func f() { var b = b.DB; b.Exec() }":                         "b.DB other f",
		"func f() { sqldb.Exec() }\nvar x = sqldb.Exec(1)":            "implicit sqldb.Exec in f; implicit sqldb.Exec in",

		"var DB = sqldb.NewDatabase(\"main\", sqldb.DatabaseConfig{})\nfunc f() { DB.Exec() }":                                          "database main DB; DB method Exec f",
		"var DB = sqldb.NewDatabase(\"Main\", sqldb.DatabaseConfig{})":                                                                  "database Main DB invalid true; ! Invalid name",
		"var DB = sqldb.NewDatabase(name, sqldb.DatabaseConfig{})":                                                                      "database DB " + "DB invalid true; ! Name is not a string literal",
		"var DB = sqldb.NewDatabase(\"main\", config)":                                                                                  "database main DB invalid false; ! Settings are not a literal",
		"var DB = sqldb.NewDatabase(\"main\")":                                                                                          "database  DB invalid false; ! Wrong number of arguments",
		"var repository = New(sqldb.Named(\"main\"))":                                                                                   "database main  in [repository] reference",
		"func f() { sqldb.NewDatabase(\"x\", sqldb.DatabaseConfig{}) }":                                                                 "! Infrastructure declared inside a function",
		"var make = sqldb.NewDatabase":                                                                                                  "! Reference to a constructor",
		"var T = pubsub.NewTopic[*E](\"t\", pubsub.TopicConfig{})":                                                                      "topic t T messages E",
		"var T = pubsub.NewTopic[[]E](\"t\", pubsub.TopicConfig{})":                                                                     "topic t T invalid true; ! Invalid message type",
		"var _ = pubsub.NewSubscription(b.T, \"s\", pubsub.SubscriptionConfig{Handler: Handle})\nfunc Handle() {}":                      "subscription s  of b.T names Handle false; b.T argument _ returned",
		"var _ = pubsub.NewSubscription(pubsub.T, \"s\", pubsub.SubscriptionConfig{Handler: Missing})":                                  "subscription s  names Missing true invalid false; ! Not a declared topic",
		"var _ = pubsub.NewSubscription(b.T, \"s\", pubsub.SubscriptionConfig{Handler: pubsub.MethodHandler((*S).M)})\ntype S struct{}": "subscription s  of b.T method of S names S false; b.T argument _ returned",
		"var _ = pubsub.NewSubscription(b.T, \"s\", pubsub.SubscriptionConfig{})":                                                       "subscription s  of b.T invalid false; b.T argument _ returned; ! Missing handler",
		"var _ = pubsub.NewSubscription(b.T, \"s\", pubsub.SubscriptionConfig{Handler: pubsub.MethodHandler(f)})":                       "subscription s  of b.T invalid false; b.T argument _ returned; ! Invalid method handler",
		"var cfg = config.Load[*C]()":                                                                                                   "config cfg",
		"var secrets struct { A, B string; Embedded; C int }":                                                                           "secret A secrets; secret B secrets; ! Embedded field without effect; Invalid secret",
		"var secrets = struct{ A string }{}":                                                                                            "! Invalid secrets variable",
		"var secrets S":                                                                                                                 "! Invalid secrets variable",
		"var secrets, other struct { A string }":                                                                                        "! Invalid secrets variable",
		"type string int\nvar secrets struct { A string }":                                                                              "! Invalid secret",
	} {
		if got := read(t, text+"\n"); got != want {
			t.Errorf("%s\ngives %s\nwant  %s", text, got, want)
		}
	}
}

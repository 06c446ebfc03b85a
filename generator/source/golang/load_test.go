package golang

import (
	"path"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/groundplan/groundplan/generator/source/sourcetest"
)

// readGoLoads lists what an application does while its packages load.
func readGoLoads(t *testing.T, archive string) []string {
	t.Helper()
	root := t.TempDir()
	sourcetest.WriteArchive(t, root, txtar.Parse([]byte(archive)))
	application, diags, err := Read(root, testSpellings)
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
	slices.Sort(found)
	return slices.Compact(found)
}

// TestGoLoad goes through the forms in which a package can use something while it loads, and those in which it only
// takes it in hand. Each text stands in the package of a service.
func TestGoLoad(t *testing.T) {
	const beside = `
var db = sqldb.NewDatabase("main", sqldb.DatabaseConfig{Migrations: "./migrations"})
var topic = pubsub.NewTopic[*Event]("events", pubsub.TopicConfig{DeliveryGuarantee: pubsub.AtLeastOnce})
type Event struct{}
type Repo struct{ db *sql.DB }
func New(db *sql.DB) *Repo { return &Repo{db} }
func (r *Repo) Count(ctx context.Context) int { r.db.Query("SELECT 1"); return 1 }
func (r *Repo) Later(ctx context.Context) int { db.Exec(ctx, "SELECT 1"); return 1 }
func DB() *sqldb.Database { return db }
func Std() *sql.DB { return db.Stdlib() }
var secrets struct{ Key string }
//encore:api public
func Get(ctx context.Context) error { _, err := db.Exec(ctx, "SELECT 1"); return err }
`
	const database, call, publish = "database main", "call b.Ask", "topic events publish"
	cases := []struct {
		name, text string
		want       []string
	}{
		{"nothing", ``, nil},
		{"query in init", `func init() { db.Exec(ctx, "SELECT 1") }`, []string{database}},
		{"query in an initial value", `var x = db.QueryRow(ctx, "SELECT 1")`, []string{database}},
		{"query in a function that init calls", `func init() { load() }; func load() { db.Exec(ctx, "SELECT 1") }`, []string{database}},
		{"query in a function nobody calls", `func load() { db.Exec(ctx, "SELECT 1") }`, nil},
		{"query in a function that is returned", `var f = func() { db.Exec(ctx, "SELECT 1") }`, nil},
		{"handle", `var std = db.Stdlib()`, nil},
		{"handle in a struct", `var repo = New(db.Stdlib())`, nil},
		{"handle in a literal", `var repo = &Repo{db.Stdlib()}`, nil},
		{"handle assigned by init", `var std *sql.DB; func init() { std = db.Stdlib() }`, nil},
		{"handle by a local variable", `var repo *Repo; func init() { std := db.Stdlib(); repo = New(std) }`, nil},
		{"handle by a declared local variable", `var repo *Repo; func init() { var std = db.Stdlib(); repo = New(std) }`, nil},
		{"handle out of a function", `var repo = New(Std())`, nil},
		{"handle of a function assigned by init", `var repo *Repo; func init() { repo = New(Std()) }`, nil},
		{"query by a local variable", `func init() { std := db.Stdlib(); std.Exec("SELECT 1") }`, []string{database}},
		{"query by two local variables", `func init() { std := db.Stdlib(); other := std; other.Ping() }`, []string{database}},
		{"query by a package variable", `var std = db.Stdlib(); func init() { std.Exec("SELECT 1") }`, []string{database}},
		{"query by a package variable that is set", `var std *sql.DB; func init() { std = db.Stdlib(); std.Exec("SELECT 1") }`, []string{database}},
		{"query by a package variable that is set elsewhere", `var std *sql.DB; func set() { std = Std() }; func init() { set(); std.Exec("SELECT 1") }`, []string{database}},
		{"query by a getter", `func init() { DB().Exec(ctx, "SELECT 1") }`, []string{database}},
		{"query by a getter in an initial value", `var x = Std().QueryRow("SELECT 1")`, []string{database}},
		{"query by a getter and a local variable", `func init() { d := DB(); d.Exec(ctx, "SELECT 1") }`, []string{database}},
		{"query of a repository", `var repo = New(db.Stdlib()); var n = repo.Count(ctx)`, []string{database}},
		{"query of a repository made at once", `var n = New(db.Stdlib()).Count(ctx)`, []string{database}},
		{"query in a method of a type that is checked", `var _ any = (*Repo)(nil); func init() { log.Later(ctx) }`, nil},
		{"query in a method that is called", `var repo = &Repo{}; var n = repo.Later(ctx)`, []string{database}},
		{"failure that is looked at", `func init() { g, err := gorm.Open(db.Stdlib()); if err != nil { panic(err) }; keep = g }; var keep any`, []string{database}},
		{"handed to a call", `func init() { migrate(db.Stdlib()) }; func migrate(db *sql.DB) {}`, []string{database}},
		{"publish in init", `func init() { topic.Publish(ctx, &Event{}) }`, []string{publish}},
		{"publish by a narrowed variable", `var ref = pubsub.TopicRef[pubsub.Publisher[*Event]](topic); func init() { ref.Publish(ctx, &Event{}) }`, []string{publish}},
		{"narrowed", `var ref = pubsub.TopicRef[pubsub.Publisher[*Event]](topic)`, nil},
		{"secret", `var client = secrets.Key`, nil},
		{"call of an endpoint", `func init() { b.Ask(ctx) }`, []string{call}},
		{"call of an endpoint of its own", `func init() { Get(ctx) }`, []string{"call a.Get"}},
		{"call of an endpoint in a function of others", `func init() { b.Help() }`, []string{call}},
		{"in a package that is imported", `func use() { side.Nothing() }`, []string{"database side"}},
		{"a goroutine", `func init() { go func() { db.Exec(ctx, "SELECT 1") }() }`, []string{database}},
		{"what a service starts with", "//encore:service\ntype Service struct{}\nfunc initService() (*Service, error) { db.Exec(ctx, \"SELECT 1\"); return nil, nil }", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			imports := `"context"; "database/sql"; "encore.dev/pubsub"; "encore.dev/storage/sqldb"`
			for _, imported := range []string{"b", "b/side"} {
				if strings.Contains(c.text, " "+path.Base(imported)+".") {
					imports += `; "app.example/` + imported + `"`
				}
			}
			archive := "-- a/a.go --\npackage a\nimport (" + imports + ")\n" + beside + "\n" + c.text + "\n" +
				"-- a/migrations/1_x.up.sql --\n-- b/side/migrations/1_x.up.sql --\n" + `
-- b/b.go --
package b
import "context"
//encore:api private
func Ask(ctx context.Context) error { return nil }
func Help() { Ask(context.Background()) }
-- b/side/side.go --
package side
import "encore.dev/storage/sqldb"
var db = sqldb.NewDatabase("side", sqldb.DatabaseConfig{Migrations: "./migrations"})
func init() { db.Exec(nil, "SELECT 1") }
func Nothing() {}
-- dead/dead.go --
package dead
import "app.example/b"
func init() { b.Help() }
`
			if found := readGoLoads(t, archive); !slices.Equal(found, c.want) {
				t.Errorf("found %q, want %q", found, c.want)
			}
		})
	}
}

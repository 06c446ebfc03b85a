package deploy_test

import (
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/value"
)

// TestWhyIsOnePrinter: what, what is done, and every file once, with what leads there where the code does not name the thing.
func TestWhyIsOnePrinter(t *testing.T) {
	at := func(file string) hcl.Range { return hcl.Range{Filename: file, Start: hcl.Pos{Line: 7}} }
	uses := []app.Edge{
		{At: at("mail/send.go")}, {At: at("mail/send.go")}, {At: at("mail/queue.go"), Through: "accounts.Signups"},
		{At: at("lib/log.go"), Origin: app.Reached, Through: "lib.Log"}, {At: at("lib/init.go"), Origin: app.Loaded}, {At: at("lib/init.ts"), Origin: app.Loaded}, {},
	}
	for want, why := range map[string]interface{ String() string }{
		"": deploy.Why{},
		`bucket "files": reads and writes, in a.go`:    deploy.Why{Of: `bucket "files"`, Does: "reads and writes", Places: []deploy.Place{{File: "a.go"}}},
		`publishes to topic "paid"`:                    deploy.Why{Does: `publishes to topic "paid"`},
		`cache cluster "hot", in b.go`:                 deploy.Why{Of: `cache cluster "hot"`, Places: []deploy.Place{{File: "b.go"}}},
		`database "a", in a.go; database "b", in b.go`: deploy.Whys{{Of: `database "a"`, Places: []deploy.Place{{File: "a.go"}}}, {Of: `database "b"`, Places: []deploy.Place{{File: "b.go"}}}},
		"mails, in lib/init.go, while packages load, lib/init.ts, while modules load, lib/log.go, reached through lib.Log, mail/queue.go through accounts.Signups, mail/send.go": deploy.Why{Does: "mails", Places: deploy.Places(uses)},
	} {
		if got := why.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestOwnServicesAreNotOnlyLoaded: a process that loads code which calls a service that it serves itself calls nothing.
func TestOwnServicesAreNotOnlyLoaded(t *testing.T) {
	call := app.Edge{Kind: app.ServiceKind, Resource: "users", Operation: "Get", Origin: app.Loaded}
	application := &app.App{Services: []app.Service{{Name: "users"}, {Name: "web"}}, Loads: []app.Edge{call}}
	d := deploy.New(application, &environment.Environment{Processes: []environment.Process{{Name: "users", Services: []string{"users"}}, {Name: "web", Services: []string{"web"}}}})
	if d.Host("users").OnlyLoads(call) || !d.Host("web").OnlyLoads(call) {
		t.Error("only the process that does not serve it loads code that calls the service")
	}
}

// TestRuntimeOfAWorkload: what hosts no service is told by environment variables, whatever the application is written for.
func TestRuntimeOfAWorkload(t *testing.T) {
	d := deploy.New(&app.App{Runtime: app.EncoreTypeScript, Services: []app.Service{{Name: "web"}}}, &environment.Environment{Processes: []environment.Process{
		{Name: "gateway", Gateway: true}, {Name: "web", Services: []string{"web"}},
	}})
	d.Add(&deploy.Workload{ID: app.ProcessID("migrations"), Image: deploy.Image{Name: "docker.io/library/postgres:17"}, Variables: []deploy.Variable{{Name: "PGUSER", Value: value.String("owner")}}})
	for i, want := range []app.Runtime{app.EncoreTypeScript, app.EncoreTypeScript, app.Containers} {
		if w := d.Workloads[i]; w.Runtime() != want || w.Called() != (w.ID.Name == "web") {
			t.Errorf("%s: runtime %s, called %v", w.ID, w.Runtime(), w.Called())
		}
	}
}

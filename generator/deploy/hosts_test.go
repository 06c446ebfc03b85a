package deploy_test

import (
	"testing"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/environment"
)

// TestF2_AuthServiceRunsBesideTheGateway: its secrets and databases are the gateway process's as well, but others find
// it where it is served.
func TestF2_AuthServiceRunsBesideTheGateway(t *testing.T) {
	application := &app.App{Name: "shop", Services: []app.Service{{Name: "users"}, {Name: "web"}},
		Edges: []app.Edge{{Service: "users", Kind: "database", Resource: "main"}, {Service: "web", Kind: "database", Resource: "other"}}}
	env := &environment.Environment{App: "shop", Name: "production", Processes: []environment.Process{
		{Name: "gateway", Gateway: true, AuthService: "users"}, {Name: "users", Services: []string{"users"}}, {Name: "web", Services: []string{"web"}},
	}}
	d := deploy.New(application, env)
	gateway, users, web := d.Workloads[0], d.Workloads[1], d.Workloads[2]
	for _, test := range []struct {
		process *deploy.Workload
		service string
		want    bool
	}{{gateway, "users", true}, {gateway, "web", false}, {gateway, "", false}, {users, "users", true}, {web, "users", false}, {web, "", false}} {
		if got := test.process.Hosts(test.service); got != test.want {
			t.Errorf("%s hosts %q: %v", test.process.ID.Name, test.service, got)
		}
	}
	if d.Host("users") != users || d.Host("nobody") != nil {
		t.Error("users is served by another process than its own")
	}
	if uses := gateway.Uses("database"); len(uses) != 1 || uses["main"] == nil {
		t.Errorf("the gateway uses %v", uses)
	}
}

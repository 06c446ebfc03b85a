package database

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
)

func TestD1_MemoryOfInstanceClasses(t *testing.T) {
	for class, want := range map[string]float64{
		"db.t4g.micro": 1, "db.t4g.small": 2, "db.t4g.medium": 4, "db.m5.large": 8, "db.m5.xlarge": 16, "db.m5.2xlarge": 32, "db.m7g.16xlarge": 256,
		"db.r6g.large": 16, "db.r6g.4xlarge": 128, "db.x2g.large": 16, "db.c6gd.medium": 2, "db.c6gd.xlarge": 8,
		// classes that do not follow AWS's naming count as a small one
		"db.serverless": 2, "db..large": 2, "db.m5.metal": 2, "db.m5.hugexlarge": 2, "": 2,
	} {
		if got := instanceMemory(class); got != want {
			t.Errorf("%q has %v GiB, want %v", class, got, want)
		}
	}
}

func TestD1_ConnectionsOfServers(t *testing.T) {
	for _, test := range []struct {
		server environment.DatabaseServer
		want   int
	}{
		{environment.DatabaseServer{Engine: "postgres", InstanceClass: "db.t4g.medium"}, 390},
		{environment.DatabaseServer{Engine: "postgres", InstanceClass: "db.t4g.micro"}, 75}, // servers are seen to say 79 and more
		{environment.DatabaseServer{Engine: "postgres", InstanceClass: "db.m5.large"}, 810},
		{environment.DatabaseServer{Engine: "postgres", InstanceClass: "db.r6g.16xlarge", MaxCapacity: 1}, 5000},
		// Aurora's documented limits are 189, 823, 1,669, 3,360 and 5,000, and 2,000 where the server may fall to half a unit.
		{environment.DatabaseServer{Engine: "aurora", MinCapacity: 0.5, MaxCapacity: 1}, 180},
		{environment.DatabaseServer{Engine: "aurora", MinCapacity: 1, MaxCapacity: 4, InstanceClass: "db.m5.large"}, 810},
		{environment.DatabaseServer{Engine: "aurora", MinCapacity: 0.5, MaxCapacity: 8}, 1650},
		{environment.DatabaseServer{Engine: "aurora", MinCapacity: 1, MaxCapacity: 16}, 3330},
		{environment.DatabaseServer{Engine: "aurora", MinCapacity: 0.5, MaxCapacity: 16}, 2000},
		{environment.DatabaseServer{Engine: "aurora", MaxCapacity: 64}, 2000},
		{environment.DatabaseServer{Engine: "aurora", MinCapacity: 2, MaxCapacity: 64}, 5000},
		{environment.DatabaseServer{Existing: &environment.ExistingServer{MaxConnections: 40}}, 40},
	} {
		if got := maxConnections(test.server); got != test.want {
			t.Errorf("%+v: %d connections, want %d", test.server, got, test.want)
		}
	}
}

// TestD1_PoolsFitTheServer adds up the pools of every process at its largest, twice over as in a rolling deployment:
// they must fit into what the server allows, or be as small as can be.
func TestD1_PoolsFitTheServer(t *testing.T) {
	for _, test := range []struct {
		class                     string
		processes, databases, max int
		want                      int
	}{
		{"db.m5.large", 1, 1, 1, 30},  // Encore's own limit, though the server would allow more
		{"db.m5.large", 1, 1, 15, 26}, // 30 but for the connections that others need
		{"db.m5.large", 2, 1, 10, 20}, // (810-10) / (2*2*10)
		{"db.m5.large", 2, 2, 10, 10},
		{"db.t4g.micro", 3, 2, 10, 1}, // never none
	} {
		application := &app.App{Name: "shop"}
		server := environment.DatabaseServer{Name: "main", Engine: "postgres", InstanceClass: test.class}
		env := &environment.Environment{App: "shop", Name: "production"}
		for d := range test.databases {
			server.Databases = append(server.Databases, fmt.Sprint("d", d))
		}
		other := environment.DatabaseServer{Name: "other", Engine: "postgres", InstanceClass: test.class, Databases: []string{"elsewhere"}}
		for p := range test.processes {
			service := fmt.Sprint("s", p)
			process := environment.Process{Name: service, Services: []string{service}}
			process.Scale.Max = test.max
			env.Processes = append(env.Processes, process)
			for _, database := range append(server.Databases, "elsewhere") {
				// twice: two uses of one database share a pool
				edge := app.Edge{Service: service, Kind: "database", Resource: database}
				application.Edges = append(application.Edges, edge, edge)
			}
		}
		env.DatabaseServers = []environment.DatabaseServer{server, other}
		d := deploy.New(application, env)
		got := PoolSize(d, server)
		if got != test.want {
			t.Errorf("%+v: pools of %d, want %d", test, got, test.want)
		}
		if total := got * 2 * test.processes * test.databases * test.max; got > 1 && total+10 > maxConnections(server) {
			t.Errorf("%+v: %d connections on a server that allows %d", test, total, maxConnections(server))
		}
	}
}

// TestD1_ServersTooSmall: where not even pools of one fit, the settings that help are named.
func TestD1_ServersTooSmall(t *testing.T) {
	for _, test := range []struct {
		server environment.DatabaseServer
		max    int
		want   string // in the warning; empty for none
	}{
		{environment.DatabaseServer{Engine: "postgres", InstanceClass: "db.t4g.micro"}, 32, ""},
		{environment.DatabaseServer{Engine: "postgres", InstanceClass: "db.t4g.micro"}, 33, "choose a larger instance_class"},
		{environment.DatabaseServer{Engine: "aurora", MinCapacity: 0.5, MaxCapacity: 1}, 100, "raise max_capacity"},
		{environment.DatabaseServer{Engine: "aurora", MinCapacity: 0.5, MaxCapacity: 64}, 1000, "set min_capacity = 1"},
		{environment.DatabaseServer{Engine: "aurora", MinCapacity: 1, MaxCapacity: 64}, 1000, ""},
		{environment.DatabaseServer{Existing: &environment.ExistingServer{MaxConnections: 20}}, 6, "raise max_connections"},
	} {
		test.server.Name, test.server.Databases = "main", []string{"users"}
		process := environment.Process{Name: "users", Services: []string{"users"}}
		process.Scale.Max = test.max
		env := &environment.Environment{App: "shop", Name: "production", Processes: []environment.Process{process}, DatabaseServers: []environment.DatabaseServer{test.server}}
		diags := check(deploy.New(&app.App{
			Resources: []app.Resource{{Kind: "database", Name: "users", At: hcl.Range{Filename: "users/db.go"}}},
			Edges:     []app.Edge{{Service: "users", Kind: "database", Resource: "users"}},
		}, env))
		if (len(diags) == 1) != (test.want != "") || diags.HasErrors() {
			t.Errorf("%+v with %d tasks: %v", test.server, test.max, diags)
		} else if test.want != "" && (!strings.Contains(diagnostic.Text(diags[0]), test.want) || diags[0].Subject.Filename != "users/db.go") {
			t.Errorf("%+v with %d tasks: %v", test.server, test.max, diags)
		}
	}
}

func TestD2_RoleNames(t *testing.T) {
	seen := map[string]string{}
	for _, process := range []string{
		"users", "user", "api-gateway", "api_gateway", "Users", "a23456789012345678901234567890123456789012345678901234567890", "select",
		"a2345678901234567890123456789012345678901234567890123456789", "a23456789012345678901234567890123456789012345678901234567891",
	} {
		role := RoleName(process)
		if len(role) > 63 || !roleName().MatchString(role) || role[:3] != "svc" {
			t.Errorf("process %s has role %s", process, role)
		}
		if other, taken := seen[role]; taken {
			t.Errorf("processes %s and %s share role %s", process, other, role)
		}
		seen[role] = process
	}
	if RoleName("users") != "svc_users" {
		t.Errorf("users has role %s", RoleName("users"))
	}
}

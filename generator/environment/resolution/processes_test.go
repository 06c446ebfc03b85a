package resolution

import (
	"fmt"
	"strings"
	"testing"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
)

// outline prints processes as `name[services]+gateway(auth)`.
func outline(processes []environment.Process) string {
	var list []string
	for _, p := range processes {
		text := fmt.Sprintf("%s%v", p.Name, p.Services)
		if p.Gateway {
			text += "+gateway"
		}
		if p.AuthService != "" {
			text += "(" + p.AuthService + ")"
		}
		list = append(list, text)
	}
	return strings.Join(list, " ")
}

func TestE1_ProcessAllocation(t *testing.T) {
	withService := func(names ...string) *app.App {
		application := shop()
		for _, name := range names {
			application.Services = append(application.Services, app.Service{Name: name})
		}
		return application
	}
	for _, test := range []struct {
		name, settings string
		application    *app.App
		want           string
	}{
		{"one per service", ``, shop(), "billing[billing] gateway[]+gateway orders[orders] users[users]"},
		{"nothing exposed, no gateway", ``, hidden(), "billing[billing] orders[orders] users[users]"},
		{"all in one", `process_allocation = "all_in_one"`, shop(), "app[billing orders users]+gateway"},
		{"all in one, nothing exposed", `process_allocation = "all_in_one"`, hidden(), "app[billing orders users]"},
		{"no services", ``, &app.App{Name: "shop"}, ""},
		{"no services, all in one", `process_allocation = "all_in_one"`, &app.App{Name: "shop"}, ""},
		{"a service called gateway keeps its name", ``, withService("gateway"),
			"api-gateway[]+gateway billing[billing] gateway[gateway] orders[orders] users[users]"},
		{"groups", "process \"web\" {\n  services = [\"users\", \"orders\"]\n  gateway = true\n}\nprocess \"work\" {\n services = [\"billing\"]\n}", shop(),
			"web[orders users]+gateway work[billing]"},
		{"a group of the gateway alone", "process \"edge\" {\n  gateway = true\n}\nprocess \"work\" {\n services = [\"billing\", \"orders\", \"users\"]\n}", shop(),
			"edge[]+gateway work[billing orders users]"},
		{"TypeScript runs the auth handler in the gateway", ``, typescript(),
			"billing[billing] gateway[]+gateway(users) orders[orders] users[users]"},
		{"Go as well", ``, authenticated(), "billing[billing] gateway[]+gateway(users) orders[orders] users[users]"},
		{"Go, a gateway that serves other services", "process \"web\" {\n  services = [\"orders\"]\n  gateway = true\n}\nprocess \"work\" {\n services = [\"billing\", \"users\"]\n}", authenticated(),
			"web[orders]+gateway(users) work[billing users]"},
		{"Go, a gateway that serves it anyway", "process \"web\" {\n  services = [\"users\"]\n  gateway = true\n}\nprocess \"work\" {\n services = [\"billing\", \"orders\"]\n}", authenticated(),
			"web[users]+gateway work[billing orders]"},
		{"Go, all in one", `process_allocation = "all_in_one"`, authenticated(), "app[billing orders users]+gateway"},
		{"Go, no gateway", ``, behind(authenticated()), "billing[billing] orders[orders] users[users]"},
		{"TypeScript, all in one", `process_allocation = "all_in_one"`, typescript(), "app[billing orders users]+gateway"},
		{"TypeScript, one group", "process \"web\" {\n  services = [\"billing\", \"orders\", \"users\"]\n  gateway = true\n}", typescript(),
			"web[billing orders users]+gateway"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := outline(load(t, production(test.settings), test.application)[0].Processes); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestE1_TaskSizesComeFromTheClosestBlock(t *testing.T) {
	e := load(t, production(`
  task {
    memory = 2048
    scale  = { max = 4 }
  }
  service "orders" {
    memory = 3072
  }
  gateway {
    scale = { min = 3 }
  }`), shop())[0]
	sizes := map[string][3]int{}
	for _, p := range e.Processes {
		sizes[p.Name] = [3]int{p.Memory, p.Scale.Min, p.Scale.Max}
	}
	want := map[string][3]int{"billing": {2048, 2, 4}, "gateway": {2048, 3, 4}, "orders": {3072, 2, 4}, "users": {2048, 2, 4}}
	if fmt.Sprint(sizes) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", sizes, want)
	}

	grouped := load(t, production("task { cpu = 1024 }\nprocess \"all\" {\n  services = [\"billing\", \"orders\", \"users\"]\n  gateway = true\n  memory = 8192\n}"), shop())[0]
	if p := grouped.Processes[0]; p.CPU != 1024 || p.Memory != 8192 || grouped.ProcessAllocation != "groups" {
		t.Errorf("group: %+v", p)
	}
}

func TestD1_DatabaseServers(t *testing.T) {
	for _, test := range []struct{ name, settings, want string }{
		{"one server hosts all", ``, "main[orders users]"},
		{"a server of another name hosts all", `database_server "primary" {}`, "primary[orders users]"},
		{"a server that claims one leaves the rest to main", "database_server \"people\" {\n databases = [\"users\"]\n}", "main[orders] people[users]"},
		{"two servers share", "database_server \"b\" {\n databases = [\"orders\"]\n}\ndatabase_server \"a\" {\n databases = [\"users\"]\n}", "a[users] b[orders]"},
		{"the rest goes to the server without a list", "database_server \"b\" {\n databases = [\"orders\"]\n}\ndatabase_server \"a\" {}", "a[users] b[orders]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, server := range load(t, production(test.settings), shop())[0].DatabaseServers {
				got = append(got, fmt.Sprintf("%s%v", server.Name, server.Databases))
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("got %v, want %s", got, test.want)
			}
		})
	}
	t.Run("no database, no server", func(t *testing.T) {
		application := shop()
		application.Resources = nil
		if e := load(t, production(``), application)[0]; len(e.DatabaseServers) != 0 {
			t.Errorf("got %+v", e.DatabaseServers)
		}
		list, diags := tryLoad(production(`database_server "main" {}`), application)
		if len(list) != 1 || len(list[0].DatabaseServers) != 0 || !strings.HasPrefix(messagesOf(diags), "2:1 warning: Server without databases") {
			t.Errorf("got %+v, %s", list, messagesOf(diags))
		}
	})
}

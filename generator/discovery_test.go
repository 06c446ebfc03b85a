package generator_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
)

// TestF2_TheAuthHandlerIsFoundWhereItIsNeeded: Encore's image build adds the auth handler's service to the discovery of
// every process once an endpoint needs authentication. Without one every process of a Go application looks it up all the
// same, and panics when it is not there. No process but the gateway runs the handler, and that has it in itself: there is no
// path.
func TestF2_TheAuthHandlerIsFoundWhereItIsNeeded(t *testing.T) {
	for name, test := range map[string]struct {
		runtime app.Runtime
		access  string
		found   []string
	}{
		"go public": {app.EncoreGo, "public", []string{"users"}}, "go auth": {app.EncoreGo, "auth", []string{"users"}},
		"typescript public": {app.EncoreTypeScript, "public", nil}, "typescript auth": {app.EncoreTypeScript, "auth", []string{"users"}},
	} {
		t.Run("F2 "+name, func(t *testing.T) {
			access, want := test.access, test.found
			application := plain("orders", "users")
			application.Runtime = test.runtime
			application.Auth = &app.AuthHandler{Name: "Auth", Service: "users"}
			application.Services[1].Endpoints[0].Access = access
			output := lower(t, application, "")
			call := callArguments(t, output, "production/services/orders.tf")
			if got := slices.Sorted(maps.Keys(configOf(t, call).ServiceDiscovery)); !slices.Equal(got, want) {
				t.Errorf("orders discovers %v, want %v", got, want)
			}
			if paths := keysOfValue(call["connections"]); len(paths) > 0 {
				t.Errorf("orders has the paths %v", paths)
			}
			own := callArguments(t, output, "production/services/users.tf")
			if got := configOf(t, own).ServiceDiscovery; len(got) > 0 || len(keysOfValue(own["connections"])) > 0 {
				t.Errorf("users discovers itself: %v", got)
			}
		})
	}
}

// TestF2_DiscoveryNamesTheProcessThatServes: a service in a group is found under the name of the group.
func TestF2_DiscoveryNamesTheProcessThatServes(t *testing.T) {
	application := plain("orders", "users", "web")
	application.Edges = append(application.Edges,
		app.Edge{Service: "web", Kind: "service", Resource: "users", Operation: "Get", Origin: app.Used, At: hcl.Range{Filename: "web/web.go"}},
		app.Edge{Service: "users", Kind: "service", Resource: "orders", Operation: "Get", Origin: app.Used, At: hcl.Range{Filename: "users/users.go"}},
		app.Edge{Service: "orders", Kind: "service", Resource: "web", Operation: "Get", Origin: app.Used, ReferenceOnly: true, At: hcl.Range{Filename: "orders/orders.go"}})
	output := lower(t, application, `
  process "back" { services = ["orders", "users"] }
  process "front" {
    services = ["web"]
    gateway  = true
  }`)
	discovered := func(process string) map[string]string {
		call := callArguments(t, output, "production/services/"+process+".tf")
		found := map[string]string{}
		for service, where := range configOf(t, call).ServiceDiscovery {
			found[service] = where.BaseURL
		}
		return found
	}
	want := map[string]string{"orders": "http://back.internal:8080", "users": "http://back.internal:8080"}
	if d := cmp.Diff(want, discovered("front")); d != "" {
		t.Error(d)
	}
	// What a cron job refers to is named, because Encore's build demands it, and not connected to: the schedule calls it.
	if d := cmp.Diff(map[string]string{"web": "http://front.internal:8080"}, discovered("back")); d != "" {
		t.Errorf("without what the process serves itself, with what it only refers to: %s", d)
	}
	call := callArguments(t, output, "production/services/back.tf")
	if connections, found := call["connections"]; found {
		t.Errorf("a way to what is only referred to: %s", connections.GoString())
	}
	if name := call["listen.discovery_name"].AsString(); name != "back" {
		t.Errorf("the process is found under %s", name)
	}
}

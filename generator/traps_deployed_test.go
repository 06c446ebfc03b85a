package generator_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/environment/resolution"
	"github.com/groundplan/groundplan/generator/environment/table"
	"github.com/groundplan/groundplan/generator/kinds/cache"
	"github.com/groundplan/groundplan/generator/kinds/metric"
	"github.com/groundplan/groundplan/generator/kinds/objects"
	"github.com/groundplan/groundplan/generator/kinds/topic"
	"github.com/groundplan/groundplan/generator/names"
)

// trapApplication uses everything, in a language: users holds the auth handler, and has all a service can have.
func trapApplication(language string) *app.App {
	a := plain("orders", "shipping", "users")
	a.Runtime, a.Auth = map[string]app.Runtime{"go": app.EncoreGo, "typescript": app.EncoreTypeScript}[language], &app.AuthHandler{Name: "auth", Service: "users"}
	a.Services[0].Endpoints[0].Access = "auth"
	a.CORS = &app.CORS{Debug: true}
	for _, service := range []string{"orders", "users"} {
		uses(a, service, service)
		declares(a, service, service+"Key")
		declared(a, app.Resource{Kind: "bucket", Name: service + "-files", Service: service, Spec: &objects.Bucket{Public: service == "users"}}, objects.WriteObject)
	}
	add := func(service string, e app.Edge) {
		e.Service, e.Origin, e.At = service, app.Used, hcl.Range{Filename: service + "/" + service, Start: hcl.Pos{Line: 1, Column: 1}}
		a.Edges = append(a.Edges, e)
	}
	declared(a, app.Resource{Kind: "cache", Name: "sessions", Service: "users", Spec: &cache.Spec{EvictionPolicy: "noeviction"}}, "")
	for _, service := range []string{"orders", "users"} {
		declared(a, app.Resource{Kind: "keyspace", Parent: "sessions", Name: service + "/:key", Service: service, Spec: &cache.Keyspace{}}, "")
		add(service, app.Edge{Kind: "cache", Resource: "sessions"})
	}
	declared(a, app.Resource{Kind: "topic", Name: "paid", Service: "orders", Spec: &topic.Spec{DeliveryGuarantee: topic.AtLeastOnce}}, topic.Publish)
	declared(a, app.Resource{Kind: "topic", Name: "signups", Service: "users", Spec: &topic.Spec{DeliveryGuarantee: topic.AtLeastOnce}}, topic.Publish)
	for _, r := range []app.Resource{{Parent: "paid", Name: "ship", Service: "shipping"}, {Parent: "paid", Name: "thank", Service: "users"}} {
		r.Kind, r.Spec = "subscription", &topic.Subscription{AckDeadline: time.Minute, MessageRetention: time.Hour}
		declared(a, r, topic.Subscribe)
	}
	for name, services := range map[string][]string{"placed": {"orders"}, "logins": {"users", "orders"}} {
		declared(a, app.Resource{Kind: "metric", Name: name, Service: services[0], Spec: &metric.Spec{Type: "counter"}}, "")
		for _, service := range services {
			if language == "typescript" {
				add(service, app.Edge{Kind: "metric", Resource: name, Operation: metric.Record})
			}
		}
	}
	add("shipping", app.Edge{Kind: "service", Resource: "orders", Operation: "Get"})
	slices.SortStableFunc(a.Resources, func(x, y app.Resource) int { return strings.Compare(x.Kind+x.Parent+x.Name, y.Kind+y.Parent+y.Name) })
	slices.SortStableFunc(a.Edges, func(x, y app.Edge) int {
		return strings.Compare(x.Service+x.Kind+x.Resource, y.Service+y.Kind+y.Resource)
	})
	return a
}

// deploy generates an application and reads its configs as the runtimes do.
func deploy(t *testing.T, application *app.App, settings string) trapped {
	t.Helper()
	file, diags := table.Parse(environment.Filename, []byte("environment \"production\" {\n"+settings+"\n}\n"))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	environments, diags := resolution.Resolve(file, application)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	output := lower(t, application, settings)
	w := trapped{app: application, env: environments[0], configs: map[string]object{}}
	for _, p := range w.env.Processes {
		var c object
		text := callArguments(t, output, "production/services/"+names.Label(p.Name)+".tf")["infra_config"].AsString()
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			t.Fatal(err)
		}
		w.configs[p.Name] = c
	}
	return w
}

// TestF2_Traps holds the configs of an application that uses everything against every rule, in both languages and in each
// way to spread services over processes.
func TestF2_Traps(t *testing.T) {
	for _, language := range []string{"go", "typescript"} {
		for allocation, settings := range map[string]string{
			"one per service": "", "all in one": "process_allocation = \"all_in_one\"",
			"groups": "process \"edge\" {\n gateway = true\n}\nprocess \"inner\" {\n services = [\"orders\", \"shipping\", \"users\"]\n}",
		} {
			w := deploy(t, trapApplication(language), settings)
			for _, one := range traps {
				t.Run(fmt.Sprintf("F2 %s %s %s", language, allocation, one.name), func(t *testing.T) {
					for _, p := range w.env.Processes {
						if found := one.check(w, p, w.configs[p.Name]); (one.only == "" || one.only == language) && len(found) > 0 {
							t.Errorf("process %s: %s", p.Name, strings.Join(found, ", "))
						}
					}
				})
			}
		}
	}
}

// TestF2_TrapsAreSeen breaks each rule, and sees it broken.
func TestF2_TrapsAreSeen(t *testing.T) {
	for _, one := range traps {
		t.Run("F2 "+one.name, func(t *testing.T) {
			language, name := one.only, one.in
			if language == "" {
				language = "typescript"
			}
			if name == "" {
				name = "gateway"
			}
			w := deploy(t, trapApplication(language), "")
			p := w.env.Processes[slices.IndexFunc(w.env.Processes, func(p environment.Process) bool { return p.Name == name })]
			one.spoil(w.configs[name])
			if found := one.check(w, p, w.configs[name]); len(found) == 0 {
				t.Error("nothing is found")
			}
		})
	}
}

// TestF2_TheGatewayConsumesNothing: it runs the code of the auth handler's service, says so, and has the rights of that code
// but for its subscriptions.
func TestF2_TheGatewayConsumesNothing(t *testing.T) {
	for _, language := range []string{"go", "typescript"} {
		output := lower(t, trapApplication(language), "")
		if text := string(output.Files["production/services/gateway.tf"]); !strings.Contains(text, "# It runs the auth handler, and with it the code of service \"users\" (users/), all but its subscriptions\nmodule ") {
			t.Errorf("%s: nothing says whose code runs in the gateway:\n%.300s", language, text)
		}
		has := func(process, action string) bool {
			return slices.ContainsFunc(rights(callArguments(t, output, "production/services/"+process+".tf")), func(right string) bool { return strings.HasPrefix(right, action) })
		}
		readme := string(output.Files["README.md"])
		for arrow, there := range map[string]bool{"topic_paid -.-> service_users": true, "topic_paid -.-> service_gateway": false, "gateway, with the auth handler of users": true} {
			if strings.Contains(readme, arrow) != there {
				t.Errorf("%s: the diagram has %q: %v", language, arrow, !there)
			}
		}
		for process, consumes := range map[string]bool{"gateway": false, "users": true, "shipping": true, "orders": false} {
			if has(process, "sqs:") != consumes {
				t.Errorf("%s: %s consumes: %v", language, process, !consumes)
			}
		}
		if !has("gateway", "sns:Publish") {
			t.Errorf("%s: the code of the auth handler's service cannot publish in the gateway", language)
		}
	}
}

// TestF2_TheGatewayOfAGroupRunsTheAuthHandler: in Go other services may stand beside the gateway, and the handler's joins
// them.
func TestF2_TheGatewayOfAGroupRunsTheAuthHandler(t *testing.T) {
	output := lower(t, trapApplication("go"), "process \"edge\" {\n gateway = true\n services = [\"shipping\"]\n}\nprocess \"inner\" {\n services = [\"orders\", \"users\"]\n}")
	text := string(output.Files["production/services/edge.tf"])
	for _, comment := range []string{"# The API gateway, and service \"shipping\" (shipping/)\n", "# It runs the auth handler, and with it the code of service \"users\" (users/), all but its subscriptions\nmodule "} {
		if !strings.Contains(text, comment) {
			t.Errorf("lacks %q:\n%.400s", comment, text)
		}
	}
	got := configOf(t, callArguments(t, output, "production/services/edge.tf"))
	if fmt.Sprint(got.HostedServices) != "[shipping users]" {
		t.Errorf("hosts %v", got.HostedServices)
	}
	if _, found := got.ServiceDiscovery["users"]; found || got.ServiceDiscovery["orders"].BaseURL == "" {
		t.Errorf("discovers %v", got.ServiceDiscovery)
	}
	if hosted := configOf(t, callArguments(t, output, "production/services/inner.tf")); len(hosted.HostedServices) != 2 {
		t.Errorf("the service lost its own process: %v", hosted.HostedServices)
	}
}

// TestF2_OneCertificatePerServer: Rust reads the first certificate of a file alone (trap 8), so every file that a server's
// ca_certificate comes from holds one.
func TestF2_OneCertificatePerServer(t *testing.T) {
	files, err := filepath.Glob("../modules/*/certificates/*.pem")
	if err != nil || len(files) == 0 {
		t.Fatal("no certificates in the modules", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), "BEGIN CERTIFICATE"); n != 1 {
			t.Errorf("%s holds %d certificates", file, n)
		}
	}
}

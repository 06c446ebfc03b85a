package generator_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/environment/resolution"
	"github.com/groundplan/groundplan/generator/environment/table"
	"github.com/groundplan/groundplan/generator/holdings"
	"github.com/groundplan/groundplan/generator/kinds/database"
	"github.com/groundplan/groundplan/generator/kinds/secret"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/output"
)

// These tests generate from applications that are written here as the model has them: names and shapes that no fixture
// should have to spell out.

// plain is an application of the named services, each with a public endpoint and a folder of its own.
func plain(services ...string) *app.App {
	application := &app.App{Name: "shop", ID: "shop-x1", Runtime: app.EncoreGo}
	for _, name := range services {
		application.Services = append(application.Services, app.Service{
			Name: name, Dir: name, Endpoints: []app.Endpoint{{Name: "Get", Access: "public", Methods: []string{"GET"}, Path: "/" + name}},
		})
	}
	return application
}

// uses adds a database that a service uses.
func uses(application *app.App, service, name string) {
	at := hcl.Range{Filename: service + "/" + service + ".go", Start: hcl.Pos{Line: 1, Column: 1}, End: hcl.Pos{Line: 1, Column: 2}}
	application.Resources = append(application.Resources, app.Resource{Kind: "database", Name: name, Service: service, Spec: &database.Spec{}, At: at})
	application.Edges = append(application.Edges, app.Edge{Service: service, Kind: "database", Resource: name, Origin: app.Used, At: at})
}

// declares adds a secret that a service declares.
func declares(application *app.App, service, secret string) {
	at := hcl.Range{Filename: service + "/" + service + ".go", Start: hcl.Pos{Line: 1, Column: 1}, End: hcl.Pos{Line: 1, Column: 2}}
	application.Resources = append(application.Resources, app.Resource{Kind: "secret", Name: secret, Service: service, At: at})
	application.Edges = append(application.Edges, app.Edge{Service: service, Kind: "secret", Resource: secret, Origin: app.Declared, At: at})
}

// tryLower generates with the settings of an environment named production.
func tryLower(t *testing.T, application *app.App, settings string) (*generator.Output, hcl.Diagnostics) {
	t.Helper()
	return tryLowerAfter(t, application, settings, &output.Lock{}, holdings.Consent{})
}

// tryLowerAfter generates as tryLower does, after an earlier run.
func tryLowerAfter(t *testing.T, application *app.App, settings string, previous *output.Lock, consent holdings.Consent) (*generator.Output, hcl.Diagnostics) {
	t.Helper()
	file, diags := table.Parse(environment.Filename, []byte("environment \"production\" {\n"+settings+"\n}\n"))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	environments, diags := resolution.Resolve(file, application)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return generator.Generate(application, environments, previous, consent)
}

func lower(t *testing.T, application *app.App, settings string) *generator.Output {
	t.Helper()
	result, diags := tryLower(t, application, settings)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	for _, problem := range append(unformatted(result), contract(result)...) {
		t.Error(problem)
	}
	return result
}

// blocksOf are the blocks of a stack by type and labels, with the file each stands in. Two of a name are an error, as
// they are to terraform.
func blocksOf(t *testing.T, result *generator.Output, stack string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, path := range slices.Sorted(maps.Keys(result.Files)) {
		if !strings.HasPrefix(path, stack+"/") {
			continue
		}
		parsed, diags := hclsyntax.ParseConfig(result.Files[path], path, hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		for _, block := range parsed.Body.(*hclsyntax.Body).Blocks {
			name := strings.Join(append([]string{block.Type}, block.Labels...), " ")
			if block.Type == "locals" {
				name += " of " + strings.TrimPrefix(path, stack+"/")
			}
			if other, twice := found[name]; twice {
				t.Errorf("%s stands in %s and in %s", name, other, path)
			}
			found[name] = strings.TrimPrefix(path, stack+"/")
		}
	}
	return found
}

func configOf(t *testing.T, call map[string]cty.Value) infraConfig {
	t.Helper()
	var config infraConfig
	if err := json.Unmarshal([]byte(call["infra_config"].AsString()), &config); err != nil {
		t.Fatal(err)
	}
	return config
}

// TestE2_ProcessesNeverTakeFilesOfTheStack names services like the files of the services stack, like the files that
// terraform reads as patches of others, and like the devices of Windows.
func TestE2_ProcessesNeverTakeFilesOfTheStack(t *testing.T) {
	application := plain("com1", "community", "con", "outputs", "override", "platform", "price_override", "providers", "runtime", "terraform", "variables")
	found := blocksOf(t, lower(t, application, ""), "production/services")
	want := map[string]string{
		"module service_com1": "com1_process.tf", "module service_community": "community.tf", "module service_con": "con_process.tf",
		"module service_gateway": "gateway.tf", "module service_outputs": "outputs_process.tf", "module service_override": "override_process.tf",
		"module service_platform": "platform_process.tf", "module service_price_override": "price_override_process.tf",
		"module service_providers": "providers_process.tf", "module service_runtime": "runtime_process.tf", "module service_terraform": "terraform_process.tf", "module service_variables": "variables_process.tf",
		"data aws_caller_identity current":     "providers.tf",
		"data terraform_remote_state platform": "platform.tf", "locals of platform.tf": "platform.tf", "locals of runtime.tf": "runtime.tf", "output url": "outputs.tf", "provider aws": "providers.tf",
		"terraform": "terraform.tf", "variable image_tag": "variables.tf",
	}
	if d := cmp.Diff(want, found); d != "" {
		t.Error(d)
	}
}

// TestS1_SecretsOfTheApplicationMayHaveAnyName: what groundplan makes for itself stands beside the application's
// secrets, under names and addresses that none of them can have.
func TestS1_SecretsOfTheApplicationMayHaveAnyName(t *testing.T) {
	application := plain("users")
	uses(application, "users", "main")
	for _, name := range []string{"DatabasePasswordUsers", "DatabaseUsers", "Größe", "ServiceAuth", "ServiceAuthKey", "service-auth"} {
		if name != "service-auth" { // alike ServiceAuth, and an application has only one of them
			declares(application, "users", name)
		}
	}
	result := lower(t, application, "")
	found := blocksOf(t, result, "production/platform")
	names := map[string]string{}
	parsed, _ := hclsyntax.ParseConfig(result.Files["production/platform/secrets.tf"], "secrets.tf", hcl.InitialPos)
	for _, block := range parsed.Body.(*hclsyntax.Body).Blocks {
		value, diags := block.Body.Attributes["name"].Expr.Value(nil)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		if other, twice := names[value.AsString()]; twice {
			t.Errorf("%s and %s are both called %s", other, block.Labels[0], value.AsString())
		}
		names[value.AsString()] = block.Labels[0]
		if found["output "+block.Labels[0]] != "outputs.tf" {
			t.Errorf("no output for %s", block.Labels[0])
		}
	}
	if len(names) != 7 {
		t.Errorf("%d secrets: %v", len(names), names)
	}
	call := callArguments(t, result, "production/services/users.tf")
	arns := map[string]bool{}
	for _, arn := range call["secrets"].AsValueMap() {
		arns[arn.AsString()] = true
	}
	if len(arns) != 7 {
		t.Errorf("the process reads %v", call["secrets"])
	}
	// A secret that TypeScript code calls "service-auth" has a name of one part.
	env := &environment.Environment{App: "shop", Name: "production"}
	if _, taken := names[secret.Name(env, "service-auth")]; taken {
		t.Error("the service-to-service key has the name of an application's secret")
	}
}

// TestE3_SecretNames: Secrets Manager takes some characters only, and source takes all letters.
func TestE3_SecretNames(t *testing.T) {
	env := &environment.Environment{App: "shop", Name: "production"}
	seen := map[string]string{}
	for _, name := range []string{"StripeKey", "Größe", "Grösse", "Ключ", "a/b", "a b", strings.Repeat("k", 128), strings.Repeat("k", 129), strings.Repeat("k", 130)} {
		got := secret.Name(env, name)
		if other, taken := seen[got]; taken {
			t.Errorf("%q and %q are both %s", name, other, got)
		}
		seen[got] = name
		tail, ok := strings.CutPrefix(got, "shop/production/")
		fits := ok && len(tail) > 0 && len(tail) <= 128 && !strings.ContainsFunc(tail, func(c rune) bool {
			return !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=.@-", c)
		})
		if !fits {
			t.Errorf("%q becomes %q", name, got)
		}
	}
	if got := secret.Name(env, "StripeKey"); got != "shop/production/StripeKey" {
		t.Errorf("a name that fits becomes %s", got)
	}
	if got := secret.Name(env, "database", "users"); got != "shop/production/database/users" {
		t.Errorf("two parts become %s", got)
	}
}

// TestF2_CORSReachesTheGatewayAlone sets every field of global_cors.
func TestF2_CORSReachesTheGatewayAlone(t *testing.T) {
	application := plain("orders")
	application.CORS = &app.CORS{
		Debug: true, AllowHeaders: []string{"X-A"}, ExposeHeaders: []string{"X-B"},
		AllowOriginsWithoutCredentials: []string{"https://c"}, AllowOriginsWithCredentials: []string{"https://d"},
	}
	result := lower(t, application, "")
	var got map[string]any
	if err := json.Unmarshal(configOf(t, callArguments(t, result, "production/services/gateway.tf")).CORS, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"debug": true, "allow_headers": []any{"X-A"}, "expose_headers": []any{"X-B"},
		"allow_origins_without_credentials": []any{"https://c"}, "allow_origins_with_credentials": []any{"https://d"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if cors := configOf(t, callArguments(t, result, "production/services/orders.tf")).CORS; cors != nil {
		t.Errorf("a process without gateway has cors %s", cors)
	}
}

// TestG1_TextThatHCLCannotHoldIsAnError: bytes that are no UTF-8 reach the output from encore.app and from file names.
func TestG1_TextThatHCLCannotHoldIsAnError(t *testing.T) {
	setting := plain("orders")
	setting.CORS = &app.CORS{AllowHeaders: []string{"X-\xff"}}
	comment := plain("orders")
	comment.Services[0].Dir = "orders\xff"
	for name, application := range map[string]*app.App{"a setting": setting, "a comment": comment} {
		_, diags := tryLower(t, application, "")
		if !diags.HasErrors() || diags[0].Summary != "Text that HCL cannot hold" || !strings.Contains(diagnostic.Text(diags[0]), "production/services/") {
			t.Errorf("%s: %v", name, diags)
		}
	}
	// Both at once, and always in the same order.
	both := plain("orders", "users")
	both.Services[0].Dir, both.Services[1].Dir, both.CORS = "o\xff", "u\xff", setting.CORS
	for range 20 {
		_, diags := tryLower(t, both, "")
		var files []string
		for _, d := range diags {
			file, _, _ := strings.Cut(diagnostic.Text(d), ":")
			files = append(files, file)
		}
		if want := []string{"production/services/gateway.tf", "production/services/orders.tf", "production/services/users.tf"}; !slices.Equal(files, want) {
			t.Fatalf("reported for %v, want %v", files, want)
		}
	}
}

// TestG1_TheLockKnowsEveryModuleCall: logical ids lead to addresses, and each vendored module has the hash of its files.
func TestG1_TheLockKnowsEveryModuleCall(t *testing.T) {
	application := plain("orders", "users")
	uses(application, "users", "main")
	declares(application, "orders", "StripeKey")
	result := lower(t, application, "")
	for _, stack := range []string{"production/platform", "production/services"} {
		var want, got []string
		for name := range blocksOf(t, result, stack) {
			if label, ok := strings.CutPrefix(name, "module "); ok {
				want = append(want, "module."+label)
			}
		}
		for _, address := range result.Lock.Addresses[stack] {
			got = append(got, address)
		}
		slices.Sort(want)
		slices.Sort(got)
		if d := cmp.Diff(want, slices.Compact(got)); d != "" {
			t.Errorf("%s: %s", stack, d)
		}
	}
	ids := result.Lock.Addresses["production/platform"]
	for id, address := range map[string]string{
		"database main": "module.database_server_main", "secret StripeKey": "module.secret_stripe_key",
		"network": "module.network", "load balancer": "module.load_balancer", "database role svc_users": "module.database_password_users",
	} {
		if ids[id] != address {
			t.Errorf("%s is at %q, want %s", id, ids[id], address)
		}
	}
	vendored := map[string]bool{}
	for path := range result.Files {
		if name, ok := strings.CutPrefix(path, "modules/"); ok {
			name, _, _ = strings.Cut(name, "/")
			vendored[name] = true
		}
	}
	hashes := map[string]bool{}
	for _, sum := range result.Lock.Modules {
		hashes[sum] = true
	}
	if d := cmp.Diff(slices.Sorted(maps.Keys(vendored)), slices.Sorted(maps.Keys(result.Lock.Modules))); d != "" || len(hashes) != len(vendored) {
		t.Errorf("modules in the lock: %s %v", d, result.Lock.Modules)
	}
	if result.Lock.Version != blueprint.Version || len(result.Lock.Files) != len(result.Files) {
		t.Errorf("the lock owns %d of %d files", len(result.Lock.Files), len(result.Files))
	}
}

// TestF5_NothingExposedNoWayIn: an application without a public endpoint has no gateway, load balancer or address.
func TestF5_NothingExposedNoWayIn(t *testing.T) {
	application := plain("orders")
	application.Services[0].Endpoints[0].Access = "private"
	result := lower(t, application, "")
	for path, content := range result.Files {
		if strings.HasPrefix(path, "modules/load-balancer/") || strings.HasPrefix(path, "production/") && strings.Contains(string(content), "load_balancer") {
			t.Errorf("%s speaks of a load balancer", path)
		}
	}
	if _, found := blocksOf(t, result, "production/services")["output url"]; found {
		t.Error("there is an output url")
	}
	if c := configOf(t, callArguments(t, result, "production/services/orders.tf")); c.Metadata.BaseURL != "" || len(c.HostedGateways) > 0 {
		t.Errorf("the process hosts %v at %q", c.HostedGateways, c.Metadata.BaseURL)
	}
}

// TestF2_TheGatewayRunsTheAuthHandlerOfTypeScript: Encore's TypeScript runtime runs the handler inside the gateway, so
// that process has the code, the secrets and the databases of its service; requests to the service go elsewhere.
func TestF2_TheGatewayRunsTheAuthHandlerOfTypeScript(t *testing.T) {
	application := plain("orders", "users")
	application.Runtime = app.EncoreTypeScript
	application.Auth = &app.AuthHandler{Name: "auth", Service: "users"}
	application.Services[0].Endpoints[0].Access = "auth"
	uses(application, "users", "main")
	declares(application, "users", "TokenKey")
	declares(application, "orders", "StripeKey")
	result := lower(t, application, "")
	call := callArguments(t, result, "production/services/gateway.tf")
	c := configOf(t, call)
	if c.Metadata.AppID != "shop-x1" || c.Metadata.EnvName != "production" {
		t.Errorf("metadata %+v: calls between services are signed with the id of the application, not with its name", c.Metadata)
	}
	if !slices.Equal(c.HostedServices, []string{"users"}) || !slices.Equal(c.HostedGateways, []string{"api-gateway"}) {
		t.Errorf("the process hosts %v and %v", c.HostedServices, c.HostedGateways)
	}
	if got := slices.Sorted(maps.Keys(c.Secrets)); !slices.Equal(got, []string{"TokenKey"}) {
		t.Errorf("secrets %v", got)
	}
	if d := cmp.Diff([]string{"DATABASE_PASSWORD", "SECRET_TokenKey", "SERVICE_AUTH_KEY"}, keysOfValue(call["secrets"])); d != "" {
		t.Errorf("variables: %s", d)
	}
	if len(c.SQLServers) != 1 || len(c.SQLServers[0].Databases) != 1 || c.SQLServers[0].Databases["main"].Username != "svc_gateway" {
		t.Errorf("databases %+v", c.SQLServers)
	}
	if _, discovery := call["listen.discovery_name"]; discovery {
		t.Error("others find the gateway as if it served the service")
	}
	if c := configOf(t, callArguments(t, result, "production/services/orders.tf")); c.ServiceDiscovery["users"].BaseURL != "http://users.internal:8080" {
		t.Errorf("orders finds users at %v", c.ServiceDiscovery)
	}
}

// TestG1_EveryFixtureHasItsGoldenFolder, and no golden folder is left of a fixture that is gone: tests that walk the
// fixtures would pass over an empty folder.
func TestG1_EveryFixtureHasItsGoldenFolder(t *testing.T) {
	entries, err := os.ReadDir(golden)
	if err != nil {
		t.Fatal(err)
	}
	var folders []string
	for _, entry := range entries {
		folders = append(folders, entry.Name())
	}
	names := slices.DeleteFunc(fixtureNames(t), func(name string) bool { return twins[name] != "" })
	if len(names) == 0 || !slices.Equal(names, folders) {
		t.Errorf("fixtures %v, golden folders %v", names, folders)
	}
}

// TestS1_EverySecretIsItsOwn follows each secret from the infra config over the variable to the ARN: two that are
// swapped would leave no other trace.
func TestS1_EverySecretIsItsOwn(t *testing.T) {
	application := plain("orders", "users")
	uses(application, "orders", "main")
	uses(application, "users", "people")
	for _, name := range []string{"Alpha", "Beta"} {
		declares(application, "orders", name)
	}
	declares(application, "users", "Gamma")
	result := lower(t, application, "")
	for process, secrets := range map[string][]string{"orders": {"Alpha", "Beta"}, "users": {"Gamma"}} {
		call := callArguments(t, result, "production/services/"+process+".tf")
		c := configOf(t, call)
		variables := call["secrets"].AsValueMap()
		want := map[string]string{"SERVICE_AUTH_KEY": "<service_auth_key.arn>", "DATABASE_PASSWORD": "<database_password_" + process + ".arn>"}
		for _, name := range secrets {
			want["SECRET_"+name] = "<secret_" + names.Label(name) + ".arn>"
			if d := cmp.Diff(map[string]any{"$env": "SECRET_" + name}, c.Secrets[name]); d != "" {
				t.Errorf("%s: secret %s: %s", process, name, d)
			}
		}
		got := map[string]string{}
		for variable, arn := range variables {
			got[variable] = arn.AsString()
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", process, d)
		}
		if len(c.Secrets) != len(secrets) {
			t.Errorf("%s: secrets %v", process, c.Secrets)
		}
		if d := cmp.Diff(any(map[string]any{"$env": "SERVICE_AUTH_KEY"}), c.Auth[0].Key); d != "" || c.Auth[0].ID != 1 {
			t.Errorf("%s: auth %v", process, c.Auth)
		}
		for name, database := range c.SQLServers[0].Databases {
			if d := cmp.Diff(any(map[string]any{"$env": "DATABASE_PASSWORD"}), database.Password); d != "" || database.Username != "svc_"+process {
				t.Errorf("%s: database %s as %v: %s", process, name, database.Username, d)
			}
		}
		if c.Metadata.BaseURL != "https://example.com" || c.SQLServers[0].Host != "<database_server_main.address>:5432" || c.SQLServers[0].TLSConfig.CA != "<database_server_main.ca_certificate>" {
			t.Errorf("%s: %+v %+v", process, c.Metadata, c.SQLServers)
		}
	}
}

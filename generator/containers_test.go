package generator_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/reading"
)

// TestI4_ContainersKnowNothingOfEncore looks through the generated files of the fixtures without Encore for what only
// its runtimes understand.
func TestI4_ContainersKnowNothingOfEncore(t *testing.T) {
	found := false
	for _, fixture := range fixtureNames(t) {
		application, diags, err := reading.FromSource(filepath.Join(fixtures, fixture))
		if err != nil || diags.HasErrors() {
			t.Fatal(err, diags)
		}
		if !application.Containers() {
			continue
		}
		found = true
		for path, content := range recordedFiles(generate(t, fixture)) {
			for _, word := range []string{"ENCORE", "infra_config", "encore build", "service_auth", "SERVICE_AUTH", "Encore"} {
				if strings.Contains(content, word) {
					t.Errorf("%s: %s says %s", fixture, path, word)
				}
			}
		}
	}
	if !found {
		t.Error("no fixture without Encore")
	}
}

// containers makes an application of public services by name, with the paths of each.
func containers(paths map[string][]string) *app.App {
	application := &app.App{Name: "shop", ID: "shop", Runtime: app.Containers}
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		at := hcl.Range{Filename: "groundplan.app.hcl", Start: hcl.Pos{Line: 1, Column: 1}, End: hcl.Pos{Line: 1, Column: 2}}
		application.Services = append(application.Services, app.Service{
			Name: name, Dir: name, At: at,
			Container: &app.Container{Port: 8080, HealthPath: "/", Public: true, Paths: paths[name]},
		})
	}
	return application
}

func route(t *testing.T, output *generator.Output, service string) (priority int, hosts, paths []string) {
	t.Helper()
	public := callArguments(t, output, "production/services/"+service+".tf")["routes"].GetAttr("public")
	n, _ := public.GetAttr("priority").AsBigFloat().Int64()
	for _, host := range public.GetAttr("hosts").AsValueSlice() {
		hosts = append(hosts, host.AsString())
	}
	if public.Type().HasAttribute("paths") {
		for _, path := range public.GetAttr("paths").AsValueSlice() {
			paths = append(paths, path.AsString())
		}
	}
	return int(n), hosts, paths
}

// TestI4_NarrowPathsComeFirst: the load balancer takes the first rule that matches, and each service's place follows
// from its own name and paths, whoever else there is.
func TestI4_NarrowPathsComeFirst(t *testing.T) {
	all := map[string][]string{
		"pages": nil, "api": {"/api/*"}, "admin": {"/api/admin/*"}, "status": {"/api/admin/status"}, "home": {"/"},
		"deep": {"/a/b/c/d/e/f/g/h/i/j/*"},
	}
	output := lower(t, containers(all), "")
	at := map[string]int{}
	for name := range all {
		priority, hosts, paths := route(t, output, name)
		at[name] = priority
		if len(hosts) != 0 || !slices.Equal(paths, all[name]) {
			t.Errorf("%s: hosts %v, paths %v", name, hosts, paths)
		}
		if priority < 2 || priority > 50000 {
			t.Errorf("%s: priority %d", name, priority)
		}
		if alone, _, _ := route(t, lower(t, containers(map[string][]string{name: all[name]}), ""), name); alone != priority {
			t.Errorf("%s: priority %d alone, %d with the others", name, alone, priority)
		}
	}
	if !(at["status"] < at["admin"] && at["admin"] < at["api"] && at["api"] < at["pages"] && at["home"] < at["pages"] && at["deep"] < at["admin"]) {
		t.Errorf("priorities %v", at)
	}
}

// TestI4_PrioritiesDiffer makes more services than the hash keeps apart by itself.
func TestI4_PrioritiesDiffer(t *testing.T) {
	many := map[string][]string{}
	for i := range 90 { // a listener has room for 100 rules
		many[fmt.Sprintf("service%d", i)] = []string{fmt.Sprintf("/service%d/*", i)}
	}
	output := lower(t, containers(many), "")
	taken := map[int]string{}
	for name := range many {
		priority, _, _ := route(t, output, name)
		if taken[priority] != "" {
			t.Errorf("%s and %s have the priority %d", name, taken[priority], priority)
		}
		taken[priority] = name
	}
}

// TestI4_SubdomainsAreHosts under the environment's domain, on its certificate; without a domain they are whatever
// begins with the name, before the rules for every host.
func TestI4_SubdomainsAreHosts(t *testing.T) {
	application := containers(map[string][]string{"pages": nil, "office": nil})
	application.Services[0].Container.Subdomain = "admin"
	defaults := lower(t, application, "")
	office, hosts, _ := route(t, defaults, "office")
	pages, _, _ := route(t, defaults, "pages")
	if !slices.Equal(hosts, []string{"admin.*"}) || office >= pages {
		t.Errorf("without a domain: hosts %v, priorities %d and %d", hosts, office, pages)
	}
	output := lower(t, application, "domain = \"shop.example.com\"\nhosted_zone_id = \"Z0123456789ABCDEFGHIJ\"")
	if _, hosts, _ := route(t, output, "office"); !slices.Equal(hosts, []string{"admin.shop.example.com"}) {
		t.Errorf("hosts %v", hosts)
	}
	if text := string(output.Files["production/platform/load_balancer.tf"]); !strings.Contains(text, `alternative_domains = ["admin.shop.example.com"]`) {
		t.Errorf("the certificate lacks the name:\n%s", text)
	}
}

// TestI4_FixedImages: of a private registry's image the tasks may pull that repository, of another they need no right; a
// deployment that tags nothing asks for no tag.
func TestI4_FixedImages(t *testing.T) {
	for image, repository := range map[string]string{
		"ghcr.io/shop/pages:2.4.0":                                        "",
		"111122223333.dkr.ecr.eu-west-1.amazonaws.com/pages/web:v1":       "arn:aws:ecr:eu-west-1:111122223333:repository/pages/web",
		"111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/pages:v1":       "arn:aws-cn:ecr:cn-north-1:111122223333:repository/pages",
		"111122223333.dkr.ecr.us-gov-west-1.amazonaws.com/pages@sha256:0": "arn:aws-us-gov:ecr:us-gov-west-1:111122223333:repository/pages",
	} {
		application := containers(map[string][]string{"pages": nil})
		application.Services[0].Container.Image = image
		output := lower(t, application, "")
		call := callArguments(t, output, "production/services/pages.tf")
		permitted := ""
		if arn, named := call["registry.repository_arn"]; named {
			permitted = arn.AsString()
		}
		if d := cmp.Diff([]string{image, repository}, []string{call["image"].AsString(), permitted}); d != "" {
			t.Error(d)
		}
		if _, asks := output.Files["production/services/variables.tf"]; asks || strings.Contains(string(output.Files["README.md"]), "image_tag") {
			t.Errorf("%s: a tag is asked for", image)
		}
	}
}

// TestI4_ManifestDocument holds docs/manifest.md against the tables it is made from.
func TestI4_ManifestDocument(t *testing.T) {
	const path = "../docs/manifest.md"
	want := reading.ManifestDocument()
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s is not what the tables say; run go test ./generator -run ManifestDocument -update\n%s", path, d)
	}
	for _, kind := range kinds.ContainerVariables() {
		for _, v := range kind.Env {
			if !strings.Contains(string(got), "`"+v.Pattern+"`") {
				t.Errorf("the page lacks %s", v.Pattern)
			}
		}
	}
}

// TestI4_TheRuntimeDecides: the same manifest with another runtime of Encore's gives what that runtime understands.
func TestI4_TheRuntimeDecides(t *testing.T) {
	root := filepath.Join(t.TempDir(), "shop")
	if err := os.CopyFS(root, os.DirFS(filepath.Join(fixtures, "shop-manifest"))); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(root, "groundplan.app.hcl")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for runtime, want := range map[string]map[string]bool{
		"encore-go":         {`signature            = { type = "go", `: true, "sns:GetTopicAttributes": true, "SECRET_SessionKey": true},
		"encore-typescript": {`type       = "typescript"`: true, "sns:GetTopicAttributes": false, "SECRET_SessionKey": true},
	} {
		if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(text), "encore-go", runtime)), 0o644); err != nil {
			t.Fatal(err)
		}
		output, _, diags, err := generator.FromSource(generator.Options{Root: root, Out: t.TempDir()})
		if err != nil || diags.HasErrors() {
			t.Fatal(err, diags)
		}
		// Both run the auth handler, and so need its secret, inside the gateway.
		files := string(output.Files["production/services/schedules.tf"]) + string(output.Files["production/services/orders.tf"]) + string(output.Files["production/services/gateway.tf"])
		for text, there := range want {
			if strings.Contains(files, text) != there {
				t.Errorf("%s: %q is there: %v", runtime, text, !there)
			}
		}
	}
}

// TestI4_EnvironmentsSetVariables of a process, on top of the manifest's and never of what it uses.
func TestI4_EnvironmentsSetVariables(t *testing.T) {
	application := containers(map[string][]string{"pages": nil})
	application.Services[0].Container.Environment = []app.Variable{{Name: "LEVEL", Value: "info"}, {Name: "MODE", Value: "full"}}
	output := lower(t, application, "task {\n variables = { LEVEL = \"warn\", EXTRA = \"1\" }\n}\nservice \"pages\" {\n variables = { EXTRA = \"2\" }\n}")
	variables := callArguments(t, output, "production/services/pages.tf")["environment"].AsValueMap()
	for name, want := range map[string]string{"LEVEL": "warn", "MODE": "full", "EXTRA": "2", "AWS_REGION": "us-east-1"} {
		if got := variables[name].AsString(); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	secret := plain("orders")
	declares(secret, "orders", "StripeKey")
	for settings, want := range map[string]string{
		`variables = { PORT = "1" }`:             "Reserved variable",
		`variables = { ENCORE_X = "1" }`:         "Reserved variable",
		`variables = { AWS_REGION = "1" }`:       "Variable set twice",
		`variables = { SECRET_StripeKey = "1" }`: "Variable set twice",
	} {
		of := application
		if strings.Contains(settings, "SECRET") {
			of = secret
		}
		_, diags := tryLower(t, of, "task {\n"+settings+"\n}")
		if firstError(diags) != want {
			t.Errorf("%s: %v, want %q", settings, diags, want)
		}
	}
}

// TestI4_TheManifestSaysHowAnImageRuns, closer than an environment's task block and further away than its service block.
func TestI4_TheManifestSaysHowAnImageRuns(t *testing.T) {
	writable := false
	for settings, want := range map[string]string{
		"": `{"user":"1000"}`,
		"task {\n read_only_root = true\n user = \"5\"\n}":                                                `{"user":"1000"}`,
		"service \"pages\" {\n read_only_root = true\n user = \"5\"\n keep_capabilities = [\"CHOWN\"]\n}": `{"keep_capabilities":["CHOWN"],"read_only_root":true,"user":"5","writable_paths":["/cache"]}`,
	} {
		application := containers(map[string][]string{"pages": nil})
		c := application.Services[0].Container
		c.User, c.ReadOnlyRoot, c.WritablePaths = "1000", &writable, []string{"/cache"}
		security, err := json.Marshal(ctyjson.SimpleJSONValue{Value: callArguments(t, lower(t, application, settings), "production/services/pages.tf")["security"]})
		if err != nil {
			t.Fatal(err)
		}
		if string(security) != want {
			t.Errorf("%q: %s, want %s", settings, security, want)
		}
	}
}

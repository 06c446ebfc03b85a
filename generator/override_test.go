package generator_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds/database"
	"github.com/groundplan/groundplan/generator/kinds/objects"
	"github.com/groundplan/groundplan/modules"
)

// TestE1_WrongOverrides has one case for every message: where it points, and what it says.
func TestE1_WrongOverrides(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"unknown argument", `override "bucket" "files" {
  cors_origin = ["https://a.example.com"]
}`, `3:3: Unknown argument; The module bucket has no argument "cors_origin".
hint: did you mean "cors_origins"?`},
		{"argument far off", "override \"topic\" \"paid\" {\n  tags = {}\n}", "3:3: Unknown argument; The module topic has no argument \"tags\".\nhint: use publisher_account_ids, subscriber_account_ids, publisher_services, alarm_topic_arns"},
		{"meta argument", "override \"bucket\" \"files\" {\n  source = \"x\"\n}", `3:3: Unknown argument; The module bucket has no argument "source".`},
		{"string for a list", "override \"bucket\" \"files\" {\n  cors_origins = \"*\"\n}", "3:18: Wrong type; \"cors_origins\" is a string here, and the module asks for list(string).\nhint: write a list, as in [...]"},
		{"number in a list", "override \"bucket\" \"files\" {\n  cors_origins = [\"*\", (7)]\n}", "3:25: Wrong type; \"cors_origins[1]\" is a number here, and the module asks for string.\nhint: write a string in quotes"},
		{"number in quotes", "override \"bucket\" \"files\" {\n  noncurrent_days = \"7\"\n}", "3:21: Wrong type; \"noncurrent_days\" is a string here, and the module asks for number.\nhint: write a number without quotes"},
		{"number for a switch", "override \"bucket\" \"files\" {\n  versioned = 1\n}", "3:15: Wrong type; \"versioned\" is a number here, and the module asks for bool.\nhint: write true or false"},
		{"switch for a text", "override \"bucket\" \"files\" {\n  access_log_bucket = true\n}", "3:23: Wrong type; \"access_log_bucket\" is true or false here, and the module asks for string."},
		{"list for a map", "override \"process\" \"orders\" {\n  environment = []\n}", "3:17: Wrong type; \"environment\" is a list here, and the module asks for map(string).\nhint: write an object, as in { name = value }"},
		{"object for a text in a map", "override \"process\" \"orders\" {\n  environment = { A = {} }\n}", "3:23: Wrong type; \"environment.A\" is an object here, and the module asks for string."},
		{"member unknown", "override \"process\" \"orders\" {\n  permissions = {\n    mail = {\n      action    = [\"ses:SendEmail\"]\n      resources = []\n    }\n  }\n}",
			"5:7: Unknown member; \"permissions.mail\" has no member \"action\".\nhint: did you mean \"actions\"?"},
		{"member missing", "override \"process\" \"orders\" {\n  permissions = { mail = { actions = [] } }\n}", "3:26: Member missing; \"permissions.mail\" lacks the member \"resources\".\nhint: add resources"},
		{"member twice", "override \"process\" \"orders\" {\n  environment = { A = \"1\", A = \"2\" }\n}", "3:28: Duplicate key; \"environment\" has \"A\" twice."},
		{"nested member of a wrong type", "override \"process\" \"orders\" {\n  permissions = { mail = { actions = [], resources = [], conditions = [{ test = \"a\", variable = 3, values = [] }] } }\n}",
			"3:97: Wrong type; \"permissions.mail.conditions[0].variable\" is a number here, and the module asks for string."},

		{"wiring", "override \"bucket\" \"files\" {\n  key_arn = \"arn:aws:kms:us-east-1:123456789012:key/a\"\n}", "3:3: Argument that cannot be set; The argument \"key_arn\" of the module bucket cannot be set by itself: one key encrypts everything.\nhint: set key_arn in the environment"},
		{"wiring to a whole", "override \"process\" \"orders\" {\n  registry = { repository_arn = \"x\" }\n}", "3:3: Argument that cannot be set; The argument \"registry\" of the module fargate-service cannot be set by itself: it is wired to the registry.\nhint: remove it"},
		{"wiring in a text", "override \"process\" \"orders\" {\n  image = \"nginx:1\"\n}", "3:3: Argument that cannot be set; The argument \"image\" of the module fargate-service cannot be set by itself: it is wired to other parts of the generated code."},
		{"config", "override \"process\" \"orders\" {\n  infra_config = \"{}\"\n}", "3:3: Argument that cannot be set; "},
		{"name", "override \"bucket\" \"files\" {\n  name = \"mine\"\n}", "3:3: Argument that cannot be set; The argument \"name\" of the module bucket cannot be set by itself: other code knows the resource by its name"},
		{"what else follows from", "override \"process\" \"orders\" {\n  shutdown = { stop_timeout_seconds = 60 }\n}", "3:3: Argument that cannot be set; The argument \"shutdown\" of the module fargate-service cannot be set by itself: the runtime's own deadline follows from it, and its parts are checked together.\nhint: set drain_seconds or stop_timeout_seconds in the block of the service or process"},
		{"a member that is a setting", "override \"process\" \"orders\" {\n  scale = { min = 1 }\n}", "3:3: Argument that cannot be set; The member \"min\" of the argument \"scale\" of the module fargate-service cannot be set by itself: connection pools follow from the number of tasks.\nhint: set scale in the block of the service or process"},
		{"a member of another type", "override \"process\" \"orders\" {\n  health = { grace_seconds = \"90\" }\n}", "3:30: Wrong type; \"health.grace_seconds\" is a string here, and the module asks for number.\nhint: write a number without quotes"},
		{"a member that lacks one", "override \"process\" \"orders\" {\n  sidecars = [{ name = \"collector\" }]\n}", "3:15: Member missing; \"sidecars[0]\" lacks the member \"image\".\nhint: add image"},
		{"an old name", "override \"process\" \"orders\" {\n  health_path = \"/up\"\n}", "3:3: Renamed argument; The argument \"health_path\" of the module fargate-service is the member \"path\" of the argument \"health\" now.\nhint: write health = { path = ... }"},
		{"an old name of what is a setting", "override \"process\" \"orders\" {\n  drain_seconds = 60\n}", "3:3: Renamed argument; The argument \"drain_seconds\" of the module fargate-service is the member \"drain_seconds\" of the argument \"shutdown\" now, which cannot be set by itself: the runtime's own deadline follows from it, and its parts are checked together.\nhint: set drain_seconds or stop_timeout_seconds in the block of the service or process"},
		{"an old name of what is wired", "override \"process\" \"orders\" {\n  repository_arn = \"x\"\n}", "3:3: Renamed argument; The argument \"repository_arn\" of the module fargate-service is the member \"repository_arn\" of the argument \"registry\" now, which cannot be set by itself: it is wired to the registry.\nhint: remove it"},
		{"a key that is in use", "override \"service\" \"auth\" \"key\" {\n  rotation = 2\n}", "3:3: Argument that cannot be set; The argument \"rotation\" of the module generated-secret cannot be set by itself: a new value reaches each task when it starts, and who checks it knows one value alone: calls between processes, or logins, fail until all tasks are new.\nhint: change the value by hand and replace all tasks at once, as infra/README.md shows"},
		{"passwords that are in use", "override \"cache\" \"sessions\" {\n  password_rotation = 2\n}", "3:3: Argument that cannot be set; The argument \"password_rotation\" of the module cache cannot be set by itself: a new password reaches each task when it starts, and the cache knows one alone: logins fail until all tasks are new.\nhint: give the user both passwords for a while, as infra/README.md shows"},
		{"entry that is generated", "override \"process\" \"orders\" {\n  permissions = { topic_paid = { actions = [\"sns:Publish\"], resources = [\"*\"] } }\n}",
			"3:3: Argument that cannot be set; The argument \"permissions\" of the module fargate-service cannot be set by itself: its entry \"topic_paid\" is generated, from what the application declares.\nhint: remove the entry, or give yours another name"},

		{"entry that others follow from", "override \"database server\" \"main\" {\n  parameters = { max_connections = { value = \"500\", apply_method = \"pending-reboot\" } }\n}",
			"3:3: Argument that cannot be set; The argument \"parameters\" of the module database-server cannot be set by itself: its entry \"max_connections\" does not stand alone: connection pools follow from what the size of the server allows.\nhint: remove the entry"},

		{"misspelt name", `override "bucket" "file" {}`, "2:10: Override of nothing; The environment \"production\" has no \"bucket file\".\nhint: did you mean \"bucket files\"?"},
		{"another name", `override "bucket" "pictures" {}`, "2:10: Override of nothing; The environment \"production\" has no \"bucket pictures\".\nhint: there is \"bucket files\""},
		{"another kind", `override "queue" "x" {}`, "2:10: Override of nothing; The environment \"production\" has no \"queue x\".\nhint: groundplan.lock.json lists what there is; the names begin with bucket, "},
		{"database of a server", `override "database" "orders" {}`, "2:10: Override of nothing; The environment \"production\" has no \"database orders\".\nhint: it is a part of \"database server main\": write override \"database server main\" { ... }"},
		{"what is brought", strings.ReplaceAll(broughtBlocks["topic"], "eu-west-1", "us-east-1") + "\noverride \"topic\" \"paid\" {}", "5:10: Override of what is not made; In the environment \"production\" the topic paid exists, so that there is no module call whose arguments could be set.\nhint: remove the block"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, diags := tryLower(t, complete(), test.text)
			if len(diags.Errs()) != 1 {
				t.Fatalf("%d errors: %v", len(diags.Errs()), diags)
			}
			d := onlyErrors(diags)[0]
			got := strings.TrimPrefix(diagnostic.Place(*d.Subject), environment.Filename+":") + ": " + d.Summary + "; " + diagnostic.Text(d)
			if !strings.HasPrefix(got, test.want) || !strings.Contains(diagnostic.Text(d), "\nhint: ") {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestE1_OverridesReachTheCall sets arguments of every type: those the module has no value for, those that are generated,
// and one back to the module's default, which nobody restates.
func TestE1_OverridesReachTheCall(t *testing.T) {
	output := lower(t, complete(), `
  override "bucket" "files" {
    versioned       = true
    cors_origins    = ["https://a.example.com"]
    noncurrent_days = 90
    force_destroy   = true
  }
  override "service" "auth" "key" {
    recovery_window_days = 7
  }
  override "load balancer" {
    access_log_retention_days = 90
    idle_timeout_seconds      = 1e2
  }
  override "process" "orders" {
    environment = { "B-b" = "2", A = "$${x}" }
    permissions = {
      mail = {
        resources = ["arn:aws:ses:us-east-1:123456789012:identity/a"]
        actions   = ["ses:SendEmail"]
      }
    }
  }`)
	bucket := argumentsOf(t, output, "production/platform/buckets.tf", "bucket_files")
	if bucket["versioned"] != "true" || bucket["cors_origins"] != `["https://a.example.com"]` || bucket["force_destroy"] != "true" {
		t.Errorf("bucket %v", bucket)
	}
	if _, restated := bucket["noncurrent_days"]; restated {
		t.Error("a default is restated")
	}
	if text := string(output.Files["production/platform/buckets.tf"]); !strings.Contains(text, "\n# Set in groundplan.hcl: cors_origins, versioned, force_destroy\nmodule \"bucket_files\"") {
		t.Errorf("nobody learns where the values come from:\n%s", text)
	}
	balancer := argumentsOf(t, output, "production/platform/load_balancer.tf", "load_balancer")
	if _, restated := balancer["access_log_retention_days"]; restated || balancer["idle_timeout_seconds"] != "100" {
		t.Errorf("load balancer %v", balancer)
	}
	if key := argumentsOf(t, output, "production/platform/secrets.tf", "service_auth_key"); key["recovery_window_days"] != "7" {
		t.Errorf("the key between processes: %v", key)
	}
	process := string(output.Files["production/services/orders.tf"])
	for _, want := range []string{`
  environment = {
    # set in groundplan.hcl
    A = "$${x}"
    # set in groundplan.hcl
    B-b = "2"
  }
`, `
    # set in groundplan.hcl
    mail = {
      resources = ["arn:aws:ses:us-east-1:123456789012:identity/a"]
      actions   = ["ses:SendEmail"]
    }
`} {
		if !strings.Contains(process, want) {
			t.Errorf("the process lacks%s", want)
		}
	}
	if !strings.Contains(process, "topic_paid = {") {
		t.Error("the process has lost a right")
	}
}

// TestE1_OverridesReachWhatNoSettingSays sets the inputs of modules that are objects, or maps of them, and strings of JSON.
func TestE1_OverridesReachWhatNoSettingSays(t *testing.T) {
	output := lower(t, complete(), `
  override "bucket" "files" {
    lifecycle_rules = {
      drafts = {
        prefix          = "drafts/"
        expiration_days = 30
        transitions     = []
      }
    }
    notifications = {
      event_bridge = true
      queues       = { uploads = { arn = "arn:aws:sqs:us-east-1:123456789012:uploads", prefix = "uploads/" } }
    }
  }
  override "topic" "paid" {
    publisher_account_ids = ["111122223333"]
    publisher_services    = ["s3.amazonaws.com"]
  }
  override "subscription" "ship of topic paid" {
    filter_policy     = "{\"type\":[\"paid\"]}"
    age_alarm_seconds = 900
  }
  override "database server" "main" {
    backup_window      = "02:00-03:00"
    maintenance_window = "sun:03:00-sun:04:00"
    cpu_alarm_percent  = 80
    restore            = { source = "shop-production-old", time = "2030-01-31T12:00:00Z" }
    parameters         = { work_mem = { value = "16384" } }
  }`)
	for file, wanted := range map[string][]string{
		"buckets.tf": {`drafts = {`, `expiration_days = 30`, `event_bridge = true`, `arn    = "arn:aws:sqs:us-east-1:123456789012:uploads"`},
		"topics.tf":  {`publisher_account_ids = ["111122223333"]`, `publisher_services    = ["s3.amazonaws.com"]`, `filter_policy      = "{\"type\":[\"paid\"]}"`, `age_alarm_seconds  = 900`},
		"databases.tf": {`backup_window      = "02:00-03:00"`, `maintenance_window = "sun:03:00-sun:04:00"`, `cpu_alarm_percent  = 80`, `source = "shop-production-old"`, `work_mem = {`,
			`value = "16384"`},
	} {
		text := string(output.Files["production/platform/"+file])
		for _, want := range wanted {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %s:\n%s", file, want, text)
			}
		}
	}
}

// TestE1_OverridesReachMembers: what is set of an argument that is an object joins what is generated of it, and whatever no
// setting says of a process can be said here.
func TestE1_OverridesReachMembers(t *testing.T) {
	output := lower(t, complete(), `
  iam_path = "/apps/"
  override "process" "orders" {
    exec   = true
    health = { grace_seconds = 90, command = ["/bin/alive"] }
    task   = { cpu = 1024, memory = 4096 }
    scale  = { queues = { imports = { queue_arn = "arn:aws:sqs:us-east-1:123456789012:imports", messages_per_task = 50 } } }
    iam    = { permissions_boundary_arn = "arn:aws:iam::123456789012:policy/one" }
    sidecars = [{
      name        = "collector"
      image       = "public.ecr.aws/aws-observability/aws-otel-collector:v0.40.0"
      environment = { MODE = "agent" }
    }]
  }
  override "cron" "nightly" {
    iam = { path = "/jobs/" }
  }`)
	orders := argumentsOf(t, output, "production/services/orders.tf", "service_orders")
	for name, want := range map[string]string{
		"exec":   "true",
		"health": `{ path = "/__encore/healthz", grace_seconds = 90, command = ["/bin/alive"] }`,
		"task":   `{ cpu = 1024, memory = 4096 }`,
	} {
		if orders[name] != want {
			t.Errorf("%s is %s, want %s", name, orders[name], want)
		}
	}
	text := strings.Join(strings.Fields(string(output.Files["production/services/orders.tf"])), " ")
	for _, want := range []string{
		`# Set in groundplan.hcl: task, scale, health, iam, sidecars, exec`,
		`scale = { min = 2 max = 10 queues = { imports = { queue_arn = "arn:aws:sqs:us-east-1:123456789012:imports" messages_per_task = 50 } } }`,
		`iam = { path = "/apps/" permissions_boundary_arn = "arn:aws:iam::123456789012:policy/one" }`,
		`sidecars = [ { name = "collector" image = "public.ecr.aws/aws-observability/aws-otel-collector:v0.40.0" environment = { MODE = "agent" } }, ]`,
	} {
		if !strings.Contains(text, want) && !strings.Contains(text, strings.Replace(want, " permissions_boundary", ", permissions_boundary", 1)) {
			t.Errorf("the process lacks %s\n%s", want, output.Files["production/services/orders.tf"])
		}
	}
}

// sample is a literal of the type, as no default has it; "" for a type that needs thought.
func sample(constraint cty.Type) string {
	switch {
	case constraint == cty.String:
		return `"sample"`
	case constraint == cty.Number:
		return "77"
	case constraint.IsListType() && constraint.ElementType() == cty.String:
		return `["sample"]`
	case constraint.IsListType() && constraint.ElementType() == cty.Number:
		return "[77]"
	case constraint.IsMapType() && constraint.ElementType() == cty.String:
		return `{ sample = "sample" }`
	}
	return ""
}

// codeBlocks are the blocks of both stacks of an environment as they are written, comments above them included.
func codeBlocks(t *testing.T, output *generator.Output) map[string]string {
	t.Helper()
	blocks := map[string]string{}
	for path, content := range output.Files {
		if !strings.HasSuffix(path, ".tf") || strings.HasPrefix(path, "modules/") {
			continue
		}
		parsed, diags := hclsyntax.ParseConfig(content, path, hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		before := 0
		for _, block := range parsed.Body.(*hclsyntax.Body).Blocks {
			end := block.Range().End.Byte
			name := strings.Join(append([]string{block.Type}, block.Labels...), ".")
			for blocks[path+" "+name] != "" {
				name += "+"
			}
			blocks[path+" "+name] = string(content[before:end])
			before = end
		}
	}
	return blocks
}

var refusedArgument = regexp.MustCompile(`The argument "(\w+)"`)

// TestE1_OverridesChangeNothingElse sets, for each module call in turn, every argument that can be set: no other block of
// any file changes. What cannot be set is told for each.
func TestE1_OverridesChangeNothingElse(t *testing.T) {
	application := complete()
	application.Resources = append(application.Resources, app.Resource{
		Kind: "bucket", Name: "pictures", Service: "orders", Spec: &objects.Bucket{Public: true}, At: application.Resources[0].At,
	})
	const domain = "domain = \"shop.example.com\"\nhosted_zone_id = \"Z0123456789ABCDEFGHIJ\"\n"
	plainOutput := lower(t, application, domain)
	before := codeBlocks(t, plainOutput)
	moduleOf := regexp.MustCompile(`source = "../../modules/([a-z-]+)"`)
	tried, set := 0, 0
	for stack, addresses := range plainOutput.Lock.Addresses {
		for _, id := range slices.Sorted(maps.Keys(addresses)) {
			if app.ParseID(id).Kind == database.Kind.Name {
				continue // a part of a server
			}
			var own string
			for name := range before {
				if strings.HasPrefix(name, stack+"/") && strings.HasSuffix(name, " "+addresses[id]) {
					own = name
				}
			}
			module := moduleOf.FindStringSubmatch(before[own])[1]
			refused := map[string]bool{}
			settings := func() string {
				text := fmt.Sprintf(domain+"override %q {\n", id)
				for _, variable := range modules.Variables(module) {
					constraint, _ := modules.Type(module, variable)
					value := sample(constraint)
					if constraint == cty.Bool {
						value = "true"
						if strings.Contains(before[own], variable+" ") && strings.Contains(before[own], "= true") || modules.Default(module, variable) == "true" {
							value = "false"
						}
					}
					if value != "" && !refused[variable] {
						text += "  " + variable + " = " + value + "\n"
					}
				}
				return text + "}\n"
			}
			_, diags := tryLower(t, application, settings())
			for _, d := range onlyErrors(diags) {
				found := refusedArgument.FindStringSubmatch(diagnostic.Text(d))
				if found == nil {
					t.Fatalf("%s: %v", id, d)
				}
				refused[found[1]] = true
			}
			if !refused["name"] {
				t.Errorf("%s: its name can be set", id)
			}
			_, unknown := tryLower(t, application, domain+fmt.Sprintf("override %q {\n  qqqqqqqqqqqqqqqqqqqq = 1\n}\n", id))
			_, listed, _ := strings.Cut(diagnostic.Text(onlyErrors(unknown)[0]), "\nhint: use ")
			hinted := strings.Split(listed, ", ")
			for _, variable := range modules.Variables(module) {
				constraint, _ := modules.Type(module, variable)
				settable := !refused[variable]
				if constraint.IsObjectType() { // no sample is made of them, and what members lack is told before the wiring
					if !slices.Contains(hinted, variable) {
						continue
					}
					_, tried := tryLower(t, application, domain+fmt.Sprintf("override %q {\n  %s = {}\n}\n", id, variable))
					settable = !strings.Contains(onlyErrors(tried).Error(), "Argument that cannot be set")
				}
				if slices.Contains(hinted, variable) != settable {
					t.Errorf("%s: %s can be set: %t, and the hint lists %s", id, variable, settable, listed)
				}
			}
			output, diags := tryLower(t, application, settings())
			if diags.HasErrors() {
				t.Fatalf("%s: %v", id, diags)
			}
			tried++
			for name, text := range codeBlocks(t, output) {
				if text == before[name] {
					continue
				}
				if name != own {
					t.Errorf("%s: %s has changed: %s", id, name, cmp.Diff(before[name], text))
				}
				set++
			}
		}
	}
	if tried < 15 || set < 12 {
		t.Errorf("%d calls tried and %d changed: too few to tell", tried, set)
	}
}

// onlyErrors leaves the warnings out.
func onlyErrors(diags hcl.Diagnostics) hcl.Diagnostics {
	return slices.DeleteFunc(slices.Clone(diags), func(d *hcl.Diagnostic) bool { return d.Severity != hcl.DiagError })
}

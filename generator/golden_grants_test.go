package generator_test

import (
	stdcmp "cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds/cron"
	"github.com/groundplan/groundplan/generator/kinds/objects"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/reading"
)

// readGrants is what generated code gives a process.
func readGrants(stack *stackCode, call moduleCall) grantedRight {
	g := grantedRight{Config: map[string]any{}, Variables: map[string]any{}}
	permissions, _ := stack.arg(call, "permissions").(map[string]any)
	for _, statement := range permissions {
		fields := statement.(map[string]any)
		condition := ""
		conditions, _ := fields["conditions"].([]any)
		for _, c := range conditions {
			c := c.(map[string]any)
			condition += fmt.Sprintf(" if %v %v %s", c["test"], c["variable"], join(c["values"]))
		}
		actions, _ := fields["actions"].([]any)
		resources, _ := fields["resources"].([]any)
		for _, action := range actions {
			for _, resource := range resources {
				g.Statements = append(g.Statements, fmt.Sprintf("%v on %v%s", action, resource, condition))
			}
		}
	}
	connections, _ := stack.arg(call, "connections").(map[string]any)
	for _, connection := range connections {
		fields := connection.(map[string]any)
		g.Connections = append(g.Connections, fmt.Sprintf("%v %v", fields["security_group_id"], fields["port"]))
	}
	secrets, _ := stack.arg(call, "secrets").(map[string]any)
	for variable, secret := range secrets {
		g.Secrets = append(g.Secrets, fmt.Sprintf("%s from %v", variable, secret))
	}
	config, _ := stack.arg(call, "infra_config").(map[string]any)
	for _, section := range []string{"metrics", "object_storage", "pubsub", "redis", "secrets", "service_discovery", "sql_servers", "used_metrics"} {
		if value, written := config[section]; written {
			g.Config[section] = value
		}
	}
	variables, _ := stack.arg(call, "environment").(map[string]any)
	for name, value := range variables {
		if !strings.HasSuffix(name, "_DATABASE_MAX_CONNECTIONS") {
			g.Variables[name] = value
		}
	}
	servers, _ := g.Config["sql_servers"].([]any)
	for _, server := range servers { // pools follow from the server's size, which TestD1_PoolsFitTheServer checks
		for _, database := range server.(map[string]any)["databases"].(map[string]any) {
			delete(database.(map[string]any), "max_connections")
			delete(database.(map[string]any), "min_connections")
		}
	}
	slices.Sort(g.Statements)
	g.Statements = slices.Compact(g.Statements) // two resources may share a key
	slices.Sort(g.Connections)
	slices.Sort(g.Secrets)
	return g
}

func join(list any) string {
	var texts []string
	items, _ := list.([]any)
	for _, item := range items {
		texts = append(texts, fmt.Sprint(item))
	}
	return strings.Join(texts, " ")
}

// grantProblems compares what the stacks of an environment give with what the application's uses need: every process,
// and every policy that the platform writes.
func grantProblems(files map[string]string, application *app.App, env environment.Environment) []string {
	platform, err := readStack(files, env.Name+"/platform", nil)
	if err != nil {
		return []string{err.Error()}
	}
	services, err := readStack(files, env.Name+"/services", platform)
	if err != nil {
		return []string{err.Error()}
	}
	var problems []string
	calls := map[string]moduleCall{} // by what is called and with which name
	for _, stack := range []*stackCode{platform, services} {
		for label, call := range stack.calls {
			calls[call.Source+" "+call.Name] = call
			if call.Source != "fargate-service" && call.Source != "fargate-job" && call.args["permissions"] != nil {
				problems = append(problems, label+" has permissions, and is no process")
			}
		}
	}
	processes := 0
	for _, process := range env.Processes {
		name := names.Of(names.Unit, env.App, env.Name, process.Name)
		call, found := calls[moduleNamed(process)+" "+name]
		if !found {
			problems = append(problems, "there is no process "+name)
			continue
		}
		processes++
		if d := cmp.Diff(expectedGrants(application, env, process), readGrants(services, call)); d != "" {
			problems = append(problems, fmt.Sprintf("%s, - is needed, + is given:\n%s", name, d))
		}
	}
	for label, call := range services.calls {
		if call.Source == "fargate-service" || call.Source == "fargate-job" {
			processes--
		} else if call.Source != "cron" {
			problems = append(problems, "the services stack has the module call "+label)
		}
	}
	if processes != 0 {
		problems = append(problems, "there is a process that the environment has not")
	}
	return append(problems, platformProblems(platform, services, calls, application, env)...)
}

// platformProblems compares the policies that resources carry themselves: who sends to a queue, who reads a bucket, who
// uses the key, whom a cache knows, whom a schedule calls.
func platformProblems(platform, services *stackCode, calls map[string]moduleCall, application *app.App, env environment.Environment) []string {
	if d := cmp.Diff(wantedPolicies(application, env), writtenPolicies(platform, services, calls)); d != "" {
		return []string{fmt.Sprintf("%s, - is needed, + is written:\n%s", env.Name, d)}
	}
	return nil
}

// wantedPolicies says, by what they are on, whom policies must let in.
func wantedPolicies(application *app.App, env environment.Environment) map[string]string {
	g := &grants{app: application, env: env}
	want := map[string]string{}
	if key := "encryption-key " + names.Of(names.KeyAlias, env.App, env.Name); env.KeyARN == "" {
		// A golden environment has no name that had to be shortened but those of caches.
		want[key+" takes messages of"], want[key+" takes logs of"] = "", g.logGroups()
		if len(application.Of("subscription")) > 0 {
			want[key+" takes messages of"] = env.App + "-" + env.Name + "-*"
		}
	}
	registry := "registry " + names.Of(names.Repository, env.App, env.Name)
	account := env.AccountID
	if account == "" {
		account = "*"
	}
	want[registry+" is pushed to by"] = strings.Join(env.DeployRoleARNs, " ")
	want[registry+" is pulled from by"] = "arn:aws:iam::" + account + ":role" + env.IAMPath + env.App + "-" + env.Name + "-*-execution"
	for _, r := range application.Of("subscription") {
		topic, _ := g.topic(r.Parent)
		want["subscription "+g.name(names.Queue, r.Parent+"-"+r.Name)+" receives from"] = topic
	}
	for _, r := range application.Of("bucket") {
		if env.ExistingBucket(r.Name) != nil {
			continue // its policy is its owner's
		}
		bucket := "bucket " + g.bucketName(r.Name) + " is read by"
		want[bucket] = ""
		if r.Spec.(*objects.Bucket).Public {
			want[bucket] = "cdn " + g.name(names.Bucket, r.Name) + ": distribution_arn"
		}
	}
	signs := g.secret("generated-secret", "service-auth", "key")
	if application.Containers() {
		signs = "<nil>"
	}
	for _, process := range env.Processes {
		paths := expectedGrants(application, env, process).Connections
		for _, r := range application.Of("cache") {
			cache := "cache " + g.name(names.ReplicationGroup, r.Name)
			if slices.ContainsFunc(paths, func(path string) bool { return strings.HasPrefix(path, cache+": ") }) {
				want[cache+" lets in "+process.Name] = strings.Join(keysOf(application, process, r.Name), " ")
			}
		}
		for _, r := range application.Of("cron") {
			spec := r.Spec.(*cron.Spec)
			if slices.Contains(process.Services, spec.Service) && spec.StartsJob {
				want["fargate-job "+g.name(names.Unit, process.Name)+" starts by "+r.Name] = fmt.Sprintf("%v in %s", must(spec.Expressions()), spec.TimeZone)
			} else if slices.Contains(process.Services, spec.Service) {
				want["cron "+g.name(names.Schedule, r.Name)+" calls"] = "fargate-service " + g.name(names.Unit, process.Name) +
					": security_group_id " + g.port(process) + " as " + signs
			}
		}
	}
	return want
}

// logGroups are the patterns of the names of the environment's log groups.
func (g *grants) logGroups() string {
	patterns := []string{"/*/" + g.env.App + "-" + g.env.Name + "-*", "/*/" + g.env.App + "-" + g.env.Name + "/*"}
	for _, r := range g.app.Of("cache") {
		if name := g.name(names.ReplicationGroup, r.Name); !strings.HasPrefix(name, g.env.App+"-"+g.env.Name+"-") {
			patterns = append(patterns, "/*/"+name+"*")
		}
	}
	return strings.Join(patterns, " ")
}

// writtenPolicies says whom the policies of the generated code let in.
func writtenPolicies(platform, services *stackCode, calls map[string]moduleCall) map[string]string {
	got := map[string]string{}
	for name, call := range calls {
		switch call.Source {
		case "encryption-key":
			got[name+" takes messages of"], got[name+" takes logs of"] = join(platform.arg(call, "topics")), join(platform.arg(call, "log_groups"))
		case "registry":
			got[name+" is pushed to by"], got[name+" is pulled from by"] = join(platform.arg(call, "push_role_arns")), join(platform.arg(call, "pull_role_arns"))
		case "subscription":
			got[name+" receives from"] = fmt.Sprint(platform.arg(call, "topic_arn"))
		case "bucket":
			got[name+" is read by"] = join(platform.arg(call, "distribution_arns"))
		case "cache":
			users, _ := platform.arg(call, "users").(map[string]any)
			for user, fields := range users {
				got[name+" lets in "+user] = join(fields.(map[string]any)["keys"])
			}
		case "fargate-job":
			schedules, _ := services.arg(call, "schedules").(map[string]any)
			for schedule, fields := range schedules {
				zone := stdcmp.Or(fmt.Sprint(fields.(map[string]any)["time_zone"]), "UTC")
				got[name+" starts by "+schedule] = fmt.Sprintf("%v in %s", fields.(map[string]any)["expressions"], strings.Replace(zone, "<nil>", "UTC", 1))
			}
		case "cron":
			connection, _ := services.arg(call, "connection").(map[string]any)
			got[name+" calls"] = fmt.Sprintf("%v %v as %v", connection["security_group_id"], connection["port"], services.arg(call, "signature.secret_arn"))
		}
	}
	return got
}

func must(expressions []string, err error) []string {
	if err != nil {
		return []string{err.Error()}
	}
	return expressions
}

// goldenFixture is an application of fixtures/ with its environments, and its golden folder.
type goldenFixture struct {
	name         string
	app          *app.App
	environments []environment.Environment
	files        map[string]string
}

func readFixture(t *testing.T, name string) goldenFixture {
	t.Helper()
	root := filepath.Join(fixtures, name)
	application, diags, err := reading.FromSource(root)
	if err != nil || diags.HasErrors() {
		t.Fatal(err, diags)
	}
	_, environments, diags, err := generator.FromSource(generator.Options{Root: root, Out: t.TempDir()})
	if err != nil || diags.HasErrors() {
		t.Fatal(err, diags)
	}
	return goldenFixture{name, application, environments, readGolden(t, filepath.Join(golden, stdcmp.Or(twins[name], name), "infra"))}
}

// TestF4N5S1_GoldenStacksGiveWhatIsUsed walks every golden stack: every statement, network path, secret and section of a
// config belongs to a use that the application declares, every use has its own, and there is nothing else.
func TestF4N5S1_GoldenStacksGiveWhatIsUsed(t *testing.T) {
	for _, name := range fixtureNames(t) {
		f := readFixture(t, name)
		for _, env := range f.environments {
			for _, problem := range grantProblems(f.files, f.app, env) {
				t.Errorf("%s %s: %s", name, env.Name, problem)
			}
		}
	}
}

// TestF4N5S1_GoldenStackWalkFires changes golden files in memory, as a mistake of the generator would, and expects the walk
// to see each.
func TestF4N5S1_GoldenStackWalkFires(t *testing.T) {
	for _, test := range []struct {
		name, fixture, env, file, from, to string
	}{
		{"an action more", "files", "production", "services/avatars.tf", `["s3:PutObject"]`, `["s3:DeleteObject", "s3:PutObject"]`},
		{"an action less", "events", "production", "services/billing.tf", `["sns:GetTopicAttributes", "sns:Publish"]`, `["sns:GetTopicAttributes"]`},
		{"another bucket", "files", "production", "services/avatars.tf", "local.platform.bucket_avatars.arn", "local.platform.bucket_report_documents.arn"},
		{"every bucket", "files", "production", "services/avatars.tf", `"${local.platform.bucket_avatars.arn}/*"`, `"*"`},
		{"the bucket for its objects", "files", "production", "services/avatars.tf", `"${local.platform.bucket_avatars.arn}/*"`, `local.platform.bucket_avatars.arn`},
		{"a resource more", "events", "production", "services/billing.tf", "[local.platform.topic_charges.arn]", "[local.platform.topic_charges.arn, local.platform.topic_signups.arn]"},
		{"no statement", "events", "production", "services/billing.tf", `actions   = ["sns:GetTopicAttributes", "sns:Publish"]`, `actions = []`},
		{"outputs swapped", "events", "production", "platform/outputs.tf", "module.topic_charges.arn", "module.topic_signups.arn"},
		{"no permissions", "events", "production", "services/billing.tf", "  permissions = merge(local.permissions, {", "  ignored = merge(local.permissions, {"},
		{"queue of another topic", "events", "production", "platform/topics.tf", "topic_arn          = module.topic_signups.arn", "topic_arn          = module.topic_charges.arn"},
		{"key closed to SNS", "events", "production", "platform/encryption.tf", `topics `, `ignored `},
		{"key open to every topic", "events", "production", "platform/encryption.tf", `"events-production-*"`, `"*"`},
		{"key closed to logs", "events", "production", "platform/encryption.tf", `log_groups`, `ignored`},
		{"key closed to the logs of a cache", "sessions", "production", "platform/encryption.tf", `"/*/ses-pro`, `"/*/other`},
		{"key open to all", "files", "production", "platform/encryption.tf", `name       = "files-production"`, "name = \"files-production\"\n  topics = [\"*\"]"},
		{"key without a condition", "events", "production", "services/billing.tf", `variable = "kms:ViaService"`, `variable = "kms:CallerAccount"`},
		{"bucket open to a distribution", "files", "production", "platform/buckets.tf", "  versioned         = true", "  versioned = true\n  distribution_arns = [module.cdn_avatars.distribution_arn]"},
		{"a path more", "files", "production", "services/avatars.tf", "  permissions = merge(", "  connections = { x = { security_group_id = local.platform.load_balancer.security_group_id, port = 443 } }\n  permissions = merge("},
		{"a path less", "ledger", "production", "services/books.tf", "  connections = {", "  ignored = {"},
		{"another port", "ledger", "production", "services/edge.tf", "port              = 8080", "port              = 22"},
		{"another secret", "shop", "production", "services/runtime.tf", "local.platform.service_auth_key.arn", "local.platform.database_password_users.arn"},
		{"a secret more", "files", "production", "services/runtime.tf", "    SERVICE_AUTH_KEY =", "    OTHER = local.platform.service_auth_key.arn\n    SERVICE_AUTH_KEY ="},
		{"a topic of another process", "events", "production", "services/billing.tf", "            subscriptions = {\n              handler", "            subscriptions = {\n              welcome = { url = \"x\" }\n              handler"},
		{"a condition less", "files", "production", "services/runtime.tf", `test     = "StringEquals"`, `test     = "StringLike"`},
		{"a permission elsewhere", "files", "production", "platform/registry.tf", "  key_arn =", "  permissions = {}\n  key_arn ="},
		{"another module", "files", "production", "services/avatars.tf", "modules/fargate-service", "modules/other"},
		{"every key of a cache", "sessions", "production", "platform/caches.tf", `["cart/*"]`, `["*"]`},
		{"a user of a cache more", "sessions", "production", "platform/caches.tf", "  users = {", "  users = {\n    others = { keys = [\"*\"] }"},
		{"another password of a cache", "sessions", "production", "services/carts.tf", `user_secret_arns["carts"]`, `user_secret_arns["logins"]`},
		{"no user of a cache", "sessions", "production", "platform/caches.tf", "  users = {", "  ignored = {"},
		{"another bucket that exists", "existing", "production", "platform/buckets.tf", `"arn:aws:s3:::example-company-documents"`, `"arn:aws:s3:::other"`},
		{"a statement of nobody", "existing", "production", "services/search.tf", `actions   = ["ses:SendEmail"]`, `actions = ["ses:SendEmail", "ses:SendRawEmail"]`},
		{"a schedule signs with another key", "schedules", "production", "services/schedules.tf", "local.platform.service_auth_key.arn", "local.platform.key.arn"},
		{"a schedule of a job at another time", "parcels", "production", "services/statements.tf", "cron(30 2 1 * ? *)", "cron(30 3 1 * ? *)"},
		{"a schedule of a job in another time zone", "parcels", "production", "services/statements.tf", "Europe/Berlin", "Asia/Tokyo"},
		{"a schedule of a job more", "parcels", "production", "services/repair.tf", "  connections = {", "  schedules = { x = { expressions = [\"rate(1 day)\"] } }\n  connections = {"},
		{"a right of a job more", "parcels", "production", "services/statements.tf", `"s3:PutObject"`, `"s3:GetObject", "s3:PutObject"`},
		{"a schedule calls another", "schedules", "production", "services/schedules.tf", "security_group_id = module.service_", "security_group_id = local.platform.network.vpc_id # "},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := readFixture(t, test.fixture)
			at := slices.IndexFunc(f.environments, func(e environment.Environment) bool { return e.Name == test.env })
			path := test.env + "/" + test.file
			changed := maps.Clone(f.files)
			changed[path] = strings.Replace(f.files[path], test.from, test.to, 1)
			if changed[path] == f.files[path] {
				t.Fatalf("%s has no %q", path, test.from)
			}
			if problems := grantProblems(changed, f.app, f.environments[at]); len(problems) == 0 {
				t.Error("not seen")
			}
		})
	}
}

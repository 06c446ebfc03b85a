package generator_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/diagnostic"
)

// diagnose is what a run says of an application in these files.
func diagnose(t *testing.T, files map[string]string) hcl.Diagnostics {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, _, diags, err := generator.FromSource(generator.Options{Root: root, Out: filepath.Join(root, "infra")})
	if err != nil {
		t.Fatal(err)
	}
	return diags
}

// An application of each kind, around a piece of code.
func inGo(code string) map[string]string {
	return map[string]string{
		"encore.app": `{"id": "shop"}`, "go.mod": "module example.com/shop\n",
		"web/web.go": "package web\n\nimport (\n\t\"context\"\n\n\t\"encore.dev/cron\"\n\t\"encore.dev/pubsub\"\n\t\"encore.dev/storage/cache\"\n\t\"encore.dev/storage/objects\"\n\t\"encore.dev/storage/sqldb\"\n)\n\n" +
			"type Event struct{ ID int }\n\n" + code + "\n\n//encore:api public\nfunc Get(ctx context.Context) error { return nil }\n",
	}
}

func inTypeScript(code string) map[string]string {
	return map[string]string{
		"encore.app": `{"id": "shop", "lang": "typescript"}`, "package.json": `{"type": "module"}`,
		"web/encore.service.ts": "import { Service } from \"encore.dev/service\";\nexport default new Service(\"web\");\n",
		"web/web.ts": "import { api } from \"encore.dev/api\";\nimport { Bucket } from \"encore.dev/storage/objects\";\nimport { SQLDatabase } from \"encore.dev/storage/sqldb\";\nimport { CronJob } from \"encore.dev/cron\";\nimport { Topic, Subscription } from \"encore.dev/pubsub\";\n\n" +
			"interface Event { id: number }\n\nexport const get = api({ expose: true, method: \"GET\", path: \"/get\" }, async () => {});\n\n" + code + "\n",
	}
}

func inManifest(code string) map[string]string {
	return map[string]string{"groundplan.app.hcl": "app \"shop\" {\n  port = 3000\n}\n\nbucket \"files\" {}\n\n" + code + "\n"}
}

func inSettings(code string) map[string]string {
	files := inManifest("database \"main\" {}\n\ncache \"sessions\" {}\n\nservice \"web\" {\n  dir = \"web\"\n  public = true\n  uses {\n    databases = [\"main\"]\n    cache \"sessions\" {\n      key_patterns = [\"a:*\"]\n    }\n    bucket \"files\" {\n      operations = [\"read\"]\n    }\n  }\n}")
	files["groundplan.hcl"] = code + "\n"
	return files
}

// inEnvironment is a setting of an environment.
func inEnvironment(code string) map[string]string {
	return inSettings("environment \"production\" {\n" + code + "\n}")
}

// listedHints are the diagnostics that tell what there is in place of what is not known: code with @@ for the name.
var listedHints = []struct {
	name  string
	files map[string]string
	// wrong is a name that is refused for being unknown; "" for one that is like none there is.
	wrong string
}{
	{"option of a directive", inGo("//encore:api public @@\nfunc Other(ctx context.Context) error { return nil }"), ""},
	{"field of a directive", inGo("//encore:api public @@=GET\nfunc Other(ctx context.Context) error { return nil }"), ""},
	{"setting of a database", inGo("var DB = sqldb.NewDatabase(\"main\", sqldb.DatabaseConfig{@@: nil})"), ""},
	{"setting of a topic", inGo("var T = pubsub.NewTopic[*Event](\"t\", pubsub.TopicConfig{@@: nil})"), ""},
	{"setting of a bucket", inGo("var B = objects.NewBucket(\"b\", objects.BucketConfig{@@: nil})"), ""},
	{"setting of a cache", inGo("var C = cache.NewCluster(\"c\", cache.ClusterConfig{@@: nil})"), ""},
	{"setting of a cron job", inGo("var _ = cron.NewJob(\"j\", cron.JobConfig{@@: nil})"), ""},
	{"setting of a subscription", inGo("var T = pubsub.NewTopic[*Event](\"t\", pubsub.TopicConfig{DeliveryGuarantee: pubsub.AtLeastOnce})\n\nfunc handle(ctx context.Context, e *Event) error { return nil }\n\nvar _ = pubsub.NewSubscription(T, \"s\", pubsub.SubscriptionConfig[*Event]{Handler: handle, @@: nil})"), ""},
	{"eviction policy", inGo("var C = cache.NewCluster(\"c\", cache.ClusterConfig{EvictionPolicy: \"@@\"})"), ""},
	{"named database", inGo("var A = sqldb.NewDatabase(\"customers\", sqldb.DatabaseConfig{Migrations: \".\"})\n\nvar B = sqldb.NewDatabase(\"warehouse\", sqldb.DatabaseConfig{Migrations: \".\"})\n\nvar D = sqldb.Named(\"@@\")"), ""},

	{"method", inTypeScript("export const other = api({ expose: true, method: \"@@\", path: \"/other\" }, async () => {});"), ""},
	{"operation", inTypeScript("const files = new Bucket(\"files\");\nexport const other = api({}, async () => { await files.@@(\"x\"); });"), ""},
	{"setting of a bucket in TypeScript", inTypeScript("export const files = new Bucket(\"files\", { @@: true });"), ""},
	{"setting of a cron job in TypeScript", inTypeScript("const _ = new CronJob(\"j\", { @@: true });"), ""},
	{"setting of an endpoint in TypeScript", inTypeScript("export const other = api({ @@: true }, async () => {});"), ""},
	{"setting of a topic in TypeScript", inTypeScript("export const t = new Topic<Event>(\"t\", { @@: true });"), ""},

	{"block of a manifest", inManifest("@@ \"x\" {}"), ""},
	{"block of a service", inManifest("service \"web\" {\n  dir = \"web\"\n  @@ {}\n}"), ""},
	{"setting of a service", inManifest("service \"web\" {\n  @@ = 1\n}"), ""},
	{"setting of uses", inManifest("service \"web\" {\n  dir = \"web\"\n  uses {\n    @@ = 1\n  }\n}"), ""},
	{"setting of a job", inManifest("job \"sweep\" {\n  @@ = 1\n}"), ""},
	{"setting of a cron job in a manifest", inManifest("cron \"nightly\" {\n  @@ = 1\n}"), ""},
	{"setting of a topic in a manifest", inManifest("topic \"t\" {\n  @@ = 1\n}"), ""},
	{"setting of a subscription in a manifest", inManifest("topic \"t\" {}\n\nservice \"web\" {\n  dir = \"web\"\n  subscription \"s\" {\n    topic = \"t\"\n    @@ = 1\n  }\n}"), ""},
	{"operation in a manifest", inManifest("service \"web\" {\n  dir = \"web\"\n  uses {\n    bucket \"files\" {\n      operations = [\"@@\"]\n    }\n  }\n}"), ""},
	{"capability in a manifest", inManifest("service \"web\" {\n  dir = \"web\"\n  keep_capabilities = [\"@@\"]\n}"), ""},
	{"protocol", inManifest("service \"web\" {\n  dir = \"web\"\n  protocol = \"@@\"\n}"), ""},
	{"runtime", map[string]string{"groundplan.app.hcl": "app \"shop\" {\n  runtime = \"@@\"\n}\n"}, ""},
	{"delivery guarantee", inManifest("topic \"t\" {\n  delivery_guarantee = \"@@\"\n}"), ""},

	{"profile", inEnvironment("profile = \"@@\""), ""},
	{"type", inEnvironment("type = \"@@\""), ""},
	{"region", inEnvironment("region = \"@@\""), ""},
	{"region of a database", inEnvironment("region = \"@@\""), "il-central-1"},
	{"allocation", inEnvironment("process_allocation = \"@@\""), ""},
	{"nat", inEnvironment("nat = \"@@\""), ""},
	{"endpoints", inEnvironment("interface_endpoints = [\"@@\"]"), ""},
	{"architecture", inEnvironment("task {\n  architecture = \"@@\"\n}"), ""},
	{"capability", inEnvironment("task {\n  keep_capabilities = [\"@@\"]\n}"), ""},
	{"CPU units", inEnvironment("task {\n  cpu = @@\n}"), "333"},
	{"memory", inEnvironment("task {\n  cpu = 256\n  memory = @@\n}"), "777"},
	{"days of logs", inEnvironment("log_retention_days = @@"), "777"},
	{"engine", inEnvironment("database_server \"main\" {\n  engine = \"@@\"\n}"), ""},
	{"destination", inEnvironment("metrics {\n  destination = \"@@\"\n}"), ""},
	{"member of scale", inEnvironment("task {\n  scale = { @@ = 1 }\n}"), ""},
	{"service of a process", func() map[string]string {
		files := inGo("")
		files["groundplan.hcl"] = "environment \"production\" {\n  process \"p\" {\n    services = [\"@@\"]\n  }\n}\n"
		return files
	}(), ""},
	{"database of a server", inEnvironment("database_server \"main\" {\n  databases = [\"@@\"]\n}"), ""},
	{"bucket", inEnvironment("bucket \"@@\" {\n  cors_origins = [\"*\"]\n}"), ""},
	{"cache", inEnvironment("cache \"@@\" {\n  replicas = 1\n}"), ""},
	{"override of a bucket", inEnvironment("override \"bucket @@\" {\n  versioned = true\n}"), ""},
	{"override of a cache", inEnvironment("override \"cache @@\" {\n  versioned = true\n}"), ""},
	{"override of a process", inEnvironment("override \"process @@\" {\n  versioned = true\n}"), ""},
	{"override of a server", inEnvironment("override \"database @@\" {\n  versioned = true\n}"), ""},
	{"argument of an override", inEnvironment("override \"bucket\" \"files\" {\n  @@ = true\n}"), ""},
	{"member of an argument", inEnvironment("override \"process\" \"web\" {\n  permissions = { mail = { @@ = [\"x\"] } }\n}"), ""},
}

// beforeLists are the words before names in diagnostics. With none of them a hint has to list two names or more.
var beforeLists = []string{
	"choose one of", "It can for", "it has", "names out of", "the application declares", "the application has", "the blocks here are", "the operations are", "the protocols are",
	"the runtimes are", "the settings are", "there are", "there is", "Those are", "use", "use one of", "hint:",
}

// What is a name, quoted or not, and what stands between two.
var (
	oneOfList = regexp.MustCompile(`^(?:"[^"]+"|[A-Za-z0-9_.:-]*[A-Za-z0-9_])`)
	between   = regexp.MustCompile(`^(?:, or | or |, and | and |, )`)
)

// namesIn are the names that a diagnostic lists, or the only one.
func namesIn(detail string) []string {
	var longest []string
	for _, before := range beforeLists {
		if _, rest, found := strings.Cut(detail, before+" "); found {
			if names := namesAt(rest); len(names) > len(longest) && (len(names) > 1 || before != "hint:" && before != "use") {
				longest = names
			}
		}
	}
	return longest
}

func namesAt(rest string) []string {
	var names []string
	for {
		name := oneOfList.FindString(rest)
		if name == "" {
			return names
		}
		names, rest = append(names, strings.Trim(name, `"`)), rest[len(name):]
		separator := between.FindString(rest)
		if rest = rest[len(separator):]; separator == "" || separator == ", or " && !strings.HasPrefix(rest, `"`) {
			return names
		}
	}
}

// refusing finds the diagnostic about a name: the one that quotes it.
func refusing(diags hcl.Diagnostics, name string) *hcl.Diagnostic {
	for _, d := range diags {
		if d.Severity == hcl.DiagError && strings.Contains(d.Detail, name) {
			return d
		}
	}
	return nil
}

// unknownAgain are the diagnostics that refuse a name as another one was refused, at the same place.
func unknownAgain(refused *hcl.Diagnostic, diags hcl.Diagnostics) hcl.Diagnostics {
	var again hcl.Diagnostics
	for _, d := range diags {
		if d.Summary == refused.Summary && d.Subject != nil && d.Subject.Start.Line == refused.Subject.Start.Line && d.Subject.Start.Column == refused.Subject.Start.Column {
			again = append(again, d)
		}
	}
	return again
}

// TestHintsThatListWrongNamesAreSeen reads lists in every form, and shows a name that is refused being noticed.
func TestHintsThatListWrongNamesAreSeen(t *testing.T) {
	for detail, want := range map[string]string{
		"x.\nhint: use \"a\", \"b c\" or \"d\"":                              "a|b c|d",
		"x.\nhint: use one of GET, PUT, or \"*\" alone for all":              "GET|PUT|*",
		"x.\nhint: choose one of eu-west-1, us-east-1, or name a server":     "eu-west-1|us-east-1",
		"x, and the text \"q\" is none.\nhint: the settings are ttl_seconds": "ttl_seconds",
		"x. Those are a, b.\nhint: write one of them, as in \"b\"":           "a|b",
		"x.\nhint: a-b and c-d are the two there are":                        "a-b|c-d",
		"x.\nhint: remove it": "",
	} {
		if got := strings.Join(namesIn(detail), "|"); got != want {
			t.Errorf("%q lists %q, want %q", detail, got, want)
		}
	}
	files := func(profile string) map[string]string { return inEnvironment("profile = \"" + profile + "\"") }
	refused := refusing(diagnose(t, files("Qqqq")), "Qqqq")
	if len(unknownAgain(refused, diagnose(t, files("huge")))) != 1 || len(unknownAgain(refused, diagnose(t, files("ha")))) != 0 {
		t.Error("a name that is refused passes, or one that is taken does not")
	}
}

// TestHintsListWhatIsTaken takes every name that a diagnostic lists in place of an unknown one, and puts it there: it may be
// wrong in another way, and is never unknown.
func TestHintsListWhatIsTaken(t *testing.T) {
	with := func(files map[string]string, name string) map[string]string {
		files = maps.Clone(files)
		for path, text := range files {
			files[path] = strings.ReplaceAll(text, "@@", name)
		}
		return files
	}
	for _, test := range listedHints {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			wrongs, tried := []string{"Qqqqqqqqqqqqqqq", "qqqqqqqqqqqqqqq"}, map[string]bool{} // one of a field in Go, one of anything else
			if test.wrong != "" {
				wrongs = []string{test.wrong}
			}
			for _, wrong := range wrongs {
				refused := refusing(diagnose(t, with(test.files, wrong)), wrong)
				if refused == nil {
					t.Fatalf("%s is not refused", wrong)
				}
				for _, name := range namesIn(diagnostic.Text(refused)) {
					if tried[name] {
						continue
					}
					tried[name] = true
					given := name
					if strings.HasPrefix(test.name, "override of ") {
						_, given, _ = strings.Cut(name, " ") // the kind stands in the code
					}
					for _, d := range unknownAgain(refused, diagnose(t, with(test.files, given))) {
						t.Errorf("%q lists %q, which is refused: %s: %s", diagnostic.Text(refused), name, d.Summary, diagnostic.Text(d))
					}
				}
			}
			if _, isGo := test.files["go.mod"]; isGo && strings.HasPrefix(test.name, "setting of ") {
				for name := range tried {
					if name[0] < 'A' || name[0] > 'Z' {
						t.Errorf("a field is listed as %s, which no other package can set", name)
					}
				}
			}
			if len(tried) == 0 {

				t.Error("nothing is listed")
			}
		})
	}
}

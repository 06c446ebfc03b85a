//go:build validate

package e2e_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/groundplan/groundplan/e2e/emulator"
	labenvironment "github.com/groundplan/groundplan/e2e/lab/environment"
	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/holdings"
	"github.com/groundplan/groundplan/generator/output"
)

// livingChange is what somebody does to an application or its settings while it runs.
type livingChange struct {
	name string
	// settings replaces groundplan.hcl; "" leaves it. source replaces text in the manifest of the application.
	settings string
	source   []string // old, new, old, new ...
	// refused are the ids that have to be named, and forgotten those that leave the code and stay on AWS instead.
	refused, forgotten []string
	// destroyed are the modules in which something that holds data is deleted or replaced once that is done; by the real
	// provider, against the state of what was applied.
	destroyed []string
	// unseen says why a plan shows nothing of what is refused.
	unseen string
}

// living are the types of resources that lose something with their deletion, or without which nothing that holds data can
// stay.
var living = []string{
	"aws_db_instance", "aws_db_subnet_group", "aws_ecr_repository", "aws_elasticache_replication_group", "aws_kms_key", "aws_rds_cluster",
	"aws_s3_bucket", "aws_secretsmanager_secret", "aws_sns_topic", "aws_sqs_queue", "aws_subnet", "aws_vpc",
}

// regenerated are the secrets that are drawn anew where they go: those of processes.
var regenerated = regexp.MustCompile(`^module\.(database_password_\w+\.|cache_\w+\.aws_secretsmanager_secret|cron_)`)

const otherKey = `key_arn = "arn:aws:kms:us-east-1:123456789012:key/0f1e2d3c-0000-4000-8000-000000000000"`

// trialWith is labenvironment.Trial with more in it.
func trialWith(more string) string {
	return strings.Replace(labenvironment.Trial, "one_per_service\"\n", "one_per_service\"\n"+more+"\n", 1)
}

// webshopChanges are the members of the kind: every setting and declaration whose change replaces or deletes what holds data,
// and beside them those that do not.
var webshopChanges = []livingChange{
	{
		// Every argument of a module that is not in kinds.Fixed and leads to no other component, as far as one can set it.
		name: "harmless",
		settings: `environment "trial" {
  profile               = "ha"
  process_allocation    = "one_per_service"
  zones                 = ["a", "b", "c"]
  iam_path              = "/shop/"
  permissions_boundary  = "arn:aws:iam::123456789012:policy/boundary"
  deploy_role_arns      = ["arn:aws:iam::123456789012:role/deploy"]
  alarm_topic_arns      = ["arn:aws:sns:us-east-1:123456789012:alarms"]
  log_retention_days    = 30
  domain                = "shop.example.com"
  hosted_zone_id        = "Z0123456789ABCDEFGHIJ"

  database_server "main" {
    instance_class        = "db.r6g.large"
    storage_gb            = 200
    max_storage_gb        = 3000
    backup_retention_days = 3
  }

  override "cache" "sessions" {
    scale_cpu_percent = 50
    commands          = ["get", "set"]
    engine_version    = "8.1"
    evictions_alarm   = 10
  }

  override "bucket" "invoices" {
    cors_origins           = ["https://shop.example.com"]
    unfinished_upload_days = 2
    noncurrent_days        = 7
  }

  override "subscription" "book of topic order-placed" {
    visibility_seconds = 77
    retention_seconds  = 7777
    max_receive_count  = 7
  }

  override "load balancer" {
    client_cidrs         = ["192.0.2.0/24"]
    idle_timeout_seconds = 55
  }
}
`,
		source: []string{
			`service "storefront"`, `service "shopfront"`,
			`secret "StripeKey" {}`, `secret "StripeKey" {}` + "\n" + `secret "More" {}` + "\n" + `topic "more" {}` + "\n" + `bucket "more" {}` + "\n" + `database "more" {}`,
			"  versioned = true\n", "",
			`secrets   = ["StripeKey"]`, `secrets   = ["StripeKey", "More"]`,
			"volatile-lru", "noeviction",
			"  public = true\n}\n\ncache", "}\n\ncache", `    bucket "pictures" {
      operations = ["public_url"]
    }
  }
}

service "orders"`, "  }\n}\n\nservice \"orders\"", `"write", "sign_upload", "public_url"`, `"write"`,
		},
	},
	{
		name: "another key", settings: trialWith(otherKey), refused: []string{"trial/encryption key"},
		destroyed: []string{"cache_sessions", "database_server_main", "key", "registry"},
	},
	{
		name: "another application", settings: "app \"store\" {}\n" + labenvironment.Trial, refused: []string{"trial"},
		destroyed: []string{
			"bucket_invoices", "bucket_pictures", "cache_sessions", "database_server_main", "load_balancer", "registry", "secret_registry_login", "secret_sentry_dsn",
			"secret_stripe_key", "subscription_order_placed_book", "subscription_stock_moved_reserve", "topic_order_placed", "topic_stock_moved",
		},
	},
	{
		name: "another range", settings: trialWith("  cidr = \"10.77.0.0/16\"\n"), refused: []string{"trial/network"},
		destroyed: []string{"network"},
	},
	{
		name: "another zone", settings: trialWith("  zones = [\"a\", \"c\"]\n"), refused: []string{"trial/network"},
		destroyed: []string{"network"},
	},
	{
		name: "a network that exists", settings: trialWith(`  network {
    vpc_id             = "vpc-0123456789abcdef0"
    public_subnet_ids  = ["subnet-0123456789abcde0a", "subnet-0123456789abcde0b"]
    compute_subnet_ids = ["subnet-0123456789abcde1a", "subnet-0123456789abcde1b"]
    storage_subnet_ids = ["subnet-0123456789abcde2a", "subnet-0123456789abcde2b"]
  }
`), refused: []string{"trial/network"},
		destroyed: []string{"network"},
	},
	{
		name: "other engines, and what exists", settings: trialWith(`  database_server "main" {
    engine = "aurora"
  }

  override "cache" "sessions" {
    engine_version = "7.2"
  }

  bucket "invoices" {
    existing {
      name = "somebodys-invoices"
    }
  }

  topic "order-placed" {
    existing {
      arn = "arn:aws:sns:us-east-1:123456789012:somebodys"
    }
  }
`), refused: []string{"trial/bucket invoices", "trial/cache sessions", "trial/database server main", "trial/topic order-placed"},
		destroyed: []string{"bucket_invoices", "cache_sessions", "database_server_main", "topic_order_placed"},
	},
	{
		name: "an older server", settings: trialWith("  database_server \"main\" {\n    engine_version = \"16\"\n  }\n"), refused: []string{"trial/database server main"},
		unseen: "the provider plans an update in place, and RDS refuses it",
	},
	{
		name: "another server", settings: trialWith("  database_server \"second\" {}\n\n  database_server \"main\" {\n    databases = [\"orders\"]\n  }\n"),
		refused: []string{"trial/database reporting"},
		unseen:  "databases are made inside the server",
	},
	{
		name: "declarations", source: []string{
			`topic "order-placed" {}`, "topic \"order-placed\" {\n  delivery_guarantee = \"exactly-once\"\n}",
			`secret "SENTRY_DSN"`, `secret "SentryURL"`,
			"bucket \"invoices\" {", "bucket \"bills\" {", `bucket "invoices" {`, `bucket "bills" {`, `bucket "invoices" {`, `bucket "bills" {`,
			`subscription "reserve"`, `subscription "hold"`,
			"cache \"sessions\" {", "cache \"visitors\" {", `cache "sessions" {`, `cache "visitors" {`,
		},
		refused: []string{
			"trial/bucket invoices", "trial/cache sessions", "trial/secret SENTRY_DSN", "trial/subscription reserve of topic stock-moved", "trial/topic order-placed",
		},
		destroyed: []string{"bucket_invoices", "cache_sessions", "secret_sentry_dsn", "subscription_order_placed_book", "subscription_stock_moved_reserve", "topic_order_placed"},
	},
	{
		name: "forgotten", source: []string{
			`secret "SENTRY_DSN"`, `secret "SentryURL"`,
			"bucket \"invoices\" {", "bucket \"bills\" {", `bucket "invoices" {`, `bucket "bills" {`, `bucket "invoices" {`, `bucket "bills" {`,
			`subscription "reserve"`, `subscription "hold"`,
			"cache \"sessions\" {", "cache \"visitors\" {", `cache "sessions" {`, `cache "visitors" {`,
			"database \"orders\" {}\n\ndatabase \"reporting\" {}", "", `    databases = ["orders"]`, "", `    databases = ["orders", "reporting"]`, "",
		},
		forgotten: []string{
			"trial/bucket invoices", "trial/cache sessions", "trial/database server main", "trial/secret SENTRY_DSN", "trial/subscription reserve of topic stock-moved",
		},
	},
}

// ledgerChanges are those of a cluster.
var ledgerChanges = []livingChange{
	{
		name: "another key", settings: strings.Replace(twoServers, "  profile", "  "+otherKey+"\n  profile", 1), refused: []string{"trial/encryption key"},
		destroyed: []string{"database_server_audit", "database_server_main", "key", "registry"},
	},
	{
		name: "another application", settings: "app \"books\" {}\n" + twoServers, refused: []string{"trial"},
		destroyed: []string{"database_server_audit", "database_server_main", "load_balancer", "registry", "secret_rates_token", "service_auth_key"},
	},
	{
		name: "another engine, and no server", settings: strings.NewReplacer("engine    = \"aurora\"\n    instances = 2", "", `    databases = ["audit"]`, "    databases = []").Replace(twoServers),
		refused: []string{"trial/database audit", "trial/database server audit", "trial/database server main"}, destroyed: []string{"database_server_audit", "database_server_main"},
	},
}

// TestX3_Changes plans changes of settings and declarations with the real provider against what was applied. What a plan
// deletes or replaces of what holds data is exactly what generate refused; and what generate lets pass destroys nothing.
func TestX3_Changes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		fixture, settings string
		changes           []livingChange
	}{
		{"webshop", labenvironment.Trial, webshopChanges},
		{"ledger", twoServers, ledgerChanges},
	} {
		t.Run(test.fixture, func(t *testing.T) {
			t.Parallel()
			applied := appliedStack(t, test.fixture, test.settings)
			if err := applied.Cloud.AddZone(t.Context(), "Z0123456789ABCDEFGHIJ", "shop.example.com"); err != nil {
				t.Fatal(err)
			}
			for _, c := range test.changes {
				t.Run(c.name, func(t *testing.T) { applied.plan(t, c) })
			}
		})
	}
}

// TestX3_Moved plans with another address in the state than the code has now: nothing is destroyed.
func TestX3_Moved(t *testing.T) {
	t.Parallel()
	a := appliedStack(t, "webshop", labenvironment.Trial)
	state := filepath.Join(a.Folder, "platform", "terraform.tfstate")
	text, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(state, []byte(strings.ReplaceAll(string(text), `"module.bucket_invoices`, `"module.invoices_of_old`)), 0o600); err != nil {
		t.Fatal(err)
	}
	a.writeLock(t, strings.ReplaceAll(string(a.lock.Bytes()), `"module.bucket_invoices"`, `"module.invoices_of_old"`))
	a.plan(t, livingChange{name: "moved"})
}

// appliedEnvironment is one that runs, with its source and the lock that its generation left.
type appliedEnvironment struct {
	*labenvironment.Environment
	lock *output.Lock
	out  string
	// manifest and settings are the texts that changes begin with.
	manifest, settings string
}

func appliedStack(t *testing.T, fixture, settings string) *appliedEnvironment {
	t.Helper()
	prepared, err := labenvironment.Prepare(t.Context(), labenvironment.Options{Fixture: fixture, Settings: settings, Progress: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := prepared.Close(); err != nil {
			t.Error(err)
		}
	})
	a := &appliedEnvironment{Environment: prepared, out: filepath.Dir(prepared.Folder), settings: settings}
	if text, err := os.ReadFile(filepath.Join(prepared.Source, "groundplan.app.hcl")); err == nil {
		a.manifest = string(text)
	}
	result, diagnostics := a.generate(t, holdings.Consent{})
	if diagnostics.HasErrors() {
		t.Fatal(diagnostics)
	}
	a.lock = result.Lock
	a.writeLock(t, string(a.lock.Bytes()))
	tf, err := prepared.Terraform("platform")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tf.Run(t.Context(), "init", "-input=false", "-no-color"); err != nil {
		t.Fatal(err)
	}
	return a
}

func (a *appliedEnvironment) writeLock(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(a.out, output.LockName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (a *appliedEnvironment) generate(t *testing.T, consent holdings.Consent) (*generator.Output, hcl.Diagnostics) {
	t.Helper()
	result, _, diagnostics, err := generator.FromSource(generator.Options{Root: a.Source, Out: a.out, Consent: consent})
	if err != nil {
		t.Fatal(err)
	}
	return result, diagnostics
}

// change writes a change into the source.
func (a *appliedEnvironment) change(t *testing.T, c livingChange) {
	t.Helper()
	settings, manifest := a.settings, a.manifest
	if c.settings != "" {
		settings = c.settings
	}
	for pair := range slices.Chunk(c.source, 2) {
		if !strings.Contains(manifest, pair[0]) {
			t.Fatalf("the manifest does not say %q", pair[0])
		}
		manifest = strings.Replace(manifest, pair[0], pair[1], 1)
	}
	for name, text := range map[string]string{environment.Filename: settings, "groundplan.app.hcl": manifest} {
		if text == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(a.Source, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

var accepts = regexp.MustCompile(`--accept-replacement "([^"]+)"`)

// plan makes a change, wants it to be refused for what it should be, and plans it once that is named.
func (a *appliedEnvironment) plan(t *testing.T, c livingChange) {
	t.Helper()
	a.change(t, c)
	_, diagnostics := a.generate(t, holdings.Consent{})
	var refused []string
	for _, d := range diagnostics {
		ids := accepts.FindAllStringSubmatch(diagnostic.Text(d), -1)
		if d.Severity == hcl.DiagError && len(ids) == 0 {
			t.Fatalf("%s: %s", d.Summary, diagnostic.Text(d))
		}
		for _, id := range ids {
			refused = append(refused, id[1])
		}
	}
	slices.Sort(refused)
	if want := slices.Sorted(slices.Values(slices.Concat(c.refused, c.forgotten))); !slices.Equal(slices.Compact(refused), want) {
		t.Errorf("refused is\n%s\nwant\n%s", strings.Join(refused, "\n"), strings.Join(want, "\n"))
	}
	result, diagnostics := a.generate(t, holdings.Consent{Accept: c.refused, Forget: c.forgotten})
	if diagnostics.HasErrors() {
		t.Fatal(diagnostics)
	}
	if c.unseen != "" {
		return
	}
	if destroyed := a.destroyed(t, result); !slices.Equal(slices.Sorted(maps.Keys(destroyed)), slices.Sorted(slices.Values(c.destroyed))) {
		t.Errorf("destroyed is %v\nwant %v\n%v", slices.Sorted(maps.Keys(destroyed)), c.destroyed, destroyed)
	}
}

// destroyed are the resources that hold data and that a plan of the platform deletes or replaces, by module.
func (a *appliedEnvironment) destroyed(t *testing.T, result *generator.Output) map[string][]string {
	t.Helper()
	stack := filepath.Join(a.Folder, "platform")
	files, err := filepath.Glob(filepath.Join(stack, "*.tf"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	prefix := a.Settings.Name + "/platform/"
	for name, content := range result.Files {
		if strings.HasPrefix(name, prefix) || strings.HasPrefix(name, "modules/") {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(a.out, name)), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(a.out, name), content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	tf, err := a.Terraform("platform")
	if err != nil {
		t.Fatal(err)
	}
	plan := planAgain(t, tf)
	destroyed := map[string][]string{}
	for _, change := range plan.ResourceChanges {
		if !change.Change.Actions.Delete() && !change.Change.Actions.Replace() || !slices.Contains(living, change.Type) || regenerated.MatchString(change.Address) {
			continue
		}
		module, _, _ := strings.Cut(strings.TrimPrefix(change.Address, "module."), ".")
		destroyed[module] = append(destroyed[module], change.Address)
	}
	return destroyed
}

// planAgain plans against the state as it is: what is there has not changed.
func planAgain(t *testing.T, tf emulator.Terraform) *tfjson.Plan {
	t.Helper()
	if _, err := tf.Run(t.Context(), "init", "-input=false", "-no-color"); err != nil {
		t.Fatal(err)
	}
	plan, _, err := tf.Plan(t.Context(), "-refresh=false")
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

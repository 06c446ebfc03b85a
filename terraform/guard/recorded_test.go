package guard

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/groundplan/groundplan/blueprint"
)

// small is the blueprint of the stacks under testdata/stacks, as far as guards ask.
var small = &blueprint.Environment{
	Name: "small", Region: "us-east-1", AccountID: "123456789012",
	Stacks: []blueprint.Stack{
		{Name: "messages", Components: []blueprint.Component{
			{ID: "bucket invoices", Noun: "bucket", Address: "module.bucket_invoices", DeclaredIn: "orders/orders.go", HoldsData: true},
			{ID: "encryption key", Noun: "encryption key", Address: "module.key", HoldsData: true},
			{ID: "registry", Noun: "registry", Address: "module.registry", HoldsData: true},
			{ID: "secret StripeKey", Noun: "secret", Address: "module.secret_stripe_key", DeclaredIn: "orders/orders.go", HoldsData: true},
			{ID: "subscription book of topic order-placed", Noun: "subscription", Address: "module.subscription_order_placed_book", DeclaredIn: "books/books.go", HoldsData: true},
			{ID: "topic order-placed", Noun: "topic", Address: "module.topic_order_placed", DeclaredIn: "orders/orders.go", HoldsData: true},
		}},
		{Name: "storage", Components: []blueprint.Component{
			{ID: "cache sessions", Noun: "cache cluster", Address: "module.cache_sessions", DeclaredIn: "users/users.go", HoldsData: true},
			{ID: "database orders", Noun: "database", Address: "module.database_server_main", DeclaredIn: "orders/orders.go", HoldsData: true},
			{ID: "database server main", Noun: "database server", Address: "module.database_server_main", HoldsData: true},
			{ID: "encryption key", Noun: "encryption key", Address: "module.key", HoldsData: true},
			{ID: "load balancer", Noun: "load balancer", Address: "module.load_balancer", HoldsData: true},
		}},
	},
}

// recorded is a plan that the real terraform made: go run ./e2e/plans records them.
func recorded(t *testing.T, name string) *tfjson.Plan {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	plan := &tfjson.Plan{}
	if err := json.Unmarshal(content, plan); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return plan
}

// TestRecordedPlansArePresent holds the recordings to the provider that everything else runs with.
func TestRecordedPlansArePresent(t *testing.T) {
	setup, err := os.ReadFile("../../tools/setup")
	if err != nil {
		t.Fatal(err)
	}
	match := regexp.MustCompile(`(?m)^provider_version=(\S+)$`).FindSubmatch(setup)
	if match == nil {
		t.Fatal("tools/setup names no version of the provider")
	}
	version, err := os.ReadFile("testdata/provider-version")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.TrimSpace(string(version)), string(match[1]); got != want {
		t.Errorf("the plans are recorded with version %s of the provider, and tools/setup has %s: go run ./e2e/plans", got, want)
	}
}

// recordedFindings are what the guards find in each recorded plan: "refuses RULE: part of the reason" or "tells RULE: part of the reason".
var recordedFindings = map[string][]string{
	"messages-create":   nil,
	"messages-harmless": nil,
	"messages-another-key": {
		"tells weakened: kms_master_key_id is another key", "tells weakened: kms_master_key_id is another key",
		"tells iam-widened: policy is known after the apply alone", "tells iam-widened: policy is known after the apply alone",
	},
	"messages-another-region":     {"refuses wrong-place: the code is for region eu-west-1", "tells iam-widened: allows"},
	"messages-bucket-expires":     {"refuses data-shrinks: objects under drafts/ are deleted after 7 days; it was after 30"},
	"messages-bucket-gone":        {"refuses data-lost: destroyed, because the code no longer has it"},
	"messages-bucket-moved":       nil,
	"messages-bucket-public":      {"tells exposed: block_public_policy off"},
	"messages-bucket-unversioned": {"tells net-removed: versioning is suspended"},
	"messages-destroy": {
		"refuses data-lost: destroyed", "refuses data-lost: destroyed", "refuses data-lost: destroyed", "refuses data-lost: destroyed", "refuses data-lost: destroyed", "refuses data-lost: destroyed",
		"refuses much-destroyed: 24 of the 24",
	},
	"messages-key-window": {"tells net-removed: 30 -> 7"},
	"messages-queue-everybody": {
		"tells exposed: everybody may do sqs:SendMessage", "tells exposed: everybody may do sqs:SendMessage",
		"tells iam-widened: allows sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:small-order-placed-book to everybody",
		"tells iam-widened: allows sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:small-order-placed-book-dead-letters to everybody",
	},
	"messages-queue-longer": {"tells iam-widened: policy is known after the apply alone", "tells iam-widened: policy is known after the apply alone"},
	"messages-queue-renamed": {
		"refuses data-lost: replaced, because name changes", "refuses data-lost: replaced, because name changes",
		"tells iam-widened: policy is known after the apply alone", "tells iam-widened: policy is known after the apply alone",
	},
	"messages-queue-shorter": {
		"refuses data-shrinks: 604800 -> 3600", "tells iam-widened: policy is known after the apply alone", "tells iam-widened: policy is known after the apply alone",
	},
	"messages-secret-forgotten": nil,
	"messages-topic-opened":     {"tells iam-widened: allows sns:Publish on arn:aws:sns:us-east-1:123456789012:small-order-placed to 210987654321"},
	"shop-platform-topic":       nil,
	"shop-services-deploy":      nil,
	"shop-services-topic":       {"tells iam-widened: allows sns:GetTopicAttributes, sns:Publish on arn:aws:sns:us-east-1:123456789012:shop-trial-order-refunded"},
	"storage-balancer-public":   {"tells exposed: faces the internet"},
	"storage-cache-renamed": {
		"refuses data-lost: replaced, because replication_group_id", "refuses data-lost: its logs are lost", "refuses data-lost: its logs are lost", "refuses much-destroyed: 13 of the 42",
	},
	"storage-create": nil,
	"storage-database-careless": {
		"refuses data-shrinks: backup_retention_period 7 -> 1", "tells net-removed: skip_final_snapshot", "tells net-removed: delete_automated_backups", "tells weakened: deletion_protection is turned off",
	},
	"storage-database-plain":  {"tells weakened: rds.force_ssl"},
	"storage-database-public": {"tells exposed: publicly_accessible"},
	"storage-database-replaced": {
		"refuses data-lost: replaced, because kms_key_id changes (forces replacement); a last snapshot is taken",
		"tells weakened: kms_key_id is another key", "tells weakened: kms_key_id is another key", "tells weakened: kms_key_id is another key",
	},
	"storage-harmless":     nil,
	"storage-logs-shorter": {"tells net-removed: 30 -> 7", "tells net-removed: 30 -> 7"},
	"storage-rule-open":    {"tells exposed: lets in 0.0.0.0/0 at port 5432"},
}

// TestRecordedPlans holds every recorded plan to what guards find in it.
func TestRecordedPlans(t *testing.T) {
	content, err := os.ReadFile("testdata/shop.json")
	if err != nil {
		t.Fatal(err)
	}
	shop := &blueprint.Environment{}
	if err := json.Unmarshal(content, shop); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/*-*.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(recordedFindings) {
		t.Errorf("%d plans are recorded, and %d are held to something", len(files), len(recordedFindings))
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			want, known := recordedFindings[name]
			if !known {
				t.Fatal("nobody says what guards find in it")
			}
			env, parts := small, strings.Split(name, "-")
			stack := parts[0]
			if stack == "shop" {
				env, stack = shop, parts[1]
			}
			compare(t, Check(env, stack, recorded(t, name), Options{Account: "123456789012"}), want)
		})
	}
}

// What is named may go: of the replaced cache its module, and of the destroyed stack each of its modules.
func TestAllowedInRecordedPlans(t *testing.T) {
	for name, allow := range map[string][]string{
		"storage-cache-renamed": {"module.cache_sessions", "storage"},
		"messages-destroy":      {"messages", "module.bucket_invoices", "module.key", "module.registry", "module.secret_stripe_key", "module.subscription_order_placed_book"},
	} {
		stack, _, _ := strings.Cut(name, "-")
		if found := Check(small, stack, recorded(t, name), Options{AllowDestroy: allow}); Refused(found) {
			t.Errorf("%s: %+v", name, found)
		}
		if found := Check(small, stack, recorded(t, name), Options{AllowDestroy: allow[1:]}); !Refused(found) {
			t.Errorf("%s: nothing is refused without %s", name, allow[0])
		}
	}
}

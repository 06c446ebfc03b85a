package guard

import (
	"encoding/json"
	"os"
	"path/filepath"
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

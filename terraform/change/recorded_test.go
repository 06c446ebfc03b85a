package change

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/groundplan/groundplan/blueprint"
)

// The plans under ../guard/testdata are what the real terraform makes: go run ./e2e/plans records them.
const recordings = "../guard/testdata"

func recorded(t *testing.T, name string) *tfjson.Plan {
	t.Helper()
	plan := &tfjson.Plan{}
	readJSON(t, name, plan)
	return plan
}

func readJSON(t *testing.T, name string, into any) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(recordings, name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// small is the blueprint of the stacks under testdata/stacks, as far as summaries ask.
var small = &blueprint.Environment{Stacks: []blueprint.Stack{
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
}}

// TestRecordedPlans keeps what is said of each recorded plan in one file that can be read.
func TestRecordedPlans(t *testing.T) {
	shop := &blueprint.Environment{}
	readJSON(t, "shop", shop)
	files, err := filepath.Glob(filepath.Join(recordings, "*-*.json"))
	if err != nil || len(files) < 20 {
		t.Fatal(len(files), err)
	}
	var all bytes.Buffer
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		env, parts := small, strings.Split(name, "-")
		stack := parts[0]
		if stack == "shop" {
			env, stack = shop, parts[1]
		}
		all.WriteString("# " + name + "\n")
		all.Write(rendered(t, 80, Of(env, stack, recorded(t, name))))
		all.WriteByte('\n')
	}
	golden(t, "recorded.txt", all.Bytes())
	sets := []Set{Of(shop, blueprint.Platform, recorded(t, "shop-platform-topic")), Of(shop, blueprint.Services, recorded(t, "shop-services-topic"))}
	for name, write := range map[string]func(*bytes.Buffer) error{
		"topic.md":   func(out *bytes.Buffer) error { return Markdown(out, sets) },
		"topic.json": func(out *bytes.Buffer) error { return JSON(out, sets) },
	} {
		var out bytes.Buffer
		if err := write(&out); err != nil {
			t.Fatal(err)
		}
		golden(t, name, out.Bytes())
	}
}

// TestOneTopicMore holds the plans of the shop with one topic added in code to exactly that topic and the service that uses it.
func TestOneTopicMore(t *testing.T) {
	shop := &blueprint.Environment{}
	readJSON(t, "shop", shop)
	for name, want := range map[string][]string{
		"platform": {
			"topic order-refunded: create module.topic_order_refunded.aws_sns_topic.this",
			"topic order-refunded: create " + `module.topic_order_refunded.aws_cloudwatch_metric_alarm.this["lost"]`,
			"topic order-refunded: create " + `module.topic_order_refunded.aws_cloudwatch_metric_alarm.this["undelivered"]`,
			"topic order-refunded: create module.topic_order_refunded.aws_sns_topic_policy.this",
		},
		"services": {
			"process orders: update module.service_orders.aws_iam_role_policy.task[0]",
			"process orders: update module.service_orders.aws_ecs_service.this",
			"process orders: revise module.service_orders.aws_ecs_task_definition.this",
		},
	} {
		var got []string
		set := Of(shop, name, recorded(t, "shop-"+name+"-topic"))
		for _, c := range set.Components {
			for _, r := range c.Resources {
				got = append(got, c.ID+": "+r.Action+" "+r.Address)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if len(set.Drift) > 0 {
			t.Errorf("%s: drift %q", name, titles(set.Drift))
		}
	}
	of := Of(shop, "platform", recorded(t, "shop-platform-topic"))
	if got := of.Components[0].DeclaredIn; got != "orders/orders.go" {
		t.Errorf("the topic is declared in %q", got)
	}
}

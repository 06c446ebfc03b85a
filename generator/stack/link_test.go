package stack

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/value"
)

var (
	paid  = app.ID{Kind: "topic", Name: "paid"}
	apart = app.ID{Kind: "topic", Name: "apart"}
	ship  = app.ID{Kind: "subscription", Parent: "paid", Name: "ship"}
)

// linked is a platform with two topics and a subscription, and services that ask for what is given.
func linked(asked ...value.Value) (platform, services *Stack, err error) {
	settings := Settings{Environment: "production", Region: "eu-west-1", AccountID: "123456789012"}
	platform = New("platform", settings, nil)
	services = New("services", settings, platform)
	platform.Module(Call{File: "topics.tf", Label: "subscription_paid_ship", Module: "subscription", Of: ship, Args: []value.Field{value.Arg("topic_arn", value.Of(paid, "arn"))}})
	platform.Module(Call{File: "topics.tf", Label: "topic_paid", Module: "topic", Of: paid, Args: []value.Field{value.Arg("name", value.String("shop-paid"))}})
	platform.Existing(Call{File: "topics.tf", Label: "topic_apart", Of: apart, Args: []value.Field{value.Arg("arn", value.String("arn:aws:sns:eu-west-1:123456789012:apart"))}, Exports: []string{"arn", "key_arn"}})
	platform.Module(Call{File: "cluster.tf", Label: "cluster", Module: "fargate-cluster", Of: app.Cluster, Exports: []string{"cluster_name"}})
	services.Module(Call{File: "orders.tf", Label: "service_orders", Module: "fargate-service", Of: app.ProcessID("orders"),
		Args: []value.Field{value.Arg("environment", value.List(asked...))}})
	return platform, services, Link(platform, services)
}

// printed is a file without its header.
func printed(t *testing.T, s *Stack, file string) string {
	t.Helper()
	files, diags := s.Print()
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	_, text, _ := strings.Cut(string(files[file]), "\n\n")
	return text
}

// TestOutputsFollowFromReferences: a stack hands on what another asks for and what its callers export, one object for each
// component, and nothing else.
func TestOutputsFollowFromReferences(t *testing.T) {
	platform, services, err := linked(value.Of(ship, "queue_arn"), value.Of(ship, "queue_url"), value.Of(app.Cluster, ""),
		value.Reference(value.Ref{Of: paid, Attribute: "names", Key: "a b"}), value.Of(ship, "queue_url"), value.Of(app.ProcessID("orders"), "security_group_id"))
	if err != nil {
		t.Fatal(err)
	}
	const outputs = `output "cluster" {
  description = "Cluster."
  value       = { cluster_name = module.cluster.cluster_name }
}

output "topic_apart" {
  description = "Topic apart."
  value       = { arn = local.topic_apart.arn }
}

output "topic_paid" {
  description = "Topic paid."
  value       = { names = module.topic_paid.names }
}

output "subscription_paid_ship" {
  description = "Subscription ship of topic paid."

  value = {
    queue_arn = module.subscription_paid_ship.queue_arn
    queue_url = module.subscription_paid_ship.queue_url
  }
}
`
	if d := cmp.Diff(outputs, printed(t, platform, "outputs.tf")); d != "" {
		t.Error(d)
	}
	text := printed(t, services, "orders.tf")
	for _, want := range []string{"local.platform.subscription_paid_ship.queue_arn,", "local.platform.cluster,", `local.platform.topic_paid.names["a b"],`, "module.service_orders.security_group_id,"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

// TestWhatBelongsToAnotherStandsBehindIt: a topic before its subscriptions, whether it is made or brought.
func TestWhatBelongsToAnotherStandsBehindIt(t *testing.T) {
	platform, _, err := linked()
	if err != nil {
		t.Fatal(err)
	}
	text := printed(t, platform, "topics.tf")
	if at, made, behind := strings.Index(text, "topic_apart"), strings.Index(text, `"topic_paid"`), strings.Index(text, `"subscription_paid_ship"`); at < 0 || at > made || made > behind {
		t.Errorf("in another order:\n%s", text)
	}
}

// TestReferencesToNothing: what no stack holds, what a component that is brought lacks, and what only a later stack makes.
func TestReferencesToNothing(t *testing.T) {
	for _, test := range []struct {
		name  string
		asked value.Value
		want  string
	}{
		{"no such component", value.Of(app.ID{Kind: "bucket", Name: "files"}, "arn"), `no stack holds "arn" of bucket files, which services asks for`},
		{"no such attribute of what is brought", value.Join(value.String("a"), value.Of(apart, "key_arn")), `no stack holds "key_arn" of topic apart, which services asks for`},
		{"both, each once", value.List(value.Of(apart, "url"), value.Of(apart, "url"), value.Of(app.Network, "vpc_id")), `no stack holds "url" of topic apart, which services asks for; "vpc_id" of network, which services asks for`},
	} {
		if _, _, err := linked(test.asked); err == nil || err.Error() != test.want {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	first, second := New("first", Settings{}, nil), New("second", Settings{}, nil)
	second.Found(app.Network, "network", "", "local.network")
	first.Output("early", "Too early.", value.Of(app.Network, "vpc_id"))
	if err := Link(first, second); err == nil || !strings.Contains(err.Error(), "which first asks for") {
		t.Errorf("a stack reads what is applied after it: %v", err)
	}
}

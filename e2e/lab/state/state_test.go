package state_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/groundplan/groundplan/e2e/lab/state"
)

func TestOf(t *testing.T) {
	resources := state.State{
		`module.network.aws_subnet.compute["a"]`:             {"cidr_block": "10.0.0.0/20"},
		`module.network.aws_subnet.compute["b"]`:             {},
		`module.network.data.aws_subnet.other`:               {},
		`module.load_balancer.aws_subnet_group.this`:         {},
		`module.service["x"].module.y[0].aws_subnet.this[0]`: {},
		`aws_subnet.root`: {},
		`module.load_balancer.aws_vpc_security_group_ingress_rule.clients["http-0.0.0.0/0"]`: {},
	}
	var got []string
	for _, resource := range resources.Of("aws_subnet") {
		got = append(got, resource.Module+" "+resource.Key)
	}
	want := []string{" ", "module.network a", "module.network b", `module.service["x"].module.y[0] 0`}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if rules := resources.Of("aws_vpc_security_group_ingress_rule"); len(rules) != 1 || rules[0].Key != "http-0.0.0.0/0" {
		t.Errorf("a key with dots: %v", rules)
	}
}

func TestValues(t *testing.T) {
	resource := state.Resource{Values: map[string]any{
		"text": "a", "one": 1.0, "two": json.Number("2"), "yes": true, "texts": []any{"a", "b"}, "nothing": nil,
		"blocks": []any{map[string]any{"name": "first"}, map[string]any{"name": "second"}}, "map": map[string]any{"A": "b"},
	}}
	if resource.Text("text") != "a" || resource.Number("one") != 1 || resource.Number("two") != 2 || !resource.Flag("yes") || !resource.Has("text") {
		t.Error("a value is read wrongly")
	}
	if resource.Text("one") != "" || resource.Number("text") != 0 || resource.Flag("text") || resource.Has("nothing") || resource.Has("absent") {
		t.Error("a value that is not there is read as one")
	}
	if !slices.Equal(resource.Texts("texts"), []string{"a", "b"}) || len(resource.Blocks("blocks")) != 2 || resource.Block("blocks").Text("name") != "first" {
		t.Error("a list is read wrongly")
	}
	if resource.Map("map")["A"] != "b" || resource.Block("absent").Text("name") != "" {
		t.Error("a map is read wrongly")
	}
}

package compute

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/zclconf/go-cty/cty"

	"github.com/groundplan/groundplan/generator/emit"
	"github.com/groundplan/groundplan/generator/stack"
	"github.com/groundplan/groundplan/generator/value"
	"github.com/groundplan/groundplan/modules/modulestest"
)

// TestFargateNames compares what the target says of names with what its modules make.
func TestFargateNames(t *testing.T) {
	name, yes := value.Arg("name", value.String("shop-production-users")), value.Bool(true)
	start := value.Map(value.Arg("nightly", value.Object(value.Arg("expressions", value.Strings([]string{"rate(1 day)", "rate(2 days)"})))))
	seen := map[string]bool{}
	for _, call := range []stack.Call{
		{Module: "fargate-cluster", Args: []value.Field{name}},
		{Module: "fargate-cluster", Args: []value.Field{name, value.Arg("container_insights", yes)}},
		{Module: "fargate-service", Args: []value.Field{name}},
		{Module: "fargate-job", Args: []value.Field{name}},
		{Module: "fargate-job", Args: []value.Field{name, value.Arg("schedules", start)}},
		{Module: "cron", Args: []value.Field{name}},
	} {
		seen[call.Module] = true
		text, err := emit.Print([]emit.Block{emit.Module("call", call.Module, nil, call.Args...)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		literals, err := modulestest.Literals(text)
		if err != nil {
			t.Fatal(err)
		}
		made, err := modulestest.Call(call.Module, literals["call"])
		if err != nil {
			t.Fatal(err)
		}
		got := Fargate.Watched[call.Module](call)
		slices.Sort(got.LogGroups)
		slices.Sort(got.Alarms)
		for _, part := range []struct {
			resource, argument string
			got                []string
		}{
			{"aws_cloudwatch_log_group", "name", got.LogGroups}, {"aws_cloudwatch_metric_alarm", "alarm_name", got.Alarms},
		} {
			want, err := made.Named(part.resource, part.argument)
			if err != nil {
				t.Fatalf("%s: %v", call.Module, err)
			}
			if d := cmp.Diff(want, part.got, cmpopts.EquateEmpty()); d != "" {
				t.Errorf("%s: %s", call.Module, d)
			}
		}
	}
	if d := cmp.Diff(slices.Sorted(maps.Keys(Fargate.Watched)), slices.Sorted(maps.Keys(seen))); d != "" {
		t.Errorf("compared: %s", d)
	}
}

// TestFargateUnits: what workloads and schedules are called is what their modules make of the same name.
func TestFargateUnits(t *testing.T) {
	const name = "shop-production-users"
	for _, part := range []struct{ module, resource, argument, want string }{
		{"fargate-service", "aws_ecs_service", "name", name},
		{"fargate-service", "aws_ecs_task_definition", "family", name},
		{"fargate-job", "aws_ecs_task_definition", "family", name},
		{"fargate-job", "aws_sqs_queue", "name", jobFailures(name)},
		{"cron", "aws_lambda_function", "function_name", name},
		{"cron", "aws_sqs_queue", "name", functionFailures(name)},
	} {
		made, err := modulestest.Call(part.module, map[string]cty.Value{"name": cty.StringVal(name)})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := made.Named(part.resource, part.argument); err != nil || !slices.Equal(got, []string{part.want}) {
			t.Errorf("%s: %s is called %v, want %s: %v", part.module, part.resource, got, part.want, err)
		}
	}
}

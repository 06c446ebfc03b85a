package survey

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/zclconf/go-cty/cty"

	"github.com/groundplan/groundplan/generator/emit"
	"github.com/groundplan/groundplan/generator/stack"
	"github.com/groundplan/groundplan/generator/value"
	"github.com/groundplan/groundplan/modules/modulestest"
)

// named is what a module makes of a type of resource when it is called with arguments.
func named(t *testing.T, module string, arguments map[string]cty.Value, resource, argument string) []string {
	t.Helper()
	called, err := modulestest.Call(module, arguments)
	if err != nil {
		t.Fatal(err)
	}
	names, err := called.Named(resource, argument)
	if err != nil {
		t.Fatalf("%s: %v", module, err)
	}
	return names
}

// TestNamesOfModules evaluates what modules call their parts, for names short and long.
func TestNamesOfModules(t *testing.T) {
	same := func(name string) []string { return []string{name} }
	for _, part := range []struct {
		module, resource, argument string
		ordered                    bool
		want                       func(name string) []string
	}{
		{"subscription", "aws_sqs_queue", "name", true, func(name string) []string { return []string{fifo(queueDeadLetters(name), true), fifo(name, true)} }},
		{"subscription", "aws_sqs_queue", "name", false, func(name string) []string { return []string{queueDeadLetters(name), name} }},
		{"topic", "aws_sns_topic", "name", true, func(name string) []string { return []string{fifo(name, true)} }},
		{"topic", "aws_sns_topic", "name", false, same},
		{"database-server", "aws_db_instance", "identifier", false, same},
		{"database-cluster", "aws_rds_cluster", "cluster_identifier", false, same},
		{"cache", "aws_elasticache_replication_group", "replication_group_id", false, same},
		{"encryption-key", "aws_kms_alias", "name", false, func(name string) []string { return []string{keyAlias(name)} }},
	} {
		for _, length := range []int{3, 53, 62, 63, 75} {
			name := strings.Repeat("n", length)
			want := part.want(name)
			slices.Sort(want)
			got := named(t, part.module, map[string]cty.Value{"name": cty.StringVal(name), "fifo": cty.BoolVal(part.ordered)}, part.resource, part.argument)
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s: %s", part.module, d)
				break
			}
		}
	}
}

// TestConstantsOfModules: what modules say of servers and caches without being told.
func TestConstantsOfModules(t *testing.T) {
	cluster := map[string]cty.Value{"name": cty.StringVal("main"), "instances": cty.NumberIntVal(2)}
	if d := cmp.Diff([]string{clusterClass, clusterClass}, named(t, "database-cluster", cluster, "aws_rds_cluster_instance", "instance_class")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{cacheEngine}, named(t, "cache", nil, "aws_elasticache_replication_group", "engine")); d != "" {
		t.Error(d)
	}
}

// TestWatched compares what is said of log groups and alarms with what modules make, in all the ways in which their number follows
// from arguments.
func TestWatched(t *testing.T) {
	yes, no, told, nobody := value.Bool(true), value.Bool(false), value.Strings([]string{"arn:aws:sns:eu-west-1:123456789012:alarms"}), value.Strings(nil)
	for module, calls := range map[string][][]value.Field{
		"network": {nil},
		"cache": {
			{value.Arg("replicas", value.Int(0)), value.Arg("cluster_mode", no)},
			{value.Arg("replicas", value.Int(2)), value.Arg("cluster_mode", no), value.Arg("eviction_policy", value.String("noeviction"))},
			{value.Arg("replicas", value.Int(1)), value.Arg("cluster_mode", no), value.Arg("eviction_policy", value.String("volatile-ttl"))},
			{value.Arg("replicas", value.Int(1)), value.Arg("cluster_mode", no), value.Arg("eviction_policy", value.String("allkeys-random"))},
			{value.Arg("replicas", value.Int(1)), value.Arg("max_replicas", value.Int(3)), value.Arg("cluster_mode", yes), value.Arg("eviction_policy", value.String("allkeys-lfu"))},
		},
		"database-server": {
			{value.Arg("storage_gb", value.Int(20)), value.Arg("alarm_topic_arns", nobody)},
			{value.Arg("storage_gb", value.Int(20)), value.Arg("alarm_topic_arns", told)},
			{value.Arg("storage_gb", value.Int(20)), value.Arg("alarm_topic_arns", told), value.Arg("connections_alarm", value.Int(90))},
		},
		"database-cluster": {
			{value.Arg("instances", value.Int(1)), value.Arg("alarm_topic_arns", nobody)},
			{value.Arg("instances", value.Int(2)), value.Arg("alarm_topic_arns", told), value.Arg("max_capacity", value.Int(8))},
			{value.Arg("instances", value.Int(1)), value.Arg("alarm_topic_arns", told), value.Arg("max_capacity", value.Int(8)), value.Arg("connections_alarm", value.Int(90))},
		},
		"topic":        {{value.Arg("fifo", no)}, {value.Arg("fifo", yes)}},
		"subscription": {{value.Arg("fifo", no)}, {value.Arg("fifo", yes)}, {value.Arg("fifo", yes), value.Arg("age_alarm_seconds", value.Int(60))}},
	} {
		for _, arguments := range calls {
			for _, length := range []int{3, 63, 75, 250} {
				call := stack.Call{Module: module, Args: append([]value.Field{value.Arg("name", value.String(strings.Repeat("n", length)))}, arguments...)}
				t.Run(fmt.Sprint(module, length, len(arguments)), func(t *testing.T) {
					got := watched[module](call)
					slices.Sort(got.LogGroups)
					slices.Sort(got.Alarms)
					text, err := emit.Print([]emit.Block{emit.Module("call", module, nil, call.Args...)}, nil)
					if err != nil {
						t.Fatal(err)
					}
					calls, err := modulestest.Literals(text)
					if err != nil {
						t.Fatal(err)
					}
					given := calls["call"]
					if d := cmp.Diff(named(t, module, given, "aws_cloudwatch_log_group", "name"), got.LogGroups, cmpopts.EquateEmpty()); d != "" {
						t.Error(d)
					}
					if d := cmp.Diff(named(t, module, given, "aws_cloudwatch_metric_alarm", "alarm_name"), got.Alarms, cmpopts.EquateEmpty()); d != "" {
						t.Error(d)
					}
				})
			}
		}
	}
}

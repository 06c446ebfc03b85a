package survey

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/groundplan/groundplan/modules"
)

// TestNamesOfModules evaluates what modules call their parts, for names short and long.
func TestNamesOfModules(t *testing.T) {
	for _, part := range []struct {
		module, resource, argument string
		ordered                    bool
		want                       func(name string) string
	}{
		{"fargate-service", "aws_ecs_service.this", "name", false, func(name string) string { return name }},
		{"fargate-service", "aws_ecs_task_definition.this", "family", false, func(name string) string { return name }},
		{"fargate-service", "aws_cloudwatch_log_group.this", "name", false, workloadLogs},
		{"fargate-job", "aws_ecs_task_definition.this", "family", false, func(name string) string { return name }},
		{"fargate-job", "aws_cloudwatch_log_group.this", "name", false, workloadLogs},
		{"fargate-job", "aws_sqs_queue.failures", "name", false, jobFailures},
		{"cron", "aws_lambda_function.this", "function_name", false, func(name string) string { return name }},
		{"cron", "aws_cloudwatch_log_group.this", "name", false, functionLogs},
		{"cron", "aws_sqs_queue.dead_letters", "name", false, functionDeadLetters},
		{"subscription", "aws_sqs_queue.this", "name", true, func(name string) string { return fifo(name, true) }},
		{"subscription", "aws_sqs_queue.this", "name", false, func(name string) string { return fifo(name, false) }},
		{"subscription", "aws_sqs_queue.dead_letters", "name", true, func(name string) string { return fifo(queueDeadLetters(name), true) }},
		{"subscription", "aws_sqs_queue.dead_letters", "name", false, queueDeadLetters},
		{"topic", "aws_sns_topic.this", "name", true, func(name string) string { return fifo(name, true) }},
		{"database-server", "aws_db_instance.this", "identifier", false, func(name string) string { return name }},
		{"database-cluster", "aws_rds_cluster.this", "cluster_identifier", false, func(name string) string { return name }},
		{"cache", "aws_elasticache_replication_group.this", "replication_group_id", false, func(name string) string { return name }},
	} {
		for _, length := range []int{3, 53, 62, 63, 75} {
			name := strings.Repeat("n", length)
			if got, want := partName(t, part.module, part.resource, part.argument, name, part.ordered), part.want(name); got != want {
				t.Errorf("%s: %s is %s, want %s", part.module, part.resource, got, want)
				break
			}
		}
	}
}

// partName is what a module that is called with a name calls one of its resources.
func partName(t *testing.T, module, resource, argument, name string, ordered bool) string {
	t.Helper()
	text, err := fs.ReadFile(modules.FS(), module+"/main.tf")
	if err != nil {
		t.Fatal(err)
	}
	file, diags := hclsyntax.ParseConfig(text, "main.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	scope := &hcl.EvalContext{
		Variables: map[string]cty.Value{"var": cty.ObjectVal(map[string]cty.Value{"name": cty.StringVal(name), "fifo": cty.BoolVal(ordered)})},
		Functions: map[string]function.Function{"length": stdlib.StrlenFunc, "substr": stdlib.SubstrFunc, "sha256": sha256Function},
	}
	locals, found := map[string]cty.Value{}, cty.NilVal
	for _, block := range file.Body.(*hclsyntax.Body).Blocks {
		for local, attribute := range block.Body.Attributes {
			if block.Type != "locals" {
				break
			}
			if value, diags := attribute.Expr.Value(scope); !diags.HasErrors() { // the rest needs more than a name
				locals[local] = value
			}
		}
	}
	scope.Variables["local"] = cty.ObjectVal(locals)
	for _, block := range file.Body.(*hclsyntax.Body).Blocks {
		if block.Type == "resource" && strings.Join(block.Labels, ".") == resource {
			if found, diags = block.Body.Attributes[argument].Expr.Value(scope); diags.HasErrors() {
				t.Fatal(diags)
			}
		}
	}
	if found == cty.NilVal {
		t.Fatalf("%s has no %s", module, resource)
	}
	return found.AsString()
}

var sha256Function = function.New(&function.Spec{
	Params: []function.Parameter{{Type: cty.String}}, Type: function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		sum := sha256.Sum256([]byte(args[0].AsString()))
		return cty.StringVal(hex.EncodeToString(sum[:])), nil
	},
})

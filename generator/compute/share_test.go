package compute

import (
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/emit"
	"github.com/groundplan/groundplan/generator/stack"
	"github.com/groundplan/groundplan/generator/value"
)

// TestShareKeepsTheBytes: what terraform makes of each argument is what it made before its entries were said once for all
// calls, so that no task definition changes and no task restarts.
func TestShareKeepsTheBytes(t *testing.T) {
	field := func(name string, v value.Value, comments ...string) value.Field {
		return value.Field{Name: name, Value: v, Comments: comments}
	}
	calls := func() []emit.Block {
		var blocks []emit.Block
		for _, name := range []string{"orders", "users"} {
			blocks = append(blocks, emit.Module("service_"+name, "../../modules/fargate-service", nil,
				field("infra_config", value.Call("jsonencode", value.Map(
					field("hosted_services", value.Strings([]string{name})),
					field("metadata", value.Object(field("env_name", value.String("production")), field("app_id", value.String("<shop>")))),
					field("zero", value.Int(0)),
					field("auth", value.List(value.Object(field("type", value.String("key"))))),
				))),
				field("secrets", value.Map(field("KEY", value.String("arn:key"), "signs"), field("LOGIN", value.String("arn:login"), "used in main.go"))),
				field("permissions", value.Map(field("metrics", value.Object(field("actions", value.Strings([]string{"a:b"})))), field(name, value.Object(field("actions", value.Strings([]string{"c:d"})))))),
				field("environment", value.Map(field("REGION", value.String("eu-west-1")))),
			))
		}
		return blocks
	}
	s := &stack.Stack{Files: map[string][]emit.Block{"orders.tf": calls()[:1], "users.tf": calls()[1:]}}
	share(s, "fargate-service", []*deploy.Workload{{Rendered: deploy.Rendered{Secrets: []deploy.Secret{{Variable: "LOGIN", Why: deploy.Why{Places: []deploy.Place{{File: "main.go"}}}}}}}})

	context := &hcl.EvalContext{Variables: map[string]cty.Value{}, Functions: map[string]function.Function{"jsonencode": stdlib.JSONEncodeFunc, "merge": stdlib.MergeFunc}}
	locals := map[string]cty.Value{}
	for name, expression := range attributes(t, s.Files[runtimeFile][0]) {
		locals[name] = evaluated(t, expression, context)
	}
	if len(locals) != 4 || locals["secrets"].Type().HasAttribute("LOGIN") {
		t.Errorf("said once: %#v", locals)
	}
	context.Variables["local"] = cty.ObjectVal(locals)
	for i, file := range []string{"orders.tf", "users.tf"} {
		before, after := attributes(t, calls()[i]), attributes(t, s.Files[file][0])
		for name, expression := range before {
			if want, got := evaluated(t, expression, context), evaluated(t, after[name], context); !got.RawEquals(want) {
				t.Errorf("%s: %s is %#v, want %#v", file, name, got, want)
			}
		}
	}
}

// TestShareLeavesOne: what a single service says stays where it is.
func TestShareLeavesOne(t *testing.T) {
	s := &stack.Stack{Files: map[string][]emit.Block{"app.tf": {emit.Module("service_app", "../../modules/fargate-service", nil,
		value.Field{Name: "secrets", Value: value.Map(value.Field{Name: "KEY", Value: value.String("arn")})})}}}
	share(s, "fargate-service", nil)
	if len(s.Files) != 1 {
		t.Errorf("%v", s.Files)
	}
}

func attributes(t *testing.T, block emit.Block) map[string]hclsyntax.Expression {
	t.Helper()
	text, err := emit.Print([]emit.Block{block}, nil)
	if err != nil {
		t.Fatal(err)
	}
	parsed, diags := hclsyntax.ParseConfig(text, "x.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%s\n%s", diags, text)
	}
	found := map[string]hclsyntax.Expression{}
	for name, attribute := range parsed.Body.(*hclsyntax.Body).Blocks[0].Body.Attributes {
		if name != "source" {
			found[name] = attribute.Expr
		}
	}
	return found
}

func evaluated(t *testing.T, expression hclsyntax.Expression, context *hcl.EvalContext) cty.Value {
	t.Helper()
	v, diags := expression.Value(context)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return v
}

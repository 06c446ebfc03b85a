package generator_test

import (
	"path/filepath"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/groundplan/groundplan/generator"
)

// callArguments are the arguments of a process's module call, evaluated with made-up outputs of the platform: each by its name,
// and the members of those that are objects, as in "task.cpu".
func callArguments(t *testing.T, output *generator.Output, file string) map[string]cty.Value {
	t.Helper()
	parsed, diags := hclsyntax.ParseConfig(output.Files[file], file, hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	body := parsed.Body.(*hclsyntax.Body)
	process := keyOfIndex(body)
	platform := map[string]cty.Value{}
	outputs, diags := hclsyntax.ParseConfig(output.Files[filepath.ToSlash(filepath.Dir(filepath.Dir(file)))+"/platform/outputs.tf"], "outputs.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	for _, block := range outputs.Body.(*hclsyntax.Body).Blocks {
		platform[block.Labels[0]] = madeUp(block.Labels[0], block.Body.Attributes["value"].Expr, process)
	}
	modules := map[string]cty.Value{}
	_ = hclsyntax.VisitAll(body, func(node hclsyntax.Node) hcl.Diagnostics {
		if e, ok := node.(*hclsyntax.ScopeTraversalExpr); ok && e.Traversal.RootName() == "module" {
			label := e.Traversal[1].(hcl.TraverseAttr).Name
			modules[label] = cty.ObjectVal(map[string]cty.Value{"security_group_id": cty.StringVal("sg-" + label)})
		}
		return nil
	})
	locals := map[string]cty.Value{"platform": cty.ObjectVal(platform)}
	context := &hcl.EvalContext{
		Functions: map[string]function.Function{"jsonencode": stdlib.JSONEncodeFunc, "merge": stdlib.MergeFunc},
		Variables: map[string]cty.Value{
			"local":  cty.ObjectVal(locals),
			"var":    cty.ObjectVal(map[string]cty.Value{"image_tag": cty.StringVal("v1")}),
			"module": cty.ObjectVal(modules),
		},
	}
	runtime, diags := hclsyntax.ParseConfig(output.Files[filepath.ToSlash(filepath.Dir(file))+"/runtime.tf"], "runtime.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	for _, block := range runtime.Body.(*hclsyntax.Body).Blocks {
		for name, attribute := range block.Body.Attributes {
			if locals[name], diags = attribute.Expr.Value(context); diags.HasErrors() {
				t.Fatalf("%s: %s", name, diags)
			}
		}
	}
	context.Variables["local"] = cty.ObjectVal(locals)
	values := map[string]cty.Value{}
	for name, attribute := range body.Blocks[0].Body.Attributes {
		value, diags := attribute.Expr.Value(context)
		if diags.HasErrors() {
			t.Fatalf("%s: %s", name, diags)
		}
		values[name] = value
		if value.Type().IsObjectType() {
			for member, contained := range value.AsValueMap() {
				values[name+"."+member] = contained
			}
		}
	}
	return values
}

// keyOfIndex is what a process looks itself up by in maps of the platform, "" when it looks nothing up.
func keyOfIndex(body *hclsyntax.Body) string {
	key := ""
	_ = hclsyntax.VisitAll(body, func(node hclsyntax.Node) hcl.Diagnostics {
		if e, ok := node.(*hclsyntax.ScopeTraversalExpr); ok {
			for _, step := range e.Traversal {
				if index, ok := step.(hcl.TraverseIndex); ok {
					key = index.Key.AsString()
				}
			}
		}
		return nil
	})
	return key
}

// madeUp stands for an output's value: text that names it, 5432 for ports, and a map by process for what each has.
func madeUp(name string, expression hclsyntax.Expression, process string) cty.Value {
	literal, ok := expression.(*hclsyntax.ObjectConsExpr)
	if !ok {
		return cty.StringVal("<" + name + ">")
	}
	fields := map[string]cty.Value{}
	for _, item := range literal.Items {
		field := hcl.ExprAsKeyword(item.KeyExpr)
		switch field {
		case "port":
			fields[field] = cty.NumberIntVal(5432)
		case "url":
			fields[field] = cty.StringVal("https://example.com")
		case "namespace":
			fields[field] = cty.StringVal("internal")
		case "user_names", "user_secret_arns":
			fields[field] = cty.MapVal(map[string]cty.Value{process: cty.StringVal("<" + name + "." + field + ">")})
		default:
			fields[field] = cty.StringVal("<" + name + "." + field + ">")
		}
	}
	return cty.ObjectVal(fields)
}

package sizes

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// outputs is what a platform stack hands to the services stack, with values as long as AWS's own. What cannot be
// evaluated is text of a usual length.
func outputs(stacks Stacks) cty.Value {
	var all []*hclsyntax.Block
	for _, name := range slices.Sorted(maps.Keys(stacks.Platform)) {
		if strings.HasSuffix(name, ".tf") {
			all = append(all, blocks(name, stacks.Platform[name])...)
		}
	}
	asked := map[string]map[string]bool{} // module label -> outputs that something refers to
	for _, block := range all {
		for _, attribute := range block.Body.Attributes {
			for _, reference := range attribute.Expr.Variables() {
				if label, output := moduleOutput(reference); label != "" {
					if asked[label] == nil {
						asked[label] = map[string]bool{}
					}
					asked[label][output] = true
				}
			}
		}
	}
	identity := cty.ObjectVal(map[string]cty.Value{"current": cty.ObjectVal(map[string]cty.Value{"account_id": cty.StringVal(anyAccount)})})
	variables := map[string]cty.Value{"data": cty.ObjectVal(map[string]cty.Value{"aws_caller_identity": identity})}
	called := map[string]cty.Value{}
	for _, block := range all {
		if block.Type != "module" || len(block.Labels) != 1 {
			continue
		}
		values := map[string]cty.Value{}
		for output := range asked[block.Labels[0]] {
			values[output] = moduleValue(block, output, stacks, evaluation(variables))
		}
		called[block.Labels[0]] = object(values)
	}
	variables["module"] = object(called)
	locals := map[string]cty.Value{}
	for _, block := range all {
		for name, attribute := range block.Body.Attributes {
			if block.Type == "locals" {
				locals[name] = valueOf(attribute.Expr, evaluation(variables))
			}
		}
	}
	variables["local"] = object(locals)
	handed := map[string]cty.Value{}
	for _, block := range all {
		if attribute := block.Body.Attributes["value"]; block.Type == "output" && attribute != nil {
			handed[block.Labels[0]] = valueOf(attribute.Expr, evaluation(variables))
		}
	}
	return object(handed)
}

// moduleOutput is the module and the output that a reference names, "" for any other reference.
func moduleOutput(reference hcl.Traversal) (label, output string) {
	if reference.RootName() != "module" || len(reference) < 3 {
		return "", ""
	}
	module, _ := reference[1].(hcl.TraverseAttr)
	value, _ := reference[2].(hcl.TraverseAttr)
	return module.Name, value.Name
}

// usual stands for what no table knows: addresses, ids and names of AWS's making.
var usual = cty.StringVal(strings.Repeat("x", 60))

func valueOf(expression hclsyntax.Expression, context *hcl.EvalContext) cty.Value {
	value, diags := expression.Value(context)
	if diags.HasErrors() {
		return usual
	}
	return value
}

func object(values map[string]cty.Value) cty.Value {
	if len(values) == 0 {
		return cty.EmptyObjectVal
	}
	return cty.ObjectVal(values)
}

// Output is what an output of a module becomes on AWS, as long as it will be there.
type Output struct {
	// Text may have <region>, <account>, <certificate>, which is what clients of a database trust, <fifo>, which is ".fifo" where the
	// call says fifo = true, and the arguments of the call by their names, <name> above all. <a|b> is b where the call has no a. Digits
	// alone are a number.
	Text string
	// Each is an argument of the call, a map: the output is a map as well, with one such text for each of its keys, <key>.
	Each string
}

// shared are the outputs of modules that every environment has, of which policies and task definitions are made.
var shared = map[string]map[string]Output{
	"encryption-key":  {"arn": {Text: "arn:aws:kms:<region>:<account>:key/00000000-0000-0000-0000-000000000000"}},
	"fargate-cluster": {"cluster_name": {Text: "<name>"}, "namespace": {Text: "<namespace>"}},
	"registry": {
		"repository_arn": {Text: "arn:aws:ecr:<region>:<account>:repository/<name>"},
		"repository_url": {Text: "<account>.dkr.ecr.<region>.amazonaws.com/<name>"},
	},
}

// moduleValue is an output of a bundled module.
func moduleValue(call *hclsyntax.Block, output string, stacks Stacks, context *hcl.EvalContext) cty.Value {
	module := strings.TrimPrefix(literal(call, "source"), "../../modules/")
	is, known := shared[module][output]
	if !known {
		is, known = stacks.Outputs[module][output]
	}
	switch number, err := strconv.ParseInt(is.Text, 10, 64); {
	case !known:
		return usual
	case err == nil:
		return cty.NumberIntVal(number)
	case is.Each == "":
		return cty.StringVal(filled(is.Text, "", call, stacks, context))
	}
	values := map[string]cty.Value{}
	for key := range entries(argument(call, is.Each, context)) {
		values[key] = cty.StringVal(filled(is.Text, key, call, stacks, context))
	}
	return object(values)
}

// filled is the text of an output for one call, and one key of it.
func filled(text, key string, call *hclsyntax.Block, stacks Stacks, context *hcl.EvalContext) string {
	before, rest, has := strings.Cut(text, "<")
	if !has {
		return text
	}
	name, rest, _ := strings.Cut(rest, ">")
	var is string
	switch name {
	case "region":
		is = stacks.Region
	case "account":
		is = anyAccount
	case "certificate":
		is = strings.Repeat("x", stacks.Certificate)
	case "key":
		is = key
	case "fifo":
		if flag := argument(call, "fifo", context); flag != cty.NilVal && flag.Type() == cty.Bool && flag.True() {
			is = ".fifo"
		}
	default:
		for name := range strings.SplitSeq(name, "|") {
			if is == "" {
				is = strings.Join(texts(argument(call, name, context)), "")
			}
		}
	}
	return before + is + filled(rest, key, call, stacks, context)
}

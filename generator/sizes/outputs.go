package sizes

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// piece is a top-level block of a printed file that is not parsed yet: of hundreds of modules a few are asked for.
type piece struct {
	kind, label string // of a block without labels "" is the label
	text        []byte
}

// pieces divides a file at the blocks' first and last lines, which alone stand at the margin in what is printed; no text spans
// lines there.
func pieces(text []byte) []piece {
	var list []piece
	for len(text) > 0 {
		line, rest, _ := bytes.Cut(text, []byte("\n"))
		if len(line) == 0 || line[0] == '#' {
			text = rest
			continue
		}
		end := len(line)
		if line[end-1] == '{' {
			if end = bytes.Index(text, []byte("\n}\n")) + len("\n}"); end < len(line) {
				end = len(text)
			}
		}
		words := append(strings.Fields(string(line)), "", "")
		list = append(list, piece{words[0], strings.Trim(strings.Trim(words[1], "{"), `"`), text[:end]})
		text = text[end:]
	}
	return list
}

// asked returns which outputs of the platform some blocks refer to: all of them where the platform stands whole.
func asked(list []*hclsyntax.Block) func(output string) bool {
	names, whole := map[string]bool{}, false
	for _, block := range list {
		for _, reference := range references(block) {
			if value := step(reference, 1); reference.RootName() != "local" || value != "" && value != "platform" {
				continue
			}
			output := step(reference, 2)
			names[output] = true
			whole = whole || output == ""
		}
	}
	return func(output string) bool { return whole || names[output] }
}

// step is the attribute that a reference takes in its i-th step, "" when it takes none there.
func step(reference hcl.Traversal, i int) string {
	if i >= len(reference) {
		return ""
	}
	attribute, _ := reference[i].(hcl.TraverseAttr)
	return attribute.Name
}

// references are those of a block's own arguments.
func references(block *hclsyntax.Block) []hcl.Traversal {
	var list []hcl.Traversal
	for _, attribute := range block.Body.Attributes {
		list = append(list, attribute.Expr.Variables()...)
	}
	return list
}

// outputs is what a platform stack hands to the services stack, as far as it is asked for, with values as long as AWS's own.
// What cannot be evaluated is text of a usual length.
func outputs(stacks Stacks, wanted func(output string) bool) cty.Value {
	var given, handed, modules []*hclsyntax.Block // the local values, the outputs, and the modules both refer to
	var called []piece
	for _, name := range slices.Sorted(maps.Keys(stacks.Platform)) {
		if !strings.HasSuffix(name, ".tf") {
			continue
		}
		for _, p := range pieces(stacks.Platform[name]) {
			switch {
			case p.kind == "locals":
				given = append(given, blocks(name, p.text)...)
			case p.kind == "output" && wanted(p.label):
				handed = append(handed, blocks(name, p.text)...)
			case p.kind == "module":
				called = append(called, p)
			}
		}
	}
	needed := map[string]map[string]bool{} // outputs, by the label of the module
	for _, block := range slices.Concat(given, handed) {
		for _, reference := range references(block) {
			if label, output := moduleOutput(reference); label != "" {
				if needed[label] == nil {
					needed[label] = map[string]bool{}
				}
				needed[label][output] = true
			}
		}
	}
	for _, p := range called {
		if needed[p.label] != nil {
			modules = append(modules, blocks(p.label, p.text)...)
		}
	}
	identity := cty.ObjectVal(map[string]cty.Value{"current": cty.ObjectVal(map[string]cty.Value{"account_id": cty.StringVal(anyAccount)})})
	variables := map[string]cty.Value{"data": cty.ObjectVal(map[string]cty.Value{"aws_caller_identity": identity})}
	variables["module"] = moduleValues(modules, needed, stacks, evaluation(variables))
	locals := map[string]cty.Value{}
	for _, block := range given {
		for name, attribute := range block.Body.Attributes {
			locals[name] = valueOf(attribute.Expr, evaluation(variables))
		}
	}
	variables["local"] = object(locals)
	values := map[string]cty.Value{}
	for _, block := range handed {
		if attribute := block.Body.Attributes["value"]; attribute != nil {
			values[block.Labels[0]] = valueOf(attribute.Expr, evaluation(variables))
		}
	}
	return object(values)
}

// moduleValues are the outputs of modules that are needed, by label.
func moduleValues(calls []*hclsyntax.Block, needed map[string]map[string]bool, stacks Stacks, context *hcl.EvalContext) cty.Value {
	called := map[string]cty.Value{}
	for _, call := range calls {
		values := map[string]cty.Value{}
		for output := range needed[call.Labels[0]] {
			values[output] = moduleValue(call, output, stacks, context)
		}
		called[call.Labels[0]] = object(values)
	}
	return object(called)
}

// moduleOutput is the module and the output that a reference names, "" for any other reference.
func moduleOutput(reference hcl.Traversal) (label, output string) {
	if reference.RootName() != "module" || len(reference) < 3 {
		return "", ""
	}
	return step(reference, 1), step(reference, 2)
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

package sizes

import (
	"maps"
	"slices"
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

// secretSuffix is what Secrets Manager puts behind a name in its ARN.
const secretSuffix = "-XXXXXX"

// moduleValue is an output of a bundled module: what policies and task definitions are made of.
func moduleValue(call *hclsyntax.Block, output string, stacks Stacks, context *hcl.EvalContext) cty.Value {
	module := strings.TrimPrefix(literal(call, "source"), "../../modules/")
	name := strings.Join(texts(argument(call, "name", context)), "")
	if flag := argument(call, "fifo", context); flag != cty.NilVal && flag.Type() == cty.Bool && flag.True() {
		name += ".fifo"
	}
	arn := func(service, rest string) cty.Value {
		return cty.StringVal("arn:aws:" + service + ":" + stacks.Region + ":" + anyAccount + ":" + rest)
	}
	switch module + "." + output {
	case "secret.arn", "generated-secret.arn":
		return arn("secretsmanager", "secret:"+name+secretSuffix)
	case "topic.arn":
		return arn("sns", name)
	case "subscription.queue_arn":
		return arn("sqs", name)
	case "subscription.queue_url":
		return cty.StringVal("https://sqs." + stacks.Region + ".amazonaws.com/" + anyAccount + "/" + name)
	case "bucket.arn":
		return cty.StringVal("arn:aws:s3:::" + name)
	case "bucket.name", "fargate-cluster.cluster_name":
		return cty.StringVal(name)
	case "encryption-key.arn":
		return arn("kms", "key/00000000-0000-0000-0000-000000000000")
	case "registry.repository_arn":
		return arn("ecr", "repository/"+name)
	case "registry.repository_url":
		return cty.StringVal(anyAccount + ".dkr.ecr." + stacks.Region + ".amazonaws.com/" + name)
	case "fargate-cluster.namespace":
		return argument(call, "namespace", context)
	case "cache.user_secret_arns", "cache.user_names":
		return users(call, output, name, arn, context)
	case "database-server.ca_certificate", "database-cluster.ca_certificate":
		return cty.StringVal(strings.Repeat("x", stacks.Certificate))
	case "database-server.port", "database-cluster.port", "cache.port":
		return cty.NumberIntVal(5432)
	}
	return usual
}

// users are the secrets or names of a cache cluster's users, by process.
func users(call *hclsyntax.Block, output, name string, arn func(service, rest string) cty.Value, context *hcl.EvalContext) cty.Value {
	prefix := strings.Join(texts(argument(call, "secret_prefix", context)), "")
	if prefix == "" {
		prefix = name
	}
	values := map[string]cty.Value{}
	for process := range entries(argument(call, "users", context)) {
		values[process] = cty.StringVal(strings.Repeat("x", 40)) // the longest id of a user
		if output == "user_secret_arns" {
			values[process] = arn("secretsmanager", "secret:"+prefix+"/"+process+secretSuffix)
		}
	}
	return object(values)
}

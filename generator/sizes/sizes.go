// Package sizes measures the documents whose length AWS limits by their sum, before Terraform is run: the policies of a
// process's roles and its task definition. It evaluates the generated code with the ARNs that AWS will give, whose
// lengths are known: an account has 12 digits, a secret's name gets 7 characters, a key is a UUID.
//
// It reads what was printed, overrides included, and must not know the application that it was made from.
package sizes

import (
	"bytes"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/groundplan/groundplan/generator/parallel"
)

// The limits, in characters: "IAM and AWS STS quotas", which counts all inline policies of a role together and leaves
// white space out, and "Amazon ECS service quotas". Neither can be raised.
const (
	MaxRolePolicies   = 10240
	MaxTaskDefinition = 65536
)

// anyAccount stands for the account: its length is what counts.
const anyAccount = "000000000000"

// Process is the length of what one process's module makes, a service's or a job's, in characters.
type Process struct {
	Name            string // as in AWS
	ExecutionPolicy int
	TaskPolicy      int
	TaskDefinition  int
	// Secrets and Statements are how many secrets and permissions the process has.
	Secrets, Statements int
}

// Stacks are the files of an environment's stacks, by name, and where they are applied.
type Stacks struct {
	Platform, Services map[string][]byte
	Region             string
	// Certificate is the length of the certificate that clients of a database trust.
	Certificate int
	// Outputs are those of modules that stand for what an application declares, by module and output.
	Outputs map[string]map[string]Output
}

// Small is the length of a process's file below which nothing it makes can come near a limit: a reference to a secret or a
// topic is at most 8 times shorter than what it stands for.
const Small = 6 * 1024

// Measure returns the processes that may come near a limit, in the order of their files' names.
func Measure(stacks Stacks) []Process {
	var calls []*hclsyntax.Block
	common := withLocals(stacks.Services)
	length := 0
	for _, name := range common {
		length += len(stacks.Services[name])
	}
	for _, name := range slices.Sorted(maps.Keys(stacks.Services)) {
		if path.Ext(name) != ".tf" || len(stacks.Services[name])+length < Small {
			continue
		}
		for _, block := range blocks(name, stacks.Services[name]) {
			if block.Type == "module" && containers(block) > 0 {
				calls = append(calls, block)
			}
		}
	}
	if len(calls) == 0 {
		return nil
	}
	local := localValues(stacks, common, calls)
	list := make([]Process, len(calls))
	parallel.Each(len(calls), func(i int) { list[i] = measure(calls[i], stacks.Region, local) })
	return list
}

// localsBlock begins the local values of a file: what every service has in common, and the outputs of the platform.
var localsBlock = []byte("\nlocals {\n")

// withLocals are the names of the files that have local values, sorted.
func withLocals(files map[string][]byte) []string {
	var names []string
	for name, text := range files {
		if path.Ext(name) == ".tf" && (bytes.HasPrefix(text, localsBlock[1:]) || bytes.Contains(text, localsBlock)) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// localValues are the local values of the services stack, which stand in those of its files; of the platform's outputs those that
// they and the calls need.
func localValues(stacks Stacks, files []string, calls []*hclsyntax.Block) cty.Value {
	const platform = "platform" // what the services read of the other stack, whatever they read it from
	var common []*hclsyntax.Block
	for _, file := range files {
		for _, block := range blocks(file, stacks.Services[file]) {
			if block.Type == "locals" {
				common = append(common, block)
			}
		}
	}
	values := map[string]cty.Value{platform: outputs(stacks, asked(slices.Concat(common, calls)))}
	context := evaluation(map[string]cty.Value{"local": object(values)})
	for _, block := range common {
		for name, attribute := range block.Body.Attributes {
			if name != platform {
				values[name] = valueOf(attribute.Expr, context)
			}
		}
	}
	return object(values)
}

// measure takes one call of a module that runs containers. What the module writes is counted low, so that nothing is refused
// which AWS would take.
func measure(call *hclsyntax.Block, region string, local cty.Value) Process {
	context := evaluation(map[string]cty.Value{
		"local": local,
		"var":   cty.ObjectVal(map[string]cty.Value{"image_tag": cty.StringVal("0123456789ab")}),
	})
	p := Process{Name: literal(call, "name")}
	registry := entries(argument(call, "registry", context))
	secrets := append(texts(argument(call, "secrets", context)), texts(registry["credentials_arn"])...)
	p.Secrets = len(secrets)
	p.ExecutionPolicy = executionPolicy(region, p.Name, texts(registry["repository_arn"]), secrets, texts(argument(call, "key_arn", context)))
	p.TaskPolicy, p.Statements = taskPolicy(argument(call, "permissions", context))
	p.TaskDefinition = containers(call) + jsonLength(argument(call, "infra_config", context)) + jsonLength(argument(call, "command", context))
	for name, value := range entries(argument(call, "environment", context)) {
		p.TaskDefinition += len(`{"name":,"value":},`) + len(name) + 2 + jsonLength(value)
	}
	for name, value := range entries(argument(call, "secrets", context)) {
		p.TaskDefinition += len(`{"name":,"valueFrom":},`) + len(name) + 2 + jsonLength(value)
	}
	return p
}

// moduleContainers is what the containers of each module that runs some take by themselves, at least: three of a service, one
// of a job.
var moduleContainers = map[string]int{"fargate-service": 2500, "fargate-job": 400}

// containers is what the module of a call takes for its containers by itself, 0 when it runs none.
func containers(call *hclsyntax.Block) int {
	return moduleContainers[strings.TrimPrefix(literal(call, "source"), "../../modules/")]
}

// statement is one statement as the provider renders it.
type statement struct {
	Sid       string
	Effect    string
	Action    any
	Resource  any
	Condition map[string]map[string]any `json:",omitempty"`
}

// single is a list as the provider renders it: one element stands by itself.
func single(list []string) any {
	if len(list) == 1 {
		return list[0]
	}
	return list
}

func policyLength(statements []statement) int {
	text, err := json.Marshal(struct {
		Version   string
		Statement []statement
	}{"2012-10-17", statements})
	if err != nil {
		return 0
	}
	return len(text)
}

// executionPolicy follows roles.tf of modules/fargate-service, which is that of modules/fargate-job.
func executionPolicy(region, name string, repositories, secrets, key []string) int {
	statements := []statement{
		{Sid: "RegistryLogin", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*"},
		{Sid: "PullImage", Effect: "Allow", Action: []string{"ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage", "ecr:BatchCheckLayerAvailability"}, Resource: single(repositories)},
		{Sid: "WriteLogs", Effect: "Allow", Action: []string{"logs:PutLogEvents", "logs:CreateLogStream"}, Resource: "arn:aws:logs:" + region + ":" + anyAccount + ":log-group:/groundplan/" + name + ":*"},
	}
	if len(secrets) > 0 {
		for i, arn := range secrets {
			// A key of the secret's JSON may follow.
			secrets[i] = strings.Join(strings.SplitN(arn, ":", 8)[:min(7, strings.Count(arn, ":")+1)], ":")
		}
		slices.Sort(secrets)
		secrets = slices.Compact(secrets)
		var folders []string
		for _, arn := range secrets {
			if end := strings.LastIndex(arn, "/"); end >= 0 {
				arn = arn[:end] + "*"
			}
			folders = append(folders, arn)
		}
		folders = slices.Compact(folders)
		statements = append(statements,
			statement{Sid: "ReadSecrets", Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: single(secrets)},
			statement{Sid: "DecryptSecrets", Effect: "Allow", Action: "kms:Decrypt", Resource: single(key), Condition: map[string]map[string]any{
				"StringEquals": {"kms:ViaService": "secretsmanager." + region + ".amazonaws.com"},
				"StringLike":   {"kms:EncryptionContext:SecretARN": single(folders)},
			}})
	}
	return policyLength(statements)
}

// taskPolicy measures the permissions of a process and counts them.
func taskPolicy(permissions cty.Value) (characters, count int) {
	var statements []statement
	for name, permission := range entries(permissions) {
		fields := entries(permission)
		s := statement{Sid: strings.ReplaceAll(name, "_", ""), Effect: "Allow", Action: single(texts(fields["actions"])), Resource: single(texts(fields["resources"]))}
		for _, condition := range elements(fields["conditions"]) {
			parts := entries(condition)
			test := strings.Join(texts(parts["test"]), "")
			if s.Condition == nil {
				s.Condition = map[string]map[string]any{}
			}
			if s.Condition[test] == nil {
				s.Condition[test] = map[string]any{}
			}
			s.Condition[test][strings.Join(texts(parts["variable"]), "")] = single(texts(parts["values"]))
		}
		statements = append(statements, s)
	}
	if len(statements) == 0 {
		return 0, 0
	}
	return policyLength(statements), len(statements)
}

// evaluation is a context with the functions that generated code calls.
func evaluation(variables map[string]cty.Value) *hcl.EvalContext {
	return &hcl.EvalContext{Variables: variables, Functions: map[string]function.Function{"jsonencode": stdlib.JSONEncodeFunc, "merge": stdlib.MergeFunc}}
}

// argument evaluates an argument of a call; an absent one is null, and so is what cannot be evaluated.
func argument(call *hclsyntax.Block, name string, context *hcl.EvalContext) cty.Value {
	attribute := call.Body.Attributes[name]
	if attribute == nil {
		return cty.NilVal
	}
	value, diags := attribute.Expr.Value(context)
	if diags.HasErrors() {
		return cty.NilVal
	}
	return value
}

// literal is an argument that refers to nothing, as text.
func literal(block *hclsyntax.Block, name string) string {
	return strings.Join(texts(argument(block, name, nil)), "")
}

func blocks(name string, text []byte) []*hclsyntax.Block {
	file, diags := hclsyntax.ParseConfig(text, name, hcl.InitialPos)
	if diags.HasErrors() {
		return nil
	}
	return file.Body.(*hclsyntax.Body).Blocks
}

// texts are the texts in a value: itself, or its elements.
func texts(value cty.Value) []string {
	if value == cty.NilVal || value.IsNull() || !value.IsWhollyKnown() {
		return nil
	}
	if value.Type() == cty.String {
		return []string{value.AsString()}
	}
	var list []string
	for _, element := range elements(value) {
		list = append(list, texts(element)...)
	}
	return list
}

func elements(value cty.Value) []cty.Value {
	if value == cty.NilVal || value.IsNull() || !value.IsKnown() || !value.CanIterateElements() {
		return nil
	}
	var list []cty.Value
	for it := value.ElementIterator(); it.Next(); {
		_, element := it.Element()
		list = append(list, element)
	}
	return list
}

// entries are the members of an object or map; none of any other value.
func entries(value cty.Value) map[string]cty.Value {
	if value == cty.NilVal || value.IsNull() || !value.IsKnown() || !value.Type().IsObjectType() && !value.Type().IsMapType() {
		return nil
	}
	return value.AsValueMap()
}

// jsonLength is the length of a value in JSON, as Terraform writes it into a task definition.
func jsonLength(value cty.Value) int {
	if value == cty.NilVal || value.IsNull() || !value.IsWhollyKnown() {
		return 0
	}
	text, err := ctyjson.Marshal(value, value.Type())
	if err != nil {
		return 0
	}
	return len(text)
}

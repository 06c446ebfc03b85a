package e2e_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/terraform-config-inspect/tfconfig"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/groundplan/groundplan/e2e/emulator"
	"github.com/groundplan/groundplan/modules"
)

// appliedOutputs says what each module's outputs look like once it is applied: module -> output -> a value of the type
// and the shape AWS gives it. The services stack is planned against them, so a wrong type here is a plan that proves
// nothing; TestAppliedOutputs keeps the list complete.
var appliedOutputs = map[string]map[string]cty.Value{
	"encryption-key": {
		"arn": cty.StringVal("arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
	},
	"network": {
		"vpc_id":             cty.StringVal("vpc-0a1b2c3d4e5f60718"),
		"cidr":               cty.StringVal("10.0.0.0/16"),
		"public_subnet_ids":  textList("subnet-0a1b2c3d4e5f60711", "subnet-0a1b2c3d4e5f60712"),
		"compute_subnet_ids": textList("subnet-0a1b2c3d4e5f60721", "subnet-0a1b2c3d4e5f60722"),
		"storage_subnet_ids": textList("subnet-0a1b2c3d4e5f60731", "subnet-0a1b2c3d4e5f60732"),
		"nat_public_ips":     textList("192.0.2.1", "192.0.2.2"),
		"route_table_ids": cty.MapVal(map[string]cty.Value{
			"public":  textList("rtb-0a1b2c3d4e5f60711"),
			"compute": textList("rtb-0a1b2c3d4e5f60721", "rtb-0a1b2c3d4e5f60722"),
			"storage": textList("rtb-0a1b2c3d4e5f60731"),
		}),
	},
	"registry": {
		"repository_url": cty.StringVal("123456789012.dkr.ecr.us-east-1.amazonaws.com/application"),
		"repository_arn": cty.StringVal("arn:aws:ecr:us-east-1:123456789012:repository/application"),
	},
	"log-bucket": {
		"name": cty.StringVal("application-logs-123456789012"),
		"arn":  cty.StringVal("arn:aws:s3:::application-logs-123456789012"),
	},
	"load-balancer": {
		"arn":               cty.StringVal("arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/application/50dc6c495c0c9188"),
		"listener_arn":      cty.StringVal("arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/application/50dc6c495c0c9188/f2f7dc8efc522ab2"),
		"security_group_id": cty.StringVal("sg-0a1b2c3d4e5f60741"),
		"dns_name":          cty.StringVal("application-1234567890.us-east-1.elb.amazonaws.com"),
		"url":               cty.StringVal("https://api.example.com"),
	},
	"fargate-cluster": {
		"cluster_arn":  cty.StringVal("arn:aws:ecs:us-east-1:123456789012:cluster/application"),
		"cluster_name": cty.StringVal("application"),
		"namespace_id": cty.StringVal("ns-0a1b2c3d4e5f6071"),
		"namespace":    cty.StringVal("application.internal"),

		"exec_log_group_name": cty.StringVal("/groundplan/application/exec"),
	},
	"fargate-service": {
		"security_group_id":   cty.StringVal("sg-0a1b2c3d4e5f60751"),
		"service_name":        cty.StringVal("application"),
		"task_role_arn":       cty.StringVal("arn:aws:iam::123456789012:role/application"),
		"task_definition_arn": cty.StringVal("arn:aws:ecs:us-east-1:123456789012:task-definition/application:1"),
		"log_group_name":      cty.StringVal("/groundplan/application"),
	},
	"fargate-job": {
		"run_command":         cty.StringVal("aws ecs run-task --task-definition arn:aws:ecs:us-east-1:123456789012:task-definition/application:1"),
		"task_definition_arn": cty.StringVal("arn:aws:ecs:us-east-1:123456789012:task-definition/application:1"),
		"task_role_arn":       cty.StringVal("arn:aws:iam::123456789012:role/application"),
		"security_group_id":   cty.StringVal("sg-0a1b2c3d4e5f60752"),
		"failure_queue_url":   cty.StringVal("https://sqs.us-east-1.amazonaws.com/123456789012/application-failures"),
		"log_group_name":      cty.StringVal("/groundplan/application"),
	},
	"database-server":  databaseOutputs("db:application"),
	"database-cluster": databaseOutputs("cluster:application"),
	"secret": {
		"arn": cty.StringVal("arn:aws:secretsmanager:us-east-1:123456789012:secret:application-AbCdEf"),
	},
	"topic": {
		"arn":  cty.StringVal("arn:aws:sns:us-east-1:123456789012:application"),
		"name": cty.StringVal("application"),
	},
	"subscription": {
		"queue_url":             cty.StringVal("https://sqs.us-east-1.amazonaws.com/123456789012/application"),
		"queue_arn":             cty.StringVal("arn:aws:sqs:us-east-1:123456789012:application"),
		"dead_letter_queue_url": cty.StringVal("https://sqs.us-east-1.amazonaws.com/123456789012/application-dead-letters"),
		"dead_letter_queue_arn": cty.StringVal("arn:aws:sqs:us-east-1:123456789012:application-dead-letters"),
	},
	"bucket": {
		"name":                 cty.StringVal("application-123456789012"),
		"arn":                  cty.StringVal("arn:aws:s3:::application-123456789012"),
		"regional_domain_name": cty.StringVal("application-123456789012.s3.us-east-1.amazonaws.com"),
	},
	"cdn": {
		"distribution_id":  cty.StringVal("EDFDVBD632BHDS5"),
		"distribution_arn": cty.StringVal("arn:aws:cloudfront::123456789012:distribution/EDFDVBD632BHDS5"),
		"url":              cty.StringVal("https://d111111abcdef8.cloudfront.net"),
	},
	"cache": {
		"arn":               cty.StringVal("arn:aws:elasticache:us-east-1:123456789012:replicationgroup:application"),
		"address":           cty.StringVal("master.application.abcdef.use1.cache.amazonaws.com"),
		"reader_address":    cty.StringVal("replica.application.abcdef.use1.cache.amazonaws.com"),
		"port":              cty.NumberIntVal(6379),
		"security_group_id": cty.StringVal("sg-0a1b2c3d4e5f60761"),
		"user_names":        cty.MapVal(map[string]cty.Value{"application": cty.StringVal("application")}),
		"user_secret_arns":  cty.MapVal(map[string]cty.Value{"application": cty.StringVal("arn:aws:secretsmanager:us-east-1:123456789012:secret:application-AbCdEf")}),
		"activate_commands": cty.MapVal(map[string]cty.Value{"application": cty.StringVal("aws elasticache modify-user")}),
	},
	"cron": {
		"function_name":         cty.StringVal("application"),
		"schedule_arns":         textList("arn:aws:scheduler:us-east-1:123456789012:schedule/application/application"),
		"dead_letter_queue_url": cty.StringVal("https://sqs.us-east-1.amazonaws.com/123456789012/application-dead-letters"),
	},
	"generated-secret": {
		"arn": cty.StringVal("arn:aws:secretsmanager:us-east-1:123456789012:secret:application-AbCdEf"),
	},
}

func databaseOutputs(resource string) map[string]cty.Value {
	return map[string]cty.Value{
		"arn":               cty.StringVal("arn:aws:rds:us-east-1:123456789012:" + resource),
		"address":           cty.StringVal("application.c9akciq32rgv.us-east-1.rds.amazonaws.com"),
		"port":              cty.NumberIntVal(5432),
		"security_group_id": cty.StringVal("sg-0a1b2c3d4e5f60761"),
		"master_secret_arn": cty.StringVal("arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-application-AbCdEf"),
		"ca_certificate":    cty.StringVal("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
	}
}

func textList(elements ...string) cty.Value {
	var list []cty.Value
	for _, value := range elements {
		list = append(list, cty.StringVal(value))
	}
	return cty.ListVal(list)
}

// stubbedState is the state file of an applied stack in folder, as far as terraform_remote_state reads it: its outputs,
// computed by evaluating the output blocks over appliedOutputs. A module called with for_each or count is not known
// here, because generated code repeats blocks.
func stubbedState(folder string) ([]byte, error) {
	root, diagnostics := tfconfig.LoadModule(folder)
	if diagnostics.HasErrors() {
		return nil, diagnostics.Err()
	}
	calls := map[string]cty.Value{}
	for name, module := range root.ModuleCalls {
		outputs, known := appliedOutputs[filepath.Base(filepath.FromSlash(module.Source))]
		if !known {
			return nil, fmt.Errorf("%s:%d: no applied outputs known for %s", module.Pos.Filename, module.Pos.Line, module.Source)
		}
		if filepath.Base(filepath.FromSlash(module.Source)) == "cache" {
			var err error
			if outputs, err = userTexts(outputs, module.Pos.Filename, name); err != nil {
				return nil, err
			}
		}
		calls[name] = cty.ObjectVal(outputs)
	}
	scope := &hcl.EvalContext{
		Variables: map[string]cty.Value{
			"data":   callerIdentity,
			"module": cty.ObjectVal(calls),
			"path":   cty.ObjectVal(map[string]cty.Value{"module": cty.StringVal(folder)}),
		},
		Functions: map[string]function.Function{"file": readsFile},
	}

	type output struct {
		Value json.RawMessage `json:"value"`
		Type  json.RawMessage `json:"type"`
	}
	outputs := map[string]output{}
	files, err := filepath.Glob(filepath.Join(folder, "*.tf"))
	if err != nil {
		return nil, err
	}
	parser := hclparse.NewParser()
	var declared hclsyntax.Blocks
	for _, name := range files {
		file, diagnostics := parser.ParseHCLFile(name)
		if diagnostics.HasErrors() {
			return nil, diagnostics
		}
		declared = append(declared, file.Body.(*hclsyntax.Body).Blocks...)
	}
	if scope.Variables["local"], err = literalLocals(declared, scope); err != nil {
		return nil, err
	}
	for _, block := range declared {
		if block.Type != "output" {
			continue
		}
		value, diagnostics := block.Body.Attributes["value"].Expr.Value(scope)
		if diagnostics.HasErrors() {
			return nil, diagnostics
		}
		var encoded output
		if encoded.Value, err = ctyjson.Marshal(value, value.Type()); err != nil {
			return nil, fmt.Errorf("output %s: %w", block.Labels[0], err)
		}
		if encoded.Type, err = ctyjson.MarshalType(value.Type()); err != nil {
			return nil, fmt.Errorf("output %s: %w", block.Labels[0], err)
		}
		outputs[block.Labels[0]] = encoded
	}
	return json.Marshal(map[string]any{
		"version":           4,
		"terraform_version": "1.11.0",
		"serial":            1,
		"lineage":           "8b9e7d3c-0000-4000-8000-000000000000",
		"outputs":           outputs,
		"resources":         []any{},
	})
}

// readsFile is terraform's function file.
var readsFile = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "path", Type: cty.String}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(arguments []cty.Value, _ cty.Type) (cty.Value, error) {
		content, err := os.ReadFile(arguments[0].AsString())
		return cty.StringVal(string(content)), err
	},
})

// callerIdentity is what a stack reads of its account, which is the one that stacks without an account of their own are
// planned in.
var callerIdentity = cty.ObjectVal(map[string]cty.Value{"aws_caller_identity": cty.ObjectVal(map[string]cty.Value{
	"current": cty.ObjectVal(map[string]cty.Value{"account_id": cty.StringVal(emulator.Account)}),
})})

// literalLocals are the local values of a stack. Generated code keeps in them what exists already, which refers to
// nothing.
func literalLocals(declared hclsyntax.Blocks, scope *hcl.EvalContext) (cty.Value, error) {
	locals := map[string]cty.Value{}
	for _, block := range declared {
		if block.Type != "locals" {
			continue
		}
		for name, local := range block.Body.Attributes {
			value, diagnostics := local.Expr.Value(scope)
			if diagnostics.HasErrors() {
				return cty.NilVal, diagnostics
			}
			locals[name] = value
		}
	}
	return cty.ObjectVal(locals), nil
}

// userTexts gives the maps among a cache's outputs the keys of the users the call names.
func userTexts(outputs map[string]cty.Value, file, name string) (map[string]cty.Value, error) {
	parsed, diagnostics := hclparse.NewParser().ParseHCLFile(file)
	if diagnostics.HasErrors() {
		return nil, diagnostics
	}
	perUser := maps.Clone(outputs)
	for _, block := range parsed.Body.(*hclsyntax.Body).Blocks {
		if block.Type != "module" || block.Labels[0] != name || block.Body.Attributes["users"] == nil {
			continue
		}
		users, diagnostics := block.Body.Attributes["users"].Expr.Value(nil)
		if diagnostics.HasErrors() {
			return nil, diagnostics
		}
		for output, value := range outputs {
			if !value.Type().IsMapType() {
				continue
			}
			elements := map[string]cty.Value{}
			for user := range users.AsValueMap() {
				elements[user] = value.Index(cty.StringVal("application"))
			}
			perUser[output] = cty.MapValEmpty(cty.String)
			if len(elements) > 0 {
				perUser[output] = cty.MapVal(elements)
			}
		}
	}
	return perUser, nil
}

// TestAppliedOutputs keeps appliedOutputs equal to what the modules declare.
func TestAppliedOutputs(t *testing.T) {
	for _, name := range modules.Names() {
		module, diagnostics := tfconfig.LoadModuleFromFilesystem(tfconfig.WrapFS(modules.FS()), name)
		if diagnostics.HasErrors() {
			t.Fatal(diagnostics.Err())
		}
		for output := range module.Outputs {
			if _, known := appliedOutputs[name][output]; !known {
				t.Errorf("module %s has an output %q that appliedOutputs does not know", name, output)
			}
		}
		for output := range appliedOutputs[name] {
			if _, declared := module.Outputs[output]; !declared {
				t.Errorf("appliedOutputs knows %s.%s, which the module does not declare", name, output)
			}
		}
	}
	for name := range appliedOutputs {
		if !slices.Contains(modules.Names(), name) {
			t.Errorf("appliedOutputs knows a module %q that does not exist", name)
		}
	}
}

func TestStubbedState(t *testing.T) {
	write := func(t *testing.T, text string) string {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, "main.tf"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return folder
	}
	t.Run("values and types", func(t *testing.T) {
		text, err := stubbedState(write(t, `
			module "network" {
			  source = "../../modules/network"
			}
			output "place" {
			  value = { vpc_id = module.network.vpc_id, subnets = module.network.compute_subnet_ids }
			}`))
		if err != nil {
			t.Fatal(err)
		}
		want := `"outputs":{"place":{"value":{"subnets":["subnet-0a1b2c3d4e5f60721","subnet-0a1b2c3d4e5f60722"],"vpc_id":"vpc-0a1b2c3d4e5f60718"},"type":["object",{"subnets":["list","string"],"vpc_id":"string"}]}}`
		if !strings.Contains(string(text), want) {
			t.Errorf("the state lacks\n%s\nit is\n%s", want, text)
		}
	})
	t.Run("a user of a cache for each the call names", func(t *testing.T) {
		text, err := stubbedState(write(t, `
			module "cache" {
			  source = "../../modules/cache"
			  users  = { cart = { keys = ["a"] }, mail = { keys = ["b"] } }
			}
			output "users" {
			  value = module.cache.user_names
			}`))
		if want := `{"cart":"application","mail":"application"}`; err != nil || !strings.Contains(string(text), want) {
			t.Errorf("the state lacks %s: %v\n%s", want, err, text)
		}
	})
	for name, test := range map[string]struct{ text, want string }{
		"unknown module": {`module "x" { source = "../../modules/none" }`, "no applied outputs known"},
		"unknown output": {"module \"x\" { source = \"../../modules/network\" }\noutput \"y\" { value = module.x.none }", "Unsupported attribute"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := stubbedState(write(t, test.text)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("want an error with %q, got %v", test.want, err)
			}
		})
	}
}

package e2e_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
)

// The rules every plan of generated code must keep, whatever the application. Each takes a plan and returns what breaks
// the rule, sorted, one line each.
var planRules = []struct {
	promise string // the line of SPEC.md
	broken  func(*tfjson.Plan) []string
}{
	{"F3 nothing has a public address", publicAddresses},
	{"F5 nothing faces the internet without TLS", plainListeners},
	{"G3 the AWS provider only", foreignProviders},
	{"G4 no secret value", secretValues},
	{"F4 no action *, resource * where AWS knows no other", wideStatements},
	{"D1 what stores data encrypts it", plainStorage},
	{"N3 nothing but a load balancer takes connections from everywhere", openGroups},
	{"R1 images are scanned and keep their tags", looseRegistries},
	{"F3 a rollout that fails is rolled back, and fails the apply", blindRollouts},
	{"F5 TLS of today", oldTLS},
	{"O1 every bucket is closed to the public", openBuckets},
	{"O2 what the world reads comes over TLS", plainDistributions},
	{"C1 caches speak TLS", plainCaches},
	{"E1 what carries tags carries all of them", untaggedRule},
}

// planned is the values of every resource a plan creates, keeps or reads, in the order of the plan.
func planned(plan *tfjson.Plan) []*tfjson.ResourceChange {
	var changes []*tfjson.ResourceChange
	for _, change := range plan.ResourceChanges {
		if change.Change != nil && !change.Change.Actions.Delete() {
			changes = append(changes, change)
		}
	}
	return changes
}

// values is what a resource will look like; what is only known after apply is absent.
func values(change *tfjson.ResourceChange) map[string]any {
	after, _ := change.Change.After.(map[string]any)
	return after
}

// walk calls visit for each value inside value, with the names of the attributes that lead to it.
func walk(value any, path []string, visit func(path []string, value any)) {
	visit(path, value)
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			walk(inner, append(slices.Clone(path), name), visit)
		}
	case []any:
		for _, inner := range value {
			walk(inner, path, visit)
		}
	}
}

// publicAddresses finds resources that would get an address on the internet. Addresses of NAT gateways are meant.
func publicAddresses(plan *tfjson.Plan) []string {
	public := []string{"map_public_ip_on_launch", "associate_public_ip_address", "assign_public_ip", "publicly_accessible", "endpoint_public_access"}
	var broken []string
	for _, change := range planned(plan) {
		walk(values(change), nil, func(path []string, value any) {
			if len(path) > 0 && value == true && slices.Contains(public, path[len(path)-1]) {
				broken = append(broken, change.Address+": "+strings.Join(path, ".")+" = true")
			}
		})
	}
	slices.Sort(broken)
	return broken
}

// plainListeners finds load balancers on the internet in a plan that also has an HTTP listener which does anything
// but redirect. Which listener belongs to which load balancer is only known after apply: a module holds one of each.
func plainListeners(plan *tfjson.Plan) []string {
	var broken []string
	for _, balancer := range planned(plan) {
		if balancer.Type != "aws_lb" || values(balancer)["internal"] != false {
			continue
		}
		for _, listener := range planned(plan) {
			if listener.Type != "aws_lb_listener" || listener.ModuleAddress != balancer.ModuleAddress || values(listener)["protocol"] != "HTTP" {
				continue
			}
			walk(values(listener)["default_action"], nil, func(path []string, value any) {
				if len(path) == 1 && path[0] == "type" && value != "redirect" {
					broken = append(broken, fmt.Sprintf("%s: answers %v over HTTP on a load balancer that faces the internet", listener.Address, value))
				}
			})
		}
	}
	slices.Sort(broken)
	return broken
}

// ownProviders are the AWS provider, by its name in the registry of each engine, and the one built in, which reads remote state.
var ownProviders = []string{"registry.terraform.io/hashicorp/aws", "registry.opentofu.org/hashicorp/aws", "terraform.io/builtin/terraform"}

// foreignProviders finds providers beyond ownProviders.
func foreignProviders(plan *tfjson.Plan) []string {
	names := map[string]bool{}
	if plan.Config != nil {
		for _, provider := range plan.Config.ProviderConfigs {
			names[provider.FullName] = true
		}
	}
	for _, change := range planned(plan) {
		names[change.ProviderName] = true
	}
	var broken []string
	for name := range names {
		if !slices.Contains(ownProviders, name) {
			broken = append(broken, name)
		}
	}
	slices.Sort(broken)
	return broken
}

var (
	secretName  = regexp.MustCompile(`(?:^|_)(?:password|secret_string|secret_binary|auth_token|private_key|secret_key|access_key)$`)
	secretShape = regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|://[^/\s:@"]+:[^/\s:@"$]+@`)
)

// secretValues finds arguments that hold a secret by their name or by the look of their value.
func secretValues(plan *tfjson.Plan) []string {
	var broken []string
	for _, change := range planned(plan) {
		walk(values(change), nil, func(path []string, value any) {
			text, isText := value.(string)
			if !isText || text == "" || len(path) == 0 {
				return
			}
			if secretName.MatchString(path[len(path)-1]) || secretShape.MatchString(text) {
				broken = append(broken, change.Address+": "+strings.Join(path, ".")+" holds a value")
			}
		})
	}
	slices.Sort(broken)
	return broken
}

// everyResource lists the actions for which AWS knows no resource but *, or none that exists yet, with the reason. A
// statement may name * only for these.
var everyResource = map[string]string{
	"ecr:GetAuthorizationToken": "the token is the account's, AWS defines no resource type",

	// Lambda joins a VPC as the function's role; the function's own code is denied all six.
	"ec2:AssignPrivateIpAddresses":   "the interface has no ARN before Lambda makes it",
	"ec2:CreateNetworkInterface":     "the interface has no ARN before Lambda makes it, and a shared subnet is another account's",
	"ec2:DeleteNetworkInterface":     "the interface has no ARN before Lambda makes it",
	"ec2:DescribeNetworkInterfaces":  "AWS defines no resource type for describing",
	"ec2:DescribeSubnets":            "AWS defines no resource type for describing",
	"ec2:UnassignPrivateIpAddresses": "the interface has no ARN before Lambda makes it",
}

// narrowedBy lists actions that know no resource but *, and the condition that has to stand in its place.
var narrowedBy = map[string]string{
	"cloudwatch:PutMetricData": "cloudwatch:namespace",
}

// wideStatements finds Allow statements of identity policies with a wildcard action, or with resource * for an action
// that everyResource does not list. A policy attached to a resource, which names principals, means by * that resource
// itself; a key policy must hand the whole key to the account, otherwise nobody can ever manage it. The policy of a VPC
// endpoint grants nothing: it bounds what roles may do by that way, and the open one bounds nothing.
func wideStatements(plan *tfjson.Plan) []string {
	var broken []string
	for _, change := range planned(plan) {
		if change.Type == "aws_vpc_endpoint" {
			continue
		}
		if change.Type == "aws_iam_policy_document" {
			walk(values(change)["statement"], nil, func(path []string, value any) {
				if statement, is := value.(map[string]any); is && len(path) == 0 && statement["effect"] != "Deny" {
					broken = append(broken, wideStatement(change.Address, statement["actions"], statement["resources"], statement["principals"], statement["condition"])...)
				}
			})
		}
		walk(values(change), nil, func(path []string, value any) {
			text, isText := value.(string)
			if !isText || !strings.Contains(text, `"Statement"`) {
				return
			}
			var policy struct{ Statement []map[string]any }
			if json.Unmarshal([]byte(text), &policy) != nil {
				return
			}
			for _, statement := range policy.Statement {
				if statement["Effect"] == "Allow" {
					broken = append(broken, wideStatement(change.Address, statement["Action"], statement["Resource"], statement["Principal"], statement["Condition"])...)
				}
			}
		})
	}
	slices.Sort(broken)
	return slices.Compact(broken)
}

func wideStatement(address string, actions, resources, principals, conditions any) []string {
	attached := len(flatten(principals)) > 0
	var broken []string
	for _, action := range flatten(actions) {
		if strings.Contains(action, "*") && !(attached && action == "kms:*") {
			broken = append(broken, fmt.Sprintf("%s: allows the action %s", address, action))
		}
		if variable := narrowedBy[action]; variable != "" && slices.Contains(flatten(resources), "*") {
			if text, err := json.Marshal(conditions); err != nil || !strings.Contains(string(text), `"`+variable+`"`) {
				broken = append(broken, fmt.Sprintf("%s: allows %s on every resource, without a condition on %s", address, action, variable))
			}
			continue
		}
		if _, reviewed := everyResource[action]; !attached && !reviewed && slices.Contains(flatten(resources), "*") {
			broken = append(broken, fmt.Sprintf("%s: allows %s on every resource", address, action))
		}
	}
	return broken
}

// flatten is every text inside a value that may be one text, a list or a map of them.
func flatten(value any) []string {
	var texts []string
	walk(value, nil, func(_ []string, value any) {
		if text, is := value.(string); is {
			texts = append(texts, text)
		}
	})
	return texts
}

// plainStorage finds stores of data whose encryption is plainly off.
func plainStorage(plan *tfjson.Plan) []string {
	switches := map[string]string{
		"aws_db_instance":                   "storage_encrypted",
		"aws_rds_cluster":                   "storage_encrypted",
		"aws_elasticache_replication_group": "at_rest_encryption_enabled",
	}
	var broken []string
	for _, change := range planned(plan) {
		if name, has := switches[change.Type]; has && values(change)[name] != true && values(change)[name] != "true" {
			broken = append(broken, change.Address+": "+name+" is not true")
		}
	}
	slices.Sort(broken)
	return broken
}

// openGroups finds inbound rules for every address in modules that have no load balancer.
func openGroups(plan *tfjson.Plan) []string {
	balancers := map[string]bool{}
	for _, change := range planned(plan) {
		if change.Type == "aws_lb" {
			balancers[change.ModuleAddress] = true
		}
	}
	var broken []string
	for _, change := range planned(plan) {
		if change.Type != "aws_vpc_security_group_ingress_rule" && change.Type != "aws_security_group" || balancers[change.ModuleAddress] && change.ModuleAddress != "" {
			continue
		}
		walk(values(change), nil, func(path []string, value any) {
			inbound := change.Type == "aws_vpc_security_group_ingress_rule" || slices.Contains(path, "ingress")
			if inbound && (value == "0.0.0.0/0" || value == "::/0") {
				broken = append(broken, fmt.Sprintf("%s: takes connections from %v", change.Address, value))
			}
		})
	}
	slices.Sort(broken)
	return broken
}

// demanded lists what resources of a type lack: attributes, by their path with dots, that must have a value. A value that
// is only known after apply is not there, and counts as lacking.
func demanded(plan *tfjson.Plan, kind string, demands map[string]any) []string {
	var broken []string
	for _, change := range planned(plan) {
		if change.Type != kind {
			continue
		}
		found := map[string]bool{}
		walk(values(change), nil, func(path []string, value any) {
			name := strings.Join(path, ".")
			if want, asked := demands[name]; asked && value == want {
				found[name] = true
			}
		})
		for name, want := range demands {
			if !found[name] {
				broken = append(broken, fmt.Sprintf("%s: %s is not %v", change.Address, name, want))
			}
		}
	}
	slices.Sort(broken)
	return broken
}

// looseRegistries finds registries whose tags may move, or that scan nothing.
func looseRegistries(plan *tfjson.Plan) []string {
	return demanded(plan, "aws_ecr_repository", map[string]any{"image_tag_mutability": "IMMUTABLE", "image_scanning_configuration.scan_on_push": true})
}

// blindRollouts finds ECS services whose rollout may fail unseen.
func blindRollouts(plan *tfjson.Plan) []string {
	return demanded(plan, "aws_ecs_service", map[string]any{
		"deployment_circuit_breaker.enable": true, "deployment_circuit_breaker.rollback": true, "wait_for_steady_state": true,
		"deployment_minimum_healthy_percent": 100.0, "deployment_maximum_percent": 200.0,
	})
}

// modernTLS are policies of TLS 1.3, and of TLS 1.2 the ciphers with GCM alone.
var modernTLS = []string{"ELBSecurityPolicy-TLS13-1-3-", "ELBSecurityPolicy-TLS13-1-2-Res-"}

// oldTLS finds HTTPS listeners that speak TLS before 1.2, or take ciphers in CBC mode.
func oldTLS(plan *tfjson.Plan) []string {
	var broken []string
	for _, change := range planned(plan) {
		policy, _ := values(change)["ssl_policy"].(string)
		if change.Type == "aws_lb_listener" && values(change)["protocol"] == "HTTPS" &&
			!slices.ContainsFunc(modernTLS, func(prefix string) bool { return strings.HasPrefix(policy, prefix) }) {
			broken = append(broken, fmt.Sprintf("%s: ssl_policy is %q", change.Address, policy))
		}
	}
	slices.Sort(broken)
	return broken
}

// untaggedRule finds resources that can carry tags and lack one that the stack gives to others.
func untaggedRule(plan *tfjson.Plan) []string {
	everywhere := map[string]bool{}
	for _, change := range planned(plan) {
		tags, _ := values(change)["tags_all"].(map[string]any)
		own, _ := values(change)["tags"].(map[string]any)
		for key := range tags {
			if _, said := own[key]; !said {
				everywhere[key] = true
			}
		}
	}
	var broken []string
	for _, change := range planned(plan) {
		all, can := values(change)["tags_all"]
		// Only known after apply is what a provider without default tags plans for a resource without tags of its own.
		unknown, _ := change.Change.AfterUnknown.(map[string]any)
		if change.Mode == tfjson.DataResourceMode || !can && unknown["tags_all"] != true {
			continue
		}
		tags, _ := all.(map[string]any)
		for key := range everywhere {
			if _, carried := tags[key]; !carried {
				broken = append(broken, fmt.Sprintf("%s: no tag %q", change.Address, key))
			}
		}
	}
	slices.Sort(broken)
	return broken
}

// openBuckets finds buckets without a block of public access in the same module, and blocks with a gap.
func openBuckets(plan *tfjson.Plan) []string {
	closed := map[string]bool{}
	for _, change := range planned(plan) {
		if change.Type == "aws_s3_bucket_public_access_block" {
			closed[change.ModuleAddress] = true
		}
	}
	broken := demanded(plan, "aws_s3_bucket_public_access_block", map[string]any{
		"block_public_acls": true, "block_public_policy": true, "ignore_public_acls": true, "restrict_public_buckets": true,
	})
	for _, change := range planned(plan) {
		if change.Type == "aws_s3_bucket" && !closed[change.ModuleAddress] {
			broken = append(broken, change.Address+": nothing blocks public access")
		}
	}
	slices.Sort(broken)
	return broken
}

// plainDistributions finds distributions that answer over HTTP.
func plainDistributions(plan *tfjson.Plan) []string {
	return demanded(plan, "aws_cloudfront_distribution", map[string]any{"default_cache_behavior.viewer_protocol_policy": "redirect-to-https"})
}

// plainCaches finds caches that answer without TLS.
func plainCaches(plan *tfjson.Plan) []string {
	return demanded(plan, "aws_elasticache_replication_group", map[string]any{"transit_encryption_enabled": true})
}

// TestPlanRules shows each rule firing, and staying silent where nothing is wrong.
func TestPlanRules(t *testing.T) {
	type resource struct {
		kind, after string
	}
	for _, test := range []struct {
		name      string
		rule      func(*tfjson.Plan) []string
		resources []resource
		want      string // "" when the rule is kept
	}{
		{"F3 public subnet", publicAddresses, []resource{{"aws_subnet", `{"map_public_ip_on_launch":true}`}}, "aws_subnet.this: map_public_ip_on_launch = true"},
		{"F3 public task", publicAddresses, []resource{{"aws_ecs_service", `{"network_configuration":[{"assign_public_ip":true}]}`}}, "aws_ecs_service.this: network_configuration.assign_public_ip = true"},
		{"F3 private task", publicAddresses, []resource{{"aws_ecs_service", `{"network_configuration":[{"assign_public_ip":false}]}`}}, ""},
		{"F5 HTTP on the internet", plainListeners, []resource{{"aws_lb", `{"internal":false}`}, {"aws_lb_listener", `{"protocol":"HTTP","default_action":[{"type":"forward"}]}`}}, "answers forward over HTTP"},
		{"F5 redirect", plainListeners, []resource{{"aws_lb", `{"internal":false}`}, {"aws_lb_listener", `{"protocol":"HTTP","default_action":[{"type":"redirect"}]}`}}, ""},
		{"F5 internal HTTP", plainListeners, []resource{{"aws_lb", `{"internal":true}`}, {"aws_lb_listener", `{"protocol":"HTTP","default_action":[{"type":"fixed-response"}]}`}}, ""},
		{"G4 password", secretValues, []resource{{"aws_db_instance", `{"password":"hunter2"}`}}, "aws_db_instance.this: password holds a value"},
		{"G4 no password", secretValues, []resource{{"aws_db_instance", `{"password":null,"manage_master_user_password":true}`}}, ""},
		{"G4 key", secretValues, []resource{{"aws_ecs_task_definition", `{"container_definitions":"-----BEGIN RSA PRIVATE KEY-----"}`}}, "container_definitions holds a value"},
		{"G4 connection string", secretValues, []resource{{"aws_ecs_task_definition", `{"container_definitions":"postgres://app:hunter2@host/db"}`}}, "container_definitions holds a value"},
		{"G4 certificate", secretValues, []resource{{"aws_ecs_task_definition", `{"container_definitions":"-----BEGIN CERTIFICATE-----"}`}}, ""},
		{"F4 action", wideStatements, []resource{{"aws_iam_policy_document", `{"statement":[{"actions":["s3:*"],"resources":["arn:aws:s3:::x"]}]}`}}, "allows the action s3:*"},
		{"F4 resource", wideStatements, []resource{{"aws_iam_policy_document", `{"statement":[{"actions":["sns:Publish"],"resources":["*"]}]}`}}, "allows sns:Publish on every resource"},
		{"F4 endpoint", wideStatements, []resource{{"aws_vpc_endpoint", `{"policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}]}"}`}}, ""},
		{"F4 policy text", wideStatements, []resource{{"aws_iam_role_policy", `{"policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}"}`}}, "allows the action *"},
		{"F4 reviewed", wideStatements, []resource{{"aws_iam_policy_document", `{"statement":[{"actions":["ecr:GetAuthorizationToken"],"resources":["*"]}]}`}}, ""},
		{"F4 metrics", wideStatements, []resource{{"aws_iam_policy_document", `{"statement":[{"actions":["cloudwatch:PutMetricData"],"resources":["*"],"condition":[{"test":"StringEquals","variable":"cloudwatch:namespace","values":["shop"]}]}]}`}}, ""},
		{"F4 metrics as text", wideStatements, []resource{{"aws_iam_role_policy", `{"policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"cloudwatch:PutMetricData\",\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"cloudwatch:namespace\":\"shop\"}}}]}"}`}}, ""},
		{"F4 metrics of everybody", wideStatements, []resource{{"aws_iam_policy_document", `{"statement":[{"actions":["cloudwatch:PutMetricData"],"resources":["*"]}]}`}}, "without a condition on cloudwatch:namespace"},
		{"C1 storage", plainStorage, []resource{{"aws_elasticache_replication_group", `{"at_rest_encryption_enabled":"false"}`}}, "at_rest_encryption_enabled is not true"},
		{"C1 encrypted storage", plainStorage, []resource{{"aws_elasticache_replication_group", `{"at_rest_encryption_enabled":"true"}`}}, ""},
		{"F4 key policy", wideStatements, []resource{{"aws_kms_key", `{"policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"kms:*\",\"Resource\":\"*\",\"Principal\":{\"AWS\":\"arn:aws:iam::123456789012:root\"}}]}"}`}}, ""},
		{"F4 deny", wideStatements, []resource{{"aws_iam_policy_document", `{"statement":[{"effect":"Deny","actions":["s3:*"],"resources":["*"]}]}`}}, ""},
		{"D1 storage", plainStorage, []resource{{"aws_db_instance", `{"storage_encrypted":false}`}}, "storage_encrypted is not true"},
		{"N3 open group", openGroups, []resource{{"aws_vpc_security_group_ingress_rule", `{"cidr_ipv4":"0.0.0.0/0"}`}}, "takes connections from 0.0.0.0/0"},
		{"N3 open group of the old kind", openGroups, []resource{{"aws_security_group", `{"ingress":[{"ipv6_cidr_blocks":["::/0"]}]}`}}, "takes connections from ::/0"},
		{"N3 way out", openGroups, []resource{{"aws_security_group", `{"egress":[{"cidr_blocks":["0.0.0.0/0"]}]}`}, {"aws_vpc_security_group_ingress_rule", `{"cidr_ipv4":"10.0.0.0/16"}`}}, ""},
		{"R1 tags that move", looseRegistries, []resource{{"aws_ecr_repository", `{"image_tag_mutability":"MUTABLE","image_scanning_configuration":[{"scan_on_push":true}]}`}}, "image_tag_mutability is not IMMUTABLE"},
		{"R1 kept tags", looseRegistries, []resource{{"aws_ecr_repository", `{"image_tag_mutability":"IMMUTABLE","image_scanning_configuration":[{"scan_on_push":true}]}`}}, ""},
		{"F3 no rollback", blindRollouts, []resource{{"aws_ecs_service", `{"wait_for_steady_state":true,"deployment_minimum_healthy_percent":100,"deployment_maximum_percent":200,"deployment_circuit_breaker":[{"enable":true,"rollback":false}]}`}}, "rollback is not true"},
		{"F3 rollback", blindRollouts, []resource{{"aws_ecs_service", `{"wait_for_steady_state":true,"deployment_minimum_healthy_percent":100,"deployment_maximum_percent":200,"deployment_circuit_breaker":[{"enable":true,"rollback":true}]}`}}, ""},
		{"F5 old TLS", oldTLS, []resource{{"aws_lb_listener", `{"protocol":"HTTPS","ssl_policy":"ELBSecurityPolicy-2016-08"}`}}, "ssl_policy is \"ELBSecurityPolicy-2016-08\""},
		{"F5 TLS in CBC mode", oldTLS, []resource{{"aws_lb_listener", `{"protocol":"HTTPS","ssl_policy":"ELBSecurityPolicy-TLS13-1-2-2021-06"}`}}, "ssl_policy is \"ELBSecurityPolicy-TLS13-1-2-2021-06\""},
		{"F5 TLS of today", oldTLS, []resource{{"aws_lb_listener", `{"protocol":"HTTPS","ssl_policy":"ELBSecurityPolicy-TLS13-1-2-Res-2021-06"}`}}, ""},
		{"E1 a tag less", untaggedRule, []resource{{"aws_lb", `{"tags_all":{"team":"a"}}`}, {"aws_sqs_queue", `{"tags_all":{"Name":"q"},"tags":{"Name":"q"}}`}}, "no tag \"team\""},
		{"E1 all tags", untaggedRule, []resource{{"aws_lb", `{"tags_all":{"team":"a","Name":"l"},"tags":{"Name":"l"}}`}, {"aws_sqs_queue", `{"tags_all":{"team":"a"}}`}}, ""},
		{"O1 open bucket", openBuckets, []resource{{"aws_s3_bucket", `{}`}}, "nothing blocks public access"},
		{"O1 bucket with a gap", openBuckets, []resource{{"aws_s3_bucket", `{}`}, {"aws_s3_bucket_public_access_block", `{"block_public_acls":true,"block_public_policy":false,"ignore_public_acls":true,"restrict_public_buckets":true}`}}, "block_public_policy is not true"},
		{"O1 closed bucket", openBuckets, []resource{{"aws_s3_bucket", `{}`}, {"aws_s3_bucket_public_access_block", `{"block_public_acls":true,"block_public_policy":true,"ignore_public_acls":true,"restrict_public_buckets":true}`}}, ""},
		{"O2 HTTP", plainDistributions, []resource{{"aws_cloudfront_distribution", `{"default_cache_behavior":[{"viewer_protocol_policy":"allow-all"}]}`}}, "viewer_protocol_policy is not redirect-to-https"},
		{"O2 HTTPS", plainDistributions, []resource{{"aws_cloudfront_distribution", `{"default_cache_behavior":[{"viewer_protocol_policy":"redirect-to-https"}]}`}}, ""},
		{"C1 plain text", plainCaches, []resource{{"aws_elasticache_replication_group", `{"transit_encryption_enabled":false}`}}, "transit_encryption_enabled is not true"},
		{"C1 TLS", plainCaches, []resource{{"aws_elasticache_replication_group", `{"transit_encryption_enabled":true}`}}, ""},
		{"D1 encrypted storage", plainStorage, []resource{{"aws_db_instance", `{"storage_encrypted":true}`}}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			plan := &tfjson.Plan{}
			for _, resource := range test.resources {
				var after any
				if err := json.Unmarshal([]byte(resource.after), &after); err != nil {
					t.Fatal(err)
				}
				plan.ResourceChanges = append(plan.ResourceChanges, &tfjson.ResourceChange{
					Address:      resource.kind + ".this",
					Type:         resource.kind,
					ProviderName: "registry.terraform.io/hashicorp/aws",
					Change:       &tfjson.Change{Actions: tfjson.Actions{tfjson.ActionCreate}, After: after},
				})
			}
			got := strings.Join(test.rule(plan), "\n")
			if test.want == "" && got != "" || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	t.Run("G3 foreign provider", func(t *testing.T) {
		plan := &tfjson.Plan{Config: &tfjson.Config{ProviderConfigs: map[string]*tfjson.ProviderConfig{
			"aws": {FullName: "registry.terraform.io/hashicorp/aws"}, "random": {FullName: "registry.terraform.io/hashicorp/random"},
			"opentofu": {FullName: "registry.opentofu.org/hashicorp/aws"}, "other": {FullName: "registry.opentofu.org/hashicorp/random"},
		}}}
		if got := foreignProviders(plan); !slices.Equal(got, []string{"registry.opentofu.org/hashicorp/random", "registry.terraform.io/hashicorp/random"}) {
			t.Errorf("got %v", got)
		}
	})
}

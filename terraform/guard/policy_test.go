package guard

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
)

// policyOf is a document of statements.
func policyOf(statements ...string) string {
	return `{"Version": "2012-10-17", "Statement": [` + strings.Join(statements, ", ") + `]}`
}

func allowing(rest string) string { return `{"Effect": "Allow", ` + rest + `}` }

func deny(rest string) string { return `{"Effect": "Deny", ` + rest + `}` }

// Each pair of policies is held against each other in both directions: what is wider one way is narrower the other.
func TestWider(t *testing.T) {
	const (
		send    = `"Action": "sqs:SendMessage", "Resource": "arn:q"`
		service = `"Principal": {"Service": "sns.amazonaws.com"}, `
		source  = `, "Condition": {"ArnEquals": {"aws:SourceArn": "arn:t"}}`
		plain   = `, "Condition": {"Bool": {"aws:SecureTransport": "false"}}`
	)
	for _, test := range []struct {
		name, before, after string
		wider, narrower     []string // what each direction finds, by parts of the reasons
	}{
		{"the same in another spelling", allowing(`"Principal": {"AWS": "123456789012"}, "Action": ["SQS:SendMessage"], "Resource": ["arn:q"]`), allowing(`"Principal": {"AWS": ["arn:aws:iam::123456789012:root"]}, ` + send), nil, nil},
		{"another order and another name", policyOf(allowing(send), allowing(`"Action": ["a:B", "a:C"], "Resource": "*"`)), policyOf(allowing(`"Sid": "x", "Action": ["a:C", "a:B"], "Resource": "*"`), allowing(send)), nil, nil},
		{"one statement or two", allowing(`"Action": ["a:B", "a:C"], "Resource": ["x", "y"]`), policyOf(allowing(`"Action": ["a:B", "a:C"], "Resource": "x"`), allowing(`"Action": ["a:C", "a:B"], "Resource": "y"`)), nil, nil},
		{"a statement alone is a list of one", `{"Statement": ` + allowing(send) + `}`, policyOf(allowing(send)), nil, nil},
		{"an action more", allowing(send), allowing(`"Action": ["sqs:SendMessage", "sqs:DeleteMessage"], "Resource": "arn:q"`), []string{"allows sqs:DeleteMessage on arn:q"}, nil},
		{"a pattern of actions", allowing(send), allowing(`"Action": "sqs:*", "Resource": "arn:q"`), []string{"allows sqs:* on arn:q"}, nil},
		{"a resource more", allowing(send), allowing(`"Action": "sqs:SendMessage", "Resource": ["arn:q", "arn:r"]`), []string{"allows sqs:SendMessage on arn:r"}, nil},
		{"a pattern of resources", allowing(send), allowing(`"Action": "sqs:SendMessage", "Resource": "arn:*"`), []string{"on arn:*"}, nil},
		{"a principal more", allowing(service + send), allowing(`"Principal": {"Service": ["sns.amazonaws.com", "s3.amazonaws.com"]}, ` + send), []string{"to s3.amazonaws.com"}, nil},
		{"everybody", allowing(service + send), allowing(`"Principal": "*", ` + send), []string{"to everybody"}, nil},
		{"everybody in another spelling", allowing(`"Principal": {"AWS": "*"}, ` + send), allowing(`"Principal": "*", ` + send), nil, nil},
		{"a condition less", allowing(service + send + source), allowing(service + send), []string{"where before aws:sourcearn limited it"}, nil},
		{"a condition with a value more", allowing(service + send + source), allowing(service + send + `, "Condition": {"ArnEquals": {"aws:SourceArn": ["arn:t", "arn:u"]}}`), []string{"aws:sourcearn"}, nil},
		{"a condition with a pattern", allowing(service + send + source), allowing(service + send + `, "Condition": {"ArnEquals": {"AWS:SourceArn": "arn:*"}}`), []string{"aws:sourcearn"}, nil},
		{"a condition with fewer exceptions", allowing(send + `, "Condition": {"StringNotEquals": {"k": ["a", "b"]}}`), allowing(send + `, "Condition": {"StringNotEquals": {"k": "a"}}`), []string{"limited it"}, nil},
		{"a condition with wider exceptions", deny(`"Principal": "*", ` + send + `, "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:a-x"}}`), deny(`"Principal": "*", ` + send + `, "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:a-*"}}`), []string{"no longer denies"}, nil},
		{"a denial less", policyOf(allowing(send), deny(`"Principal": "*", `+send+plain)), policyOf(allowing(send)), []string{"no longer denies sqs:SendMessage"}, nil},
		{"a denial with a condition more", policyOf(allowing(send), deny(`"Principal": "*", `+send)), policyOf(allowing(send), deny(`"Principal": "*", `+send+plain)), []string{"but where aws:securetransport says so"}, nil},
		{"all but some actions", allowing(`"NotAction": ["iam:*", "kms:*"], "Resource": "*"`), allowing(`"NotAction": "iam:*", "Resource": "*"`), []string{"everything but iam:*"}, nil},
		{"all but some, and one of them", allowing(send), allowing(`"NotAction": "iam:*", "Resource": "*"`), []string{"everything but iam:*"}, nil},
		{"all but some principals", allowing(`"NotPrincipal": {"AWS": ["1", "2"]}, ` + send), allowing(`"NotPrincipal": {"AWS": "1"}, ` + send), []string{"to everybody but"}, nil},
		{"nothing, and something", "", allowing(send), []string{"allows sqs:SendMessage"}, nil},
		{"this instead of that", allowing(send), allowing(`"Action": "sqs:DeleteMessage", "Resource": "arn:q"`), []string{"sqs:DeleteMessage"}, []string{"sqs:SendMessage"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			before, after := readStatements(t, test.before), readStatements(t, test.after)
			hold(t, widenedBy(before, after), test.wider)
			hold(t, widenedBy(after, before), test.narrower)
		})
	}
}

func readStatements(t *testing.T, text string) []statement {
	t.Helper()
	if text != "" && !strings.Contains(text, `"Statement"`) {
		text = policyOf(text)
	}
	statements, known := statementsOf(text)
	if !known {
		t.Fatalf("%s is no policy", text)
	}
	return statements
}

func hold(t *testing.T, got, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("got %q, want %q", got, want)
		return
	}
	for i := range got {
		if !strings.Contains(got[i], want[i]) {
			t.Errorf("got %q, want %q in it", got[i], want[i])
		}
	}
}

func TestGlob(t *testing.T) {
	for _, test := range []struct {
		pattern, name string
		want          bool
	}{
		{"*", "anything", true}, {"a*c", "abc", true}, {"a*c", "ac", true}, {"a*c", "abd", false}, {"a?c", "abc", true}, {"a?c", "a*c", false}, {"a*", "a*b*", true},
		{"ab*", "a*", false}, {"a*b*c", "aXbYbZc", true}, {"", "", true}, {"", "a", false}, {"a**", "a", true}, {"*a", "ba", true}, {"*a", "ab", false},
	} {
		if got := glob(test.pattern, test.name); got != test.want {
			t.Errorf("glob(%q, %q) is %v", test.pattern, test.name, got)
		}
	}
}

func TestWidened(t *testing.T) {
	narrow, wide := policyOf(allowing(`"Action": "sqs:SendMessage", "Resource": "arn:q"`)), policyOf(allowing(`"Action": "sqs:*", "Resource": "arn:q"`))
	role := changed("aws_iam_role", nil, objectOf{"name": "orders"})
	trials := []guardTrial{
		{name: "a trust", changes: changed("aws_iam_role", objectOf{"assume_role_policy": narrow}, objectOf{"assume_role_policy": wide}), want: []string{"tells iam-widened: allows sqs:*"}},
		{name: "a first policy of a role that is there", changes: changed("aws_iam_role_policy", nil, objectOf{"role": "orders", "policy": narrow}), want: []string{"tells iam-widened: allows sqs:SendMessage"}},
		{name: "a first policy of a new role", changes: append(changed("aws_iam_role_policy", nil, objectOf{"role": "orders", "policy": narrow}), role...)},
		{name: "a first policy of what is not known yet", changes: madeUnknown(changed("aws_sqs_queue_policy", nil, objectOf{"policy": narrow}), "queue_url")},
		{name: "a policy that is known later", changes: madeUnknown(changed("aws_iam_role_policy", objectOf{"role": "orders", "policy": narrow}, objectOf{"role": "orders"}), "policy"), want: []string{
			"tells iam-widened: policy is known after the apply alone",
		}},
		{name: "a policy that goes", changes: changed("aws_iam_role_policy", objectOf{"role": "orders", "policy": wide}, nil)},
		{name: "a denial that goes", changes: changed("aws_sqs_queue_policy", objectOf{"queue_url": "u", "policy": policyOf(deny(`"Principal": "*", "Action": "sqs:*", "Resource": "arn:q"`))}, nil), want: []string{
			"tells iam-widened: no longer denies sqs:* on arn:q to everybody",
		}},
		{name: "a denial that goes with its queue", changes: append(
			changed("aws_sqs_queue_policy", objectOf{"queue_url": "u", "policy": policyOf(deny(`"Principal": "*", "Action": "sqs:*", "Resource": "arn:q"`))}, nil),
			changed("aws_sqs_queue", objectOf{"url": "u"}, nil)...), want: []string{"refuses data-lost"}},
		{name: "no policy at all", changes: changed("aws_iam_role_policy", objectOf{"policy": narrow}, objectOf{"policy": "{"}), want: []string{"tells iam-widened: cannot be read"}},
		{name: "no boundary", changes: changed("aws_iam_role", objectOf{"permissions_boundary": "arn:b"}, objectOf{}), want: []string{"tells iam-widened: permissions boundary"}},
		{name: "a boundary", changes: changed("aws_iam_role", objectOf{}, objectOf{"permissions_boundary": "arn:b"})},
		{name: "one more policy", changes: changed("aws_iam_role_policy_attachment", nil, objectOf{"role": "orders", "policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"}), want: []string{"tells iam-widened: gains the policy arn:aws:iam::aws:policy/AdministratorAccess"}},
		{name: "a policy of a new role", changes: append(changed("aws_iam_role_policy_attachment", nil, objectOf{"role": "orders", "policy_arn": "arn:p"}), role...)},
		{name: "a function for somebody", changes: changed("aws_lambda_permission", nil, objectOf{"function_name": "f", "principal": "events.amazonaws.com", "action": "lambda:InvokeFunction"}), want: []string{"tells iam-widened: lets events.amazonaws.com call lambda:InvokeFunction"}},
		{name: "a new function for somebody", changes: append(changed("aws_lambda_permission", nil, objectOf{"function_name": "f", "principal": "events.amazonaws.com"}), changed("aws_lambda_function", nil, objectOf{"function_name": "f"})...)},
	}
	for _, resourceType := range []string{"aws_iam_role_policy", "aws_iam_policy", "aws_kms_key", "aws_secretsmanager_secret", "aws_sns_topic", "aws_sqs_queue", "aws_vpc_endpoint", "aws_s3_bucket", "aws_sqs_queue_policy", "aws_sns_topic_policy", "aws_s3_bucket_policy", "aws_ecr_repository_policy", "aws_kms_key_policy", "aws_secretsmanager_secret_policy"} {
		trials = append(trials,
			guardTrial{name: resourceType + " wider", changes: changed(resourceType, objectOf{"policy": narrow}, objectOf{"policy": wide}), want: []string{"tells iam-widened: allows sqs:*"}},
			guardTrial{name: resourceType + " narrower", changes: changed(resourceType, objectOf{"policy": wide}, objectOf{"policy": narrow})},
			guardTrial{name: resourceType + " new", changes: madeUnknown(changed(resourceType, nil, objectOf{"policy": wide}), "role", "queue_url", "arn", "bucket", "repository", "key_id", "secret_arn")},
		)
	}
	run(t, trials)
}

func TestExposed(t *testing.T) {
	group := objectOf{"security_group_id": "sg-1"}
	rule := func(cidr string) objectOf {
		return objectOf{"security_group_id": "sg-1", "cidr_ipv4": cidr, "from_port": 443.0, "to_port": 443.0}
	}
	inside := func(cidr string) objectOf { return objectOf{"ingress": listOf(objectOf{"cidr_blocks": listOf(cidr)})} }
	shut := func(on bool) objectOf {
		return objectOf{"bucket": "b", "block_public_acls": on, "block_public_policy": on, "ignore_public_acls": on, "restrict_public_buckets": on}
	}
	route := func(gateway string) objectOf { return objectOf{"route_table_id": "rtb-1", "gateway_id": gateway} }
	association := func(table string) objectOf { return objectOf{"subnet_id": "subnet-1", "route_table_id": table} }
	public := changesOf("module.network", "aws_route", objectOf{"route_table_id": "rtb-public", "gateway_id": "igw-1"}, objectOf{"route_table_id": "rtb-public", "gateway_id": "igw-1"})
	public.Change.Actions = tfjson.Actions{tfjson.ActionNoop}
	everybody := func(condition string) objectOf {
		return objectOf{"queue_url": "u", "policy": policyOf(allowing(`"Principal": "*", "Action": "sqs:SendMessage", "Resource": "arn:q"` + condition))}
	}
	const limit = `, "Condition": {"ArnEquals": {"aws:SourceArn": "arn:t"}}`
	run(t, []guardTrial{
		{name: "a rule for the internet", changes: changed("aws_vpc_security_group_ingress_rule", rule("10.0.0.0/8"), rule("0.0.0.0/0")), want: []string{"tells exposed: lets in 0.0.0.0/0 at port 443"}},
		{name: "a rule for half of it", changes: changed("aws_vpc_security_group_ingress_rule", rule("10.0.0.0/8"), rule("128.0.0.0/1")), want: []string{"tells exposed: lets in 128.0.0.0/1"}},
		{name: "a rule for an office", changes: changed("aws_vpc_security_group_ingress_rule", rule("10.0.0.0/8"), rule("192.0.2.0/24"))},
		{name: "a rule for another part of it", changes: changed("aws_vpc_security_group_ingress_rule", rule("0.0.0.0/0"), rule("10.0.0.0/8"))},
		{name: "one more rule", changes: changed("aws_vpc_security_group_ingress_rule", nil, objectOf{"security_group_id": "sg-1", "cidr_ipv6": "::/0"}), want: []string{"tells exposed: lets in ::/0 at every port"}},
		{name: "a rule of a new group", changes: madeUnknown(changed("aws_vpc_security_group_ingress_rule", nil, objectOf{"cidr_ipv6": "::/0"}), "security_group_id")},
		{name: "a rule of a group that is made anew", changes: append(madeUnknown(changed("aws_vpc_security_group_ingress_rule", nil, objectOf{"cidr_ipv6": "::/0"}), "security_group_id"), anew(changed("aws_security_group", group, group))...), want: []string{"tells exposed: lets in ::/0"}},
		{name: "a rule that is made anew with its group", changes: madeUnknown(anew(changed("aws_vpc_security_group_ingress_rule", rule("10.0.0.0/8"), objectOf{"cidr_ipv4": "0.0.0.0/0"})), "security_group_id"), want: []string{"tells exposed: lets in 0.0.0.0/0"}},
		{name: "a rule for going out", changes: changed("aws_vpc_security_group_egress_rule", group, objectOf{"security_group_id": "sg-1", "cidr_ipv4": "0.0.0.0/0"})},
		{name: "a rule of the older kind", changes: changed("aws_security_group_rule", nil, objectOf{"type": "ingress", "security_group_id": "sg-1", "cidr_blocks": listOf("0.0.0.0/0"), "from_port": 1.0, "to_port": 9.0}), want: []string{"tells exposed: at ports 1 to 9"}},
		{name: "a rule in a group", changes: changed("aws_security_group", inside("10.0.0.0/8"), inside("0.0.0.0/0")), want: []string{"tells exposed: lets in 0.0.0.0/0"}},
		{name: "a private rule in a group", changes: changed("aws_security_group", inside("0.0.0.0/0"), inside("10.0.0.0/8"))},
		{name: "a rule of an ACL", changes: changed("aws_network_acl_rule", objectOf{}, objectOf{"network_acl_id": "a", "rule_action": "allow", "cidr_block": "0.0.0.0/0"}), want: []string{"tells exposed"}},
		{name: "a rule of an ACL that keeps out", changes: changed("aws_network_acl_rule", objectOf{}, objectOf{"network_acl_id": "a", "rule_action": "deny", "cidr_block": "0.0.0.0/0"})},
		{name: "a route to the internet", changes: changed("aws_route", nil, route("igw-1")), want: []string{"tells exposed: the subnets of rtb-1"}},
		{name: "a route elsewhere", changes: changed("aws_route", nil, route("vgw-1"))},
		{name: "a route of a new table", changes: madeUnknown(changed("aws_route", nil, objectOf{"gateway_id": "igw-1"}), "route_table_id")},
		{name: "a subnet with another table", changes: append(changed("aws_route_table_association", association("rtb-1"), association("rtb-public")), public), want: []string{"tells exposed: the subnet subnet-1"}},
		{name: "a subnet with a private table", changes: append(changed("aws_route_table_association", association("rtb-public"), association("rtb-1")), public)},
		{name: "public addresses", changes: changed("aws_subnet", objectOf{"map_public_ip_on_launch": false}, objectOf{"map_public_ip_on_launch": true}), want: []string{"tells exposed: map_public_ip_on_launch"}},
		{name: "no public addresses", changes: changed("aws_subnet", objectOf{"map_public_ip_on_launch": true}, objectOf{"map_public_ip_on_launch": false})},
		{name: "a bucket that is open", changes: changed("aws_s3_bucket_public_access_block", shut(true), shut(false)), want: []string{"tells exposed: block_public_acls, block_public_policy, ignore_public_acls, restrict_public_buckets off"}},
		{name: "a bucket that is shut", changes: changed("aws_s3_bucket_public_access_block", shut(false), shut(true))},
		{name: "nothing keeps it shut", changes: changed("aws_s3_bucket_public_access_block", shut(true), nil), want: []string{"tells exposed: nothing keeps the bucket shut"}},
		{name: "it goes with the bucket", changes: append(changed("aws_s3_bucket_public_access_block", shut(true), nil), changed("aws_s3_bucket", objectOf{"bucket": "b"}, nil)...), want: []string{"refuses data-lost"}},
		{name: "an ACL for everybody", changes: changed("aws_s3_bucket_acl", objectOf{"bucket": "b", "acl": "private"}, objectOf{"bucket": "b", "acl": "public-read"}), want: []string{"tells exposed: acl public-read"}},
		{name: "an ACL for the owner", changes: changed("aws_s3_bucket_acl", objectOf{"bucket": "b", "acl": "public-read"}, objectOf{"bucket": "b", "acl": "private"})},
		{name: "a queue for everybody", changes: changed("aws_sqs_queue_policy", everybody(limit), everybody("")), want: []string{"tells exposed: everybody may do sqs:SendMessage", "tells iam-widened"}},
		{name: "a queue for everybody from one topic", changes: changed("aws_sqs_queue_policy", everybody(""), everybody(limit))},
		{name: "a condition that limits nobody", changes: changed("aws_sqs_queue_policy", everybody(limit), everybody(`, "Condition": {"ArnLike": {"aws:SourceArn": "*"}}`)), want: []string{"tells exposed", "tells iam-widened"}},
		{name: "a load balancer", changes: anew(changed("aws_lb", objectOf{"internal": true}, objectOf{"internal": false}), "internal"), want: []string{"tells exposed: faces the internet"}},
		{name: "a load balancer inside", changes: anew(changed("aws_lb", objectOf{"internal": false}, objectOf{"internal": true}), "internal")},
		{name: "a server", changes: changed("aws_db_instance", objectOf{"publicly_accessible": false}, objectOf{"publicly_accessible": true}), want: []string{"tells exposed: publicly_accessible is turned on"}},
		{name: "a server inside", changes: changed("aws_rds_cluster_instance", objectOf{"publicly_accessible": true}, objectOf{"publicly_accessible": false})},
		{name: "tasks", changes: changed("aws_ecs_service", objectOf{"network_configuration": listOf(objectOf{"assign_public_ip": false})}, objectOf{"network_configuration": listOf(objectOf{"assign_public_ip": true})}), want: []string{"tells exposed: assign_public_ip"}},
		{name: "a function", changes: changed("aws_lambda_function_url", objectOf{"function_name": "f", "authorization_type": "AWS_IAM"}, objectOf{"function_name": "f", "authorization_type": "NONE"}), want: []string{"tells exposed: authorization_type NONE"}},
		{name: "a function for everybody", changes: changed("aws_lambda_permission", nil, objectOf{"function_name": "f", "principal": "*"}), want: []string{"tells exposed: everybody may call f", "tells iam-widened"}},
	})
}

func TestOpen(t *testing.T) {
	for cidr, want := range map[string]bool{
		"0.0.0.0/0": true, "::/0": true, "0.0.0.0/1": true, "8.0.0.0/8": true, "10.0.0.0/8": false, "172.16.0.0/12": false, "172.0.0.0/8": true, "192.0.2.0/24": false,
		"100.64.0.0/10": false, "fd00::/8": false, "2000::/3": true, "2001:db8::/32": false, "10.0.0.0/7": true, "": false, "pl-1": false,
	} {
		if got := isInternet(cidr); got != want {
			t.Errorf("open(%q) is %v", cidr, got)
		}
	}
}

// The policies of load balancers that AWS has, from those that ask least on.
func TestTLS(t *testing.T) {
	var ranks []int
	for _, policy := range []string{"2016-08", "TLS-1-1-2017-01", "TLS13-1-1-2021-06", "TLS-1-2-Ext-2018-06", "TLS-1-2-2017-01", "TLS13-1-2-Ext1-2021-06", "TLS13-1-2-2021-06", "TLS13-1-2-Res-2021-06", "TLS13-1-3-2021-06"} {
		ranks = append(ranks, tlsRank("ELBSecurityPolicy-"+policy))
	}
	if !slices.IsSorted(ranks) || ranks[0] == 0 || len(slices.Compact(slices.Clone(ranks))) != len(ranks) {
		t.Errorf("got %v", ranks)
	}
	if tlsRank("mine") != 0 {
		t.Error("an unknown policy has a place")
	}
}

func TestStatementsOf(t *testing.T) {
	for text, want := range map[string]bool{"": true, "{}": true, "{": false, `{"Statement": "x"}`: false, policyOf(): true} {
		if _, known := statementsOf(text); known != want {
			t.Errorf("statementsOf(%q) is %v", text, known)
		}
	}
	got := fmt.Sprint(statementOf(objectOf{"Effect": "Allow", "Principal": objectOf{"AWS": "arn:aws-cn:iam::123456789012:root"}}).principals)
	if got != "[AWS:123456789012]" {
		t.Errorf("got %s", got)
	}
}

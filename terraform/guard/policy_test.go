package guard

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
)

// policy is a document of statements.
func policy(statements ...string) string {
	return `{"Version": "2012-10-17", "Statement": [` + strings.Join(statements, ", ") + `]}`
}

func allow(rest string) string { return `{"Effect": "Allow", ` + rest + `}` }

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
		{"the same in another spelling", allow(`"Principal": {"AWS": "123456789012"}, "Action": ["SQS:SendMessage"], "Resource": ["arn:q"]`), allow(`"Principal": {"AWS": ["arn:aws:iam::123456789012:root"]}, ` + send), nil, nil},
		{"another order and another name", policy(allow(send), allow(`"Action": ["a:B", "a:C"], "Resource": "*"`)), policy(allow(`"Sid": "x", "Action": ["a:C", "a:B"], "Resource": "*"`), allow(send)), nil, nil},
		{"one statement or two", allow(`"Action": ["a:B", "a:C"], "Resource": ["x", "y"]`), policy(allow(`"Action": ["a:B", "a:C"], "Resource": "x"`), allow(`"Action": ["a:C", "a:B"], "Resource": "y"`)), nil, nil},
		{"a statement alone is a list of one", `{"Statement": ` + allow(send) + `}`, policy(allow(send)), nil, nil},
		{"an action more", allow(send), allow(`"Action": ["sqs:SendMessage", "sqs:DeleteMessage"], "Resource": "arn:q"`), []string{"allows sqs:DeleteMessage on arn:q"}, nil},
		{"a pattern of actions", allow(send), allow(`"Action": "sqs:*", "Resource": "arn:q"`), []string{"allows sqs:* on arn:q"}, nil},
		{"a resource more", allow(send), allow(`"Action": "sqs:SendMessage", "Resource": ["arn:q", "arn:r"]`), []string{"allows sqs:SendMessage on arn:r"}, nil},
		{"a pattern of resources", allow(send), allow(`"Action": "sqs:SendMessage", "Resource": "arn:*"`), []string{"on arn:*"}, nil},
		{"a principal more", allow(service + send), allow(`"Principal": {"Service": ["sns.amazonaws.com", "s3.amazonaws.com"]}, ` + send), []string{"to s3.amazonaws.com"}, nil},
		{"everybody", allow(service + send), allow(`"Principal": "*", ` + send), []string{"to everybody"}, nil},
		{"everybody in another spelling", allow(`"Principal": {"AWS": "*"}, ` + send), allow(`"Principal": "*", ` + send), nil, nil},
		{"a condition less", allow(service + send + source), allow(service + send), []string{"where before aws:sourcearn limited it"}, nil},
		{"a condition with a value more", allow(service + send + source), allow(service + send + `, "Condition": {"ArnEquals": {"aws:SourceArn": ["arn:t", "arn:u"]}}`), []string{"aws:sourcearn"}, nil},
		{"a condition with a pattern", allow(service + send + source), allow(service + send + `, "Condition": {"ArnEquals": {"AWS:SourceArn": "arn:*"}}`), []string{"aws:sourcearn"}, nil},
		{"a condition with fewer exceptions", allow(send + `, "Condition": {"StringNotEquals": {"k": ["a", "b"]}}`), allow(send + `, "Condition": {"StringNotEquals": {"k": "a"}}`), []string{"limited it"}, nil},
		{"a condition with wider exceptions", deny(`"Principal": "*", ` + send + `, "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:a-x"}}`), deny(`"Principal": "*", ` + send + `, "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:a-*"}}`), []string{"no longer denies"}, nil},
		{"a denial less", policy(allow(send), deny(`"Principal": "*", `+send+plain)), policy(allow(send)), []string{"no longer denies sqs:SendMessage"}, nil},
		{"a denial with a condition more", policy(allow(send), deny(`"Principal": "*", `+send)), policy(allow(send), deny(`"Principal": "*", `+send+plain)), []string{"but where aws:securetransport says so"}, nil},
		{"all but some actions", allow(`"NotAction": ["iam:*", "kms:*"], "Resource": "*"`), allow(`"NotAction": "iam:*", "Resource": "*"`), []string{"everything but iam:*"}, nil},
		{"all but some, and one of them", allow(send), allow(`"NotAction": "iam:*", "Resource": "*"`), []string{"everything but iam:*"}, nil},
		{"all but some principals", allow(`"NotPrincipal": {"AWS": ["1", "2"]}, ` + send), allow(`"NotPrincipal": {"AWS": "1"}, ` + send), []string{"to everybody but"}, nil},
		{"nothing, and something", "", allow(send), []string{"allows sqs:SendMessage"}, nil},
		{"this instead of that", allow(send), allow(`"Action": "sqs:DeleteMessage", "Resource": "arn:q"`), []string{"sqs:DeleteMessage"}, []string{"sqs:SendMessage"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			before, after := read(t, test.before), read(t, test.after)
			hold(t, wider(before, after), test.wider)
			hold(t, wider(after, before), test.narrower)
		})
	}
}

func read(t *testing.T, text string) []statement {
	t.Helper()
	if text != "" && !strings.Contains(text, `"Statement"`) {
		text = policy(text)
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
	narrow, wide := policy(allow(`"Action": "sqs:SendMessage", "Resource": "arn:q"`)), policy(allow(`"Action": "sqs:*", "Resource": "arn:q"`))
	role := changed("aws_iam_role", nil, object{"name": "orders"})
	trials := []trial{
		{name: "a trust", changes: changed("aws_iam_role", object{"assume_role_policy": narrow}, object{"assume_role_policy": wide}), want: []string{"tells iam-widened: allows sqs:*"}},
		{name: "a first policy of a role that is there", changes: changed("aws_iam_role_policy", nil, object{"role": "orders", "policy": narrow}), want: []string{"tells iam-widened: allows sqs:SendMessage"}},
		{name: "a first policy of a new role", changes: append(changed("aws_iam_role_policy", nil, object{"role": "orders", "policy": narrow}), role...)},
		{name: "a first policy of what is not known yet", changes: unknown(changed("aws_sqs_queue_policy", nil, object{"policy": narrow}), "queue_url")},
		{name: "a policy that is known later", changes: unknown(changed("aws_iam_role_policy", object{"role": "orders", "policy": narrow}, object{"role": "orders"}), "policy"), want: []string{
			"tells iam-widened: policy is known after the apply alone",
		}},
		{name: "a policy that goes", changes: changed("aws_iam_role_policy", object{"role": "orders", "policy": wide}, nil)},
		{name: "a denial that goes", changes: changed("aws_sqs_queue_policy", object{"queue_url": "u", "policy": policy(deny(`"Principal": "*", "Action": "sqs:*", "Resource": "arn:q"`))}, nil), want: []string{
			"tells iam-widened: no longer denies sqs:* on arn:q to everybody",
		}},
		{name: "a denial that goes with its queue", changes: append(
			changed("aws_sqs_queue_policy", object{"queue_url": "u", "policy": policy(deny(`"Principal": "*", "Action": "sqs:*", "Resource": "arn:q"`))}, nil),
			changed("aws_sqs_queue", object{"url": "u"}, nil)...), want: []string{"refuses data-lost"}},
		{name: "no policy at all", changes: changed("aws_iam_role_policy", object{"policy": narrow}, object{"policy": "{"}), want: []string{"tells iam-widened: cannot be read"}},
		{name: "no boundary", changes: changed("aws_iam_role", object{"permissions_boundary": "arn:b"}, object{}), want: []string{"tells iam-widened: permissions boundary"}},
		{name: "a boundary", changes: changed("aws_iam_role", object{}, object{"permissions_boundary": "arn:b"})},
		{name: "one more policy", changes: changed("aws_iam_role_policy_attachment", nil, object{"role": "orders", "policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"}), want: []string{"tells iam-widened: gains the policy arn:aws:iam::aws:policy/AdministratorAccess"}},
		{name: "a policy of a new role", changes: append(changed("aws_iam_role_policy_attachment", nil, object{"role": "orders", "policy_arn": "arn:p"}), role...)},
		{name: "a function for somebody", changes: changed("aws_lambda_permission", nil, object{"function_name": "f", "principal": "events.amazonaws.com", "action": "lambda:InvokeFunction"}), want: []string{"tells iam-widened: lets events.amazonaws.com call lambda:InvokeFunction"}},
		{name: "a new function for somebody", changes: append(changed("aws_lambda_permission", nil, object{"function_name": "f", "principal": "events.amazonaws.com"}), changed("aws_lambda_function", nil, object{"function_name": "f"})...)},
	}
	for _, resourceType := range []string{"aws_iam_role_policy", "aws_iam_policy", "aws_kms_key", "aws_secretsmanager_secret", "aws_sns_topic", "aws_sqs_queue", "aws_vpc_endpoint", "aws_s3_bucket", "aws_sqs_queue_policy", "aws_sns_topic_policy", "aws_s3_bucket_policy", "aws_ecr_repository_policy", "aws_kms_key_policy", "aws_secretsmanager_secret_policy"} {
		trials = append(trials,
			trial{name: resourceType + " wider", changes: changed(resourceType, object{"policy": narrow}, object{"policy": wide}), want: []string{"tells iam-widened: allows sqs:*"}},
			trial{name: resourceType + " narrower", changes: changed(resourceType, object{"policy": wide}, object{"policy": narrow})},
			trial{name: resourceType + " new", changes: unknown(changed(resourceType, nil, object{"policy": wide}), "role", "queue_url", "arn", "bucket", "repository", "key_id", "secret_arn")},
		)
	}
	run(t, trials)
}

func TestExposed(t *testing.T) {
	group := object{"security_group_id": "sg-1"}
	rule := func(cidr string) object {
		return object{"security_group_id": "sg-1", "cidr_ipv4": cidr, "from_port": 443.0, "to_port": 443.0}
	}
	inside := func(cidr string) object { return object{"ingress": list(object{"cidr_blocks": list(cidr)})} }
	shut := func(on bool) object {
		return object{"bucket": "b", "block_public_acls": on, "block_public_policy": on, "ignore_public_acls": on, "restrict_public_buckets": on}
	}
	route := func(gateway string) object { return object{"route_table_id": "rtb-1", "gateway_id": gateway} }
	association := func(table string) object { return object{"subnet_id": "subnet-1", "route_table_id": table} }
	public := of("module.network", "aws_route", object{"route_table_id": "rtb-public", "gateway_id": "igw-1"}, object{"route_table_id": "rtb-public", "gateway_id": "igw-1"})
	public.Change.Actions = tfjson.Actions{tfjson.ActionNoop}
	everybody := func(condition string) object {
		return object{"queue_url": "u", "policy": policy(allow(`"Principal": "*", "Action": "sqs:SendMessage", "Resource": "arn:q"` + condition))}
	}
	const limit = `, "Condition": {"ArnEquals": {"aws:SourceArn": "arn:t"}}`
	run(t, []trial{
		{name: "a rule for the internet", changes: changed("aws_vpc_security_group_ingress_rule", rule("10.0.0.0/8"), rule("0.0.0.0/0")), want: []string{"tells exposed: lets in 0.0.0.0/0 at port 443"}},
		{name: "a rule for half of it", changes: changed("aws_vpc_security_group_ingress_rule", rule("10.0.0.0/8"), rule("128.0.0.0/1")), want: []string{"tells exposed: lets in 128.0.0.0/1"}},
		{name: "a rule for an office", changes: changed("aws_vpc_security_group_ingress_rule", rule("10.0.0.0/8"), rule("192.0.2.0/24"))},
		{name: "a rule for another part of it", changes: changed("aws_vpc_security_group_ingress_rule", rule("0.0.0.0/0"), rule("10.0.0.0/8"))},
		{name: "one more rule", changes: changed("aws_vpc_security_group_ingress_rule", nil, object{"security_group_id": "sg-1", "cidr_ipv6": "::/0"}), want: []string{"tells exposed: lets in ::/0 at every port"}},
		{name: "a rule of a new group", changes: unknown(changed("aws_vpc_security_group_ingress_rule", nil, object{"cidr_ipv6": "::/0"}), "security_group_id")},
		{name: "a rule of a group that is made anew", changes: append(unknown(changed("aws_vpc_security_group_ingress_rule", nil, object{"cidr_ipv6": "::/0"}), "security_group_id"), anew(changed("aws_security_group", group, group))...), want: []string{"tells exposed: lets in ::/0"}},
		{name: "a rule that is made anew with its group", changes: unknown(anew(changed("aws_vpc_security_group_ingress_rule", rule("10.0.0.0/8"), object{"cidr_ipv4": "0.0.0.0/0"})), "security_group_id"), want: []string{"tells exposed: lets in 0.0.0.0/0"}},
		{name: "a rule for going out", changes: changed("aws_vpc_security_group_egress_rule", group, object{"security_group_id": "sg-1", "cidr_ipv4": "0.0.0.0/0"})},
		{name: "a rule of the older kind", changes: changed("aws_security_group_rule", nil, object{"type": "ingress", "security_group_id": "sg-1", "cidr_blocks": list("0.0.0.0/0"), "from_port": 1.0, "to_port": 9.0}), want: []string{"tells exposed: at ports 1 to 9"}},
		{name: "a rule in a group", changes: changed("aws_security_group", inside("10.0.0.0/8"), inside("0.0.0.0/0")), want: []string{"tells exposed: lets in 0.0.0.0/0"}},
		{name: "a private rule in a group", changes: changed("aws_security_group", inside("0.0.0.0/0"), inside("10.0.0.0/8"))},
		{name: "a rule of an ACL", changes: changed("aws_network_acl_rule", object{}, object{"network_acl_id": "a", "rule_action": "allow", "cidr_block": "0.0.0.0/0"}), want: []string{"tells exposed"}},
		{name: "a rule of an ACL that keeps out", changes: changed("aws_network_acl_rule", object{}, object{"network_acl_id": "a", "rule_action": "deny", "cidr_block": "0.0.0.0/0"})},
		{name: "a route to the internet", changes: changed("aws_route", nil, route("igw-1")), want: []string{"tells exposed: the subnets of rtb-1"}},
		{name: "a route elsewhere", changes: changed("aws_route", nil, route("vgw-1"))},
		{name: "a route of a new table", changes: unknown(changed("aws_route", nil, object{"gateway_id": "igw-1"}), "route_table_id")},
		{name: "a subnet with another table", changes: append(changed("aws_route_table_association", association("rtb-1"), association("rtb-public")), public), want: []string{"tells exposed: the subnet subnet-1"}},
		{name: "a subnet with a private table", changes: append(changed("aws_route_table_association", association("rtb-public"), association("rtb-1")), public)},
		{name: "public addresses", changes: changed("aws_subnet", object{"map_public_ip_on_launch": false}, object{"map_public_ip_on_launch": true}), want: []string{"tells exposed: map_public_ip_on_launch"}},
		{name: "no public addresses", changes: changed("aws_subnet", object{"map_public_ip_on_launch": true}, object{"map_public_ip_on_launch": false})},
		{name: "a bucket that is open", changes: changed("aws_s3_bucket_public_access_block", shut(true), shut(false)), want: []string{"tells exposed: block_public_acls, block_public_policy, ignore_public_acls, restrict_public_buckets off"}},
		{name: "a bucket that is shut", changes: changed("aws_s3_bucket_public_access_block", shut(false), shut(true))},
		{name: "nothing keeps it shut", changes: changed("aws_s3_bucket_public_access_block", shut(true), nil), want: []string{"tells exposed: nothing keeps the bucket shut"}},
		{name: "it goes with the bucket", changes: append(changed("aws_s3_bucket_public_access_block", shut(true), nil), changed("aws_s3_bucket", object{"bucket": "b"}, nil)...), want: []string{"refuses data-lost"}},
		{name: "an ACL for everybody", changes: changed("aws_s3_bucket_acl", object{"bucket": "b", "acl": "private"}, object{"bucket": "b", "acl": "public-read"}), want: []string{"tells exposed: acl public-read"}},
		{name: "an ACL for the owner", changes: changed("aws_s3_bucket_acl", object{"bucket": "b", "acl": "public-read"}, object{"bucket": "b", "acl": "private"})},
		{name: "a queue for everybody", changes: changed("aws_sqs_queue_policy", everybody(limit), everybody("")), want: []string{"tells exposed: everybody may do sqs:SendMessage", "tells iam-widened"}},
		{name: "a queue for everybody from one topic", changes: changed("aws_sqs_queue_policy", everybody(""), everybody(limit))},
		{name: "a condition that limits nobody", changes: changed("aws_sqs_queue_policy", everybody(limit), everybody(`, "Condition": {"ArnLike": {"aws:SourceArn": "*"}}`)), want: []string{"tells exposed", "tells iam-widened"}},
		{name: "a load balancer", changes: anew(changed("aws_lb", object{"internal": true}, object{"internal": false}), "internal"), want: []string{"tells exposed: faces the internet"}},
		{name: "a load balancer inside", changes: anew(changed("aws_lb", object{"internal": false}, object{"internal": true}), "internal")},
		{name: "a server", changes: changed("aws_db_instance", object{"publicly_accessible": false}, object{"publicly_accessible": true}), want: []string{"tells exposed: publicly_accessible is turned on"}},
		{name: "a server inside", changes: changed("aws_rds_cluster_instance", object{"publicly_accessible": true}, object{"publicly_accessible": false})},
		{name: "tasks", changes: changed("aws_ecs_service", object{"network_configuration": list(object{"assign_public_ip": false})}, object{"network_configuration": list(object{"assign_public_ip": true})}), want: []string{"tells exposed: assign_public_ip"}},
		{name: "a function", changes: changed("aws_lambda_function_url", object{"function_name": "f", "authorization_type": "AWS_IAM"}, object{"function_name": "f", "authorization_type": "NONE"}), want: []string{"tells exposed: authorization_type NONE"}},
		{name: "a function for everybody", changes: changed("aws_lambda_permission", nil, object{"function_name": "f", "principal": "*"}), want: []string{"tells exposed: everybody may call f", "tells iam-widened"}},
	})
}

func TestOpen(t *testing.T) {
	for cidr, want := range map[string]bool{
		"0.0.0.0/0": true, "::/0": true, "0.0.0.0/1": true, "8.0.0.0/8": true, "10.0.0.0/8": false, "172.16.0.0/12": false, "172.0.0.0/8": true, "192.0.2.0/24": false,
		"100.64.0.0/10": false, "fd00::/8": false, "2000::/3": true, "2001:db8::/32": false, "10.0.0.0/7": true, "": false, "pl-1": false,
	} {
		if got := open(cidr); got != want {
			t.Errorf("open(%q) is %v", cidr, got)
		}
	}
}

// The policies of load balancers that AWS has, from those that ask least on.
func TestTLS(t *testing.T) {
	var ranks []int
	for _, policy := range []string{"2016-08", "TLS-1-1-2017-01", "TLS13-1-1-2021-06", "TLS-1-2-Ext-2018-06", "TLS-1-2-2017-01", "TLS13-1-2-Ext1-2021-06", "TLS13-1-2-2021-06", "TLS13-1-2-Res-2021-06", "TLS13-1-3-2021-06"} {
		ranks = append(ranks, tls("ELBSecurityPolicy-"+policy))
	}
	if !slices.IsSorted(ranks) || ranks[0] == 0 || len(slices.Compact(slices.Clone(ranks))) != len(ranks) {
		t.Errorf("got %v", ranks)
	}
	if tls("mine") != 0 {
		t.Error("an unknown policy has a place")
	}
}

func TestStatementsOf(t *testing.T) {
	for text, want := range map[string]bool{"": true, "{}": true, "{": false, `{"Statement": "x"}`: false, policy(): true} {
		if _, known := statementsOf(text); known != want {
			t.Errorf("statementsOf(%q) is %v", text, known)
		}
	}
	got := fmt.Sprint(statementOf(object{"Effect": "Allow", "Principal": object{"AWS": "arn:aws-cn:iam::123456789012:root"}}).principals)
	if got != "[AWS:123456789012]" {
		t.Errorf("got %s", got)
	}
}

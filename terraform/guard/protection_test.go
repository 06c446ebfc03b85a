package guard

import (
	"encoding/json"
	"fmt"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
)

func TestWeakened(t *testing.T) {
	var trials []trial
	for _, p := range protections {
		trials = append(trials,
			trial{name: p.resourceType + " without " + p.name, changes: changed(p.resourceType, object{p.name: true}, object{p.name: false}), want: []string{"tells weakened: " + p.name + " is turned off"}},
			trial{name: p.resourceType + " with " + p.name, changes: changed(p.resourceType, object{p.name: false}, object{p.name: true})},
			trial{name: p.resourceType + " new without " + p.name, changes: changed(p.resourceType, nil, object{p.name: false})},
		)
	}
	for resourceType, name := range sealed {
		trials = append(trials,
			trial{name: resourceType + " with another key", changes: changed(resourceType, object{name: "arn:k"}, object{name: "arn:l"}), want: []string{"tells weakened: " + name + " is another key"}},
			trial{name: resourceType + " without a key", changes: changed(resourceType, object{name: "arn:k"}, object{name: ""}), want: []string{"tells weakened: " + name + " is gone"}},
			trial{name: resourceType + " with a key that is made", changes: unknown(changed(resourceType, object{name: "arn:k"}, object{}), name), want: []string{"tells weakened: " + name + " is known after the apply alone"}},
			trial{name: resourceType + " with a first key", changes: changed(resourceType, object{}, object{name: "arn:l"})},
			trial{name: resourceType + " with its key", changes: changed(resourceType, object{name: "arn:k"}, object{name: "arn:k"})},
		)
	}
	listener := func(policy string) object { return object{"protocol": "HTTPS", "ssl_policy": policy} }
	encryption := func(key string) object {
		return object{"bucket": "b", "rule": list(object{"apply_server_side_encryption_by_default": list(object{"kms_master_key_id": key})})}
	}
	owner := func(who string) object { return object{"rule": list(object{"object_ownership": who})} }
	group := func(value string) object {
		return object{"parameter": list(object{"name": "work_mem", "value": "1"}, object{"name": "rds.force_ssl", "value": value})}
	}
	distribution := func(tls, protocol string) object {
		return object{"viewer_certificate": list(object{"minimum_protocol_version": tls}), "default_cache_behavior": list(object{"viewer_protocol_policy": protocol})}
	}
	run(t, append(trials,
		trial{name: "a shell", changes: changed("aws_ecs_service", object{"enable_execute_command": false}, object{"enable_execute_command": true}), want: []string{"tells weakened: enable_execute_command is turned on"}},
		trial{name: "no shell", changes: changed("aws_ecs_service", object{"enable_execute_command": true}, object{"enable_execute_command": false})},
		trial{name: "images that change", changes: changed("aws_ecr_repository", object{"image_tag_mutability": "IMMUTABLE"}, object{"image_tag_mutability": "MUTABLE"}), want: []string{"tells weakened: image_tag_mutability"}},
		trial{name: "images that stay", changes: changed("aws_ecr_repository", object{"image_tag_mutability": "MUTABLE"}, object{"image_tag_mutability": "IMMUTABLE"})},
		trial{name: "an older TLS", changes: changed("aws_lb_listener", listener("ELBSecurityPolicy-TLS13-1-2-Res-2021-06"), listener("ELBSecurityPolicy-2016-08")), want: []string{"tells weakened: ssl_policy"}},
		trial{name: "a TLS nobody knows", changes: changed("aws_lb_listener", listener("ELBSecurityPolicy-TLS13-1-2-Res-2021-06"), listener("mine")), want: []string{"tells weakened: ssl_policy"}},
		trial{name: "a newer TLS", changes: changed("aws_lb_listener", listener("ELBSecurityPolicy-2016-08"), listener("ELBSecurityPolicy-TLS13-1-3-2021-06"))},
		trial{name: "no TLS", changes: changed("aws_lb_listener", listener("ELBSecurityPolicy-2016-08"), object{"protocol": "HTTP"}), want: []string{"tells weakened: HTTPS -> HTTP"}},
		trial{name: "an older TLS for objects", changes: changed("aws_cloudfront_distribution", distribution("TLSv1.2_2021", "https-only"), distribution("TLSv1", "https-only")), want: []string{"tells weakened: minimum_protocol_version"}},
		trial{name: "no TLS for objects", changes: changed("aws_cloudfront_distribution", distribution("TLSv1.2_2021", "https-only"), distribution("TLSv1.2_2021", "allow-all")), want: []string{"tells weakened: viewer_protocol_policy"}},
		trial{name: "a newer TLS for objects", changes: changed("aws_cloudfront_distribution", distribution("TLSv1", "allow-all"), distribution("TLSv1.2_2021", "https-only"))},
		trial{name: "a server without TLS", changes: changed("aws_db_parameter_group", group("1"), group("0")), want: []string{"tells weakened: rds.force_ssl"}},
		trial{name: "a server with TLS", changes: changed("aws_rds_cluster_parameter_group", group("0"), group("1"))},
		trial{name: "a cache without TLS", changes: changed("aws_elasticache_replication_group", object{"transit_encryption_mode": "required"}, object{"transit_encryption_mode": "preferred"}), want: []string{"tells weakened: transit_encryption_mode"}},
		trial{name: "a cache with TLS", changes: changed("aws_elasticache_replication_group", object{"transit_encryption_mode": "preferred"}, object{"transit_encryption_mode": "required"})},
		trial{name: "a cache without users", changes: changed("aws_elasticache_replication_group", object{"user_group_ids": list("g")}, object{"user_group_ids": list()}), want: []string{"tells weakened: user_group_ids"}},
		trial{name: "objects with another key", changes: changed("aws_s3_bucket_server_side_encryption_configuration", encryption("arn:k"), encryption("arn:l")), want: []string{"tells weakened: another key encrypts its objects"}},
		trial{name: "objects without a key", changes: changed("aws_s3_bucket_server_side_encryption_configuration", encryption("arn:k"), nil), want: []string{"tells weakened: no key of this account"}},
		trial{name: "objects with a first key", changes: changed("aws_s3_bucket_server_side_encryption_configuration", encryption(""), encryption("arn:k"))},
		trial{name: "objects of whoever uploads them", changes: changed("aws_s3_bucket_ownership_controls", owner("BucketOwnerEnforced"), owner("ObjectWriter")), want: []string{"tells weakened: ACLs of objects count again"}},
		trial{name: "objects of the owner", changes: changed("aws_s3_bucket_ownership_controls", owner("ObjectWriter"), owner("BucketOwnerEnforced"))},
		trial{name: "no logs of reads", changes: changed("aws_s3_bucket_logging", object{"bucket": "b"}, nil), want: []string{"tells weakened: who reads its objects"}},
		trial{name: "no firewall", changes: changed("aws_wafv2_web_acl_association", object{}, nil), want: []string{"tells weakened: firewall"}},
		trial{name: "a firewall", changes: changed("aws_wafv2_web_acl_association", nil, object{})},
		trial{name: "no flow log", changes: changed("aws_flow_log", object{}, nil), want: []string{"tells weakened: who talks to whom"}},
	))
}

func TestWeakerContainers(t *testing.T) {
	task := func(container object) object {
		container["name"] = "app"
		text, err := json.Marshal([]object{container})
		if err != nil {
			t.Fatal(err)
		}
		return object{"container_definitions": string(text), "skip_destroy": true}
	}
	drops := func(names ...any) object {
		return object{"user": "1000", "linuxParameters": object{"capabilities": object{"drop": names}}}
	}
	revised := func(before, after object) []*tfjson.ResourceChange {
		return anew(changed("aws_ecs_task_definition", task(before), task(after)), "container_definitions")
	}
	run(t, []trial{
		{name: "privileged", changes: revised(object{}, object{"privileged": true}), want: []string{"tells weakened: container app is privileged"}},
		{name: "a root to write to", changes: revised(object{"readonlyRootFilesystem": true}, object{}), want: []string{"tells weakened: may write to its root"}},
		{name: "root", changes: revised(object{"user": "1000:1000"}, object{"user": "0"}), want: []string{"tells weakened: runs as root"}},
		{name: "a capability", changes: revised(drops("ALL"), drops("KILL")), want: []string{"tells weakened: no longer drops the capability ALL"}},
		{name: "less", changes: revised(object{"privileged": true}, object{"user": "1000", "readonlyRootFilesystem": true})},
		{name: "fewer capabilities", changes: revised(drops("KILL"), drops("ALL"))},
		{name: "another image", changes: revised(object{"image": "a"}, object{"image": "b"})},
	})
}

func TestWrongPlace(t *testing.T) {
	at := func(arn string) []*tfjson.ResourceChange {
		found := changed("aws_sns_topic", object{"arn": arn}, object{"arn": arn})
		found[0].Change.Actions = tfjson.Actions{tfjson.ActionNoop}
		return found
	}
	run(t, []trial{
		{name: "another account", options: Options{Account: "999999999999"}, want: []string{"refuses wrong-place: the credentials are for account 999999999999, but production is in account 111122223333"}},
		{name: "the account", options: Options{Account: "111122223333", Region: "eu-west-1"}},
		{name: "another region", options: Options{Region: "us-west-2"}, want: []string{"refuses wrong-place: terraform works in us-west-2"}},
		{name: "a state of another account", changes: at("arn:aws:sns:eu-west-1:999999999999:t"), want: []string{"refuses wrong-place: is in account 999999999999"}},
		{name: "a state of another region", changes: at("arn:aws:sns:us-west-2:111122223333:t"), want: []string{"refuses wrong-place: is in us-west-2"}},
		{name: "its own state", changes: at("arn:aws:sns:eu-west-1:111122223333:t")},
		{name: "what has neither", changes: at("arn:aws:s3:::b")},
		{name: "what AWS has", changes: at("arn:aws:iam::aws:policy/ReadOnlyAccess")},
	})
	open := *shopping
	open.AccountID = ""
	first := &tfjson.ResourceChange{Address: "terraform_data.account", Mode: tfjson.ManagedResourceMode, Type: "terraform_data", Change: &tfjson.Change{
		Actions: tfjson.Actions{tfjson.ActionNoop}, Before: object{"output": "444455556666"}, After: object{"output": "444455556666"},
	}}
	plan := &tfjson.Plan{ResourceChanges: []*tfjson.ResourceChange{first}}
	compare(t, Check(&open, "platform", plan, Options{Account: "111122223333"}), []string{"refuses wrong-place: but production is in account 444455556666"})
	compare(t, Check(&open, "platform", plan, Options{Account: "444455556666"}), nil)
}

// What the code says of the provider counts, but for providers under another name: those are for other regions on purpose.
func TestWrongProvider(t *testing.T) {
	for _, test := range []struct {
		name, providers string
		want            []string
	}{
		{"another region", `{"aws": {"name": "aws", "expressions": {"region": {"constant_value": "us-west-2"}}}}`, []string{"refuses wrong-place: the code is for region us-west-2"}},
		{"another account", `{"aws": {"name": "aws", "expressions": {"allowed_account_ids": {"constant_value": ["999999999999"]}}}}`, []string{"refuses wrong-place: the code is for account 999999999999"}},
		{"its own", `{"aws": {"name": "aws", "expressions": {"region": {"constant_value": "eu-west-1"}, "allowed_account_ids": {"constant_value": ["111122223333"]}}}}`, nil},
		{"for CloudFront", `{"aws.us_east_1": {"name": "aws", "alias": "us_east_1", "expressions": {"region": {"constant_value": "us-east-1"}}}}`, nil},
		{"in a variable", `{"aws": {"name": "aws", "expressions": {"region": {"references": ["var.region"]}}}}`, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			plan := &tfjson.Plan{}
			if err := json.Unmarshal([]byte(`{"format_version": "1.2", "configuration": {"provider_config": `+test.providers+`}}`), plan); err != nil {
				t.Fatal(err)
			}
			compare(t, Check(shopping, "platform", plan, Options{}), test.want)
		})
	}
}

func TestMuchDestroyed(t *testing.T) {
	some := func(gone, kept int) []*tfjson.ResourceChange {
		var found []*tfjson.ResourceChange
		for i := range gone + kept {
			r := of(fmt.Sprintf("module.m%d", i), "aws_route53_record", object{"id": "r"}, nil)
			if i >= gone {
				r.Change.Actions, r.Change.After = tfjson.Actions{tfjson.ActionNoop}, r.Change.Before
			}
			found = append(found, r)
		}
		return found
	}
	var revisions []*tfjson.ResourceChange
	for i := range 20 {
		revisions = append(revisions, of(fmt.Sprintf("module.m%d", i), "aws_ecs_task_definition", object{"skip_destroy": true}, object{"skip_destroy": true}))
	}
	refused := []string{"refuses much-destroyed: 10 of the 20 resources of platform"}
	run(t, []trial{
		{name: "half", changes: some(10, 10), want: refused},
		{name: "a tenth", changes: some(10, 90)},
		{name: "a few of a few", changes: some(few, 0)},
		{name: "the stack is named", changes: some(10, 10), options: Options{AllowDestroy: []string{"platform"}}},
		{name: "all of it goes on purpose", changes: some(10, 10), options: Options{Destroy: true}},
		{name: "more is allowed", changes: some(10, 10), options: Options{Share: 0.5}},
		{name: "less is allowed", changes: some(10, 90), options: Options{Share: 0.05}, want: []string{"refuses much-destroyed: 10 of the 100"}},
		{name: "a deployment", changes: anew(revisions, "container_definitions")},
	})
}

func TestStateMoved(t *testing.T) {
	run(t, []trial{
		{name: "applied since", options: Options{Planned: &State{"l", 4}, Current: &State{"l", 5}}, want: []string{"refuses state-moved: somebody applied since"}},
		{name: "put back", options: Options{Planned: &State{"l", 4}, Current: &State{"l", 3}}, want: []string{"refuses state-moved: older than the plan"}},
		{name: "another", options: Options{Planned: &State{"l", 4}, Current: &State{"m", 4}}, want: []string{"refuses state-moved: another state"}},
		{name: "the same", options: Options{Planned: &State{"l", 4}, Current: &State{"l", 4}}},
		{name: "nobody asked", options: Options{Planned: &State{"l", 4}}},
	})
}

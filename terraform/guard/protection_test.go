package guard

import (
	"encoding/json"
	"fmt"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
)

func TestWeakened(t *testing.T) {
	var trials []guardTrial
	for _, p := range protections {
		trials = append(trials,
			guardTrial{name: p.resourceType + " without " + p.name, changes: changed(p.resourceType, objectOf{p.name: true}, objectOf{p.name: false}), want: []string{"tells weakened: " + p.name + " is turned off"}},
			guardTrial{name: p.resourceType + " with " + p.name, changes: changed(p.resourceType, objectOf{p.name: false}, objectOf{p.name: true})},
			guardTrial{name: p.resourceType + " new without " + p.name, changes: changed(p.resourceType, nil, objectOf{p.name: false})},
		)
	}
	for resourceType, name := range sealed {
		trials = append(trials,
			guardTrial{name: resourceType + " with another key", changes: changed(resourceType, objectOf{name: "arn:k"}, objectOf{name: "arn:l"}), want: []string{"tells weakened: " + name + " is another key"}},
			guardTrial{name: resourceType + " without a key", changes: changed(resourceType, objectOf{name: "arn:k"}, objectOf{name: ""}), want: []string{"tells weakened: " + name + " is gone"}},
			guardTrial{name: resourceType + " with a key that is made", changes: madeUnknown(changed(resourceType, objectOf{name: "arn:k"}, objectOf{}), name), want: []string{"tells weakened: " + name + " is known after the apply alone"}},
			guardTrial{name: resourceType + " with a first key", changes: changed(resourceType, objectOf{}, objectOf{name: "arn:l"})},
			guardTrial{name: resourceType + " with its key", changes: changed(resourceType, objectOf{name: "arn:k"}, objectOf{name: "arn:k"})},
		)
	}
	listener := func(policy string) objectOf { return objectOf{"protocol": "HTTPS", "ssl_policy": policy} }
	encryption := func(key string) objectOf {
		return objectOf{"bucket": "b", "rule": listOf(objectOf{"apply_server_side_encryption_by_default": listOf(objectOf{"kms_master_key_id": key})})}
	}
	owner := func(who string) objectOf { return objectOf{"rule": listOf(objectOf{"object_ownership": who})} }
	group := func(value string) objectOf {
		return objectOf{"parameter": listOf(objectOf{"name": "work_mem", "value": "1"}, objectOf{"name": "rds.force_ssl", "value": value})}
	}
	distribution := func(tls, protocol string) objectOf {
		return objectOf{"viewer_certificate": listOf(objectOf{"minimum_protocol_version": tls}), "default_cache_behavior": listOf(objectOf{"viewer_protocol_policy": protocol})}
	}
	run(t, append(trials,
		guardTrial{name: "a shell", changes: changed("aws_ecs_service", objectOf{"enable_execute_command": false}, objectOf{"enable_execute_command": true}), want: []string{"tells weakened: enable_execute_command is turned on"}},
		guardTrial{name: "no shell", changes: changed("aws_ecs_service", objectOf{"enable_execute_command": true}, objectOf{"enable_execute_command": false})},
		guardTrial{name: "images that change", changes: changed("aws_ecr_repository", objectOf{"image_tag_mutability": "IMMUTABLE"}, objectOf{"image_tag_mutability": "MUTABLE"}), want: []string{"tells weakened: image_tag_mutability"}},
		guardTrial{name: "images that stay", changes: changed("aws_ecr_repository", objectOf{"image_tag_mutability": "MUTABLE"}, objectOf{"image_tag_mutability": "IMMUTABLE"})},
		guardTrial{name: "an older TLS", changes: changed("aws_lb_listener", listener("ELBSecurityPolicy-TLS13-1-2-Res-2021-06"), listener("ELBSecurityPolicy-2016-08")), want: []string{"tells weakened: ssl_policy"}},
		guardTrial{name: "a TLS nobody knows", changes: changed("aws_lb_listener", listener("ELBSecurityPolicy-TLS13-1-2-Res-2021-06"), listener("mine")), want: []string{"tells weakened: ssl_policy"}},
		guardTrial{name: "a newer TLS", changes: changed("aws_lb_listener", listener("ELBSecurityPolicy-2016-08"), listener("ELBSecurityPolicy-TLS13-1-3-2021-06"))},
		guardTrial{name: "no TLS", changes: changed("aws_lb_listener", listener("ELBSecurityPolicy-2016-08"), objectOf{"protocol": "HTTP"}), want: []string{"tells weakened: HTTPS -> HTTP"}},
		guardTrial{name: "an older TLS for objects", changes: changed("aws_cloudfront_distribution", distribution("TLSv1.2_2021", "https-only"), distribution("TLSv1", "https-only")), want: []string{"tells weakened: minimum_protocol_version"}},
		guardTrial{name: "no TLS for objects", changes: changed("aws_cloudfront_distribution", distribution("TLSv1.2_2021", "https-only"), distribution("TLSv1.2_2021", "allow-all")), want: []string{"tells weakened: viewer_protocol_policy"}},
		guardTrial{name: "a newer TLS for objects", changes: changed("aws_cloudfront_distribution", distribution("TLSv1", "allow-all"), distribution("TLSv1.2_2021", "https-only"))},
		guardTrial{name: "a server without TLS", changes: changed("aws_db_parameter_group", group("1"), group("0")), want: []string{"tells weakened: rds.force_ssl"}},
		guardTrial{name: "a server with TLS", changes: changed("aws_rds_cluster_parameter_group", group("0"), group("1"))},
		guardTrial{name: "a cache without TLS", changes: changed("aws_elasticache_replication_group", objectOf{"transit_encryption_mode": "required"}, objectOf{"transit_encryption_mode": "preferred"}), want: []string{"tells weakened: transit_encryption_mode"}},
		guardTrial{name: "a cache with TLS", changes: changed("aws_elasticache_replication_group", objectOf{"transit_encryption_mode": "preferred"}, objectOf{"transit_encryption_mode": "required"})},
		guardTrial{name: "a cache without users", changes: changed("aws_elasticache_replication_group", objectOf{"user_group_ids": listOf("g")}, objectOf{"user_group_ids": listOf()}), want: []string{"tells weakened: user_group_ids"}},
		guardTrial{name: "objects with another key", changes: changed("aws_s3_bucket_server_side_encryption_configuration", encryption("arn:k"), encryption("arn:l")), want: []string{"tells weakened: another key encrypts its objects"}},
		guardTrial{name: "objects without a key", changes: changed("aws_s3_bucket_server_side_encryption_configuration", encryption("arn:k"), nil), want: []string{"tells weakened: no key of this account"}},
		guardTrial{name: "objects with a first key", changes: changed("aws_s3_bucket_server_side_encryption_configuration", encryption(""), encryption("arn:k"))},
		guardTrial{name: "objects of whoever uploads them", changes: changed("aws_s3_bucket_ownership_controls", owner("BucketOwnerEnforced"), owner("ObjectWriter")), want: []string{"tells weakened: ACLs of objects count again"}},
		guardTrial{name: "objects of the owner", changes: changed("aws_s3_bucket_ownership_controls", owner("ObjectWriter"), owner("BucketOwnerEnforced"))},
		guardTrial{name: "no logs of reads", changes: changed("aws_s3_bucket_logging", objectOf{"bucket": "b"}, nil), want: []string{"tells weakened: who reads its objects"}},
		guardTrial{name: "no firewall", changes: changed("aws_wafv2_web_acl_association", objectOf{}, nil), want: []string{"tells weakened: firewall"}},
		guardTrial{name: "a firewall", changes: changed("aws_wafv2_web_acl_association", nil, objectOf{})},
		guardTrial{name: "no flow log", changes: changed("aws_flow_log", objectOf{}, nil), want: []string{"tells weakened: who talks to whom"}},
	))
}

func TestWeakerContainers(t *testing.T) {
	task := func(container objectOf) objectOf {
		container["name"] = "app"
		text, err := json.Marshal([]objectOf{container})
		if err != nil {
			t.Fatal(err)
		}
		return objectOf{"container_definitions": string(text), "skip_destroy": true}
	}
	drops := func(names ...any) objectOf {
		return objectOf{"user": "1000", "linuxParameters": objectOf{"capabilities": objectOf{"drop": names}}}
	}
	revised := func(before, after objectOf) []*tfjson.ResourceChange {
		return anew(changed("aws_ecs_task_definition", task(before), task(after)), "container_definitions")
	}
	run(t, []guardTrial{
		{name: "privileged", changes: revised(objectOf{}, objectOf{"privileged": true}), want: []string{"tells weakened: container app is privileged"}},
		{name: "a root to write to", changes: revised(objectOf{"readonlyRootFilesystem": true}, objectOf{}), want: []string{"tells weakened: may write to its root"}},
		{name: "root", changes: revised(objectOf{"user": "1000:1000"}, objectOf{"user": "0"}), want: []string{"tells weakened: runs as root"}},
		{name: "a capability", changes: revised(drops("ALL"), drops("KILL")), want: []string{"tells weakened: no longer drops the capability ALL"}},
		{name: "less", changes: revised(objectOf{"privileged": true}, objectOf{"user": "1000", "readonlyRootFilesystem": true})},
		{name: "fewer capabilities", changes: revised(drops("KILL"), drops("ALL"))},
		{name: "another image", changes: revised(objectOf{"image": "a"}, objectOf{"image": "b"})},
	})
}

func TestWrongPlace(t *testing.T) {
	at := func(arn string) []*tfjson.ResourceChange {
		found := changed("aws_sns_topic", objectOf{"arn": arn}, objectOf{"arn": arn})
		found[0].Change.Actions = tfjson.Actions{tfjson.ActionNoop}
		return found
	}
	run(t, []guardTrial{
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
		Actions: tfjson.Actions{tfjson.ActionNoop}, Before: objectOf{"output": "444455556666"}, After: objectOf{"output": "444455556666"},
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
			r := changesOf(fmt.Sprintf("module.m%d", i), "aws_route53_record", objectOf{"id": "r"}, nil)
			if i >= gone {
				r.Change.Actions, r.Change.After = tfjson.Actions{tfjson.ActionNoop}, r.Change.Before
			}
			found = append(found, r)
		}
		return found
	}
	var revisions []*tfjson.ResourceChange
	for i := range 20 {
		revisions = append(revisions, changesOf(fmt.Sprintf("module.m%d", i), "aws_ecs_task_definition", objectOf{"skip_destroy": true}, objectOf{"skip_destroy": true}))
	}
	refused := []string{"refuses much-destroyed: 10 of the 20 resources of platform"}
	run(t, []guardTrial{
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
	run(t, []guardTrial{
		{name: "applied since", options: Options{Planned: &State{"l", 4}, Current: &State{"l", 5}}, want: []string{"refuses state-moved: somebody applied since"}},
		{name: "put back", options: Options{Planned: &State{"l", 4}, Current: &State{"l", 3}}, want: []string{"refuses state-moved: older than the plan"}},
		{name: "another", options: Options{Planned: &State{"l", 4}, Current: &State{"m", 4}}, want: []string{"refuses state-moved: another state"}},
		{name: "the same", options: Options{Planned: &State{"l", 4}, Current: &State{"l", 4}}},
		{name: "nobody asked", options: Options{Planned: &State{"l", 4}}},
	})
}

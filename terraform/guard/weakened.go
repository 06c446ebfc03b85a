package guard

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// protectionSwitch is a switch that protects when it is on.
type protectionSwitch struct{ resourceType, name, meaning string }

var protections = []protectionSwitch{
	{"aws_db_instance", "deletion_protection", "AWS no longer refuses to delete it"},
	{"aws_db_instance", "storage_encrypted", "what it stores is no longer encrypted"},
	{"aws_db_instance", "manage_master_user_password", "RDS no longer keeps and rotates the password of its administrator"},
	{"aws_rds_cluster", "deletion_protection", "AWS no longer refuses to delete it"},
	{"aws_rds_cluster", "storage_encrypted", "what it stores is no longer encrypted"},
	{"aws_rds_cluster", "manage_master_user_password", "RDS no longer keeps and rotates the password of its administrator"},
	{"aws_elasticache_replication_group", "at_rest_encryption_enabled", "what it stores is no longer encrypted"},
	{"aws_elasticache_replication_group", "transit_encryption_enabled", "clients speak to it without TLS"},
	{"aws_lb", "enable_deletion_protection", "AWS no longer refuses to delete it"},
	{"aws_lb", "drop_invalid_header_fields", "headers that are none reach the services"},
	{"aws_kms_key", "enable_key_rotation", "its material stays the same"},
	{"aws_kms_key", "is_enabled", "what it encrypted cannot be read"},
	{"aws_sqs_queue", "sqs_managed_sse_enabled", "its messages are no longer encrypted"},
}

// sealed are the types with a key of KMS of their own, with the attribute that names it.
var sealed = map[string]string{
	"aws_cloudwatch_log_group": "kms_key_id", "aws_db_instance": "kms_key_id", "aws_elasticache_replication_group": "kms_key_id", "aws_rds_cluster": "kms_key_id",
	"aws_secretsmanager_secret": "kms_key_id", "aws_sns_topic": "kms_master_key_id", "aws_sqs_queue": "kms_master_key_id",
}

// weakened finds encryption and protection that is less than it was.
func weakened(p plannedChange) []Finding {
	var findings []Finding
	for _, r := range p.changes() {
		for _, ask := range []func(plannedChange, *tfjson.ResourceChange) []string{switchedOff, otherKey, weakerTLS, weakerBuckets, taken, weakerContainers} {
			for _, reason := range ask(p, r) {
				findings = append(findings, p.finding(Weakened, r, reason))
			}
		}
	}
	return findings
}

func switchedOff(_ plannedChange, r *tfjson.ResourceChange) []string {
	if !stays(r) {
		return nil
	}
	var reasons []string
	for _, protection := range protections {
		if protection.resourceType == r.Type && setAt(r.Change.Before, protection.name) && !setAt(r.Change.After, protection.name) && !unknownAt(r, protection.name) {
			reasons = append(reasons, protection.name+" is turned off: "+protection.meaning)
		}
	}
	switch r.Type {
	case "aws_ecs_service":
		reasons = append(reasons, turnedOn(r, "enable_execute_command", "whoever may call ECS Exec gets a shell in its tasks")...)
	case "aws_ecr_repository":
		if textAt(r.Change.Before, "image_tag_mutability") == "IMMUTABLE" && textAt(r.Change.After, "image_tag_mutability") != "IMMUTABLE" {
			reasons = append(reasons, "image_tag_mutability: an image can be put in place of another")
		}
		if setAt(r.Change.Before, "image_scanning_configuration", 0, "scan_on_push") && !setAt(r.Change.After, "image_scanning_configuration", 0, "scan_on_push") {
			reasons = append(reasons, "scan_on_push is turned off: nobody looks for known vulnerabilities")
		}
	}
	return reasons
}

// otherKey finds what another key encrypts from now on, or none of the account's own.
func otherKey(_ plannedChange, r *tfjson.ResourceChange) []string {
	name, has := sealed[r.Type]
	if !has || !stays(r) {
		return nil
	}
	before, after := textAt(r.Change.Before, name), textAt(r.Change.After, name)
	switch {
	case before == "" || before == after:
		return nil
	case unknownAt(r, name):
		return []string{name + " is known after the apply alone: another key"}
	case after == "":
		return []string{name + " is gone: no key of this account encrypts it"}
	}
	return []string{name + " is another key: who may read it is for that key's policy to say"}
}

// clientTLS are the policies of load balancers by the beginning of their names, from those that ask least of clients on ("Security
// policies for your Application Load Balancer").
var clientTLS = []string{
	"2016-08", "TLS-1-0", "FS-2018", "TLS13-1-0", "TLS-1-1", "FS-1-1", "TLS13-1-1", "TLS-1-2-Ext", "TLS-1-2", "FS-1-2", "TLS13-1-2-Ext", "TLS13-1-2",
	"TLS13-1-2-Res", "TLS13-1-3",
}

// tlsRank is the place of a policy in clientTLS, from 1 on; 0 for one that is not in it.
func tlsRank(policy string) int {
	name := strings.TrimPrefix(policy, "ELBSecurityPolicy-")
	longest, rank := 0, 0
	for i, prefix := range clientTLS {
		if strings.HasPrefix(name, prefix) && len(prefix) > longest {
			longest, rank = len(prefix), i+1
		}
	}
	return rank
}

// weakerTLS finds clients that get in with less than they had to show.
func weakerTLS(_ plannedChange, r *tfjson.ResourceChange) []string {
	before, after := r.Change.Before, r.Change.After
	if !stays(r) {
		return nil
	}
	switch r.Type {
	case "aws_lb_listener":
		old, now := textAt(before, "ssl_policy"), textAt(after, "ssl_policy")
		switch {
		case textAt(before, "protocol") == "HTTPS" && textAt(after, "protocol") == "HTTP":
			return []string{"protocol HTTPS -> HTTP: requests are no longer encrypted"}
		case old != now && old != "" && !unknownAt(r, "ssl_policy") && (tlsRank(now) < tlsRank(old) || tlsRank(now) == 0):
			return []string{"ssl_policy " + old + " -> " + now + ": clients may speak an older TLS, or weaker ciphers"}
		}
	case "aws_cloudfront_distribution":
		old, now := textAt(before, "viewer_certificate", 0, "minimum_protocol_version"), textAt(after, "viewer_certificate", 0, "minimum_protocol_version")
		if old != "" && now != "" && old > now { // TLSv1, TLSv1.2_2021: later is greater
			return []string{"minimum_protocol_version " + old + " -> " + now + ": clients may speak an older TLS"}
		}
		if textAt(before, "default_cache_behavior", 0, "viewer_protocol_policy") != "allow-all" && textAt(after, "default_cache_behavior", 0, "viewer_protocol_policy") == "allow-all" {
			return []string{"viewer_protocol_policy allow-all: objects are shown without TLS"}
		}
	case "aws_elasticache_replication_group":
		if textAt(before, "transit_encryption_mode") == "required" && textAt(after, "transit_encryption_mode") == "preferred" {
			return []string{"transit_encryption_mode preferred: clients may speak to it without TLS"}
		}
		if old, now := textsOf(get(before, "user_group_ids")), textsOf(get(after, "user_group_ids")); len(old) > 0 && len(now) == 0 && !unknownAt(r, "user_group_ids") {
			return []string{"user_group_ids is empty: whoever reaches it is let in without a password"}
		}
	case "aws_db_parameter_group", "aws_rds_cluster_parameter_group":
		if parameterOf(before, "rds.force_ssl") == "1" && parameterOf(after, "rds.force_ssl") != "1" {
			return []string{"rds.force_ssl is no longer 1: clients may speak to it without TLS"}
		}
	}
	return nil
}

func parameterOf(group any, name string) string {
	parameters, _ := get(group, "parameter").([]any)
	for _, parameter := range parameters {
		if textAt(parameter, "name") == name {
			return textAt(parameter, "value")
		}
	}
	return ""
}

// weakerBuckets finds objects that are encrypted with less, or that belong to whoever uploads them.
func weakerBuckets(p plannedChange, r *tfjson.ResourceChange) []string {
	before, after := r.Change.Before, r.Change.After
	goesAlone := r.Change.Actions.Delete() && p.remains(r, ofBucket)
	if !stays(r) && !goesAlone {
		return nil
	}
	switch r.Type {
	case "aws_s3_bucket_server_side_encryption_configuration":
		path := []any{"rule", 0, "apply_server_side_encryption_by_default", 0}
		old, now := textAt(before, append(path, "kms_master_key_id")...), textAt(after, append(path, "kms_master_key_id")...)
		switch {
		case old == "" || old == now || unknownAt(r, append(path, "kms_master_key_id")...):
		case now == "":
			return []string{"no key of this account encrypts its objects any more"}
		default:
			return []string{"another key encrypts its objects: who may read them is for that key's policy to say"}
		}
	case "aws_s3_bucket_ownership_controls":
		if textAt(before, "rule", 0, "object_ownership") == "BucketOwnerEnforced" && textAt(after, "rule", 0, "object_ownership") != "BucketOwnerEnforced" {
			return []string{"ACLs of objects count again: whoever uploads one may show it to everybody"}
		}
	case "aws_s3_bucket_logging":
		if goesAlone {
			return []string{"nobody writes down any more who reads its objects"}
		}
	}
	return nil
}

// taken finds protections that are resources themselves and go.
func taken(_ plannedChange, r *tfjson.ResourceChange) []string {
	if !r.Change.Actions.Delete() {
		return nil
	}
	switch r.Type {
	case "aws_wafv2_web_acl_association":
		return []string{"the firewall in front of it goes"}
	case "aws_flow_log":
		return []string{"nobody writes down any more who talks to whom"}
	}
	return nil
}

// weakerContainers finds containers of a task that may do more on what they run on.
func weakerContainers(_ plannedChange, r *tfjson.ResourceChange) []string {
	if r.Type != "aws_ecs_task_definition" || !stays(r) || unknownAt(r, "container_definitions") {
		return nil
	}
	before, after := containers(r.Change.Before), containers(r.Change.After)
	var reasons []string
	for name, now := range after {
		old, was := before[name]
		if !was {
			continue
		}
		note := func(weaker bool, what string) {
			if weaker {
				reasons = append(reasons, fmt.Sprintf("container %s %s", name, what))
			}
		}
		note(setAt(now, "privileged") && !setAt(old, "privileged"), "is privileged")
		note(setAt(old, "readonlyRootFilesystem") && !setAt(now, "readonlyRootFilesystem"), "may write to its root")
		note(!root(old) && root(now), "runs as root")
		kept := textsOf(get(now, "linuxParameters", "capabilities", "drop"))
		for _, dropped := range textsOf(get(old, "linuxParameters", "capabilities", "drop")) {
			if !slices.Contains(kept, dropped) && !slices.Contains(kept, "ALL") {
				note(true, "no longer drops the capability "+dropped)
			}
		}
	}
	slices.Sort(reasons)
	return reasons
}

func root(container any) bool {
	user, _, _ := strings.Cut(textAt(container, "user"), ":")
	return user == "" || user == "0" || user == "root"
}

// containers are those of a task definition, by name.
func containers(value any) map[string]any {
	var read []map[string]any
	if json.Unmarshal([]byte(textAt(value, "container_definitions")), &read) != nil {
		return nil
	}
	found := map[string]any{}
	for _, container := range read {
		found[textAt(container, "name")] = container
	}
	return found
}

package change

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// called is what an attribute is called, where its own name does not say it.
func called(resourceType, name string) string {
	switch resourceType + "." + name {
	case "aws_ecs_service.desired_count":
		return "tasks"
	case "aws_appautoscaling_target.min_capacity":
		return "fewest tasks"
	case "aws_appautoscaling_target.max_capacity":
		return "most tasks"
	case "aws_kms_key.policy", "aws_ecr_repository_policy.policy", "aws_iam_role_policy.policy", "aws_s3_bucket_policy.policy",
		"aws_sns_topic_policy.policy", "aws_sqs_queue_policy.policy", "aws_ecr_lifecycle_policy.policy", "aws_vpc_endpoint.policy":
		return ""
	case "aws_sqs_queue.message_retention_seconds":
		return "message retention"
	case "aws_sqs_queue.visibility_timeout_seconds":
		return "visibility"
	case "aws_s3_bucket_public_access_block.block_public_acls", "aws_s3_bucket_public_access_block.ignore_public_acls":
		return "for ACLs"
	case "aws_s3_bucket_public_access_block.block_public_policy", "aws_s3_bucket_public_access_block.restrict_public_buckets":
		return "for policies"
	case "aws_ecs_service.task_definition", "aws_ecs_task_definition.container_definitions":
		return "task definition"
	}
	switch name {
	case "assume_role_policy":
		return "trust policy"
	case "retention_in_days", "retention_period":
		return "retention"
	case "backup_retention_period":
		return "backup retention"
	case "snapshot_retention_limit":
		return "snapshot retention"
	case "deletion_window_in_days":
		return "deletion window"
	case "recovery_window_in_days":
		return "recovery window"
	case "enable_deletion_protection":
		return "deletion protection"
	case "enable_key_rotation":
		return "key rotation"
	case "kms_key_id", "kms_master_key_id", "kms_key_arn":
		return "KMS key"
	case "ssl_policy":
		return "TLS policy"
	case "multi_az", "multi_az_enabled":
		return "standby in another zone"
	case "storage_encrypted", "at_rest_encryption_enabled":
		return "encryption of storage"
	case "transit_encryption_enabled":
		return "encryption in transit"
	case "allocated_storage":
		return "storage (GB)"
	case "max_allocated_storage":
		return "largest storage (GB)"
	case "skip_final_snapshot":
		return "final snapshot"
	case "cidr_ipv4", "cidr_ipv6", "cidr_blocks":
		return "range"
	}
	return strings.ReplaceAll(name, "_", " ")
}

// turned are attributes that say no where their words say yes.
var turned = []string{"skip_final_snapshot"}

// say is a phrase for what changes; "" for what nobody has to read.
func (a Attribute) say(resourceType string) string {
	top, deeper, name := a.names()
	if slices.Contains(silent, name) || slices.Contains(silent, top) {
		return ""
	}
	if top == "tags" {
		return "tags change"
	}
	subject := called(resourceType, name)
	if deeper {
		subject = a.inside(resourceType)
	}
	switch {
	case a.Sensitive:
		return strings.TrimSpace(subject + " changes (not shown)")
	case a.Unknown && resourceType == "aws_ecs_service" && name == "task_definition":
		return "" // the revision that the task definition itself tells of
	case a.Unknown && deeper:
		return "" // what AWS fills in, or what follows from another resource that is told of
	case a.Unknown:
		return strings.TrimSpace(subject + " changes, known after apply")
	}
	if set, isBool := a.either().(bool); isBool {
		return subject + onOff(set != slices.Contains(turned, name))
	}
	before, after := short(a.before), short(a.after)
	if strings.HasSuffix(name, "_seconds") {
		before, after = duration(a.before), duration(a.after)
	}
	switch {
	case subject == "":
		return "changes"
	case isListValue(a.before) || isListValue(a.after):
		return subject + listed(a.before, a.after)
	case before == "" && after == "":
		return subject + " changes"
	case a.before == nil || before == "" && isEmpty(a.before):
		return subject + " " + after
	case a.after == nil || after == "" && isEmpty(a.after):
		return "no more " + subject
	case before == "" || after == "":
		return subject + " changes"
	}
	return subject + " " + before + " -> " + after
}

// inside is what is called that is in a block: by the name of the block that it is in, or by the name that the block has itself.
func (a Attribute) inside(resourceType string) string {
	steps := strings.Split(withoutInstances(a.Path), ".")
	block, name := steps[len(steps)-2], steps[len(steps)-1]
	if a.label != "" && len(a.label) <= 40 && len(steps) == 2 {
		block = a.label
		if name == "value" {
			return block
		}
		return block + " " + called(resourceType, name)
	}
	return called(resourceType, block) + " " + called(resourceType, name)
}

// duration is a number of seconds as people say it.
func duration(value any) string {
	seconds, isNumber := value.(float64)
	if !isNumber {
		return short(value)
	}
	for _, unit := range []struct {
		seconds float64
		name    string
	}{{86400, "days"}, {3600, "h"}, {60, "min"}} {
		if number := seconds / unit.seconds; number >= 1 && number == float64(int(number)) {
			return strconv.Itoa(int(number)) + " " + unit.name
		}
	}
	return short(value) + " s"
}

// silent are attributes that follow from others, or say nothing to a reviewer.
var silent = []string{"arn", "description", "final_snapshot_identifier", "id", "revision", "source_code_hash", "tags_all", "last_modified", "qualified_arn", "version_id", "etag"}

// names are the first and the last name of the path, and whether they are two.
func (a Attribute) names() (top string, deeper bool, name string) {
	steps := strings.Split(withoutInstances(a.Path), ".")
	return steps[0], len(steps) > 1, steps[len(steps)-1]
}

// either is what it will be, or what it was where it goes.
func (a Attribute) either() any {
	if a.after != nil {
		return a.after
	}
	if _, isBool := a.before.(bool); isBool {
		return false
	}
	return a.before
}

func onOff(set bool) string {
	if set {
		return " on"
	}
	return " off"
}

// short is a value that fits into a line, "" for one that does not.
func short(value any) string {
	switch value := value.(type) {
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	case fmt.Stringer: // json.Number
		return value.String()
	case string:
		if value == "" || len(value) > 40 || strings.ContainsAny(value, "{}\n\r\t\x1b") {
			return ""
		}
		if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return ""
		}
		return value
	}
	return ""
}

func isListValue(value any) bool {
	_, is := value.([]any)
	return is
}

// listed says what a list of short values gains and loses.
func listed(before, after any) string {
	old, _ := before.([]any)
	now, _ := after.([]any)
	var gained, lost []string
	for _, element := range now {
		if text := short(element); text != "" && !slices.ContainsFunc(old, func(other any) bool { return same(element, other) }) {
			gained = append(gained, text)
		}
	}
	for _, element := range old {
		if text := short(element); text != "" && !slices.ContainsFunc(now, func(other any) bool { return same(element, other) }) {
			lost = append(lost, text)
		}
	}
	var said []string
	if len(gained) > 0 {
		said = append(said, "gain "+strings.Join(gained, ", "))
	}
	if len(lost) > 0 {
		said = append(said, "lose "+strings.Join(lost, ", "))
	}
	if text := strings.Join(said, ", "); text != "" && len(text) <= 60 {
		return " " + text
	}
	return " change"
}

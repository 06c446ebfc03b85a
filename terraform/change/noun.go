package change

import "strings"

// word is what people call resources of a type.
type nounEntry struct {
	noun string
	// main is what a component is in itself: its changes are said without the noun.
	main bool
	// holds: with it goes data, or all that was encrypted with it.
	holds bool
	// access: it says who may do or reach what.
	access bool
}

// resourceNoun has an entry for every type that the modules make. A test holds the two together.
func resourceNoun(resourceType string) (nounEntry, bool) {
	switch resourceType {
	case "aws_acm_certificate":
		return nounEntry{noun: "certificate"}, true
	case "aws_acm_certificate_validation":
		return nounEntry{noun: "certificate validation"}, true
	case "aws_appautoscaling_policy":
		return nounEntry{noun: "scaling policy"}, true
	case "aws_appautoscaling_target":
		return nounEntry{noun: "scaling range"}, true
	case "aws_cloudfront_cache_policy":
		return nounEntry{noun: "cache policy"}, true
	case "aws_cloudfront_distribution":
		return nounEntry{noun: "distribution", main: true}, true
	case "aws_cloudfront_origin_access_control":
		return nounEntry{noun: "origin access control", access: true}, true
	case "aws_cloudfront_origin_request_policy":
		return nounEntry{noun: "origin request policy"}, true
	case "aws_cloudfront_response_headers_policy":
		return nounEntry{noun: "response headers policy"}, true
	case "aws_cloudwatch_event_rule":
		return nounEntry{noun: "event rule"}, true
	case "aws_cloudwatch_event_target":
		return nounEntry{noun: "event target"}, true
	case "aws_cloudwatch_log_delivery":
		return nounEntry{noun: "log delivery"}, true
	case "aws_cloudwatch_log_delivery_destination":
		return nounEntry{noun: "log delivery destination"}, true
	case "aws_cloudwatch_log_delivery_source":
		return nounEntry{noun: "log delivery source"}, true
	case "aws_cloudwatch_log_group":
		return nounEntry{noun: "log group", holds: true}, true
	case "aws_cloudwatch_metric_alarm":
		return nounEntry{noun: "alarm"}, true
	case "terraform_data":
		return nounEntry{noun: "check"}, true
	}
	for _, more := range []func(string) (nounEntry, bool){storageWords, networkWords, computeWords} {
		if found, known := more(resourceType); known {
			return found, true
		}
	}
	return nounEntry{noun: strings.ReplaceAll(strings.TrimPrefix(resourceType, "aws_"), "_", " ")}, false
}

func storageWords(resourceType string) (nounEntry, bool) {
	switch resourceType {
	case "aws_db_instance":
		return nounEntry{noun: "server", main: true, holds: true}, true
	case "aws_db_parameter_group", "aws_elasticache_parameter_group", "aws_rds_cluster_parameter_group":
		return nounEntry{noun: "parameter group"}, true
	case "aws_db_subnet_group", "aws_elasticache_subnet_group":
		return nounEntry{noun: "subnet group"}, true
	case "aws_rds_cluster":
		return nounEntry{noun: "cluster", main: true, holds: true}, true
	case "aws_rds_cluster_instance":
		return nounEntry{noun: "instance"}, true
	case "aws_elasticache_replication_group":
		return nounEntry{noun: "cache", main: true, holds: true}, true
	case "aws_elasticache_user":
		return nounEntry{noun: "user", access: true}, true
	case "aws_elasticache_user_group":
		return nounEntry{noun: "user group", access: true}, true
	case "aws_kms_alias":
		return nounEntry{noun: "alias"}, true
	case "aws_kms_key":
		return nounEntry{noun: "key", main: true, holds: true}, true
	case "aws_s3_bucket":
		return nounEntry{noun: "bucket", main: true, holds: true}, true
	case "aws_s3_bucket_cors_configuration":
		return nounEntry{noun: "CORS rules"}, true
	case "aws_s3_bucket_lifecycle_configuration":
		return nounEntry{noun: "lifecycle"}, true
	case "aws_s3_bucket_logging":
		return nounEntry{noun: "access logging"}, true
	case "aws_s3_bucket_notification":
		return nounEntry{noun: "notifications"}, true
	case "aws_s3_bucket_ownership_controls":
		return nounEntry{noun: "ownership", access: true}, true
	case "aws_s3_bucket_policy":
		return nounEntry{noun: "bucket policy", access: true}, true
	case "aws_s3_bucket_public_access_block":
		return nounEntry{noun: "public access block", access: true}, true
	case "aws_s3_bucket_server_side_encryption_configuration":
		return nounEntry{noun: "encryption"}, true
	case "aws_s3_bucket_versioning":
		return nounEntry{noun: "versioning"}, true
	case "aws_secretsmanager_secret":
		return nounEntry{noun: "secret", main: true, holds: true}, true
	case "aws_secretsmanager_secret_version":
		return nounEntry{noun: "value"}, true
	case "aws_sns_topic":
		return nounEntry{noun: "topic", main: true}, true
	case "aws_sns_topic_policy":
		return nounEntry{noun: "topic policy", access: true}, true
	case "aws_sns_topic_subscription":
		return nounEntry{noun: "delivery to the queue"}, true
	case "aws_sqs_queue":
		return nounEntry{noun: "queue", main: true, holds: true}, true
	case "aws_sqs_queue_policy":
		return nounEntry{noun: "queue policy", access: true}, true
	case "aws_sqs_queue_redrive_allow_policy":
		return nounEntry{noun: "dead-letter policy"}, true
	}
	return nounEntry{}, false
}

func networkWords(resourceType string) (nounEntry, bool) {
	switch resourceType {
	case "aws_default_security_group", "aws_security_group":
		return nounEntry{noun: "security group", access: true}, true
	case "aws_eip":
		return nounEntry{noun: "public address"}, true
	case "aws_flow_log":
		return nounEntry{noun: "flow log"}, true
	case "aws_internet_gateway":
		return nounEntry{noun: "internet gateway", access: true}, true
	case "aws_lb":
		return nounEntry{noun: "load balancer", main: true}, true
	case "aws_lb_listener":
		return nounEntry{noun: "listener"}, true
	case "aws_lb_listener_certificate":
		return nounEntry{noun: "listener certificate"}, true
	case "aws_lb_listener_rule":
		return nounEntry{noun: "listener rule"}, true
	case "aws_lb_target_group":
		return nounEntry{noun: "target group"}, true
	case "aws_nat_gateway":
		return nounEntry{noun: "NAT gateway"}, true
	case "aws_network_acl":
		return nounEntry{noun: "network ACL", access: true}, true
	case "aws_network_acl_rule":
		return nounEntry{noun: "network ACL rule", access: true}, true
	case "aws_route":
		return nounEntry{noun: "route", access: true}, true
	case "aws_route53_record":
		return nounEntry{noun: "DNS record"}, true
	case "aws_route_table":
		return nounEntry{noun: "route table", access: true}, true
	case "aws_route_table_association":
		return nounEntry{noun: "route table association", access: true}, true
	case "aws_service_discovery_private_dns_namespace":
		return nounEntry{noun: "DNS namespace"}, true
	case "aws_service_discovery_service":
		return nounEntry{noun: "discovery name"}, true
	case "aws_subnet":
		return nounEntry{noun: "subnet"}, true
	case "aws_vpc":
		return nounEntry{noun: "VPC", main: true}, true
	case "aws_vpc_endpoint":
		return nounEntry{noun: "VPC endpoint"}, true
	case "aws_vpc_security_group_egress_rule":
		return nounEntry{noun: "outgoing rule", access: true}, true
	case "aws_vpc_security_group_ingress_rule":
		return nounEntry{noun: "incoming rule", access: true}, true
	case "aws_wafv2_web_acl_association":
		return nounEntry{noun: "firewall", access: true}, true
	}
	return nounEntry{}, false
}

func computeWords(resourceType string) (nounEntry, bool) {
	switch resourceType {
	case "aws_ecr_lifecycle_policy":
		return nounEntry{noun: "lifecycle"}, true
	case "aws_ecr_repository":
		return nounEntry{noun: "repository", main: true, holds: true}, true
	case "aws_ecr_repository_policy":
		return nounEntry{noun: "repository policy", access: true}, true
	case "aws_ecs_cluster":
		return nounEntry{noun: "cluster", main: true}, true
	case "aws_ecs_cluster_capacity_providers":
		return nounEntry{noun: "capacity providers"}, true
	case "aws_ecs_service":
		return nounEntry{noun: "service", main: true}, true
	case taskDefinition:
		return nounEntry{noun: "task definition", main: true}, true
	case "aws_iam_role":
		return nounEntry{noun: "role", access: true}, true
	case "aws_iam_role_policy":
		return nounEntry{noun: "role policy", access: true}, true
	case "aws_iam_role_policy_attachment":
		return nounEntry{noun: "attached policy", access: true}, true
	case "aws_lambda_function":
		return nounEntry{noun: "function", main: true}, true
	case "aws_lambda_function_event_invoke_config":
		return nounEntry{noun: "retries"}, true
	case "aws_lambda_permission":
		return nounEntry{noun: "invoke permission", access: true}, true
	case "aws_scheduler_schedule":
		return nounEntry{noun: "schedule", main: true}, true
	case "aws_scheduler_schedule_group":
		return nounEntry{noun: "schedule group"}, true
	}
	return nounEntry{}, false
}

const taskDefinition = "aws_ecs_task_definition"

// Noun is what people call a resource of a type.
func Noun(resourceType string) string {
	found, _ := resourceNoun(resourceType)
	return found.noun
}

// HoldsData reports whether data goes with a resource of a type, or all that was encrypted with it.
func HoldsData(resourceType string) bool {
	found, _ := resourceNoun(resourceType)
	return found.holds
}

// plural is a number of things: "2 policies".
func plural(noun string) string {
	switch {
	case strings.HasSuffix(noun, "s") && !strings.HasSuffix(noun, "ss"):
		return noun
	case strings.HasSuffix(noun, "ss"):
		return noun + "es"
	case strings.HasSuffix(noun, "y") && !strings.HasSuffix(noun, "ay"):
		return strings.TrimSuffix(noun, "y") + "ies"
	}
	return noun + "s"
}

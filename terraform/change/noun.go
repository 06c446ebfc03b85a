package change

import "strings"

// word is what people call resources of a type.
type word struct {
	noun string
	// main is what a component is in itself: its changes are said without the noun.
	main bool
	// holds: with it goes data, or all that was encrypted with it.
	holds bool
	// access: it says who may do or reach what.
	access bool
}

// words has an entry for every type that the modules make. A test holds the two together.
func words(resourceType string) (word, bool) {
	switch resourceType {
	case "aws_acm_certificate":
		return word{noun: "certificate"}, true
	case "aws_acm_certificate_validation":
		return word{noun: "certificate validation"}, true
	case "aws_appautoscaling_policy":
		return word{noun: "scaling policy"}, true
	case "aws_appautoscaling_target":
		return word{noun: "scaling range"}, true
	case "aws_cloudfront_cache_policy":
		return word{noun: "cache policy"}, true
	case "aws_cloudfront_distribution":
		return word{noun: "distribution", main: true}, true
	case "aws_cloudfront_origin_access_control":
		return word{noun: "origin access control", access: true}, true
	case "aws_cloudfront_origin_request_policy":
		return word{noun: "origin request policy"}, true
	case "aws_cloudfront_response_headers_policy":
		return word{noun: "response headers policy"}, true
	case "aws_cloudwatch_event_rule":
		return word{noun: "event rule"}, true
	case "aws_cloudwatch_event_target":
		return word{noun: "event target"}, true
	case "aws_cloudwatch_log_delivery":
		return word{noun: "log delivery"}, true
	case "aws_cloudwatch_log_delivery_destination":
		return word{noun: "log delivery destination"}, true
	case "aws_cloudwatch_log_delivery_source":
		return word{noun: "log delivery source"}, true
	case "aws_cloudwatch_log_group":
		return word{noun: "log group", holds: true}, true
	case "aws_cloudwatch_metric_alarm":
		return word{noun: "alarm"}, true
	case "terraform_data":
		return word{noun: "check"}, true
	}
	for _, more := range []func(string) (word, bool){storageWords, networkWords, computeWords} {
		if found, known := more(resourceType); known {
			return found, true
		}
	}
	return word{noun: strings.ReplaceAll(strings.TrimPrefix(resourceType, "aws_"), "_", " ")}, false
}

func storageWords(resourceType string) (word, bool) {
	switch resourceType {
	case "aws_db_instance":
		return word{noun: "server", main: true, holds: true}, true
	case "aws_db_parameter_group", "aws_elasticache_parameter_group", "aws_rds_cluster_parameter_group":
		return word{noun: "parameter group"}, true
	case "aws_db_subnet_group", "aws_elasticache_subnet_group":
		return word{noun: "subnet group"}, true
	case "aws_rds_cluster":
		return word{noun: "cluster", main: true, holds: true}, true
	case "aws_rds_cluster_instance":
		return word{noun: "instance"}, true
	case "aws_elasticache_replication_group":
		return word{noun: "cache", main: true, holds: true}, true
	case "aws_elasticache_user":
		return word{noun: "user", access: true}, true
	case "aws_elasticache_user_group":
		return word{noun: "user group", access: true}, true
	case "aws_kms_alias":
		return word{noun: "alias"}, true
	case "aws_kms_key":
		return word{noun: "key", main: true, holds: true}, true
	case "aws_s3_bucket":
		return word{noun: "bucket", main: true, holds: true}, true
	case "aws_s3_bucket_cors_configuration":
		return word{noun: "CORS rules"}, true
	case "aws_s3_bucket_lifecycle_configuration":
		return word{noun: "lifecycle"}, true
	case "aws_s3_bucket_logging":
		return word{noun: "access logging"}, true
	case "aws_s3_bucket_notification":
		return word{noun: "notifications"}, true
	case "aws_s3_bucket_ownership_controls":
		return word{noun: "ownership", access: true}, true
	case "aws_s3_bucket_policy":
		return word{noun: "bucket policy", access: true}, true
	case "aws_s3_bucket_public_access_block":
		return word{noun: "public access block", access: true}, true
	case "aws_s3_bucket_server_side_encryption_configuration":
		return word{noun: "encryption"}, true
	case "aws_s3_bucket_versioning":
		return word{noun: "versioning"}, true
	case "aws_secretsmanager_secret":
		return word{noun: "secret", main: true, holds: true}, true
	case "aws_secretsmanager_secret_version":
		return word{noun: "value"}, true
	case "aws_sns_topic":
		return word{noun: "topic", main: true}, true
	case "aws_sns_topic_policy":
		return word{noun: "topic policy", access: true}, true
	case "aws_sns_topic_subscription":
		return word{noun: "delivery to the queue"}, true
	case "aws_sqs_queue":
		return word{noun: "queue", main: true, holds: true}, true
	case "aws_sqs_queue_policy":
		return word{noun: "queue policy", access: true}, true
	case "aws_sqs_queue_redrive_allow_policy":
		return word{noun: "dead-letter policy"}, true
	}
	return word{}, false
}

func networkWords(resourceType string) (word, bool) {
	switch resourceType {
	case "aws_default_security_group", "aws_security_group":
		return word{noun: "security group", access: true}, true
	case "aws_eip":
		return word{noun: "public address"}, true
	case "aws_flow_log":
		return word{noun: "flow log"}, true
	case "aws_internet_gateway":
		return word{noun: "internet gateway", access: true}, true
	case "aws_lb":
		return word{noun: "load balancer", main: true}, true
	case "aws_lb_listener":
		return word{noun: "listener"}, true
	case "aws_lb_listener_certificate":
		return word{noun: "listener certificate"}, true
	case "aws_lb_listener_rule":
		return word{noun: "listener rule"}, true
	case "aws_lb_target_group":
		return word{noun: "target group"}, true
	case "aws_nat_gateway":
		return word{noun: "NAT gateway"}, true
	case "aws_network_acl":
		return word{noun: "network ACL", access: true}, true
	case "aws_network_acl_rule":
		return word{noun: "network ACL rule", access: true}, true
	case "aws_route":
		return word{noun: "route", access: true}, true
	case "aws_route53_record":
		return word{noun: "DNS record"}, true
	case "aws_route_table":
		return word{noun: "route table", access: true}, true
	case "aws_route_table_association":
		return word{noun: "route table association", access: true}, true
	case "aws_service_discovery_private_dns_namespace":
		return word{noun: "DNS namespace"}, true
	case "aws_service_discovery_service":
		return word{noun: "discovery name"}, true
	case "aws_subnet":
		return word{noun: "subnet"}, true
	case "aws_vpc":
		return word{noun: "VPC", main: true}, true
	case "aws_vpc_endpoint":
		return word{noun: "VPC endpoint"}, true
	case "aws_vpc_security_group_egress_rule":
		return word{noun: "outgoing rule", access: true}, true
	case "aws_vpc_security_group_ingress_rule":
		return word{noun: "incoming rule", access: true}, true
	case "aws_wafv2_web_acl_association":
		return word{noun: "firewall", access: true}, true
	}
	return word{}, false
}

func computeWords(resourceType string) (word, bool) {
	switch resourceType {
	case "aws_ecr_lifecycle_policy":
		return word{noun: "lifecycle"}, true
	case "aws_ecr_repository":
		return word{noun: "repository", main: true, holds: true}, true
	case "aws_ecr_repository_policy":
		return word{noun: "repository policy", access: true}, true
	case "aws_ecs_cluster":
		return word{noun: "cluster", main: true}, true
	case "aws_ecs_cluster_capacity_providers":
		return word{noun: "capacity providers"}, true
	case "aws_ecs_service":
		return word{noun: "service", main: true}, true
	case taskDefinition:
		return word{noun: "task definition", main: true}, true
	case "aws_iam_role":
		return word{noun: "role", access: true}, true
	case "aws_iam_role_policy":
		return word{noun: "role policy", access: true}, true
	case "aws_iam_role_policy_attachment":
		return word{noun: "attached policy", access: true}, true
	case "aws_lambda_function":
		return word{noun: "function", main: true}, true
	case "aws_lambda_function_event_invoke_config":
		return word{noun: "retries"}, true
	case "aws_lambda_permission":
		return word{noun: "invoke permission", access: true}, true
	case "aws_scheduler_schedule":
		return word{noun: "schedule", main: true}, true
	case "aws_scheduler_schedule_group":
		return word{noun: "schedule group"}, true
	}
	return word{}, false
}

const taskDefinition = "aws_ecs_task_definition"

// Noun is what people call a resource of a type.
func Noun(resourceType string) string {
	found, _ := words(resourceType)
	return found.noun
}

// HoldsData reports whether data goes with a resource of a type, or all that was encrypted with it.
func HoldsData(resourceType string) bool {
	found, _ := words(resourceType)
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

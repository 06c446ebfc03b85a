# Findings of scanners that stay, sorted by scanner and rule. A resource is "<module or stack>: <address>", without
# instance keys. TestScan fails on a finding that is not here and on a waiver that no longer applies; the modules'
# READMEs show what concerns them.

waiver "checkov" "CKV2_AWS_42" {
  resources = ["cdn: aws_cloudfront_distribution.this"]
  reason    = "A certificate follows the domain."
}

waiver "checkov" "CKV2_AWS_47" {
  resources = ["cdn: aws_cloudfront_distribution.this"]
  reason    = "It serves objects that never run as code; a web ACL is an input."
}

waiver "checkov" "CKV2_AWS_5" {
  resources = ["fargate-job: aws_security_group.this"]
  reason    = "Runs have it: those of a schedule by its target, those by hand by the output `run_command`."
}

waiver "checkov" "CKV2_AWS_50" {
  resources = ["cache: aws_elasticache_replication_group.this"]
  reason    = "Failover follows the profile."
}

waiver "checkov" "CKV2_AWS_57" {
  resources = ["cache: aws_secretsmanager_secret.this"]
  reason    = "A new password reaches running services only by a deployment: `password_rotation` is raised together with it."
}

waiver "checkov" "CKV2_AWS_57" {
  resources = ["generated-secret: aws_secretsmanager_secret.this"]
  reason    = "A new value reaches running services only by a deployment: `rotation` is raised together with it."
}

waiver "checkov" "CKV2_AWS_57" {
  resources = ["secret: aws_secretsmanager_secret.this"]
  reason    = "Only whoever issued the value can make a new one."
}

waiver "checkov" "CKV2_AWS_62" {
  resources = ["load-balancer: aws_s3_bucket.access_logs"]
  reason    = "Nothing acts upon the arrival of a log file."
}

waiver "checkov" "CKV2_AWS_62" {
  resources = ["log-bucket: aws_s3_bucket.this"]
  reason    = "Nothing acts upon the arrival of a log file."
}

waiver "checkov" "CKV2_AWS_76" {
  resources = ["load-balancer: aws_lb.this"]
  reason    = "A web application firewall has a price and needs rules that fit the application: its web ACL is an input, and its rules are its owner's."
}

waiver "checkov" "CKV2_AWS_8" {
  resources = ["database-cluster: aws_rds_cluster.this"]
  reason    = "Aurora backs up by itself, and keeps backups as long as `backup_retention_days` says."
}

waiver "checkov" "CKV_AWS_109" {
  resources = ["encryption-key: aws_iam_policy_document.key"]
  reason    = "The rule reads the document as a role's policy. In a key policy the resource `*` is the key itself, and `kms:*` for the account is what lets IAM policies decide at all: without it nobody could ever manage the key again."
}

waiver "checkov" "CKV_AWS_111" {
  resources = ["cron: aws_iam_policy_document.signer"]
  reason    = "Lambda joins the VPC as the role of the function: the interfaces have no ARN before it makes them. The code of the function is denied these actions."
}

waiver "checkov" "CKV_AWS_111" {
  resources = ["encryption-key: aws_iam_policy_document.key"]
  reason    = "As CKV_AWS_109: in a key policy the resource `*` is the key itself."
}

waiver "checkov" "CKV_AWS_116" {
  resources = ["cron: aws_lambda_function.this"]
  reason    = "Runs that fail go to the queue by an on-failure destination, which also carries the reason."
}

waiver "checkov" "CKV_AWS_144" {
  resources = ["bucket: aws_s3_bucket.this"]
  reason    = "A second region is a decision about money and law that no declaration makes."
}

waiver "checkov" "CKV_AWS_144" {
  resources = ["load-balancer: aws_s3_bucket.access_logs"]
  reason    = "Access logs are kept for a while to look into incidents. They are not worth a second region."
}

waiver "checkov" "CKV_AWS_144" {
  resources = ["log-bucket: aws_s3_bucket.this"]
  reason    = "Access logs are kept for a while to look into incidents. They are not worth a second region."
}

waiver "checkov" "CKV_AWS_145" {
  resources = ["load-balancer: aws_s3_bucket.access_logs"]
  reason    = "Load balancers cannot write to a bucket encrypted with a KMS key of one's own; SSE-S3 is what they support."
}

waiver "checkov" "CKV_AWS_145" {
  resources = ["log-bucket: aws_s3_bucket.this"]
  reason    = "S3 delivers access logs to no bucket encrypted with a KMS key of one's own; SSE-S3 is what it supports."
}

waiver "checkov" "CKV_AWS_150" {
  resources = ["load-balancer: aws_lb.this"]
  reason    = "Deletion protection follows the profile: an environment of the profile `dev` is meant to be thrown away."
}

waiver "checkov" "CKV_AWS_157" {
  resources = ["database-server: aws_db_instance.this"]
  reason    = "Multi-AZ follows the profile: in `dev` a standby would double the price of data nobody misses."
}

waiver "checkov" "CKV_AWS_161" {
  resources = ["database-server: aws_db_instance.this"]
  reason    = "Encore's runtimes log in with passwords: a second door that nobody uses stays shut."
}

waiver "checkov" "CKV_AWS_162" {
  resources = ["database-cluster: aws_rds_cluster.this"]
  reason    = "Encore's runtimes log in with passwords: a second door that nobody uses stays shut."
}

waiver "checkov" "CKV_AWS_174" {
  resources = ["cdn: aws_cloudfront_distribution.this"]
  reason    = "The name of CloudFront itself offers no choice. With a domain it is TLSv1.2_2021."
}

waiver "checkov" "CKV_AWS_18" {
  resources = ["load-balancer: aws_s3_bucket.access_logs"]
  reason    = "The bucket holds access logs: logging access to them would need another bucket, and that one another."
}

waiver "checkov" "CKV_AWS_18" {
  resources = ["log-bucket: aws_s3_bucket.this"]
  reason    = "The bucket holds access logs: logging access to them would need another bucket, and that one another."
}

waiver "checkov" "CKV_AWS_24" {
  resources = ["fargate-service: aws_vpc_security_group_ingress_rule.load_balancer"]
  reason    = "The rule takes the port 0 of a worker for every port. A worker has no routes, and so no such rule; the rule of a route is for one port, and for the load balancer's group alone."
}

waiver "checkov" "CKV_AWS_25" {
  resources = ["fargate-service: aws_vpc_security_group_ingress_rule.load_balancer"]
  reason    = "The rule takes the port 0 of a worker for every port. A worker has no routes, and so no such rule; the rule of a route is for one port, and for the load balancer's group alone."
}

waiver "checkov" "CKV_AWS_259" {
  resources = ["cdn: aws_cloudfront_response_headers_policy.this"]
  reason    = "The rule asks for `preload`. Browsers keep their lists of registrable domains, and the distribution's name stands below one."
}

waiver "checkov" "CKV_AWS_260" {
  resources = ["fargate-service: aws_vpc_security_group_ingress_rule.load_balancer"]
  reason    = "The rule takes the port 0 of a worker for every port. A worker has no routes, and so no such rule; the rule of a route is for one port, and for the load balancer's group alone."
}

waiver "checkov" "CKV_AWS_272" {
  resources = ["cron: aws_lambda_function.this"]
  reason    = "The archive stands in the reviewed code, and its hash in the plan."
}

waiver "checkov" "CKV_AWS_293" {
  resources = ["database-server: aws_db_instance.this"]
  reason    = "Deletion protection follows the profile: an environment of the profile `dev` is meant to be thrown away."
}

waiver "checkov" "CKV_AWS_297" {
  resources = ["cron: aws_scheduler_schedule.this"]
  reason    = "The schedule holds the name of a job and a time, no secret."
}

waiver "checkov" "CKV_AWS_297" {
  resources = ["fargate-job: aws_scheduler_schedule.this"]
  reason    = "The schedule holds the name of a job and a time, no secret."
}

waiver "checkov" "CKV_AWS_305" {
  resources = ["cdn: aws_cloudfront_distribution.this"]
  reason    = "It serves objects, and is no web site with a first page."
}

waiver "checkov" "CKV_AWS_310" {
  resources = ["cdn: aws_cloudfront_distribution.this"]
  reason    = "There is one bucket, and nothing to fall back to."
}

waiver "checkov" "CKV_AWS_338" {
  resources = ["cache: aws_cloudwatch_log_group.this"]
  reason    = "Retention follows the profile."
}

waiver "checkov" "CKV_AWS_338" {
  resources = ["cron: aws_cloudwatch_log_group.this"]
  reason    = "Retention follows the profile."
}

waiver "checkov" "CKV_AWS_338" {
  resources = [
    "database-cluster: aws_cloudwatch_log_group.this",
    "database-server: aws_cloudwatch_log_group.this",
    "fargate-cluster: aws_cloudwatch_log_group.insights",
    "fargate-cluster: aws_cloudwatch_log_group.this",
    "fargate-service: aws_cloudwatch_log_group.this",
    "network: aws_cloudwatch_log_group.flow_logs",
  ]
  reason = "Keeping logs for a year costs money and, with personal data in them, may be bounded by law: retention is an input."
}

waiver "checkov" "CKV_AWS_338" {
  resources = ["fargate-job: aws_cloudwatch_log_group.this"]
  reason    = "Retention follows the profile."
}

waiver "checkov" "CKV_AWS_356" {
  resources = ["encryption-key: aws_iam_policy_document.key"]
  reason    = "As CKV_AWS_109: in a key policy the resource `*` is the key itself."
}

waiver "checkov" "CKV_AWS_374" {
  resources = ["cdn: aws_cloudfront_distribution.this"]
  reason    = "A public bucket is shown to everybody."
}

waiver "checkov" "CKV_AWS_378" {
  resources = ["fargate-service: aws_lb_target_group.this"]
  reason    = "Encore's runtimes speak plain HTTP. TLS ends at the load balancer; what follows stays inside the VPC, between two security groups."
}

waiver "checkov" "CKV_AWS_394" {
  resources = ["network: aws_availability_zones.this"]
  reason    = "The rule is about zones that appear in a result and are then built in. This list builds nothing: it is read to refuse a zone the account does not have."
}

waiver "checkov" "CKV_AWS_50" {
  resources = ["cron: aws_lambda_function.this"]
  reason    = "A run is one request: the log says with which status and in which time."
}

waiver "checkov" "CKV_AWS_65" {
  resources = ["fargate-cluster: aws_ecs_cluster.this"]
  reason    = "Container Insights follow the profile: they are billed per metric, and `dev` does without."
}

waiver "checkov" "CKV_AWS_86" {
  resources = ["cdn: aws_cloudfront_distribution.this"]
  reason    = "The rule knows the older logging alone, which needs a bucket with ACLs. Requests are logged by standard logging v2 where `access_log_bucket_arn` is set."
}

waiver "tflint" "terraform_standard_module_structure" {
  resources = [
    "platform: Module should include a main.tf file as the primary entrypoint",
    "platform: Module should include an empty variables.tf file",
    "services: Module should include a main.tf file as the primary entrypoint",
    "services: Module should include an empty outputs.tf file",
  ]
  reason = "A stack is not a module: it has one file per concern, and none that is empty."
}

waiver "tflint" "terraform_unused_declarations" {
  resources = ["network: data \"aws_availability_zones\" \"this\" is declared but not used"]
  reason    = "It is used by its own postcondition, which refuses a zone the account does not have."
}

waiver "tflint" "terraform_unused_declarations" {
  resources = ["services: data \"aws_caller_identity\" \"current\" is declared but not used"]
  reason    = "It is used by its own postcondition, which refuses another account than the platform's."
}

waiver "tfsec" "aws-cloudfront-enable-logging" {
  resources = ["cdn: aws_cloudfront_distribution.this"]
  reason    = "The rule knows the older logging alone, as CKV_AWS_86."
}

waiver "tfsec" "aws-cloudfront-use-secure-tls-policy" {
  resources = ["cdn: aws_cloudfront_distribution.this"]
  reason    = "The name of CloudFront itself offers no choice. With a domain it is TLSv1.2_2021."
}

waiver "tfsec" "aws-ecs-enable-container-insight" {
  resources = ["fargate-cluster: aws_ecs_cluster.this"]
  reason    = "Container Insights follow the profile: they are billed per metric, and `dev` does without."
}

waiver "tfsec" "aws-elb-alb-not-public" {
  resources = ["load-balancer: aws_lb.this"]
  reason    = "It is the way in from the internet, and faces it only with a domain, over TLS, and unless `internal` is set."
}

waiver "tfsec" "aws-elb-http-not-used" {
  resources = ["load-balancer: aws_lb_listener.this"]
  reason    = "Without a domain there is no certificate: then the load balancer is internal and speaks HTTP inside the VPC."
}

waiver "tfsec" "aws-iam-no-policy-wildcards" {
  resources = ["cron: data.aws_iam_policy_document.signer"]
  reason    = "Network interfaces, which have no ARN before Lambda makes them, and the streams of one log group."
}

waiver "tfsec" "aws-iam-no-policy-wildcards" {
  resources = ["fargate-job: data.aws_iam_policy_document.execution"]
  reason    = "`ecr:GetAuthorizationToken`, for which AWS knows no resource, and the streams of one log group."
}

waiver "tfsec" "aws-iam-no-policy-wildcards" {
  resources = ["fargate-service: data.aws_iam_policy_document.execution"]
  reason    = "`ecr:GetAuthorizationToken`, for which AWS knows no resource, and the streams of one log group."
}

waiver "tfsec" "aws-iam-no-policy-wildcards" {
  resources = ["network: data.aws_iam_policy_document.flow_logs"]
  reason    = "The wildcard stands for the streams of one log group, whose names AWS chooses."
}

waiver "tfsec" "aws-lambda-enable-tracing" {
  resources = ["cron: aws_lambda_function.this"]
  reason    = "A run is one request: the log says with which status and in which time."
}

waiver "tfsec" "aws-s3-enable-bucket-logging" {
  resources = ["bucket: aws_s3_bucket.this"]
  reason    = "Logging is an input: it needs a bucket of its own, which the profile decides over."
}

waiver "tfsec" "aws-s3-enable-bucket-logging" {
  resources = ["load-balancer: aws_s3_bucket.access_logs"]
  reason    = "The bucket holds access logs: logging access to them would need another bucket, and that one another."
}

waiver "tfsec" "aws-s3-enable-bucket-logging" {
  resources = ["log-bucket: aws_s3_bucket.this"]
  reason    = "The bucket holds access logs: logging access to them would need another bucket, and that one another."
}

waiver "tfsec" "aws-s3-enable-versioning" {
  resources = ["bucket: aws_s3_bucket.this"]
  reason    = "Versions are kept as the application declares."
}

waiver "tfsec" "aws-s3-encryption-customer-key" {
  resources = ["load-balancer: aws_s3_bucket_server_side_encryption_configuration.access_logs"]
  reason    = "Load balancers cannot write to a bucket encrypted with a KMS key of one's own; SSE-S3 is what they support."
}

waiver "tfsec" "aws-s3-encryption-customer-key" {
  resources = ["log-bucket: aws_s3_bucket_server_side_encryption_configuration.this"]
  reason    = "S3 delivers access logs to no bucket encrypted with a KMS key of one's own; SSE-S3 is what it supports."
}

waiver "tfsec" "aws-vpc-no-excessive-port-access" {
  resources = ["network: aws_network_acl_rule.this"]
  reason    = "The rules that name all protocols are denials, which the rule takes for permissions."
}

waiver "tfsec" "aws-vpc-no-public-ingress-acl" {
  resources = ["network: aws_network_acl_rule.this"]
  reason    = "Ports 80 and 443 of the public tier are the way in. The rest are answers to connections opened from inside, which an ACL, having no memory, can only know by their ports."
}

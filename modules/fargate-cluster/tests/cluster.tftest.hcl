# What a cluster is made of, against a mocked provider: no account is needed.

mock_provider "aws" {}

variables {
  name      = "shop-production"
  vpc_id    = "vpc-0123456789abcdef0"
  namespace = "shop-production.internal"
  key_arn   = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}

run "f1_discovery_namespace" {
  assert {
    condition     = aws_service_discovery_private_dns_namespace.this.name == "shop-production.internal" && aws_service_discovery_private_dns_namespace.this.vpc == "vpc-0123456789abcdef0"
    error_message = "services cannot find each other under the namespace"
  }

  assert {
    condition     = output.namespace == "shop-production.internal" && output.namespace_id == aws_service_discovery_private_dns_namespace.this.id
    error_message = "the outputs do not name the namespace"
  }
}

run "f1_metrics" {
  assert {
    condition     = one(aws_ecs_cluster.this.setting).name == "containerInsights" && one(aws_ecs_cluster.this.setting).value == "enabled"
    error_message = "Container Insights is off"
  }

  assert {
    condition     = output.cluster_name == "shop-production" && output.cluster_arn == aws_ecs_cluster.this.arn
    error_message = "the outputs do not name the cluster"
  }
}

run "logs_of_the_metrics_are_encrypted_and_kept_as_long_as_others" {
  variables {
    log_retention_days = 90
  }

  assert {
    condition     = one(aws_cloudwatch_log_group.insights).name == "/aws/ecs/containerinsights/shop-production/performance"
    error_message = "Container Insights would make a log group of its own"
  }

  assert {
    condition     = one(aws_cloudwatch_log_group.insights).kms_key_id == var.key_arn && one(aws_cloudwatch_log_group.insights).retention_in_days == 90
    error_message = "the log group of Container Insights is not encrypted, or keeps logs for another time"
  }
}

run "metrics_off" {
  variables {
    container_insights = false
  }

  assert {
    condition     = length(aws_cloudwatch_log_group.insights) == 0
    error_message = "there is a log group that nobody writes to"
  }

  assert {
    condition     = one(aws_ecs_cluster.this.setting).value == "disabled"
    error_message = "Container Insights is on"
  }
}

run "sessions_are_recorded_and_encrypted" {
  assert {
    condition     = aws_ecs_cluster.this.configuration[0].execute_command_configuration[0].logging == "OVERRIDE" && aws_ecs_cluster.this.configuration[0].execute_command_configuration[0].kms_key_id == var.key_arn
    error_message = "sessions of ECS Exec are not encrypted and recorded"
  }

  assert {
    condition     = aws_ecs_cluster.this.configuration[0].execute_command_configuration[0].log_configuration[0].cloud_watch_log_group_name == "/groundplan/shop-production/exec" && aws_ecs_cluster.this.configuration[0].execute_command_configuration[0].log_configuration[0].cloud_watch_encryption_enabled
    error_message = "sessions are not recorded in the encrypted log group"
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.kms_key_id == var.key_arn && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "the recordings are not encrypted, or kept forever"
  }
}

run "services_may_run_on_spot" {
  assert {
    condition     = length(setsubtract(["FARGATE", "FARGATE_SPOT"], aws_ecs_cluster_capacity_providers.this.capacity_providers)) == 0 && length(aws_ecs_cluster_capacity_providers.this.default_capacity_provider_strategy) == 0
    error_message = "the cluster does not have both capacity providers, or says for services which they use"
  }
}

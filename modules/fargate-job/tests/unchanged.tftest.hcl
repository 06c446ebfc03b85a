# The task definition is the bytes it was before the inputs became objects: another byte would be a new revision.

mock_provider "aws" {
  override_data {
    target = data.aws_region.current
    values = {
      id   = "eu-west-1"
      name = "eu-west-1"
    }
  }

  override_data {
    target = data.aws_caller_identity.current
    values = {
      account_id = "123456789012"
    }
  }

  override_data {
    target = data.aws_partition.current
    values = {
      partition  = "aws"
      dns_suffix = "amazonaws.com"
    }
  }

  mock_data "aws_iam_policy_document" {
    defaults = {
      json          = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
      minified_json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    }
  }

  mock_resource "aws_security_group" {
    defaults = {
      id = "sg-0aaaaaaaaaaaaaaaa"
    }
  }

  mock_resource "aws_ecs_task_definition" {
    defaults = {
      arn = "arn:aws:ecs:eu-west-1:123456789012:task-definition/shop-production-reports:7"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/shop-production-reports"
    }
  }

  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:eu-west-1:123456789012:shop-production-reports-failures"
      url = "https://sqs.eu-west-1.amazonaws.com/123456789012/shop-production-reports-failures"
    }
  }

  mock_resource "aws_cloudwatch_event_rule" {
    defaults = {
      arn = "arn:aws:events:eu-west-1:123456789012:rule/shop-production-reports-failures"
    }
  }

  mock_resource "aws_scheduler_schedule_group" {
    defaults = {
      arn = "arn:aws:scheduler:eu-west-1:123456789012:schedule-group/shop-production-reports-runs"
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/groundplan/shop-production-reports"
    }
  }
}

variables {
  name = "shop-production-orders"
  cluster = {
    cluster_arn  = "arn:aws:ecs:eu-west-1:123456789012:cluster/shop-production"
    cluster_name = "shop-production"
    namespace_id = "ns-0123456789abcdef"
    namespace    = "shop-production.internal"
  }
  network = { vpc_id = "vpc-0123456789abcdef0", compute_subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa"] }
  key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  task    = { cpu = 512, memory = 1024 }
}

run "a_job_as_before" {
  command = plan

  variables {
    image                = "ghcr.io/shop/pages:2.4.0"
    registry             = { credentials_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/registry-GhIjKl" }
    environment          = { LOG_LEVEL = "info" }
    command              = ["/bin/pages", "clean"]
    stop_timeout_seconds = 60
    security             = { read_only_root = true }
  }

  assert {
    condition     = sha256(aws_ecs_task_definition.this.container_definitions) == "6a4f64651ab2203acf8da27c93899fb937955ad3ffb68f6a4975b02ca20861a6"
    error_message = "the definition has changed: ${aws_ecs_task_definition.this.container_definitions}"
  }
}

# What a job refuses before anything is planned.

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
  name = "shop-production-reports"
  cluster = {
    cluster_arn  = "arn:aws:ecs:eu-west-1:123456789012:cluster/shop-production"
    cluster_name = "shop-production"
  }
  network = {
    vpc_id             = "vpc-0123456789abcdef0"
    compute_subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
  image       = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:4f2c1d9"
  registry    = { repository_arn = "arn:aws:ecr:eu-west-1:123456789012:repository/shop" }
  key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  task        = { cpu = 512, memory = 1024 }
  environment = { LOG_LEVEL = "info" }
  secrets = {
    STRIPE_KEY  = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/stripe-key-AbCdEf"
    DB_PASSWORD = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/orders-db-GhIjKl:password::"
  }
}

run "refuses_name" {
  command = plan

  variables {
    name = "1st"
  }

  expect_failures = [var.name]
}

run "refuses_cluster" {
  command = plan

  variables {
    cluster = { cluster_arn = "shop", cluster_name = "shop" }
  }

  expect_failures = [var.cluster]
}

run "refuses_vpc" {
  command = plan

  variables {
    network = { vpc_id = "shop", compute_subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"] }
  }

  expect_failures = [var.network]
}

run "refuses_no_subnets" {
  command = plan

  variables {
    network = { vpc_id = "vpc-0123456789abcdef0", compute_subnet_ids = [] }
  }

  expect_failures = [var.network]
}

run "refuses_other_subnets" {
  command = plan

  variables {
    network = { vpc_id = "vpc-0123456789abcdef0", compute_subnet_ids = ["shop"] }
  }

  expect_failures = [var.network]
}

run "refuses_no_tag" {
  command = plan

  variables {
    image = "shop"
  }

  expect_failures = [var.image]
}

run "refuses_latest" {
  command = plan

  variables {
    image = "shop:latest"
  }

  expect_failures = [var.image]
}

run "refuses_repository" {
  command = plan

  variables {
    registry = { repository_arn = "shop" }
  }

  expect_failures = [var.registry]
}

run "refuses_key" {
  command = plan

  variables {
    key_arn = "alias/shop"
  }

  expect_failures = [var.key_arn]
}

run "refuses_cpu" {
  command = plan

  variables {
    task = { cpu = 300, memory = 1024 }
  }

  expect_failures = [var.task]
}

run "refuses_memory" {
  command = plan

  variables {
    task = { cpu = 512, memory = 300 }
  }

  expect_failures = [var.task]
}

run "refuses_architecture" {
  command = plan

  variables {
    task = { cpu = 512, memory = 1024, architecture = "MIPS" }
  }

  expect_failures = [var.task]
}

run "refuses_stop_timeout" {
  command = plan

  variables {
    stop_timeout_seconds = 116
  }

  expect_failures = [var.stop_timeout_seconds]
}

run "refuses_retention" {
  command = plan

  variables {
    log_retention_days = 2
  }

  expect_failures = [var.log_retention_days]
}

run "refuses_too_many_groups" {
  command = plan

  variables {
    firewall = { security_group_ids = ["sg-01", "sg-02", "sg-03", "sg-04", "sg-05"] }
  }

  expect_failures = [var.firewall]
}

run "refuses_other_groups" {
  command = plan

  variables {
    firewall = { security_group_ids = ["default"] }
  }

  expect_failures = [var.firewall]
}

run "refuses_ports" {
  command = plan

  variables {
    firewall = { outbound_ports = [0] }
  }

  expect_failures = [var.firewall]
}

run "refuses_a_port_twice" {
  command = plan

  variables {
    firewall = { outbound_ports = [443, 443] }
  }

  expect_failures = [var.firewall]
}

run "refuses_alarm_topics" {
  command = plan

  variables {
    alarm_topic_arns = ["alarms"]
  }

  expect_failures = [var.alarm_topic_arns]
}

run "refuses_path" {
  command = plan

  variables {
    iam = { path = "shop" }
  }

  expect_failures = [var.iam]
}

run "refuses_boundary" {
  command = plan

  variables {
    iam = { permissions_boundary_arn = "boundary" }
  }

  expect_failures = [var.iam]
}

run "refuses_variable" {
  command = plan

  variables {
    environment = { "1ST" = "" }
  }

  expect_failures = [var.environment]
}

run "refuses_secret_name" {
  command = plan

  variables {
    secrets = { "1ST" = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop" }
  }

  expect_failures = [var.secrets]
}

run "refuses_secret" {
  command = plan

  variables {
    secrets = { KEY = "shop" }
  }

  expect_failures = [var.secrets]
}

run "refuses_twice" {
  command = plan

  variables {
    environment = { STRIPE_KEY = "" }
  }

  expect_failures = [var.secrets]
}

run "refuses_empty_statement" {
  command = plan

  variables {
    permissions = { a = { actions = [], resources = ["*"] } }
  }

  expect_failures = [var.permissions]
}

run "refuses_wildcard" {
  command = plan

  variables {
    permissions = { a = { actions = ["s3:*"], resources = ["arn:aws:s3:::a"] } }
  }

  expect_failures = [var.permissions]
}

run "refuses_every_resource" {
  command = plan

  variables {
    permissions = { a = { actions = ["s3:GetObject"], resources = ["*"] } }
  }

  expect_failures = [var.permissions]
}

run "refuses_names_alike" {
  command = plan

  variables {
    permissions = { a_b = { actions = ["s3:GetObject"], resources = ["arn:aws:s3:::a"] }, a-b = { actions = ["s3:GetObject"], resources = ["arn:aws:s3:::a"] } }
  }

  expect_failures = [var.permissions]
}

run "refuses_connection" {
  command = plan

  variables {
    connections = { a = { security_group_id = "a", port = 1 } }
  }

  expect_failures = [var.connections]
}

run "refuses_connection_port" {
  command = plan

  variables {
    connections = { a = { security_group_id = "sg-0a", port = 0 } }
  }

  expect_failures = [var.connections]
}

run "refuses_schedule_name" {
  command = plan

  variables {
    schedules = { "every night" = { expressions = ["rate(1 day)"] } }
  }

  expect_failures = [var.schedules]
}

run "refuses_schedule_without_time" {
  command = plan

  variables {
    schedules = { a = { expressions = [] } }
  }

  expect_failures = [var.schedules]
}

run "refuses_the_same_time_twice" {
  command = plan

  variables {
    schedules = { a = { expressions = ["rate(1 day)", "rate(1 day)"] } }
  }

  expect_failures = [var.schedules]
}

run "refuses_another_expression" {
  command = plan

  variables {
    schedules = { a = { expressions = ["0 3 * * *"] } }
  }

  expect_failures = [var.schedules]
}

# EventBridge Scheduler wants exactly one of day of month and day of week to be "?".
run "refuses_two_days_at_once" {
  command = plan

  variables {
    schedules = { nightly = { expressions = ["cron(30 2 * * * *)"] } }
  }

  expect_failures = [var.schedules]
}

run "refuses_no_day_at_all" {
  command = plan

  variables {
    schedules = { nightly = { expressions = ["cron(30 2 ? * ? *)"] } }
  }

  expect_failures = [var.schedules]
}

run "refuses_a_task_definition_too_large_in_bytes" {
  command = plan

  variables {
    environment = { PADDING = join("", [for i in range(1024) : "ééééééééééééééééééééééééééééééééé"]) }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_another_time_zone" {
  command = plan

  variables {
    schedules = { a = { expressions = ["rate(1 day)"], time_zone = "CET+1" } }
  }

  expect_failures = [var.schedules]
}

run "refuses_credentials" {
  command = plan

  variables {
    registry = { repository_arn = "arn:aws:ecr:eu-west-1:123456789012:repository/shop", credentials_arn = "shop" }
  }

  expect_failures = [var.registry]
}

run "refuses_credentials_for_ecr" {
  command = plan

  variables {
    registry = {
      repository_arn  = "arn:aws:ecr:eu-west-1:123456789012:repository/shop"
      credentials_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/registry"
    }
  }

  expect_failures = [var.registry]
}

run "refuses_user" {
  command = plan

  variables {
    security = { user = "a b" }
  }

  expect_failures = [var.security]
}

run "refuses_writable_root" {
  command = plan

  variables {
    security = { read_only_root = true, writable_paths = ["/"] }
  }

  expect_failures = [var.security]
}

run "refuses_a_path_twice" {
  command = plan

  variables {
    security = { writable_paths = ["/tmp", "/tmp"] }
  }

  expect_failures = [var.security]
}

run "refuses_another_capability" {
  command = plan

  variables {
    security = { keep_capabilities = ["SYS_ADMIN"] }
  }

  expect_failures = [var.security]
}

run "refuses_helper_image" {
  command = plan

  variables {
    helper_image = "busybox:1"
  }

  expect_failures = [var.helper_image]
}

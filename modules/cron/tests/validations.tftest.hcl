# Every validation, firing on the value it is there for, and values at the edge that must pass.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = {
      json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    }
  }

  # What the provider checks the form of: OpenTofu makes values up while it plans.
  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/shop-production"
    }
  }

  mock_resource "aws_lambda_function" {
    defaults = {
      arn = "arn:aws:lambda:eu-west-1:123456789012:function:shop-production-cleanup"
    }
  }

  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:eu-west-1:123456789012:shop-production-cleanup-dead-letters"
    }
  }
}

variables {
  name = "shop-production-cleanup"
  network = {
    vpc_id             = "vpc-0123456789abcdef0"
    compute_subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
  connection           = { security_group_id = "sg-0ccccccccccccccccc", port = 8080 }
  key_arn              = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  schedule_expressions = ["cron(0 4 * * ? *)"]
  url                  = "http://orders.shop-production.internal:8080"
  path                 = "/orders.Cleanup"
  method               = "POST"
  signature = {
    type       = "go"
    secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/production/service-auth-AbCdEf"
  }
}


run "accepts_every_minute" {
  command = plan

  variables {
    schedule_expressions = ["cron(* * * * ? *)"]
  }
}

run "accepts_steps_and_lists" {
  command = plan

  variables {
    schedule_expressions = ["cron(0,30 8-17/3 ? * MON-FRI *)"]
  }
}

run "accepts_the_last_day" {
  command = plan

  variables {
    schedule_expressions = ["cron(0 0 L * ? *)"]
  }
}

run "accepts_the_second_monday" {
  command = plan

  variables {
    schedule_expressions = ["cron(0 0 ? JAN,JUL 2#2 2026-2030)"]
  }
}

run "accepts_a_rate" {
  command = plan

  variables {
    schedule_expressions = ["rate(90 minutes)"]
  }
}

run "accepts_a_rate_of_one" {
  command = plan

  variables {
    schedule_expressions = ["rate(1 hour)"]
  }
}

run "refuses_a_unix_cron_expression" {
  command = plan

  variables {
    schedule_expressions = ["0 4 * * *"]
  }

  expect_failures = [var.schedule_expressions]
}

run "refuses_five_fields" {
  command = plan

  variables {
    schedule_expressions = ["cron(0 4 * * ?)"]
  }

  expect_failures = [var.schedule_expressions]
}

run "refuses_two_days_at_once" {
  command = plan

  variables {
    schedule_expressions = ["cron(0 4 * * * *)"]
  }

  expect_failures = [var.schedule_expressions]
}

run "refuses_no_day_at_all" {
  command = plan

  variables {
    schedule_expressions = ["cron(0 4 ? * ? *)"]
  }

  expect_failures = [var.schedule_expressions]
}

run "refuses_a_rate_of_seconds" {
  command = plan

  variables {
    schedule_expressions = ["rate(30 seconds)"]
  }

  expect_failures = [var.schedule_expressions]
}

run "refuses_a_rate_of_nothing" {
  command = plan

  variables {
    schedule_expressions = ["rate(0 minutes)"]
  }

  expect_failures = [var.schedule_expressions]
}

run "refuses_a_name_longer_than_roles_allow" {
  command = plan

  variables {
    name = join("", [for number in range(56) : "a"])
  }

  expect_failures = [var.name]
}

run "refuses_a_name_with_an_underscore" {
  command = plan

  variables {
    name = "shop_cleanup"
  }

  expect_failures = [var.name]
}

run "refuses_a_vpc_name" {
  command = plan

  variables {
    network = { vpc_id = "main", compute_subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"] }
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

run "refuses_a_subnet_name" {
  command = plan

  variables {
    network = { vpc_id = "vpc-0123456789abcdef0", compute_subnet_ids = ["compute-a"] }
  }

  expect_failures = [var.network]
}

run "refuses_a_group_name" {
  command = plan

  variables {
    connection = { security_group_id = "orders", port = 8080 }
  }

  expect_failures = [var.connection]
}

run "refuses_port_0" {
  command = plan

  variables {
    connection = { security_group_id = "sg-0ccccccccccccccccc", port = 0 }
  }

  expect_failures = [var.connection]
}

run "refuses_a_key_alias" {
  command = plan

  variables {
    key_arn = "alias/shop"
  }

  expect_failures = [var.key_arn]
}

run "refuses_a_url_with_a_path" {
  command = plan

  variables {
    url = "http://orders.shop-production.internal:8080/"
  }

  expect_failures = [var.url]
}

run "refuses_a_host_without_a_scheme" {
  command = plan

  variables {
    url = "orders.shop-production.internal:8080"
  }

  expect_failures = [var.url]
}

run "refuses_a_path_without_a_slash" {
  command = plan

  variables {
    path = "orders.Cleanup"
  }

  expect_failures = [var.path]
}

run "refuses_a_path_with_a_query" {
  command = plan

  variables {
    path = "/orders.Cleanup?dry=1"
  }

  expect_failures = [var.path]
}

run "refuses_a_path_with_a_parameter" {
  command = plan

  variables {
    path = "/orders/:id/cleanup"
  }

  expect_failures = [var.path]
}

run "refuses_a_path_with_a_wildcard" {
  command = plan

  variables {
    path = "/orders/*rest"
  }

  expect_failures = [var.path]
}

run "refuses_a_path_with_a_fallback" {
  command = plan

  variables {
    path = "/!rest"
  }

  expect_failures = [var.path]
}

run "refuses_a_path_with_a_space" {
  command = plan

  variables {
    path = "/nightly run"
  }

  expect_failures = [var.path]
}

run "refuses_a_method_in_lower_case" {
  command = plan

  variables {
    method = "post"
  }

  expect_failures = [var.method]
}

run "refuses_an_unknown_signature" {
  command = plan

  variables {
    signature = {
      type       = "rust"
      secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/production/service-auth-AbCdEf"
    }
  }

  expect_failures = [var.signature]
}

run "refuses_a_signature_without_a_key" {
  command = plan

  variables {
    signature = { type = "go", secret_arn = "" }
  }

  expect_failures = [var.signature]
}

run "refuses_a_key_without_a_signature" {
  command = plan

  variables {
    signature = {
      type       = "none"
      secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/production/service-auth-AbCdEf"
    }
  }

  expect_failures = [var.signature]
}

run "refuses_a_key_of_a_parameter_store" {
  command = plan

  variables {
    signature = { type = "go", secret_arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/key" }
  }

  expect_failures = [var.signature]
}

run "refuses_key_0" {
  command = plan

  variables {
    signature = {
      type       = "go"
      secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/production/service-auth-AbCdEf"
      key_id     = 0
    }
  }

  expect_failures = [var.signature]
}

run "refuses_a_key_of_more_than_32_bits" {
  command = plan

  variables {
    signature = {
      type       = "go"
      secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/production/service-auth-AbCdEf"
      key_id     = 4294967296
    }
  }

  expect_failures = [var.signature]
}

run "refuses_typescript_without_an_application" {
  command = plan

  variables {
    signature = {
      type       = "typescript"
      secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/production/service-auth-AbCdEf"
      env_name   = "production"
    }
  }

  expect_failures = [var.signature]
}

run "refuses_typescript_without_an_environment" {
  command = plan

  variables {
    signature = {
      type       = "typescript"
      secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/production/service-auth-AbCdEf"
      app_id     = "shop"
    }
  }

  expect_failures = [var.signature]
}

run "refuses_an_application_with_a_slash" {
  command = plan

  variables {
    signature = {
      type       = "typescript"
      secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/production/service-auth-AbCdEf"
      app_id     = "shop/one"
      env_name   = "production"
    }
  }

  expect_failures = [var.signature]
}

run "refuses_an_environment_with_a_quote" {
  command = plan

  variables {
    signature = {
      type       = "typescript"
      secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/production/service-auth-AbCdEf"
      app_id     = "shop"
      env_name   = "a\"b"
    }
  }

  expect_failures = [var.signature]
}

run "refuses_a_retention_cloudwatch_does_not_know" {
  command = plan

  variables {
    log_retention_days = 31
  }

  expect_failures = [var.log_retention_days]
}

run "refuses_more_than_15_minutes" {
  command = plan

  variables {
    timeout_seconds = 901
  }

  expect_failures = [var.timeout_seconds]
}

run "refuses_less_than_10_seconds" {
  command = plan

  variables {
    timeout_seconds = 9
  }

  expect_failures = [var.timeout_seconds]
}

run "refuses_three_retries" {
  command = plan

  variables {
    retry_attempts = 3
  }

  expect_failures = [var.retry_attempts]
}

run "refuses_a_window_of_a_day" {
  command = plan

  variables {
    retry_window_seconds = 86400
  }

  expect_failures = [var.retry_window_seconds]
}

run "refuses_a_window_of_half_a_minute" {
  command = plan

  variables {
    retry_window_seconds = 30
  }

  expect_failures = [var.retry_window_seconds]
}

run "refuses_a_fifo_topic_for_alarms" {
  command = plan

  variables {
    alarm_topic_arns = ["arn:aws:sns:eu-west-1:123456789012:on-call.fifo"]
  }

  expect_failures = [var.alarm_topic_arns]
}

run "refuses_a_path_without_its_slashes" {
  command = plan

  variables {
    iam = { path = "teams" }
  }

  expect_failures = [var.iam]
}

run "refuses_a_boundary_that_is_no_policy" {
  command = plan

  variables {
    iam = { permissions_boundary_arn = "arn:aws:iam::123456789012:role/boundary" }
  }

  expect_failures = [var.iam]
}

run "refuses_no_schedule" {
  command = plan

  variables {
    schedule_expressions = []
  }

  expect_failures = [var.schedule_expressions]
}

run "refuses_one_schedule_twice" {
  command = plan

  variables {
    schedule_expressions = ["cron(0 4 * * ? *)", "cron(0 4 * * ? *)"]
  }

  expect_failures = [var.schedule_expressions]
}

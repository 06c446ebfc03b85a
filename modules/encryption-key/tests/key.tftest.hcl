# The real provider, which plans without calling AWS: policies are the documents it renders, not mocks.
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}

override_data {
  target = data.aws_caller_identity.current
  values = {
    account_id = "123456789012"
  }
}

variables {
  name = "shop-production"
}

run "key_is_named_rotates_and_waits_before_it_is_gone" {
  command = plan

  assert {
    condition     = aws_kms_alias.this.name == "alias/shop-production"
    error_message = "the alias is ${aws_kms_alias.this.name}"
  }

  assert {
    condition     = aws_kms_key.this.enable_key_rotation && aws_kms_key.this.deletion_window_in_days == 30
    error_message = "the key does not rotate, or does not wait 30 days"
  }
}

run "without_log_groups_and_topics_only_the_account_may_use_the_key" {
  command = plan

  assert {
    condition     = [for statement in jsondecode(aws_kms_key.this.policy).Statement : statement.Sid] == ["AccountDecidesByPolicy"]
    error_message = "the key policy has other statements: ${aws_kms_key.this.policy}"
  }

  assert {
    condition     = jsondecode(aws_kms_key.this.policy).Statement[0].Principal == { AWS = "arn:aws:iam::123456789012:root" }
    error_message = "the account's own statement names another principal"
  }
}

run "logs_are_held_to_the_named_groups_of_this_account_and_region" {
  command = plan

  variables {
    log_groups = ["/groundplan/shop-production-*", "/aws/vpc/shop/flow-logs"]
  }

  assert {
    condition     = [for statement in jsondecode(aws_kms_key.this.policy).Statement : statement.Sid] == ["AccountDecidesByPolicy", "LogGroups"]
    error_message = "the key policy has other statements: ${aws_kms_key.this.policy}"
  }

  assert {
    condition     = jsondecode(aws_kms_key.this.policy).Statement[1].Principal == { Service = "logs.eu-west-1.amazonaws.com" }
    error_message = "the log statement names another principal"
  }

  assert {
    condition = jsondecode(aws_kms_key.this.policy).Statement[1].Condition == { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = [
      "arn:aws:logs:eu-west-1:123456789012:log-group:/groundplan/shop-production-*",
      "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vpc/shop/flow-logs",
    ] } }
    error_message = "the log statement is not held to the named groups of this account and region"
  }

  assert {
    condition     = length([for action in jsondecode(aws_kms_key.this.policy).Statement[1].Action : action if strcontains(action, "*")]) == 0
    error_message = "the log statement has a wildcard action"
  }
}

# Not by aws:SourceAccount: that key is not documented to reach KMS from SNS by way of SQS.
run "p1_sns_is_admitted_by_the_arns_of_topics" {
  command = plan

  variables {
    topics = ["shop-production-*", "orders.fifo"]
  }

  assert {
    condition = jsondecode(aws_kms_key.this.policy).Statement[1] == {
      Sid       = "TopicsFeedQueues"
      Effect    = "Allow"
      Action    = ["kms:GenerateDataKey", "kms:Decrypt"]
      Resource  = "*"
      Principal = { Service = "sns.amazonaws.com" }
      Condition = { ArnLike = { "aws:SourceArn" = ["arn:aws:sns:eu-west-1:123456789012:shop-production-*", "arn:aws:sns:eu-west-1:123456789012:orders.fifo"] } }
    }
    error_message = "the statement for topics reads ${jsonencode(jsondecode(aws_kms_key.this.policy).Statement[1])}"
  }
}

run "refuses_the_reserved_prefix" {
  command = plan

  variables {
    name = "aws/shop"
  }

  expect_failures = [var.name]
}

run "refuses_a_name_that_is_an_alias_already" {
  command = plan

  variables {
    name = "alias/shop"
  }

  expect_failures = [var.name]
}

run "refuses_a_name_kms_refuses" {
  command = plan

  variables {
    name = "shop production"
  }

  expect_failures = [var.name]
}

run "refuses_a_window_of_less_than_a_week" {
  command = plan

  variables {
    deletion_window_days = 6
  }

  expect_failures = [var.deletion_window_days]
}

run "refuses_half_days" {
  command = plan

  variables {
    deletion_window_days = 7.5
  }

  expect_failures = [var.deletion_window_days]
}

run "refuses_a_log_group_by_arn" {
  command = plan

  variables {
    log_groups = ["arn:aws:logs:eu-west-1:123456789012:log-group:/groundplan/shop"]
  }

  expect_failures = [var.log_groups]
}

run "refuses_a_log_group_named_twice" {
  command = plan

  variables {
    log_groups = ["/groundplan/shop", "/groundplan/shop"]
  }

  expect_failures = [var.log_groups]
}

run "refuses_a_topic_by_arn" {
  command = plan

  variables {
    topics = ["arn:aws:sns:eu-west-1:123456789012:signups"]
  }

  expect_failures = [var.topics]
}

run "refuses_a_topic_named_twice" {
  command = plan

  variables {
    topics = ["signups", "signups"]
  }

  expect_failures = [var.topics]
}

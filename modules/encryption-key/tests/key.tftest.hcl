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

run "only_the_account_and_its_log_groups_may_use_the_key" {
  command = plan

  assert {
    condition     = [for statement in jsondecode(aws_kms_key.this.policy).Statement : statement.Sid] == ["AccountDecidesByPolicy", "LogGroupsOfThisAccount"]
    error_message = "the key policy has other statements: ${aws_kms_key.this.policy}"
  }

  assert {
    condition     = jsondecode(aws_kms_key.this.policy).Statement[0].Principal == { AWS = "arn:aws:iam::123456789012:root" }
    error_message = "the account's own statement names somebody else"
  }

  assert {
    condition     = jsondecode(aws_kms_key.this.policy).Statement[1].Principal == { Service = "logs.eu-west-1.amazonaws.com" }
    error_message = "the log statement names somebody else"
  }

  assert {
    condition     = jsondecode(aws_kms_key.this.policy).Statement[1].Condition == { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:eu-west-1:123456789012:log-group:*" } }
    error_message = "the log statement is not held to log groups of this account and region"
  }

  assert {
    condition     = length([for action in jsondecode(aws_kms_key.this.policy).Statement[1].Action : action if strcontains(action, "*")]) == 0
    error_message = "the log statement has a wildcard action"
  }
}

run "message_sources_are_held_to_this_account" {
  command = plan

  variables {
    message_sources = ["sns.amazonaws.com", "cloudwatch.amazonaws.com"]
  }

  assert {
    condition = jsondecode(aws_kms_key.this.policy).Statement[2] == {
      Sid       = "MessagesFromThisAccount"
      Effect    = "Allow"
      Action    = ["kms:GenerateDataKey", "kms:Decrypt"]
      Resource  = "*"
      Principal = { Service = ["sns.amazonaws.com", "cloudwatch.amazonaws.com"] }
      Condition = { StringEquals = { "aws:SourceAccount" = "123456789012" } }
    }
    error_message = "the statement for message sources reads ${jsonencode(jsondecode(aws_kms_key.this.policy).Statement[2])}"
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

run "refuses_a_message_source_that_is_no_service" {
  command = plan

  variables {
    message_sources = ["arn:aws:iam::123456789012:root"]
  }

  expect_failures = [var.message_sources]
}

run "refuses_a_message_source_named_twice" {
  command = plan

  variables {
    message_sources = ["sns.amazonaws.com", "sns.amazonaws.com"]
  }

  expect_failures = [var.message_sources]
}

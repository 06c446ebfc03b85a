# Every validation, firing on the value it is there for, and values at the edge that must pass.

mock_provider "aws" {}

variables {
  name        = "shop/production/StripeKey"
  description = "Secret StripeKey of shop in production"
  key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}

run "refuses_name_with_space" {
  command = plan

  variables {
    name = "stripe key"
  }

  expect_failures = [var.name]
}

run "refuses_no_description" {
  command = plan

  variables {
    description = ""
  }

  expect_failures = [var.description]
}

run "refuses_key_alias" {
  command = plan

  variables {
    key_arn = "alias/shop"
  }

  expect_failures = [var.key_arn]
}

run "refuses_short_recovery" {
  command = plan

  variables {
    recovery_window_days = 3
  }

  expect_failures = [var.recovery_window_days]
}

run "refuses_long_recovery" {
  command = plan

  variables {
    recovery_window_days = 31
  }

  expect_failures = [var.recovery_window_days]
}

run "accepts_deletion_at_once" {
  command = plan

  variables {
    recovery_window_days = 0
  }
}

# Every validation, firing on the value it is there for, and values at the edge that must pass.

mock_provider "aws" {}

variables {
  name      = "shop-production"
  vpc_id    = "vpc-0123456789abcdef0"
  namespace = "shop-production.internal"
  key_arn   = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}

run "refuses_name_with_dot" {
  command = plan

  variables {
    name = "shop.production"
  }

  expect_failures = [var.name]
}

run "refuses_vpc_by_name" {
  command = plan

  variables {
    vpc_id = "main"
  }

  expect_failures = [var.vpc_id]
}

run "refuses_namespace_of_one_label" {
  command = plan

  variables {
    namespace = "internal"
  }

  expect_failures = [var.namespace]
}

run "refuses_namespace_in_upper_case" {
  command = plan

  variables {
    namespace = "Shop.internal"
  }

  expect_failures = [var.namespace]
}

run "refuses_namespace_of_multicast_dns" {
  command = plan

  variables {
    namespace = "shop.local"
  }

  expect_failures = [var.namespace]
}

run "refuses_key_alias" {
  command = plan

  variables {
    key_arn = "alias/shop"
  }

  expect_failures = [var.key_arn]
}

run "refuses_retention_cloudwatch_has_not" {
  command = plan

  variables {
    log_retention_days = 31
  }

  expect_failures = [var.log_retention_days]
}

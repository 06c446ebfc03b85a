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

override_data {
  target = data.aws_availability_zones.this
  values = {
    names    = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    zone_ids = ["euw1-az3", "euw1-az1", "euw1-az2"]
  }
}

variables {
  name    = "shop-production"
  cidr    = "10.20.0.0/16"
  zones   = ["a", "b"]
  key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  nat     = "single"
}

run "refuses_a_name_too_long_for_its_role" {
  command = plan

  variables {
    name = "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-x"
  }

  expect_failures = [var.name]
}

run "refuses_a_name_with_an_underscore" {
  command = plan

  variables {
    name = "shop_production"
  }

  expect_failures = [var.name]
}

run "refuses_a_range_wider_than_aws_allows" {
  command = plan

  variables {
    cidr = "10.0.0.0/15"
  }

  expect_failures = [var.cidr]
}

run "refuses_a_range_too_small_for_a_load_balancer" {
  command = plan

  variables {
    cidr = "10.0.0.0/20"
  }

  expect_failures = [var.cidr]
}

run "refuses_a_range_that_starts_in_its_middle" {
  command = plan

  variables {
    cidr = "10.20.1.0/16"
  }

  expect_failures = [var.cidr]
}

run "refuses_a_public_range" {
  command = plan

  variables {
    cidr = "8.8.0.0/16"
  }

  expect_failures = [var.cidr]
}

run "refuses_ipv6" {
  command = plan

  variables {
    cidr = "fd00::/16"
  }

  expect_failures = [var.cidr]
}

run "refuses_zone_names_with_the_region" {
  command = plan

  variables {
    zones = ["eu-west-1a", "eu-west-1b"]
  }

  expect_failures = [var.zones]
}

run "refuses_a_zone_named_twice" {
  command = plan

  variables {
    zones = ["a", "a"]
  }

  expect_failures = [var.zones]
}

run "refuses_a_single_zone" {
  command = plan

  variables {
    zones = ["a"]
  }

  expect_failures = [var.zones]
}

run "refuses_an_unknown_nat_mode" {
  command = plan

  variables {
    nat = "two"
  }

  expect_failures = [var.nat]
}

run "refuses_a_storage_port_past_the_rule_numbers" {
  command = plan

  variables {
    storage_ports = [31001]
  }

  expect_failures = [var.storage_ports]
}

run "refuses_a_storage_port_named_twice" {
  command = plan

  variables {
    storage_ports = [5432, 5432]
  }

  expect_failures = [var.storage_ports]
}

run "refuses_more_storage_ports_than_an_acl_holds" {
  command = plan

  variables {
    storage_ports = range(6000, 6011)
  }

  expect_failures = [var.storage_ports]
}

run "refuses_a_privileged_service_port" {
  command = plan

  variables {
    service_port = 80
  }

  expect_failures = [var.service_port]
}

run "refuses_a_service_port_linux_picks_for_itself" {
  command = plan

  variables {
    service_port = 32768
  }

  expect_failures = [var.service_port]
}

run "refuses_full_endpoint_names" {
  command = plan

  variables {
    interface_endpoints = ["com.amazonaws.eu-west-1.logs"]
  }

  expect_failures = [var.interface_endpoints]
}

run "refuses_s3_as_interface_endpoint" {
  command = plan

  variables {
    interface_endpoints = ["s3"]
  }

  expect_failures = [var.interface_endpoints]
}

run "refuses_an_endpoint_named_twice" {
  command = plan

  variables {
    interface_endpoints = ["logs", "logs"]
  }

  expect_failures = [var.interface_endpoints]
}

run "n6_refuses_to_be_without_nat_and_endpoints" {
  command = plan

  variables {
    nat                 = "none"
    interface_endpoints = ["logs", "secretsmanager"]
  }

  expect_failures = [var.interface_endpoints]
}

run "refuses_a_key_alias" {
  command = plan

  variables {
    key_arn = "arn:aws:kms:eu-west-1:123456789012:alias/shop"
  }

  expect_failures = [var.key_arn]
}

run "refuses_a_retention_cloudwatch_does_not_know" {
  command = plan

  variables {
    flow_log_retention_days = 100
  }

  expect_failures = [var.flow_log_retention_days]
}

run "refuses_a_role_as_permissions_boundary" {
  command = plan

  variables {
    permissions_boundary_arn = "arn:aws:iam::123456789012:role/boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}

run "refuses_a_path_without_slashes" {
  command = plan

  variables {
    iam_path = "applications"
  }

  expect_failures = [var.iam_path]
}

run "refuses_an_account_that_is_no_account_id" {
  command = plan

  variables {
    endpoint_account_ids = ["shop"]
  }

  expect_failures = [var.endpoint_account_ids]
}

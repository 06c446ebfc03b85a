# Every validation, firing on the value it is there for, and values at the edge that must pass.

mock_provider "aws" {
  override_data {
    target = data.aws_partition.current
    values = {
      partition = "aws"
    }
  }

  override_data {
    target = data.aws_region.current
    values = {
      id   = "eu-west-1"
      name = "eu-west-1"
    }
  }

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
}

variables {
  name         = "shop-production-main"
  vpc_id       = "vpc-0123456789abcdef0"
  subnet_ids   = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  key_arn      = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  min_capacity = 0.5
  max_capacity = 8
  instances    = 2
}

run "refuses_name_in_upper_case" {
  command = plan

  variables {
    name = "Shop"
  }

  expect_failures = [var.name]
}

run "refuses_name_with_two_hyphens" {
  command = plan

  variables {
    name = "shop--main"
  }

  expect_failures = [var.name]
}

run "refuses_name_ending_in_hyphen" {
  command = plan

  variables {
    name = "shop-"
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

run "refuses_one_subnet" {
  command = plan

  variables {
    subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa"]
  }

  expect_failures = [var.subnet_ids]
}

run "refuses_subnet_by_name" {
  command = plan

  variables {
    subnet_ids = ["storage-a", "storage-b"]
  }

  expect_failures = [var.subnet_ids]
}

run "refuses_key_alias" {
  command = plan

  variables {
    key_arn = "alias/shop"
  }

  expect_failures = [var.key_arn]
}

run "refuses_d1_version_of_three_numbers" {
  command = plan

  variables {
    engine_version = "17.2.1"
  }

  expect_failures = [var.engine_version]
}

run "refuses_d1_old_version" {
  command = plan

  variables {
    engine_version = "12"
  }

  expect_failures = [var.engine_version]
}

run "refuses_d1_no_backups" {
  command = plan

  variables {
    backup_retention_days = 0
  }

  expect_failures = [var.backup_retention_days]
}

run "refuses_d1_backups_for_too_long" {
  command = plan

  variables {
    backup_retention_days = 36
  }

  expect_failures = [var.backup_retention_days]
}

run "refuses_retention_cloudwatch_has_not" {
  command = plan

  variables {
    log_retention_days = 8
  }

  expect_failures = [var.log_retention_days]
}

run "refuses_iam_path_without_slash" {
  command = plan

  variables {
    iam_path = "teams"
  }

  expect_failures = [var.iam_path]
}

run "refuses_permissions_boundary_by_name" {
  command = plan

  variables {
    permissions_boundary_arn = "boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}

run "refuses_long_name" {
  command = plan

  variables {
    name = "a${join("", [for i in range(60) : "b"])}"
  }

  expect_failures = [var.name]
}

run "refuses_min_capacity_between_steps" {
  command = plan

  variables {
    min_capacity = 0.7
  }

  expect_failures = [var.min_capacity]
}

run "refuses_max_capacity_below_one" {
  command = plan

  variables {
    min_capacity = 0.5
    max_capacity = 0.5
  }

  expect_failures = [var.max_capacity]
}

run "refuses_max_capacity_below_min" {
  command = plan

  variables {
    min_capacity = 4
    max_capacity = 2
  }

  expect_failures = [var.max_capacity]
}

run "refuses_no_instances" {
  command = plan

  variables {
    instances = 0
  }

  expect_failures = [var.instances]
}

run "refuses_many_instances" {
  command = plan

  variables {
    instances = 17
  }

  expect_failures = [var.instances]
}

run "accepts_longest_name" {
  command = plan

  variables {
    name = "a${join("", [for i in range(59) : "b"])}"
  }
}

run "accepts_pausing" {
  command = plan

  variables {
    min_capacity = 0
  }
}

run "accepts_sixteen_instances" {
  command = plan

  variables {
    instances = 16
  }
}

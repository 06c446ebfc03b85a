# Every validation, firing on the value it is there for, and values at the edge that must pass.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}

variables {
  name       = "shop-prod-main"
  vpc_id     = "vpc-0123456789abcdef0"
  subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  key_arn    = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  users      = {}
  node_type  = "cache.m6g.large"
  replicas   = 1
  multi_az   = true
}

run "refuses_name_in_upper_case" {
  command = plan

  variables {
    name = "Shop"
  }

  expect_failures = [var.name]
}

run "refuses_name_that_begins_with_a_digit" {
  command = plan

  variables {
    name = "1shop"
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

run "refuses_long_name" {
  command = plan

  variables {
    name = "a${join("", [for i in range(20) : "b"])}"
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

run "refuses_one_subnet_for_two_zones" {
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

run "refuses_c1_category_of_commands" {
  command = plan

  variables {
    commands = ["get", "@all"]
  }

  expect_failures = [var.commands]
}

run "refuses_c1_dangerous_command" {
  command = plan

  variables {
    commands = ["get", "flushall"]
  }

  expect_failures = [var.commands]
}

run "refuses_c1_dangerous_subcommand" {
  command = plan

  variables {
    commands = ["get", "config|get"]
  }

  expect_failures = [var.commands]
}

run "refuses_c1_command_that_is_two" {
  command = plan

  variables {
    commands = ["get +@all"]
  }

  expect_failures = [var.commands]
}

run "refuses_c1_no_command" {
  command = plan

  variables {
    commands = []
  }

  expect_failures = [var.commands]
}

run "refuses_c1_user_with_two_rules_in_one" {
  command = plan

  variables {
    users = { cart = { keys = ["cart/* +@all"] } }
  }

  expect_failures = [var.users]
}

run "refuses_c1_user_without_keys" {
  command = plan

  variables {
    users = { cart = { keys = [] } }
  }

  expect_failures = [var.users]
}

run "refuses_c1_empty_key" {
  command = plan

  variables {
    users = { cart = { keys = [""] } }
  }

  expect_failures = [var.users]
}

run "refuses_process_with_a_slash" {
  command = plan

  variables {
    users = { "shop/cart" = { keys = ["cart/*"] } }
  }

  expect_failures = [var.users]
}

run "refuses_too_many_users" {
  command = plan

  variables {
    users = { for i in range(100) : "p${i}" => { keys = ["p${i}/*"] } }
  }

  expect_failures = [var.users]
}

run "refuses_secret_prefix_that_begins_with_a_slash" {
  command = plan

  variables {
    secret_prefix = "/shop"
  }

  expect_failures = [var.secret_prefix]
}

run "refuses_node_type_of_rds" {
  command = plan

  variables {
    node_type = "db.m5.large"
  }

  expect_failures = [var.node_type]
}

run "refuses_c1_replicas_that_scale_on_small_nodes" {
  command = plan

  variables {
    node_type    = "cache.t4g.micro"
    cluster_mode = true
    max_replicas = 3
  }

  expect_failures = [var.node_type]
}

run "refuses_six_replicas" {
  command = plan

  variables {
    replicas = 6
  }

  expect_failures = [var.replicas]
}

run "refuses_c1_two_zones_with_one_node" {
  command = plan

  variables {
    replicas = 0
  }

  expect_failures = [var.replicas]
}

run "refuses_c1_replicas_that_scale_without_a_cluster" {
  command = plan

  variables {
    max_replicas = 3
  }

  expect_failures = [var.max_replicas]
}

run "refuses_c1_fewer_replicas_at_most_than_at_least" {
  command = plan

  variables {
    cluster_mode = true
    replicas     = 3
    max_replicas = 2
  }

  expect_failures = [var.max_replicas]
}

run "refuses_six_replicas_at_most" {
  command = plan

  variables {
    cluster_mode = true
    max_replicas = 6
  }

  expect_failures = [var.max_replicas]
}

run "refuses_scaling_towards_idleness" {
  command = plan

  variables {
    scale_cpu_percent = 20
  }

  expect_failures = [var.scale_cpu_percent]
}

run "refuses_c1_version_of_redis" {
  command = plan

  variables {
    engine_version = "7.1"
  }

  expect_failures = [var.engine_version]
}

run "refuses_c1_patch_version" {
  command = plan

  variables {
    engine_version = "8.0.1"
  }

  expect_failures = [var.engine_version]
}

run "refuses_c1_unknown_eviction_policy" {
  command = plan

  variables {
    eviction_policy = "lru"
  }

  expect_failures = [var.eviction_policy]
}

run "refuses_snapshots_for_too_long" {
  command = plan

  variables {
    snapshot_retention_days = 36
  }

  expect_failures = [var.snapshot_retention_days]
}

run "refuses_retention_cloudwatch_has_not" {
  command = plan

  variables {
    log_retention_days = 8
  }

  expect_failures = [var.log_retention_days]
}

run "refuses_negative_evictions" {
  command = plan

  variables {
    evictions_alarm = -1
  }

  expect_failures = [var.evictions_alarm]
}

run "refuses_rotation_backwards" {
  command = plan

  variables {
    password_rotation = 0
  }

  expect_failures = [var.password_rotation]
}

run "refuses_recovery_window_of_three_days" {
  command = plan

  variables {
    recovery_window_days = 3
  }

  expect_failures = [var.recovery_window_days]
}

run "refuses_alarm_topic_by_name" {
  command = plan

  variables {
    alarm_topic_arns = ["alarms"]
  }

  expect_failures = [var.alarm_topic_arns]
}

run "refuses_c1_cluster_in_one_zone" {
  command = plan

  variables {
    cluster_mode = true
    multi_az     = false
    max_replicas = 2
  }

  expect_failures = [var.cluster_mode]
}

run "accepts_longest_name" {
  command = plan

  variables {
    name = "a${join("", [for i in range(19) : "b"])}"
  }
}

run "accepts_c1_small_node_alone" {
  command = plan

  variables {
    node_type  = "cache.t4g.micro"
    replicas   = 0
    multi_az   = false
    subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa"]
  }
}

run "accepts_c1_newest_version" {
  command = plan

  variables {
    engine_version = "8.1"
  }
}

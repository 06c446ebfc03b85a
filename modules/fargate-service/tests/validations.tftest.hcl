# Every validation, firing on the value it is there for, and values at the edge that must pass.

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
      arn = "arn:aws:ecs:eu-west-1:123456789012:task-definition/shop-production-orders:7"
    }
  }

  mock_resource "aws_lb_target_group" {
    defaults = {
      arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/route-1/0123456789abcdef"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/shop-production-orders"
    }
  }

  mock_resource "aws_service_discovery_service" {
    defaults = {
      arn = "arn:aws:servicediscovery:eu-west-1:123456789012:service/srv-0123456789abcdef"
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/groundplan/shop-production-orders"
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
  network      = { vpc_id = "vpc-0123456789abcdef0", compute_subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa"] }
  image        = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:4f2c1d9"
  registry     = { repository_arn = "arn:aws:ecr:eu-west-1:123456789012:repository/shop" }
  key_arn      = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  infra_config = "{\"hosted_services\":[\"orders\"]}"
  task         = { cpu = 256, memory = 512 }
  scale        = { min = 1, max = 2 }
}

run "refuses_long_name" {
  command = plan

  variables {
    name = "a${join("", [for i in range(54) : "b"])}"
  }

  expect_failures = [var.name]
}

run "refuses_name_with_underscore" {
  command = plan

  variables {
    name = "shop_orders"
  }

  expect_failures = [var.name]
}

run "refuses_cluster_by_name" {
  command = plan

  variables {
    cluster = {
      cluster_arn  = "shop-production"
      cluster_name = "shop-production"
      namespace_id = "ns-1"
      namespace    = "shop.internal"
    }
  }

  expect_failures = [var.cluster]
}

run "refuses_vpc_by_name" {
  command = plan

  variables {
    network = { vpc_id = "main", compute_subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa"] }
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

run "refuses_subnet_by_name" {
  command = plan

  variables {
    network = { vpc_id = "vpc-0123456789abcdef0", compute_subnet_ids = ["compute-a"] }
  }

  expect_failures = [var.network]
}

run "refuses_image_without_tag" {
  command = plan

  variables {
    image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop"
  }

  expect_failures = [var.image]
}

run "refuses_image_latest" {
  command = plan

  variables {
    image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:latest"
  }

  expect_failures = [var.image]
}

run "refuses_repository_by_name" {
  command = plan

  variables {
    registry = { repository_arn = "shop" }
  }

  expect_failures = [var.registry]
}

run "refuses_key_alias" {
  command = plan

  variables {
    key_arn = "arn:aws:kms:eu-west-1:123456789012:alias/shop"
  }

  expect_failures = [var.key_arn]
}

run "refuses_f1_cpu_fargate_has_not" {
  command = plan

  variables {
    task = { cpu = 300, memory = 512 }
  }

  expect_failures = [var.task]
}

run "refuses_f1_memory_too_small_for_cpu" {
  command = plan

  variables {
    task = { cpu = 1024, memory = 1024 }
  }

  expect_failures = [var.task]
}

run "refuses_f1_memory_too_large_for_cpu" {
  command = plan

  variables {
    task = { cpu = 256, memory = 4096 }
  }

  expect_failures = [var.task]
}

run "refuses_f1_memory_between_steps" {
  command = plan

  variables {
    task = { cpu = 2048, memory = 5000 }
  }

  expect_failures = [var.task]
}

run "refuses_f1_memory_off_large_steps" {
  command = plan

  variables {
    task = { cpu = 16384, memory = 33792 }
  }

  expect_failures = [var.task]
}

run "refuses_architecture" {
  command = plan

  variables {
    task = { cpu = 256, memory = 512, architecture = "arm64" }
  }

  expect_failures = [var.task]
}

run "refuses_scale_to_zero" {
  command = plan

  variables {
    scale = { min = 0, max = 2 }
  }

  expect_failures = [var.scale]
}

run "refuses_scale_upside_down" {
  command = plan

  variables {
    scale = { min = 3, max = 2 }
  }

  expect_failures = [var.scale]
}

run "refuses_scale_percent" {
  command = plan

  variables {
    scale = { min = 1, max = 2, cpu_percent = 100 }
  }

  expect_failures = [var.scale]
}

run "refuses_f1_stop_timeout_too_long" {
  command = plan

  variables {
    shutdown = { stop_timeout_seconds = 121 }
  }

  expect_failures = [var.shutdown]
}

run "refuses_f1_stop_timeout_too_short" {
  command = plan

  variables {
    shutdown = { stop_timeout_seconds = 1 }
  }

  expect_failures = [var.shutdown]
}

run "refuses_f1_drain_too_long" {
  command = plan

  variables {
    shutdown = { drain_seconds = 106, stop_timeout_seconds = 2 }
  }

  expect_failures = [var.shutdown]
}

run "refuses_f1_drain_by_halves" {
  command = plan

  variables {
    shutdown = { drain_seconds = 1.5 }
  }

  expect_failures = [var.shutdown]
}

# A Spot task has two minutes for both.
run "refuses_f1_stop_that_takes_too_long" {
  command = plan

  variables {
    shutdown = { drain_seconds = 20, stop_timeout_seconds = 96 }
  }

  expect_failures = [var.shutdown]
}

run "accepts_f1_the_longest_stop" {
  command = plan

  variables {
    shutdown = { drain_seconds = 20, stop_timeout_seconds = 95 }
  }
}

run "accepts_f1_no_drain" {
  command = plan

  variables {
    shutdown = { drain_seconds = 0, stop_timeout_seconds = 115 }
  }
}

run "refuses_grace" {
  command = plan

  variables {
    health = { grace_seconds = 301 }
  }

  expect_failures = [var.health]
}

run "refuses_f1_retention_cloudwatch_has_not" {
  command = plan

  variables {
    log_retention_days = 10
  }

  expect_failures = [var.log_retention_days]
}

run "refuses_f1_logs_kept_forever" {
  command = plan

  variables {
    log_retention_days = 0
  }

  expect_failures = [var.log_retention_days]
}

run "refuses_port" {
  command = plan

  variables {
    listen = { port = 65536 }
  }

  expect_failures = [var.listen]
}

run "refuses_outbound_port" {
  command = plan

  variables {
    firewall = { outbound_ports = [0] }
  }

  expect_failures = [var.firewall]
}

run "refuses_outbound_port_twice" {
  command = plan

  variables {
    firewall = { outbound_ports = [443, 443] }
  }

  expect_failures = [var.firewall]
}

run "refuses_discovery_name_with_dot" {
  command = plan

  variables {
    listen = { discovery_name = "orders.v2" }
  }

  expect_failures = [var.listen]
}

run "refuses_health_path_with_shell" {
  command = plan

  variables {
    health = { path = "/healthz; id" }
  }

  expect_failures = [var.health]
}

run "refuses_helper_image_by_its_tag" {
  command = plan

  variables {
    helper_image = "public.ecr.aws/docker/library/busybox:1.37.0"
  }

  expect_failures = [var.helper_image]
}

run "refuses_credentials_for_ecr" {
  command = plan

  variables {
    registry = {
      repository_arn  = "arn:aws:ecr:eu-west-1:123456789012:repository/shop"
      credentials_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/registry-login-AbCdEf"
    }
  }

  expect_failures = [var.registry]
}

run "refuses_credentials_with_a_key" {
  command = plan

  variables {
    registry = {
      repository_arn  = ""
      credentials_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/registry-login-AbCdEf:password::"
    }
  }

  expect_failures = [var.registry]
}

run "refuses_an_odd_user" {
  command = plan

  variables {
    security = { user = "node user" }
  }

  expect_failures = [var.security]
}

run "refuses_a_relative_writable_path" {
  command = plan

  variables {
    security = { writable_paths = ["tmp"] }
  }

  expect_failures = [var.security]
}

run "refuses_the_tasks_own_folder_as_writable" {
  command = plan

  variables {
    security = { writable_paths = ["/groundplan"] }
  }

  expect_failures = [var.security]
}

run "refuses_a_writable_path_twice" {
  command = plan

  variables {
    security = { writable_paths = ["/tmp", "/tmp"] }
  }

  expect_failures = [var.security]
}

run "refuses_a_capability_that_has_to_be_added" {
  command = plan

  variables {
    security = { keep_capabilities = ["SYS_PTRACE"] }
  }

  expect_failures = [var.security]
}

run "refuses_helper_image_latest" {
  command = plan

  variables {
    helper_image = "public.ecr.aws/docker/library/busybox:latest"
  }

  expect_failures = [var.helper_image]
}

run "refuses_helper_image_without_tag" {
  command = plan

  variables {
    helper_image = "busybox"
  }

  expect_failures = [var.helper_image]
}

run "refuses_iam_path_without_slash" {
  command = plan

  variables {
    iam = { path = "teams" }
  }

  expect_failures = [var.iam]
}

run "refuses_permissions_boundary_by_name" {
  command = plan

  variables {
    iam = { permissions_boundary_arn = "boundary" }
  }

  expect_failures = [var.iam]
}

run "refuses_f2_infra_config_that_is_no_json" {
  command = plan

  variables {
    infra_config = "hosted_services: [orders]"
  }

  expect_failures = [var.infra_config]
}

run "refuses_f2_infra_config_that_is_no_object" {
  command = plan

  variables {
    infra_config = "[]"
  }

  expect_failures = [var.infra_config]
}

run "refuses_environment_name" {
  command = plan

  variables {
    environment = { "LOG-LEVEL" = "info" }
  }

  expect_failures = [var.environment]
}

run "refuses_environment_of_the_module" {
  command = plan

  variables {
    environment = { PORT = "80" }
  }

  expect_failures = [var.environment]
}

run "refuses_secret_name" {
  command = plan

  variables {
    secrets = { "1_KEY" = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/key-AbCdEf" }
  }

  expect_failures = [var.secrets]
}

run "refuses_s1_secret_by_value" {
  command = plan

  variables {
    secrets = { STRIPE_KEY = "not-an-arn" }
  }

  expect_failures = [var.secrets]
}

run "refuses_s1_every_secret" {
  command = plan

  variables {
    secrets = { STRIPE_KEY = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/*" }
  }

  expect_failures = [var.secrets]
}

run "refuses_variable_set_twice" {
  command = plan

  variables {
    environment = { STRIPE_KEY = "public" }
    secrets     = { STRIPE_KEY = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/key-AbCdEf" }
  }

  expect_failures = [var.secrets]
}

run "refuses_f2_secret_the_runtime_removes" {
  command = plan

  variables {
    secrets = { ENCORE_KEY = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/key-AbCdEf" }
  }

  expect_failures = [var.secrets]
}

run "refuses_f4_statement_without_actions" {
  command = plan

  variables {
    permissions = {
      topic = { actions = [], resources = ["arn:aws:sns:eu-west-1:123456789012:placed"] }
    }
  }

  expect_failures = [var.permissions]
}

run "refuses_f4_statement_without_resources" {
  command = plan

  variables {
    permissions = {
      topic = { actions = ["sns:Publish"], resources = [] }
    }
  }

  expect_failures = [var.permissions]
}

run "refuses_f4_every_action" {
  command = plan

  variables {
    permissions = {
      all = { actions = ["*"], resources = ["arn:aws:sns:eu-west-1:123456789012:placed"] }
    }
  }

  expect_failures = [var.permissions]
}

run "refuses_f4_every_action_of_a_service" {
  command = plan

  variables {
    permissions = {
      topic = { actions = ["sns:*"], resources = ["arn:aws:sns:eu-west-1:123456789012:placed"] }
    }
  }

  expect_failures = [var.permissions]
}

run "refuses_f4_every_resource" {
  command = plan

  variables {
    permissions = {
      topic = { actions = ["sns:Publish"], resources = ["*"] }
    }
  }

  expect_failures = [var.permissions]
}

run "refuses_f4_every_resource_without_condition" {
  command = plan

  variables {
    permissions = {
      metrics = { actions = ["cloudwatch:PutMetricData"], resources = ["*"] }
    }
  }

  expect_failures = [var.permissions]
}

run "refuses_f4_two_statements_of_one_name" {
  command = plan

  variables {
    permissions = {
      topic_a   = { actions = ["sns:Publish"], resources = ["arn:aws:sns:eu-west-1:123456789012:a"] }
      "topic-a" = { actions = ["sns:Publish"], resources = ["arn:aws:sns:eu-west-1:123456789012:a"] }
    }
  }

  expect_failures = [var.permissions]
}

run "refuses_n5_connection_to_an_address" {
  command = plan

  variables {
    connections = {
      database = { security_group_id = "10.0.0.0/16", port = 5432 }
    }
  }

  expect_failures = [var.connections]
}

run "refuses_n5_connection_without_port" {
  command = plan

  variables {
    connections = {
      database = { security_group_id = "sg-0dddddddddddddddd", port = 0 }
    }
  }

  expect_failures = [var.connections]
}

run "refuses_f5_route_before_the_load_balancers_own_rules" {
  command = plan

  variables {
    routes = {
      api = {
        listener_arn      = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/0123456789abcdef/fedcba9876543210"
        security_group_id = "sg-0123456789abcdef0"
        priority          = 3
        hosts             = []
      }
    }
  }

  expect_failures = [var.routes]
}

run "refuses_route_to_a_network_load_balancer" {
  command = plan

  variables {
    routes = {
      api = {
        listener_arn      = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/net/shop/0123456789abcdef/fedcba9876543210"
        security_group_id = "sg-0123456789abcdef0"
        priority          = 10
        hosts             = []
      }
    }
  }

  expect_failures = [var.routes]
}

run "refuses_route_with_many_hosts" {
  command = plan

  variables {
    routes = {
      api = {
        listener_arn      = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/0123456789abcdef/fedcba9876543210"
        security_group_id = "sg-0123456789abcdef0"
        priority          = 10
        hosts             = ["a.example.com", "b.example.com", "c.example.com", "d.example.com", "e.example.com", "f.example.com"]
      }
    }
  }

  expect_failures = [var.routes]
}

run "refuses_route_with_many_hosts_and_paths" {
  command = plan

  variables {
    routes = {
      api = {
        listener_arn      = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/0123456789abcdef/fedcba9876543210"
        security_group_id = "sg-0123456789abcdef0"
        priority          = 10
        hosts             = ["a.example.com", "b.example.com"]
        paths             = ["/a", "/b", "/c", "/d"]
      }
    }
  }

  expect_failures = [var.routes]
}

run "refuses_route_with_a_path_without_slash" {
  command = plan

  variables {
    routes = {
      api = {
        listener_arn      = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/0123456789abcdef/fedcba9876543210"
        security_group_id = "sg-0123456789abcdef0"
        priority          = 10
        hosts             = []
        paths             = ["orders"]
      }
    }
  }

  expect_failures = [var.routes]
}

run "refuses_many_routes" {
  command = plan

  variables {
    routes = {
      for number in range(6) : "route_${number}" => {
        listener_arn      = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/0123456789abcdef/fedcba9876543210"
        security_group_id = "sg-0123456789abcdef0"
        priority          = 10 + number
        hosts             = []
      }
    }
  }

  expect_failures = [var.routes]
}

run "accepts_f1_smallest_task" {
  command = plan

  variables {
    task = { cpu = 256, memory = 512 }
  }
}

run "accepts_f1_largest_task" {
  command = plan

  variables {
    task = { cpu = 16384, memory = 122880 }
  }
}

run "accepts_f1_uneven_memory" {
  command = plan

  variables {
    task = { cpu = 8192, memory = 20480 }
  }
}

run "accepts_image_by_digest" {
  command = plan

  variables {
    image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  }
}

run "accepts_longest_name" {
  command = plan

  variables {
    name = "a${join("", [for i in range(53) : "b"])}"
  }
}

run "accepts_one_task_always" {
  command = plan

  variables {
    scale = { min = 1, max = 1 }
  }
}

run "refuses_a_repository_in_upper_case" {
  command = plan

  variables {
    image = "ghcr.io/Acme/shop:V1"
  }

  expect_failures = [var.image]
}

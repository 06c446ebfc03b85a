# What is there by choice: sessions of ECS Exec, further containers, and a service that is not asked for its health.

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
  network = { vpc_id = "vpc-0123456789abcdef0", compute_subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa"] }
  key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  task    = { cpu = 512, memory = 1024 }
  image   = "ghcr.io/shop/pages:2.4.0"
  scale   = { min = 1, max = 2 }
}

run "no_sessions_by_default" {
  assert {
    condition     = !aws_ecs_service.this.enable_execute_command && length(aws_iam_role_policy.exec) == 0
    error_message = "whoever may call ECS Exec gets a shell in the tasks"
  }
}

run "sessions_are_recorded_and_encrypted" {
  variables {
    exec = true
  }

  assert {
    condition     = aws_ecs_service.this.enable_execute_command && aws_iam_role_policy.exec[0].role == aws_iam_role.task.id
    error_message = "the task role lacks what the agent needs"
  }

  assert {
    condition = { for statement in data.aws_iam_policy_document.exec[0].statement : statement.sid => join(" ", concat(sort(statement.actions), sort(statement.resources))) } == {
      OpenSession    = "ssmmessages:CreateControlChannel ssmmessages:CreateDataChannel ssmmessages:OpenControlChannel ssmmessages:OpenDataChannel *"
      FindSessionLog = "logs:DescribeLogGroups *"
      RecordSession  = "logs:CreateLogStream logs:DescribeLogStreams logs:PutLogEvents arn:aws:logs:eu-west-1:123456789012:log-group:/groundplan/shop-production/exec:*"
      EncryptSession = "kms:Decrypt arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    }
    error_message = "the rights are ${jsonencode(data.aws_iam_policy_document.exec[0].statement)}"
  }
}

run "sessions_are_recorded_where_the_cluster_says" {
  variables {
    exec = true
    cluster = {
      cluster_arn         = "arn:aws:ecs:eu-west-1:123456789012:cluster/company"
      cluster_name        = "company"
      namespace_id        = "ns-0123456789abcdef"
      namespace           = "company.internal"
      exec_log_group_name = "/company/sessions"
    }
  }

  assert {
    condition     = local.exec_log_group_name == "/company/sessions"
    error_message = "sessions are recorded in ${local.exec_log_group_name}"
  }
}

run "refuses_sessions_with_a_read_only_root" {
  command = plan

  variables {
    exec     = true
    security = { read_only_root = true }
  }

  expect_failures = [var.exec]
}

run "sidecars_start_first_and_end_last" {
  variables {
    sidecars = [
      {
        name        = "collector"
        image       = "210987654321.dkr.ecr.eu-central-1.amazonaws.com/company/collector:1.2"
        command     = ["--config", "env:CONFIG"]
        memory      = 128
        user        = "1000"
        environment = { CONFIG = "receivers: {}" }
        secrets     = { API_KEY = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/collector-AbCdEf:key::" }
      },
      {
        name              = "proxy"
        image             = "envoyproxy/envoy:v1.31.0"
        essential         = true
        read_only_root    = true
        keep_capabilities = ["NET_BIND_SERVICE"]
      },
    ]
  }

  assert {
    condition     = [for container in jsondecode(aws_ecs_task_definition.this.container_definitions) : container.name] == ["app", "probe", "collector", "proxy"]
    error_message = "the task has other containers"
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].dependsOn == [{ containerName = "collector", condition = "START" }, { containerName = "proxy", condition = "START" }]
    error_message = "the application starts before its sidecars, and ends after them"
  }

  assert {
    condition = jsondecode(aws_ecs_task_definition.this.container_definitions)[2] == {
      name             = "collector"
      image            = "210987654321.dkr.ecr.eu-central-1.amazonaws.com/company/collector:1.2"
      command          = ["--config", "env:CONFIG"]
      essential        = false
      cpu              = 0
      memory           = 128
      user             = "1000"
      linuxParameters  = { capabilities = { add = [], drop = ["ALL"] }, initProcessEnabled = true }
      environment      = [{ name = "CONFIG", value = "receivers: {}" }]
      secrets          = [{ name = "API_KEY", valueFrom = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/collector-AbCdEf:key::" }]
      logConfiguration = { logDriver = "awslogs", options = { "awslogs-group" = "/groundplan/shop-production-orders", "awslogs-region" = "eu-west-1", "awslogs-stream-prefix" = "collector", "max-buffer-size" = "25m", "mode" = "non-blocking" } }
    }
    error_message = "the collector is ${jsonencode(jsondecode(aws_ecs_task_definition.this.container_definitions)[2])}"
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[3].essential && jsondecode(aws_ecs_task_definition.this.container_definitions)[3].readonlyRootFilesystem && !contains(jsondecode(aws_ecs_task_definition.this.container_definitions)[3].linuxParameters.capabilities.drop, "NET_BIND_SERVICE")
    error_message = "the proxy is not what was asked for"
  }

  assert {
    condition     = local.repository_arns == tolist(["arn:aws:ecr:eu-central-1:210987654321:repository/company/collector"]) && local.secret_arns == tolist(["arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/collector-AbCdEf"])
    error_message = "the execution role may not start the sidecars"
  }
}

run "refuses_a_sidecar_in_the_place_of_the_application" {
  command = plan

  variables {
    sidecars = [{ name = "app", image = "envoyproxy/envoy:v1.31.0" }]
  }

  expect_failures = [var.sidecars]
}

run "refuses_two_sidecars_of_one_name" {
  command = plan

  variables {
    sidecars = [{ name = "proxy", image = "envoyproxy/envoy:v1.31.0" }, { name = "proxy", image = "envoyproxy/envoy:v1.30.0" }]
  }

  expect_failures = [var.sidecars]
}

run "refuses_a_sidecar_of_the_latest_image" {
  command = plan

  variables {
    sidecars = [{ name = "proxy", image = "envoyproxy/envoy:latest" }]
  }

  expect_failures = [var.sidecars]
}

run "refuses_a_sidecar_with_all_the_memory" {
  command = plan

  variables {
    sidecars = [{ name = "proxy", image = "envoyproxy/envoy:v1.31.0", memory = 1024 }]
  }

  expect_failures = [var.sidecars]
}

run "refuses_a_user_with_a_space" {
  command = plan

  variables {
    sidecars = [{ name = "proxy", image = "envoyproxy/envoy:v1.31.0", user = "the proxy" }]
  }

  expect_failures = [var.sidecars]
}

run "refuses_a_capability_that_containers_lack" {
  command = plan

  variables {
    sidecars = [{ name = "proxy", image = "envoyproxy/envoy:v1.31.0", keep_capabilities = ["SYS_ADMIN"] }]
  }

  expect_failures = [var.sidecars]
}

run "refuses_a_variable_of_a_sidecar_with_a_hyphen" {
  command = plan

  variables {
    sidecars = [{ name = "proxy", image = "envoyproxy/envoy:v1.31.0", environment = { LOG-LEVEL = "info" } }]
  }

  expect_failures = [var.sidecars]
}

run "refuses_a_secret_of_a_sidecar_by_name" {
  command = plan

  variables {
    sidecars = [{ name = "proxy", image = "envoyproxy/envoy:v1.31.0", secrets = { KEY = "shop/key" } }]
  }

  expect_failures = [var.sidecars]
}

run "refuses_a_variable_of_a_sidecar_twice" {
  command = plan

  variables {
    sidecars = [{ name = "proxy", image = "envoyproxy/envoy:v1.31.0", environment = { KEY = "a" }, secrets = { KEY = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/key-AbCdEf" } }]
  }

  expect_failures = [var.sidecars]
}

run "asks_at_the_root_by_default" {
  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[1].healthCheck.command == ["CMD-SHELL", "wget -q -T 6 -O /dev/null http://127.0.0.1:8080/ || exit 1"]
    error_message = "the probe asks for something that only some applications serve"
  }
}

run "a_service_that_is_not_asked" {
  variables {
    health = { path = "" }
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[1].name == "probe" && !contains(keys(jsondecode(aws_ecs_task_definition.this.container_definitions)[1]), "healthCheck")
    error_message = "something is asked, or nothing holds the signal back"
  }
}

run "refuses_a_route_to_what_is_not_asked" {
  command = plan

  variables {
    health = { path = "" }
    routes = {
      api = {
        listener_arn      = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/0123456789abcdef/0123456789abcdef"
        security_group_id = "sg-0bbbbbbbbbbbbbbbb"
        priority          = 10
        hosts             = []
      }
    }
  }

  expect_failures = [var.health]
}

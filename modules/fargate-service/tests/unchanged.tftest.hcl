# Task definitions are the bytes they were before the inputs became objects, whatever is said of a service: another byte would
# be a new revision, and a deployment of every service that takes this version of the module.

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
  scale   = { min = 1, max = 2 }
}

run "an_encore_service_as_before" {
  variables {
    image        = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:4f2c1d9"
    registry     = { repository_arn = "arn:aws:ecr:eu-west-1:123456789012:repository/shop" }
    listen       = { discovery_name = "orders" }
    health       = { path = "/__encore/healthz" }
    infra_config = "{\"hosted_services\":[\"orders\"]}"
    secrets      = { DB_PASSWORD = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/orders-db-GhIjKl" }
  }

  assert {
    condition     = sha256(aws_ecs_task_definition.this.container_definitions) == "bb7e7a61bb89d16e94055f9d47295edf806d0c14e8598caf228a5ac228c20005"
    error_message = "the definition has changed: ${aws_ecs_task_definition.this.container_definitions}"
  }
}

run "a_container_with_everything_as_before" {
  variables {
    image       = "ghcr.io/shop/pages:2.4.0"
    registry    = { credentials_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/registry-GhIjKl" }
    environment = { LOG_LEVEL = "info" }
    listen      = { port = 9000, protocol = "HTTP2" }
    health      = { path = "/up", grace_seconds = 90 }
    command     = ["/bin/pages", "serve"]
    shutdown    = { drain_seconds = 5, stop_timeout_seconds = 60 }
    security = {
      user              = "1000:1000"
      read_only_root    = true
      writable_paths    = ["/tmp", "/var/cache"]
      keep_capabilities = ["SETUID"]
    }
  }

  assert {
    condition     = sha256(aws_ecs_task_definition.this.container_definitions) == "3bd4ec023ee243292a5b125521338d936476e5d64e415f56421c586214ed1a4a"
    error_message = "the definition has changed: ${aws_ecs_task_definition.this.container_definitions}"
  }
}

run "a_worker_as_before" {
  variables {
    image  = "ghcr.io/shop/pages:2.4.0"
    listen = { port = 0 }
    health = { command = ["/bin/worker", "alive"] }
  }

  assert {
    condition     = sha256(aws_ecs_task_definition.this.container_definitions) == "e431b56c395532a03b8fe03d826bcf434eb41f3d88136859ae7e7f59c5551b04"
    error_message = "the definition has changed: ${aws_ecs_task_definition.this.container_definitions}"
  }
}

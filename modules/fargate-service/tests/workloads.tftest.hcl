# What differs between kinds of work: workers without a port, what runs on Spot, what queues add, groups of one's own, and
# protocols other than HTTP/1.1.

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
  network = {
    vpc_id             = "vpc-0123456789abcdef0"
    compute_subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
  image       = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:4f2c1d9"
  registry    = { repository_arn = "arn:aws:ecr:eu-west-1:123456789012:repository/shop" }
  key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  task        = { cpu = 512, memory = 1024 }
  environment = { LOG_LEVEL = "info" }
  secrets = {
    STRIPE_KEY  = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/stripe-key-AbCdEf"
    DB_PASSWORD = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/orders-db-GhIjKl:password::"
  }
  scale = { min = 2, max = 10 }
}

run "a_worker_listens_nowhere" {
  variables {
    listen = { port = 0 }
  }

  assert {
    condition     = [for container in jsondecode(aws_ecs_task_definition.this.container_definitions) : container.name] == ["app"]
    error_message = "something asks a worker for its health, or holds its signal back for callers it does not have"
  }

  assert {
    condition     = length(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].portMappings) == 0 && length([for variable in jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment : variable if variable.name == "PORT"]) == 0
    error_message = "a worker has a port"
  }

  assert {
    condition     = !contains(keys(jsondecode(aws_ecs_task_definition.this.container_definitions)[0]), "healthCheck")
    error_message = "a worker is checked though nothing says how"
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.load_balancer) == 0 && length(aws_lb_target_group.this) == 0 && length(aws_service_discovery_service.this) == 0
    error_message = "there is a way to a worker"
  }
}

run "a_worker_with_a_command_for_its_health" {
  variables {
    listen = { port = 0 }
    health = { command = ["/bin/worker", "--alive"] }
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].healthCheck == { command = ["CMD", "/bin/worker", "--alive"], interval = 10, timeout = 7, retries = 3, startPeriod = 60 }
    error_message = "the command is not the check of the application's container"
  }
}

run "a_command_instead_of_the_probes_request" {
  variables {
    health = { command = ["/bin/grpc_health_probe", "-addr=:8080"] }
  }

  assert {
    condition     = [for container in jsondecode(aws_ecs_task_definition.this.container_definitions) : container.name] == ["app", "probe"]
    error_message = "nothing holds the signal back from an application that is called"
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].healthCheck.command[1] == "/bin/grpc_health_probe" && !contains(keys(jsondecode(aws_ecs_task_definition.this.container_definitions)[1]), "healthCheck")
    error_message = "the application is asked twice, or not by the command"
  }
}

run "on_demand_alone_by_default" {
  assert {
    condition     = [for provider in aws_ecs_service.this.capacity_provider_strategy : "${provider.capacity_provider} ${provider.base} ${provider.weight}"] == ["FARGATE 0 100"]
    error_message = "tasks run elsewhere than on demand"
  }

  # Without it the provider replaces the service when the strategy changes.
  assert {
    condition     = aws_ecs_service.this.force_new_deployment
    error_message = "a change of the strategy would replace the service"
  }
}

run "a_share_on_spot" {
  variables {
    scale = { min = 2, max = 10, spot_percent = 70, on_demand = 2 }
  }

  assert {
    condition     = sort([for provider in aws_ecs_service.this.capacity_provider_strategy : "${provider.capacity_provider} ${provider.base} ${provider.weight}"]) == tolist(["FARGATE 2 30", "FARGATE_SPOT 0 70"])
    error_message = "the strategy is not 2 tasks on demand and 70 percent of the rest on Spot"
  }
}

run "all_on_spot" {
  variables {
    scale = { min = 2, max = 10, spot_percent = 100 }
  }

  assert {
    condition     = [for provider in aws_ecs_service.this.capacity_provider_strategy : provider.capacity_provider] == ["FARGATE_SPOT"]
    error_message = "a provider that places no task is in the strategy"
  }
}

run "queues_add_tasks" {
  variables {
    scale = {
      min = 2
      max = 10
      queues = {
        order_placed_book = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:shop-production-order-placed-book", messages_per_task = 50 }
        stock_moved       = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:shop-production-stock-moved.fifo", messages_per_task = 10 }
      }
    }
  }

  assert {
    condition     = keys(aws_appautoscaling_policy.queue) == ["order_placed_book", "stock_moved"] && length(aws_appautoscaling_policy.this) == 2
    error_message = "the policies are not those of the queues beside CPU and memory"
  }

  assert {
    condition     = one(aws_appautoscaling_policy.queue["order_placed_book"].target_tracking_scaling_policy_configuration).target_value == 50
    error_message = "the target is not the messages that may wait for a task"
  }

  assert {
    condition = flatten([
      for metric in one(one(aws_appautoscaling_policy.queue["stock_moved"].target_tracking_scaling_policy_configuration).customized_metric_specification).metrics :
      [for stat in metric.metric_stat : [for counted in stat.metric : [for dimension in counted.dimensions : dimension.value]]] if metric.id == "waiting"
    ]) == ["shop-production-stock-moved.fifo"]
    error_message = "the metric is not that of the queue"
  }

  assert {
    condition = [
      for metric in one(one(aws_appautoscaling_policy.queue["stock_moved"].target_tracking_scaling_policy_configuration).customized_metric_specification).metrics :
      metric.id if metric.return_data
    ] == ["backlog"]
    error_message = "the metric that is tracked is not the expression alone"
  }
}

run "further_security_groups" {
  variables {
    firewall = { security_group_ids = ["sg-0123456789abcdef0", "sg-0123456789abcdef1"] }
  }

  assert {
    condition     = length(one(aws_ecs_service.this.network_configuration).security_groups) == 3 && length(setsubtract(["sg-0123456789abcdef0", "sg-0123456789abcdef1"], one(aws_ecs_service.this.network_configuration).security_groups)) == 0
    error_message = "the tasks are not in the groups given and in their own"
  }
}

run "grpc" {
  variables {
    listen = { protocol = "GRPC" }
    health = { path = "/AWS.ALB/healthcheck" }
    routes = {
      public = {
        listener_arn      = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/0123456789abcdef/0123456789abcdef"
        security_group_id = "sg-0123456789abcdef0"
        priority          = 1100
        hosts             = ["api.example.com"]
        paths             = ["/shop.Orders/*"]
      }
    }
  }

  assert {
    condition     = aws_lb_target_group.this["public"].protocol_version == "GRPC" && one(aws_lb_target_group.this["public"].health_check).matcher == "12"
    error_message = "the load balancer does not speak gRPC, or does not take UNIMPLEMENTED for a sign of life"
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[1].healthCheck.command[1] == "nc -w 6 127.0.0.1 8080 -e true || exit 1"
    error_message = "the probe asks by HTTP/1.1, which such a server does not speak"
  }
}

run "grpc_with_a_method_for_its_health" {
  variables {
    listen = { protocol = "GRPC" }
    health = { path = "/grpc.health.v1.Health/Check" }
    routes = {
      public = {
        listener_arn      = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/0123456789abcdef/0123456789abcdef"
        security_group_id = "sg-0123456789abcdef0"
        priority          = 1100
        hosts             = ["api.example.com"]
      }
    }
  }

  assert {
    condition     = one(aws_lb_target_group.this["public"].health_check).matcher == "0" && one(aws_lb_target_group.this["public"].health_check).path == "/grpc.health.v1.Health/Check"
    error_message = "the load balancer does not want OK of the method"
  }
}

run "sticky_sessions" {
  variables {
    listen = { protocol = "HTTP2" }
    health = { path = "/healthz" }
    routes = {
      public = {
        listener_arn      = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/0123456789abcdef/0123456789abcdef"
        security_group_id = "sg-0123456789abcdef0"
        priority          = 1100
        hosts             = ["api.example.com"]
        sticky_seconds    = 3600
      }
    }
  }

  assert {
    condition     = aws_lb_target_group.this["public"].protocol_version == "HTTP2" && one(aws_lb_target_group.this["public"].health_check).matcher == "200"
    error_message = "the load balancer does not speak HTTP/2"
  }

  assert {
    condition     = one(aws_lb_target_group.this["public"].stickiness).type == "lb_cookie" && one(aws_lb_target_group.this["public"].stickiness).cookie_duration == 3600
    error_message = "sessions do not stay an hour"
  }
}

run "refuses_a_name_without_a_port" {
  command = plan

  variables {
    listen = { port = 0, discovery_name = "orders" }
  }

  expect_failures = [var.listen]
}

run "refuses_a_route_without_a_port" {
  command = plan

  variables {
    listen = { port = 0 }
    routes = {
      public = {
        listener_arn      = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/0123456789abcdef/0123456789abcdef"
        security_group_id = "sg-0123456789abcdef0"
        priority          = 1100
        hosts             = []
      }
    }
  }

  expect_failures = [var.routes]
}

run "refuses_an_empty_word" {
  command = plan

  variables {
    health = { command = ["/bin/worker", ""] }
  }

  expect_failures = [var.health]
}

run "refuses_another_protocol" {
  command = plan

  variables {
    listen = { protocol = "HTTP3" }
  }

  expect_failures = [var.listen]
}

run "refuses_sticky_sessions_of_grpc" {
  command = plan

  variables {
    listen = { protocol = "GRPC" }
    routes = {
      public = {
        listener_arn      = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/0123456789abcdef/0123456789abcdef"
        security_group_id = "sg-0123456789abcdef0"
        priority          = 1100
        hosts             = []
        sticky_seconds    = 60
      }
    }
  }

  expect_failures = [var.routes]
}

run "refuses_more_than_all_on_spot" {
  command = plan

  variables {
    scale = { min = 2, max = 10, spot_percent = 101 }
  }

  expect_failures = [var.scale]
}

run "refuses_a_base_that_nothing_places" {
  command = plan

  variables {
    scale = { min = 2, max = 10, spot_percent = 100, on_demand = 1 }
  }

  expect_failures = [var.scale]
}

run "refuses_too_many_groups" {
  command = plan

  variables {
    firewall = { security_group_ids = ["sg-01", "sg-02", "sg-03", "sg-04", "sg-05"] }
  }

  expect_failures = [var.firewall]
}

run "refuses_what_is_no_group" {
  command = plan

  variables {
    firewall = { security_group_ids = ["default"] }
  }

  expect_failures = [var.firewall]
}

run "refuses_what_is_no_queue" {
  command = plan

  variables {
    scale = {
      min    = 2
      max    = 10
      queues = { book = { queue_arn = "https://sqs.eu-west-1.amazonaws.com/123456789012/book", messages_per_task = 1 } }
    }
  }

  expect_failures = [var.scale]
}

run "refuses_a_task_without_messages" {
  command = plan

  variables {
    scale = {
      min    = 2
      max    = 10
      queues = { book = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:book", messages_per_task = 0 } }
    }
  }

  expect_failures = [var.scale]
}

run "refuses_a_queue_called_cpu" {
  command = plan

  variables {
    scale = {
      min    = 2
      max    = 10
      queues = { cpu = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:book", messages_per_task = 1 } }
    }
  }

  expect_failures = [var.scale]
}

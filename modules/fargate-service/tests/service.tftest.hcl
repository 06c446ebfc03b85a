# What a service is made of, read from plans and applies against a mocked provider: no account is needed.

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
  image        = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:4f2c1d9"
  registry     = { repository_arn = "arn:aws:ecr:eu-west-1:123456789012:repository/shop" }
  key_arn      = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  task         = { cpu = 512, memory = 1024 }
  listen       = { discovery_name = "orders" }
  health       = { path = "/__encore/healthz" }
  infra_config = "{\"hosted_services\":[\"orders\"]}"
  environment  = { LOG_LEVEL = "info" }
  secrets = {
    STRIPE_KEY  = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/stripe-key-AbCdEf"
    DB_PASSWORD = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/orders-db-GhIjKl:password::"
  }
  scale = { min = 2, max = 10 }
}

run "f1_task_definition" {
  assert {
    condition     = aws_ecs_task_definition.this.cpu == "512" && aws_ecs_task_definition.this.memory == "1024"
    error_message = "the task does not get the CPU and memory asked for"
  }

  assert {
    condition     = one(aws_ecs_task_definition.this.runtime_platform).cpu_architecture == "X86_64"
    error_message = "the architecture is not the default"
  }

  assert {
    condition     = [for container in jsondecode(aws_ecs_task_definition.this.container_definitions) : container.name] == ["config", "app", "probe"]
    error_message = "the containers are not config, app and probe"
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[1].stopTimeout == 45
    error_message = "the application is not given 45 seconds to stop"
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[1].portMappings == [{ containerPort = 8080, hostPort = 8080, protocol = "tcp" }]
    error_message = "the application does not listen on 8080"
  }

  assert {
    condition     = aws_ecs_task_definition.this.skip_destroy
    error_message = "old revisions are deregistered, and a rollback has nowhere to go"
  }
}

run "f1_probe_of_scratch_images" {
  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[2].essential
    error_message = "an unhealthy probe does not replace the task"
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[2].healthCheck.command == ["CMD-SHELL", "wget -q -T 6 -O /dev/null http://127.0.0.1:8080/__encore/healthz || exit 1"]
    error_message = "the probe does not ask the runtime for its health"
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[2].healthCheck.startPeriod == 60
    error_message = "the probe has no grace period"
  }

  assert {
    condition     = strcontains(jsondecode(aws_ecs_task_definition.this.container_definitions)[2].command[0], "trap 'sleep 20; exit 0' TERM")
    error_message = "the probe does not hold the application's signal back, or does not end when told to"
  }

  # Killed before it ends by itself, it would hold the signal back for less.
  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[2].stopTimeout > 20 && jsondecode(aws_ecs_task_definition.this.container_definitions)[1].stopTimeout == 45
    error_message = "the probe is killed while it holds the signal back, or the application has another time to finish"
  }

  # A record that callers know lives so long, and its change takes time as well.
  assert {
    condition     = var.shutdown.drain_seconds >= one(one(aws_service_discovery_service.this["orders"].dns_config).dns_records).ttl + 5
    error_message = "the application gets its signal while callers know its address"
  }

  assert {
    condition     = !can(jsondecode(aws_ecs_task_definition.this.container_definitions)[1].healthCheck)
    error_message = "the application has a health check of its own, which an image without a shell cannot run"
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[2].dependsOn == [{ containerName = "app", condition = "START" }]
    error_message = "the probe does not start with the application"
  }
}

run "f1_logs_with_retention" {
  assert {
    condition     = aws_cloudwatch_log_group.this.name == "/groundplan/shop-production-orders" && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "the log group is not the service's own, with 30 days of retention"
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.kms_key_id == var.key_arn
    error_message = "the logs are not encrypted with the key"
  }

  assert {
    condition = alltrue([
      for container in jsondecode(aws_ecs_task_definition.this.container_definitions) :
      container.logConfiguration.options["awslogs-stream-prefix"] == container.name && container.logConfiguration.options["awslogs-group"] == "/groundplan/shop-production-orders"
    ])
    error_message = "a container does not log into its own streams of the service's group"
  }
}

run "f1_discovery" {
  assert {
    condition     = aws_service_discovery_service.this["orders"].name == "orders" && aws_service_discovery_service.this["orders"].dns_config[0].namespace_id == "ns-0123456789abcdef"
    error_message = "the service is not found under its name"
  }

  assert {
    condition     = one(aws_ecs_service.this.service_registries).registry_arn == aws_service_discovery_service.this["orders"].arn
    error_message = "the tasks do not register"
  }
}

run "f1_no_discovery_without_a_name" {
  variables {
    listen = { discovery_name = "" }
  }

  assert {
    condition     = length(aws_service_discovery_service.this) == 0 && length(aws_ecs_service.this.service_registries) == 0
    error_message = "a service nobody calls registers itself"
  }
}

run "f2_infra_config_is_written_at_start" {
  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment == [{ name = "INFRA_CONFIG", value = var.infra_config }]
    error_message = "the config container does not get the infra config as it is"
  }

  assert {
    condition     = !jsondecode(aws_ecs_task_definition.this.container_definitions)[0].essential
    error_message = "the task ends with the config container"
  }

  assert {
    condition     = strcontains(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].command[0], "printf '%s' \"$INFRA_CONFIG\" > /groundplan/infra.config.json")
    error_message = "the config container does not write the file"
  }

  assert {
    condition     = strcontains(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].command[0], "if [ -z \"$${INFRA_CONFIG:-}\" ]")
    error_message = "the config container does not fail on an empty config"
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[1].dependsOn == [{ containerName = "config", condition = "SUCCESS" }]
    error_message = "the application starts before its config is written"
  }

  assert {
    condition     = contains(jsondecode(aws_ecs_task_definition.this.container_definitions)[1].environment, { name = "ENCORE_INFRA_CONFIG_PATH", value = "/groundplan/infra.config.json" })
    error_message = "the application is not told where its config is"
  }

  assert {
    condition     = [for variable in jsondecode(aws_ecs_task_definition.this.container_definitions)[1].environment : variable.name] == ["ENCORE_INFRA_CONFIG_PATH", "LOG_LEVEL", "PORT"]
    error_message = "the application is told something else, such as to go on accepting requests after its signal"
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[1].mountPoints == [{ sourceVolume = "config", containerPath = "/groundplan", readOnly = true }]
    error_message = "the application can change its config, or cannot see it"
  }

  assert {
    condition     = one(aws_ecs_task_definition.this.volume).name == "config"
    error_message = "there is no volume to share"
  }
}

run "i4_command_of_ones_own" {
  variables {
    command = ["serve", "--port", "8080"]
  }

  assert {
    condition     = [for container in jsondecode(aws_ecs_task_definition.this.container_definitions) : container.command if container.name == "app"] == [["serve", "--port", "8080"]]
    error_message = "the application does not run the command"
  }
}

run "i4_the_image_says_what_runs" {
  assert {
    condition     = !anytrue([for container in jsondecode(aws_ecs_task_definition.this.container_definitions) : can(container.command) if container.name == "app"])
    error_message = "the application gets a command nobody asked for"
  }
}

run "i4_routes_by_path" {
  variables {
    routes = {
      orders = {
        listener_arn      = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/0123456789abcdef/fedcba9876543210"
        security_group_id = "sg-0123456789abcdef0"
        priority          = 10
        hosts             = ["shop.example.com"]
        paths             = ["/orders", "/orders/*"]
      }
      all = {
        listener_arn      = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/0123456789abcdef/fedcba9876543210"
        security_group_id = "sg-0123456789abcdef0"
        priority          = 20
        hosts             = []
        paths             = ["/status"]
      }
    }
  }

  assert {
    condition     = toset(flatten([for condition in aws_lb_listener_rule.this["orders"].condition : [for host in condition.host_header : host.values]])) == toset(["shop.example.com"])
    error_message = "the rule is not for the host name"
  }

  assert {
    condition     = toset(flatten([for condition in aws_lb_listener_rule.this["orders"].condition : [for path in condition.path_pattern : path.values]])) == toset(["/orders", "/orders/*"])
    error_message = "the rule is not for the paths"
  }

  assert {
    condition     = one(one(aws_lb_listener_rule.this["all"].condition).path_pattern).values == toset(["/status"])
    error_message = "the rule without host names is not for its path alone"
  }
}

run "i4_no_config_container_without_an_infra_config" {
  variables {
    infra_config = ""
    health       = { path = "/healthz" }
  }

  assert {
    condition     = [for container in jsondecode(aws_ecs_task_definition.this.container_definitions) : container.name] == ["app", "probe"]
    error_message = "an application without an infra config gets a config container"
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment == [{ name = "LOG_LEVEL", value = "info" }, { name = "PORT", value = "8080" }]
    error_message = "an application without an infra config is told where one is"
  }

  assert {
    condition     = length(aws_ecs_task_definition.this.volume) == 0
    error_message = "an application without an infra config gets a volume"
  }

  assert {
    condition     = strcontains(jsondecode(aws_ecs_task_definition.this.container_definitions)[1].healthCheck.command[1], "http://127.0.0.1:8080/healthz ")
    error_message = "the probe does not ask at the path given"
  }
}

run "s1_secrets_come_from_secrets_manager" {
  assert {
    condition = jsondecode(aws_ecs_task_definition.this.container_definitions)[1].secrets == [
      { name = "DB_PASSWORD", valueFrom = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/orders-db-GhIjKl:password::" },
      { name = "STRIPE_KEY", valueFrom = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/stripe-key-AbCdEf" },
    ]
    error_message = "the secrets do not reach the application"
  }

  assert {
    condition     = !can(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].secrets) && !can(jsondecode(aws_ecs_task_definition.this.container_definitions)[2].secrets)
    error_message = "a helper container gets a secret"
  }
}

run "helpers_are_locked_down" {
  assert {
    condition = alltrue([
      for container in jsondecode(aws_ecs_task_definition.this.container_definitions) :
      container.readonlyRootFilesystem && jsonencode(container.linuxParameters.capabilities) == jsonencode({ add = [], drop = ["ALL"] }) && container.memory == 64
      if container.name != "app"
    ])
    error_message = "a helper container can write, has capabilities or takes memory without end"
  }
}

# Root in the container of the application may do what everybody may, unless it is said to need more.
run "application_without_capabilities" {
  assert {
    condition = one([for container in jsondecode(aws_ecs_task_definition.this.container_definitions) : jsonencode(container.linuxParameters) if container.name == "app"]) == jsonencode({
      capabilities = { add = [], drop = ["ALL"] }, initProcessEnabled = true
    })
    error_message = "the application has capabilities"
  }

  # What is not asked for is left out: ECS would hand nothing back, and an image may need to write and to choose its user.
  assert {
    condition = alltrue([for container in jsondecode(aws_ecs_task_definition.this.container_definitions) :
      !can(container.user) && !can(container.readonlyRootFilesystem) && !can(container.repositoryCredentials) && [for mount in container.mountPoints : mount.sourceVolume] == ["config"]
      if container.name == "app"
    ])
    error_message = "the application's container is more than was asked for"
  }
}

run "application_that_keeps_capabilities" {
  variables {
    security = { keep_capabilities = ["CHOWN", "SETGID", "SETUID"] }
  }

  assert {
    condition = one([for container in jsondecode(aws_ecs_task_definition.this.container_definitions) : container.linuxParameters.capabilities.drop if container.name == "app"]) == [
      "AUDIT_WRITE", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETPCAP", "SYS_CHROOT",
    ]
    error_message = "the application keeps other capabilities than those asked for"
  }
}

run "application_that_writes_to_volumes_alone" {
  variables {
    security = { user = "1000:1000", read_only_root = true, writable_paths = ["/tmp", "/var/cache"] }
  }

  assert {
    condition = alltrue([for container in jsondecode(aws_ecs_task_definition.this.container_definitions) :
      container.readonlyRootFilesystem && container.user == "1000:1000" && { for mount in container.mountPoints : mount.containerPath => mount.sourceVolume if !mount.readOnly } == { "/tmp" = "writable-1", "/var/cache" = "writable-2" }
      if container.name == "app"
    ])
    error_message = "the application writes elsewhere, or as another user"
  }

  assert {
    condition     = sort([for volume in aws_ecs_task_definition.this.volume : volume.name]) == tolist(["config", "writable-1", "writable-2"])
    error_message = "the task has other volumes"
  }

  # A fresh volume is root's: the container before it opens them to everybody.
  assert {
    condition     = endswith(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].command[0], "; chmod 1777 /writable-1 /writable-2") && [for mount in jsondecode(aws_ecs_task_definition.this.container_definitions)[0].mountPoints : mount.containerPath] == ["/groundplan", "/writable-1", "/writable-2"]
    error_message = "nobody but root can write to the volumes: ${jsonencode(jsondecode(aws_ecs_task_definition.this.container_definitions)[0])}"
  }
}

run "application_without_config_that_writes_to_volumes" {
  variables {
    infra_config = ""
    security     = { read_only_root = true }
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].command == ["set -eu; umask 022; chmod 1777 /writable-1"] && jsondecode(aws_ecs_task_definition.this.container_definitions)[1].dependsOn == [{ containerName = "config", condition = "SUCCESS" }]
    error_message = "the volume is not opened before the application starts"
  }
}

run "f4_image_of_another_registry" {
  variables {
    image    = "ghcr.io/shop/orders:1.4"
    registry = { repository_arn = "" }
    secrets  = {}
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.execution.statement : statement.sid] == ["WriteLogs"]
    error_message = "a task may pull from ECR, whose images it does not run"
  }
}

run "f4_image_of_a_private_registry_outside_aws" {
  variables {
    image = "ghcr.io/shop/orders:1.4"
    registry = {
      repository_arn  = ""
      credentials_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/registry-login-AbCdEf"
    }
    secrets = {}
  }

  assert {
    condition     = one([for container in jsondecode(aws_ecs_task_definition.this.container_definitions) : container.repositoryCredentials.credentialsParameter if container.name == "app"]) == var.registry.credentials_arn
    error_message = "ECS does not log in to the registry"
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.execution.statement : "${statement.sid} ${join(" ", statement.resources)}" if statement.sid == "ReadSecrets"] == ["ReadSecrets ${var.registry.credentials_arn}"]
    error_message = "the execution role may not read the name and password, or more than those"
  }

  assert {
    condition     = !strcontains(jsonencode(jsondecode(aws_ecs_task_definition.this.container_definitions)[1].secrets), "registry-login")
    error_message = "the application gets the registry's password"
  }
}

run "f3_rolling_deployment_with_rollback" {
  assert {
    condition     = aws_ecs_service.this.deployment_minimum_healthy_percent == 100 && aws_ecs_service.this.deployment_maximum_percent == 200
    error_message = "the deployment is not rolling, 100/200"
  }

  assert {
    condition     = one(aws_ecs_service.this.deployment_circuit_breaker).enable && one(aws_ecs_service.this.deployment_circuit_breaker).rollback
    error_message = "the circuit breaker does not roll back"
  }

  assert {
    condition     = aws_ecs_service.this.wait_for_steady_state
    error_message = "the apply does not wait for the deployment"
  }

  assert {
    condition     = !one(aws_ecs_service.this.network_configuration).assign_public_ip && one(aws_ecs_service.this.network_configuration).subnets == toset(var.network.compute_subnet_ids)
    error_message = "the tasks do not run in the subnets given, without public addresses"
  }

  assert {
    condition     = !aws_ecs_service.this.enable_execute_command
    error_message = "shells into tasks are open"
  }
}

run "f3_autoscaling_on_cpu_and_memory" {
  assert {
    condition     = aws_appautoscaling_target.this.min_capacity == 2 && aws_appautoscaling_target.this.max_capacity == 10
    error_message = "the number of tasks is not bounded as asked"
  }

  assert {
    condition     = aws_appautoscaling_target.this.resource_id == "service/shop-production/shop-production-orders"
    error_message = "something else is scaled"
  }

  assert {
    condition = { for name, policy in aws_appautoscaling_policy.this : name => policy.target_tracking_scaling_policy_configuration[0].target_value } == {
      cpu    = 60
      memory = 75
    }
    error_message = "the use of CPU and memory is not steered to 60 and 75 percent"
  }

  assert {
    condition     = aws_ecs_service.this.desired_count == 2
    error_message = "the service does not begin with the least number of tasks"
  }
}

run "f3_no_load_balancer_without_routes" {
  assert {
    condition     = length(aws_lb_target_group.this) == 0 && length(aws_lb_listener_rule.this) == 0 && length(aws_ecs_service.this.load_balancer) == 0
    error_message = "a service without routes is reachable from the load balancer"
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.load_balancer) == 0 && length(aws_vpc_security_group_egress_rule.load_balancer) == 0
    error_message = "a service without routes has rules for the load balancer"
  }
}

run "f3_gateway_behind_the_load_balancer" {
  variables {
    shutdown = { stop_timeout_seconds = 60 }
    health   = { path = "/__encore/healthz", grace_seconds = 90 }
    routes = {
      api = {
        listener_arn      = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/0123456789abcdef/fedcba9876543210"
        security_group_id = "sg-0123456789abcdef0"
        priority          = 10
        hosts             = ["api.shop.example.com"]
      }
      rest = {
        listener_arn      = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/0123456789abcdef/fedcba9876543210"
        security_group_id = "sg-0123456789abcdef0"
        priority          = 20
        hosts             = []
      }
    }
  }

  assert {
    condition     = aws_lb_target_group.this["api"].target_type == "ip" && aws_lb_target_group.this["api"].health_check[0].path == "/__encore/healthz" && aws_lb_target_group.this["api"].health_check[0].matcher == "200"
    error_message = "the target group does not check the health of the tasks"
  }

  assert {
    condition     = aws_lb_target_group.this["api"].deregistration_delay == "80"
    error_message = "requests under way do not get the time until the kill"
  }

  assert {
    condition     = aws_ecs_service.this.health_check_grace_period_seconds == 90
    error_message = "the grace period is lost"
  }

  assert {
    condition     = length(aws_lb_target_group.this) == 2 && toset(aws_ecs_service.this.load_balancer[*].target_group_arn) == toset(values(aws_lb_target_group.this)[*].arn) && alltrue([for balancer in aws_ecs_service.this.load_balancer : balancer.container_name == "app" && balancer.container_port == 8080])
    error_message = "the target groups do not lead to the application"
  }

  assert {
    condition     = one(one(aws_lb_listener_rule.this["api"].condition).host_header).values == toset(["api.shop.example.com"])
    error_message = "the rule is not for the host name"
  }

  assert {
    condition     = one(one(aws_lb_listener_rule.this["rest"].condition).path_pattern).values == toset(["/*"])
    error_message = "the rule without host names is not for every request"
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.load_balancer["api"].referenced_security_group_id == "sg-0123456789abcdef0" && aws_vpc_security_group_ingress_rule.load_balancer["api"].from_port == 8080
    error_message = "the load balancer is not let in"
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.load_balancer["api"].security_group_id == "sg-0123456789abcdef0" && aws_vpc_security_group_egress_rule.load_balancer["api"].from_port == 8080
    error_message = "the load balancer is not let out"
  }
}

run "n5_rules_come_from_connections" {
  variables {
    connections = {
      database_main = { security_group_id = "sg-0dddddddddddddddd", port = 5432 }
      service_users = { security_group_id = "sg-0eeeeeeeeeeeeeeee", port = 8080 }
    }
  }

  assert {
    condition     = { for name, rule in aws_vpc_security_group_egress_rule.connection : name => "${rule.security_group_id} ${rule.referenced_security_group_id} ${rule.from_port} ${rule.to_port}" } == { database_main = "sg-0aaaaaaaaaaaaaaaa sg-0dddddddddddddddd 5432 5432", service_users = "sg-0aaaaaaaaaaaaaaaa sg-0eeeeeeeeeeeeeeee 8080 8080" }
    error_message = "the way out is not exactly the connections"
  }

  assert {
    condition     = { for name, rule in aws_vpc_security_group_ingress_rule.connection : name => "${rule.security_group_id} ${rule.referenced_security_group_id} ${rule.from_port} ${rule.to_port}" } == { database_main = "sg-0dddddddddddddddd sg-0aaaaaaaaaaaaaaaa 5432 5432", service_users = "sg-0eeeeeeeeeeeeeeee sg-0aaaaaaaaaaaaaaaa 8080 8080" }
    error_message = "the targets do not let exactly this service in"
  }

  assert {
    condition     = keys(aws_vpc_security_group_egress_rule.outbound) == ["443"]
    error_message = "the way to any address is not port 443 alone"
  }
}

run "n5_no_connection_no_path" {
  variables {
    firewall = { outbound_ports = [] }
  }

  assert {
    condition     = length(aws_vpc_security_group_egress_rule.connection) + length(aws_vpc_security_group_ingress_rule.connection) + length(aws_vpc_security_group_egress_rule.outbound) == 0
    error_message = "a service that connects to nothing has a path to something"
  }
}

run "f4_no_statements_without_permissions" {
  assert {
    condition     = length(data.aws_iam_policy_document.task) == 0 && length(aws_iam_role_policy.task) == 0
    error_message = "an application without permissions has a policy"
  }
}

run "f4_permissions_and_nothing_else" {
  variables {
    permissions = {
      topic_order_placed = {
        actions   = ["sns:GetTopicAttributes", "sns:Publish"]
        resources = ["arn:aws:sns:eu-west-1:123456789012:shop-production-order-placed"]
      }
      metrics = {
        actions    = ["cloudwatch:PutMetricData"]
        resources  = ["*"]
        conditions = [{ test = "StringEquals", variable = "cloudwatch:namespace", values = ["shop"] }]
      }
    }
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.task[0].statement : statement.sid] == ["Metrics", "TopicOrderPlaced"]
    error_message = "the statements are not the permissions"
  }

  assert {
    condition     = one(data.aws_iam_policy_document.task[0].statement[0].condition).variable == "cloudwatch:namespace"
    error_message = "the condition is lost"
  }

  assert {
    condition     = data.aws_iam_policy_document.task[0].statement[1].actions == toset(["sns:GetTopicAttributes", "sns:Publish"])
    error_message = "the actions are not those given"
  }

  assert {
    condition     = data.aws_iam_policy_document.task[0].statement[1].resources == toset(["arn:aws:sns:eu-west-1:123456789012:shop-production-order-placed"])
    error_message = "the resources are not those given"
  }
}

run "f4_execution_role_reads_exactly_its_secrets" {
  assert {
    condition     = [for statement in data.aws_iam_policy_document.execution.statement : statement.sid] == ["RegistryLogin", "PullImage", "WriteLogs", "ReadSecrets", "DecryptSecrets"]
    error_message = "the execution role may do something else"
  }

  assert {
    condition = data.aws_iam_policy_document.execution.statement[3].resources == toset([
      "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/orders-db-GhIjKl",
      "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/stripe-key-AbCdEf",
    ])
    error_message = "the execution role does not read exactly the secrets passed"
  }

  assert {
    condition = { for condition in data.aws_iam_policy_document.execution.statement[4].condition : condition.variable => join(" ", sort(condition.values)) } == {
      "kms:ViaService"                  = "secretsmanager.eu-west-1.amazonaws.com"
      "kms:EncryptionContext:SecretARN" = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/*"
    }
    error_message = "the key opens for more than the application's secrets, or otherwise than by Secrets Manager"
  }

  assert {
    condition     = data.aws_iam_policy_document.execution.statement[1].resources == toset([var.registry.repository_arn])
    error_message = "the execution role pulls from elsewhere"
  }

  assert {
    condition     = data.aws_iam_policy_document.execution.statement[2].resources == toset(["arn:aws:logs:eu-west-1:123456789012:log-group:/groundplan/shop-production-orders:*"])
    error_message = "the execution role writes into other log groups"
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.execution.statement : statement.sid if contains(statement.resources, "*")] == ["RegistryLogin"]
    error_message = "a statement other than the registry's login is for every resource"
  }
}

# Written a second time, for the key, the same secrets took 16,000 of the 10,240 characters a role has room for.
run "e3_sixty_secrets_with_long_names_fit_the_role" {
  variables {
    secrets = {
      for number in range(60) : "SECRET_${number}" =>
      "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/production/the-key-of-a-partner-whose-name-is-long-${number}-AbCdEf"
    }
  }

  assert {
    condition     = length(data.aws_iam_policy_document.execution.minified_json) < 10240
    error_message = "the policy does not fit"
  }
}

run "f4_no_secret_no_key" {
  variables {
    secrets = {}
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.execution.statement : statement.sid] == ["RegistryLogin", "PullImage", "WriteLogs"]
    error_message = "an application without secrets may read some"
  }
}

run "f4_roles_of_ones_own" {
  variables {
    iam = { path = "/teams/shop/", permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary" }
  }

  assert {
    condition     = aws_iam_role.execution.name == "shop-production-orders-execution" && aws_iam_role.task.name == "shop-production-orders-task"
    error_message = "the roles are not the service's own"
  }

  assert {
    condition     = aws_iam_role.task.permissions_boundary == "arn:aws:iam::123456789012:policy/boundary" && aws_iam_role.execution.permissions_boundary == "arn:aws:iam::123456789012:policy/boundary"
    error_message = "a role is not bounded"
  }

  assert {
    condition     = aws_iam_role.task.path == "/teams/shop/" && aws_iam_role.execution.path == "/teams/shop/"
    error_message = "a role is not on the path"
  }

  assert {
    condition = { for condition in data.aws_iam_policy_document.trust.statement[0].condition : condition.variable => one(condition.values) } == {
      "aws:SourceAccount" = "123456789012"
      "aws:SourceArn"     = "arn:aws:ecs:eu-west-1:123456789012:*"
    }
    error_message = "the roles are open to other accounts' tasks"
  }
}

run "f2_refuses_a_task_definition_too_large" {
  command = plan

  variables {
    infra_config = "{\"padding\":\"${join("", [for i in range(1024) : "................................................................"])}\"}"
  }

  expect_failures = [aws_ecs_task_definition.this]
}

# ECS counts bytes: 33,792 letters of two bytes each are more than 64 KiB.
run "f2_refuses_a_task_definition_too_large_in_bytes" {
  command = plan

  variables {
    infra_config = "{\"padding\":\"${join("", [for i in range(1024) : "ééééééééééééééééééééééééééééééééé"])}\"}"
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "outputs" {
  assert {
    condition     = output.service_name == "shop-production-orders" && output.log_group_name == "/groundplan/shop-production-orders" && output.security_group_id == "sg-0aaaaaaaaaaaaaaaa" && output.task_definition_arn == aws_ecs_task_definition.this.arn && output.task_role_arn == aws_iam_role.task.arn
    error_message = "an output says something else"
  }
}

run "f4_the_repository_is_all_there_is_to_pull_from" {
  assert {
    condition     = local.repository_arns == tolist([var.registry.repository_arn])
    error_message = "a helper image that anybody may pull adds a repository"
  }
}

run "f4_a_private_helper_image_may_be_pulled" {
  variables {
    helper_image = "210987654321.dkr.ecr.eu-central-1.amazonaws.com/mirror/busybox@sha256:9532d8c39891ca2ecde4d30d7710e01fb739c87a8b9299685c63704296b16028"
  }

  assert {
    condition     = local.repository_arns == tolist([var.registry.repository_arn, "arn:aws:ecr:eu-central-1:210987654321:repository/mirror/busybox"])
    error_message = "the tasks may not pull their helper image"
  }

  assert {
    condition     = one([for statement in data.aws_iam_policy_document.execution.statement : statement.resources if statement.sid == "PullImage"]) == toset(local.repository_arns)
    error_message = "the execution role does not pull from the repositories of the images"
  }
}

run "f4_a_helper_image_in_the_repository_of_the_application" {
  variables {
    helper_image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  }

  assert {
    condition     = local.repository_arns == tolist([var.registry.repository_arn])
    error_message = "the repository is named twice"
  }
}

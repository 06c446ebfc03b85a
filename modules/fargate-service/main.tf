# One process of an application as a service on Fargate. What it is made of stands in five files: the containers and their
# service here, who may talk to it in network.tf, how requests come in in routes.tf, what it may do in roles.tf, and how
# many tasks there are in scaling.tf.

locals {
  # The shared volume's mount point, and the file on it that ENCORE_INFRA_CONFIG_PATH names.
  config_directory = "/groundplan"
  config_path      = "${local.config_directory}/infra.config.json"
  has_config       = var.infra_config != ""

  # A worker listens nowhere: nobody calls it, so that nothing has to be told of its end, and its health is its own matter.
  listens = var.listen.port != 0

  # Where the application may write when its root is read only: volumes of the task by name, each with its path.
  writable = { for index, path in var.security.read_only_root ? var.security.writable_paths : [] : "writable-${index + 1}" => path }
  prepares = local.has_config || length(local.writable) > 0

  environment = merge(
    var.environment,
    local.listens ? { PORT = tostring(var.listen.port) } : {},
    local.has_config ? { ENCORE_INFRA_CONFIG_PATH = local.config_path } : {},
  )

  # Blocking log delivery would stall the application whenever CloudWatch does not answer.
  log_options = {
    "awslogs-group"   = aws_cloudwatch_log_group.this.name
    "awslogs-region"  = data.aws_region.current.id
    "mode"            = "non-blocking"
    "max-buffer-size" = "25m"
  }

  # What Docker gives a container, and so what may be kept of it; ECS on Fargate adds nothing but SYS_PTRACE to that.
  usual_capabilities = ["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"]

  dropped_capabilities = length(var.security.keep_capabilities) == 0 ? ["ALL"] : [
    for capability in local.usual_capabilities : capability if !contains(var.security.keep_capabilities, capability)
  ]

  # A fresh volume is root's alone: whoever the application runs as may write to these, and rename only what is his.
  preparations = concat(
    local.has_config ? ["if [ -z \"$${INFRA_CONFIG:-}\" ]; then echo 'INFRA_CONFIG is empty' >&2; exit 1; fi; printf '%s' \"$INFRA_CONFIG\" > ${local.config_path}"] : [],
    length(local.writable) > 0 ? ["chmod 1777 ${join(" ", [for volume in keys(local.writable) : "/${volume}"])}"] : [],
  )

  # Runs before the application and ends: images made from scratch have no shell that could write a file. It stays root,
  # who alone may write to a fresh volume, but without any capability.
  config_container = {
    name                   = "config"
    image                  = var.helper_image
    essential              = false
    entryPoint             = ["sh", "-c"]
    command                = ["set -eu; umask 022; ${join("; ", local.preparations)}"]
    cpu                    = 0
    memory                 = 64
    stopTimeout            = 2
    readonlyRootFilesystem = true
    # ECS hands both lists back: one that is left out would be a new revision, and a deployment, in every plan.
    linuxParameters = {
      capabilities       = { add = [], drop = ["ALL"] }
      initProcessEnabled = true
    }
    environment = local.has_config ? [{ name = "INFRA_CONFIG", value = var.infra_config }] : []
    mountPoints = concat(
      local.has_config ? [{ sourceVolume = "config", containerPath = local.config_directory, readOnly = false }] : [],
      [for volume in keys(local.writable) : { sourceVolume = volume, containerPath = "/${volume}", readOnly = false }],
    )
    logConfiguration = { logDriver = "awslogs", options = merge(local.log_options, { "awslogs-stream-prefix" = "config" }) }
  }

  # Where a command says how the application is, it runs in the application's own container.
  app_health = length(var.health.command) == 0 ? {} : {
    healthCheck = {
      command     = concat(["CMD"], var.health.command)
      interval    = 10
      timeout     = 7
      retries     = 3
      startPeriod = var.health.grace_seconds
    }
  }

  app_container = merge(
    length(var.command) > 0 ? { command = var.command } : {},
    local.app_health,
    var.security.user != "" ? { user = var.security.user } : {},
    var.security.read_only_root ? { readonlyRootFilesystem = true } : {},
    var.registry.credentials_arn != "" ? { repositoryCredentials = { credentialsParameter = var.registry.credentials_arn } } : {},
    {
      name         = "app"
      image        = var.image
      essential    = true
      cpu          = 0
      stopTimeout  = var.shutdown.stop_timeout_seconds
      portMappings = local.listens ? [{ containerPort = var.listen.port, hostPort = var.listen.port, protocol = "tcp" }] : []
      # The init process passes signals on and buries the children of applications that start others.
      linuxParameters = {
        capabilities       = { add = [], drop = local.dropped_capabilities }
        initProcessEnabled = true
      }
      dependsOn = concat(
        local.prepares ? [{ containerName = "config", condition = "SUCCESS" }] : [],
        [for sidecar in var.sidecars : { containerName = sidecar.name, condition = "START" }],
      )
      environment = [for name in sort(keys(local.environment)) : { name = name, value = local.environment[name] }]
      secrets     = [for name in sort(keys(var.secrets)) : { name = name, valueFrom = var.secrets[name] }]
      mountPoints = concat(
        local.has_config ? [{ sourceVolume = "config", containerPath = local.config_directory, readOnly = true }] : [],
        [for volume, path in local.writable : { sourceVolume = volume, containerPath = path, readOnly = false }],
      )
      logConfiguration = { logDriver = "awslogs", options = merge(local.log_options, { "awslogs-stream-prefix" = "app" }) }
    },
  )

  # Asks the application for its health, which an image without a shell cannot do itself. ECS replaces the task when this
  # container, being essential, turns unhealthy.
  #
  # It also holds the application's signal back. ECS stops a task as soon as it has left its name in Cloud Map, but callers
  # go on using the address they know until the record's lifetime is over, and Encore's TypeScript runtime refuses
  # connections from its signal on. ECS stops containers in the reverse of the order they depend on each other in, one
  # after the other: as long as this one takes to end, the application serves as if nothing had happened.
  probe_container = {
    name                   = "probe"
    image                  = var.helper_image
    essential              = true
    entryPoint             = ["sh", "-c"]
    command                = ["trap 'sleep ${var.shutdown.drain_seconds}; exit 0' TERM INT; while :; do sleep 3600 & wait $!; done"]
    cpu                    = 0
    memory                 = 64
    stopTimeout            = var.shutdown.drain_seconds + 5
    user                   = "65534:65534"
    readonlyRootFilesystem = true
    linuxParameters = {
      capabilities       = { add = [], drop = ["ALL"] }
      initProcessEnabled = true
    }
    dependsOn        = [{ containerName = "app", condition = "START" }]
    logConfiguration = { logDriver = "awslogs", options = merge(local.log_options, { "awslogs-stream-prefix" = "probe" }) }
  }

  # Encore gives its own checks 5 seconds. wget speaks no HTTP/2: of a server that speaks nothing else the probe only asks
  # whether it takes a connection.
  probe_request = (
    var.listen.protocol == "HTTP1"
    ? "wget -q -T 6 -O /dev/null http://127.0.0.1:${var.listen.port}${var.health.path} || exit 1"
    : "nc -w 6 127.0.0.1 ${var.listen.port} -e true || exit 1"
  )

  probe_health = {
    command     = ["CMD-SHELL", local.probe_request]
    interval    = 10
    timeout     = 7
    retries     = 3
    startPeriod = var.health.grace_seconds
  }

  # The application depends on these, so that they start before it; ECS stops containers in the reverse of that order, so that a
  # collector is still there for what the application says last.
  sidecar_containers = [
    for sidecar in var.sidecars : merge(
      length(sidecar.command) > 0 ? { command = sidecar.command } : {},
      sidecar.user != "" ? { user = sidecar.user } : {},
      sidecar.memory > 0 ? { memory = sidecar.memory } : {},
      sidecar.read_only_root ? { readonlyRootFilesystem = true } : {},
      {
        name      = sidecar.name
        image     = sidecar.image
        essential = sidecar.essential
        cpu       = 0
        # ECS hands both lists back: one that is left out would be a new revision, and a deployment, in every plan.
        linuxParameters = {
          capabilities = {
            add  = []
            drop = length(sidecar.keep_capabilities) == 0 ? ["ALL"] : [for capability in local.usual_capabilities : capability if !contains(sidecar.keep_capabilities, capability)]
          }
          initProcessEnabled = true
        }
        environment      = [for name in sort(keys(sidecar.environment)) : { name = name, value = sidecar.environment[name] }]
        secrets          = [for name in sort(keys(sidecar.secrets)) : { name = name, valueFrom = sidecar.secrets[name] }]
        logConfiguration = { logDriver = "awslogs", options = merge(local.log_options, { "awslogs-stream-prefix" = sidecar.name }) }
      },
    )
  ]

  # A command says more than a request, and an empty path that there is nothing to ask.
  probe_asks = length(var.health.command) == 0 && var.health.path != ""

  containers = concat(
    local.prepares ? [local.config_container] : [],
    [local.app_container],
    local.listens ? [merge(local.probe_container, local.probe_asks ? { healthCheck = local.probe_health } : {})] : [],
    local.sidecar_containers,
  )

  # length counts characters, ECS bytes: Base64 spells three of them as four characters.
  definition_bytes = floor(length(replace(base64encode(jsonencode(local.containers)), "=", "")) * 3 / 4)
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/groundplan/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.key_arn
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.task.cpu
  memory                   = var.task.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn
  container_definitions    = jsonencode(local.containers)

  # Old revisions stay registered: they cost nothing, and the circuit breaker rolls back to one of them.
  skip_destroy = true

  runtime_platform {
    cpu_architecture        = var.task.architecture
    operating_system_family = "LINUX"
  }

  dynamic "volume" {
    for_each = concat(local.has_config ? ["config"] : [], keys(local.writable))

    content {
      name = volume.value
    }
  }

  lifecycle {
    precondition {
      condition     = local.definition_bytes <= 65536
      error_message = "The task definition of ${var.name} is larger than the 64 KiB ECS accepts: shorten infra_config, environment or sidecars."
    }
  }
}

resource "aws_ecs_service" "this" {
  name            = var.name
  cluster         = var.cluster.cluster_arn
  task_definition = aws_ecs_task_definition.this.arn
  desired_count   = var.scale.min

  # A strategy even where every task is on demand, and a new deployment with it: from a launch type to a strategy, or from
  # one strategy to another without a deployment, the provider replaces the service, and nothing serves in between.
  force_new_deployment = true

  dynamic "capacity_provider_strategy" {
    for_each = local.capacity

    content {
      capacity_provider = capacity_provider_strategy.key
      base              = capacity_provider_strategy.value.base
      weight            = capacity_provider_strategy.value.weight
    }
  }

  # Rolling: the new tasks are healthy before the old ones go.
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  availability_zone_rebalancing      = "ENABLED"
  wait_for_steady_state              = true

  # ECS takes a grace period only where there is a load balancer; the probe's start period covers the rest.
  health_check_grace_period_seconds = length(var.routes) > 0 ? var.health.grace_seconds : null

  enable_execute_command  = var.exec
  enable_ecs_managed_tags = true
  propagate_tags          = "SERVICE"

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.network.compute_subnet_ids
    security_groups  = concat([aws_security_group.this.id], var.firewall.security_group_ids)
    assign_public_ip = false
  }

  dynamic "load_balancer" {
    for_each = aws_lb_target_group.this

    content {
      target_group_arn = load_balancer.value.arn
      container_name   = "app"
      container_port   = var.listen.port
    }
  }

  dynamic "service_registries" {
    for_each = aws_service_discovery_service.this

    content {
      registry_arn = service_registries.value.arn
    }
  }

  lifecycle {
    # How many tasks run is the business of scaling.tf.
    ignore_changes = [desired_count]

    # After a rollback the service is steady again, with the old tasks: without this check the apply would look fine.
    postcondition {
      condition     = self.task_definition == aws_ecs_task_definition.this.arn
      error_message = "The deployment of ${var.name} failed and was rolled back: ${self.task_definition} is serving, not ${aws_ecs_task_definition.this.arn}. The reason stands with the stopped tasks of the service and in the log group ${aws_cloudwatch_log_group.this.name}."
    }
  }

  # A task that starts before its rights, its rules or its listener are in place fails, and counts against the deployment.
  depends_on = [
    aws_iam_role_policy.exec,
    aws_iam_role_policy.execution,
    aws_iam_role_policy.task,
    aws_lb_listener_rule.this,
    aws_vpc_security_group_egress_rule.connection,
    aws_vpc_security_group_egress_rule.load_balancer,
    aws_vpc_security_group_egress_rule.outbound,
    aws_vpc_security_group_ingress_rule.connection,
    aws_vpc_security_group_ingress_rule.load_balancer,
  ]
}

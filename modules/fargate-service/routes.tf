# How requests come in: by the load balancer from outside, by a name in Cloud Map from other services.

resource "aws_lb_target_group" "this" {
  for_each = var.routes

  # A target group's name has 32 characters and must be new when the group is replaced: AWS makes it up.
  name_prefix      = "route-"
  vpc_id           = var.network.vpc_id
  target_type      = "ip"
  protocol         = "HTTP"
  protocol_version = var.listen.protocol
  port             = var.listen.port

  # Requests under way get all the time there is until the application is killed, when the task stops at once. Where ECS
  # waits for them before it stops the task, the end of the last one is the end of the wait.
  deregistration_delay = var.shutdown.drain_seconds + var.shutdown.stop_timeout_seconds

  health_check {
    path                = var.health.path
    matcher             = local.health_matcher
    interval            = 10
    timeout             = 6
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }

  # A session stays with its task until the task goes, by scaling in or by a deployment: what must outlive it stands elsewhere.
  dynamic "stickiness" {
    for_each = each.value.sticky_seconds > 0 ? [each.value.sticky_seconds] : []

    content {
      type            = "lb_cookie"
      cookie_duration = stickiness.value
    }
  }

  tags = {
    Name = "${var.name}-${each.key}"
  }

  lifecycle {
    create_before_destroy = true
  }
}

locals {
  # Statuses of HTTP, or of gRPC: what the load balancer asks by itself no server implements (12), a method answers OK (0).
  health_matcher = var.listen.protocol != "GRPC" ? "200" : var.health.path == "/AWS.ALB/healthcheck" ? "12" : "0"
}

resource "aws_lb_listener_rule" "this" {
  for_each = var.routes

  listener_arn = each.value.listener_arn
  priority     = each.value.priority

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this[each.key].arn
  }

  dynamic "condition" {
    for_each = length(each.value.hosts) > 0 ? [each.value.hosts] : []

    content {
      host_header {
        values = condition.value
      }
    }
  }

  # A rule needs a condition: without host names and paths it is one that every request meets.
  dynamic "condition" {
    for_each = length(each.value.paths) > 0 ? [each.value.paths] : length(each.value.hosts) > 0 ? [] : [["/*"]]

    content {
      path_pattern {
        values = condition.value
      }
    }
  }

  tags = {
    Name = "${var.name}-${each.key}"
  }
}

resource "aws_service_discovery_service" "this" {
  for_each = toset(var.listen.discovery_name == "" ? [] : [var.listen.discovery_name])

  name          = each.key
  description   = "Tasks of ${var.name}"
  force_destroy = true

  # A task that has gone is asked for no longer than ten seconds.
  dns_config {
    namespace_id   = var.cluster.namespace_id
    routing_policy = "MULTIVALUE"

    dns_records {
      type = "A"
      ttl  = 10
    }
  }

  # ECS reports the health of each task, so that an unhealthy one leaves the name.
  health_check_custom_config {
    failure_threshold = 1
  }
}

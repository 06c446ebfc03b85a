# What starts runs by itself: a schedule for each expression, and the role that all of them take.

locals {
  # Some intervals need several expressions: every 90 minutes is at one minute of the hour now, at another the next time.
  schedules = merge([
    for name, schedule in var.schedules : {
      for index, expression in schedule.expressions :
      index == 0 ? name : "${name}-${index + 1}" => { expression = expression, time_zone = schedule.time_zone, enabled = schedule.enabled }
    }
  ]...)
}

# A group of its own: it is what the trust of the role can name, and what carries tags, which a schedule cannot.
resource "aws_scheduler_schedule_group" "this" {
  count = length(var.schedules) > 0 ? 1 : 0

  name = "${var.name}-runs"
}

resource "aws_scheduler_schedule" "this" {
  for_each = local.schedules

  name                         = each.key
  group_name                   = aws_scheduler_schedule_group.this[0].name
  description                  = "Starts ${var.name}"
  schedule_expression          = each.value.expression
  schedule_expression_timezone = each.value.time_zone
  state                        = each.value.enabled ? "ENABLED" : "DISABLED"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = var.cluster.cluster_arn
    role_arn = aws_iam_role.start[0].arn

    ecs_parameters {
      # With its revision: what was applied is what runs.
      task_definition_arn     = aws_ecs_task_definition.this.arn
      task_count              = 1
      launch_type             = var.spot ? null : "FARGATE"
      platform_version        = "LATEST"
      enable_ecs_managed_tags = true
      propagate_tags          = "TASK_DEFINITION"

      dynamic "capacity_provider_strategy" {
        for_each = var.spot ? ["FARGATE_SPOT"] : []

        content {
          capacity_provider = capacity_provider_strategy.value
          weight            = 1
        }
      }

      network_configuration {
        subnets          = var.network.compute_subnet_ids
        security_groups  = concat([aws_security_group.this.id], var.firewall.security_group_ids)
        assign_public_ip = false
      }
    }

    # A run that cannot be started within the hour, for want of capacity or of a quota, is a failure.
    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 185
    }

    dead_letter_config {
      arn = aws_sqs_queue.failures.arn
    }
  }

  # A run that comes before these fails, or is lost without a trace.
  depends_on = [
    aws_cloudwatch_event_target.failures,
    aws_iam_role_policy.execution,
    aws_iam_role_policy.start,
    aws_iam_role_policy.task,
    aws_vpc_security_group_egress_rule.connection,
    aws_vpc_security_group_egress_rule.outbound,
    aws_vpc_security_group_ingress_rule.connection,
  ]
}

data "aws_iam_policy_document" "start_trust" {
  count = length(var.schedules) > 0 ? 1 : 0

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }

    # The scheduler acts for many customers: only for this group of this account may it take the role.
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [aws_scheduler_schedule_group.this[0].arn]
    }
  }
}

resource "aws_iam_role" "start" {
  count = length(var.schedules) > 0 ? 1 : 0

  name                 = "${var.name}-start"
  description          = "Starts the runs of ${var.name} on schedule"
  path                 = var.iam.path
  permissions_boundary = var.iam.permissions_boundary_arn == "" ? null : var.iam.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.start_trust[0].json
}

data "aws_iam_policy_document" "start" {
  count = length(var.schedules) > 0 ? 1 : 0

  # Any revision: a schedule that fires while an apply changes it names the one before.
  statement {
    sid       = "RunTask"
    actions   = ["ecs:RunTask"]
    resources = ["${local.family_arn}:*"]

    condition {
      test     = "ArnEquals"
      variable = "ecs:cluster"
      values   = [var.cluster.cluster_arn]
    }
  }

  # "Grant permission to tag resources on creation", Amazon ECS Developer Guide: tags that a new task inherits want it.
  statement {
    sid       = "TagTask"
    actions   = ["ecs:TagResource"]
    resources = ["arn:${data.aws_partition.current.partition}:ecs:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:task/${var.cluster.cluster_name}/*"]

    condition {
      test     = "StringEquals"
      variable = "ecs:CreateAction"
      values   = ["RunTask"]
    }
  }

  statement {
    sid       = "PassRoles"
    actions   = ["iam:PassRole"]
    resources = [aws_iam_role.execution.arn, aws_iam_role.task.arn]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ecs-tasks.amazonaws.com"]
    }
  }

  statement {
    sid       = "ReportFailure"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.failures.arn]
  }
}

resource "aws_iam_role_policy" "start" {
  count = length(var.schedules) > 0 ? 1 : 0

  name   = "start"
  role   = aws_iam_role.start[0].id
  policy = data.aws_iam_policy_document.start[0].json
}

# A container that runs to its end: when a schedule starts it, or a person. What it is made of stands in four files: the
# task definition and how a run that fails is noticed here, whom it may talk to in network.tf, what it may do in roles.tf,
# and what starts it in schedules.tf.

locals {
  # Blocking log delivery would stall the application whenever CloudWatch does not answer.
  log_options = {
    "awslogs-group"   = aws_cloudwatch_log_group.this.name
    "awslogs-region"  = data.aws_region.current.id
    "mode"            = "non-blocking"
    "max-buffer-size" = "25m"
  }

  # Where the container may write when its root is read only: volumes of the task by name, each with its path.
  writable = { for index, path in var.security.read_only_root ? var.security.writable_paths : [] : "writable-${index + 1}" => path }

  # What Docker gives a container, and so what may be kept of it; ECS on Fargate adds nothing but SYS_PTRACE to that.
  usual_capabilities = ["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"]

  dropped_capabilities = length(var.security.keep_capabilities) == 0 ? ["ALL"] : [
    for capability in local.usual_capabilities : capability if !contains(var.security.keep_capabilities, capability)
  ]

  # Runs before the job and ends. A fresh volume is root's alone: whoever the job runs as may write to these, and rename
  # only what is his.
  config_container = {
    name                   = "config"
    image                  = var.helper_image
    essential              = false
    entryPoint             = ["sh", "-c"]
    command                = ["chmod 1777 ${join(" ", [for volume in keys(local.writable) : "/${volume}"])}"]
    cpu                    = 0
    memory                 = 64
    stopTimeout            = 2
    readonlyRootFilesystem = true
    # ECS hands both lists back: one that is left out would be a new revision in every plan.
    linuxParameters = {
      capabilities       = { add = [], drop = ["ALL"] }
      initProcessEnabled = true
    }
    mountPoints      = [for volume in keys(local.writable) : { sourceVolume = volume, containerPath = "/${volume}", readOnly = false }]
    logConfiguration = { logDriver = "awslogs", options = merge(local.log_options, { "awslogs-stream-prefix" = "config" }) }
  }

  app_container = merge(
    length(var.command) > 0 ? { command = var.command } : {},
    var.security.user != "" ? { user = var.security.user } : {},
    var.security.read_only_root ? { readonlyRootFilesystem = true } : {},
    var.registry.credentials_arn != "" ? { repositoryCredentials = { credentialsParameter = var.registry.credentials_arn } } : {},
    {
      name        = "app"
      image       = var.image
      essential   = true
      cpu         = 0
      stopTimeout = var.stop_timeout_seconds
      # The init process passes signals on and buries the children of applications that start others.
      linuxParameters = {
        capabilities       = { add = [], drop = local.dropped_capabilities }
        initProcessEnabled = true
      }
      dependsOn        = length(local.writable) > 0 ? [{ containerName = "config", condition = "SUCCESS" }] : []
      environment      = [for name in sort(keys(var.environment)) : { name = name, value = var.environment[name] }]
      secrets          = [for name in sort(keys(var.secrets)) : { name = name, valueFrom = var.secrets[name] }]
      mountPoints      = [for volume, path in local.writable : { sourceVolume = volume, containerPath = path, readOnly = false }]
      logConfiguration = { logDriver = "awslogs", options = merge(local.log_options, { "awslogs-stream-prefix" = "app" }) }
    },
  )

  containers = concat(length(local.writable) > 0 ? [local.config_container] : [], [local.app_container])

  # length counts characters, ECS bytes: Base64 spells three of them as four characters.
  definition_bytes = floor(length(replace(base64encode(jsonencode(local.containers)), "=", "")) * 3 / 4)

  # Built, not read: any revision of this task definition, and of no other.
  family_arn = "arn:${data.aws_partition.current.partition}:ecs:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:task-definition/${var.name}"
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

  # Old revisions stay registered: a run that a schedule has begun to start needs the one it names.
  skip_destroy = true

  runtime_platform {
    cpu_architecture        = var.task.architecture
    operating_system_family = "LINUX"
  }

  dynamic "volume" {
    for_each = keys(local.writable)

    content {
      name = volume.value
    }
  }

  lifecycle {
    precondition {
      condition     = local.definition_bytes <= 65536
      error_message = "The task definition of ${var.name} is larger than the 64 KiB ECS accepts: shorten environment."
    }
  }
}

# What failed: schedules put runs here that could not be started, EventBridge those that ended badly, whoever started them.
# Messages name the task and the reason and hold nothing of the application's, so that SQS's own key will do: the
# environment's would have to admit EventBridge, which comes without a role.
resource "aws_sqs_queue" "failures" {
  name                      = "${var.name}-failures"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

data "aws_iam_policy_document" "failures" {
  statement {
    sid       = "OnlyOverTLS"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.failures.arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  statement {
    sid       = "FailedRuns"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.failures.arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_event_rule.failures.arn]
    }
  }
}

resource "aws_sqs_queue_policy" "failures" {
  queue_url = aws_sqs_queue.failures.url
  policy    = data.aws_iam_policy_document.failures.json
}

# A container that ended with another status than 0, and a task that never came to run one.
resource "aws_cloudwatch_event_rule" "failures" {
  name        = "${var.name}-failures"
  description = "Runs of ${var.name} that failed"

  event_pattern = jsonencode({
    source      = ["aws.ecs"]
    detail-type = ["ECS Task State Change"]
    detail = {
      clusterArn        = [var.cluster.cluster_arn]
      lastStatus        = ["STOPPED"]
      taskDefinitionArn = [{ prefix = "${local.family_arn}:" }]
      "$or" = [
        { containers = { exitCode = [{ anything-but = 0 }] } },
        { stopCode = ["TaskFailedToStart", "SpotInterruption", "TerminationNotice"] },
      ]
    }
  })
}

resource "aws_cloudwatch_event_target" "failures" {
  rule = aws_cloudwatch_event_rule.failures.name
  arn  = aws_sqs_queue.failures.arn

  input_transformer {
    input_paths = {
      task   = "$.detail.taskArn"
      code   = "$.detail.stopCode"
      reason = "$.detail.stoppedReason"
      at     = "$.time"
    }
    input_template = "{\"task\": <task>, \"code\": <code>, \"reason\": <reason>, \"at\": <at>}"
  }

  # Until then the queue refuses what the rule sends.
  depends_on = [aws_sqs_queue_policy.failures]
}

resource "aws_cloudwatch_metric_alarm" "failures" {
  alarm_name          = "${var.name}-failures"
  alarm_description   = "Runs of the job ${var.name} failed: which and why is in the queue ${aws_sqs_queue.failures.name}, what they said in the log group ${aws_cloudwatch_log_group.this.name}."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 1
  # SQS reports nothing of a queue that has been empty for hours.
  treat_missing_data = "notBreaching"
  alarm_actions      = var.alarm_topic_arns
  ok_actions         = var.alarm_topic_arns

  dimensions = {
    QueueName = aws_sqs_queue.failures.name
  }
}

locals {
  # What the queue does not take is in no queue. The metrics are those of "Monitoring Amazon EventBridge" and of "Monitoring
  # Amazon EventBridge Scheduler with Amazon CloudWatch".
  lost = merge(
    {
      events = {
        namespace  = "AWS/Events"
        metric     = "FailedInvocations"
        dimensions = { RuleName = aws_cloudwatch_event_rule.failures.name }
        meaning    = "runs of the job ${var.name} failed, and EventBridge could not put them into the queue ${aws_sqs_queue.failures.name}: look at the policy of the queue"
      }
    },
    {
      for group in aws_scheduler_schedule_group.this : "scheduler" => {
        namespace  = "AWS/Scheduler"
        metric     = "InvocationsFailedToBeSentToDeadLetterCount"
        dimensions = { ScheduleGroup = group.name }
        meaning    = "runs of the job ${var.name} could not be started, and the scheduler could not put them into the queue ${aws_sqs_queue.failures.name}: look at the policy of the role ${aws_iam_role.start[0].name}"
      }
    },
  )
}

resource "aws_cloudwatch_metric_alarm" "lost" {
  for_each = local.lost

  alarm_name          = "${var.name}-lost-by-${each.key}"
  alarm_description   = "${each.value.metric} is above 0: ${each.value.meaning}."
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 300
  evaluation_periods  = 1
  # Nothing is reported of a job that does not run or does not fail.
  treat_missing_data = "notBreaching"
  alarm_actions      = var.alarm_topic_arns
  ok_actions         = var.alarm_topic_arns
}

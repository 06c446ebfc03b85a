# A cron job: EventBridge Scheduler keeps the time, a function inside the VPC signs and sends the request, and a run that
# failed for good lands in a queue that raises an alarm. What each part may do is in roles.tf.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  signs = var.signature.type != "none"

  # The function repeats a run itself: the answers may take their time once more for each repetition, the pauses are one minute
  # and two, and some seconds stay for the report. Lambda gives 15 minutes in all.
  function_seconds = min(900, (var.retry_attempts + 1) * var.timeout_seconds + [0, 60, 180][var.retry_attempts] + 5)

  # Made of the job and the time it was due, the id stays the same whenever one run is delivered or tried twice; the
  # scheduler's own execution id does not. Written by hand because jsonencode would escape the angle brackets, and the
  # scheduler would no longer find the words it replaces.
  schedule_input = "{\"execution\":\"${var.name}/<aws.scheduler.scheduled-time>\"}"
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.key_arn
}

resource "aws_lambda_function" "this" {
  function_name    = var.name
  description      = "Calls ${var.method} ${var.path} on schedule"
  role             = aws_iam_role.signer.arn
  runtime          = "python3.13"
  architectures    = ["arm64"]
  handler          = "signer.handler"
  filename         = "${path.module}/signer/signer.zip"
  source_code_hash = filebase64sha256("${path.module}/signer/signer.zip")
  memory_size      = 128
  timeout          = local.function_seconds
  kms_key_arn      = var.key_arn

  # 1: a run waits until the one before has ended. -1: no reservation.
  reserved_concurrent_executions = var.overlapping_runs ? -1 : 1

  environment {
    variables = merge(
      {
        METHOD         = var.method
        URL            = var.url
        ENDPOINT_PATH  = var.path
        SIGNATURE      = var.signature.type
        ANSWER_SECONDS = tostring(var.timeout_seconds)
        REPEATS        = tostring(var.retry_attempts)
      },
      local.signs ? { AUTH_SECRET_ARN = var.signature.secret_arn, AUTH_KEY_ID = tostring(var.signature.key_id) } : {},
      var.signature.type == "typescript" ? { APP_ID = var.signature.app_id, ENV_NAME = var.signature.env_name } : {},
    )
  }

  vpc_config {
    subnet_ids         = var.network.compute_subnet_ids
    security_group_ids = [aws_security_group.this.id]
  }

  # Lambda makes a log group it does not find, without retention and key, and refuses a role that cannot reach the VPC.
  depends_on = [
    aws_cloudwatch_log_group.this,
    aws_iam_role_policy.signer,
  ]
}

# No attempts of Lambda's own: it would start an endpoint again that has not answered and is still at work. An event for which
# there is no room waits all the same, for as long as its age allows.
resource "aws_lambda_function_event_invoke_config" "this" {
  function_name                = aws_lambda_function.this.function_name
  maximum_retry_attempts       = 0
  maximum_event_age_in_seconds = var.retry_window_seconds

  destination_config {
    on_failure {
      destination = aws_sqs_queue.dead_letters.arn
    }
  }
}

# A group of its own: it is what the trust of the schedule's role can name, and what carries tags, which a schedule cannot.
resource "aws_scheduler_schedule_group" "this" {
  name = var.name
}

# Some intervals need several expressions: every 90 minutes is at one minute of the hour now, at another the next time.
resource "aws_scheduler_schedule" "this" {
  for_each = { for index, expression in var.schedule_expressions : tostring(index + 1) => expression }

  name                         = each.key == "1" ? var.name : "${var.name}-${each.key}"
  group_name                   = aws_scheduler_schedule_group.this.name
  description                  = "Calls ${var.method} ${var.path}"
  schedule_expression          = each.value
  schedule_expression_timezone = "UTC"
  state                        = var.enabled ? "ENABLED" : "DISABLED"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_function.this.arn
    role_arn = aws_iam_role.schedule.arn
    input    = local.schedule_input

    # The scheduler hands the run over and is done: these attempts are for a Lambda that does not take it.
    retry_policy {
      maximum_event_age_in_seconds = var.retry_window_seconds
      maximum_retry_attempts       = 185
    }

    dead_letter_config {
      arn = aws_sqs_queue.dead_letters.arn
    }
  }

  # A run that comes before these is lost without a trace.
  depends_on = [
    aws_iam_role_policy.schedule,
    aws_lambda_function_event_invoke_config.this,
    aws_vpc_security_group_egress_rule.connection,
    aws_vpc_security_group_egress_rule.secret,
    aws_vpc_security_group_ingress_rule.connection,
  ]
}

resource "aws_sqs_queue" "dead_letters" {
  name                      = "${var.name}-dead-letters"
  message_retention_seconds = 1209600
  kms_master_key_id         = var.key_arn
}

data "aws_iam_policy_document" "dead_letters" {
  statement {
    sid       = "OnlyOverTLS"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.dead_letters.arn]

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
}

resource "aws_sqs_queue_policy" "dead_letters" {
  queue_url = aws_sqs_queue.dead_letters.url
  policy    = data.aws_iam_policy_document.dead_letters.json
}

resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  alarm_name          = "${var.name}-dead-letters"
  alarm_description   = "Runs of the cron job ${var.name} failed for good: their messages are in the queue ${aws_sqs_queue.dead_letters.name}, the reasons in the log group ${aws_cloudwatch_log_group.this.name}."
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
    QueueName = aws_sqs_queue.dead_letters.name
  }
}

locals {
  # What the queue does not take is in no queue. The metrics are those of "Monitoring Amazon EventBridge Scheduler with Amazon
  # CloudWatch" and of "Types of metrics for Lambda functions"; DeadLetterErrors would be of a dead_letter_config, which the
  # function does not have.
  lost = {
    lambda = {
      namespace  = "AWS/Lambda"
      metric     = "DestinationDeliveryFailures"
      dimensions = { FunctionName = aws_lambda_function.this.function_name }
      meaning    = "runs of the cron job ${var.name} failed for good, and Lambda could not put them into the queue ${aws_sqs_queue.dead_letters.name}: look at the policy of the role ${aws_iam_role.signer.name} and at that of the key"
    }
    scheduler = {
      namespace  = "AWS/Scheduler"
      metric     = "InvocationsFailedToBeSentToDeadLetterCount"
      dimensions = { ScheduleGroup = aws_scheduler_schedule_group.this.name }
      meaning    = "runs of the cron job ${var.name} could not be started, and the scheduler could not put them into the queue ${aws_sqs_queue.dead_letters.name}: look at the policy of the role ${aws_iam_role.schedule.name} and at that of the key"
    }
  }
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
  # Nothing is reported of a job that does not run.
  treat_missing_data = "notBreaching"
  alarm_actions      = var.alarm_topic_arns
  ok_actions         = var.alarm_topic_arns
}

resource "aws_security_group" "this" {
  name_prefix = "${var.name}-"
  description = "Function of the cron job ${var.name}"
  vpc_id      = var.network.vpc_id

  tags = {
    Name = var.name
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_egress_rule" "connection" {
  security_group_id            = aws_security_group.this.id
  description                  = "To the process that is called"
  referenced_security_group_id = var.connection.security_group_id
  ip_protocol                  = "tcp"
  from_port                    = var.connection.port
  to_port                      = var.connection.port
}

resource "aws_vpc_security_group_ingress_rule" "connection" {
  security_group_id            = var.connection.security_group_id
  description                  = "From the cron job ${var.name}"
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = var.connection.port
  to_port                      = var.connection.port
}

# Secrets Manager has no fixed addresses: neither its public ones nor those of an interface endpoint are known here.
resource "aws_vpc_security_group_egress_rule" "secret" {
  for_each = local.signs ? toset(["443"]) : toset([])

  security_group_id = aws_security_group.this.id
  description       = "To Secrets Manager"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

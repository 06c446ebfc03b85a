# A topic: an SNS topic, encrypted, that takes messages over TLS alone. Who may publish to it is settled by the policies of
# the publishers' roles.

locals {
  name = var.fifo ? "${var.name}.fifo" : var.name

  allowed_accounts = {
    AccountsPublish   = { action = "sns:Publish", accounts = var.publisher_account_ids }
    AccountsSubscribe = { action = "sns:Subscribe", accounts = var.subscriber_account_ids }
  }
}

resource "aws_sns_topic" "this" {
  name              = local.name
  kms_master_key_id = var.key_arn
  fifo_topic        = var.fifo

  # Encore's runtime gives each message of a FIFO topic a deduplication id. Two messages of the same content are two messages.
  content_based_deduplication = false
}

# By itself it allows nothing: within the account the policies of the roles decide, and no other account may do anything.
data "aws_iam_policy_document" "topic" {
  statement {
    sid       = "OnlyOverTLS"
    effect    = "Deny"
    actions   = ["sns:Publish", "sns:Subscribe"]
    resources = [aws_sns_topic.this.arn]

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

  dynamic "statement" {
    for_each = { for sid, allowed in local.allowed_accounts : sid => allowed if length(allowed.accounts) > 0 }

    content {
      sid       = statement.key
      actions   = [statement.value.action]
      resources = [aws_sns_topic.this.arn]

      principals {
        type        = "AWS"
        identifiers = [for account in statement.value.accounts : "arn:${split(":", aws_sns_topic.this.arn)[1]}:iam::${account}:root"]
      }
    }
  }

  # A service acts for many customers: it may publish what it was told in this account.
  dynamic "statement" {
    for_each = length(var.publisher_services) > 0 ? [var.publisher_services] : []

    content {
      sid       = "ServicesPublish"
      actions   = ["sns:Publish"]
      resources = [aws_sns_topic.this.arn]

      principals {
        type        = "Service"
        identifiers = statement.value
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [split(":", aws_sns_topic.this.arn)[4]]
      }
    }
  }
}

resource "aws_sns_topic_policy" "this" {
  arn    = aws_sns_topic.this.arn
  policy = data.aws_iam_policy_document.topic.json
}

locals {
  # CloudWatch has 255 characters: a long name is cut and told apart by a piece of its hash.
  alarm_prefix = length(var.name) <= 243 ? var.name : "${substr(var.name, 0, 234)}-${substr(sha256(var.name), 0, 8)}"

  # SNS counts by topic, not by subscription. A message that a queue's policy or key keeps out goes to the dead letters of the
  # subscription, where these keep it out as well it is gone.
  alarms = {
    undelivered = {
      metric  = "NumberOfNotificationsFailed"
      meaning = "messages of the topic ${local.name} cannot be delivered to a subscription, and go to its dead letters, if it has any: look at the policy of its queue, and at the policy of the key that encrypts the queue"
    }
    lost = {
      metric  = "NumberOfNotificationsFailedToRedriveToDlq"
      meaning = "messages of the topic ${local.name} are lost: they can be delivered neither to a subscription nor to its dead letters"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${local.alarm_prefix}-${each.key}"
  alarm_description   = "${each.value.metric} is above 0: ${each.value.meaning}."
  namespace           = "AWS/SNS"
  metric_name         = each.value.metric
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  # SNS reports every five minutes, and nothing of a topic nobody publishes to.
  period             = 300
  evaluation_periods = 1
  treat_missing_data = "notBreaching"
  alarm_actions      = var.alarm_topic_arns
  ok_actions         = var.alarm_topic_arns

  dimensions = {
    TopicName = aws_sns_topic.this.name
  }
}

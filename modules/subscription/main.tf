# A subscription: a queue that receives every message of a topic, and a queue for the messages nobody could handle.

locals {
  suffix = var.fifo ? ".fifo" : ""

  # SQS has 80 characters: a long name is cut and told apart by a piece of its hash.
  dead_letters_name = length(var.name) <= 62 ? "${var.name}-dead-letters" : "${substr(var.name, 0, 53)}-${substr(sha256(var.name), 0, 8)}-dead-letters"
}

resource "aws_sqs_queue" "this" {
  name                       = "${var.name}${local.suffix}"
  visibility_timeout_seconds = var.visibility_seconds
  message_retention_seconds  = var.retention_seconds
  receive_wait_time_seconds  = 20
  kms_master_key_id          = var.key_arn
  fifo_queue                 = var.fifo

  # Messages of different groups do not wait for each other.
  deduplication_scope   = var.fifo ? "messageGroup" : null
  fifo_throughput_limit = var.fifo ? "perMessageGroupId" : null

  redrive_policy = var.max_receive_count == 0 ? null : jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters.arn
    maxReceiveCount     = var.max_receive_count
  })
}

# SQS wants both queues of a kind: FIFO or standard.
resource "aws_sqs_queue" "dead_letters" {
  name                      = "${local.dead_letters_name}${local.suffix}"
  message_retention_seconds = 1209600
  kms_master_key_id         = var.key_arn
  fifo_queue                = var.fifo
}

resource "aws_sqs_queue_redrive_allow_policy" "this" {
  queue_url = aws_sqs_queue.dead_letters.url

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.this.arn]
  })
}

resource "aws_sns_topic_subscription" "this" {
  topic_arn = var.topic_arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.this.arn

  # Encore's runtimes read the message out of the envelope SNS puts around it.
  raw_message_delivery = false

  filter_policy       = var.filter_policy == "" ? null : var.filter_policy
  filter_policy_scope = var.filter_policy == "" ? null : var.filter_policy_scope

  # What SNS could not put into the queue, for want of a right or a key, would be gone otherwise.
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters.arn
  })

  # What is published before the queue lets SNS in ends up among the dead letters.
  depends_on = [
    aws_sqs_queue_policy.dead_letters,
    aws_sqs_queue_policy.this,
  ]
}

# Receivers need no statement here: the policies of their roles say what they may do in this account.
data "aws_iam_policy_document" "queue" {
  for_each = {
    queue        = aws_sqs_queue.this.arn
    dead_letters = aws_sqs_queue.dead_letters.arn
  }

  statement {
    sid       = "MessagesOfTheTopic"
    actions   = ["sqs:SendMessage"]
    resources = [each.value]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [var.topic_arn]
    }
  }

  statement {
    sid       = "OnlyOverTLS"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [each.value]

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

resource "aws_sqs_queue_policy" "this" {
  queue_url = aws_sqs_queue.this.url
  policy    = data.aws_iam_policy_document.queue["queue"].json
}

resource "aws_sqs_queue_policy" "dead_letters" {
  queue_url = aws_sqs_queue.dead_letters.url
  policy    = data.aws_iam_policy_document.queue["dead_letters"].json
}

resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  alarm_name          = aws_sqs_queue.dead_letters.name
  alarm_description   = "Messages for the subscription ${var.name} could not be handled: they are in the queue ${aws_sqs_queue.dead_letters.name}."
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

resource "aws_cloudwatch_metric_alarm" "age" {
  count = var.age_alarm_seconds > 0 ? 1 : 0

  alarm_name          = "${aws_sqs_queue.this.name}-age"
  alarm_description   = "The oldest message for the subscription ${var.name} is older than ${var.age_alarm_seconds} seconds: its receivers do not keep up, or are gone."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.age_alarm_seconds
  period              = 60
  evaluation_periods  = 3
  # SQS reports nothing of a queue that has been empty for hours.
  treat_missing_data = "notBreaching"
  alarm_actions      = var.alarm_topic_arns
  ok_actions         = var.alarm_topic_arns

  dimensions = {
    QueueName = aws_sqs_queue.this.name
  }
}

# Whom S3 tells of what happens to the objects.

locals {
  notified = length(var.notifications.queues) + length(var.notifications.topics) + length(var.notifications.functions) > 0
}

# A bucket has one configuration of all its notifications.
resource "aws_s3_bucket_notification" "this" {
  count = local.notified || var.notifications.event_bridge ? 1 : 0

  bucket      = aws_s3_bucket.this.id
  eventbridge = var.notifications.event_bridge

  dynamic "queue" {
    for_each = var.notifications.queues

    content {
      id            = queue.key
      queue_arn     = queue.value.arn
      events        = queue.value.events
      filter_prefix = queue.value.prefix == "" ? null : queue.value.prefix
      filter_suffix = queue.value.suffix == "" ? null : queue.value.suffix
    }
  }

  dynamic "topic" {
    for_each = var.notifications.topics

    content {
      id            = topic.key
      topic_arn     = topic.value.arn
      events        = topic.value.events
      filter_prefix = topic.value.prefix == "" ? null : topic.value.prefix
      filter_suffix = topic.value.suffix == "" ? null : topic.value.suffix
    }
  }

  dynamic "lambda_function" {
    for_each = var.notifications.functions

    content {
      id                  = lambda_function.key
      lambda_function_arn = lambda_function.value.arn
      events              = lambda_function.value.events
      filter_prefix       = lambda_function.value.prefix == "" ? null : lambda_function.value.prefix
      filter_suffix       = lambda_function.value.suffix == "" ? null : lambda_function.value.suffix
    }
  }

  # S3 tries whether it may call before it accepts the configuration.
  depends_on = [aws_lambda_permission.this]
}

# Names of buckets go from account to account: the one that has the name tomorrow must not call the function.
data "aws_caller_identity" "current" {
  count = length(var.notifications.functions) > 0 ? 1 : 0
}

resource "aws_lambda_permission" "this" {
  for_each = var.notifications.functions

  statement_id   = "bucket-${substr(sha256(var.name), 0, 8)}-${each.key}"
  action         = "lambda:InvokeFunction"
  function_name  = regex("^(arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]+)", each.value.arn)[0]
  qualifier      = try(regex("function:[A-Za-z0-9_-]+:(.+)$", each.value.arn)[0], null)
  principal      = "s3.amazonaws.com"
  source_arn     = local.arn
  source_account = data.aws_caller_identity.current[0].account_id
}

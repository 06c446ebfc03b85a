# A topic: an SNS topic, encrypted, that takes messages over TLS alone. Who may publish to it is settled by the policies of
# the publishers' roles.

locals {
  name = var.fifo ? "${var.name}.fifo" : var.name
}

resource "aws_sns_topic" "this" {
  name              = local.name
  kms_master_key_id = var.key_arn
  fifo_topic        = var.fifo

  # Encore's runtime gives each message of a FIFO topic a deduplication id. Two messages of the same content are two messages.
  content_based_deduplication = false
}

# It allows nothing: within the account the policies of the roles decide, and nobody else may do anything.
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
}

resource "aws_sns_topic_policy" "this" {
  arn    = aws_sns_topic.this.arn
  policy = data.aws_iam_policy_document.topic.json
}

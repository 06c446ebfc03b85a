data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

data "aws_iam_policy_document" "key" {
  # Hands the decision to the IAM policies of this account. Without it nobody, not even the account's root
  # user, could change or delete the key any more. In a key policy the resource * is the key itself.
  statement {
    sid       = "AccountDecidesByPolicy"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }

  # CloudWatch Logs encrypts as itself, not as the role that writes, and puts the log group's ARN in the encryption
  # context (Amazon CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS KMS").
  dynamic "statement" {
    for_each = length(var.log_groups) > 0 ? [var.log_groups] : []

    content {
      sid = "LogGroups"
      actions = [
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
      ]
      resources = ["*"]

      principals {
        type        = "Service"
        identifiers = ["logs.${data.aws_region.current.id}.amazonaws.com"]
      }

      condition {
        test     = "ArnLike"
        variable = "kms:EncryptionContext:aws:logs:arn"
        values   = [for name in statement.value : "${local.of_account["logs"]}:log-group:${name}"]
      }
    }
  }

  # SNS puts messages into an encrypted queue as itself. Of what SNS knows, the topic's ARN is what is documented to reach
  # KMS (Amazon SQS Developer Guide, "Key management", "Configure AWS KMS permissions with confused deputy protection");
  # the account is a part of it. A condition on a key that does not reach KMS would stop every delivery.
  dynamic "statement" {
    for_each = length(var.topics) > 0 ? [var.topics] : []

    content {
      sid       = "TopicsFeedQueues"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = ["*"]

      principals {
        type        = "Service"
        identifiers = ["sns.amazonaws.com"]
      }

      condition {
        test     = "ArnLike"
        variable = "aws:SourceArn"
        values   = [for name in statement.value : "${local.of_account["sns"]}:${name}"]
      }
    }
  }
}

locals {
  # What the ARNs of this account and region begin with, by service.
  of_account = {
    for service in ["logs", "sns"] :
    service => "arn:${data.aws_partition.current.partition}:${service}:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}"
  }
}

resource "aws_kms_key" "this" {
  description             = "Encrypts the data of ${var.name}"
  deletion_window_in_days = var.deletion_window_days
  enable_key_rotation     = true
  policy                  = data.aws_iam_policy_document.key.json
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this.key_id
}

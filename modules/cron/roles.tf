# Two roles: the function acts as the signer, EventBridge Scheduler as the schedule. Both hand what failed to the queue of
# dead letters.

data "aws_iam_policy_document" "signer_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "schedule_trust" {
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
      values   = [aws_scheduler_schedule_group.this.arn]
    }
  }
}

resource "aws_iam_role" "signer" {
  name                 = "${var.name}-signer"
  description          = "What the function of the cron job ${var.name} acts as"
  path                 = var.iam.path
  permissions_boundary = var.iam.permissions_boundary_arn == "" ? null : var.iam.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.signer_trust.json
}

resource "aws_iam_role" "schedule" {
  name                 = "${var.name}-schedule"
  description          = "Starts the runs of the cron job ${var.name}"
  path                 = var.iam.path
  permissions_boundary = var.iam.permissions_boundary_arn == "" ? null : var.iam.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.schedule_trust.json
}

locals {
  # Built, not read from the function: the function waits for this policy.
  function_arn = "arn:${data.aws_partition.current.partition}:lambda:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:function:${var.name}"

  network_actions = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
  ]
}

data "aws_iam_policy_document" "signer" {
  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }

  # Lambda connects the function to the VPC with the function's role. An interface has no ARN before it is made, subnets of a
  # shared VPC have another account's, and the Describe actions know no resources: AWS's own policy names all, too.
  statement {
    sid       = "JoinNetwork"
    actions   = local.network_actions
    resources = ["*"]
  }

  # That is for Lambda alone: the code that runs in the function may do nothing of the kind.
  statement {
    sid       = "CodeLeavesNetworkAlone"
    effect    = "Deny"
    actions   = local.network_actions
    resources = ["*"]

    condition {
      test     = "ArnEquals"
      variable = "lambda:SourceFunctionArn"
      values   = [local.function_arn]
    }
  }

  statement {
    sid       = "ReadSettings"
    actions   = ["kms:Decrypt"]
    resources = [var.key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:aws:lambda:FunctionArn"
      values   = [local.function_arn]
    }
  }

  dynamic "statement" {
    for_each = local.signs ? [var.signature.secret_arn] : []

    content {
      sid       = "ReadSecret"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = [statement.value]
    }
  }

  # The key encrypts more than this secret: it opens for it alone, and only by way of Secrets Manager.
  dynamic "statement" {
    for_each = local.signs ? [var.signature.secret_arn] : []

    content {
      sid       = "DecryptSecret"
      actions   = ["kms:Decrypt"]
      resources = [var.key_arn]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["secretsmanager.${data.aws_region.current.id}.${data.aws_partition.current.dns_suffix}"]
      }

      condition {
        test     = "StringEquals"
        variable = "kms:EncryptionContext:SecretARN"
        values   = [statement.value]
      }
    }
  }

  source_policy_documents = [data.aws_iam_policy_document.give_up.json]
}

data "aws_iam_policy_document" "schedule" {
  statement {
    sid       = "StartRun"
    actions   = ["lambda:InvokeFunction"]
    resources = [aws_lambda_function.this.arn]
  }

  source_policy_documents = [data.aws_iam_policy_document.give_up.json]
}

data "aws_iam_policy_document" "give_up" {
  statement {
    sid       = "SendDeadLetter"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.dead_letters.arn]
  }

  statement {
    sid       = "EncryptDeadLetter"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["sqs.${data.aws_region.current.id}.${data.aws_partition.current.dns_suffix}"]
    }
  }
}

resource "aws_iam_role_policy" "signer" {
  name   = "signer"
  role   = aws_iam_role.signer.id
  policy = data.aws_iam_policy_document.signer.json
}

resource "aws_iam_role_policy" "schedule" {
  name   = "schedule"
  role   = aws_iam_role.schedule.id
  policy = data.aws_iam_policy_document.schedule.json
}

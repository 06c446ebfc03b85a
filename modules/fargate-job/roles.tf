# The two roles of a task. ECS takes the execution role to start one: pull the image, read the secrets, write the logs. The
# container acts as the task role: what is declared, nothing else. That of the schedules is in schedules.tf.

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }

    # ECS acts for many customers: only for tasks of this account and region may it take the roles.
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${data.aws_partition.current.partition}:ecs:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:*"]
    }
  }
}

resource "aws_iam_role" "execution" {
  name                 = "${var.name}-execution"
  description          = "Starts the container of ${var.name}"
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary_arn == "" ? null : var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role" "task" {
  name                 = "${var.name}-task"
  description          = "What the job ${var.name} acts as"
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary_arn == "" ? null : var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.trust.json
}

locals {
  # A secret may be followed by a key of its JSON, which IAM does not know: the ARN itself is the first seven parts.
  secret_arns = distinct([for arn in values(var.secrets) : join(":", slice(split(":", arn), 0, 7))])
}

data "aws_iam_policy_document" "execution" {
  # AWS knows no narrower resource for this action.
  statement {
    sid       = "RegistryLogin"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid       = "PullImage"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = [var.repository_arn]
  }

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }

  dynamic "statement" {
    for_each = length(var.secrets) > 0 ? [local.secret_arns] : []

    content {
      sid       = "ReadSecrets"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = statement.value
    }
  }

  # The key encrypts more than these secrets: it opens for them alone, and only by way of Secrets Manager.
  dynamic "statement" {
    for_each = length(var.secrets) > 0 ? [local.secret_arns] : []

    content {
      sid       = "DecryptSecrets"
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
        values   = statement.value
      }
    }
  }
}

resource "aws_iam_role_policy" "execution" {
  name   = "execution"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json

  lifecycle {
    precondition {
      condition     = length(data.aws_iam_policy_document.execution.minified_json) <= 10240
      error_message = "The policy of ${var.name}'s execution role has ${length(data.aws_iam_policy_document.execution.minified_json)} characters, but IAM allows a role's policies 10240: give the job fewer secrets, or split it."
    }
  }
}

data "aws_iam_policy_document" "task" {
  count = length(var.permissions) > 0 ? 1 : 0

  dynamic "statement" {
    for_each = var.permissions

    content {
      sid       = replace(title(replace(statement.key, "/[^A-Za-z0-9]/", " ")), " ", "")
      actions   = statement.value.actions
      resources = statement.value.resources

      dynamic "condition" {
        for_each = statement.value.conditions

        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_iam_role_policy" "task" {
  count = length(var.permissions) > 0 ? 1 : 0

  name   = "permissions"
  role   = aws_iam_role.task.id
  policy = data.aws_iam_policy_document.task[0].json

  lifecycle {
    precondition {
      condition     = length(data.aws_iam_policy_document.task[0].minified_json) <= 10240
      error_message = "The policy of ${var.name}'s task role has ${length(data.aws_iam_policy_document.task[0].minified_json)} characters, but IAM allows a role's policies 10240: split the job in two."
    }
  }
}

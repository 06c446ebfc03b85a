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
  path                 = var.iam.path
  permissions_boundary = var.iam.permissions_boundary_arn == "" ? null : var.iam.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role" "task" {
  name                 = "${var.name}-task"
  description          = "What the job ${var.name} acts as"
  path                 = var.iam.path
  permissions_boundary = var.iam.permissions_boundary_arn == "" ? null : var.iam.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.trust.json
}

locals {
  # A secret may be followed by a key of its JSON, which IAM does not know: the ARN itself is the first seven parts.
  secret_arns = distinct([for arn in concat(values(var.secrets), local.image_credentials) : join(":", slice(split(":", arn), 0, 7))])

  # The name and password for a registry outside AWS, which ECS reads itself: the application never sees them.
  image_credentials = var.registry.credentials_arn == "" ? [] : [var.registry.credentials_arn]

  # What their names have in common: everything up to the last slash, or the whole ARN of a name that has none.
  secret_folders = distinct([for arn in local.secret_arns : strcontains(arn, "/") ? replace(arn, "/[^/]+$/", "*") : arn])

  # The helper image may stand in a private repository of its own, which has to let the task in as well: account, region
  # and name of it, or nothing for an image that anybody may pull.
  helper_repository     = try(regex("^([0-9]{12})[.]dkr[.-]ecr(?:-fips)?[.]([a-z0-9-]+)[.][a-z.]+/([^:@]+)", var.helper_image), [])
  helper_repository_arn = length(local.helper_repository) == 0 ? "" : "arn:${data.aws_partition.current.partition}:ecr:${local.helper_repository[1]}:${local.helper_repository[0]}:repository/${local.helper_repository[2]}"
  repository_arns       = distinct(compact([var.registry.repository_arn, local.helper_repository_arn]))
}

data "aws_iam_policy_document" "execution" {
  # Images of other registries need neither of the two. AWS knows no narrower resource for the first.
  dynamic "statement" {
    for_each = length(local.repository_arns) > 0 ? ["*"] : []

    content {
      sid       = "RegistryLogin"
      actions   = ["ecr:GetAuthorizationToken"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = length(local.repository_arns) > 0 ? [local.repository_arns] : []

    content {
      sid       = "PullImage"
      actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      resources = statement.value
    }
  }

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }

  dynamic "statement" {
    for_each = length(local.secret_arns) > 0 ? [local.secret_arns] : []

    content {
      sid       = "ReadSecrets"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = statement.value
    }
  }

  # The key encrypts more than these secrets: it opens by way of Secrets Manager alone, which asks for the right above
  # before it uses it. The ARNs are not written a second time: all inline policies of a role share 10,240 characters.
  dynamic "statement" {
    for_each = length(local.secret_arns) > 0 ? [local.secret_folders] : []

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
        test     = "StringLike"
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

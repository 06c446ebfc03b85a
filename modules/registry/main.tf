data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  # AWS's own roles in this account, such as the one Inspector scans with, are never locked out.
  service_linked_roles = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:role/aws-service-role/*"

  # Who may push must be able to pull too: a build reads the layers it builds upon.
  pushers = concat(var.push_role_arns, [local.service_linked_roles])
  pullers = concat(var.pull_role_arns, local.pushers)
}

resource "aws_ecr_repository" "this" {
  name                 = var.name
  image_tag_mutability = "IMMUTABLE"
  force_delete         = var.force_delete

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = var.key_arn
  }

  image_scanning_configuration {
    scan_on_push = true
  }
}

data "aws_ecr_lifecycle_policy_document" "this" {
  # ECR leaves the parts of an image for several architectures, which carry no tag of their own, alone as long as the
  # image that lists them is there.
  rule {
    priority    = 1
    description = "Images without a tag, left by builds that were replaced or broken off"

    selection {
      tag_status   = "untagged"
      count_type   = "sinceImagePushed"
      count_unit   = "days"
      count_number = 14
    }

    action {
      type = "expire"
    }
  }

  rule {
    priority    = 2
    description = "All but the newest ${var.keep_images} tagged images"

    selection {
      tag_status       = "tagged"
      tag_pattern_list = ["*"]
      count_type       = "imageCountMoreThan"
      count_number     = var.keep_images
    }

    action {
      type = "expire"
    }
  }
}

resource "aws_ecr_lifecycle_policy" "this" {
  repository = aws_ecr_repository.this.name
  policy     = data.aws_ecr_lifecycle_policy_document.this.json
}

data "aws_iam_policy_document" "repository" {
  dynamic "statement" {
    for_each = length(var.push_role_arns) > 0 ? ["push"] : []

    content {
      sid    = "PushOnlyByNamedRoles"
      effect = "Deny"
      actions = [
        "ecr:CompleteLayerUpload",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
      ]

      principals {
        type        = "*"
        identifiers = ["*"]
      }

      condition {
        test     = "ArnNotLike"
        variable = "aws:PrincipalArn"
        values   = local.pushers
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.pull_role_arns) > 0 ? ["pull"] : []

    content {
      sid    = "PullOnlyByNamedRoles"
      effect = "Deny"
      actions = [
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
      ]

      principals {
        type        = "*"
        identifiers = ["*"]
      }

      condition {
        test     = "ArnNotLike"
        variable = "aws:PrincipalArn"
        values   = local.pullers
      }
    }
  }
}

# A policy that only denies: what a role may do at all stays with the role's own policy.
resource "aws_ecr_repository_policy" "this" {
  count = length(var.push_role_arns) + length(var.pull_role_arns) > 0 ? 1 : 0

  repository = aws_ecr_repository.this.name
  policy     = data.aws_iam_policy_document.repository.json
}

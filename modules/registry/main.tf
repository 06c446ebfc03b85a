data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  # AWS's own roles in this account, such as the one Inspector scans with, are never locked out.
  service_linked_roles = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:role/aws-service-role/*"

  # Who may push must be able to pull too: a build reads the layers it builds upon.
  pushers = concat(var.push_role_arns, [local.service_linked_roles])
  pullers = concat(var.pull_role_arns, local.pushers)

  # Without layers there is no image. Manifests stay readable while those who push are not named: a push asks for them.
  pull_actions = concat(length(var.push_role_arns) > 0 ? ["ecr:BatchGetImage"] : [], ["ecr:GetDownloadUrlForLayer"])

  # ECR counts every image that a rule's pattern matches, also those that a rule before it keeps, but never expires what a
  # rule before it has matched (Amazon ECR User Guide, "How lifecycle policies work"). So each of the wider patterns has
  # room for the images of the narrower ones, which come first.
  narrow_first = [for entry in reverse(sort([for prefix in var.tag_prefixes : format("%03d %s", length(prefix), prefix)])) : substr(entry, 4, -1)]
  tag_rules = concat(
    [for prefix in local.narrow_first : {
      pattern     = "${prefix}*"
      count       = var.keep_images * length([for other in var.tag_prefixes : other if startswith(other, prefix)])
      description = "All but the newest ${var.keep_images} images whose tags begin with ${prefix}"
    }],
    [{
      pattern     = "*"
      count       = var.keep_images * (length(var.tag_prefixes) + 1)
      description = "All but the newest ${var.keep_images * (length(var.tag_prefixes) + 1)} images with a tag"
    }],
  )
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

  dynamic "rule" {
    for_each = var.keep_images > 0 ? local.tag_rules : []

    content {
      priority    = rule.key + 2
      description = rule.value.description

      selection {
        tag_status       = "tagged"
        tag_pattern_list = [rule.value.pattern]
        count_type       = "imageCountMoreThan"
        count_number     = rule.value.count
      }

      action {
        type = "expire"
      }
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
      sid     = "PullOnlyByNamedRoles"
      effect  = "Deny"
      actions = local.pull_actions

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

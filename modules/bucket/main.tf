# A bucket nobody reaches but over TLS, by IAM, from roles that were given it, or through a distribution named here.

data "aws_partition" "current" {}

locals {
  # Put together here, so that the policy can be read in the plan that makes the bucket.
  arn = "arn:${data.aws_partition.current.partition}:s3:::${var.name}"

  encrypted_with_key = var.key_arn != ""

  # What a browser's script asks for by a signed URL: it downloads, uploads, and looks before it does.
  cors_methods = ["GET", "HEAD", "PUT"]
}

resource "aws_s3_bucket" "this" {
  bucket        = var.name
  force_destroy = var.force_destroy
}

# Public objects come through CloudFront: the bucket itself stays shut, whatever a policy or an ACL says.
resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.this.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

# With a bucket key S3 asks KMS once in a while, and not for every object.
resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    bucket_key_enabled = local.encrypted_with_key

    apply_server_side_encryption_by_default {
      sse_algorithm     = local.encrypted_with_key ? "aws:kms" : "AES256"
      kms_master_key_id = local.encrypted_with_key ? var.key_arn : null
    }
  }
}

# A bucket that was never versioned stays without a word on it, for S3 cannot go back there: taking the resource away
# suspends versioning.
resource "aws_s3_bucket_versioning" "this" {
  count = var.versioned ? 1 : 0

  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "leftovers"
    status = "Enabled"

    filter {}

    # Parts of an upload that nobody will finish are invisible, and are paid for.
    abort_incomplete_multipart_upload {
      days_after_initiation = var.unfinished_upload_days
    }

    # Where there were versions once, the older ones go too.
    dynamic "noncurrent_version_expiration" {
      for_each = var.noncurrent_days > 0 ? [var.noncurrent_days] : []

      content {
        noncurrent_days = noncurrent_version_expiration.value
      }
    }

    # The mark that a deletion leaves behind is of no use once the last older version is gone.
    expiration {
      expired_object_delete_marker = true
    }
  }

  dynamic "rule" {
    for_each = var.lifecycle_rules

    content {
      id     = rule.key
      status = "Enabled"

      filter {
        prefix = rule.value.prefix
      }

      dynamic "transition" {
        for_each = rule.value.transitions

        content {
          days          = transition.value.days
          storage_class = transition.value.storage_class
        }
      }

      dynamic "expiration" {
        for_each = rule.value.expiration_days > 0 ? [rule.value.expiration_days] : []

        content {
          days = expiration.value
        }
      }

      dynamic "noncurrent_version_transition" {
        for_each = rule.value.noncurrent_transitions

        content {
          noncurrent_days = noncurrent_version_transition.value.days
          storage_class   = noncurrent_version_transition.value.storage_class
        }
      }

      dynamic "noncurrent_version_expiration" {
        for_each = rule.value.noncurrent_days > 0 ? [rule.value.noncurrent_days] : []

        content {
          noncurrent_days = noncurrent_version_expiration.value
        }
      }
    }
  }

  # The rule for older versions means something only once there are any.
  depends_on = [aws_s3_bucket_versioning.this]
}

resource "aws_s3_bucket_cors_configuration" "this" {
  count = length(var.cors_origins) > 0 ? 1 : 0

  bucket = aws_s3_bucket.this.id

  cors_rule {
    allowed_origins = var.cors_origins
    allowed_methods = local.cors_methods
    allowed_headers = ["*"]
    expose_headers  = ["ETag", "x-amz-version-id"]
    max_age_seconds = 3600
  }
}

resource "aws_s3_bucket_logging" "this" {
  count = var.access_log_bucket == "" ? 0 : 1

  bucket        = aws_s3_bucket.this.id
  target_bucket = var.access_log_bucket
  target_prefix = "s3/${var.name}/"
}

data "aws_iam_policy_document" "this" {
  statement {
    sid       = "NothingWithoutTLS"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [local.arn, "${local.arn}/*"]

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

  # Reading alone, and no listing: who does not know an object's name does not learn it.
  dynamic "statement" {
    for_each = length(var.distribution_arns) > 0 ? [var.distribution_arns] : []

    content {
      sid       = "DistributionsRead"
      actions   = ["s3:GetObject"]
      resources = ["${local.arn}/${var.key_prefix}*"]

      principals {
        type        = "Service"
        identifiers = ["cloudfront.amazonaws.com"]
      }

      condition {
        test     = "StringEquals"
        variable = "AWS:SourceArn"
        values   = statement.value
      }
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id
  policy = data.aws_iam_policy_document.this.json

  # Both change who may do what with the bucket, and S3 refuses two such changes at a time.
  depends_on = [aws_s3_bucket_public_access_block.this]
}

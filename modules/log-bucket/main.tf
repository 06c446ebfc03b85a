# A bucket that AWS writes access logs to: those of other buckets, and those of CloudFront.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  # Put together here, so that the policy can be read in the plan that makes the bucket.
  arn     = "arn:${data.aws_partition.current.partition}:s3:::${var.name}"
  account = data.aws_caller_identity.current.account_id
}

resource "aws_s3_bucket" "this" {
  bucket        = var.name
  force_destroy = var.force_destroy
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.this.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# Both kinds of logs are delivered by what the policy allows: no ACL counts.
resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

# The one encryption that both are delivered with, whatever the policy of a key says.
resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

# A log that is overwritten or deleted stays readable as an older version.
resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "expire"
    status = "Enabled"

    filter {}

    expiration {
      days = var.retention_days
    }

    noncurrent_version_expiration {
      noncurrent_days = 7
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  # The rule for older versions means something only once there are any.
  depends_on = [aws_s3_bucket_versioning.this]
}

data "aws_iam_policy_document" "this" {
  # "Enabling Amazon S3 server access logging": of the buckets that are named, and not of others that name this one.
  statement {
    sid       = "BucketsWrite"
    actions   = ["s3:PutObject"]
    resources = ["${local.arn}/s3/*"]

    principals {
      type        = "Service"
      identifiers = ["logging.s3.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = var.source_bucket_arns
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }

  # "Logs sent to Amazon S3", of those that need permissions V2: the statement as it is written there, which AWS would add by
  # itself if it missed it. Sources of CloudFront's logs are in us-east-1.
  dynamic "statement" {
    for_each = var.takes_cloudfront_logs ? [local.account] : []

    content {
      sid       = "DistributionsWrite"
      actions   = ["s3:PutObject"]
      resources = ["${local.arn}/AWSLogs/${statement.value}/*"]

      principals {
        type        = "Service"
        identifiers = ["delivery.logs.amazonaws.com"]
      }

      condition {
        test     = "StringEquals"
        variable = "s3:x-amz-acl"
        values   = ["bucket-owner-full-control"]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [statement.value]
      }

      condition {
        test     = "ArnLike"
        variable = "aws:SourceArn"
        values   = ["arn:${data.aws_partition.current.partition}:logs:us-east-1:${statement.value}:delivery-source:*"]
      }
    }
  }

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
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id
  policy = data.aws_iam_policy_document.this.json

  # Both change who may do what with the bucket, and S3 refuses two such changes at a time.
  depends_on = [aws_s3_bucket_public_access_block.this]
}

# The real provider, which plans without calling AWS: policies are the documents it renders, not mocks.
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}

override_data {
  target = data.aws_caller_identity.current
  values = {
    account_id = "123456789012"
  }
}

override_resource {
  target          = aws_s3_bucket.this
  override_during = plan
  values = {
    id  = "shop-production-logs-0a1b2c3d"
    arn = "arn:aws:s3:::shop-production-logs-0a1b2c3d"
  }
}

variables {
  name               = "shop-production-logs-0a1b2c3d"
  source_bucket_arns = ["arn:aws:s3:::shop-production-avatars-0a1b2c3d"]
}

run "o1_logs_are_private_and_expire" {
  command = plan

  assert {
    condition     = aws_s3_bucket_public_access_block.this.block_public_acls && aws_s3_bucket_public_access_block.this.block_public_policy && aws_s3_bucket_public_access_block.this.ignore_public_acls && aws_s3_bucket_public_access_block.this.restrict_public_buckets
    error_message = "the bucket can be made public"
  }

  assert {
    condition     = one(aws_s3_bucket_ownership_controls.this.rule).object_ownership == "BucketOwnerEnforced" && !aws_s3_bucket.this.force_destroy
    error_message = "ACLs count, or logs go with the bucket"
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "S3 delivers logs into a bucket with SSE-S3 alone"
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[0].expiration[0].days == 90 && one(aws_s3_bucket_versioning.this.versioning_configuration).status == "Enabled"
    error_message = "logs are not removed after 90 days, or can be overwritten without a trace"
  }
}

run "o1_logs_of_the_named_buckets_alone" {
  command = plan

  assert {
    condition = [for statement in jsondecode(data.aws_iam_policy_document.this.json).Statement : statement if statement.Effect == "Allow"] == [{
      Sid       = "BucketsWrite"
      Effect    = "Allow"
      Principal = { Service = "logging.s3.amazonaws.com" }
      Action    = "s3:PutObject"
      Resource  = "arn:aws:s3:::shop-production-logs-0a1b2c3d/s3/*"
      Condition = {
        ArnLike      = { "aws:SourceArn" = "arn:aws:s3:::shop-production-avatars-0a1b2c3d" }
        StringEquals = { "aws:SourceAccount" = "123456789012" }
      }
    }]
    error_message = "others may write: ${data.aws_iam_policy_document.this.json}"
  }

  assert {
    condition     = one([for statement in jsondecode(data.aws_iam_policy_document.this.json).Statement : statement.Condition if statement.Effect == "Deny"]) == { Bool = { "aws:SecureTransport" = "false" } }
    error_message = "the bucket takes requests without TLS"
  }
}

run "o2_logs_of_the_accounts_own_distributions" {
  command = plan

  variables {
    takes_cloudfront_logs = true
  }

  assert {
    condition = one([for statement in jsondecode(data.aws_iam_policy_document.this.json).Statement : statement if statement.Sid == "DistributionsWrite"]) == {
      Sid       = "DistributionsWrite"
      Effect    = "Allow"
      Principal = { Service = "delivery.logs.amazonaws.com" }
      Action    = "s3:PutObject"
      Resource  = "arn:aws:s3:::shop-production-logs-0a1b2c3d/AWSLogs/123456789012/*"
      Condition = {
        ArnLike      = { "aws:SourceArn" = "arn:aws:logs:us-east-1:123456789012:delivery-source:*" }
        StringEquals = { "aws:SourceAccount" = "123456789012", "s3:x-amz-acl" = "bucket-owner-full-control" }
      }
    }
    error_message = "the statement differs from the documented one: ${data.aws_iam_policy_document.this.json}"
  }
}

run "refuses_to_log_nothing" {
  command = plan

  variables {
    source_bucket_arns = []
  }

  expect_failures = [var.source_bucket_arns]
}

run "refuses_what_is_no_bucket" {
  command = plan

  variables {
    source_bucket_arns = ["shop-production-avatars"]
  }

  expect_failures = [var.source_bucket_arns]
}

run "refuses_a_name_with_periods" {
  command = plan

  variables {
    name = "shop.logs"
  }

  expect_failures = [var.name]
}

run "refuses_a_name_of_s3s_own" {
  command = plan

  variables {
    name = "xn--logs"
  }

  expect_failures = [var.name]
}

run "refuses_half_a_day" {
  command = plan

  variables {
    retention_days = 0.5
  }

  expect_failures = [var.retention_days]
}

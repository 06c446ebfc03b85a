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

override_resource {
  target          = aws_s3_bucket.this
  override_during = plan
  values = {
    id                          = "shop-production-avatars-0a1b2c3d"
    arn                         = "arn:aws:s3:::shop-production-avatars-0a1b2c3d"
    bucket_regional_domain_name = "shop-production-avatars-0a1b2c3d.s3.eu-west-1.amazonaws.com"
  }
}

variables {
  name    = "shop-production-avatars-0a1b2c3d"
  key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}

run "o1_public_access_is_blocked" {
  command = plan

  assert {
    condition     = aws_s3_bucket_public_access_block.this.block_public_acls && aws_s3_bucket_public_access_block.this.block_public_policy && aws_s3_bucket_public_access_block.this.ignore_public_acls && aws_s3_bucket_public_access_block.this.restrict_public_buckets
    error_message = "the bucket can be made public"
  }

  assert {
    condition     = one(aws_s3_bucket_ownership_controls.this.rule).object_ownership == "BucketOwnerEnforced"
    error_message = "objects can belong to others, and ACLs count"
  }
}

run "o1_encrypted_with_the_key" {
  command = plan

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms" && one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).kms_master_key_id == var.key_arn
    error_message = "objects are not encrypted with the key"
  }

  assert {
    condition     = one(aws_s3_bucket_server_side_encryption_configuration.this.rule).bucket_key_enabled
    error_message = "KMS is asked for every object"
  }
}

run "o1_encrypted_without_a_key" {
  command = plan

  variables {
    key_arn = ""
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256" && !one(aws_s3_bucket_server_side_encryption_configuration.this.rule).bucket_key_enabled
    error_message = "without a key of one's own the bucket is not encrypted with S3's"
  }
}

run "o1_tls_only_and_nobody_else_let_in" {
  command = plan

  assert {
    condition     = length(jsondecode(data.aws_iam_policy_document.this.json).Statement) == 1
    error_message = "the policy of a private bucket says more than that TLS is wanted"
  }

  assert {
    condition = jsondecode(data.aws_iam_policy_document.this.json).Statement[0] == {
      Sid       = "NothingWithoutTLS"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = ["arn:aws:s3:::shop-production-avatars-0a1b2c3d/*", "arn:aws:s3:::shop-production-avatars-0a1b2c3d"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }
    error_message = "requests without TLS get in: ${data.aws_iam_policy_document.this.json}"
  }
}

run "o1_lifecycle_of_unfinished_uploads_and_older_versions" {
  command = plan

  assert {
    condition     = [for rule in aws_s3_bucket_lifecycle_configuration.this.rule : one(rule.abort_incomplete_multipart_upload).days_after_initiation if rule.status == "Enabled"] == [7]
    error_message = "parts of unfinished uploads stay forever"
  }

  assert {
    condition     = [for rule in aws_s3_bucket_lifecycle_configuration.this.rule : one(rule.noncurrent_version_expiration).noncurrent_days if rule.status == "Enabled"] == [90]
    error_message = "older versions stay forever"
  }
}

run "o1_older_versions_forever_by_choice" {
  command = plan

  variables {
    versioned       = true
    noncurrent_days = 0
  }

  assert {
    condition     = length(one(aws_s3_bucket_lifecycle_configuration.this.rule).noncurrent_version_expiration) == 0
    error_message = "older versions are deleted all the same"
  }
}

run "o1_versioned_as_declared" {
  command = plan

  variables {
    versioned = true
  }

  assert {
    condition     = one(aws_s3_bucket_versioning.this[0].versioning_configuration).status == "Enabled"
    error_message = "the bucket is not versioned"
  }
}

run "o1_not_versioned_as_declared" {
  command = plan

  assert {
    condition     = length(aws_s3_bucket_versioning.this) == 0
    error_message = "the bucket is versioned though nobody asked for it"
  }

  assert {
    condition     = !aws_s3_bucket.this.force_destroy
    error_message = "a bucket with objects in it can be destroyed"
  }
}

run "o1_browsers_are_let_in_by_choice" {
  command = plan

  variables {
    cors_origins = ["https://shop.example.com"]
  }

  assert {
    condition     = one(aws_s3_bucket_cors_configuration.this[0].cors_rule).allowed_origins == toset(["https://shop.example.com"]) && one(aws_s3_bucket_cors_configuration.this[0].cors_rule).allowed_methods == toset(["GET", "HEAD", "PUT"])
    error_message = "pages of the origin cannot upload and download by signed URL"
  }
}

run "o1_no_browser_otherwise" {
  command = plan

  assert {
    condition     = length(aws_s3_bucket_cors_configuration.this) == 0 && length(aws_s3_bucket_logging.this) == 0
    error_message = "pages of any origin are let in, or a log is written nobody asked for"
  }
}

run "o2_distributions_read_below_the_prefix_and_do_nothing_else" {
  command = plan

  variables {
    key_arn           = ""
    key_prefix        = "public/"
    distribution_arns = ["arn:aws:cloudfront::123456789012:distribution/E2ABCDEFGHIJKL"]
  }

  assert {
    condition = [for statement in jsondecode(data.aws_iam_policy_document.this.json).Statement : statement if statement.Effect == "Allow"] == [{
      Sid       = "DistributionsRead"
      Effect    = "Allow"
      Principal = { Service = "cloudfront.amazonaws.com" }
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::shop-production-avatars-0a1b2c3d/public/*"
      Condition = { StringEquals = { "AWS:SourceArn" = "arn:aws:cloudfront::123456789012:distribution/E2ABCDEFGHIJKL" } }
    }]
    error_message = "distributions may do more or less than read: ${data.aws_iam_policy_document.this.json}"
  }

  assert {
    condition     = aws_s3_bucket_public_access_block.this.restrict_public_buckets && aws_s3_bucket_public_access_block.this.block_public_policy
    error_message = "a bucket that is shown by CloudFront is itself public"
  }
}

run "log_of_accesses" {
  command = plan

  variables {
    access_log_bucket = "shop-production-logs"
  }

  assert {
    condition     = aws_s3_bucket_logging.this[0].target_bucket == "shop-production-logs" && aws_s3_bucket_logging.this[0].target_prefix == "s3/shop-production-avatars-0a1b2c3d/"
    error_message = "accesses are not logged"
  }
}

run "outputs" {
  command = plan

  assert {
    condition     = output.name == var.name && output.arn == "arn:aws:s3:::shop-production-avatars-0a1b2c3d" && output.regional_domain_name == "shop-production-avatars-0a1b2c3d.s3.eu-west-1.amazonaws.com"
    error_message = "the outputs do not name the bucket"
  }
}

# Every validation, firing on the value it is there for, and values at the edge that must pass.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}

variables {
  name = "shop-production-avatars"
}

run "refuses_name_in_upper_case" {
  command = plan

  variables {
    name = "Shop"
  }

  expect_failures = [var.name]
}

run "refuses_name_of_two_letters" {
  command = plan

  variables {
    name = "ab"
  }

  expect_failures = [var.name]
}

run "refuses_name_with_a_period" {
  command = plan

  variables {
    name = "avatars.shop"
  }

  expect_failures = [var.name]
}

run "refuses_name_ending_in_hyphen" {
  command = plan

  variables {
    name = "shop-"
  }

  expect_failures = [var.name]
}

run "refuses_long_name" {
  command = plan

  variables {
    name = join("", [for i in range(64) : "a"])
  }

  expect_failures = [var.name]
}

run "refuses_name_s3_keeps_for_itself" {
  command = plan

  variables {
    name = "xn--shop"
  }

  expect_failures = [var.name]
}

run "refuses_name_of_an_access_point" {
  command = plan

  variables {
    name = "shop-s3alias"
  }

  expect_failures = [var.name]
}

run "refuses_key_alias" {
  command = plan

  variables {
    key_arn = "alias/shop"
  }

  expect_failures = [var.key_arn]
}

run "refuses_o2_key_that_cloudfront_cannot_use" {
  command = plan

  variables {
    key_arn           = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    distribution_arns = ["arn:aws:cloudfront::123456789012:distribution/E2ABCDEFGHIJKL"]
  }

  expect_failures = [var.key_arn]
}

run "refuses_prefix_without_slash" {
  command = plan

  variables {
    key_prefix = "public"
  }

  expect_failures = [var.key_prefix]
}

run "refuses_prefix_that_begins_with_a_slash" {
  command = plan

  variables {
    key_prefix = "/public/"
  }

  expect_failures = [var.key_prefix]
}

run "refuses_prefix_with_a_wildcard" {
  command = plan

  variables {
    key_prefix = "public*/"
  }

  expect_failures = [var.key_prefix]
}

run "refuses_distribution_by_id" {
  command = plan

  variables {
    distribution_arns = ["E2ABCDEFGHIJKL"]
  }

  expect_failures = [var.distribution_arns]
}

run "refuses_origin_with_a_path" {
  command = plan

  variables {
    cors_origins = ["https://shop.example.com/"]
  }

  expect_failures = [var.cors_origins]
}

run "refuses_origin_without_a_scheme" {
  command = plan

  variables {
    cors_origins = ["shop.example.com"]
  }

  expect_failures = [var.cors_origins]
}

run "refuses_origin_twice" {
  command = plan

  variables {
    cors_origins = ["https://a.example.com", "https://a.example.com"]
  }

  expect_failures = [var.cors_origins]
}

run "refuses_log_into_itself" {
  command = plan

  variables {
    access_log_bucket = "shop-production-avatars"
  }

  expect_failures = [var.access_log_bucket]
}

run "refuses_log_bucket_by_arn" {
  command = plan

  variables {
    access_log_bucket = "arn:aws:s3:::logs"
  }

  expect_failures = [var.access_log_bucket]
}

run "refuses_unfinished_uploads_kept_no_day" {
  command = plan

  variables {
    unfinished_upload_days = 0
  }

  expect_failures = [var.unfinished_upload_days]
}

run "refuses_older_versions_kept_half_a_day" {
  command = plan

  variables {
    noncurrent_days = 0.5
  }

  expect_failures = [var.noncurrent_days]
}

run "accepts_longest_name" {
  command = plan

  variables {
    name = join("", [for i in range(63) : "a"])
  }
}

run "accepts_every_origin_and_a_port" {
  command = plan

  variables {
    cors_origins = ["*", "http://localhost:3000", "https://*.example.com"]
  }
}

run "accepts_prefix_of_two_folders" {
  command = plan

  variables {
    key_prefix = "tenants/public/"
  }
}

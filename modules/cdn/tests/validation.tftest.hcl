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

provider "aws" {
  alias                       = "us_east_1"
  region                      = "us-east-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}

override_data {
  target = data.aws_route53_zone.proving
  values = {
    arn = "arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ"
  }
}

variables {
  name                        = "shop-production-avatars"
  bucket_regional_domain_name = "shop-production-avatars-0a1b2c3d.s3.eu-west-1.amazonaws.com"
  price_class                 = "PriceClass_100"
}

run "refuses_name_with_a_period" {
  command = plan

  variables {
    name = "avatars.shop"
  }

  expect_failures = [var.name]
}

run "refuses_long_name" {
  command = plan

  variables {
    name = join("", [for i in range(65) : "a"])
  }

  expect_failures = [var.name]
}

run "refuses_bucket_by_name" {
  command = plan

  variables {
    bucket_regional_domain_name = "shop-production-avatars"
  }

  expect_failures = [var.bucket_regional_domain_name]
}

run "refuses_origin_path_without_slash" {
  command = plan

  variables {
    origin_path = "public"
  }

  expect_failures = [var.origin_path]
}

run "refuses_origin_path_ending_in_a_slash" {
  command = plan

  variables {
    origin_path = "/public/"
  }

  expect_failures = [var.origin_path]
}

run "refuses_domain_with_a_scheme" {
  command = plan

  variables {
    domain         = "https://images.example.com"
    hosted_zone_id = "Z0123456789ABCDEFGHIJ"
  }

  expect_failures = [var.domain]
}

run "refuses_wildcard_domain" {
  command = plan

  variables {
    domain         = "*.example.com"
    hosted_zone_id = "Z0123456789ABCDEFGHIJ"
  }

  expect_failures = [var.domain]
}

run "refuses_domain_that_acm_does_not_certify" {
  command = plan

  variables {
    domain         = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.shop.example.com"
    hosted_zone_id = "Z0123456789ABCDEFGHIJ"
  }

  expect_failures = [var.certificate_arn]
}

run "accepts_longest_domain_that_acm_certifies" {
  command = plan

  variables {
    domain         = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.shop.example.com"
    hosted_zone_id = "Z0123456789ABCDEFGHIJ"
  }
}

run "refuses_domain_without_a_zone" {
  command = plan

  variables {
    domain = "images.example.com"
  }

  expect_failures = [var.hosted_zone_id]
}

run "refuses_zone_by_path" {
  command = plan

  variables {
    domain         = "images.example.com"
    hosted_zone_id = "/hostedzone/Z0123456789ABCDEFGHIJ"
  }

  expect_failures = [var.hosted_zone_id]
}

run "refuses_o2_certificate_of_another_region" {
  command = plan

  variables {
    domain          = "images.example.com"
    certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
  }

  expect_failures = [var.certificate_arn]
}

run "refuses_certificate_without_a_domain" {
  command = plan

  variables {
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
  }

  expect_failures = [var.certificate_arn]
}

run "refuses_unknown_price_class" {
  command = plan

  variables {
    price_class = "PriceClass_300"
  }

  expect_failures = [var.price_class]
}

run "refuses_copies_for_more_than_a_year" {
  command = plan

  variables {
    cache_seconds = 31536001
  }

  expect_failures = [var.cache_seconds]
}

run "refuses_origin_with_a_path" {
  command = plan

  variables {
    cors_origins = ["https://shop.example.com/"]
  }

  expect_failures = [var.cors_origins]
}

run "refuses_policy_over_two_lines" {
  command = plan

  variables {
    content_security_policy = "default-src\n'none'"
  }

  expect_failures = [var.content_security_policy]
}

run "refuses_log_bucket_by_name" {
  command = plan

  variables {
    access_log_bucket_arn = "logs"
  }

  expect_failures = [var.access_log_bucket_arn]
}

run "refuses_regional_web_acl" {
  command = plan

  variables {
    web_acl_arn = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/shop/11111111"
  }

  expect_failures = [var.web_acl_arn]
}

run "accepts_longest_name" {
  command = plan

  variables {
    name = join("", [for i in range(64) : "a"])
  }
}

run "accepts_everything_at_once" {
  command = plan

  variables {
    domain                = "images.example.com"
    hosted_zone_id        = "Z0123456789ABCDEFGHIJ"
    origin_path           = "/tenants/public"
    cors_origins          = ["*"]
    web_acl_arn           = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/shop/11111111"
    access_log_bucket_arn = "arn:aws:s3:::shop-logs"
    price_class           = "PriceClass_All"
    cache_seconds         = 0
  }
}

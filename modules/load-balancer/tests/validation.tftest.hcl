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

override_data {
  target = data.aws_route53_zone.proving
  values = {
    arn = "arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ"
  }
}

variables {
  name       = "shop-production"
  vpc_id     = "vpc-0123456789abcdef0"
  subnet_ids = ["subnet-0a", "subnet-0b"]
}

run "refuses_a_name_of_33_characters" {
  command = plan

  variables {
    name = "abcdefghijklmnopqrstuvwxyz0123456"
  }

  expect_failures = [var.name]
}

run "refuses_a_name_that_ends_in_a_hyphen" {
  command = plan

  variables {
    name = "shop-"
  }

  expect_failures = [var.name]
}

run "refuses_the_reserved_name" {
  command = plan

  variables {
    name = "internal-shop"
  }

  expect_failures = [var.name]
}

run "refuses_what_is_no_vpc" {
  command = plan

  variables {
    vpc_id = "shop"
  }

  expect_failures = [var.vpc_id]
}

run "refuses_a_single_subnet" {
  command = plan

  variables {
    subnet_ids = ["subnet-0a"]
  }

  expect_failures = [var.subnet_ids]
}

run "refuses_a_url_as_domain" {
  command = plan

  variables {
    domain         = "https://api.example.com"
    hosted_zone_id = "Z0123456789ABCDEFGHIJ"
  }

  expect_failures = [var.domain]
}

run "refuses_a_wildcard_as_domain" {
  command = plan

  variables {
    domain         = "*.example.com"
    hosted_zone_id = "Z0123456789ABCDEFGHIJ"
  }

  expect_failures = [var.domain]
}

run "refuses_a_domain_that_acm_does_not_certify" {
  command = plan

  variables {
    domain         = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.shop.example.com"
    hosted_zone_id = "Z0123456789ABCDEFGHIJ"
  }

  expect_failures = [var.certificate_arn]
}

run "accepts_the_longest_domain_that_acm_certifies" {
  command = plan

  variables {
    domain         = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.shop.example.com"
    hosted_zone_id = "Z0123456789ABCDEFGHIJ"
  }
}

run "accepts_a_longer_domain_with_a_certificate" {
  command = plan

  variables {
    domain          = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.shop.example.com"
    certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
  }
}

run "refuses_a_domain_that_cannot_be_validated" {
  command = plan

  variables {
    domain = "api.example.com"
  }

  expect_failures = [var.hosted_zone_id]
}

run "refuses_a_zone_without_a_domain" {
  command = plan

  variables {
    hosted_zone_id = "Z0123456789ABCDEFGHIJ"
  }

  expect_failures = [var.hosted_zone_id]
}

run "refuses_a_zone_path" {
  command = plan

  variables {
    domain         = "api.example.com"
    hosted_zone_id = "/hostedzone/Z0123456789ABCDEFGHIJ"
  }

  expect_failures = [var.hosted_zone_id]
}

run "refuses_alternative_domains_without_a_domain" {
  command = plan

  variables {
    alternative_domains = ["api.example.com"]
  }

  expect_failures = [var.alternative_domains]
}

run "refuses_the_domain_named_again" {
  command = plan

  variables {
    domain              = "api.example.com"
    hosted_zone_id      = "Z0123456789ABCDEFGHIJ"
    alternative_domains = ["api.example.com"]
  }

  expect_failures = [var.alternative_domains]
}

run "refuses_an_alternative_domain_with_a_port" {
  command = plan

  variables {
    domain              = "api.example.com"
    hosted_zone_id      = "Z0123456789ABCDEFGHIJ"
    alternative_domains = ["api.example.com:443"]
  }

  expect_failures = [var.alternative_domains]
}

run "refuses_more_names_than_a_certificate_holds" {
  command = plan

  variables {
    domain              = "api.example.com"
    hosted_zone_id      = "Z0123456789ABCDEFGHIJ"
    alternative_domains = [for number in range(10) : "n${number}.example.com"]
  }

  expect_failures = [var.alternative_domains]
}

run "refuses_what_is_no_certificate" {
  command = plan

  variables {
    domain          = "api.example.com"
    hosted_zone_id  = "Z0123456789ABCDEFGHIJ"
    certificate_arn = "arn:aws:iam::123456789012:server-certificate/shop"
  }

  expect_failures = [var.certificate_arn]
}

run "refuses_a_certificate_without_a_domain" {
  command = plan

  variables {
    certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
  }

  expect_failures = [var.certificate_arn]
}

run "refuses_a_client_range_that_starts_in_its_middle" {
  command = plan

  variables {
    client_cidrs = ["203.0.113.9/24"]
  }

  expect_failures = [var.client_cidrs]
}

run "refuses_a_client_range_named_twice" {
  command = plan

  variables {
    client_cidrs = ["203.0.113.0/24", "203.0.113.0/24"]
  }

  expect_failures = [var.client_cidrs]
}

run "refuses_an_idle_timeout_past_4000_seconds" {
  command = plan

  variables {
    idle_timeout_seconds = 4001
  }

  expect_failures = [var.idle_timeout_seconds]
}

run "refuses_to_keep_no_logs" {
  command = plan

  variables {
    access_log_retention_days = 0
  }

  expect_failures = [var.access_log_retention_days]
}

run "refuses_to_send_on_a_name_it_does_not_have" {
  command = plan

  variables {
    domain             = "api.example.com"
    hosted_zone_id     = "Z0123456789ABCDEFGHIJ"
    redirected_domains = ["www.example.com"]
  }

  expect_failures = [var.redirected_domains]
}

run "refuses_a_zone_of_a_name_it_does_not_have" {
  command = plan

  variables {
    domain          = "api.example.com"
    hosted_zone_id  = "Z0123456789ABCDEFGHIJ"
    hosted_zone_ids = { "www.example.com" = "Z0123456789ABCDEFGHIJ" }
  }

  expect_failures = [var.hosted_zone_ids]
}

run "refuses_a_name_that_cannot_be_proven" {
  command = plan

  variables {
    domain              = "api.example.com"
    alternative_domains = ["api.example.net"]
    hosted_zone_id      = "Z0123456789ABCDEFGHIJ"
    hosted_zone_ids     = { "api.example.net" = "" }
  }

  expect_failures = [var.hosted_zone_ids]
}

run "refuses_a_private_zone_for_the_internet" {
  command = plan

  variables {
    domain           = "api.example.com"
    hosted_zone_id   = "Z0123456789ABCDEFGHIJ"
    private_zone_ids = { "api.example.com" = "Z0PRIVATE" }
  }

  expect_failures = [var.private_zone_ids]
}

run "refuses_a_private_zone_of_another_name" {
  command = plan

  variables {
    domain           = "api.example.com"
    hosted_zone_id   = "Z0123456789ABCDEFGHIJ"
    internal         = true
    private_zone_ids = { "www.example.com" = "Z0PRIVATE" }
  }

  expect_failures = [var.private_zone_ids]
}

run "refuses_a_web_acl_of_cloudfront" {
  command = plan

  variables {
    web_acl_arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/shop/11111111"
  }

  expect_failures = [var.web_acl_arn]
}

run "refuses_a_further_certificate_without_a_domain" {
  command = plan

  variables {
    certificate_arns = { shop = "arn:aws:acm:eu-west-1:123456789012:certificate/1" }
  }

  expect_failures = [var.certificate_arns]
}

run "refuses_a_further_certificate_of_iam" {
  command = plan

  variables {
    domain           = "api.example.com"
    hosted_zone_id   = "Z0123456789ABCDEFGHIJ"
    certificate_arns = { shop = "arn:aws:iam::123456789012:server-certificate/shop" }
  }

  expect_failures = [var.certificate_arns]
}

run "asks_for_no_zone_where_the_certificate_exists" {
  command = plan

  variables {
    domain          = "api.corp.example.net"
    hosted_zone_id  = "Z0123456789PRIVATE"
    internal        = true
    certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition     = length(data.aws_route53_zone.proving) == 0 && aws_route53_record.alias["api.corp.example.net"].zone_id == "Z0123456789PRIVATE"
    error_message = "a private zone cannot answer for a certificate of the caller's"
  }
}

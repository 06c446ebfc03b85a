# The real provider, which plans without calling AWS.
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

override_resource {
  target          = aws_cloudfront_distribution.this
  override_during = plan
  values = {
    id             = "E2ABCDEFGHIJKL"
    arn            = "arn:aws:cloudfront::123456789012:distribution/E2ABCDEFGHIJKL"
    domain_name    = "d111111abcdef8.cloudfront.net"
    hosted_zone_id = "Z2FDTNDATAQYW2"
  }
}

override_resource {
  target          = aws_cloudfront_origin_access_control.this
  override_during = plan
  values = {
    id = "E1OAC"
  }
}

override_resource {
  target          = aws_cloudfront_response_headers_policy.this
  override_during = plan
  values = {
    id = "headers"
  }
}

override_resource {
  target          = aws_cloudfront_cache_policy.this
  override_during = plan
  values = {
    id = "copies"
  }
}

override_resource {
  target          = aws_acm_certificate.this
  override_during = plan
  values = {
    arn = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
    domain_validation_options = [{
      domain_name           = "images.shop.example.com"
      resource_record_name  = "_a.images.shop.example.com."
      resource_record_type  = "CNAME"
      resource_record_value = "_b.acm-validations.aws."
    }]
  }
}

override_resource {
  target          = aws_cloudfront_origin_request_policy.this
  override_during = plan
  values = {
    id = "preflight"
  }
}

override_resource {
  target          = aws_cloudwatch_log_delivery_destination.this
  override_during = plan
  values = {
    arn = "arn:aws:logs:us-east-1:123456789012:delivery-destination:shop-production-avatars"
  }
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

run "o2_reads_the_bucket_by_origin_access_control" {
  command = plan

  variables {
    origin_path = "/public"
  }

  assert {
    condition     = aws_cloudfront_origin_access_control.this.origin_access_control_origin_type == "s3" && aws_cloudfront_origin_access_control.this.signing_behavior == "always" && aws_cloudfront_origin_access_control.this.signing_protocol == "sigv4"
    error_message = "requests to the bucket are not signed"
  }

  assert {
    condition     = one(aws_cloudfront_distribution.this.origin).origin_access_control_id == "E1OAC" && one(aws_cloudfront_distribution.this.origin).domain_name == var.bucket_regional_domain_name && one(aws_cloudfront_distribution.this.origin).origin_path == "/public"
    error_message = "the distribution does not read the folder of the bucket by origin access control"
  }
}

run "o2_https_alone_and_nothing_but_reading" {
  command = plan

  assert {
    condition     = aws_cloudfront_distribution.this.default_cache_behavior[0].viewer_protocol_policy == "redirect-to-https" && aws_cloudfront_distribution.this.default_cache_behavior[0].allowed_methods == toset(["GET", "HEAD", "OPTIONS"])
    error_message = "objects are shown without TLS, or callers may write"
  }

  assert {
    condition     = aws_cloudfront_distribution.this.http_version == "http2and3" && aws_cloudfront_distribution.this.is_ipv6_enabled && aws_cloudfront_distribution.this.default_cache_behavior[0].compress
    error_message = "HTTP/3, IPv6 or compression is off"
  }
}

run "o2_security_headers" {
  command = plan

  assert {
    condition     = aws_cloudfront_distribution.this.default_cache_behavior[0].response_headers_policy_id == "headers"
    error_message = "answers carry no security headers"
  }

  assert {
    condition     = aws_cloudfront_response_headers_policy.this.security_headers_config[0].strict_transport_security[0].access_control_max_age_sec >= 31536000 && aws_cloudfront_response_headers_policy.this.security_headers_config[0].content_type_options[0].override && aws_cloudfront_response_headers_policy.this.security_headers_config[0].referrer_policy[0].referrer_policy == "strict-origin-when-cross-origin"
    error_message = "HSTS, nosniff or the referrer policy is missing"
  }

  assert {
    condition     = startswith(aws_cloudfront_response_headers_policy.this.security_headers_config[0].content_security_policy[0].content_security_policy, "default-src 'none';") && !strcontains(aws_cloudfront_response_headers_policy.this.security_headers_config[0].content_security_policy[0].content_security_policy, "script-src")
    error_message = "scripts in uploaded objects run"
  }

  assert {
    condition     = length(aws_cloudfront_response_headers_policy.this.cors_config) == 0
    error_message = "scripts of other origins may read objects"
  }
}

run "o2_no_content_security_policy_by_choice" {
  command = plan

  variables {
    content_security_policy = ""
    cors_origins            = ["https://shop.example.com"]
  }

  assert {
    condition     = length(aws_cloudfront_response_headers_policy.this.security_headers_config[0].content_security_policy) == 0
    error_message = "a header is sent that was switched off"
  }

  assert {
    condition     = one(aws_cloudfront_response_headers_policy.this.cors_config[0].access_control_allow_origins).items == toset(["https://shop.example.com"]) && !aws_cloudfront_response_headers_policy.this.cors_config[0].access_control_allow_credentials
    error_message = "scripts of the origin cannot read objects, or with credentials"
  }
}

run "o2_copies_by_path_alone" {
  command = plan

  assert {
    condition     = aws_cloudfront_distribution.this.default_cache_behavior[0].cache_policy_id == "copies" && aws_cloudfront_cache_policy.this.default_ttl == 300 && aws_cloudfront_cache_policy.this.min_ttl == 0
    error_message = "objects that change are shown in their old form for more than five minutes"
  }

  assert {
    condition = alltrue([
      one(aws_cloudfront_cache_policy.this.parameters_in_cache_key_and_forwarded_to_origin[0].query_strings_config).query_string_behavior == "none",
      one(aws_cloudfront_cache_policy.this.parameters_in_cache_key_and_forwarded_to_origin[0].cookies_config).cookie_behavior == "none",
      one(aws_cloudfront_cache_policy.this.parameters_in_cache_key_and_forwarded_to_origin[0].headers_config).header_behavior == "none",
    ])
    error_message = "anybody can make CloudFront read the bucket as often as he likes, by query strings"
  }
}

run "o2_name_of_cloudfront" {
  command = plan

  assert {
    condition     = output.url == "https://d111111abcdef8.cloudfront.net" && output.distribution_arn == "arn:aws:cloudfront::123456789012:distribution/E2ABCDEFGHIJKL" && output.distribution_id == "E2ABCDEFGHIJKL"
    error_message = "the outputs do not name the distribution"
  }

  assert {
    condition     = aws_cloudfront_distribution.this.viewer_certificate[0].cloudfront_default_certificate && length(aws_cloudfront_distribution.this.aliases) == 0 && length(aws_acm_certificate.this) == 0 && length(aws_route53_record.alias) == 0
    error_message = "without a domain there is a certificate or a record"
  }
}

run "o2_domain_of_its_own" {
  command = plan

  variables {
    domain         = "images.shop.example.com"
    hosted_zone_id = "Z0123456789ABCDEFGHIJ"
  }

  assert {
    condition     = output.url == "https://images.shop.example.com" && aws_cloudfront_distribution.this.aliases == toset(["images.shop.example.com"])
    error_message = "the distribution does not answer to its domain"
  }

  assert {
    condition     = aws_cloudfront_distribution.this.viewer_certificate[0].minimum_protocol_version == "TLSv1.2_2021" && aws_cloudfront_distribution.this.viewer_certificate[0].ssl_support_method == "sni-only" && aws_cloudfront_distribution.this.viewer_certificate[0].acm_certificate_arn == aws_acm_certificate_validation.this[0].certificate_arn
    error_message = "TLS older than 1.2 is spoken, or with another certificate"
  }

  assert {
    condition     = aws_acm_certificate.this[0].domain_name == "images.shop.example.com" && aws_acm_certificate.this[0].validation_method == "DNS" && aws_route53_record.validation["images.shop.example.com"].name == "_a.images.shop.example.com"
    error_message = "the certificate is not proven in DNS"
  }

  assert {
    condition     = keys(aws_route53_record.alias) == ["A", "AAAA"] && alltrue([for record in aws_route53_record.alias : record.name == "images.shop.example.com" && one(record.alias).name == "d111111abcdef8.cloudfront.net" && one(record.alias).zone_id == "Z2FDTNDATAQYW2"])
    error_message = "the domain does not lead to the distribution, by IPv4 and IPv6"
  }
}

run "o2_certificate_of_ones_own" {
  command = plan

  variables {
    domain          = "images.shop.example.com"
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/99999999-2222-3333-4444-555555555555"
  }

  assert {
    condition     = aws_cloudfront_distribution.this.viewer_certificate[0].acm_certificate_arn == var.certificate_arn && length(aws_acm_certificate.this) == 0 && length(aws_route53_record.validation) == 0 && length(aws_route53_record.alias) == 0
    error_message = "a certificate is made, or a record, though DNS is kept elsewhere"
  }
}

run "logs_and_web_acl_by_choice" {
  command = plan

  variables {
    access_log_bucket_arn = "arn:aws:s3:::shop-logs"
    web_acl_arn           = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/shop/11111111"
  }

  assert {
    condition     = aws_cloudfront_distribution.this.web_acl_id == var.web_acl_arn
    error_message = "requests are not filtered"
  }

  assert {
    condition     = aws_cloudwatch_log_delivery_source.this[0].resource_arn == aws_cloudfront_distribution.this.arn && aws_cloudwatch_log_delivery_source.this[0].log_type == "ACCESS_LOGS" && one(aws_cloudwatch_log_delivery_destination.this[0].delivery_destination_configuration).destination_resource_arn == "arn:aws:s3:::shop-logs"
    error_message = "requests are not logged to the bucket"
  }

  assert {
    condition     = aws_cloudwatch_log_delivery.this[0].delivery_source_name == "shop-production-avatars" && aws_cloudwatch_log_delivery.this[0].delivery_destination_arn == "arn:aws:logs:us-east-1:123456789012:delivery-destination:shop-production-avatars"
    error_message = "the log has no way to the bucket"
  }
}

run "names_of_logs_fit" {
  command = plan

  variables {
    name                  = "shop-production-avatars-of-customers-and-their-many-pet-animals"
    access_log_bucket_arn = "arn:aws:s3:::shop-logs"
  }

  assert {
    condition     = length(aws_cloudwatch_log_delivery_source.this[0].name) == 60 && aws_cloudwatch_log_delivery_source.this[0].name == aws_cloudwatch_log_delivery_destination.this[0].name
    error_message = "the name of the source has ${length(aws_cloudwatch_log_delivery_source.this[0].name)} characters"
  }
}

run "no_log_unless_asked_for" {
  command = plan

  assert {
    condition     = length(aws_cloudwatch_log_delivery_source.this) + length(aws_cloudwatch_log_delivery.this) == 0 && length(aws_cloudfront_origin_request_policy.this) == 0
    error_message = "requests are logged, or headers forwarded, though nobody asked"
  }
}

run "o2_preflight_requests_reach_the_bucket" {
  command = plan

  variables {
    cors_origins = ["https://shop.example.com"]
  }

  assert {
    condition     = aws_cloudfront_distribution.this.default_cache_behavior[0].origin_request_policy_id == "preflight" && one(one(aws_cloudfront_origin_request_policy.this[0].headers_config).headers).items == toset(["access-control-request-headers", "access-control-request-method", "origin"])
    error_message = "the bucket does not learn what a browser asks"
  }

  assert {
    condition     = contains(aws_cloudfront_distribution.this.default_cache_behavior[0].allowed_methods, "OPTIONS") && !contains(aws_cloudfront_distribution.this.default_cache_behavior[0].cached_methods, "OPTIONS") && aws_cloudfront_response_headers_policy.this.cors_config[0].origin_override
    error_message = "an answer for one origin is given to another"
  }
}

run "o2_hsts_claims_no_place_on_a_list" {
  command = plan

  assert {
    condition     = !aws_cloudfront_response_headers_policy.this.security_headers_config[0].strict_transport_security[0].preload
    error_message = "a name below a registrable domain asks to be preloaded"
  }
}

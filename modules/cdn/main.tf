# What a bucket shows to everybody: CloudFront reads it by origin access control, over TLS, and the bucket stays private.

locals {
  own_domain = var.domain != ""
  origin_id  = "bucket"
}

# Requests to the bucket are signed by CloudFront, always, whatever the caller sent.
resource "aws_cloudfront_origin_access_control" "this" {
  name                              = var.name
  description                       = "Reads the bucket of ${var.name}"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

# Nothing of a request but its path tells objects apart: neither query strings, nor cookies, nor headers. Of one object there is
# a copy for each compression.
resource "aws_cloudfront_cache_policy" "this" {
  name        = var.name
  comment     = "Copies of the objects of ${var.name}"
  min_ttl     = 0
  default_ttl = var.cache_seconds
  max_ttl     = 31536000

  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_brotli = true
    enable_accept_encoding_gzip   = true

    cookies_config {
      cookie_behavior = "none"
    }

    headers_config {
      header_behavior = "none"
    }

    query_strings_config {
      query_string_behavior = "none"
    }
  }
}

# The questions a browser asks before it lets a script read an object go on to the bucket, whose CORS rules answer them: the
# headers below say what is asked. Nothing of them tells copies apart, and answers to them are not copied.
resource "aws_cloudfront_origin_request_policy" "this" {
  count = length(var.cors_origins) > 0 ? 1 : 0

  name    = var.name
  comment = "Preflight requests of ${var.name}"

  cookies_config {
    cookie_behavior = "none"
  }

  headers_config {
    header_behavior = "whitelist"

    headers {
      items = ["access-control-request-headers", "access-control-request-method", "origin"]
    }
  }

  query_strings_config {
    query_string_behavior = "none"
  }
}

resource "aws_cloudfront_response_headers_policy" "this" {
  name    = var.name
  comment = "Security headers of ${var.name}"

  security_headers_config {
    # The type an object was stored with holds: a browser must not find a script in an image.
    content_type_options {
      override = true
    }

    strict_transport_security {
      access_control_max_age_sec = 31536000
      include_subdomains         = true
      override                   = true

      # Browsers keep their lists of registrable domains: for a name below one, or CloudFront's own, the word means nothing.
      preload = false
    }

    referrer_policy {
      referrer_policy = "strict-origin-when-cross-origin"
      override        = true
    }

    dynamic "content_security_policy" {
      for_each = var.content_security_policy == "" ? [] : [var.content_security_policy]

      content {
        content_security_policy = content_security_policy.value
        override                = true
      }
    }
  }

  dynamic "cors_config" {
    for_each = length(var.cors_origins) > 0 ? [var.cors_origins] : []

    content {
      access_control_allow_credentials = false
      access_control_max_age_sec       = 3600
      origin_override                  = true

      access_control_allow_headers {
        items = ["*"]
      }

      access_control_allow_methods {
        items = ["GET", "HEAD", "OPTIONS"]
      }

      access_control_allow_origins {
        items = cors_config.value
      }
    }
  }
}

resource "aws_cloudfront_distribution" "this" {
  comment         = var.name
  enabled         = true
  is_ipv6_enabled = true
  http_version    = "http2and3"
  price_class     = var.price_class
  aliases         = local.own_domain ? [var.domain] : []
  web_acl_id      = one(compact([var.web_acl_arn]))

  origin {
    origin_id                = local.origin_id
    domain_name              = var.bucket_regional_domain_name
    origin_path              = var.origin_path
    origin_access_control_id = aws_cloudfront_origin_access_control.this.id
  }

  default_cache_behavior {
    target_origin_id           = local.origin_id
    allowed_methods            = ["GET", "HEAD", "OPTIONS"]
    cached_methods             = ["GET", "HEAD"]
    viewer_protocol_policy     = "redirect-to-https"
    compress                   = true
    cache_policy_id            = aws_cloudfront_cache_policy.this.id
    origin_request_policy_id   = one(aws_cloudfront_origin_request_policy.this[*].id)
    response_headers_policy_id = aws_cloudfront_response_headers_policy.this.id
  }

  # CloudFront gives its own name no other choice of TLS version. TLSv1.2_2021 has no cipher in CBC mode ("Supported protocols
  # and ciphers between viewers and CloudFront").
  viewer_certificate {
    cloudfront_default_certificate = !local.own_domain
    acm_certificate_arn            = local.own_domain ? local.certificate_arn : null
    ssl_support_method             = local.own_domain ? "sni-only" : null
    minimum_protocol_version       = local.own_domain ? "TLSv1.2_2021" : "TLSv1"
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }
}

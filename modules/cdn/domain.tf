# The domain name: its certificate, proven in Route 53, and the records that lead to the distribution.

locals {
  # A certificate of your own goes without a zone when DNS is kept elsewhere. Asking for the zone's id in no other case
  # lets the zone be created in the same apply.
  has_zone        = var.certificate_arn == "" ? local.own_domain : var.hosted_zone_id != ""
  new_certificate = local.own_domain && var.certificate_arn == ""
  certificate_arn = local.new_certificate ? one(aws_acm_certificate_validation.this[*].certificate_arn) : var.certificate_arn
}

# ACM asks for the record that proves the name from outside, where a private zone answers nobody: an apply would wait for 75 minutes
# and fail ("DNS validation" in the AWS Certificate Manager User Guide). A zone that is made in the same apply is asked then.
data "aws_route53_zone" "proving" {
  count = local.new_certificate ? 1 : 0

  zone_id = var.hosted_zone_id

  lifecycle {
    postcondition {
      condition     = self.private_zone != true # a zone that tests stand for says nothing
      error_message = "The hosted zone ${var.hosted_zone_id} (${self.name}) is private, and ACM could not prove ${var.domain} there. Name the public zone of the name in hosted_zone_id, or bring a certificate by certificate_arn."
    }
  }
}

resource "aws_acm_certificate" "this" {
  count = local.new_certificate ? 1 : 0

  provider = aws.us_east_1

  domain_name       = var.domain
  validation_method = "DNS"

  tags = {
    Name = var.domain
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "validation" {
  for_each = {
    for domain in local.new_certificate ? [var.domain] : [] : domain => one([
      for option in aws_acm_certificate.this[0].domain_validation_options : option if option.domain_name == domain
    ])
  }

  zone_id = var.hosted_zone_id
  name    = each.value.resource_record_name
  type    = each.value.resource_record_type
  records = [each.value.resource_record_value]
  ttl     = 60

  # The record is the same for every certificate of the name in this account, and may be there already.
  allow_overwrite = true

  depends_on = [data.aws_route53_zone.proving]
}

resource "aws_acm_certificate_validation" "this" {
  count = length(aws_acm_certificate.this)

  provider = aws.us_east_1

  certificate_arn         = aws_acm_certificate.this[0].arn
  validation_record_fqdns = [for record in aws_route53_record.validation : record.fqdn]
}

resource "aws_route53_record" "alias" {
  for_each = toset(local.has_zone ? ["A", "AAAA"] : [])

  zone_id = var.hosted_zone_id
  name    = var.domain
  type    = each.key

  alias {
    name                   = aws_cloudfront_distribution.this.domain_name
    zone_id                = aws_cloudfront_distribution.this.hosted_zone_id
    evaluate_target_health = false
  }
}

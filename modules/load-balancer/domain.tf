locals {
  domains         = local.encrypted ? concat([var.domain], var.alternative_domains) : []
  own_certificate = var.certificate_arn != ""
  certificate_arn = local.own_certificate ? var.certificate_arn : one(aws_acm_certificate_validation.this[*].certificate_arn)

  # A wildcard is proven by the record of the name it stands under: one record for both.
  proven_domains = local.own_certificate ? [] : distinct([for domain in local.domains : trimprefix(domain, "*.")])

  # A name is proven in its public zone: a private one answers nobody but its VPCs, and ACM is in none of them.
  proving_zones = { for domain in local.proven_domains : domain => lookup(var.hosted_zone_ids, domain, lookup(var.hosted_zone_ids, "*.${domain}", var.hosted_zone_id)) }

  # Only a certificate of your own goes without a zone. Asking for the zone's id in no other case lets the zone be
  # created in the same apply.
  has_zone         = local.own_certificate ? var.hosted_zone_id != "" : true
  answering_zones  = merge(var.hosted_zone_ids, var.private_zone_ids)
  answered_domains = [for domain in local.domains : domain if lookup(local.answering_zones, domain, local.has_zone ? "hosted_zone_id" : "") != ""]
}

# ACM asks for the record that proves a name from outside, where a private zone answers nobody: an apply would wait for 75 minutes
# and fail ("DNS validation" in the AWS Certificate Manager User Guide). A zone that is made in the same apply is asked then.
data "aws_route53_zone" "proving" {
  for_each = local.proving_zones

  zone_id = each.value

  lifecycle {
    postcondition {
      condition     = self.private_zone != true # a zone that tests stand for says nothing
      error_message = "The hosted zone ${each.value} (${self.name}) is private, and ACM could not prove ${each.key} there. Name the public zone in hosted_zone_id or hosted_zone_ids, and this one in private_zone_ids for callers within its VPCs; or bring a certificate by certificate_arn."
    }
  }
}

resource "aws_acm_certificate" "this" {
  count = local.encrypted && !local.own_certificate ? 1 : 0

  domain_name               = var.domain
  subject_alternative_names = var.alternative_domains
  validation_method         = "DNS"

  tags = {
    Name = var.domain
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "validation" {
  for_each = {
    for domain in local.proven_domains : domain => [
      for option in aws_acm_certificate.this[0].domain_validation_options : option if trimprefix(option.domain_name, "*.") == domain
    ][0]
  }

  zone_id = local.proving_zones[each.key]
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

  certificate_arn         = aws_acm_certificate.this[0].arn
  validation_record_fqdns = [for record in aws_route53_record.validation : record.fqdn]
}

resource "aws_route53_record" "alias" {
  for_each = toset(local.answered_domains)

  zone_id = lookup(local.answering_zones, each.key, var.hosted_zone_id)
  name    = each.key
  type    = "A"

  alias {
    name                   = aws_lb.this.dns_name
    zone_id                = aws_lb.this.zone_id
    evaluate_target_health = true
  }
}

# Beside the listener's own certificate, which callers get who name no other domain.
resource "aws_lb_listener_certificate" "this" {
  for_each = var.certificate_arns

  listener_arn    = aws_lb_listener.this.arn
  certificate_arn = each.value
}

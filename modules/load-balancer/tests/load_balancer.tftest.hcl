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
  target          = aws_s3_bucket.access_logs
  override_during = plan
  values = {
    id  = "shop-production-lb-logs-123456789012"
    arn = "arn:aws:s3:::shop-production-lb-logs-123456789012"
  }
}

override_resource {
  target          = aws_lb.this
  override_during = plan
  values = {
    arn      = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/shop-production/0123456789abcdef"
    dns_name = "shop-production-1.eu-west-1.elb.amazonaws.com"
    zone_id  = "Z32O12XQLNTSW2"
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

run "f5_with_a_domain_it_faces_the_internet_over_https" {
  command = plan

  variables {
    domain         = "api.example.com"
    hosted_zone_id = "Z0123456789ABCDEFGHIJ"
  }

  assert {
    condition     = !aws_lb.this.internal && aws_lb.this.drop_invalid_header_fields && aws_lb.this.enable_deletion_protection
    error_message = "the load balancer is internal, passes malformed headers, or may be deleted"
  }

  assert {
    condition     = aws_lb_listener.this.port == 443 && aws_lb_listener.this.protocol == "HTTPS" && aws_lb_listener.this.ssl_policy == "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
    error_message = "the listener is not HTTPS with TLS 1.2 and 1.3 only, or takes ciphers in CBC mode"
  }

  assert {
    condition     = aws_lb_listener.redirect[0].port == 80 && aws_lb_listener.redirect[0].default_action[0].redirect[0].protocol == "HTTPS" && aws_lb_listener.redirect[0].default_action[0].redirect[0].status_code == "HTTP_301"
    error_message = "HTTP is not redirected to HTTPS"
  }

  assert {
    condition     = { for name, rule in aws_vpc_security_group_ingress_rule.clients : name => "${rule.cidr_ipv4} ${rule.from_port}-${rule.to_port}" } == { "http-0.0.0.0/0" = "0.0.0.0/0 80-80", "https-0.0.0.0/0" = "0.0.0.0/0 443-443" }
    error_message = "other callers or ports are let in"
  }

  assert {
    condition     = output.url == "https://api.example.com"
    error_message = "the address is ${output.url}"
  }
}

run "f5_the_certificate_is_validated_in_route_53" {
  command = plan

  variables {
    domain              = "api.example.com"
    alternative_domains = ["*.api.example.com", "admin.example.com"]
    hosted_zone_id      = "Z0123456789ABCDEFGHIJ"
  }

  assert {
    condition     = aws_acm_certificate.this[0].domain_name == "api.example.com" && aws_acm_certificate.this[0].validation_method == "DNS"
    error_message = "the certificate is for another name or validated another way"
  }

  assert {
    condition     = aws_acm_certificate.this[0].subject_alternative_names == toset(["api.example.com", "*.api.example.com", "admin.example.com"])
    error_message = "the certificate does not cover the alternative domains"
  }

  # A wildcard shares the record of the name it stands under.
  assert {
    condition     = keys(aws_route53_record.validation) == ["admin.example.com", "api.example.com"]
    error_message = "validation records: ${join(", ", keys(aws_route53_record.validation))}"
  }

  assert {
    condition     = { for domain, record in aws_route53_record.alias : domain => record.alias[0].name } == { for domain in ["api.example.com", "*.api.example.com", "admin.example.com"] : domain => "shop-production-1.eu-west-1.elb.amazonaws.com" }
    error_message = "the domains do not point to the load balancer"
  }
}

run "f5_each_name_has_a_zone_of_its_own" {
  command = plan

  variables {
    domain              = "example.com"
    alternative_domains = ["www.example.com", "example.net", "*.example.net"]
    redirected_domains  = ["www.example.com", "example.net"]
    hosted_zone_id      = "Z0123456789ABCDEFGHIJ"
    hosted_zone_ids     = { "example.net" = "Z9876543210ABCDEFGHIJ", "*.example.net" = "Z9876543210ABCDEFGHIJ" }
  }

  assert {
    condition     = { for domain, record in aws_route53_record.validation : domain => record.zone_id } == { "example.com" = "Z0123456789ABCDEFGHIJ", "www.example.com" = "Z0123456789ABCDEFGHIJ", "example.net" = "Z9876543210ABCDEFGHIJ" }
    error_message = "a name is proven in a zone that does not hold it"
  }

  assert {
    condition     = { for domain, record in aws_route53_record.alias : domain => record.zone_id } == { "example.com" = "Z0123456789ABCDEFGHIJ", "www.example.com" = "Z0123456789ABCDEFGHIJ", "example.net" = "Z9876543210ABCDEFGHIJ", "*.example.net" = "Z9876543210ABCDEFGHIJ" }
    error_message = "a name stands in a zone that does not hold it"
  }

  assert {
    condition     = { for key, rule in aws_lb_listener_rule.redirected : key => rule.priority } == { "0" = 2 } && one(one(aws_lb_listener_rule.redirected["0"].condition).host_header).values == toset(["example.net", "www.example.com"])
    error_message = "other names are sent on"
  }

  assert {
    condition     = one(aws_lb_listener_rule.redirected["0"].action[0].redirect).host == "example.com" && one(aws_lb_listener_rule.redirected["0"].action[0].redirect).path == "/#{path}" && one(aws_lb_listener_rule.redirected["0"].action[0].redirect).query == "#{query}" && one(aws_lb_listener_rule.redirected["0"].action[0].redirect).status_code == "HTTP_301"
    error_message = "requests are not sent on to the domain as they are"
  }
}

run "f5_nine_names_are_sent_on_by_two_rules" {
  command = plan

  variables {
    domain              = "example.com"
    alternative_domains = [for number in range(9) : "n${number}.example.com"]
    redirected_domains  = [for number in range(9) : "n${number}.example.com"]
    hosted_zone_id      = "Z0123456789ABCDEFGHIJ"
  }

  assert {
    condition     = { for key, rule in aws_lb_listener_rule.redirected : key => rule.priority } == { "0" = 2, "1" = 3 } && alltrue([for rule in aws_lb_listener_rule.redirected : length(one(one(rule.condition).host_header).values) <= 5])
    error_message = "a rule has more than five values, or stands where a gateway's may be"
  }
}

run "f5_an_internal_load_balancer_speaks_https_under_its_name" {
  command = plan

  variables {
    domain              = "api.corp.example.com"
    alternative_domains = ["www.corp.example.com"]
    internal            = true
    certificate_arn     = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
    private_zone_ids    = { "api.corp.example.com" = "Z0PRIVATE" }
  }

  assert {
    condition     = aws_lb.this.internal && aws_lb.this.enable_deletion_protection
    error_message = "the load balancer faces the internet, or may be deleted"
  }

  assert {
    condition     = aws_lb_listener.this.port == 443 && aws_lb_listener.this.protocol == "HTTPS" && aws_lb_listener.this.certificate_arn == var.certificate_arn && length(aws_lb_listener.redirect) == 1
    error_message = "the internal listener does not speak HTTPS with the certificate"
  }

  assert {
    condition     = toset([for rule in aws_vpc_security_group_ingress_rule.clients : "${rule.cidr_ipv4} ${rule.from_port}"]) == toset(flatten([for cidr in ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"] : ["${cidr} 80", "${cidr} 443"]]))
    error_message = "callers from other than private addresses are let in"
  }

  assert {
    condition     = { for domain, record in aws_route53_record.alias : domain => record.zone_id } == { "api.corp.example.com" = "Z0PRIVATE" } && length(aws_acm_certificate.this) == 0
    error_message = "the name does not stand in its private zone alone"
  }

  assert {
    condition     = output.url == "https://api.corp.example.com"
    error_message = "the address is ${output.url}"
  }
}

run "f5_a_name_of_two_zones_is_proven_in_the_public_one" {
  command = plan

  variables {
    domain           = "api.example.com"
    internal         = true
    hosted_zone_id   = "Z0PUBLIC"
    private_zone_ids = { "api.example.com" = "Z0PRIVATE" }
  }

  assert {
    condition     = aws_route53_record.validation["api.example.com"].zone_id == "Z0PUBLIC" && aws_route53_record.alias["api.example.com"].zone_id == "Z0PRIVATE"
    error_message = "the certificate is proven where nobody asks, or the internet is told of the load balancer"
  }
}

run "a_web_acl_by_choice" {
  command = plan

  variables {
    web_acl_arn = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/shop/11111111"
  }

  assert {
    condition     = aws_wafv2_web_acl_association.this[0].web_acl_arn == var.web_acl_arn && aws_wafv2_web_acl_association.this[0].resource_arn == aws_lb.this.arn
    error_message = "requests are not filtered"
  }
}

run "f5_connections_end_here_before_they_end_there" {
  command = plan

  # Encore's TypeScript runtime closes a silent connection after 60 seconds.
  assert {
    condition     = aws_lb.this.idle_timeout < 60
    error_message = "the load balancer sends requests on connections that are being closed"
  }

  assert {
    condition     = length(aws_wafv2_web_acl_association.this) == 0
    error_message = "a web ACL is attached that nobody named"
  }
}

run "f5_a_certificate_of_your_own_is_used_as_it_is" {
  command = plan

  variables {
    domain          = "api.example.com"
    certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition     = aws_lb_listener.this.certificate_arn == var.certificate_arn && aws_lb_listener.this.protocol == "HTTPS"
    error_message = "the listener uses another certificate"
  }

  assert {
    condition     = length(aws_acm_certificate.this) + length(aws_route53_record.validation) + length(aws_route53_record.alias) == 0
    error_message = "a certificate or records were made though certificate and DNS are elsewhere"
  }
}

run "further_certificates_by_choice" {
  command = plan

  variables {
    domain           = "api.example.com"
    hosted_zone_id   = "Z0123456789ABCDEFGHIJ"
    certificate_arns = { shop = "arn:aws:acm:eu-west-1:123456789012:certificate/1", docs = "arn:aws:acm:eu-west-1:123456789012:certificate/2" }
  }

  assert {
    condition     = jsonencode({ for name, certificate in aws_lb_listener_certificate.this : name => certificate.certificate_arn }) == jsonencode(var.certificate_arns)
    error_message = "the listener has other certificates"
  }
}

run "f5_without_a_domain_nothing_faces_the_internet" {
  command = plan

  assert {
    condition     = aws_lb.this.internal
    error_message = "a load balancer without TLS faces the internet"
  }

  assert {
    condition     = !aws_lb.this.enable_deletion_protection
    error_message = "the first domain could not replace the load balancer"
  }

  assert {
    condition     = aws_lb_listener.this.port == 80 && aws_lb_listener.this.protocol == "HTTP" && length(aws_lb_listener.redirect) == 0
    error_message = "the internal listener is not plain HTTP"
  }

  assert {
    condition     = toset([for rule in aws_vpc_security_group_ingress_rule.clients : rule.cidr_ipv4]) == toset(["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"])
    error_message = "callers from other than private addresses are let in"
  }

  assert {
    condition     = length(aws_acm_certificate.this) + length(aws_route53_record.alias) == 0
    error_message = "there are records or a certificate without a domain"
  }

  assert {
    condition     = output.url == "http://shop-production-1.eu-west-1.elb.amazonaws.com"
    error_message = "the address is ${output.url}"
  }
}

run "f5_what_no_gateway_asks_for_is_answered_with_503" {
  command = plan

  assert {
    condition     = aws_lb_listener.this.default_action[0].type == "fixed-response" && aws_lb_listener.this.default_action[0].fixed_response[0].status_code == "503"
    error_message = "the default action is not a fixed 503"
  }
}

run "f5_internal_routes_are_never_routed_from_outside" {
  command = plan

  assert {
    condition     = aws_lb_listener_rule.internal_routes.priority == 1
    error_message = "another rule can come first"
  }

  assert {
    condition     = one(one(aws_lb_listener_rule.internal_routes.condition).path_pattern).values == toset(["/__encore", "/__encore/*"])
    error_message = "the rule covers other paths"
  }

  assert {
    condition     = aws_lb_listener_rule.internal_routes.action[0].type == "fixed-response" && aws_lb_listener_rule.internal_routes.action[0].fixed_response[0].status_code == "404"
    error_message = "the rule does not answer 404 by itself"
  }
}

run "n5_only_named_clients_are_let_in" {
  command = plan

  variables {
    client_cidrs = ["203.0.113.0/24", "198.51.100.7/32"]
  }

  assert {
    condition     = keys(aws_vpc_security_group_ingress_rule.clients) == ["http-198.51.100.7/32", "http-203.0.113.0/24"]
    error_message = "let in: ${join(", ", keys(aws_vpc_security_group_ingress_rule.clients))}"
  }
}

run "f5_access_logs_are_kept_private_and_expire" {
  command = plan

  assert {
    condition     = aws_lb.this.access_logs[0].enabled && aws_lb.this.access_logs[0].bucket == "shop-production-lb-logs-123456789012"
    error_message = "access logs are off or go elsewhere"
  }

  assert {
    condition     = aws_s3_bucket.access_logs.bucket == "shop-production-lb-logs-123456789012" && !aws_s3_bucket.access_logs.force_destroy
    error_message = "the bucket's name does not hold the account, or logs would go with a protected load balancer"
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.access_logs.block_public_acls,
      aws_s3_bucket_public_access_block.access_logs.block_public_policy,
      aws_s3_bucket_public_access_block.access_logs.ignore_public_acls,
      aws_s3_bucket_public_access_block.access_logs.restrict_public_buckets,
    ])
    error_message = "the bucket may become public"
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.access_logs.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "load balancers can only write with SSE-S3"
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.access_logs.rule[0].expiration[0].days == 90
    error_message = "logs are not removed after 90 days"
  }

  # The document itself is rendered when applying; its statements are known before.
  assert {
    condition     = one(data.aws_iam_policy_document.access_logs.statement[0].principals).identifiers == toset(["logdelivery.elasticloadbalancing.amazonaws.com"]) && data.aws_iam_policy_document.access_logs.statement[0].resources == toset(["arn:aws:s3:::shop-production-lb-logs-123456789012/AWSLogs/123456789012/*"])
    error_message = "others than load balancers of this account may write"
  }

  assert {
    condition     = data.aws_iam_policy_document.access_logs.statement[1].effect == "Deny" && one(data.aws_iam_policy_document.access_logs.statement[1].condition).variable == "aws:SecureTransport" && one(data.aws_iam_policy_document.access_logs.statement[1].condition).values == tolist(["false"])
    error_message = "the bucket takes requests without TLS"
  }
}

run "an_unprotected_load_balancer_takes_its_logs_along" {
  command = plan

  variables {
    deletion_protection = false
  }

  assert {
    condition     = aws_s3_bucket.access_logs.force_destroy && !aws_lb.this.enable_deletion_protection
    error_message = "the environment could not be destroyed in one go"
  }
}

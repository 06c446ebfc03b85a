data "aws_caller_identity" "current" {}

locals {
  # With a name there is a certificate, and with a certificate the load balancer may face the internet.
  encrypted = var.domain != ""
  public    = local.encrypted && !var.internal
  port      = local.encrypted ? 443 : 80

  private_cidrs = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"]
  default_cidrs = local.public ? ["0.0.0.0/0"] : local.private_cidrs
  client_cidrs  = length(var.client_cidrs) > 0 ? var.client_cidrs : local.default_cidrs

  # A caller who types the domain without https:// arrives at port 80 and is sent on.
  listening = local.encrypted ? { http = 80, https = 443 } : { http = 80 }

  clients = merge([
    for protocol, port in local.listening : {
      for cidr in local.client_cidrs : "${protocol}-${cidr}" => { protocol = protocol, port = port, cidr = cidr }
    }
  ]...)
}

resource "aws_lb" "this" {
  name               = var.name
  load_balancer_type = "application"
  internal           = !local.public
  security_groups    = [aws_security_group.this.id]
  subnets            = var.subnet_ids
  idle_timeout       = var.idle_timeout_seconds

  drop_invalid_header_fields = true

  # AWS makes no internal load balancer a public one: the first domain replaces it, which protection would turn into an
  # apply that breaks off half-way, with the listeners gone.
  enable_deletion_protection = var.deletion_protection && local.encrypted

  access_logs {
    bucket  = aws_s3_bucket.access_logs.id
    enabled = true
  }

  # AWS tries to write to the bucket before it accepts it.
  depends_on = [aws_s3_bucket_policy.access_logs]
}

# The listener gateways attach themselves to.
resource "aws_lb_listener" "this" {
  load_balancer_arn = aws_lb.this.arn
  port              = local.port
  protocol          = local.encrypted ? "HTTPS" : "HTTP"
  certificate_arn   = local.encrypted ? local.certificate_arn : null

  # TLS 1.3, and of TLS 1.2 the ciphers with forward secrecy and GCM: none in CBC mode ("Security policies for your
  # Application Load Balancer").
  ssl_policy = local.encrypted ? "ELBSecurityPolicy-TLS13-1-2-Res-2021-06" : null

  # What no gateway asks for: an unknown host, or any host before the first deploy.
  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      message_body = "Service Unavailable"
      status_code  = "503"
    }
  }
}

resource "aws_lb_listener" "redirect" {
  count = local.encrypted ? 1 : 0

  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"

    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}

# Encore's own routes (health, calls between services) share the port with the application's, and are nobody's
# business outside. Encore compares the path as it was sent, percent signs included, and so does the load balancer.
resource "aws_lb_listener_rule" "internal_routes" {
  listener_arn = aws_lb_listener.this.arn
  priority     = 1

  condition {
    path_pattern {
      values = ["/__encore", "/__encore/*"]
    }
  }

  action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      message_body = "Not Found"
      status_code  = "404"
    }
  }

  tags = {
    Name = "${var.name}-internal-routes"
  }
}

# Names that lead to the domain. A rule has room for five values; which names share one follows from their order alone, so
# that a name more or less changes rules in place and never wants the priority of another.
resource "aws_lb_listener_rule" "redirected" {
  for_each = { for index, domains in chunklist(sort(var.redirected_domains), 5) : tostring(index) => domains }

  listener_arn = aws_lb_listener.this.arn
  priority     = 2 + tonumber(each.key)

  condition {
    host_header {
      values = each.value
    }
  }

  # Path and query are what they were, unless they are named.
  action {
    type = "redirect"

    redirect {
      host        = var.domain
      status_code = "HTTP_301"
    }
  }

  tags = {
    Name = "${var.name}-redirected-${each.key}"
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  count = var.web_acl_arn == "" ? 0 : 1

  resource_arn = aws_lb.this.arn
  web_acl_arn  = var.web_acl_arn
}

# No egress here: each gateway adds the rule to itself, and nothing else can be reached.
resource "aws_security_group" "this" {
  name_prefix = "${var.name}-lb-"
  description = "Load balancer ${var.name}"
  vpc_id      = var.vpc_id

  tags = {
    Name = "${var.name}-lb"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  for_each = local.clients

  security_group_id = aws_security_group.this.id
  description       = "${upper(each.value.protocol)} from ${each.value.cidr}"
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
}

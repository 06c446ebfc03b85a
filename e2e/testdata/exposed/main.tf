# Breaks the rules on purpose: TestPlanStackFires wants each of them noticed in a plan of terraform's own.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

provider "aws" {
  default_tags {
    tags = {
      application = "exposed"
    }
  }
}

provider "aws" {
  alias = "untagged"
}

resource "aws_subnet" "this" {
  vpc_id                  = "vpc-0a1b2c3d4e5f60718"
  cidr_block              = "10.0.0.0/24"
  map_public_ip_on_launch = true
}

resource "aws_lb" "this" {
  name     = "exposed"
  internal = false
  subnets  = ["subnet-0a1b2c3d4e5f60711", "subnet-0a1b2c3d4e5f60712"]
}

resource "aws_lb_listener" "this" {
  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      status_code  = "200"
    }
  }
}

resource "aws_db_instance" "this" {
  instance_class      = "db.t4g.medium"
  engine              = "postgres"
  allocated_storage   = 20
  username            = "application"
  password            = "correct horse battery staple"
  skip_final_snapshot = true
}

data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:*"]
    resources = ["*"]
  }

  # Only known after apply, so that the document stays a read in the plan, as in generated code.
  statement {
    actions   = ["elasticloadbalancing:DescribeTags"]
    resources = [aws_lb.this.arn]
  }
}

resource "aws_iam_policy" "this" {
  name   = "exposed"
  policy = data.aws_iam_policy_document.this.json
}

resource "aws_security_group" "this" {
  name   = "exposed"
  vpc_id = "vpc-0a1b2c3d4e5f60718"
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  security_group_id = aws_security_group.this.id
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_ecr_repository" "this" {
  provider = aws.untagged

  name = "exposed"
}

resource "aws_ecs_service" "this" {
  name            = "exposed"
  cluster         = "exposed"
  task_definition = "exposed:1"
}

resource "aws_lb_listener" "old" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-2016-08"
  certificate_arn   = "arn:aws:acm:us-east-1:123456789012:certificate/0a9b8c7d-6e5f-4a3b-8c2d-1e0f9a8b7c6d"

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      status_code  = "200"
    }
  }
}

resource "aws_s3_bucket" "this" {
  bucket = "exposed-123456789012"
}

resource "aws_cloudfront_distribution" "this" {
  enabled = true

  origin {
    origin_id   = "bucket"
    domain_name = "exposed-123456789012.s3.us-east-1.amazonaws.com"
  }

  default_cache_behavior {
    target_origin_id       = "bucket"
    viewer_protocol_policy = "allow-all"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]

    forwarded_values {
      query_string = false

      cookies {
        forward = "none"
      }
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = true
  }
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id = "exposed"
  description          = "Answers in plain text"
  node_type            = "cache.t4g.small"
}

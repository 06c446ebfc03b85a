# Breaks the rules on purpose: TestPlanStackFires wants each of them noticed in a plan of terraform's own.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
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

# Two configurations of one provider that differ in all that a configuration decides: TestAttached plans it for two accounts at once.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

variable "environment" {
  type = string
}

variable "seconds" {
  type    = number
  default = 30
}

provider "aws" {
  region = "eu-west-1"

  default_tags {
    tags = {
      environment = var.environment
      where       = "here"
    }
  }
}

provider "aws" {
  alias  = "there"
  region = "us-east-1"

  default_tags {
    tags = {
      environment = "${var.environment}-there"
    }
  }
}

data "aws_caller_identity" "here" {}

data "aws_caller_identity" "there" {
  provider = aws.there
}

data "aws_region" "here" {}

data "aws_region" "there" {
  provider = aws.there
}

resource "aws_sqs_queue" "here" {
  name                       = "here"
  visibility_timeout_seconds = var.seconds
}

resource "aws_sqs_queue" "there" {
  provider = aws.there
  name     = "there"
}

output "here" {
  value = "${data.aws_caller_identity.here.account_id} ${data.aws_region.here.name} ${jsonencode(aws_sqs_queue.here.tags_all)}"
}

output "there" {
  value = "${data.aws_caller_identity.there.account_id} ${data.aws_region.there.name} ${jsonencode(aws_sqs_queue.there.tags_all)}"
}

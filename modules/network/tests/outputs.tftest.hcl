# What others are told of the way out, with ids that AWS makes up: they are known once it is applied.

mock_provider "aws" {
  mock_data "aws_availability_zones" {
    defaults = {
      names    = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
      zone_ids = ["euw1-az3", "euw1-az1", "euw1-az2"]
    }
  }

  mock_data "aws_region" {
    defaults = {
      id   = "eu-west-1"
      name = "eu-west-1"
    }
  }

  mock_data "aws_partition" {
    defaults = {
      partition = "aws"
    }
  }

  mock_data "aws_iam_policy_document" {
    defaults = {
      json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/shop-production-flow-logs"
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:eu-west-1:123456789012:log-group:flow"
    }
  }
}

variables {
  name    = "shop-production"
  cidr    = "10.20.0.0/16"
  zones   = ["b", "a"]
  key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  nat     = "per_zone"
}

run "each_zone_has_an_address" {
  assert {
    condition     = output.nat_public_ips == [aws_eip.nat["b"].public_ip, aws_eip.nat["a"].public_ip]
    error_message = "the addresses are others, or in another order"
  }

  assert {
    condition     = jsonencode(output.route_table_ids) == jsonencode({ public = [aws_route_table.public.id], compute = [aws_route_table.compute["b"].id, aws_route_table.compute["a"].id], storage = [] })
    error_message = "the tables are others, or in another order"
  }
}

run "a_single_address" {
  variables {
    nat           = "single"
    storage_ports = [5432]
  }

  assert {
    condition     = output.nat_public_ips == [aws_eip.nat["b"].public_ip]
    error_message = "there is more than one address"
  }

  assert {
    condition     = jsonencode(output.route_table_ids.storage) == jsonencode([aws_route_table.storage[0].id])
    error_message = "the table of the storage tier is not told"
  }
}

run "no_address_without_nat" {
  variables {
    nat                 = "none"
    interface_endpoints = ["ecr.api", "ecr.dkr", "logs", "secretsmanager"]
  }

  assert {
    condition     = length(output.nat_public_ips) == 0
    error_message = "addresses of nothing"
  }
}

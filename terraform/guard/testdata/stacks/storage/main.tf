# Servers in a network, for plans that are recorded.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["123456789012"]
}

resource "aws_vpc" "this" {
  cidr_block = "10.20.0.0/16"
}

resource "aws_subnet" "this" {
  for_each = { a = "10.20.0.0/24", b = "10.20.1.0/24" }

  vpc_id            = aws_vpc.this.id
  availability_zone = "us-east-1${each.key}"
  cidr_block        = each.value
}

locals {
  subnet_ids = [for subnet in aws_subnet.this : subnet.id]
}

module "key" {
  source = "../modules/encryption-key"

  name       = "small"
  log_groups = ["/*/small-*"]
}

module "database_server_main" {
  source = "../modules/database-server"

  name                  = "small-main"
  vpc_id                = aws_vpc.this.id
  subnet_ids            = local.subnet_ids
  key_arn               = module.key.arn
  instance_class        = "db.t4g.medium"
  storage_gb            = 20
  max_storage_gb        = 100
  backup_retention_days = 7
  log_retention_days    = 30
  multi_az              = false
  deletion_protection   = true
  final_snapshot        = true
}

# Who may come in
resource "aws_vpc_security_group_ingress_rule" "office" {
  security_group_id = module.database_server_main.security_group_id
  cidr_ipv4         = "10.30.0.0/16"
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
}

module "cache_sessions" {
  source = "../modules/cache"

  name          = "small-sessions"
  vpc_id        = aws_vpc.this.id
  subnet_ids    = local.subnet_ids
  key_arn       = module.key.arn
  users         = {}
  secret_prefix = "small/cache/sessions"
  node_type     = "cache.t4g.small"
  replicas      = 0
  multi_az      = false
}

module "load_balancer" {
  source = "../modules/load-balancer"

  name       = "small"
  vpc_id     = aws_vpc.this.id
  subnet_ids = local.subnet_ids
}

# What holds messages, objects, images and secrets, for plans that are recorded.

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

module "key" {
  source = "../modules/encryption-key"

  name                 = "small"
  deletion_window_days = 30
  topics               = ["small-*"]
}

module "topic_order_placed" {
  source = "../modules/topic"

  name                  = "small-order-placed"
  key_arn               = module.key.arn
  publisher_account_ids = []
}

module "subscription_order_placed_book" {
  source = "../modules/subscription"

  name               = "small-order-placed-book"
  topic_arn          = module.topic_order_placed.arn
  key_arn            = module.key.arn
  visibility_seconds = 30
  retention_seconds  = 604800
  max_receive_count  = 6
}

module "bucket_invoices" {
  source = "../modules/bucket"

  name      = "small-invoices"
  key_arn   = module.key.arn
  versioned = true

  lifecycle_rules = {
    drafts = {
      prefix          = "drafts/"
      expiration_days = 30
    }
  }
}

module "secret_stripe_key" {
  source = "../modules/secret"

  name        = "small/StripeKey"
  description = "Secret StripeKey"
  key_arn     = module.key.arn
}

module "registry" {
  source = "../modules/registry"

  name           = "small"
  key_arn        = module.key.arn
  pull_role_arns = ["arn:aws:iam::123456789012:role/small-*-execution"]
}

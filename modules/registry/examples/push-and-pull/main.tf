provider "aws" {
  region = "eu-west-1"
}

module "key" {
  source = "../../../encryption-key"

  name = "shop-production"
}

module "registry" {
  source = "../.."

  name           = "shop-production"
  key_arn        = module.key.arn
  tag_prefixes   = ["orders-", "users-"]
  push_role_arns = ["arn:aws:iam::123456789012:role/shop-deploy"]
  pull_role_arns = ["arn:aws:iam::123456789012:role/shop-production-*-execution"]
}

output "repository_url" {
  value = module.registry.repository_url
}

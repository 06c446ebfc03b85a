provider "aws" {
  region = "eu-west-1"
}

module "key" {
  source = "../.."

  name = "shop-production"
}

output "key_arn" {
  value = module.key.arn
}

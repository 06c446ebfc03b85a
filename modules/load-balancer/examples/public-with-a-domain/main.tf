provider "aws" {
  region = "eu-west-1"
}

module "key" {
  source = "../../../encryption-key"

  name = "shop-production"
}

module "network" {
  source = "../../../network"

  name    = "shop-production"
  cidr    = "10.20.0.0/16"
  zones   = ["a", "b"]
  nat     = "single"
  key_arn = module.key.arn
}

resource "aws_route53_zone" "shop" {
  name = "shop.example.com"
}

module "load_balancer" {
  source = "../.."

  name           = "shop-production"
  vpc_id         = module.network.vpc_id
  subnet_ids     = module.network.public_subnet_ids
  domain         = "api.shop.example.com"
  hosted_zone_id = aws_route53_zone.shop.zone_id
}

output "url" {
  value = module.load_balancer.url
}

provider "aws" {
  region = "eu-west-1"
}

module "key" {
  source = "../../../encryption-key"

  name = "shop-production"
}

module "network" {
  source = "../.."

  name          = "shop-production"
  cidr          = "10.20.0.0/16"
  zones         = ["a", "b"]
  nat           = "per_zone"
  storage_ports = [5432, 6379]
  key_arn       = module.key.arn
}

output "compute_subnet_ids" {
  value = module.network.compute_subnet_ids
}

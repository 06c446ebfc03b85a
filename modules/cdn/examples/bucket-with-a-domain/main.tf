terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "us_east_1"
  region = "us-east-1"
}

module "bucket_avatars" {
  source = "../../../bucket"

  name              = "shop-production-avatars-0a1b2c3d"
  distribution_arns = [module.cdn_avatars.distribution_arn]
}

module "cdn_avatars" {
  source = "../.."

  name                        = "shop-production-avatars"
  bucket_regional_domain_name = module.bucket_avatars.regional_domain_name
  domain                      = "avatars.shop.example.com"
  hosted_zone_id              = "Z0123456789ABCDEFGHIJ"
  price_class                 = "PriceClass_100"

  providers = {
    aws           = aws
    aws.us_east_1 = aws.us_east_1
  }
}

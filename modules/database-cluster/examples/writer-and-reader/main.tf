module "database_main" {
  source = "../.."

  name       = "shop-production-main"
  vpc_id     = "vpc-0123456789abcdef0"
  subnet_ids = ["subnet-0cccccccccccccccc", "subnet-0dddddddddddddddd"]
  key_arn    = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"

  engine_version = "17"
  min_capacity   = 0.5
  max_capacity   = 16
  instances      = 2
}

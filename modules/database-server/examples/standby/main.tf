module "database_main" {
  source = "../.."

  name       = "shop-production-main"
  vpc_id     = "vpc-0123456789abcdef0"
  subnet_ids = ["subnet-0cccccccccccccccc", "subnet-0dddddddddddddddd"]
  key_arn    = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"

  instance_class = "db.m5.large"
  storage_gb     = 50
  max_storage_gb = 500
  multi_az       = true
}

module "cache_main" {
  source = "../.."

  name       = "shop-prod-main"
  vpc_id     = "vpc-0a1b2c3d4e5f67890"
  subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  key_arn    = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  users = {
    cart = { keys = ["cart/*"] }
  }
  secret_prefix = "shop/production/cache/main"
  node_type     = "cache.m6g.large"
  replicas      = 1
  multi_az      = true
}

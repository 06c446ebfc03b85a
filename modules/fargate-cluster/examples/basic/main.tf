module "cluster" {
  source = "../.."

  name      = "shop-production"
  vpc_id    = "vpc-0123456789abcdef0"
  namespace = "shop-production.internal"
  key_arn   = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}

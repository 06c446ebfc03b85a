module "secret_stripe_key" {
  source = "../.."

  name        = "shop/production/StripeKey"
  description = "Secret StripeKey of shop in production"
  key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}

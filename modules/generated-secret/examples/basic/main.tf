module "secret_service_key" {
  source = "../.."

  name        = "shop/production/service-key"
  description = "Key of calls between services of shop in production"
  key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}

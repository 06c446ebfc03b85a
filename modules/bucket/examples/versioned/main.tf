module "bucket_invoices" {
  source = "../.."

  name      = "shop-production-invoices-0a1b2c3d"
  key_arn   = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  versioned = true
}

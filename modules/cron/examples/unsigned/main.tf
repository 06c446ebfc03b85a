module "cron_cleanup" {
  source = "../.."

  name                 = "shop-production-cleanup"
  network              = { vpc_id = "vpc-0a1b2c3d4e5f67890", compute_subnet_ids = ["subnet-0a1b2c3d4e5f67890", "subnet-0b1b2c3d4e5f67890"] }
  key_arn              = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  url                  = "http://orders.shop-production.internal:9000"
  path                 = "/jobs/cleanup"
  method               = "POST"
  connection           = { security_group_id = "sg-0a1b2c3d4e5f67890", port = 9000 }
  schedule_expressions = ["cron(0 4 * * ? *)"]
}

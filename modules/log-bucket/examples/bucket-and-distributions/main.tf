module "logs" {
  source = "../.."

  name                  = "shop-production-logs-0a1b2c3d"
  source_bucket_arns    = [module.bucket_avatars.arn]
  takes_cloudfront_logs = true
}

module "bucket_avatars" {
  source = "../../../bucket"

  name              = "shop-production-avatars-0a1b2c3d"
  access_log_bucket = module.logs.name
}

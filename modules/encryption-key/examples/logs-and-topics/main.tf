module "key" {
  source = "../.."

  name       = "shop-production"
  log_groups = ["/*/shop-production-*", "/aws/lambda/reports"]
  topics     = ["shop-production-*"]
}

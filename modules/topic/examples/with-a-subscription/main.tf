module "key" {
  source = "../../../encryption-key"

  name   = "shop-production"
  topics = ["shop-production-*"]
}

module "topic_signups" {
  source = "../.."

  name    = "shop-production-signups"
  key_arn = module.key.arn
}

module "subscription_signups_welcome" {
  source = "../../../subscription"

  name               = "shop-production-signups-welcome"
  topic_arn          = module.topic_signups.arn
  key_arn            = module.key.arn
  visibility_seconds = 30
}

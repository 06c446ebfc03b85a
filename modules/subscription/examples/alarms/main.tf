module "subscription_signups_welcome" {
  source = "../.."

  name               = "shop-production-signups-welcome"
  topic_arn          = "arn:aws:sns:eu-west-1:123456789012:shop-production-signups"
  key_arn            = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  visibility_seconds = 30
  alarm_topic_arns   = ["arn:aws:sns:eu-west-1:123456789012:on-call"]
}

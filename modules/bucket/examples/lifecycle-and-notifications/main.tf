module "topic_uploads" {
  source = "../../../topic"

  name               = "shop-production-uploads"
  key_arn            = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  publisher_services = ["s3.amazonaws.com"]
}

module "bucket_uploads" {
  source = "../.."

  name    = "shop-production-uploads-0a1b2c3d"
  key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"

  lifecycle_rules = {
    drafts = {
      prefix          = "drafts/"
      expiration_days = 30
    }
    originals = {
      prefix      = "originals/"
      transitions = [{ days = 90, storage_class = "GLACIER_IR" }]
    }
  }

  notifications = {
    topics = {
      uploaded = {
        arn    = module.topic_uploads.arn
        prefix = "originals/"
      }
    }
  }
}

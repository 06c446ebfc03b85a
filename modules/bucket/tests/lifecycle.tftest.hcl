# What happens to objects with time, and who is told of what happens to them.

# The real provider, which plans without calling AWS: policies are the documents it renders, not mocks.
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}

override_resource {
  target          = aws_s3_bucket.this
  override_during = plan
  values = {
    id                          = "shop-production-avatars-0a1b2c3d"
    arn                         = "arn:aws:s3:::shop-production-avatars-0a1b2c3d"
    bucket_regional_domain_name = "shop-production-avatars-0a1b2c3d.s3.eu-west-1.amazonaws.com"
  }
}

variables {
  name    = "shop-production-avatars-0a1b2c3d"
  key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}

override_data {
  target = data.aws_caller_identity.current
  values = {
    account_id = "123456789012"
  }
}

run "nothing_but_leftovers_goes_by_itself" {
  command = plan

  assert {
    condition     = length(aws_s3_bucket_lifecycle_configuration.this.rule) == 1 && length(aws_s3_bucket_notification.this) == 0 && length(aws_lambda_permission.this) == 0
    error_message = "objects go, or somebody is told, without being asked for"
  }
}

run "objects_move_and_go" {
  command = plan

  variables {
    lifecycle_rules = {
      drafts = { prefix = "drafts/", expiration_days = 30 }
      records = {
        transitions            = [{ days = 30, storage_class = "STANDARD_IA" }, { days = 90, storage_class = "GLACIER" }]
        expiration_days        = 3650
        noncurrent_transitions = [{ days = 30, storage_class = "GLACIER_IR" }]
        noncurrent_days        = 60
      }
    }
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[*].id == tolist(["leftovers", "drafts", "records"])
    error_message = "not these rules"
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[1].filter[0].prefix == "drafts/" && aws_s3_bucket_lifecycle_configuration.this.rule[1].expiration[0].days == 30 && length(aws_s3_bucket_lifecycle_configuration.this.rule[1].transition) == 0
    error_message = "drafts are not deleted after 30 days"
  }

  assert {
    condition     = sort([for t in aws_s3_bucket_lifecycle_configuration.this.rule[2].transition : "${t.days} ${t.storage_class}"]) == tolist(["30 STANDARD_IA", "90 GLACIER"]) && aws_s3_bucket_lifecycle_configuration.this.rule[2].expiration[0].days == 3650
    error_message = "records do not go to other storage classes"
  }

  assert {
    condition     = [for t in aws_s3_bucket_lifecycle_configuration.this.rule[2].noncurrent_version_transition : "${t.noncurrent_days} ${t.storage_class}"] == ["30 GLACIER_IR"] && aws_s3_bucket_lifecycle_configuration.this.rule[2].noncurrent_version_expiration[0].noncurrent_days == 60
    error_message = "older versions do not go their own way"
  }
}

run "queues_topics_and_functions_are_told" {
  command = plan

  variables {
    notifications = {
      queues = {
        uploads = { arn = "arn:aws:sqs:eu-west-1:123456789012:uploads", prefix = "uploads/", suffix = ".jpg" }
      }
      topics = {
        gone = { arn = "arn:aws:sns:eu-west-1:123456789012:gone", events = ["s3:ObjectRemoved:*"] }
      }
      functions = {
        index  = { arn = "arn:aws:lambda:eu-west-1:123456789012:function:index", prefix = "records/" }
        resize = { arn = "arn:aws:lambda:eu-west-1:123456789012:function:resize:live", prefix = "pictures/", events = ["s3:ObjectCreated:Put", "s3:ObjectCreated:Post"] }
      }
    }
  }

  assert {
    condition     = [for q in aws_s3_bucket_notification.this[0].queue : "${q.id} ${q.queue_arn} ${join(",", q.events)} ${q.filter_prefix} ${q.filter_suffix}"] == ["uploads arn:aws:sqs:eu-west-1:123456789012:uploads s3:ObjectCreated:* uploads/ .jpg"]
    error_message = "the queue is told of something else"
  }

  assert {
    condition     = [for t in aws_s3_bucket_notification.this[0].topic : "${t.id} ${t.topic_arn} ${join(",", t.events)}"] == ["gone arn:aws:sns:eu-west-1:123456789012:gone s3:ObjectRemoved:*"]
    error_message = "the topic is told of something else"
  }

  assert {
    condition     = aws_s3_bucket_notification.this[0].lambda_function[*].id == tolist(["index", "resize"]) && !aws_s3_bucket_notification.this[0].eventbridge
    error_message = "the functions are not told, or EventBridge is"
  }

  assert {
    condition     = aws_lambda_permission.this["index"].function_name == "arn:aws:lambda:eu-west-1:123456789012:function:index" && aws_lambda_permission.this["index"].qualifier == null && aws_lambda_permission.this["resize"].function_name == "arn:aws:lambda:eu-west-1:123456789012:function:resize" && aws_lambda_permission.this["resize"].qualifier == "live"
    error_message = "S3 may call another function, or another version"
  }

  assert {
    condition     = alltrue([for permission in values(aws_lambda_permission.this) : permission.principal == "s3.amazonaws.com" && permission.source_arn == "arn:aws:s3:::shop-production-avatars-0a1b2c3d" && permission.source_account == "123456789012"])
    error_message = "buckets of others may call the function"
  }
}

run "eventbridge_alone" {
  command = plan

  variables {
    notifications = { event_bridge = true }
  }

  assert {
    condition     = aws_s3_bucket_notification.this[0].eventbridge
    error_message = "EventBridge is not told"
  }
}

# Made from topic.tftest.hcl by `make update`: the same without override_during, which OpenTofu does not know.
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
  target = aws_sns_topic.this
  values = {
    arn = "arn:aws:sns:eu-west-1:123456789012:shop-production-signups"
  }
}

variables {
  name    = "shop-production-signups"
  key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}

run "p1_a_topic_is_encrypted_with_the_key" {
  command = plan

  assert {
    condition     = aws_sns_topic.this.name == "shop-production-signups" && aws_sns_topic.this.kms_master_key_id == var.key_arn
    error_message = "the topic is called ${aws_sns_topic.this.name}, or not encrypted with the key"
  }

  assert {
    condition     = !aws_sns_topic.this.fifo_topic && output.name == "shop-production-signups" && output.arn == aws_sns_topic.this.arn
    error_message = "without being asked for, it is a FIFO topic"
  }
}

run "p1_a_fifo_topic_has_the_ending_and_compares_no_contents" {
  command = plan

  variables {
    fifo = true
  }

  assert {
    condition     = aws_sns_topic.this.fifo_topic && aws_sns_topic.this.name == "shop-production-signups.fifo" && output.name == "shop-production-signups.fifo"
    error_message = "the topic is called ${aws_sns_topic.this.name}"
  }

  assert {
    condition     = !aws_sns_topic.this.content_based_deduplication
    error_message = "two messages of the same content are taken for one"
  }
}

run "p1_only_over_tls_and_nobody_is_allowed_anything" {
  command = plan

  assert {
    condition     = length(data.aws_iam_policy_document.topic.statement) == 1 && data.aws_iam_policy_document.topic.statement[0].effect == "Deny"
    error_message = "the topic policy allows something"
  }

  assert {
    condition     = data.aws_iam_policy_document.topic.statement[0].actions == toset(["sns:Publish", "sns:Subscribe"]) && data.aws_iam_policy_document.topic.statement[0].resources == toset([aws_sns_topic.this.arn]) && one(data.aws_iam_policy_document.topic.statement[0].principals).identifiers == toset(["*"])
    error_message = "the topic policy does not refuse everybody's messages"
  }

  assert {
    condition     = one(data.aws_iam_policy_document.topic.statement[0].condition).variable == "aws:SecureTransport" && one(data.aws_iam_policy_document.topic.statement[0].condition).values == tolist(["false"])
    error_message = "the topic policy refuses something else than plain HTTP"
  }

  assert {
    condition     = aws_sns_topic_policy.this.arn == aws_sns_topic.this.arn
    error_message = "the policy is not the topic's"
  }
}

run "p1_what_is_not_delivered_raises_an_alarm" {
  command = plan

  variables {
    alarm_topic_arns = ["arn:aws:sns:eu-west-1:123456789012:on-call"]
  }

  assert {
    condition     = { for name, alarm in aws_cloudwatch_metric_alarm.this : name => alarm.metric_name } == { undelivered = "NumberOfNotificationsFailed", lost = "NumberOfNotificationsFailedToRedriveToDlq" }
    error_message = "the alarms watch something else"
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.namespace == "AWS/SNS" && alarm.dimensions == tomap({ TopicName = "shop-production-signups" }) && alarm.statistic == "Sum" && alarm.comparison_operator == "GreaterThanThreshold" && alarm.threshold == 0])
    error_message = "one message that is not delivered raises no alarm"
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.treat_missing_data == "notBreaching" && alarm.alarm_actions == toset(var.alarm_topic_arns) && alarm.ok_actions == toset(var.alarm_topic_arns)])
    error_message = "the alarms tell nobody, or a topic nobody publishes to raises one"
  }
}

run "refuses_a_fifo_topic_for_alarms" {
  command = plan

  variables {
    alarm_topic_arns = ["arn:aws:sns:eu-west-1:123456789012:on-call.fifo"]
  }

  expect_failures = [var.alarm_topic_arns]
}

# 251 characters, and ".fifo": what SNS takes at most.
run "the_longest_name_of_a_fifo_topic" {
  command = plan

  variables {
    name = join("", [for number in range(251) : "a"])
    fifo = true
  }

  assert {
    condition     = length(aws_sns_topic.this.name) == 256
    error_message = "the name has ${length(aws_sns_topic.this.name)} characters"
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this["undelivered"].alarm_name) == 255
    error_message = "the alarm is called ${aws_cloudwatch_metric_alarm.this["undelivered"].alarm_name}"
  }
}

run "refuses_a_name_without_room_for_the_ending" {
  command = plan

  variables {
    name = join("", [for number in range(252) : "a"])
  }

  expect_failures = [var.name]
}

run "refuses_a_name_with_the_ending" {
  command = plan

  variables {
    name = "signups.fifo"
  }

  expect_failures = [var.name]
}

run "refuses_no_name" {
  command = plan

  variables {
    name = ""
  }

  expect_failures = [var.name]
}

run "refuses_a_key_alias" {
  command = plan

  variables {
    key_arn = "alias/shop"
  }

  expect_failures = [var.key_arn]
}

run "other_accounts_and_services_by_choice" {
  command = plan

  variables {
    publisher_account_ids  = ["111122223333"]
    subscriber_account_ids = ["444455556666", "777788889999"]
    publisher_services     = ["s3.amazonaws.com"]
  }

  assert {
    condition     = [for s in data.aws_iam_policy_document.topic.statement : s.sid] == ["OnlyOverTLS", "AccountsPublish", "AccountsSubscribe", "ServicesPublish"]
    error_message = "not these statements"
  }

  assert {
    condition     = data.aws_iam_policy_document.topic.statement[1].actions == toset(["sns:Publish"]) && one(data.aws_iam_policy_document.topic.statement[1].principals).identifiers == toset(["arn:aws:iam::111122223333:root"])
    error_message = "another account may not publish, or may do more"
  }

  assert {
    condition     = data.aws_iam_policy_document.topic.statement[2].actions == toset(["sns:Subscribe"]) && one(data.aws_iam_policy_document.topic.statement[2].principals).identifiers == toset(["arn:aws:iam::444455556666:root", "arn:aws:iam::777788889999:root"])
    error_message = "other accounts may not subscribe, or may do more"
  }

  assert {
    condition     = one(data.aws_iam_policy_document.topic.statement[3].condition).values == tolist(["123456789012"]) && one(data.aws_iam_policy_document.topic.statement[3].condition).variable == "aws:SourceAccount" && one(data.aws_iam_policy_document.topic.statement[3].principals).identifiers == toset(["s3.amazonaws.com"])
    error_message = "the service publishes for anybody"
  }

  assert {
    condition     = alltrue([for s in data.aws_iam_policy_document.topic.statement : s.resources == toset([aws_sns_topic.this.arn])])
    error_message = "statements of other topics"
  }
}

run "refuses_a_publisher_by_arn" {
  command = plan

  variables {
    publisher_account_ids = ["arn:aws:iam::111122223333:root"]
  }

  expect_failures = [var.publisher_account_ids]
}

run "refuses_a_subscriber_twice" {
  command = plan

  variables {
    subscriber_account_ids = ["111122223333", "111122223333"]
  }

  expect_failures = [var.subscriber_account_ids]
}

run "refuses_everybody_as_a_service" {
  command = plan

  variables {
    publisher_services = ["*"]
  }

  expect_failures = [var.publisher_services]
}

# Made from subscription.tftest.hcl by `make update`: the same without override_during, which OpenTofu does not know.
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
  target = aws_sqs_queue.this
  values = {
    arn = "arn:aws:sqs:eu-west-1:123456789012:shop-production-signups-welcome"
    url = "https://sqs.eu-west-1.amazonaws.com/123456789012/shop-production-signups-welcome"
  }
}

override_resource {
  target = aws_sqs_queue.dead_letters
  values = {
    arn = "arn:aws:sqs:eu-west-1:123456789012:shop-production-signups-welcome-dead-letters"
    url = "https://sqs.eu-west-1.amazonaws.com/123456789012/shop-production-signups-welcome-dead-letters"
  }
}

variables {
  name               = "shop-production-signups-welcome"
  topic_arn          = "arn:aws:sns:eu-west-1:123456789012:shop-production-signups"
  key_arn            = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  visibility_seconds = 30
}

run "p1_the_queue_receives_the_topic_in_its_envelope" {
  command = plan

  assert {
    condition     = aws_sns_topic_subscription.this.topic_arn == var.topic_arn && aws_sns_topic_subscription.this.protocol == "sqs" && aws_sns_topic_subscription.this.endpoint == aws_sqs_queue.this.arn
    error_message = "the queue does not receive the topic"
  }

  assert {
    condition     = !aws_sns_topic_subscription.this.raw_message_delivery
    error_message = "the envelope is taken off, and Encore's runtimes cannot read what is left"
  }

  assert {
    condition     = aws_sqs_queue.this.name == "shop-production-signups-welcome" && aws_sqs_queue.this.visibility_timeout_seconds == 30 && aws_sqs_queue.this.message_retention_seconds == 604800
    error_message = "the queue is called ${aws_sqs_queue.this.name}, hides messages for ${aws_sqs_queue.this.visibility_timeout_seconds} s and keeps them for ${aws_sqs_queue.this.message_retention_seconds} s"
  }

  assert {
    condition     = !aws_sqs_queue.this.fifo_queue && !aws_sqs_queue.dead_letters.fifo_queue
    error_message = "without being asked for, a queue is a FIFO queue"
  }

  assert {
    condition     = output.queue_url == aws_sqs_queue.this.url && output.queue_arn == aws_sqs_queue.this.arn && output.dead_letter_queue_url == aws_sqs_queue.dead_letters.url && output.dead_letter_queue_arn == aws_sqs_queue.dead_letters.arn
    error_message = "the outputs take one queue for the other"
  }
}

run "p1_both_queues_are_encrypted_with_the_key" {
  command = plan

  assert {
    condition     = aws_sqs_queue.this.kms_master_key_id == var.key_arn && aws_sqs_queue.dead_letters.kms_master_key_id == var.key_arn
    error_message = "a queue is not encrypted with the key"
  }
}

run "p1_what_cannot_be_handled_waits_14_days_among_the_dead_letters" {
  command = plan

  assert {
    condition     = jsondecode(aws_sqs_queue.this.redrive_policy) == { deadLetterTargetArn = aws_sqs_queue.dead_letters.arn, maxReceiveCount = 101 }
    error_message = "the redrive policy reads ${aws_sqs_queue.this.redrive_policy}"
  }

  assert {
    condition     = jsondecode(aws_sns_topic_subscription.this.redrive_policy) == { deadLetterTargetArn = aws_sqs_queue.dead_letters.arn }
    error_message = "what SNS cannot deliver is lost"
  }

  assert {
    condition     = aws_sqs_queue.dead_letters.name == "shop-production-signups-welcome-dead-letters" && aws_sqs_queue.dead_letters.message_retention_seconds == 14 * 24 * 3600
    error_message = "the dead letters are in ${aws_sqs_queue.dead_letters.name} for ${aws_sqs_queue.dead_letters.message_retention_seconds} s"
  }

  assert {
    condition     = jsondecode(aws_sqs_queue_redrive_allow_policy.this.redrive_allow_policy) == { redrivePermission = "byQueue", sourceQueueArns = [aws_sqs_queue.this.arn] } && aws_sqs_queue_redrive_allow_policy.this.queue_url == aws_sqs_queue.dead_letters.url
    error_message = "another queue may send its dead letters here: ${aws_sqs_queue_redrive_allow_policy.this.redrive_allow_policy}"
  }
}

run "p1_a_message_that_must_not_be_retried_is_received_once" {
  command = plan

  variables {
    max_receive_count = 1
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.this.redrive_policy).maxReceiveCount == 1
    error_message = "the redrive policy reads ${aws_sqs_queue.this.redrive_policy}"
  }
}

run "p1_a_message_that_is_retried_without_limit_never_becomes_a_dead_letter" {
  command = plan

  variables {
    max_receive_count = 0
  }

  # The provider plans an attribute that is not set as unknown or empty.
  assert {
    condition     = try(aws_sqs_queue.this.redrive_policy, "") == "" || !can(jsondecode(aws_sqs_queue.this.redrive_policy).maxReceiveCount)
    error_message = "the redrive policy reads ${aws_sqs_queue.this.redrive_policy}"
  }
}

run "p1_exactly_the_topic_may_send_and_only_over_tls" {
  command = plan

  assert {
    condition     = [for statement in data.aws_iam_policy_document.queue["queue"].statement : [statement.sid, coalesce(statement.effect, "Allow"), join(" ", statement.actions), join(" ", statement.resources)]] == [["MessagesOfTheTopic", "Allow", "sqs:SendMessage", aws_sqs_queue.this.arn], ["OnlyOverTLS", "Deny", "sqs:*", aws_sqs_queue.this.arn]]
    error_message = "the policy of queue has other statements, actions or resources"
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.queue["queue"].statement : [one(statement.principals).type, join(" ", one(statement.principals).identifiers)]] == [["Service", "sns.amazonaws.com"], ["*", "*"]]
    error_message = "the policy of queue names another principal"
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.queue["queue"].statement : [one(statement.condition).test, one(statement.condition).variable, join(" ", one(statement.condition).values)]] == [["ArnEquals", "aws:SourceArn", var.topic_arn], ["Bool", "aws:SecureTransport", "false"]]
    error_message = "the policy of queue has other conditions"
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.queue["dead_letters"].statement : [statement.sid, coalesce(statement.effect, "Allow"), join(" ", statement.actions), join(" ", statement.resources)]] == [["MessagesOfTheTopic", "Allow", "sqs:SendMessage", aws_sqs_queue.dead_letters.arn], ["OnlyOverTLS", "Deny", "sqs:*", aws_sqs_queue.dead_letters.arn]]
    error_message = "the policy of dead_letters has other statements, actions or resources"
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.queue["dead_letters"].statement : [one(statement.principals).type, join(" ", one(statement.principals).identifiers)]] == [["Service", "sns.amazonaws.com"], ["*", "*"]]
    error_message = "the policy of dead_letters names another principal"
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.queue["dead_letters"].statement : [one(statement.condition).test, one(statement.condition).variable, join(" ", one(statement.condition).values)]] == [["ArnEquals", "aws:SourceArn", var.topic_arn], ["Bool", "aws:SecureTransport", "false"]]
    error_message = "the policy of dead_letters has other conditions"
  }

  assert {
    condition     = aws_sqs_queue_policy.this.queue_url == aws_sqs_queue.this.url && aws_sqs_queue_policy.dead_letters.queue_url == aws_sqs_queue.dead_letters.url
    error_message = "a queue has the other's policy"
  }
}

run "p1_dead_letters_raise_an_alarm" {
  command = plan

  variables {
    alarm_topic_arns = ["arn:aws:sns:eu-west-1:123456789012:on-call"]
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.dead_letters.metric_name == "ApproximateNumberOfMessagesVisible" && aws_cloudwatch_metric_alarm.dead_letters.namespace == "AWS/SQS" && aws_cloudwatch_metric_alarm.dead_letters.dimensions == tomap({ QueueName = "shop-production-signups-welcome-dead-letters" })
    error_message = "the alarm does not watch the dead letters"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.dead_letters.comparison_operator == "GreaterThanThreshold" && aws_cloudwatch_metric_alarm.dead_letters.threshold == 0 && aws_cloudwatch_metric_alarm.dead_letters.treat_missing_data == "notBreaching"
    error_message = "one dead letter raises no alarm, or an empty queue does"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.dead_letters.alarm_actions == toset(["arn:aws:sns:eu-west-1:123456789012:on-call"]) && aws_cloudwatch_metric_alarm.dead_letters.ok_actions == toset(["arn:aws:sns:eu-west-1:123456789012:on-call"])
    error_message = "the alarm tells nobody"
  }
}

run "p1_fifo_all_along" {
  command = plan

  variables {
    fifo      = true
    topic_arn = "arn:aws:sns:eu-west-1:123456789012:shop-production-signups.fifo"
  }

  assert {
    condition     = aws_sqs_queue.this.fifo_queue && aws_sqs_queue.this.name == "shop-production-signups-welcome.fifo" && aws_sqs_queue.dead_letters.fifo_queue && aws_sqs_queue.dead_letters.name == "shop-production-signups-welcome-dead-letters.fifo"
    error_message = "a queue is no FIFO queue"
  }

  assert {
    condition     = aws_sqs_queue.this.deduplication_scope == "messageGroup" && aws_sqs_queue.this.fifo_throughput_limit == "perMessageGroupId"
    error_message = "groups wait for each other"
  }

  assert {
    condition     = aws_sqs_queue.this.content_based_deduplication != true
    error_message = "two messages of the same content are taken for one"
  }
}

# 75 characters: both queues, with the ending, stay within the 80 of SQS.
run "the_longest_name" {
  command = plan

  variables {
    name      = join("", [for number in range(75) : "a"])
    fifo      = true
    topic_arn = "arn:aws:sns:eu-west-1:123456789012:shop-production-signups.fifo"
  }

  assert {
    condition     = length(aws_sqs_queue.this.name) == 80 && length(aws_sqs_queue.dead_letters.name) == 80
    error_message = "the queues are called ${aws_sqs_queue.this.name} and ${aws_sqs_queue.dead_letters.name}"
  }
}

run "long_names_that_begin_alike_stay_apart" {
  command = plan

  variables {
    name = "${join("", [for number in range(74) : "a"])}b"
  }

  assert {
    condition     = aws_sqs_queue.dead_letters.name == "${join("", [for number in range(53) : "a"])}-${substr(sha256(var.name), 0, 8)}-dead-letters"
    error_message = "the dead letters are in ${aws_sqs_queue.dead_letters.name}"
  }
}

run "every_message_without_a_filter" {
  command = plan

  assert {
    condition     = aws_sns_topic_subscription.this.filter_policy == null && length(aws_cloudwatch_metric_alarm.age) == 0
    error_message = "messages are left out, or an alarm nobody asked for is made"
  }
}

run "some_messages_with_a_filter" {
  command = plan

  variables {
    filter_policy       = "{\"type\":[\"paid\"]}"
    filter_policy_scope = "MessageBody"
  }

  assert {
    condition     = jsondecode(aws_sns_topic_subscription.this.filter_policy) == { type = ["paid"] } && aws_sns_topic_subscription.this.filter_policy_scope == "MessageBody"
    error_message = "the filter is another"
  }
}

run "old_messages_raise_an_alarm" {
  command = plan

  variables {
    age_alarm_seconds = 900
    alarm_topic_arns  = ["arn:aws:sns:eu-west-1:123456789012:on-call"]
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.age[0].metric_name == "ApproximateAgeOfOldestMessage" && aws_cloudwatch_metric_alarm.age[0].threshold == 900 && aws_cloudwatch_metric_alarm.age[0].dimensions["QueueName"] == aws_sqs_queue.this.name
    error_message = "the alarm watches something else"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.age[0].alarm_actions == toset(["arn:aws:sns:eu-west-1:123456789012:on-call"]) && aws_cloudwatch_metric_alarm.age[0].alarm_name == "shop-production-signups-welcome-age"
    error_message = "nobody is told"
  }
}

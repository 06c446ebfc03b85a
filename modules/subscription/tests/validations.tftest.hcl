# Every validation, firing on the value it is there for.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = {
      json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    }
  }
}

variables {
  name               = "shop-production-signups-welcome"
  topic_arn          = "arn:aws:sns:eu-west-1:123456789012:shop-production-signups"
  key_arn            = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  visibility_seconds = 30
}

run "refuses_a_name_without_room_for_the_ending" {
  command = plan

  variables {
    name = join("", [for number in range(76) : "a"])
  }

  expect_failures = [var.name]
}

run "refuses_a_name_with_the_ending" {
  command = plan

  variables {
    name = "welcome.fifo"
  }

  expect_failures = [var.name]
}

run "refuses_a_topic_name" {
  command = plan

  variables {
    topic_arn = "shop-production-signups"
  }

  expect_failures = [var.topic_arn]
}

run "refuses_a_standard_queue_at_a_fifo_topic" {
  command = plan

  variables {
    topic_arn = "arn:aws:sns:eu-west-1:123456789012:shop-production-signups.fifo"
  }

  expect_failures = [var.topic_arn]
}

run "refuses_a_fifo_queue_at_a_standard_topic" {
  command = plan

  variables {
    fifo = true
  }

  expect_failures = [var.topic_arn]
}

run "refuses_a_key_alias" {
  command = plan

  variables {
    key_arn = "alias/shop"
  }

  expect_failures = [var.key_arn]
}

run "refuses_more_than_12_hours_of_hiding" {
  command = plan

  variables {
    visibility_seconds = 43201
  }

  expect_failures = [var.visibility_seconds]
}

run "refuses_less_than_no_hiding" {
  command = plan

  variables {
    visibility_seconds = -1
  }

  expect_failures = [var.visibility_seconds]
}

run "refuses_less_than_a_minute_of_retention" {
  command = plan

  variables {
    retention_seconds = 59
  }

  expect_failures = [var.retention_seconds]
}

run "refuses_more_than_14_days_of_retention" {
  command = plan

  variables {
    retention_seconds = 1209601
  }

  expect_failures = [var.retention_seconds]
}

run "refuses_more_receives_than_sqs_counts" {
  command = plan

  variables {
    max_receive_count = 1001
  }

  expect_failures = [var.max_receive_count]
}

run "refuses_half_receives" {
  command = plan

  variables {
    max_receive_count = 1.5
  }

  expect_failures = [var.max_receive_count]
}

run "refuses_a_fifo_topic_for_alarms" {
  command = plan

  variables {
    alarm_topic_arns = ["arn:aws:sns:eu-west-1:123456789012:on-call.fifo"]
  }

  expect_failures = [var.alarm_topic_arns]
}

run "refuses_more_alarm_topics_than_an_alarm_tells" {
  command = plan

  variables {
    alarm_topic_arns = [for number in range(6) : "arn:aws:sns:eu-west-1:123456789012:on-call-${number}"]
  }

  expect_failures = [var.alarm_topic_arns]
}

run "refuses_a_filter_that_is_a_list" {
  command = plan

  variables {
    filter_policy = "[\"paid\"]"
  }

  expect_failures = [var.filter_policy]
}

run "refuses_an_empty_filter" {
  command = plan

  variables {
    filter_policy = "{}"
  }

  expect_failures = [var.filter_policy]
}

run "refuses_a_filter_of_six_keys" {
  command = plan

  variables {
    filter_policy = jsonencode({ a = ["1"], b = ["1"], c = ["1"], d = ["1"], e = ["1"], f = ["1"] })
  }

  expect_failures = [var.filter_policy]
}

run "refuses_an_unknown_scope" {
  command = plan

  variables {
    filter_policy       = "{\"type\":[\"paid\"]}"
    filter_policy_scope = "Message"
  }

  expect_failures = [var.filter_policy_scope]
}

run "refuses_a_scope_without_a_filter" {
  command = plan

  variables {
    filter_policy_scope = "MessageBody"
  }

  expect_failures = [var.filter_policy_scope]
}

run "refuses_an_age_that_no_message_reaches" {
  command = plan

  variables {
    age_alarm_seconds = 604800
  }

  expect_failures = [var.age_alarm_seconds]
}

run "refuses_half_a_second" {
  command = plan

  variables {
    age_alarm_seconds = 0.5
  }

  expect_failures = [var.age_alarm_seconds]
}

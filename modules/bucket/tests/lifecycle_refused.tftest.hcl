# What is refused of what lifecycle.tftest.hcl shows, and values at the edge that must pass.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}

variables {
  name = "shop-production-avatars"
}

run "refuses_a_rule_of_the_module" {
  command = plan

  variables {
    lifecycle_rules = { leftovers = { expiration_days = 1 } }
  }

  expect_failures = [var.lifecycle_rules]
}

run "refuses_a_rule_that_does_nothing" {
  command = plan

  variables {
    lifecycle_rules = { nothing = { prefix = "a/" } }
  }

  expect_failures = [var.lifecycle_rules]
}

run "refuses_half_a_day" {
  command = plan

  variables {
    lifecycle_rules = { a = { expiration_days = 1.5 } }
  }

  expect_failures = [var.lifecycle_rules]
}

run "refuses_an_unknown_storage_class" {
  command = plan

  variables {
    lifecycle_rules = { a = { transitions = [{ days = 30, storage_class = "COLD" }] } }
  }

  expect_failures = [var.lifecycle_rules]
}

run "refuses_infrequent_access_within_a_month" {
  command = plan

  variables {
    lifecycle_rules = { a = { noncurrent_transitions = [{ days = 29, storage_class = "ONEZONE_IA" }] } }
  }

  expect_failures = [var.lifecycle_rules]
}

run "refuses_a_move_after_the_end" {
  command = plan

  variables {
    lifecycle_rules = { a = { transitions = [{ days = 30, storage_class = "GLACIER" }], expiration_days = 30 } }
  }

  expect_failures = [var.lifecycle_rules]
}

run "refuses_a_move_of_versions_after_their_end" {
  command = plan

  variables {
    lifecycle_rules = { a = { noncurrent_transitions = [{ days = 30, storage_class = "GLACIER" }], noncurrent_days = 7 } }
  }

  expect_failures = [var.lifecycle_rules]
}

run "refuses_two_moves_to_one_class" {
  command = plan

  variables {
    lifecycle_rules = { a = { transitions = [{ days = 30, storage_class = "GLACIER" }, { days = 60, storage_class = "GLACIER" }] } }
  }

  expect_failures = [var.lifecycle_rules]
}

run "refuses_a_fifo_queue" {
  command = plan

  variables {
    notifications = { queues = { a = { arn = "arn:aws:sqs:eu-west-1:123456789012:a.fifo" } } }
  }

  expect_failures = [var.notifications]
}

run "refuses_a_queue_for_a_topic" {
  command = plan

  variables {
    notifications = { topics = { a = { arn = "arn:aws:sqs:eu-west-1:123456789012:a" } } }
  }

  expect_failures = [var.notifications]
}

run "refuses_a_function_by_name" {
  command = plan

  variables {
    notifications = { functions = { a = { arn = "resize" } } }
  }

  expect_failures = [var.notifications]
}

run "refuses_a_name_with_a_slash" {
  command = plan

  variables {
    notifications = { queues = { "a/b" = { arn = "arn:aws:sqs:eu-west-1:123456789012:a" } } }
  }

  expect_failures = [var.notifications]
}

run "refuses_one_name_twice" {
  command = plan

  variables {
    notifications = { queues = { a = { arn = "arn:aws:sqs:eu-west-1:123456789012:a", prefix = "a/" } }, topics = { a = { arn = "arn:aws:sns:eu-west-1:123456789012:a", prefix = "b/" } } }
  }

  expect_failures = [var.notifications]
}

run "refuses_an_event_of_another_service" {
  command = plan

  variables {
    notifications = { queues = { a = { arn = "arn:aws:sqs:eu-west-1:123456789012:a", events = ["sns:Published"] } } }
  }

  expect_failures = [var.notifications]
}

run "refuses_two_targets_of_one_event" {
  command = plan

  variables {
    notifications = { queues = { a = { arn = "arn:aws:sqs:eu-west-1:123456789012:a", prefix = "a/" } }, topics = { b = { arn = "arn:aws:sns:eu-west-1:123456789012:a", events = ["s3:ObjectCreated:Put"] } } }
  }

  expect_failures = [var.notifications]
}

run "accepts_targets_that_do_not_meet" {
  command = plan

  variables {
    notifications = {
      queues = {
        a = { arn = "arn:aws:sqs:eu-west-1:123456789012:a", prefix = "a/" }
        b = { arn = "arn:aws:sqs:eu-west-1:123456789012:a", prefix = "b/", suffix = ".jpg" }
        c = { arn = "arn:aws:sqs:eu-west-1:123456789012:a", prefix = "b/", suffix = ".png" }
      }
      topics = {
        d = { arn = "arn:aws:sns:eu-west-1:123456789012:a", events = ["s3:ObjectRemoved:Delete"] }
        e = { arn = "arn:aws:sns:eu-west-1:123456789012:a", events = ["s3:ObjectRemoved:DeleteMarkerCreated"] }
      }
    }
  }
}

run "accepts_infrequent_access_after_a_month" {
  command = plan

  variables {
    lifecycle_rules = { a = { transitions = [{ days = 30, storage_class = "STANDARD_IA" }], expiration_days = 31 } }
  }
}

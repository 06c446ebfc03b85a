# What is refused of what operations.tftest.hcl shows.

mock_provider "aws" {
  override_data {
    target = data.aws_partition.current
    values = {
      partition = "aws"
    }
  }

  override_data {
    target = data.aws_region.current
    values = {
      id   = "eu-west-1"
      name = "eu-west-1"
    }
  }

  mock_data "aws_iam_policy_document" {
    defaults = {
      json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    }
  }

  # What the provider checks the form of: OpenTofu makes values up while it plans.
  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/shop-production"
    }
  }
}

variables {
  name         = "shop-production-main"
  vpc_id       = "vpc-0123456789abcdef0"
  subnet_ids   = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  key_arn      = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  min_capacity = 0.5
  max_capacity = 8
  instances    = 2
}

run "refuses_a_setting_in_upper_case" {
  command = plan

  variables {
    parameters = { Work_Mem = { value = "1" } }
  }

  expect_failures = [var.parameters]
}

run "refuses_a_setting_without_a_value" {
  command = plan

  variables {
    parameters = { work_mem = { value = "" } }
  }

  expect_failures = [var.parameters]
}

run "refuses_an_unknown_way_to_apply" {
  command = plan

  variables {
    parameters = { work_mem = { value = "1", apply_method = "later" } }
  }

  expect_failures = [var.parameters]
}

run "refuses_clients_without_tls" {
  command = plan

  variables {
    parameters = { "rds.force_ssl" = { value = "0", apply_method = "pending-reboot" } }
  }

  expect_failures = [var.parameters]
}

run "refuses_a_backup_window_that_is_none" {
  command = plan

  variables {
    backup_window = "2:00-3:00"
  }

  expect_failures = [var.backup_window]
}

run "refuses_a_backup_window_of_a_quarter_of_an_hour" {
  command = plan

  variables {
    backup_window = "23:50-00:05"
  }

  expect_failures = [var.backup_window]
}

run "refuses_a_maintenance_window_in_upper_case" {
  command = plan

  variables {
    maintenance_window = "Sun:03:00-Sun:04:00"
  }

  expect_failures = [var.maintenance_window]
}

run "refuses_a_maintenance_window_of_a_quarter_of_an_hour" {
  command = plan

  variables {
    maintenance_window = "sun:23:50-mon:00:05"
  }

  expect_failures = [aws_rds_cluster.this]
}

run "refuses_windows_that_meet" {
  command = plan

  variables {
    backup_window      = "02:00-03:00"
    maintenance_window = "wed:02:30-wed:03:30"
  }

  expect_failures = [aws_rds_cluster.this]
}

run "refuses_windows_that_meet_across_the_week" {
  command = plan

  variables {
    backup_window      = "00:00-01:00"
    maintenance_window = "sun:23:45-mon:00:15"
  }

  expect_failures = [aws_rds_cluster.this]
}

run "refuses_windows_that_meet_across_midnight" {
  command = plan

  variables {
    backup_window      = "23:30-00:30"
    maintenance_window = "mon:00:00-mon:00:30"
  }

  expect_failures = [aws_rds_cluster.this]
}

run "accepts_windows_that_touch" {
  command = plan

  variables {
    backup_window      = "02:00-02:30"
    maintenance_window = "wed:02:30-wed:03:00"
  }
}

run "refuses_two_origins" {
  command = plan

  variables {
    restore = { snapshot = "a", source = "b" }
  }

  expect_failures = [var.restore]
}

run "refuses_a_time_of_a_snapshot" {
  command = plan

  variables {
    restore = { snapshot = "a", time = "2030-01-31T12:00:00Z" }
  }

  expect_failures = [var.restore]
}

run "refuses_a_time_that_does_not_exist" {
  command = plan

  variables {
    restore = { source = "shop-production-old", time = "2030-02-31T12:00:00Z" }
  }

  expect_failures = [var.restore]
}

run "refuses_a_time_elsewhere" {
  command = plan

  variables {
    restore = { source = "shop-production-old", time = "2030-01-31T12:00:00+01:00" }
  }

  expect_failures = [var.restore]
}

run "refuses_itself_as_a_source" {
  command = plan

  variables {
    restore = { source = "shop-production-main" }
  }

  expect_failures = [var.restore]
}

run "refuses_a_snapshot_of_another_kind" {
  command = plan

  variables {
    restore = { snapshot = "arn:aws:rds:eu-west-1:123456789012:snapshot:a" }
  }

  expect_failures = [var.restore]
}

run "refuses_a_source_that_is_none" {
  command = plan

  variables {
    restore = { source = "arn:aws:rds:eu-west-1:123456789012:db:a" }
  }

  expect_failures = [var.restore]
}

run "refuses_an_alarm_beyond_the_capacity" {
  command = plan

  variables {
    capacity_alarm_percent = 101
  }

  expect_failures = [var.capacity_alarm_percent]
}

run "refuses_an_alarm_beyond_the_processors" {
  command = plan

  variables {
    cpu_alarm_percent = 101
  }

  expect_failures = [var.cpu_alarm_percent]
}

run "refuses_half_a_connection" {
  command = plan

  variables {
    connections_alarm = 0.5
  }

  expect_failures = [var.connections_alarm]
}

run "refuses_alarms_to_a_fifo_topic" {
  command = plan

  variables {
    alarm_topic_arns = ["arn:aws:sns:eu-west-1:123456789012:alarms.fifo"]
  }

  expect_failures = [var.alarm_topic_arns]
}

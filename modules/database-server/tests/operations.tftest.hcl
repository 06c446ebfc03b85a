# What whoever runs a server asks for: settings, windows, data of an earlier server, alarms.

mock_provider "aws" {
  override_data {
    target = data.aws_region.current
    values = {
      id   = "eu-west-1"
      name = "eu-west-1"
    }
  }

  override_data {
    target = data.aws_caller_identity.current
    values = {
      account_id = "123456789012"
    }
  }

  override_data {
    target = data.aws_partition.current
    values = {
      partition = "aws"
    }
  }

  mock_data "aws_iam_policy_document" {
    defaults = {
      json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    }
  }

  mock_data "aws_db_snapshot" {
    defaults = {
      kms_key_id = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    }
  }

  mock_data "aws_db_instance" {
    defaults = {
      kms_key_id = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    }
  }

  mock_resource "aws_security_group" {
    defaults = {
      id = "sg-0aaaaaaaaaaaaaaaa"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/shop-production-main-monitoring"
    }
  }

  mock_resource "aws_db_instance" {
    defaults = {
      master_user_secret = [{
        kms_key_id    = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
        secret_arn    = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-AbCdEf"
        secret_status = "active"
      }]
    }
  }
}

variables {
  name           = "shop-production-main"
  vpc_id         = "vpc-0123456789abcdef0"
  subnet_ids     = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  instance_class = "db.m5.large"
  storage_gb     = 20
  max_storage_gb = 100
  multi_az       = true
}

run "restored_from_a_snapshot" {
  command = plan

  variables {
    restore = { snapshot = "shop-production-main-final-0123456789abcdef0" }
  }

  assert {
    condition     = aws_db_instance.this.snapshot_identifier == "shop-production-main-final-0123456789abcdef0" && length(aws_db_instance.this.restore_to_point_in_time) == 0
    error_message = "the snapshot is not what it is made of"
  }
}

run "restored_to_a_point_in_time" {
  command = plan

  variables {
    restore = { source = "shop-production-old", time = "2030-01-31T12:00:00Z" }
  }

  assert {
    condition     = one(aws_db_instance.this.restore_to_point_in_time).source_db_instance_identifier == "shop-production-old" && one(aws_db_instance.this.restore_to_point_in_time).restore_time == "2030-01-31T12:00:00Z"
    error_message = "it is not restored to the time"
  }
}

run "restored_to_the_latest_time_of_what_is_gone" {
  command = plan

  variables {
    restore = { source = "arn:aws:rds:eu-west-1:123456789012:auto-backup:ab-abcdefghijklmnopqrstuvwxyz" }
  }

  assert {
    condition     = one(aws_db_instance.this.restore_to_point_in_time).source_db_instance_automated_backups_arn == "arn:aws:rds:eu-west-1:123456789012:auto-backup:ab-abcdefghijklmnopqrstuvwxyz" && one(aws_db_instance.this.restore_to_point_in_time).use_latest_restorable_time
    error_message = "it is not restored from what was left behind"
  }
}

run "settings_of_the_module_without_others" {
  assert {
    condition     = sort([for p in aws_db_parameter_group.this.parameter : "${p.name}=${p.value} ${p.apply_method}"]) == tolist(["log_min_duration_statement=1000 immediate", "log_statement=none immediate", "rds.force_ssl=1 pending-reboot"])
    error_message = "settings nobody asked for"
  }
}

run "settings" {
  variables {
    parameters = {
      work_mem                   = { value = "16384" }
      shared_preload_libraries   = { value = "pg_stat_statements", apply_method = "pending-reboot" }
      log_min_duration_statement = { value = "250" }
    }
  }

  assert {
    condition     = sort([for p in aws_db_parameter_group.this.parameter : "${p.name}=${p.value} ${p.apply_method}"]) == tolist(["log_min_duration_statement=250 immediate", "log_statement=none immediate", "rds.force_ssl=1 pending-reboot", "shared_preload_libraries=pg_stat_statements pending-reboot", "work_mem=16384 immediate"])
    error_message = "the settings do not join those of the module, or do not replace them"
  }
}

run "windows" {
  variables {
    backup_window      = "22:30-23:30"
    maintenance_window = "sun:23:30-mon:00:30"
  }

  assert {
    condition     = aws_db_instance.this.backup_window == "22:30-23:30" && aws_db_instance.this.maintenance_window == "sun:23:30-mon:00:30"
    error_message = "the windows are not those that were asked for"
  }
}

run "new_data_by_default" {
  assert {
    condition     = length(aws_db_instance.this.restore_to_point_in_time) == 0
    error_message = "a new server is restored from somewhere"
  }
}

run "what_is_there_is_not_restored" {
  variables {
    restore = { snapshot = "shop-production-old" }
  }

  assert {
    condition     = coalesce(aws_db_instance.this.snapshot_identifier, "none") != "shop-production-old"
    error_message = "the server that is there would be replaced by its snapshot"
  }
}

run "no_alarms_without_a_topic" {
  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 0
    error_message = "alarms that tell nobody are made"
  }
}

run "alarms" {
  variables {
    alarm_topic_arns  = ["arn:aws:sns:eu-west-1:123456789012:alarms"]
    connections_alarm = 600
    storage_gb        = 50
  }

  assert {
    condition     = sort(keys(aws_cloudwatch_metric_alarm.this)) == tolist(["connections", "cpu", "free-storage"])
    error_message = "not these alarms"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["free-storage"].threshold == 2684354560 && aws_cloudwatch_metric_alarm.this["free-storage"].comparison_operator == "LessThanThreshold"
    error_message = "the alarm of the storage does not go off at a twentieth of 50 GiB"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["connections"].threshold == 600 && aws_cloudwatch_metric_alarm.this["cpu"].threshold == 90
    error_message = "not these thresholds"
  }

  assert {
    condition     = alltrue([for alarm in values(aws_cloudwatch_metric_alarm.this) : alarm.alarm_actions == toset(["arn:aws:sns:eu-west-1:123456789012:alarms"]) && alarm.ok_actions == toset(["arn:aws:sns:eu-west-1:123456789012:alarms"]) && alarm.dimensions["DBInstanceIdentifier"] == "shop-production-main"])
    error_message = "the alarms tell nobody, or watch another server"
  }
}

run "alarms_without_connections" {
  variables {
    alarm_topic_arns           = ["arn:aws:sns:eu-west-1:123456789012:alarms"]
    cpu_alarm_percent          = 75
    free_storage_alarm_percent = 10
  }

  assert {
    condition     = sort(keys(aws_cloudwatch_metric_alarm.this)) == tolist(["cpu", "free-storage"])
    error_message = "an alarm without a threshold"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["free-storage"].threshold == 2147483648 && aws_cloudwatch_metric_alarm.this["cpu"].threshold == 75
    error_message = "the thresholds cannot be set"
  }
}

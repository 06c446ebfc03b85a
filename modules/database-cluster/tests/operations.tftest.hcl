# What whoever runs a cluster asks for: settings, windows, data of an earlier cluster, alarms.

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

  mock_resource "aws_rds_cluster" {
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
  name         = "shop-production-main"
  vpc_id       = "vpc-0123456789abcdef0"
  subnet_ids   = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  key_arn      = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  min_capacity = 0.5
  max_capacity = 8
  instances    = 2
}

run "restored_from_a_snapshot" {
  command = plan

  variables {
    restore = { snapshot = "shop-production-main-final-0123456789abcdef0" }
  }

  assert {
    condition     = aws_rds_cluster.this.snapshot_identifier == "shop-production-main-final-0123456789abcdef0" && length(aws_rds_cluster.this.restore_to_point_in_time) == 0
    error_message = "the snapshot is not what it is made of"
  }
}

run "restored_to_a_point_in_time" {
  command = plan

  variables {
    restore = { source = "shop-production-old", time = "2030-01-31T12:00:00Z" }
  }

  assert {
    condition     = one(aws_rds_cluster.this.restore_to_point_in_time).source_cluster_identifier == "shop-production-old" && one(aws_rds_cluster.this.restore_to_point_in_time).restore_to_time == "2030-01-31T12:00:00Z"
    error_message = "it is not restored to the time"
  }
}

run "restored_to_the_latest_time_of_what_is_gone" {
  command = plan

  variables {
    restore = { source = "cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ" }
  }

  assert {
    condition     = one(aws_rds_cluster.this.restore_to_point_in_time).source_cluster_resource_id == "cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ" && one(aws_rds_cluster.this.restore_to_point_in_time).use_latest_restorable_time
    error_message = "it is not restored from what was left behind"
  }
}

run "settings_of_the_module_without_others" {
  assert {
    condition     = sort([for p in aws_rds_cluster_parameter_group.this.parameter : "${p.name}=${p.value} ${p.apply_method}"]) == tolist(["log_min_duration_statement=1000 immediate", "log_statement=none immediate", "rds.force_ssl=1 pending-reboot"])
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
    condition     = sort([for p in aws_rds_cluster_parameter_group.this.parameter : "${p.name}=${p.value} ${p.apply_method}"]) == tolist(["log_min_duration_statement=250 immediate", "log_statement=none immediate", "rds.force_ssl=1 pending-reboot", "shared_preload_libraries=pg_stat_statements pending-reboot", "work_mem=16384 immediate"])
    error_message = "the settings do not join those of the module, or do not replace them"
  }
}

run "windows" {
  variables {
    backup_window      = "22:30-23:30"
    maintenance_window = "sun:23:30-mon:00:30"
  }

  assert {
    condition     = aws_rds_cluster.this.preferred_backup_window == "22:30-23:30" && aws_rds_cluster.this.preferred_maintenance_window == "sun:23:30-mon:00:30"
    error_message = "the windows are not those that were asked for"
  }

  assert {
    condition     = alltrue([for instance in values(aws_rds_cluster_instance.this) : instance.preferred_maintenance_window == "sun:23:30-mon:00:30"])
    error_message = "the instances are patched at another time than the cluster"
  }
}

run "new_data_by_default" {
  assert {
    condition     = length(aws_rds_cluster.this.restore_to_point_in_time) == 0
    error_message = "a new cluster is restored from somewhere"
  }
}

run "what_is_there_is_not_restored" {
  variables {
    restore = { snapshot = "shop-production-old" }
  }

  assert {
    condition     = coalesce(aws_rds_cluster.this.snapshot_identifier, "none") != "shop-production-old"
    error_message = "the cluster that is there would be replaced by its snapshot"
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
    alarm_topic_arns       = ["arn:aws:sns:eu-west-1:123456789012:alarms"]
    connections_alarm      = 600
    capacity_alarm_percent = 80
    cpu_alarm_percent      = 75
    instances              = 2
  }

  assert {
    condition     = sort(keys(aws_cloudwatch_metric_alarm.this)) == tolist(["1-capacity", "1-connections", "1-cpu", "2-capacity", "2-connections", "2-cpu"])
    error_message = "not these alarms"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["1-capacity"].threshold == 80 && aws_cloudwatch_metric_alarm.this["2-cpu"].threshold == 75 && aws_cloudwatch_metric_alarm.this["2-connections"].threshold == 600
    error_message = "not these thresholds"
  }

  assert {
    condition     = alltrue([for key, alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_actions == toset(["arn:aws:sns:eu-west-1:123456789012:alarms"]) && alarm.dimensions["DBInstanceIdentifier"] == "shop-production-main-${substr(key, 0, 1)}"])
    error_message = "the alarms tell nobody, or watch another instance"
  }
}

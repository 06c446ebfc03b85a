# What a database cluster is made of, against a mocked provider: no account is needed.

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

run "d1_aurora_serverless" {
  assert {
    condition     = aws_rds_cluster.this.engine == "aurora-postgresql" && aws_rds_cluster.this.engine_version == "17" && aws_rds_cluster_parameter_group.this.family == "aurora-postgresql17"
    error_message = "the cluster is not Aurora PostgreSQL 17"
  }

  assert {
    condition     = aws_rds_cluster.this.serverlessv2_scaling_configuration[0].min_capacity == 0.5 && aws_rds_cluster.this.serverlessv2_scaling_configuration[0].max_capacity == 8
    error_message = "the capacity is not bounded as asked"
  }

  assert {
    condition     = keys(aws_rds_cluster_instance.this) == ["1", "2"] && alltrue([for instance in aws_rds_cluster_instance.this : instance.instance_class == "db.serverless" && !instance.publicly_accessible])
    error_message = "there are not two serverless instances, out of reach of the internet"
  }

  assert {
    condition     = { for number, instance in aws_rds_cluster_instance.this : number => "${instance.identifier} ${instance.promotion_tier}" } == { "1" = "shop-production-main-1 0", "2" = "shop-production-main-2 1" }
    error_message = "the second instance is not the first to take over"
  }
}

run "d1_another_major_version" {
  variables {
    engine_version = "16"
  }

  assert {
    condition     = aws_rds_cluster.this.engine_version == "16" && aws_rds_cluster_parameter_group.this.family == "aurora-postgresql16"
    error_message = "the settings do not follow the version"
  }
}

run "d1_encrypted" {
  assert {
    condition     = aws_rds_cluster.this.storage_encrypted && aws_rds_cluster.this.kms_key_id == var.key_arn
    error_message = "the storage is not encrypted with the key"
  }
}

run "d1_tls_is_forced" {
  assert {
    condition     = aws_rds_cluster.this.allow_major_version_upgrade && aws_rds_cluster.this.apply_immediately && aws_rds_cluster_instance.this["1"].apply_immediately
    error_message = "a change waits for the maintenance window, where a major upgrade never arrives"
  }

  assert {
    condition     = one([for parameter in aws_rds_cluster_parameter_group.this.parameter : "${parameter.value} ${parameter.apply_method}" if parameter.name == "rds.force_ssl"]) == "1 pending-reboot" && aws_rds_cluster.this.db_cluster_parameter_group_name == aws_rds_cluster_parameter_group.this.name
    error_message = "clients get in without TLS"
  }

  assert {
    condition     = alltrue([for instance in aws_rds_cluster_instance.this : instance.ca_cert_identifier == "rds-ca-rsa2048-g1"])
    error_message = "an instance's certificate is not signed by the root that clients trust"
  }
}

run "d1_one_root_certificate" {
  assert {
    condition     = length(regexall("-----BEGIN CERTIFICATE-----", output.ca_certificate)) == 1 && output.ca_certificate == file("certificates/eu-west-1.pem")
    error_message = "clients do not get the one root certificate of the region"
  }
}

run "d1_region_without_a_root_certificate" {
  command = plan

  override_data {
    target = data.aws_region.current
    values = {
      id   = "mars-north-1"
      name = "mars-north-1"
    }
  }

  expect_failures = [aws_rds_cluster.this]
}

run "d1_backups_of_seven_days" {
  assert {
    condition     = aws_rds_cluster.this.backup_retention_period == 7 && aws_rds_cluster.this.copy_tags_to_snapshot
    error_message = "backups are not kept for 7 days"
  }
}

run "d1_protected_by_default" {
  assert {
    condition     = aws_rds_cluster.this.deletion_protection && !aws_rds_cluster.this.skip_final_snapshot && !aws_rds_cluster.this.delete_automated_backups
    error_message = "the cluster can be deleted without a trace"
  }

  assert {
    condition     = aws_rds_cluster.this.final_snapshot_identifier == "shop-production-main-final-0aaaaaaaaaaaaaaaa"
    error_message = "the last snapshot does not take its name from what outlives every apply"
  }
}

run "d1_one_instance_more_changes_no_other" {
  variables {
    instances = 3
  }

  assert {
    condition     = keys(aws_rds_cluster_instance.this) == ["1", "2", "3"]
    error_message = "there are not three instances"
  }

  assert {
    condition     = aws_rds_cluster.this.final_snapshot_identifier == "shop-production-main-final-0aaaaaaaaaaaaaaaa"
    error_message = "the name of the last snapshot changed from one apply to the next"
  }
}

run "d1_unprotected_by_choice" {
  variables {
    instances           = 1
    deletion_protection = false
    final_snapshot      = false
  }

  assert {
    condition     = !aws_rds_cluster.this.deletion_protection && aws_rds_cluster.this.skip_final_snapshot && aws_rds_cluster.this.final_snapshot_identifier == null && aws_rds_cluster.this.delete_automated_backups
    error_message = "a cluster of a development environment cannot be thrown away"
  }
}

run "d1_watched" {
  assert {
    condition     = alltrue([for instance in aws_rds_cluster_instance.this : instance.performance_insights_enabled && instance.performance_insights_kms_key_id == var.key_arn && instance.monitoring_interval == 60])
    error_message = "Performance Insights or enhanced monitoring is off"
  }

  assert {
    condition     = aws_rds_cluster.this.enabled_cloudwatch_logs_exports == toset(["postgresql"]) && aws_cloudwatch_log_group.this["postgresql"].name == "/aws/rds/cluster/shop-production-main/postgresql"
    error_message = "the logs are not exported"
  }

  assert {
    condition     = aws_cloudwatch_log_group.this["postgresql"].retention_in_days == 30 && aws_cloudwatch_log_group.this["postgresql"].kms_key_id == var.key_arn
    error_message = "the exported logs are kept forever, or not encrypted"
  }
}

run "d1_in_the_storage_subnets" {
  assert {
    condition     = aws_db_subnet_group.this.subnet_ids == toset(var.subnet_ids)
    error_message = "the cluster is not in the storage subnets alone"
  }

  assert {
    condition     = aws_rds_cluster.this.vpc_security_group_ids == toset([aws_security_group.this.id]) && output.security_group_id == aws_security_group.this.id
    error_message = "the cluster is not behind its own security group"
  }
}

run "g4_no_password_passes_through" {
  assert {
    condition     = aws_rds_cluster.this.manage_master_user_password && aws_rds_cluster.this.master_user_secret_kms_key_id == var.key_arn
    error_message = "RDS does not keep the password"
  }

  assert {
    condition     = aws_rds_cluster.this.master_password == null && aws_rds_cluster.this.master_password_wo == null
    error_message = "terraform knows a password"
  }

  assert {
    condition     = output.master_secret_arn == "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-AbCdEf"
    error_message = "the output does not say where the password is"
  }

  assert {
    condition     = contains([for parameter in aws_rds_cluster_parameter_group.this.parameter : "${parameter.name}=${parameter.value}"], "log_statement=none")
    error_message = "statements that set passwords are logged"
  }
}

run "monitoring_role" {
  variables {
    name                     = "a${join("", [for i in range(59) : "b"])}"
    iam_path                 = "/teams/shop/"
    permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
  }

  assert {
    condition     = length(aws_iam_role.this.name) == 64 && endswith(aws_iam_role.this.name, "-monitoring")
    error_message = "a long name does not give a role's name of 64 characters"
  }

  assert {
    condition     = aws_iam_role.this.path == "/teams/shop/" && aws_iam_role.this.permissions_boundary == "arn:aws:iam::123456789012:policy/boundary"
    error_message = "the role is not bounded, or not on the path"
  }

  assert {
    condition     = contains([for condition in data.aws_iam_policy_document.monitoring_trust.statement[0].condition : one(condition.values)], "123456789012")
    error_message = "the role is open to other accounts"
  }
}

run "d1_a_version_in_full_stays" {
  variables {
    engine_version = "17.9"
  }

  assert {
    condition     = aws_rds_cluster.this.engine_version == "17.9" && aws_rds_cluster_parameter_group.this.family == "aurora-postgresql17"
    error_message = "the settings do not follow the major version"
  }

  assert {
    condition     = !aws_rds_cluster_instance.this["1"].auto_minor_version_upgrade
    error_message = "AWS may raise a version that is pinned"
  }
}

run "d1_a_major_version_is_kept_current" {
  variables {
    engine_version = "17"
  }

  assert {
    condition     = aws_rds_cluster_instance.this["1"].auto_minor_version_upgrade
    error_message = "the minor version is not kept current"
  }
}

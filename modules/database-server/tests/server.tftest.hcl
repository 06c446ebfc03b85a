# What a database server is made of, against a mocked provider: no account is needed.

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

run "d1_postgresql_18_on_m5_large" {
  assert {
    condition     = aws_db_instance.this.engine == "postgres" && aws_db_instance.this.engine_version == "18" && aws_db_instance.this.instance_class == "db.m5.large"
    error_message = "the server is not PostgreSQL 18 on db.m5.large"
  }

  assert {
    condition     = aws_db_parameter_group.this.family == "postgres18" && aws_db_instance.this.parameter_group_name == aws_db_parameter_group.this.name
    error_message = "the settings are not those of PostgreSQL 18"
  }

  assert {
    condition     = aws_db_instance.this.auto_minor_version_upgrade && aws_db_instance.this.allow_major_version_upgrade && aws_db_instance.this.apply_immediately
    error_message = "the version cannot follow"
  }
}

run "d1_another_major_version" {
  variables {
    engine_version = "17"
  }

  assert {
    condition     = aws_db_instance.this.engine_version == "17" && aws_db_parameter_group.this.family == "postgres17"
    error_message = "the settings do not follow the version"
  }
}

run "d1_storage_grows_and_is_encrypted" {
  assert {
    condition     = aws_db_instance.this.allocated_storage == 20 && aws_db_instance.this.max_allocated_storage == 100
    error_message = "the storage does not grow from 20 to 100 GiB"
  }

  assert {
    condition     = aws_db_instance.this.storage_encrypted && aws_db_instance.this.kms_key_id == var.key_arn && aws_db_instance.this.storage_type == "gp3"
    error_message = "the storage is not encrypted with the key"
  }
}

run "d1_tls_is_forced" {
  assert {
    condition     = one([for parameter in aws_db_parameter_group.this.parameter : "${parameter.value} ${parameter.apply_method}" if parameter.name == "rds.force_ssl"]) == "1 pending-reboot"
    error_message = "clients get in without TLS"
  }

  assert {
    condition     = aws_db_instance.this.ca_cert_identifier == "rds-ca-rsa2048-g1"
    error_message = "the server's certificate is not signed by the root that clients trust"
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

  expect_failures = [aws_db_instance.this]
}

run "d1_backups_of_seven_days" {
  assert {
    condition     = aws_db_instance.this.backup_retention_period == 7 && aws_db_instance.this.copy_tags_to_snapshot
    error_message = "backups are not kept for 7 days"
  }
}

run "d1_protected_by_default" {
  assert {
    condition     = aws_db_instance.this.multi_az && aws_db_instance.this.deletion_protection && !aws_db_instance.this.skip_final_snapshot && !aws_db_instance.this.delete_automated_backups
    error_message = "the server is not in two zones, or can be deleted without a trace"
  }

  assert {
    condition     = aws_db_instance.this.final_snapshot_identifier == "shop-production-main-final-0aaaaaaaaaaaaaaaa"
    error_message = "the last snapshot does not take its name from what outlives every apply"
  }
}

run "d1_last_snapshot_keeps_its_name" {
  variables {
    storage_gb = 40
  }

  assert {
    condition     = aws_db_instance.this.final_snapshot_identifier == "shop-production-main-final-0aaaaaaaaaaaaaaaa"
    error_message = "the name of the last snapshot changed from one apply to the next"
  }
}

run "d1_unprotected_by_choice" {
  variables {
    multi_az            = false
    deletion_protection = false
    final_snapshot      = false
  }

  assert {
    condition     = !aws_db_instance.this.multi_az && !aws_db_instance.this.deletion_protection && aws_db_instance.this.skip_final_snapshot && aws_db_instance.this.final_snapshot_identifier == null && aws_db_instance.this.delete_automated_backups
    error_message = "a server of a development environment cannot be thrown away"
  }
}

run "d1_watched" {
  assert {
    condition     = aws_db_instance.this.performance_insights_enabled && aws_db_instance.this.performance_insights_kms_key_id == var.key_arn && aws_db_instance.this.monitoring_interval == 60
    error_message = "Performance Insights or enhanced monitoring is off"
  }

  assert {
    condition     = aws_db_instance.this.enabled_cloudwatch_logs_exports == toset(["postgresql", "upgrade"])
    error_message = "the logs are not exported"
  }

  assert {
    condition     = aws_cloudwatch_log_group.this["postgresql"].name == "/aws/rds/instance/shop-production-main/postgresql" && aws_cloudwatch_log_group.this["postgresql"].retention_in_days == 30 && aws_cloudwatch_log_group.this["postgresql"].kms_key_id == var.key_arn
    error_message = "the exported logs are kept forever, or not encrypted"
  }
}

run "d1_in_the_storage_subnets" {
  assert {
    condition     = aws_db_subnet_group.this.subnet_ids == toset(var.subnet_ids) && !aws_db_instance.this.publicly_accessible
    error_message = "the server is not in the storage subnets alone"
  }

  assert {
    condition     = aws_db_instance.this.vpc_security_group_ids == toset([aws_security_group.this.id]) && output.security_group_id == aws_security_group.this.id
    error_message = "the server is not behind its own security group"
  }
}

run "g4_no_password_passes_through" {
  assert {
    condition     = aws_db_instance.this.manage_master_user_password && aws_db_instance.this.master_user_secret_kms_key_id == var.key_arn
    error_message = "RDS does not keep the password"
  }

  assert {
    condition     = aws_db_instance.this.password == null && aws_db_instance.this.password_wo == null
    error_message = "terraform knows a password"
  }

  assert {
    condition     = output.master_secret_arn == "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-AbCdEf"
    error_message = "the output does not say where the password is"
  }

  assert {
    condition     = contains([for parameter in aws_db_parameter_group.this.parameter : "${parameter.name}=${parameter.value}"], "log_statement=none")
    error_message = "statements that set passwords are logged"
  }
}

run "monitoring_role" {
  variables {
    name                     = "a${join("", [for i in range(62) : "b"])}"
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
    condition     = aws_db_instance.this.engine_version == "17.9" && aws_db_parameter_group.this.family == "postgres17"
    error_message = "the settings do not follow the major version"
  }

  assert {
    condition     = !aws_db_instance.this.auto_minor_version_upgrade
    error_message = "AWS may raise a version that is pinned"
  }
}

run "d1_a_major_version_is_kept_current" {
  variables {
    engine_version = "17"
  }

  assert {
    condition     = aws_db_instance.this.auto_minor_version_upgrade
    error_message = "the minor version is not kept current"
  }
}

# An Aurora PostgreSQL cluster whose capacity follows its load: encrypted, reachable only over TLS and only by the clients
# that are let in, backed up all the time.

locals {
  # A service gets one root certificate to trust, and Encore's TypeScript runtime parses no more than one: the root of this region.
  ca_certificate = try(file("${path.module}/certificates/${data.aws_region.current.id}.pem"), "")
  ca_regions     = [for name in sort(fileset("${path.module}/certificates", "*.pem")) : trimsuffix(name, ".pem")]

  # Parameter groups belong to a major version.
  major_version = split(".", var.engine_version)[0]

  # Stable from run to run, and yet new for a cluster that is made again under an old name, whose last snapshot
  # still exists: the security group lives as long as this module does, and its id never comes back.
  final_snapshot = "${var.name}-final-${trimprefix(aws_security_group.this.id, "sg-")}"
}

data "aws_region" "current" {}

locals {
  # Minutes from Monday, 00:00, on; null where RDS chooses. What ends before it begins ends the next day, or the next week.
  days              = { mon = 0, tue = 1, wed = 2, thu = 3, fri = 4, sat = 5, sun = 6 }
  backup_begin      = try(60 * tonumber(substr(var.backup_window, 0, 2)) + tonumber(substr(var.backup_window, 3, 2)), null)
  backup_end        = try(60 * tonumber(substr(var.backup_window, 6, 2)) + tonumber(substr(var.backup_window, 9, 2)), null)
  maintenance_begin = try(1440 * local.days[substr(var.maintenance_window, 0, 3)] + 60 * tonumber(substr(var.maintenance_window, 4, 2)) + tonumber(substr(var.maintenance_window, 7, 2)), null)
  maintenance_end   = try(1440 * local.days[substr(var.maintenance_window, 10, 3)] + 60 * tonumber(substr(var.maintenance_window, 14, 2)) + tonumber(substr(var.maintenance_window, 17, 2)), null)

  backup_minutes      = try((local.backup_end - local.backup_begin + 1440) % 1440, 0)
  maintenance_minutes = try((local.maintenance_end - local.maintenance_begin + 10080) % 10080, 30)

  # A window that the end of a week cuts in two meets the first backup of the next.
  windows_meet = try(anytrue([
    for day in range(-1, 15) : local.maintenance_begin < 1440 * day + local.backup_begin + local.backup_minutes && 1440 * day + local.backup_begin < local.maintenance_begin + local.maintenance_minutes
  ]), false)
}

resource "aws_db_subnet_group" "this" {
  name        = var.name
  description = "Storage subnets of ${var.name}"
  subnet_ids  = var.subnet_ids
}

# Without rules, on purpose: nobody gets in until a client adds the rule that admits it, and the cluster calls nobody.
resource "aws_security_group" "this" {
  name_prefix = "${var.name}-"
  description = "Database ${var.name}"
  vpc_id      = var.vpc_id

  tags = {
    Name = var.name
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_rds_cluster_parameter_group" "this" {
  name_prefix = "${var.name}-"
  description = "Settings of ${var.name}"
  family      = "aurora-postgresql${local.major_version}"

  # Clients without TLS are turned away. Where that is the default already RDS keeps the default's way of applying it, and
  # any other way would show up in every plan; a new server starts with it in either case.
  parameter {
    name         = "rds.force_ssl"
    value        = "1"
    apply_method = "pending-reboot"
  }

  # Statements slower than this many milliseconds are logged.
  parameter {
    name         = "log_min_duration_statement"
    value        = try(var.parameters["log_min_duration_statement"].value, "1000")
    apply_method = try(var.parameters["log_min_duration_statement"].apply_method, "immediate")
  }

  # Nothing else is: "ddl" would write the passwords of CREATE ROLE and ALTER ROLE into the log.
  parameter {
    name         = "log_statement"
    value        = try(var.parameters["log_statement"].value, "none")
    apply_method = try(var.parameters["log_statement"].apply_method, "immediate")
  }

  dynamic "parameter" {
    for_each = { for name, parameter in var.parameters : name => parameter if !contains(["log_min_duration_statement", "log_statement"], name) }

    content {
      name         = parameter.key
      value        = parameter.value.value
      apply_method = parameter.value.apply_method
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_rds_cluster" "this" {
  cluster_identifier = var.name
  engine             = "aurora-postgresql"
  engine_mode        = "provisioned"
  engine_version     = var.engine_version

  # The major version is pinned, so a major upgrade happens only when somebody writes a new number. A version in full stays as
  # it is: were it raised behind terraform's back, the next plan would go back to it, which RDS refuses.
  allow_major_version_upgrade = true

  # What was approved happens when it is applied. Left to the maintenance window, a change would come back in every plan
  # until then, and a major upgrade fails to apply: its parameter group does not fit the version that still runs.
  apply_immediately = true

  serverlessv2_scaling_configuration {
    min_capacity = var.min_capacity
    max_capacity = var.max_capacity
  }

  storage_encrypted = true
  kms_key_id        = var.key_arn

  snapshot_identifier = var.restore.snapshot == "" ? null : var.restore.snapshot

  dynamic "restore_to_point_in_time" {
    for_each = var.restore.source == "" ? [] : [can(regex("^cluster-[A-Z0-9]{20,}$", var.restore.source))]

    content {
      source_cluster_identifier  = restore_to_point_in_time.value ? null : var.restore.source
      source_cluster_resource_id = restore_to_point_in_time.value ? var.restore.source : null
      restore_to_time            = var.restore.time == "" ? null : var.restore.time
      use_latest_restorable_time = var.restore.time == "" ? true : null
    }
  }

  # RDS makes the password, keeps it in Secrets Manager and rotates it. It never passes through terraform.
  master_username               = "groundplan"
  manage_master_user_password   = true
  master_user_secret_kms_key_id = var.key_arn

  db_subnet_group_name            = aws_db_subnet_group.this.name
  vpc_security_group_ids          = [aws_security_group.this.id]
  db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.this.name
  port                            = 5432

  backup_retention_period         = var.backup_retention_days
  preferred_backup_window         = var.backup_window == "" ? null : var.backup_window
  preferred_maintenance_window    = var.maintenance_window == "" ? null : var.maintenance_window
  copy_tags_to_snapshot           = true
  deletion_protection             = var.deletion_protection
  skip_final_snapshot             = !var.final_snapshot
  final_snapshot_identifier       = var.final_snapshot ? local.final_snapshot : null
  delete_automated_backups        = !var.final_snapshot
  enabled_cloudwatch_logs_exports = keys(aws_cloudwatch_log_group.this)

  lifecycle {
    # RDS restores once, when it makes the cluster, and with the name of the administrator that the data has. Written down later, each of
    # these would replace a cluster that is there.
    ignore_changes = [restore_to_point_in_time, snapshot_identifier, master_username]

    precondition {
      condition     = local.maintenance_minutes >= 30
      error_message = "maintenance_window is \"${var.maintenance_window}\", but must be 30 minutes long at least."
    }

    precondition {
      condition     = !local.windows_meet
      error_message = "maintenance_window is \"${var.maintenance_window}\" and backup_window \"${var.backup_window}\", but they must not meet."
    }

    precondition {
      condition     = local.ca_certificate != ""
      error_message = "No root certificate of RDS for the region ${data.aws_region.current.id} comes with this module, so no client could verify the server. Choose one of ${join(", ", local.ca_regions)}, or add certificates/${data.aws_region.current.id}.pem with the certificate \"Amazon RDS ${data.aws_region.current.id} Root CA RSA2048 G1\" that AWS publishes."
    }
  }
}

# The first is the writer; the others stand by. Keyed by number, so that one more instance changes no other.
resource "aws_rds_cluster_instance" "this" {
  for_each = toset([for number in range(1, var.instances + 1) : tostring(number)])

  identifier         = "${var.name}-${each.key}"
  cluster_identifier = aws_rds_cluster.this.id
  engine             = aws_rds_cluster.this.engine
  engine_version     = aws_rds_cluster.this.engine_version
  instance_class     = "db.serverless"

  # The second takes over first, and grows and shrinks with the writer so as to be ready; so far do tiers 0 and 1 reach.
  promotion_tier = min(tonumber(each.key) - 1, 15)

  auto_minor_version_upgrade = local.major_version == var.engine_version
  apply_immediately          = true
  db_subnet_group_name       = aws_db_subnet_group.this.name
  publicly_accessible        = false
  ca_cert_identifier         = "rds-ca-rsa2048-g1"
  copy_tags_to_snapshot      = true

  # Instances have windows of their own: patches come to all of them in that of the cluster.
  preferred_maintenance_window = var.maintenance_window == "" ? null : var.maintenance_window

  # 7 days is what Performance Insights keeps free of charge.
  performance_insights_enabled          = true
  performance_insights_kms_key_id       = var.key_arn
  performance_insights_retention_period = 7
  monitoring_interval                   = 60
  monitoring_role_arn                   = aws_iam_role.this.arn

  # Enhanced monitoring starts with the instance, and fails it where the role cannot yet write.
  depends_on = [aws_iam_role_policy_attachment.this]
}

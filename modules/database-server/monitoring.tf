# What is seen of the server in CloudWatch: its logs, the metrics of its operating system, and its alarms.

# RDS makes a log group it does not find, without an end to its retention and without our key: so they are made first.
resource "aws_cloudwatch_log_group" "this" {
  for_each = toset(["postgresql", "upgrade"])

  name              = "/aws/rds/instance/${var.name}/${each.key}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.key_arn
}

resource "aws_iam_role" "this" {
  # IAM gives a role 64 characters: a long name is cut and told apart by a piece of its hash.
  name                 = length(var.name) <= 53 ? "${var.name}-monitoring" : "${substr(var.name, 0, 44)}-${substr(sha256(var.name), 0, 8)}-monitoring"
  description          = "Lets RDS write the operating system metrics of ${var.name}"
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary_arn == "" ? null : var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.monitoring_trust.json
}

data "aws_iam_policy_document" "monitoring_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["monitoring.rds.amazonaws.com"]
    }

    # RDS acts for many customers: only for this account may it take the role.
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${data.aws_partition.current.partition}:rds:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:db:${var.name}"]
    }
  }
}

resource "aws_iam_role_policy_attachment" "this" {
  role       = aws_iam_role.this.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  # Made where somebody is told alone: CloudWatch is paid by the alarm.
  watched = length(var.alarm_topic_arns) == 0 ? {} : merge(
    {
      cpu = {
        metric    = "CPUUtilization"
        compare   = "GreaterThanThreshold"
        threshold = var.cpu_alarm_percent
        meaning   = "is above ${var.cpu_alarm_percent} percent: queries wait for processors"
      }
      free-storage = {
        metric    = "FreeStorageSpace"
        compare   = "LessThanThreshold"
        threshold = floor(var.storage_gb * var.free_storage_alarm_percent / 100 * pow(1024, 3))
        meaning   = "is below ${var.free_storage_alarm_percent} percent of ${var.storage_gb} GiB: storage is at max_storage_gb, or grows too slowly, and a server without any stops"
      }
    },
    var.connections_alarm == 0 ? {} : {
      connections = {
        metric    = "DatabaseConnections"
        compare   = "GreaterThanThreshold"
        threshold = var.connections_alarm
        meaning   = "is above ${var.connections_alarm}: clients are turned away when no more fit"
      }
    },
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.watched

  alarm_name          = "rds-${var.name}-${each.key}"
  alarm_description   = "${each.value.metric} of the database server ${var.name} ${each.value.meaning}."
  namespace           = "AWS/RDS"
  metric_name         = each.value.metric
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = each.value.compare
  threshold           = each.value.threshold
  treat_missing_data  = "missing"
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns

  dimensions = {
    DBInstanceIdentifier = aws_db_instance.this.identifier
  }
}

# What is seen of the cluster in CloudWatch: its logs, the metrics of its operating system, and its alarms.

# RDS makes a log group it does not find, without an end to its retention and without our key: so they are made first.
resource "aws_cloudwatch_log_group" "this" {
  for_each = toset(["postgresql"])

  name              = "/aws/rds/cluster/${var.name}/${each.key}"
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
      values   = ["arn:${data.aws_partition.current.partition}:rds:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:db:${var.name}-*"]
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
      capacity = {
        metric    = "ACUUtilization"
        threshold = var.capacity_alarm_percent
        meaning   = "is above ${var.capacity_alarm_percent} percent of ${var.max_capacity} units: it cannot grow much further"
      }
      cpu = {
        metric    = "CPUUtilization"
        threshold = var.cpu_alarm_percent
        meaning   = "is above ${var.cpu_alarm_percent} percent: queries wait for processors"
      }
    },
    var.connections_alarm == 0 ? {} : {
      connections = {
        metric    = "DatabaseConnections"
        threshold = var.connections_alarm
        meaning   = "is above ${var.connections_alarm}: clients are turned away when no more fit"
      }
    },
  )

  # The storage of Aurora is the cluster's, and has no end that is worth an alarm.
  alarms = merge([
    for number in keys(aws_rds_cluster_instance.this) : {
      for kind, alarm in local.watched : "${number}-${kind}" => merge(alarm, { number = number })
    }
  ]...)
}

# An instance that pauses measures nothing, and is no cause for alarm.
resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "rds-${var.name}-${each.key}"
  alarm_description   = "${each.value.metric} of the database instance ${var.name}-${each.value.number} ${each.value.meaning}."
  namespace           = "AWS/RDS"
  metric_name         = each.value.metric
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns

  dimensions = {
    DBInstanceIdentifier = aws_rds_cluster_instance.this[each.value.number].identifier
  }
}

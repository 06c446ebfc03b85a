# What is seen of the cache from outside: its logs, and the alarms of its nodes.

# The prefix is the one under which AWS delivers logs without a rule for each group, of which there can be few.
resource "aws_cloudwatch_log_group" "this" {
  for_each = toset(["engine-log", "slow-log"])

  name              = "/aws/vendedlogs/elasticache/${var.name}/${each.key}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.key_arn
}

locals {
  # With allkeys policies a full memory is what a cache is for; with others it is the point where writes begin to fail.
  evicts_everything = startswith(var.eviction_policy, "allkeys-")

  # Refused commands are not among them: a client that introduces itself (CLIENT SETINFO) and is refused goes on unharmed.
  watched = merge(
    {
      cpu = {
        metric    = "EngineCPUUtilization"
        statistic = "Average"
        threshold = 90
        meaning   = "its one thread of commands is busy: callers wait"
      }
      refused-logins = {
        metric    = "AuthenticationFailures"
        statistic = "Sum"
        threshold = 0
        meaning   = "a client logs in with a wrong name or password: a user that is not activated, or a rotation without a deployment"
      }
      refused-keys = {
        metric    = "KeyAuthorizationFailures"
        statistic = "Sum"
        threshold = 0
        meaning   = "a user asked for a key that is not its own"
      }
      replication-lag = {
        metric    = "ReplicationLag"
        statistic = "Maximum"
        threshold = 30
        meaning   = "a failover now would lose so many seconds of writes"
      }
    },
    local.evicts_everything ? {} : {
      memory = {
        metric    = "DatabaseMemoryUsageCountedForEvictPercentage"
        statistic = "Maximum"
        threshold = 85
        meaning   = "with the policy ${var.eviction_policy} writes fail once the memory is full"
      }
    },
    var.eviction_policy == "noeviction" ? {} : {
      evictions = {
        metric    = "Evictions"
        statistic = "Sum"
        threshold = var.evictions_alarm
        meaning   = "keys are dropped before their time: a larger node_type keeps more of them"
      }
    },
  )

  alarms = merge([
    for node in local.nodes : {
      for kind, alarm in local.watched : "${node}-${kind}" => merge(alarm, { node = node, kind = kind })
    }
  ]...)
}

# A node that is not there, as a replica that was never needed, is no cause for alarm.
resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "elasticache-${each.key}"
  alarm_description   = "${each.value.metric} of the cache node ${each.value.node} is above ${each.value.threshold}: ${each.value.meaning}."
  namespace           = "AWS/ElastiCache"
  metric_name         = each.value.metric
  statistic           = each.value.statistic
  period              = 300
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns

  dimensions = {
    CacheClusterId = each.value.node
  }
}

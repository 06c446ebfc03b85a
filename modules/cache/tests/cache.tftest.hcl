# The real provider, which plans without calling AWS. Users and their passwords are tested in tests-emulator/, for
# Secrets Manager draws a password while terraform plans.
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}

override_resource {
  target          = aws_security_group.this
  override_during = plan
  values = {
    id = "sg-0aaaaaaaaaaaaaaaa"
  }
}

override_resource {
  target          = aws_elasticache_replication_group.this
  override_during = plan
  values = {
    primary_endpoint_address       = "master.shop.abc123.euw1.cache.amazonaws.com"
    reader_endpoint_address        = "replica.shop.abc123.euw1.cache.amazonaws.com"
    configuration_endpoint_address = "clustercfg.shop.abc123.euw1.cache.amazonaws.com"
  }
}

variables {
  name         = "shop-prod-main"
  vpc_id       = "vpc-0123456789abcdef0"
  subnet_ids   = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  key_arn      = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  users        = {}
  node_type    = "cache.m6g.large"
  replicas     = 1
  multi_az     = true
  cluster_mode = false
}

run "c1_replication_group_over_two_zones_with_failover" {
  command = plan

  assert {
    condition     = aws_elasticache_replication_group.this.node_type == "cache.m6g.large" && aws_elasticache_replication_group.this.num_cache_clusters == 2
    error_message = "the cache is not a primary and a replica of cache.m6g.large"
  }

  assert {
    condition     = aws_elasticache_replication_group.this.automatic_failover_enabled && aws_elasticache_replication_group.this.multi_az_enabled
    error_message = "no replica takes over when a node or a zone fails"
  }

  assert {
    condition     = aws_elasticache_replication_group.this.engine == "valkey" && aws_elasticache_replication_group.this.engine_version == "8.0" && aws_elasticache_replication_group.this.cluster_mode == "disabled"
    error_message = "the cache speaks what Encore's clients do not"
  }
}

run "c1_one_node_by_choice" {
  command = plan

  variables {
    replicas                = 0
    multi_az                = false
    snapshot_retention_days = 0
  }

  assert {
    condition     = aws_elasticache_replication_group.this.num_cache_clusters == 1 && !aws_elasticache_replication_group.this.automatic_failover_enabled && !aws_elasticache_replication_group.this.multi_az_enabled && aws_elasticache_replication_group.this.snapshot_retention_limit == 0
    error_message = "a cache of a development environment has more than one node"
  }
}

run "c1_encrypted_on_disk_and_on_the_wire" {
  command = plan

  assert {
    condition     = aws_elasticache_replication_group.this.at_rest_encryption_enabled == "true" && aws_elasticache_replication_group.this.kms_key_id == var.key_arn
    error_message = "the cache is not encrypted with the key"
  }

  assert {
    condition     = aws_elasticache_replication_group.this.transit_encryption_enabled && aws_elasticache_replication_group.this.transit_encryption_mode == "required"
    error_message = "clients get in without TLS"
  }
}

run "c1_evicts_as_declared" {
  command = plan

  variables {
    eviction_policy = "volatile-lfu"
    engine_version  = "7.2"
  }

  assert {
    condition     = [for parameter in aws_elasticache_parameter_group.this.parameter : "${parameter.name}=${parameter.value}"] == ["maxmemory-policy=volatile-lfu"]
    error_message = "the eviction policy is not the declared one"
  }

  assert {
    condition     = aws_elasticache_parameter_group.this.family == "valkey7" && aws_elasticache_parameter_group.this.name == "shop-prod-main-valkey7" && aws_elasticache_replication_group.this.parameter_group_name == "shop-prod-main-valkey7"
    error_message = "the settings do not follow the version"
  }
}

run "c1_nobody_by_default" {
  command = plan

  assert {
    condition     = aws_elasticache_user.default.user_name == "default" && aws_elasticache_user.default.access_string == "off -@all" && aws_elasticache_user.default.passwords == null
    error_message = "who does not log in may do something"
  }

  assert {
    condition     = aws_elasticache_user_group.this.user_ids == toset(["shop-prod-main-default"]) && aws_elasticache_replication_group.this.user_group_ids == toset(["shop-prod-main"])
    error_message = "the cache does not ask for users"
  }
}

run "n5_lets_nobody_in_by_itself" {
  command = plan

  assert {
    condition     = aws_elasticache_replication_group.this.security_group_ids == toset(["sg-0aaaaaaaaaaaaaaaa"]) && output.security_group_id == "sg-0aaaaaaaaaaaaaaaa"
    error_message = "the cache is not behind its own security group"
  }

  assert {
    condition     = aws_security_group.this.name_prefix == "shop-prod-main-" && aws_elasticache_subnet_group.this.subnet_ids == toset(var.subnet_ids)
    error_message = "the cache is not in the storage subnets"
  }
}

run "c1_alarms_of_every_node" {
  command = plan

  variables {
    alarm_topic_arns = ["arn:aws:sns:eu-west-1:123456789012:alarms"]
  }

  assert {
    condition = toset(keys(aws_cloudwatch_metric_alarm.this)) == toset(flatten([
      for node in ["shop-prod-main-001", "shop-prod-main-002"] : [
        for kind in ["cpu", "evictions", "refused-keys", "refused-logins", "replication-lag"] : "${node}-${kind}"
      ]
    ]))
    error_message = "an alarm is missing, or one too many: ${join(", ", keys(aws_cloudwatch_metric_alarm.this))}"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["shop-prod-main-002-cpu"].dimensions == tomap({ CacheClusterId = "shop-prod-main-002" }) && aws_cloudwatch_metric_alarm.this["shop-prod-main-002-cpu"].metric_name == "EngineCPUUtilization"
    error_message = "the alarm does not watch its node"
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_actions == toset(var.alarm_topic_arns) && alarm.ok_actions == toset(var.alarm_topic_arns)])
    error_message = "an alarm tells nobody"
  }
}

run "c1_alarm_before_writes_fail" {
  command = plan

  variables {
    eviction_policy = "noeviction"
  }

  assert {
    condition     = contains(keys(aws_cloudwatch_metric_alarm.this), "shop-prod-main-001-memory") && !contains(keys(aws_cloudwatch_metric_alarm.this), "shop-prod-main-001-evictions")
    error_message = "nobody is told that the memory fills up"
  }
}

run "c1_replicas_change_in_place" {
  command = plan

  variables {
    replicas = 3
  }

  assert {
    condition     = aws_elasticache_replication_group.this.num_cache_clusters == 4 && length(aws_appautoscaling_target.this) == 0
    error_message = "the number of replicas is not the one asked for"
  }
}

run "c1_replicas_scale_in_a_cluster" {
  command = plan

  variables {
    cluster_mode = true
    max_replicas = 4
  }

  assert {
    condition     = aws_appautoscaling_target.this[0].scalable_dimension == "elasticache:replication-group:Replicas" && aws_appautoscaling_target.this[0].resource_id == "replication-group/shop-prod-main" && aws_appautoscaling_target.this[0].min_capacity == 1 && aws_appautoscaling_target.this[0].max_capacity == 4
    error_message = "the replicas do not scale from 1 to 4"
  }

  assert {
    condition     = aws_appautoscaling_policy.this[0].target_tracking_scaling_policy_configuration[0].predefined_metric_specification[0].predefined_metric_type == "ElastiCacheReplicaEngineCPUUtilization"
    error_message = "the replicas do not scale by their CPU"
  }

  assert {
    condition     = aws_elasticache_replication_group.this.cluster_mode == "enabled" && aws_elasticache_replication_group.this.num_node_groups == 1 && contains([for parameter in aws_elasticache_parameter_group.this.parameter : "${parameter.name}=${parameter.value}"], "cluster-enabled=yes")
    error_message = "the cache is no cluster"
  }

  assert {
    condition     = output.address == "clustercfg.shop.abc123.euw1.cache.amazonaws.com" && contains(keys(aws_cloudwatch_metric_alarm.this), "shop-prod-main-0001-005-cpu")
    error_message = "clients do not start from the cluster's name, or a replica is not watched"
  }
}

run "c1_logs_are_kept_for_a_while" {
  command = plan

  assert {
    condition     = aws_cloudwatch_log_group.this["slow-log"].name == "/aws/vendedlogs/elasticache/shop-prod-main/slow-log" && aws_cloudwatch_log_group.this["slow-log"].retention_in_days == 30 && aws_cloudwatch_log_group.this["slow-log"].kms_key_id == var.key_arn
    error_message = "the slow log is kept forever, or not encrypted"
  }

  assert {
    condition     = toset([for log in aws_elasticache_replication_group.this.log_delivery_configuration : log.log_type]) == toset(["engine-log", "slow-log"])
    error_message = "the logs are not delivered"
  }
}

run "c1_snapshots" {
  command = plan

  variables {
    final_snapshot = true
  }

  assert {
    condition     = aws_elasticache_replication_group.this.snapshot_retention_limit == 1 && aws_elasticache_replication_group.this.final_snapshot_identifier == "shop-prod-main-final-0aaaaaaaaaaaaaaaa"
    error_message = "there is no daily snapshot, or no last one"
  }
}

run "outputs" {
  command = plan

  assert {
    condition     = output.address == "master.shop.abc123.euw1.cache.amazonaws.com" && output.reader_address == "replica.shop.abc123.euw1.cache.amazonaws.com" && output.port == 6379 && output.user_names == {} && output.user_secret_arns == {} && output.activate_commands == {}
    error_message = "the outputs do not say where the cache is"
  }
}

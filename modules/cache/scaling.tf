# Replicas of a cluster come and go with the load of those there are.

resource "aws_appautoscaling_target" "this" {
  count = var.cluster_mode ? 1 : 0

  service_namespace  = "elasticache"
  resource_id        = "replication-group/${aws_elasticache_replication_group.this.replication_group_id}"
  scalable_dimension = "elasticache:replication-group:Replicas"
  min_capacity       = var.replicas
  max_capacity       = var.max_replicas
}

resource "aws_appautoscaling_policy" "this" {
  count = length(aws_appautoscaling_target.this)

  name               = "${var.name}-replicas-cpu"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this[0].service_namespace
  resource_id        = aws_appautoscaling_target.this[0].resource_id
  scalable_dimension = aws_appautoscaling_target.this[0].scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value       = var.scale_cpu_percent
    scale_out_cooldown = 300
    scale_in_cooldown  = 900

    predefined_metric_specification {
      predefined_metric_type = "ElastiCacheReplicaEngineCPUUtilization"
    }
  }
}

# How many tasks there are: between the least and the most, steered by the use of CPU and of memory, whichever asks for more.

resource "aws_appautoscaling_target" "this" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${var.cluster.cluster_name}/${aws_ecs_service.this.name}"
  min_capacity       = var.scale.min
  max_capacity       = var.scale.max
}

resource "aws_appautoscaling_policy" "this" {
  for_each = {
    cpu    = { metric = "ECSServiceAverageCPUUtilization", percent = var.scale.cpu_percent }
    memory = { metric = "ECSServiceAverageMemoryUtilization", percent = var.scale.memory_percent }
  }

  name               = "${var.name}-${each.key}"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  resource_id        = aws_appautoscaling_target.this.resource_id

  # Quick to grow, slow to shrink.
  target_tracking_scaling_policy_configuration {
    target_value       = each.value.percent
    scale_out_cooldown = 60
    scale_in_cooldown  = 300

    predefined_metric_specification {
      predefined_metric_type = each.value.metric
    }
  }
}

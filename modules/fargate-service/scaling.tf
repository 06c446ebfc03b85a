# How many tasks there are: between the least and the most, steered by the use of CPU and of memory and by the length of
# queues, whichever asks for most. Fewer there are only when all of them agree. And where tasks run: on demand or on Spot.

locals {
  # The first on_demand tasks run on demand; what comes on top is divided by weight. A provider of weight 0 places none, and
  # has no place in the strategy.
  capacity = merge(
    var.scale.spot_percent < 100 ? { FARGATE = { base = var.scale.on_demand, weight = 100 - var.scale.spot_percent } } : {},
    var.scale.spot_percent > 0 ? { FARGATE_SPOT = { base = 0, weight = var.scale.spot_percent } } : {},
  )
}

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

# Messages that wait for each running task. A queue that nobody sends to for hours reports nothing, which counts as empty;
# and a service has as many tasks as send a sample of their CPU each minute, which unlike Container Insights costs nothing.
resource "aws_appautoscaling_policy" "queue" {
  for_each = var.scale.queues

  name               = "${var.name}-${each.key}"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  resource_id        = aws_appautoscaling_target.this.resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = each.value.messages_per_task
    scale_out_cooldown = 60
    scale_in_cooldown  = 300

    customized_metric_specification {
      metrics {
        id          = "backlog"
        label       = "Messages waiting per task"
        expression  = "FILL(waiting, 0) / tasks"
        return_data = true
      }

      metrics {
        id          = "waiting"
        return_data = false

        metric_stat {
          stat = "Average"

          metric {
            namespace   = "AWS/SQS"
            metric_name = "ApproximateNumberOfMessagesVisible"

            dimensions {
              name  = "QueueName"
              value = split(":", each.value.queue_arn)[5]
            }
          }
        }
      }

      metrics {
        id          = "tasks"
        return_data = false

        metric_stat {
          stat = "SampleCount"

          metric {
            namespace   = "AWS/ECS"
            metric_name = "CPUUtilization"

            dimensions {
              name  = "ClusterName"
              value = var.cluster.cluster_name
            }

            dimensions {
              name  = "ServiceName"
              value = aws_ecs_service.this.name
            }
          }
        }
      }
    }
  }
}

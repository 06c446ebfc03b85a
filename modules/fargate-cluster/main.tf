# The place tasks run in: an ECS cluster, and the private DNS namespace under which services find each other.

resource "aws_ecs_cluster" "this" {
  name = var.name

  setting {
    name  = "containerInsights"
    value = var.container_insights ? "enabled" : "disabled"
  }

  # Where a service allows sessions of ECS Exec, they are encrypted and recorded.
  configuration {
    execute_command_configuration {
      kms_key_id = var.key_arn
      logging    = "OVERRIDE"

      log_configuration {
        cloud_watch_encryption_enabled = true
        cloud_watch_log_group_name     = aws_cloudwatch_log_group.this.name
      }
    }
  }

  # On the way back the cluster goes first, too: what writes into the group is gone before it.
  depends_on = [aws_cloudwatch_log_group.insights]
}

# What a service may divide its tasks between. No strategy of the cluster's own: each service says its own.
resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/groundplan/${var.name}/exec"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.key_arn
}

# Container Insights writes here, and makes the group itself where it does not find it: with a day of retention and without
# our key. So it is made first.
resource "aws_cloudwatch_log_group" "insights" {
  count = var.container_insights ? 1 : 0

  name              = "/aws/ecs/containerinsights/${var.name}/performance"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.key_arn
}

resource "aws_service_discovery_private_dns_namespace" "this" {
  name        = var.namespace
  description = "Services of ${var.name}"
  vpc         = var.vpc_id
}

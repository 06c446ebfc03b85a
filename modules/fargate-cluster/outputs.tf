output "cluster_arn" {
  description = "ARN of the ECS cluster."
  value       = aws_ecs_cluster.this.arn

  # ECS refuses a service whose capacity providers the cluster does not have yet.
  depends_on = [aws_ecs_cluster_capacity_providers.this]
}

output "cluster_name" {
  description = "Name of the ECS cluster."
  value       = aws_ecs_cluster.this.name
}

output "namespace_id" {
  description = "Id of the Cloud Map namespace that services register in."
  value       = aws_service_discovery_private_dns_namespace.this.id
}

output "namespace" {
  description = "DNS name of the Cloud Map namespace: a service answers at <its name>.<this name>."
  value       = aws_service_discovery_private_dns_namespace.this.name
}

output "exec_log_group_name" {
  description = "Name of the log group in which sessions of ECS Exec are recorded."
  value       = aws_cloudwatch_log_group.this.name
}

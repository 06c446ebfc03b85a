output "security_group_id" {
  description = "Security group of the tasks. Whoever calls the service adds the rule that admits it."
  value       = aws_security_group.this.id
}

output "service_name" {
  description = "Name of the ECS service."
  value       = aws_ecs_service.this.name
}

output "task_role_arn" {
  description = "ARN of the role the application acts as."
  value       = aws_iam_role.task.arn
}

output "task_definition_arn" {
  description = "ARN of the task definition that serves, with its revision."
  value       = aws_ecs_service.this.task_definition
}

output "log_group_name" {
  description = "Name of the log group of all the service's containers."
  value       = aws_cloudwatch_log_group.this.name
}

output "run_command" {
  description = "Command of the AWS CLI that starts a run. Options of its own may follow, such as --overrides."
  value = join(" ", [
    "aws ecs run-task",
    "--region ${data.aws_region.current.id}",
    "--cluster ${var.cluster.cluster_name}",
    "--task-definition ${aws_ecs_task_definition.this.arn}",
    var.spot ? "--capacity-provider-strategy capacityProvider=FARGATE_SPOT,weight=1" : "--launch-type FARGATE",
    "--network-configuration 'awsvpcConfiguration={subnets=[${join(",", var.network.compute_subnet_ids)}],securityGroups=[${join(",", concat([aws_security_group.this.id], var.firewall.security_group_ids))}],assignPublicIp=DISABLED}'",
    "--enable-ecs-managed-tags --propagate-tags TASK_DEFINITION",
  ])
}

output "task_definition_arn" {
  description = "ARN of the task definition, with its revision."
  value       = aws_ecs_task_definition.this.arn
}

output "task_role_arn" {
  description = "ARN of the role the container acts as."
  value       = aws_iam_role.task.arn
}

output "security_group_id" {
  description = "Security group of the tasks."
  value       = aws_security_group.this.id
}

output "failure_queue_url" {
  description = "URL of the queue of runs that failed."
  value       = aws_sqs_queue.failures.url
}

output "log_group_name" {
  description = "Name of the log group of the job."
  value       = aws_cloudwatch_log_group.this.name
}

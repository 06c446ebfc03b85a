output "arn" {
  description = "ARN of the replication group."
  value       = aws_elasticache_replication_group.this.arn
}

output "address" {
  description = "Host name of the primary, which takes reads and writes; with cluster_mode the name a cluster-aware client starts from."
  value       = var.cluster_mode ? aws_elasticache_replication_group.this.configuration_endpoint_address : aws_elasticache_replication_group.this.primary_endpoint_address
}

output "reader_address" {
  description = "Host name that spreads readers over the replicas; the same as address with cluster_mode."
  value       = var.cluster_mode ? aws_elasticache_replication_group.this.configuration_endpoint_address : aws_elasticache_replication_group.this.reader_endpoint_address
}

output "port" {
  description = "Port the cache listens on. It speaks TLS alone, with certificates of public authorities."
  value       = aws_elasticache_replication_group.this.port
}

output "security_group_id" {
  description = "Security group of the cache. It lets nobody in: each client adds the rule that admits it."
  value       = aws_security_group.this.id
}

output "user_names" {
  description = "Names the processes log in by, process to name."
  value       = { for process, user in aws_elasticache_user.this : process => user.user_name }
}

output "user_secret_arns" {
  description = "ARNs of the secrets that hold the passwords, process to ARN. The value is the password alone."
  value       = { for process, secret in aws_secretsmanager_secret.this : process => secret.arn }
}

output "activate_commands" {
  description = "Commands that give the users their passwords, process to command line: run once after the first apply, and after every change of password_rotation."
  value       = local.activate_commands
}

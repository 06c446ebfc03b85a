output "arn" {
  description = "ARN of the cluster."
  value       = aws_rds_cluster.this.arn
}

output "address" {
  description = "Host name of the cluster's writer."
  value       = aws_rds_cluster.this.endpoint
}

output "port" {
  description = "Port the cluster listens on."
  value       = aws_rds_cluster.this.port
}

output "security_group_id" {
  description = "Security group of the cluster. It lets nobody in: each client adds the rule that admits it."
  value       = aws_security_group.this.id
}

output "master_secret_arn" {
  description = "ARN of the secret with the master user's password, which RDS makes and rotates. JSON with username and password."
  value       = one(aws_rds_cluster.this.master_user_secret[*].secret_arn)
}

output "ca_certificate" {
  description = "Root certificate that signs the cluster's certificate, as one PEM block."
  value       = local.ca_certificate
}

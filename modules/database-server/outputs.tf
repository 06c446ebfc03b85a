output "arn" {
  description = "ARN of the database server."
  value       = aws_db_instance.this.arn
}

output "address" {
  description = "Host name of the database server."
  value       = aws_db_instance.this.address
}

output "port" {
  description = "Port the database server listens on."
  value       = aws_db_instance.this.port
}

output "security_group_id" {
  description = "Security group of the database server. It lets nobody in: each client adds the rule that admits it."
  value       = aws_security_group.this.id
}

output "master_secret_arn" {
  description = "ARN of the secret with the master user's password, which RDS makes and rotates. JSON with username and password."
  value       = one(aws_db_instance.this.master_user_secret[*].secret_arn)
}

output "ca_certificate" {
  description = "Root certificate that signs the database server's certificate, as one PEM block."
  value       = local.ca_certificate
}

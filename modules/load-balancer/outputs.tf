output "arn" {
  description = "ARN of the load balancer."
  value       = aws_lb.this.arn
}

output "listener_arn" {
  description = "ARN of the listener a gateway attaches its rule to: HTTPS with a domain, HTTP without. Priorities 1 to 3 are taken."
  value       = aws_lb_listener.this.arn
}

output "security_group_id" {
  description = "ID of the load balancer's security group. It may send nothing until a gateway adds a rule."
  value       = aws_security_group.this.id
}

output "dns_name" {
  description = "Name AWS gave to the load balancer."
  value       = aws_lb.this.dns_name
}

output "url" {
  description = "Where the application is reached: `https://<domain>`, or `http://<dns_name>` inside the VPC."
  value       = local.encrypted ? "https://${var.domain}" : "http://${aws_lb.this.dns_name}"
}

output "distribution_arn" {
  description = "ARN of the distribution, for the distribution_arns of the module bucket."
  value       = aws_cloudfront_distribution.this.arn
}

output "distribution_id" {
  description = "ID of the distribution, by which copies are invalidated."
  value       = aws_cloudfront_distribution.this.id
}

output "url" {
  description = "URL of the folder that is shown, without a slash at the end: an object's URL is this, a slash and its name."
  value       = "https://${var.domain == "" ? aws_cloudfront_distribution.this.domain_name : var.domain}"
}

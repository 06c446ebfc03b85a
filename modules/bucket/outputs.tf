output "name" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.this.bucket
}

output "arn" {
  description = "ARN of the bucket. Statements about objects name `<arn>/<key prefix>*`."
  value       = aws_s3_bucket.this.arn
}

output "regional_domain_name" {
  description = "Host name of the bucket in its region, the origin of a distribution."
  value       = aws_s3_bucket.this.bucket_regional_domain_name
}

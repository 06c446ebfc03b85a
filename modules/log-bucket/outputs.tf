output "name" {
  description = "Name of the bucket, for the access_log_bucket of the module bucket."
  value       = aws_s3_bucket.this.bucket

  # S3 and CloudWatch Logs may look whether they can write before they accept the bucket.
  depends_on = [aws_s3_bucket_policy.this, aws_s3_bucket_ownership_controls.this]
}

output "arn" {
  description = "ARN of the bucket, known when planning, for the access_log_bucket_arn of the module cdn."
  value       = local.arn
  depends_on  = [aws_s3_bucket_policy.this, aws_s3_bucket_ownership_controls.this]
}

output "function_name" {
  description = "Name of the function that signs and calls."
  value       = aws_lambda_function.this.function_name
}

output "schedule_arn" {
  description = "ARN of the schedule."
  value       = aws_scheduler_schedule.this.arn
}

output "dead_letter_queue_url" {
  description = "URL of the queue of runs that failed for good."
  value       = aws_sqs_queue.dead_letters.url
}

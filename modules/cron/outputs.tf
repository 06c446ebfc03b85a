output "function_name" {
  description = "Name of the function that signs and calls."
  value       = aws_lambda_function.this.function_name
}

output "schedule_arns" {
  description = "ARNs of the schedules, in the order of schedule_expressions."
  value       = [for number in range(1, length(var.schedule_expressions) + 1) : aws_scheduler_schedule.this[tostring(number)].arn]
}

output "dead_letter_queue_url" {
  description = "URL of the queue of runs that failed for good."
  value       = aws_sqs_queue.dead_letters.url
}

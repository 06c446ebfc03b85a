output "queue_url" {
  description = "URL of the queue, which receivers name."
  value       = aws_sqs_queue.this.url
}

output "queue_arn" {
  description = "ARN of the queue, which the policies of receivers name."
  value       = aws_sqs_queue.this.arn
}

output "dead_letter_queue_url" {
  description = "URL of the queue of dead letters."
  value       = aws_sqs_queue.dead_letters.url
}

output "dead_letter_queue_arn" {
  description = "ARN of the queue of dead letters."
  value       = aws_sqs_queue.dead_letters.arn
}

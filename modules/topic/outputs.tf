output "arn" {
  description = "ARN of the topic."
  value       = aws_sns_topic.this.arn

  # A bucket tries whether it may publish before it accepts the topic for its notifications.
  depends_on = [aws_sns_topic_policy.this]
}

output "name" {
  description = "Name of the topic, with its ending when it is a FIFO topic."
  value       = aws_sns_topic.this.name
}

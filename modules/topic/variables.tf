variable "name" {
  description = "Name of the topic, without the ending `.fifo`, which a FIFO topic gets by itself."
  type        = string
  nullable    = false

  # ".fifo" takes five of the 256 characters SNS has.
  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,251}$", var.name))
    error_message = "name must be 1 to 251 letters, digits, hyphens and underscores: SNS takes 256 characters, and \".fifo\" may be added."
  }
}

variable "key_arn" {
  description = "ARN of the KMS key that encrypts the messages. Where queues that the topic feeds are encrypted with it too, its policy must admit `sns.amazonaws.com`: see topics of the module encryption-key."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.key_arn))
    error_message = "key_arn must be the ARN of a KMS key, arn:<partition>:kms:<region>:<account>:key/<id>; an alias will not do."
  }
}

variable "publisher_account_ids" {
  description = "Other accounts whose roles may publish to the topic, as far as their own policies let them. The policy of the key must admit them too, with kms:GenerateDataKey and kms:Decrypt."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for account in var.publisher_account_ids : can(regex("^[0-9]{12}$", account))]) && length(distinct(var.publisher_account_ids)) == length(var.publisher_account_ids)
    error_message = "publisher_account_ids must hold accounts by their 12 digits, in quotes, each once."
  }
}

variable "subscriber_account_ids" {
  description = "Other accounts whose roles may subscribe queues and functions of theirs to the topic."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for account in var.subscriber_account_ids : can(regex("^[0-9]{12}$", account))]) && length(distinct(var.subscriber_account_ids)) == length(var.subscriber_account_ids)
    error_message = "subscriber_account_ids must hold accounts by their 12 digits, in quotes, each once."
  }
}

variable "publisher_services" {
  description = "Services of AWS that may publish to the topic on behalf of this account, like s3.amazonaws.com for the notifications of a bucket. The policy of the key must admit them too, with kms:GenerateDataKey and kms:Decrypt."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for service in var.publisher_services : can(regex("^[a-z0-9-]+([.][a-z0-9-]+)*[.]amazonaws[.]com$", service))]) && length(distinct(var.publisher_services)) == length(var.publisher_services)
    error_message = "publisher_services must hold principals of services, like s3.amazonaws.com, each once."
  }
}

variable "alarm_topic_arns" {
  description = "ARNs of the SNS topics that are told when a message cannot be delivered, or is lost, and when that is over. Empty: the alarms are seen in CloudWatch only."
  type        = list(string)
  default     = []
  nullable    = false

  # CloudWatch takes five actions for a change of state.
  validation {
    condition     = length(var.alarm_topic_arns) <= 5 && alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$", arn))])
    error_message = "alarm_topic_arns must hold at most 5 ARNs of standard SNS topics: CloudWatch cannot publish to a FIFO topic."
  }
}

variable "fifo" {
  description = "Whether the topic is a FIFO topic: it keeps the order of the messages of a group, and takes one deduplication id once within five minutes. It must agree with its publishers, which name a group and a deduplication id exactly for such a topic, and with its subscriptions. Changing it replaces the topic."
  type        = bool
  default     = false
  nullable    = false
}

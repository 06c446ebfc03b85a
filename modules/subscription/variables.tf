variable "name" {
  description = "Name of the queue, without the ending `.fifo`, which a FIFO queue gets by itself. The queue of dead letters is called `<name>-dead-letters`, a name of more than 62 characters being cut and told apart by a piece of its hash."
  type        = string
  nullable    = false

  # ".fifo" takes five of the 80 characters SQS has.
  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,75}$", var.name))
    error_message = "name must be 1 to 75 letters, digits, hyphens and underscores: SQS takes 80 characters, and \".fifo\" may be added."
  }
}

variable "topic_arn" {
  description = "ARN of the topic whose messages the queue receives."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}([.]fifo)?$", var.topic_arn))
    error_message = "topic_arn must be the ARN of an SNS topic, arn:<partition>:sns:<region>:<account>:<name>."
  }

  # An SNS FIFO topic can also feed a standard queue, but then order and single delivery end there.
  validation {
    condition     = endswith(var.topic_arn, ".fifo") == var.fifo
    error_message = "topic_arn is ${var.topic_arn}, but fifo is ${var.fifo}, and they must agree: SNS refuses a FIFO queue at a standard topic, and a standard queue at a FIFO topic loses the order."
  }
}

variable "key_arn" {
  description = "ARN of the KMS key that encrypts the messages. Its policy must admit `sns.amazonaws.com` for the topic: see topics of the module encryption-key."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.key_arn))
    error_message = "key_arn must be the ARN of a KMS key, arn:<partition>:kms:<region>:<account>:key/<id>; an alias will not do."
  }
}

variable "visibility_seconds" {
  description = "Seconds for which a received message is hidden from other receivers: the time its handler has. Encore's runtimes name it anew with each receive."
  type        = number
  nullable    = false

  validation {
    condition     = var.visibility_seconds >= 0 && var.visibility_seconds <= 43200 && floor(var.visibility_seconds) == var.visibility_seconds
    error_message = "visibility_seconds is ${var.visibility_seconds}, but SQS accepts an integer from 0 to 43200, which is 12 hours."
  }
}

variable "retention_seconds" {
  description = "Seconds for which a message that nobody has handled stays in the queue. Dead letters stay for 14 days; in a standard queue these count from the day the message was sent."
  type        = number
  default     = 604800
  nullable    = false

  validation {
    condition     = var.retention_seconds >= 60 && var.retention_seconds <= 1209600 && floor(var.retention_seconds) == var.retention_seconds
    error_message = "retention_seconds is ${var.retention_seconds}, but SQS accepts an integer from 60 to 1209600, which is 14 days."
  }
}

variable "max_receive_count" {
  description = "How often a message is received before it becomes a dead letter: retries plus one. 0: no limit, and no message that was received ever becomes a dead letter."
  type        = number
  default     = 101
  nullable    = false

  validation {
    condition     = var.max_receive_count >= 0 && var.max_receive_count <= 1000 && floor(var.max_receive_count) == var.max_receive_count
    error_message = "max_receive_count is ${var.max_receive_count}, but SQS accepts an integer from 1 to 1000; 0 stands for no limit."
  }
}

variable "filter_policy" {
  description = "Which messages the queue receives: an SNS filter policy, JSON, like {\"type\":[\"paid\"]}. Empty: all. SNS takes a change within 15 minutes."
  type        = string
  default     = ""
  nullable    = false

  # "Amazon SNS subscription filter policies": 256 KB, and five keys.
  validation {
    condition     = var.filter_policy == "" || (try(length(keys(jsondecode(var.filter_policy))) >= 1 && length(keys(jsondecode(var.filter_policy))) <= 5, false) && length(var.filter_policy) <= 262144)
    error_message = "filter_policy must be an object in JSON with 1 to 5 keys, at most 256 KB, or empty."
  }
}

variable "filter_policy_scope" {
  description = "What filter_policy looks at: `MessageAttributes`, or with `MessageBody` the message itself, which must be an object in JSON."
  type        = string
  default     = "MessageAttributes"
  nullable    = false

  validation {
    condition     = contains(["MessageAttributes", "MessageBody"], var.filter_policy_scope)
    error_message = "filter_policy_scope is \"${var.filter_policy_scope}\", but must be MessageAttributes or MessageBody."
  }

  validation {
    condition     = var.filter_policy_scope == "MessageAttributes" || var.filter_policy != ""
    error_message = "filter_policy_scope is of no use without filter_policy."
  }
}

variable "age_alarm_seconds" {
  description = "Age of the oldest message in the queue, in seconds, above which an alarm goes off: receivers do not keep up, or are gone. 0 for no such alarm."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.age_alarm_seconds >= 0 && var.age_alarm_seconds < var.retention_seconds && floor(var.age_alarm_seconds) == var.age_alarm_seconds
    error_message = "age_alarm_seconds is ${var.age_alarm_seconds}, but must be an integer from 0 on, below retention_seconds, which is ${var.retention_seconds}: no message gets older than that."
  }
}

variable "alarm_topic_arns" {
  description = "ARNs of the SNS topics that are told when there are dead letters, or messages that are too old, and when there are none any more. Empty: the alarms are seen in CloudWatch only."
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
  description = "Whether the queue is a FIFO queue, as its topic is a FIFO topic: it keeps the order of the messages of a group, and takes one deduplication id once within five minutes. Changing it replaces the queue."
  type        = bool
  default     = false
  nullable    = false
}

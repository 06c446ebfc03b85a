variable "name" {
  description = "Name of the secret. A deleted name stays taken until its recovery window has passed."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9/_+=.@-]{1,512}$", var.name))
    error_message = "name must be 1 to 512 characters: letters, digits and /_+=.@- only."
  }
}

variable "description" {
  description = "What the secret is for, as people see it in the console."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.description) >= 1 && length(var.description) <= 2048
    error_message = "description must be 1 to 2048 characters."
  }
}

variable "key_arn" {
  description = "ARN of the KMS key that encrypts the secret's value."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.key_arn))
    error_message = "key_arn must be the ARN of a KMS key, arn:<partition>:kms:<region>:<account>:key/<id>; an alias will not do."
  }
}

variable "recovery_window_days" {
  description = "Days during which a deleted secret can be restored: 7 to 30, or 0 to delete at once."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.recovery_window_days == 0 || (var.recovery_window_days >= 7 && var.recovery_window_days <= 30 && floor(var.recovery_window_days) == var.recovery_window_days)
    error_message = "recovery_window_days is ${var.recovery_window_days}, but Secrets Manager accepts 0 or an integer from 7 to 30."
  }
}

variable "name" {
  description = "Name of the key. It becomes the alias `alias/<name>`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9/_-]{1,250}$", var.name)) && !startswith(var.name, "aws/") && !startswith(var.name, "alias/")
    error_message = "A key alias has 1 to 250 letters, digits, slashes, underscores and hyphens; it is given without \"alias/\", and \"aws/\" is reserved for keys of AWS."
  }
}

variable "deletion_window_days" {
  description = "Days between the deletion of the key and the moment everything it encrypted is lost. Until then the deletion can be cancelled."
  type        = number
  nullable    = false
  default     = 30

  validation {
    condition     = var.deletion_window_days >= 7 && var.deletion_window_days <= 30 && floor(var.deletion_window_days) == var.deletion_window_days
    error_message = "KMS waits a whole number of days, from 7 to 30, before it deletes a key."
  }
}

variable "message_sources" {
  description = "AWS services that hand messages to queues and topics encrypted with this key, as service principals: `sns.amazonaws.com` for a topic that feeds a queue, `cloudwatch.amazonaws.com` for an alarm that feeds a topic. They hold no role of this account, so the key itself has to admit them."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = alltrue([for source in var.message_sources : can(regex("^[a-z0-9.-]+[.]amazonaws[.]com$", source))])
    error_message = "A message source is a service principal, such as \"sns.amazonaws.com\"."
  }

  validation {
    condition     = length(distinct(var.message_sources)) == length(var.message_sources)
    error_message = "Name each message source once."
  }
}

variable "name" {
  description = "Name of the key. It becomes the alias `alias/<name>`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9/_-]{1,250}$", var.name)) && !startswith(var.name, "aws/") && !startswith(var.name, "alias/")
    error_message = "name is \"${var.name}\", but must be 1 to 250 letters, digits, slashes, underscores and hyphens, without \"alias/\", and must not begin with \"aws/\", which is reserved for keys of AWS."
  }
}

variable "deletion_window_days" {
  description = "Days between the deletion of the key and the moment everything it encrypted is lost. Until then the deletion can be cancelled."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.deletion_window_days >= 7 && var.deletion_window_days <= 30 && floor(var.deletion_window_days) == var.deletion_window_days
    error_message = "deletion_window_days is ${var.deletion_window_days}, but KMS accepts an integer from 7 to 30."
  }
}

variable "log_groups" {
  description = "Names of the log groups of this account and region that CloudWatch Logs may encrypt with the key: `*` stands for any characters, `?` for one. Logs of a group that is no longer named here can be neither written nor read, so keep names until their groups are gone."
  type        = list(string)
  default     = []
  nullable    = false

  # What CloudWatch Logs takes for a name, and the wildcards.
  validation {
    condition     = alltrue([for name in var.log_groups : can(regex("^[A-Za-z0-9_./#*?-]{1,512}$", name))])
    error_message = "log_groups must hold names, not ARNs: at most 512 letters, digits and the characters _ . / # -, with * and ? as wildcards."
  }

  validation {
    condition     = length(distinct(var.log_groups)) == length(var.log_groups)
    error_message = "log_groups must name each log group once."
  }
}

variable "topics" {
  description = "Names of the SNS topics of this account and region that feed queues encrypted with the key: `*` stands for any characters, `?` for one. SNS holds no role of this account, so the key itself has to admit it; without it no message reaches an encrypted queue, nor its dead letters."
  type        = list(string)
  default     = []
  nullable    = false

  # What SNS takes for a name, the ending of a FIFO topic, and the wildcards.
  validation {
    condition     = alltrue([for name in var.topics : can(regex("^[A-Za-z0-9_*?-]{1,256}([.]fifo)?$", name))])
    error_message = "topics must hold names, not ARNs: at most 256 letters, digits, hyphens and underscores, and .fifo at the end, with * and ? as wildcards."
  }

  validation {
    condition     = length(distinct(var.topics)) == length(var.topics)
    error_message = "topics must name each topic once."
  }
}

variable "name" {
  description = "Name of the repository, such as `shop-production` or `shop/production`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*$", var.name)) && length(var.name) >= 2 && length(var.name) <= 256
    error_message = "A repository's name has 2 to 256 lower-case letters and digits, separated by single periods, underscores, hyphens or slashes."
  }
}

variable "key_arn" {
  description = "ARN of the KMS key that encrypts the images. Changing it replaces the repository."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", var.key_arn))
    error_message = "key_arn is the ARN of a KMS key, such as arn:aws:kms:eu-west-1:123456789012:key/..., not an alias."
  }
}

variable "keep_images" {
  description = "How many tagged images are kept; the oldest go first. Keep more than you may want to roll back to: an image a service still runs is not exempt."
  type        = number
  nullable    = false
  default     = 50

  validation {
    condition     = var.keep_images >= 1 && var.keep_images <= 10000 && floor(var.keep_images) == var.keep_images
    error_message = "keep_images is a whole number from 1 to 10000."
  }
}

variable "push_role_arns" {
  description = "ARNs of the IAM roles that may push images, `*` and `?` match as in IAM. When set, everybody else is denied, whatever their own policies say. Empty: the policies of each role decide."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = alltrue([for arn in var.push_role_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/.+$", arn))])
    error_message = "push_role_arns holds ARNs of IAM roles, such as arn:aws:iam::123456789012:role/deploy, not of assumed-role sessions."
  }
}

variable "pull_role_arns" {
  description = "ARNs of the IAM roles that may pull images besides those that push, `*` and `?` match as in IAM. When set, everybody else is denied, whatever their own policies say. Empty: the policies of each role decide."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = alltrue([for arn in var.pull_role_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/.+$", arn))])
    error_message = "pull_role_arns holds ARNs of IAM roles, such as arn:aws:iam::123456789012:role/shop-production-*, not of assumed-role sessions."
  }
}

variable "force_delete" {
  description = "Whether destroying the repository also deletes the images in it. Otherwise a repository that holds images cannot be destroyed."
  type        = bool
  nullable    = false
  default     = false
}

variable "name" {
  description = "Name of the repository, such as `shop-production` or `shop/production`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*$", var.name)) && length(var.name) >= 2 && length(var.name) <= 256
    error_message = "name is \"${var.name}\", but must be 2 to 256 lower-case letters and digits, separated by single periods, underscores, hyphens or slashes."
  }
}

variable "key_arn" {
  description = "ARN of the KMS key that encrypts the images. Changing it replaces the repository."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", var.key_arn))
    error_message = "key_arn must be the ARN of a KMS key, arn:<partition>:kms:<region>:<account>:key/<id>; an alias will not do."
  }
}

variable "keep_images" {
  description = "How many images with a tag are kept of each prefix, at least; the oldest go first, by when they were first pushed. 0 keeps all. An image that runs is not exempt: keep what runs, what is being deployed and what you may want to roll back to."
  type        = number
  default     = 50
  nullable    = false

  # The image that runs, the one that replaces it, and the one before, to go back to.
  validation {
    condition     = var.keep_images == 0 || var.keep_images >= 3 && var.keep_images <= 10000 && floor(var.keep_images) == var.keep_images
    error_message = "keep_images is ${var.keep_images}, but must be an integer from 3 to 10000, or 0 to keep every image: fewer than 3 would let the image that runs, or the one to go back to, expire."
  }
}

variable "tag_prefixes" {
  description = "What tags begin with, where several images share the repository: `orders-` for `orders-4f2c1d`. keep_images holds for each by itself, so that no image expires because others are pushed more often. A whole tag keeps that image."
  type        = list(string)
  default     = []
  nullable    = false

  # A policy has at most 50 rules: one is for images without a tag, one for all other tags.
  validation {
    condition     = length(var.tag_prefixes) <= 48 && length(distinct(var.tag_prefixes)) == length(var.tag_prefixes)
    error_message = "tag_prefixes must hold at most 48 prefixes, each once: a lifecycle policy has at most 50 rules."
  }

  validation {
    condition     = alltrue([for prefix in var.tag_prefixes : can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]{0,126}$", prefix))])
    error_message = "tag_prefixes must hold beginnings of tags: 1 to 127 letters, digits and _.- characters, the first neither a period nor a hyphen."
  }
}

variable "push_role_arns" {
  description = "ARNs of the IAM roles that may push images, `*` and `?` match as in IAM. When set, everybody else but service-linked roles of AWS is denied, whatever their own policies say. Empty: the policies of each role decide."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.push_role_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/.+$", arn))])
    error_message = "push_role_arns must hold ARNs of IAM roles, like arn:aws:iam::123456789012:role/deploy, not of assumed-role sessions."
  }
}

variable "pull_role_arns" {
  description = "ARNs of the IAM roles that may pull images besides those that push, `*` and `?` match as in IAM. When set, everybody else but service-linked roles of AWS is denied the layers, and with push_role_arns the manifests, whatever their own policies say. The account may be `*` where only the name is known: roles of other accounts have no right here. Empty: the policies of each role decide."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.pull_role_arns : can(regex("^arn:[a-z-]+:iam::([0-9]{12}|[*]):role/.+$", arn))])
    error_message = "pull_role_arns must hold ARNs of IAM roles, like arn:aws:iam::123456789012:role/shop-production-*, not of assumed-role sessions."
  }
}

variable "force_delete" {
  description = "Whether destroying the repository also deletes the images in it. Otherwise a repository that holds images cannot be destroyed."
  type        = bool
  default     = false
  nullable    = false
}

variable "name" {
  description = "Identifier of the cluster; its instances are called <name>-1, <name>-2 and so on."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.name) <= 60 && can(regex("^[a-z]([a-z0-9]|-[a-z0-9])*$", var.name))
    error_message = "name must begin with a lower-case letter and hold at most 60 lower-case letters, digits and single hyphens, the last not a hyphen."
  }
}

variable "vpc_id" {
  description = "VPC to live in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^vpc-[0-9a-f]+$", var.vpc_id))
    error_message = "vpc_id must be a VPC id, like vpc-0a1b2c3d4e5f67890."
  }
}

variable "subnet_ids" {
  description = "Subnets to live in: the storage subnets, in two availability zones or more."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "subnet_ids has ${length(var.subnet_ids)} subnets, but RDS wants at least 2, in different availability zones."
  }

  validation {
    condition     = alltrue([for id in var.subnet_ids : can(regex("^subnet-[0-9a-f]+$", id))])
    error_message = "subnet_ids must hold subnet ids, like subnet-0a1b2c3d4e5f67890."
  }
}

variable "key_arn" {
  description = "ARN of the KMS key that encrypts the storage, backups, master password, Performance Insights and the log."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.key_arn))
    error_message = "key_arn must be the ARN of a KMS key, arn:<partition>:kms:<region>:<account>:key/<id>; an alias will not do."
  }
}

variable "engine_version" {
  description = "Major version of PostgreSQL, whose minor version AWS chooses and keeps current, or a version in full, which stays as it is. A higher number here upgrades the cluster. Aurora gains a major version some months after RDS for PostgreSQL."
  type        = string
  default     = "17"
  nullable    = false

  validation {
    condition     = can(regex("^(1[5-9]|[2-9][0-9])(\\.[0-9]+)?$", var.engine_version))
    error_message = "engine_version is \"${var.engine_version}\", but must be a version of PostgreSQL, 15 or later: \"17\", or in full \"17.4\"."
  }
}

variable "min_capacity" {
  description = "Capacity each instance falls back to when idle, in Aurora capacity units of about 2 GiB of memory. 0 lets an instance without connections pause; its first client then waits about 15 seconds, after a pause of more than a day 30 and more."
  type        = number
  nullable    = false

  validation {
    condition     = var.min_capacity >= 0 && var.min_capacity <= 256 && floor(var.min_capacity * 2) == var.min_capacity * 2
    error_message = "min_capacity is ${var.min_capacity}, but must lie between 0 and 256 in steps of 0.5."
  }
}

variable "max_capacity" {
  description = "Capacity each instance may grow to, in Aurora capacity units."
  type        = number
  nullable    = false

  validation {
    condition     = var.max_capacity >= 1 && var.max_capacity <= 256 && floor(var.max_capacity * 2) == var.max_capacity * 2
    error_message = "max_capacity is ${var.max_capacity}, but must lie between 1 and 256 in steps of 0.5."
  }

  validation {
    condition     = var.max_capacity >= var.min_capacity
    error_message = "max_capacity is ${var.max_capacity}, below min_capacity, which is ${var.min_capacity}."
  }
}

variable "instances" {
  description = "Number of instances: one writer, the others readers that take over when it fails, in zones that Aurora chooses among those of the subnets."
  type        = number
  nullable    = false

  validation {
    condition     = var.instances >= 1 && var.instances <= 16 && floor(var.instances) == var.instances
    error_message = "instances is ${var.instances}, but must be an integer from 1 to 16: a writer and up to 15 readers."
  }
}

variable "backup_retention_days" {
  description = "Days that automated daily backups are kept."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.backup_retention_days >= 1 && var.backup_retention_days <= 35 && floor(var.backup_retention_days) == var.backup_retention_days
    error_message = "backup_retention_days is ${var.backup_retention_days}, but must be an integer from 1 to 35: Aurora cannot do without backups."
  }
}

variable "log_retention_days" {
  description = "Days that CloudWatch keeps the logs. One of the values CloudWatch accepts."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}, but CloudWatch accepts only 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "iam_path" {
  description = "IAM path of the roles made here."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = length(var.iam_path) <= 512 && can(regex("^/([!-.0-~]+/)*$", var.iam_path))
    error_message = "iam_path must begin and end with a slash, without spaces, at most 512 characters: / or /teams/shop/."
  }
}

variable "permissions_boundary_arn" {
  description = "ARN of the IAM policy that bounds the roles made here; empty for none."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.permissions_boundary_arn == "" || can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of an IAM policy, arn:<partition>:iam::<account>:policy/<name>, or empty."
  }
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the database until this is switched off."
  type        = bool
  default     = true
  nullable    = false
}

variable "final_snapshot" {
  description = "Whether deleting the database leaves a last snapshot and the automated backups behind."
  type        = bool
  default     = true
  nullable    = false
}

variable "name" {
  description = "Identifier of the database server."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.name) <= 63 && can(regex("^[a-z]([a-z0-9]|-[a-z0-9])*$", var.name))
    error_message = "name must begin with a lower-case letter and hold at most 63 lower-case letters, digits and single hyphens, the last not a hyphen."
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
  description = "ARN of the KMS key that encrypts the storage, backups, master password, Performance Insights and logs."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.key_arn))
    error_message = "key_arn must be the ARN of a KMS key, arn:<partition>:kms:<region>:<account>:key/<id>; an alias will not do."
  }
}

variable "engine_version" {
  description = "Major version of PostgreSQL, whose minor version AWS chooses and keeps current, or a version in full, which stays as it is. A higher number here upgrades the server."
  type        = string
  default     = "18"
  nullable    = false

  # Older versions have reached or are near the end of their support.
  validation {
    condition     = can(regex("^(1[5-9]|[2-9][0-9])(\\.[0-9]+)?$", var.engine_version))
    error_message = "engine_version is \"${var.engine_version}\", but must be a version of PostgreSQL, 15 or later: \"18\", or in full \"18.1\"."
  }
}

variable "instance_class" {
  description = "Size of the server, an RDS instance class."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^db\\.[a-z0-9-]+\\.[a-z0-9.-]+$", var.instance_class)) && var.instance_class != "db.serverless"
    error_message = "instance_class is \"${var.instance_class}\", but must be an RDS instance class like db.m5.large; for db.serverless take the module database-cluster."
  }
}

variable "storage_gb" {
  description = "Storage to begin with, in GiB."
  type        = number
  nullable    = false

  validation {
    condition     = var.storage_gb >= 20 && var.storage_gb <= 65536 && floor(var.storage_gb) == var.storage_gb
    error_message = "storage_gb is ${var.storage_gb}, but must be an integer from 20 to 65536."
  }
}

variable "max_storage_gb" {
  description = "Size in GiB up to which storage grows by itself. RDS asks for at least a tenth more than storage_gb."
  type        = number
  nullable    = false

  validation {
    condition     = var.max_storage_gb >= ceil(var.storage_gb * 1.1) && var.max_storage_gb <= 65536 && floor(var.max_storage_gb) == var.max_storage_gb
    error_message = "max_storage_gb is ${var.max_storage_gb}, but must be an integer from ${ceil(var.storage_gb * 1.1)}, a tenth above storage_gb, to 65536."
  }
}

variable "backup_retention_days" {
  description = "Days that automated daily backups are kept."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.backup_retention_days >= 1 && var.backup_retention_days <= 35 && floor(var.backup_retention_days) == var.backup_retention_days
    error_message = "backup_retention_days is ${var.backup_retention_days}, but must be an integer from 1 to 35; 0 would turn backups off."
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

variable "multi_az" {
  description = "Whether a standby in a second availability zone takes over when the first fails."
  type        = bool
  nullable    = false
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

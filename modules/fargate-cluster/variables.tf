variable "name" {
  description = "Name of the ECS cluster, and the stem of its log groups' names."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_-]{0,254}$", var.name))
    error_message = "name must begin with a letter and hold at most 255 letters, digits, hyphens and underscores."
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

variable "namespace" {
  description = "Private DNS name under which services find each other, like shop-production.internal. It answers inside the VPC only."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.namespace) <= 253 && can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.namespace))
    error_message = "namespace must be a lower-case DNS name of two labels or more, each at most 63 characters, 253 in all: shop-production.internal."
  }

  validation {
    condition     = !endswith(var.namespace, ".local")
    error_message = "namespace must not end in .local: multicast DNS owns that name, and resolvers in some images never ask the VPC for it."
  }
}

variable "key_arn" {
  description = "ARN of the KMS key that encrypts the sessions of ECS Exec and both log groups."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.key_arn))
    error_message = "key_arn must be the ARN of a KMS key, arn:<partition>:kms:<region>:<account>:key/<id>; an alias will not do."
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

variable "container_insights" {
  description = "Whether CloudWatch Container Insights collects metrics of the cluster, its services and its task definitions. A single task has none: those would be Container Insights with enhanced observability."
  type        = bool
  default     = true
  nullable    = false
}

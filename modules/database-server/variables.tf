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
    error_message = "subnet_ids has ${length(var.subnet_ids)} subnets, but must have at least 2, in different availability zones."
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

variable "parameters" {
  description = "Settings of PostgreSQL by name, beside those the module makes; log_min_duration_statement and log_statement replace the module's own. Those that PostgreSQL reads only when it starts need `apply_method = \"pending-reboot\"`, and wait for the next start of the server."
  type = map(object({
    value        = string
    apply_method = optional(string, "immediate")
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name, parameter in var.parameters : can(regex("^[a-z][a-z0-9_.]*$", name)) && parameter.value != ""])
    error_message = "parameters must name settings in lower case, like work_mem or auto_explain.log_min_duration, each with a value."
  }

  validation {
    condition     = alltrue([for parameter in values(var.parameters) : contains(["immediate", "pending-reboot"], parameter.apply_method)])
    error_message = "parameters: apply_method must be immediate or pending-reboot."
  }

  validation {
    condition     = !contains(keys(var.parameters), "rds.force_ssl")
    error_message = "parameters must not name rds.force_ssl: clients without TLS are always turned away."
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

variable "backup_window" {
  description = "Time of the daily backup, hh:mm-hh:mm in UTC and half an hour at least; empty for one that RDS chooses."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.backup_window == "" || can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$", var.backup_window))
    error_message = "backup_window is \"${var.backup_window}\", but must be two times in UTC, like 02:00-03:00, or empty."
  }

  # CreateDBInstance, PreferredBackupWindow.
  validation {
    condition     = try((60 * (tonumber(substr(var.backup_window, 6, 2)) - tonumber(substr(var.backup_window, 0, 2))) + tonumber(substr(var.backup_window, 9, 2)) - tonumber(substr(var.backup_window, 3, 2)) + 1440) % 1440 >= 30, true)
    error_message = "backup_window is \"${var.backup_window}\", but must be 30 minutes long at least."
  }
}

variable "maintenance_window" {
  description = "Time of the week in which RDS may patch the server, ddd:hh:mm-ddd:hh:mm in UTC and half an hour at least; empty for one that RDS chooses. Must not meet backup_window. What is applied does not wait for it."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.maintenance_window == "" || can(regex("^(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]$", var.maintenance_window))
    error_message = "maintenance_window is \"${var.maintenance_window}\", but must be two times of the week in UTC and lower case, like sun:03:00-sun:04:00, or empty."
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

variable "restore" {
  description = "Where the data of a new server comes from: a `snapshot`, by name or ARN, or `source`, a server by its identifier or the ARN of the automated backups that one left behind, as it was at `time`, like 2030-01-31T12:00:00Z, or as late as can be. Read only when the server is made: changes of one that is there do nothing."
  type = object({
    snapshot = optional(string, "")
    source   = optional(string, "")
    time     = optional(string, "")
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.restore.snapshot == "" || var.restore.source == ""
    error_message = "restore must name a snapshot or a source, not both."
  }

  validation {
    condition     = var.restore.time == "" || (var.restore.source != "" && can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", var.restore.time)) && can(timeadd(var.restore.time, "0s")))
    error_message = "restore.time is \"${var.restore.time}\", but must be a time in UTC, like 2030-01-31T12:00:00Z, to which source goes back."
  }

  # Names of automated snapshots begin with rds:.
  validation {
    condition     = var.restore.snapshot == "" || can(regex("^(arn:[a-z-]+:rds:[a-z0-9-]+:[0-9]{12}:snapshot:)?(rds:)?[A-Za-z][A-Za-z0-9-]{0,254}$", var.restore.snapshot))
    error_message = "restore.snapshot is \"${var.restore.snapshot}\", but must be the name or the ARN of a snapshot of a server."
  }

  validation {
    condition     = var.restore.source == "" || can(regex("^([A-Za-z][A-Za-z0-9-]{0,62}|arn:[a-z-]+:rds:[a-z0-9-]+:[0-9]{12}:auto-backup:.+)$", var.restore.source))
    error_message = "restore.source is \"${var.restore.source}\", but must be the identifier of a server, or the ARN of automated backups that were kept, arn:<partition>:rds:<region>:<account>:auto-backup:<id>."
  }

  validation {
    condition     = var.restore.source != var.name
    error_message = "restore.source is \"${var.restore.source}\", but must be another server than this one: RDS restores beside what is there."
  }
}

variable "cpu_alarm_percent" {
  description = "Use of the processors, in percent, above which for a quarter of an hour an alarm goes off."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.cpu_alarm_percent > 0 && var.cpu_alarm_percent <= 100
    error_message = "cpu_alarm_percent is ${var.cpu_alarm_percent}, but must be above 0 and at most 100."
  }
}

variable "free_storage_alarm_percent" {
  description = "Free storage, in percent of storage_gb, below which an alarm goes off. Storage grows when less than a tenth is free: the alarm tells that it does so no longer."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.free_storage_alarm_percent > 0 && var.free_storage_alarm_percent <= 100
    error_message = "free_storage_alarm_percent is ${var.free_storage_alarm_percent}, but must be above 0 and at most 100."
  }
}

variable "connections_alarm" {
  description = "Connections above which an alarm goes off; 0 for no such alarm. How many there can be follows from the size of the server, which AWS alone knows."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.connections_alarm >= 0 && floor(var.connections_alarm) == var.connections_alarm
    error_message = "connections_alarm is ${var.connections_alarm}, but must be an integer from 0 on."
  }
}

variable "alarm_topic_arns" {
  description = "ARNs of the SNS topics that are told when an alarm of the server goes off and when it is over. Empty: no alarms are made."
  type        = list(string)
  default     = []
  nullable    = false

  # CloudWatch takes five actions for a change of state.
  validation {
    condition     = length(var.alarm_topic_arns) <= 5 && alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$", arn))])
    error_message = "alarm_topic_arns must hold at most 5 ARNs of standard SNS topics: CloudWatch cannot publish to a FIFO topic."
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

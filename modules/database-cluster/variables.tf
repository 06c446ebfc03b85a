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
    error_message = "subnet_ids has ${length(var.subnet_ids)} subnets, but must have at least 2, in different availability zones."
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

variable "parameters" {
  description = "Settings of PostgreSQL by name, beside those the module makes; log_min_duration_statement and log_statement replace the module's own. Those that PostgreSQL reads only when it starts need `apply_method = \"pending-reboot\"`, and wait for the next start of the cluster."
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
    error_message = "max_capacity is ${var.max_capacity}, but must not be below min_capacity, which is ${var.min_capacity}."
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

variable "backup_window" {
  description = "Time of the daily backup, hh:mm-hh:mm in UTC and half an hour at least; empty for one that RDS chooses."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.backup_window == "" || can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$", var.backup_window))
    error_message = "backup_window is \"${var.backup_window}\", but must be two times in UTC, like 02:00-03:00, or empty."
  }

  # CreateDBCluster, PreferredBackupWindow.
  validation {
    condition     = try((60 * (tonumber(substr(var.backup_window, 6, 2)) - tonumber(substr(var.backup_window, 0, 2))) + tonumber(substr(var.backup_window, 9, 2)) - tonumber(substr(var.backup_window, 3, 2)) + 1440) % 1440 >= 30, true)
    error_message = "backup_window is \"${var.backup_window}\", but must be 30 minutes long at least."
  }
}

variable "maintenance_window" {
  description = "Time of the week in which RDS may patch the cluster, ddd:hh:mm-ddd:hh:mm in UTC and half an hour at least; empty for one that RDS chooses. Must not meet backup_window. What is applied does not wait for it."
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
  description = "Where the data of a new cluster comes from: a `snapshot`, by name or ARN, or `source`, a cluster by its identifier or the resource id of one that is gone, as it was at `time`, like 2030-01-31T12:00:00Z, or as late as can be. Read only when the cluster is made: changes of one that is there do nothing."
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
    condition     = var.restore.snapshot == "" || can(regex("^(arn:[a-z-]+:rds:[a-z0-9-]+:[0-9]{12}:cluster-snapshot:)?(rds:)?[A-Za-z][A-Za-z0-9-]{0,254}$", var.restore.snapshot))
    error_message = "restore.snapshot is \"${var.restore.snapshot}\", but must be the name or the ARN of a snapshot of a cluster."
  }

  validation {
    condition     = var.restore.source == "" || can(regex("^[A-Za-z][A-Za-z0-9-]{0,62}$", var.restore.source))
    error_message = "restore.source is \"${var.restore.source}\", but must be the identifier of a cluster, or the resource id of one that is gone, like cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ."
  }

  validation {
    condition     = var.restore.source != var.name
    error_message = "restore.source is \"${var.restore.source}\", but must be another cluster than this one: Aurora restores beside what is there."
  }
}

variable "cpu_alarm_percent" {
  description = "Use of an instance's processors, in percent of those of max_capacity, above which for a quarter of an hour an alarm goes off."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.cpu_alarm_percent > 0 && var.cpu_alarm_percent <= 100
    error_message = "cpu_alarm_percent is ${var.cpu_alarm_percent}, but must be above 0 and at most 100."
  }
}

variable "capacity_alarm_percent" {
  description = "Capacity of an instance, in percent of max_capacity, above which for a quarter of an hour an alarm goes off: it cannot grow much further."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.capacity_alarm_percent > 0 && var.capacity_alarm_percent <= 100
    error_message = "capacity_alarm_percent is ${var.capacity_alarm_percent}, but must be above 0 and at most 100."
  }
}

variable "connections_alarm" {
  description = "Connections above which an alarm goes off; 0 for no such alarm. How many there can be follows from the max_capacity, which AWS alone knows."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.connections_alarm >= 0 && floor(var.connections_alarm) == var.connections_alarm
    error_message = "connections_alarm is ${var.connections_alarm}, but must be an integer from 0 on."
  }
}

variable "alarm_topic_arns" {
  description = "ARNs of the SNS topics that are told when an alarm of the cluster goes off and when it is over. Empty: no alarms are made."
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

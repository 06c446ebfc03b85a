variable "name" {
  description = "Name of the function, of the group of schedules and of the first schedule, and the stem of the names of roles, queue and alarm."
  type        = string
  nullable    = false

  # IAM gives a role 64 characters, and "-schedule" takes nine.
  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9-]{0,54}$", var.name))
    error_message = "name must begin with a letter and hold at most 55 letters, digits and hyphens; IAM role names are made from it."
  }
}

variable "network" {
  description = "Network to call from, of the outputs of the module network: the VPC and its compute subnets, without public addresses, which reach Secrets Manager by a NAT gateway or an interface endpoint where requests are signed."
  type = object({
    vpc_id             = string
    compute_subnet_ids = list(string)
  })
  nullable = false

  validation {
    condition     = can(regex("^vpc-[0-9a-f]+$", var.network.vpc_id))
    error_message = "network.vpc_id must be a VPC id, like vpc-0a1b2c3d4e5f67890."
  }

  validation {
    condition     = length(var.network.compute_subnet_ids) >= 1 && length(var.network.compute_subnet_ids) <= 16
    error_message = "network.compute_subnet_ids has ${length(var.network.compute_subnet_ids)} subnets, but must have 1 to 16: Lambda takes no more."
  }

  validation {
    condition     = alltrue([for id in var.network.compute_subnet_ids : can(regex("^subnet-[0-9a-f]+$", id))])
    error_message = "network.compute_subnet_ids must hold subnet ids, like subnet-0a1b2c3d4e5f67890."
  }
}

variable "key_arn" {
  description = "ARN of the KMS key that encrypts the log group, the dead letters, the function's settings and the secret that signature.secret_arn names."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.key_arn))
    error_message = "key_arn must be the ARN of a KMS key, arn:<partition>:kms:<region>:<account>:key/<id>; an alias will not do."
  }
}

variable "url" {
  description = "Base URL of the process inside the VPC, with its port and without a path, such as http://orders.shop-production.internal:8080."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^https?://[A-Za-z0-9.-]+(:[0-9]+)?$", var.url))
    error_message = "url is \"${var.url}\", but must be http:// or https://, a host, and a port unless it is 80 or 443; the path has its own variable."
  }
}

variable "path" {
  description = "Path of the endpoint as it stands in a URL, such as /orders.Cleanup. A cron job's endpoint has no parameters: neither a query nor path parameters."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*$", var.path)) && !can(regex("/[:*!]", var.path))
    error_message = "path is \"${var.path}\", but must begin with a slash and be spelled as in a URL, without query, fragment and parameters."
  }
}

variable "method" {
  description = "HTTP method the endpoint takes."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"], var.method)
    error_message = "method is \"${var.method}\", but must be one of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT."
  }
}

variable "connection" {
  description = "Security group and port of the process that is called. Both security groups get their rule here."
  type = object({
    security_group_id = string
    port              = number
  })
  nullable = false

  validation {
    condition     = can(regex("^sg-[0-9a-f]+$", var.connection.security_group_id))
    error_message = "connection.security_group_id must be a security group id, like sg-0a1b2c3d4e5f67890."
  }

  validation {
    condition     = var.connection.port >= 1 && var.connection.port <= 65535 && floor(var.connection.port) == var.connection.port
    error_message = "connection.port is ${var.connection.port}, but must be an integer from 1 to 65535."
  }
}

variable "schedule_expressions" {
  description = "When the job runs, in UTC, as EventBridge Scheduler spells it: cron(<minute> <hour> <day of month> <month> <day of week> <year>) or rate(<number> <unit>). Several when one cannot say it; no two for the same minute, which would run the job twice."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.schedule_expressions) >= 1 && length(var.schedule_expressions) <= 60
    error_message = "schedule_expressions has ${length(var.schedule_expressions)} expressions, but must have 1 to 60."
  }

  validation {
    condition     = length(distinct(var.schedule_expressions)) == length(var.schedule_expressions)
    error_message = "schedule_expressions must hold each expression once: the job would run twice."
  }

  validation {
    condition = alltrue([
      for expression in var.schedule_expressions :
      can(regex("^rate[(]([1-9][0-9]* (minutes|hours|days)|1 (minute|hour|day))[)]$", expression)) || can(regex("^cron[(][0-9*,/-]+ [0-9*,/-]+ [0-9*,/?LW-]+ [0-9A-Z*,/-]+ [0-9A-Z*,/?L#-]+ [0-9*,/-]+[)]$", expression))
    ])
    error_message = "schedule_expressions has \"${join("\", \"", var.schedule_expressions)}\", but each must be cron() with six fields or rate() with an integer and minutes, hours or days."
  }

  validation {
    condition = alltrue([
      for expression in var.schedule_expressions :
      !startswith(expression, "cron") || length([for field in try([split(" ", expression)[2], split(" ", expression)[4]], []) : field if field == "?"]) == 1
    ])
    error_message = "schedule_expressions has \"${join("\", \"", var.schedule_expressions)}\", but each cron() must have exactly one \"?\", as day of month or as day of week: EventBridge Scheduler refuses none and two."
  }
}

variable "timeout_seconds" {
  description = "Seconds the endpoint may take to answer. When it takes longer the run has failed and is not repeated, since the endpoint may still be at work."
  type        = number
  default     = 300
  nullable    = false

  # Lambda's 15 minutes hold the repetitions too, so the longer an answer may take, the less time is left for them.
  validation {
    condition     = var.timeout_seconds >= 10 && var.timeout_seconds <= 900 && floor(var.timeout_seconds) == var.timeout_seconds
    error_message = "timeout_seconds is ${var.timeout_seconds}, but must be an integer from 10 to 900, the most Lambda accepts."
  }
}

variable "retry_attempts" {
  description = "How often a run that failed is repeated, with the same execution id: after one minute, then after two more, as far as it fits into 15 minutes from the first call. A run without an answer is not repeated."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = contains([0, 1, 2], var.retry_attempts)
    error_message = "retry_attempts is ${var.retry_attempts}, but must be 0, 1 or 2: Lambda has no time for more."
  }
}

variable "retry_window_seconds" {
  description = "Seconds for which a run that cannot begin, because Lambda or the run before is busy, is held ready. After that it is a dead letter."
  type        = number
  default     = 3600
  nullable    = false

  validation {
    condition     = var.retry_window_seconds >= 60 && var.retry_window_seconds <= 21600 && floor(var.retry_window_seconds) == var.retry_window_seconds
    error_message = "retry_window_seconds is ${var.retry_window_seconds}, but Lambda accepts an integer from 60 to 21600, which is 6 hours."
  }
}

variable "signature" {
  description = "How a request proves that it comes from the schedule. type is none, for an application that verifies nothing; go, what Encore's Go runtime verifies of its platform; or typescript, what Encore's TypeScript runtime verifies of calls between services. secret_arn is the secret whose value is the key of the infra config's section auth, and key_id the number it has there. app_id and env_name are the infra config's metadata, for typescript alone."
  type = object({
    type       = optional(string, "none")
    secret_arn = optional(string, "")
    key_id     = optional(number, 1)
    app_id     = optional(string, "")
    env_name   = optional(string, "")
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["go", "typescript", "none"], var.signature.type)
    error_message = "signature.type is \"${var.signature.type}\", but must be go, typescript or none."
  }

  validation {
    condition     = var.signature.secret_arn == "" || can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+$", var.signature.secret_arn))
    error_message = "signature.secret_arn must be the ARN of a Secrets Manager secret, or empty."
  }

  validation {
    condition     = (var.signature.secret_arn == "") == (var.signature.type == "none")
    error_message = "signature.secret_arn must be set with the types go and typescript, and empty with none: without a key nothing can be signed, and without a signature no key is read."
  }

  validation {
    condition     = var.signature.key_id >= 1 && var.signature.key_id <= 4294967295 && floor(var.signature.key_id) == var.signature.key_id
    error_message = "signature.key_id is ${var.signature.key_id}, but must be an integer from 1 to 4294967295: Encore keeps it as an unsigned number of 32 bits, and 0 stands for no key."
  }

  # A slash ends a field of the credential, a quote the credential.
  validation {
    condition     = can(regex("^[A-Za-z0-9._-]*$", var.signature.app_id)) && (var.signature.app_id != "" || var.signature.type != "typescript")
    error_message = "signature.app_id must be letters, digits, dots, hyphens and underscores, and must be set with the type typescript."
  }

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]*$", var.signature.env_name)) && (var.signature.env_name != "" || var.signature.type != "typescript")
    error_message = "signature.env_name must be letters, digits, dots, hyphens and underscores, and must be set with the type typescript."
  }
}

variable "log_retention_days" {
  description = "Days that CloudWatch keeps the log of the runs. One of the values CloudWatch accepts."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}, but CloudWatch accepts only 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "alarm_topic_arns" {
  description = "ARNs of the SNS topics that are told when runs fail for good or are lost, and when none are any more. Empty: the alarms are seen in CloudWatch only."
  type        = list(string)
  default     = []
  nullable    = false

  # CloudWatch takes five actions for a change of state.
  validation {
    condition     = length(var.alarm_topic_arns) <= 5 && alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$", arn))])
    error_message = "alarm_topic_arns must hold at most 5 ARNs of standard SNS topics: CloudWatch cannot publish to a FIFO topic."
  }
}

variable "iam" {
  description = "IAM path of the roles made here, and ARN of the policy that bounds them; empty for none."
  type = object({
    path                     = optional(string, "/")
    permissions_boundary_arn = optional(string, "")
  })
  default  = {}
  nullable = false

  validation {
    condition     = length(var.iam.path) <= 512 && can(regex("^/([!-.0-~]+/)*$", var.iam.path))
    error_message = "iam.path must begin and end with a slash, without spaces, at most 512 characters: / or /teams/shop/."
  }

  validation {
    condition     = var.iam.permissions_boundary_arn == "" || can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.iam.permissions_boundary_arn))
    error_message = "iam.permissions_boundary_arn must be the ARN of an IAM policy, arn:<partition>:iam::<account>:policy/<name>, or empty."
  }
}

variable "enabled" {
  description = "Whether the schedule runs. Switched off, everything stays in place and nothing is called."
  type        = bool
  default     = true
  nullable    = false
}

variable "overlapping_runs" {
  description = "Whether a run may begin while the one before is still going on. Otherwise the function has a reserved concurrency of 1, which an account must have to spare: Lambda wants 100 unreserved to remain."
  type        = bool
  default     = false
  nullable    = false
}

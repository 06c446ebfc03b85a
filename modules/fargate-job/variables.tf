variable "name" {
  description = "Name of the task definition and its log group, and the stem of the names of roles, queue, rule and alarms."
  type        = string
  nullable    = false

  # IAM gives a role 64 characters, and "-execution" takes ten.
  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9-]{0,53}$", var.name))
    error_message = "name must begin with a letter and hold at most 54 letters, digits and hyphens; IAM role names are made from it."
  }
}

variable "cluster" {
  description = "Cluster to run in, of the outputs of the module fargate-cluster."
  type = object({
    cluster_arn  = string
    cluster_name = string
  })
  nullable = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:ecs:[a-z0-9-]+:[0-9]{12}:cluster/.+$", var.cluster.cluster_arn))
    error_message = "cluster.cluster_arn must be the ARN of an ECS cluster."
  }
}

variable "network" {
  description = "Network to run in, of the outputs of the module network: the VPC and its compute subnets, without public addresses."
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
    error_message = "network.compute_subnet_ids has ${length(var.network.compute_subnet_ids)} subnets, but must have 1 to 16: ECS takes no more."
  }

  validation {
    condition     = alltrue([for id in var.network.compute_subnet_ids : can(regex("^subnet-[0-9a-f]+$", id))])
    error_message = "network.compute_subnet_ids must hold subnet ids, like subnet-0a1b2c3d4e5f67890."
  }
}

variable "key_arn" {
  description = "ARN of the KMS key that encrypts the secrets and the log group."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.key_arn))
    error_message = "key_arn must be the ARN of a KMS key, arn:<partition>:kms:<region>:<account>:key/<id>; an alias will not do."
  }
}

variable "image" {
  description = "Container image, with a tag or a digest."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][A-Za-z0-9./_:-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|@sha256:[0-9a-f]{64})$", var.image))
    error_message = "image is \"${var.image}\", but must name a tag or a digest: <registry>/<repository>:<tag>."
  }

  validation {
    condition     = !endswith(var.image, ":latest")
    error_message = "image must not be tagged latest: a tag that moves makes two tasks of one deployment differ, and leaves nothing to roll back to."
  }
}

variable "registry" {
  description = "What the image is pulled by. repository_arn is the ECR repository it is in, as the module registry puts it out. credentials_arn is the secret with the name and password for a private registry outside AWS, as JSON: {\"username\": ..., \"password\": ...}; ECS reads it, the container does not. Empty for an image that anybody may pull, for which the execution role needs no right."
  type = object({
    repository_arn  = optional(string, "")
    credentials_arn = optional(string, "")
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.registry.repository_arn == "" || can(regex("^arn:[a-z-]+:ecr:[a-z0-9-]+:[0-9]{12}:repository/.+$", var.registry.repository_arn))
    error_message = "registry.repository_arn must be the ARN of an ECR repository, or empty."
  }

  validation {
    condition     = var.registry.credentials_arn == "" || can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[^:*?]+$", var.registry.credentials_arn))
    error_message = "registry.credentials_arn must be the ARN of a secret in Secrets Manager, without a key behind it, or empty."
  }

  validation {
    condition     = var.registry.credentials_arn == "" || var.registry.repository_arn == ""
    error_message = "registry.credentials_arn is of no use with registry.repository_arn: it is for a registry outside AWS, and ECR asks the execution role."
  }
}

variable "command" {
  description = "Command and arguments to run instead of the image's CMD, behind its ENTRYPOINT where it has one; empty for the image's own."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "task" {
  description = "Size of a task: its CPU in units of which 1024 make a virtual CPU, and its memory in MiB, whose values depend on cpu; and the processor architecture the image is built for, X86_64 or ARM64."
  type = object({
    cpu          = number
    memory       = number
    architecture = optional(string, "X86_64")
  })
  nullable = false

  validation {
    condition     = contains([256, 512, 1024, 2048, 4096, 8192, 16384], var.task.cpu)
    error_message = "task.cpu is ${var.task.cpu}, but must be one that Fargate offers: 256, 512, 1024, 2048, 4096, 8192 or 16384."
  }

  # An unknown cpu passes here: it has its own message.
  validation {
    condition = contains(lookup({
      256   = [512, 1024, 2048]
      512   = range(1024, 4096 + 1, 1024)
      1024  = range(2048, 8192 + 1, 1024)
      2048  = range(4096, 16384 + 1, 1024)
      4096  = range(8192, 30720 + 1, 1024)
      8192  = range(16384, 61440 + 1, 4096)
      16384 = range(32768, 122880 + 1, 8192)
    }, tostring(var.task.cpu), [var.task.memory]), var.task.memory)
    error_message = "task.memory is ${var.task.memory}, but must be one that Fargate offers with a cpu of ${var.task.cpu}: for 256: 512, 1024, 2048; for 512: 1024 to 4096; for 1024: 2048 to 8192; for 2048: 4096 to 16384; for 4096: 8192 to 30720, all in steps of 1024; for 8192: 16384 to 61440 in steps of 4096; for 16384: 32768 to 122880 in steps of 8192."
  }

  validation {
    condition     = contains(["X86_64", "ARM64"], var.task.architecture)
    error_message = "task.architecture is \"${var.task.architecture}\", but must be X86_64 or ARM64."
  }
}

variable "stop_timeout_seconds" {
  description = "Seconds between the signal to stop and the kill, for a run that is stopped by hand or taken away with its Spot capacity."
  type        = number
  default     = 45
  nullable    = false

  validation {
    condition     = var.stop_timeout_seconds >= 2 && var.stop_timeout_seconds <= 115 && floor(var.stop_timeout_seconds) == var.stop_timeout_seconds
    error_message = "stop_timeout_seconds is ${var.stop_timeout_seconds}, but must be an integer from 2 to 115: an interrupted Spot task has two minutes."
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

variable "alarm_topic_arns" {
  description = "ARNs of the SNS topics that are told when a run fails or a failure is lost, and when that is over. Empty: the alarms are seen in CloudWatch only."
  type        = list(string)
  default     = []
  nullable    = false

  # CloudWatch takes five actions for a change of state.
  validation {
    condition     = length(var.alarm_topic_arns) <= 5 && alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$", arn))])
    error_message = "alarm_topic_arns must hold at most 5 ARNs of standard SNS topics: CloudWatch cannot publish to a FIFO topic."
  }
}

variable "security" {
  description = "What the container may do. It has no capability of the kernel but those of keep_capabilities, which are out of the ones that containers usually have. user is whom it runs as, like 1000 or 1000:1000; empty for the image's own. With read_only_root it can write to writable_paths alone, which are empty volumes when the task starts."
  type = object({
    user              = optional(string, "")
    read_only_root    = optional(bool, false)
    writable_paths    = optional(list(string), ["/tmp"])
    keep_capabilities = optional(list(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.security.user == "" || can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$", var.security.user))
    error_message = "security.user is \"${var.security.user}\", but must be a user, or user:group, each a name of the image or a number."
  }

  validation {
    condition     = alltrue([for path in var.security.writable_paths : can(regex("^(/[A-Za-z0-9_.-]+)+$", path)) && !contains(split("/", path), "..")])
    error_message = "security.writable_paths must hold absolute paths of letters, digits and _.- characters, such as /tmp, and not / itself."
  }

  validation {
    condition     = length(distinct(var.security.writable_paths)) == length(var.security.writable_paths) && length(var.security.writable_paths) <= 10
    error_message = "security.writable_paths must hold at most 10 paths, each once."
  }

  validation {
    condition = alltrue([for capability in var.security.keep_capabilities : contains([
      "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    ], capability)])
    error_message = "security.keep_capabilities must hold capabilities that a container has without being given any: AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, NET_BIND_SERVICE, NET_RAW, SETFCAP, SETGID, SETPCAP, SETUID or SYS_CHROOT."
  }
}

variable "firewall" {
  description = "What the tasks may reach beside connections: outbound_ports are TCP ports on which they may reach any address, through NAT or interface endpoints; security_group_ids are further security groups beside the one made here, and what their rules allow, in either direction, is allowed as well."
  type = object({
    outbound_ports     = optional(list(number), [443])
    security_group_ids = optional(list(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for port in var.firewall.outbound_ports : port >= 1 && port <= 65535 && floor(port) == port])
    error_message = "firewall.outbound_ports must hold integers from 1 to 65535."
  }

  validation {
    condition     = length(distinct(var.firewall.outbound_ports)) == length(var.firewall.outbound_ports)
    error_message = "firewall.outbound_ports must name each port once."
  }

  # ecs AwsVpcConfiguration: five groups, and one is made here.
  validation {
    condition     = length(var.firewall.security_group_ids) <= 4 && length(distinct(var.firewall.security_group_ids)) == length(var.firewall.security_group_ids)
    error_message = "firewall.security_group_ids has ${length(var.firewall.security_group_ids)} groups, but must have at most 4 different ones: ECS takes 5, and one is made here."
  }

  validation {
    condition     = alltrue([for id in var.firewall.security_group_ids : can(regex("^sg-[0-9a-f]+$", id))])
    error_message = "firewall.security_group_ids must hold security group ids, like sg-0a1b2c3d4e5f67890."
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

variable "helper_image" {
  description = "Image with a shell and chmod, for the container that prepares the volumes of security.read_only_root, by its digest: a tag may come to mean another image. The default is busybox 1.37.0, for every architecture. Where the subnets have no way to the internet, put a copy into a private ECR repository of the region; the tasks may pull from it."
  type        = string
  default     = "public.ecr.aws/docker/library/busybox@sha256:9532d8c39891ca2ecde4d30d7710e01fb739c87a8b9299685c63704296b16028"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][A-Za-z0-9./_:-]*@sha256:[0-9a-f]{64}$", var.helper_image))
    error_message = "helper_image is \"${var.helper_image}\", but must name a digest, <registry>/<repository>@sha256:<64 digits>: it runs as root in every task, and a tag can be moved to another image."
  }
}

variable "environment" {
  description = "Environment variables of the container, name to value. Never put a secret's value in here."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.environment) : can(regex("^[A-Za-z_][A-Za-z0-9_]*$", name))])
    error_message = "environment must have names of letters, digits and underscores, the first no digit."
  }
}

variable "secrets" {
  description = "Secrets that the container gets as environment variables, name to ARN in Secrets Manager. The ARN may be followed by a key of the secret's JSON, as ECS spells it: <arn>:password:: names the key password."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.secrets) : can(regex("^[A-Za-z_][A-Za-z0-9_]*$", name))])
    error_message = "secrets must have names of letters, digits and underscores, the first no digit."
  }

  validation {
    condition     = alltrue([for arn in values(var.secrets) : can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[^:*?]+(:[^:]*:[^:]*:[^:]*)?$", arn))])
    error_message = "secrets must hold ARNs of secrets in Secrets Manager, without wildcards: arn:<partition>:secretsmanager:<region>:<account>:secret:<name>."
  }

  validation {
    condition     = length(setintersection(keys(var.secrets), keys(var.environment))) == 0
    error_message = "secrets must not share a name with environment: ECS refuses a variable that is set twice."
  }
}

variable "permissions" {
  description = "What the container may do in AWS, one statement per entry, of the task role's policy. The name becomes the statement's id, without punctuation."
  type = map(object({
    actions   = list(string)
    resources = list(string)
    conditions = optional(list(object({
      test     = string
      variable = string
      values   = list(string)
    })), [])
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for statement in values(var.permissions) : length(statement.actions) > 0 && length(statement.resources) > 0])
    error_message = "permissions must have actions and resources in each statement."
  }

  validation {
    condition     = alltrue(flatten([for statement in values(var.permissions) : [for action in statement.actions : can(regex("^[a-z0-9-]+:[A-Za-z0-9]+$", action))]]))
    error_message = "permissions must name each action in full, like sqs:ReceiveMessage, without a wildcard."
  }

  # The actions below know no resource; a condition takes its place.
  validation {
    condition = alltrue([
      for statement in values(var.permissions) :
      !contains(statement.resources, "*") || (
        length(setsubtract(statement.actions, ["cloudwatch:PutMetricData"])) == 0 && length(statement.conditions) > 0
      )
    ])
    error_message = "permissions must name the ARN of each resource; * is for cloudwatch:PutMetricData alone, with a condition."
  }

  validation {
    condition     = length(distinct([for name in keys(var.permissions) : replace(title(replace(name, "/[^A-Za-z0-9]/", " ")), " ", "")])) == length(var.permissions)
    error_message = "permissions must have names that differ in more than punctuation and the case of a word's first letter."
  }
}

variable "connections" {
  description = "What the tasks may connect to inside the VPC: the security group and port of each database, cache or service. Both security groups get their rule here."
  type = map(object({
    security_group_id = string
    port              = number
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for connection in values(var.connections) : can(regex("^sg-[0-9a-f]+$", connection.security_group_id))])
    error_message = "connections must hold security group ids, like sg-0a1b2c3d4e5f67890."
  }

  validation {
    condition     = alltrue([for connection in values(var.connections) : connection.port >= 1 && connection.port <= 65535 && floor(connection.port) == connection.port])
    error_message = "connections must hold ports that are integers from 1 to 65535."
  }
}

variable "schedules" {
  description = "When runs begin by themselves, by name: expressions as EventBridge Scheduler spells them, cron(<minute> <hour> <day of month> <month> <day of week> <year>) or rate(<number> <unit>), no two of a schedule for the same minute; the time zone they are in; and whether the schedule is switched on."
  type = map(object({
    expressions = list(string)
    time_zone   = optional(string, "UTC")
    enabled     = optional(bool, true)
  }))
  default  = {}
  nullable = false

  # scheduler CreateSchedule takes 64 characters, and "-60" follows.
  validation {
    condition     = alltrue([for name in keys(var.schedules) : can(regex("^[A-Za-z0-9_.-]{1,60}$", name))])
    error_message = "schedules must have names of at most 60 letters, digits and _.- characters."
  }

  validation {
    condition     = alltrue([for schedule in values(var.schedules) : length(schedule.expressions) >= 1 && length(schedule.expressions) <= 60 && length(distinct(schedule.expressions)) == length(schedule.expressions)])
    error_message = "schedules must have 1 to 60 different expressions each."
  }

  validation {
    condition = alltrue(flatten([
      for schedule in values(var.schedules) : [
        for expression in schedule.expressions :
        can(regex("^rate[(]([1-9][0-9]* (minutes|hours|days)|1 (minute|hour|day))[)]$", expression)) || can(regex("^cron[(][0-9*,/-]+ [0-9*,/-]+ [0-9*,/?LW-]+ [0-9A-Z*,/-]+ [0-9A-Z*,/?L#-]+ [0-9*,/-]+[)]$", expression))
      ]
    ]))
    error_message = "schedules must have expressions that are cron() with six fields or rate() with an integer and minutes, hours or days."
  }

  validation {
    condition = alltrue(flatten([
      for schedule in values(var.schedules) : [
        for expression in schedule.expressions :
        !startswith(expression, "cron") || length([for field in try([split(" ", expression)[2], split(" ", expression)[4]], []) : field if field == "?"]) == 1
      ]
    ]))
    error_message = "schedules must have exactly one \"?\" in each cron(), as day of month or as day of week: EventBridge Scheduler refuses none and two."
  }

  validation {
    condition     = alltrue([for schedule in values(var.schedules) : can(regex("^(UTC|[A-Za-z]+(/[A-Za-z0-9_+-]+){1,2})$", schedule.time_zone))])
    error_message = "schedules must have time zones by their names, like Europe/Berlin."
  }
}

variable "spot" {
  description = "Whether runs take place on Fargate Spot. A run that is interrupted counts as failed."
  type        = bool
  default     = false
  nullable    = false
}

variable "name" {
  description = "Name of the service, its task definition and its log group, and the stem of its roles' names."
  type        = string
  nullable    = false

  # IAM gives a role 64 characters, and "-execution" takes ten.
  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9-]{0,53}$", var.name))
    error_message = "name must begin with a letter and hold at most 54 letters, digits and hyphens; IAM role names are made from it."
  }
}

variable "cluster" {
  description = "Cluster to run in: the outputs of the module fargate-cluster. Where exec_log_group_name is empty, sessions of ECS Exec are recorded in /groundplan/<cluster_name>/exec."
  type = object({
    cluster_arn  = string
    cluster_name = string
    namespace_id = string
    namespace    = string

    exec_log_group_name = optional(string, "")
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
  description = "Container image of the application, with a tag or a digest. What it speaks on its port, it speaks without TLS."
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

  validation {
    condition     = lower(replace(replace(var.image, "/@.*$/", ""), "/:[^:/]*$/", "")) == replace(replace(var.image, "/@.*$/", ""), "/:[^:/]*$/", "")
    error_message = "image is \"${var.image}\", but must have a repository without upper-case letters: no registry has another."
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

variable "scale" {
  description = "How many tasks run at least and at most, and the average use of CPU and memory, in percent, that the number of tasks is steered towards. spot_percent of the tasks above the first on_demand run on Fargate Spot. queues are SQS queues whose length adds tasks, with how many messages may wait in each for each running task; with a FIFO queue more tasks than message groups find nothing to do."
  type = object({
    min            = number
    max            = number
    cpu_percent    = optional(number, 60)
    memory_percent = optional(number, 75)
    spot_percent   = optional(number, 0)
    on_demand      = optional(number, 0)
    queues = optional(map(object({
      queue_arn         = string
      messages_per_task = number
    })), {})
  })
  nullable = false

  # No task at all is no service: nothing could wake it up.
  validation {
    condition     = var.scale.min >= 1 && var.scale.max >= var.scale.min && floor(var.scale.min) == var.scale.min && floor(var.scale.max) == var.scale.max
    error_message = "scale has min ${var.scale.min} and max ${var.scale.max}, but both must be integers, min 1 or more, max not below min."
  }

  validation {
    condition     = alltrue([for percent in [var.scale.cpu_percent, var.scale.memory_percent] : percent >= 10 && percent <= 95])
    error_message = "scale: cpu_percent and memory_percent must lie between 10 and 95."
  }

  validation {
    condition     = var.scale.spot_percent >= 0 && var.scale.spot_percent <= 100 && floor(var.scale.spot_percent) == var.scale.spot_percent
    error_message = "scale.spot_percent is ${var.scale.spot_percent}, but must be an integer from 0 to 100."
  }

  # ecs CapacityProviderStrategyItem: base is at most 100000, and a provider that has weight 0 places no task.
  validation {
    condition     = var.scale.on_demand >= 0 && var.scale.on_demand <= 100000 && floor(var.scale.on_demand) == var.scale.on_demand && (var.scale.spot_percent < 100 || var.scale.on_demand == 0)
    error_message = "scale.on_demand is ${var.scale.on_demand}, but must be an integer from 0 to 100000, and 0 with a spot_percent of 100."
  }

  validation {
    condition     = alltrue([for queue in values(var.scale.queues) : can(regex("^arn:[a-z-]+:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,80}([.]fifo)?$", queue.queue_arn))])
    error_message = "scale.queues must hold ARNs of SQS queues."
  }

  validation {
    condition     = alltrue([for queue in values(var.scale.queues) : queue.messages_per_task >= 1])
    error_message = "scale.queues must have messages_per_task of 1 or more."
  }

  # Application Auto Scaling: 50 policies for a scalable target, two of which are those of CPU and memory.
  validation {
    condition     = length(var.scale.queues) <= 48 && !anytrue([for name in keys(var.scale.queues) : contains(["cpu", "memory"], name)])
    error_message = "scale.queues has ${length(var.scale.queues)} entries, but must have at most 48, none called cpu or memory."
  }
}

variable "listen" {
  description = "Where the application is called: the port it listens on, told by the variable PORT, or 0 for a worker, which listens on none and which nobody calls; what it speaks there, HTTP1, HTTP2 (without TLS, by prior knowledge) or GRPC, of which a load balancer sends the latter two from HTTPS listeners alone; and the name other services find it by, under the cluster's namespace, empty when none calls it."
  type = object({
    port           = optional(number, 8080)
    protocol       = optional(string, "HTTP1")
    discovery_name = optional(string, "")
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.listen.port >= 0 && var.listen.port <= 65535 && floor(var.listen.port) == var.listen.port
    error_message = "listen.port is ${var.listen.port}, but must be an integer from 1 to 65535, or 0 for none."
  }

  validation {
    condition     = contains(["HTTP1", "HTTP2", "GRPC"], var.listen.protocol)
    error_message = "listen.protocol is \"${var.listen.protocol}\", but must be HTTP1, HTTP2 or GRPC."
  }

  validation {
    condition     = var.listen.discovery_name == "" || can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.listen.discovery_name))
    error_message = "listen.discovery_name is \"${var.listen.discovery_name}\", but must be a DNS label: at most 63 lower-case letters, digits and hyphens, neither first nor last a hyphen."
  }

  validation {
    condition     = var.listen.discovery_name == "" || var.listen.port != 0
    error_message = "listen.discovery_name must be empty with the port 0: there is nothing to call."
  }
}

variable "health" {
  description = "How the health of a task is known. path answers 200 to a GET while the application is well, asked by the probe and by load balancers; empty when nothing is to be asked. With GRPC it is a method that answers OK, which load balancers alone ask, or /AWS.ALB/healthcheck, which no server implements and every server answers. command ends with 0 while the application is well, and runs in its container every ten seconds in place of the probe's request. For grace_seconds after a task has started, failed checks do not count."
  type = object({
    path          = optional(string, "/")
    command       = optional(list(string), [])
    grace_seconds = optional(number, 60)
  })
  default  = {}
  nullable = false

  # The path stands in a shell command.
  validation {
    condition     = var.health.path == "" || can(regex("^/[A-Za-z0-9/_.~-]*$", var.health.path))
    error_message = "health.path is \"${var.health.path}\", but must begin with a slash and hold only letters, digits and /_.~- characters, or be empty."
  }

  validation {
    condition     = var.health.path != "" || length(var.routes) == 0
    error_message = "health.path must not be empty with routes: a load balancer sends requests to no task that it cannot ask."
  }

  # A command of the shell would need CMD-SHELL, and an image with a shell: write it out, as in ["sh", "-c", "..."].
  validation {
    condition     = alltrue([for word in var.health.command : length(word) > 0])
    error_message = "health.command must have no empty word."
  }

  # ECS gives the start period of a container's check at most 300 seconds.
  validation {
    condition     = var.health.grace_seconds >= 0 && var.health.grace_seconds <= 300 && floor(var.health.grace_seconds) == var.health.grace_seconds
    error_message = "health.grace_seconds is ${var.health.grace_seconds}, but must be an integer from 0 to 300."
  }
}

variable "shutdown" {
  description = "How a task ends. For drain_seconds it goes on serving, so that callers learn that it is gone before the application gets its signal: the records of Cloud Map live 10 seconds, and take a few to change; 0 sends the signal at once. Then it has stop_timeout_seconds until it is killed, which must exceed the application's own graceful shutdown. Both together take at most 115 seconds."
  type = object({
    drain_seconds        = optional(number, 20)
    stop_timeout_seconds = optional(number, 45)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.shutdown.drain_seconds >= 0 && var.shutdown.drain_seconds <= 105 && floor(var.shutdown.drain_seconds) == var.shutdown.drain_seconds
    error_message = "shutdown.drain_seconds is ${var.shutdown.drain_seconds}, but must be an integer from 0 to 105."
  }

  validation {
    condition     = var.shutdown.stop_timeout_seconds >= 2 && var.shutdown.stop_timeout_seconds <= 120 && floor(var.shutdown.stop_timeout_seconds) == var.shutdown.stop_timeout_seconds
    error_message = "shutdown.stop_timeout_seconds is ${var.shutdown.stop_timeout_seconds}, but must be an integer from 2 to 120."
  }

  # Two minutes are what an interrupted Spot task has. Five seconds of them are for ECS.
  validation {
    condition     = var.shutdown.drain_seconds + var.shutdown.stop_timeout_seconds <= 115
    error_message = "shutdown has ${var.shutdown.drain_seconds + var.shutdown.stop_timeout_seconds} seconds in all, but drain_seconds and stop_timeout_seconds must be at most 115 together: an interrupted Spot task has two minutes, of which ECS needs some."
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

variable "security" {
  description = "What the application's container may do. It has no capability of the kernel but those of keep_capabilities, which are out of the ones that containers usually have. user is whom it runs as, like 1000 or 1000:1000; empty for the image's own. With read_only_root it can write to writable_paths alone, which are empty volumes when the task starts."
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
    condition     = alltrue([for path in var.security.writable_paths : can(regex("^(/[A-Za-z0-9_.-]+)+$", path)) && !contains(split("/", path), "..") && !startswith("${path}/", "/groundplan/")])
    error_message = "security.writable_paths must hold absolute paths of letters, digits and _.- characters, such as /tmp, neither / nor /groundplan."
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
  description = "Image with a shell, chmod, wget and, for the protocols HTTP2 and GRPC, nc, for the containers that write the infra config and ask for health, by its digest: a tag may come to mean another image. The default is busybox 1.37.0, for every architecture. Where the subnets have no way to the internet, put a copy into a private ECR repository of the region; the tasks may pull from it."
  type        = string
  default     = "public.ecr.aws/docker/library/busybox@sha256:9532d8c39891ca2ecde4d30d7710e01fb739c87a8b9299685c63704296b16028"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][A-Za-z0-9./_:-]*@sha256:[0-9a-f]{64}$", var.helper_image))
    error_message = "helper_image is \"${var.helper_image}\", but must name a digest, <registry>/<repository>@sha256:<64 digits>: it runs as root in every task, and a tag can be moved to another image."
  }
}

variable "sidecars" {
  description = "Further containers of each task, such as a collector of traces. They start before the application and end after it, and are reached at localhost. An essential one takes the task with it when it ends. image must name a tag or a digest; memory is its limit in MiB out of the task's, 0 for none. environment and secrets are those of the module, for this container alone. It has no capability of the kernel but those of keep_capabilities."
  type = list(object({
    name              = string
    image             = string
    command           = optional(list(string), [])
    essential         = optional(bool, false)
    memory            = optional(number, 0)
    user              = optional(string, "")
    read_only_root    = optional(bool, false)
    keep_capabilities = optional(list(string), [])
    environment       = optional(map(string), {})
    secrets           = optional(map(string), {})
  }))
  default  = []
  nullable = false

  validation {
    condition     = alltrue([for sidecar in var.sidecars : can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$", sidecar.name)) && !contains(["app", "config", "probe"], sidecar.name)])
    error_message = "sidecars must have names of at most 64 letters, digits, hyphens and underscores, none of them app, config or probe."
  }

  # ecs RegisterTaskDefinition: ten containers, of which three are the module's.
  validation {
    condition     = length(distinct(var.sidecars[*].name)) == length(var.sidecars) && length(var.sidecars) <= 7
    error_message = "sidecars has ${length(var.sidecars)} containers, but must have at most 7, each with a name of its own: a task has at most ten, and three may be made here."
  }

  validation {
    condition     = alltrue([for sidecar in var.sidecars : can(regex("^[a-z0-9][A-Za-z0-9./_:-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|@sha256:[0-9a-f]{64})$", sidecar.image)) && !endswith(sidecar.image, ":latest")])
    error_message = "sidecars must have images that name a digest, or a tag other than latest."
  }

  validation {
    condition     = alltrue([for sidecar in var.sidecars : sidecar.memory == 0 || sidecar.memory >= 6 && sidecar.memory < var.task.memory && floor(sidecar.memory) == sidecar.memory])
    error_message = "sidecars must have a memory that is an integer from 6 to less than task.memory, or 0."
  }

  validation {
    condition     = alltrue([for sidecar in var.sidecars : sidecar.user == "" || can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$", sidecar.user))])
    error_message = "sidecars must have a user that is a user, or user:group, each a name of the image or a number."
  }

  validation {
    condition = alltrue(flatten([for sidecar in var.sidecars : [for capability in sidecar.keep_capabilities : contains([
      "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    ], capability)]]))
    error_message = "sidecars must have keep_capabilities that a container has without being given any: AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, NET_BIND_SERVICE, NET_RAW, SETFCAP, SETGID, SETPCAP, SETUID or SYS_CHROOT."
  }

  validation {
    condition     = alltrue(flatten([for sidecar in var.sidecars : [for name in concat(keys(sidecar.environment), keys(sidecar.secrets)) : can(regex("^[A-Za-z_][A-Za-z0-9_]*$", name))]]))
    error_message = "sidecars: variables and secrets must have names of letters, digits and underscores, the first no digit."
  }

  validation {
    condition     = alltrue(flatten([for sidecar in var.sidecars : [for arn in values(sidecar.secrets) : can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[^:*?]+(:[^:]*:[^:]*:[^:]*)?$", arn))]]))
    error_message = "sidecars must have secrets that are ARNs of secrets in Secrets Manager, without wildcards: arn:<partition>:secretsmanager:<region>:<account>:secret:<name>."
  }

  validation {
    condition     = alltrue([for sidecar in var.sidecars : length(setintersection(keys(sidecar.secrets), keys(sidecar.environment))) == 0])
    error_message = "sidecars must not have a secret and a variable of one name: ECS refuses a variable that is set twice."
  }
}

variable "infra_config" {
  description = "Infra config of the Encore runtime, as JSON; tasks find it as a file that ENCORE_INFRA_CONFIG_PATH names. Empty for an application that is not an Encore application. Never put a secret's value in here."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.infra_config == "" || can(keys(jsondecode(var.infra_config)))
    error_message = "infra_config must be a JSON object as a string; write jsonencode({ ... })."
  }
}

variable "environment" {
  description = "Environment variables of the application, name to value. Never put a secret's value in here."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.environment) : can(regex("^[A-Za-z_][A-Za-z0-9_]*$", name))])
    error_message = "environment must have names of letters, digits and underscores, the first no digit."
  }

  validation {
    condition     = length(setintersection(keys(var.environment), ["ENCORE_INFRA_CONFIG_PATH", "ENCORE_K8S_GRACE_TERMINATION_SECONDS", "PORT"])) == 0
    error_message = "environment must not set ENCORE_INFRA_CONFIG_PATH or PORT, which the module sets, nor ENCORE_K8S_GRACE_TERMINATION_SECONDS: shutdown.drain_seconds does what that is for."
  }
}

variable "secrets" {
  description = "Secrets that the application gets as environment variables, name to ARN in Secrets Manager. The ARN may be followed by a key of the secret's JSON, as ECS spells it: <arn>:password:: names the key password."
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
    condition     = length(setintersection(keys(var.secrets), concat(keys(var.environment), ["ENCORE_INFRA_CONFIG_PATH", "ENCORE_K8S_GRACE_TERMINATION_SECONDS", "PORT"]))) == 0
    error_message = "secrets must not share a name with environment, nor set ENCORE_INFRA_CONFIG_PATH or PORT, for ECS refuses a variable that is set twice, nor ENCORE_K8S_GRACE_TERMINATION_SECONDS: shutdown.drain_seconds does what that is for."
  }

  # Encore's Go runtime takes every ENCORE_ variable out of its environment at the start, before the infra config is read.
  validation {
    condition     = var.infra_config == "" || !anytrue([for name in keys(var.secrets) : startswith(name, "ENCORE_")])
    error_message = "secrets must not have a name that begins with ENCORE_: the runtime removes such variables before an infra config can refer to them."
  }
}

variable "permissions" {
  description = "What the application may do in AWS, one statement per entry, of the task role's policy. The name becomes the statement's id, without punctuation."
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

variable "routes" {
  description = "Listeners of load balancers that send requests here: the listener, the load balancer's security group, the rule's priority, and the host names and paths it is for, none meaning every one. A path may hold * and ?. With sticky_seconds a client that keeps cookies comes back to the same task for so long. Empty for a process that no load balancer sends requests to."
  type = map(object({
    listener_arn      = string
    security_group_id = string
    priority          = number
    hosts             = list(string)
    paths             = optional(list(string), [])
    sticky_seconds    = optional(number, 0)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = length(var.routes) <= 5
    error_message = "routes has ${length(var.routes)} entries, but must have at most 5: an ECS service serves no more target groups."
  }

  validation {
    condition     = length(var.routes) == 0 || var.listen.port != 0
    error_message = "routes must be empty with the port 0: there is nothing to send requests to."
  }

  # elasticloadbalancing TargetGroupAttribute: stickiness.lb_cookie.duration_seconds, one week at most. Clients of gRPC keep no cookies.
  validation {
    condition     = alltrue([for route in values(var.routes) : route.sticky_seconds >= 0 && route.sticky_seconds <= 604800 && floor(route.sticky_seconds) == route.sticky_seconds && (route.sticky_seconds == 0 || var.listen.protocol != "GRPC")])
    error_message = "routes must have sticky_seconds that are integers from 0 to 604800, and 0 with GRPC, whose clients keep no cookies."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : can(regex("^sg-[0-9a-f]+$", route.security_group_id)) && can(regex("^arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:listener/app/.+$", route.listener_arn))])
    error_message = "routes must hold ARNs of listeners of application load balancers, and security group ids."
  }

  # The rules of the module load-balancer hide the runtime's own routes and redirect names, and must stay the first.
  validation {
    condition     = alltrue([for route in values(var.routes) : route.priority >= 4 && route.priority <= 50000 && floor(route.priority) == route.priority])
    error_message = "routes must have priorities from 4 to 50000: 1 to 3 are the load balancer's own rules."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : length(route.hosts) + length(route.paths) <= 5])
    error_message = "routes must have at most 5 hosts and paths each, together: a listener rule takes no more than 5 values."
  }

  validation {
    condition     = alltrue(flatten([for route in values(var.routes) : [for path in route.paths : can(regex("^/[A-Za-z0-9_.$/~\"'@:+&()*?,;=%-]{0,127}$", path))]]))
    error_message = "routes must have paths that begin with a slash and have at most 128 characters, such as /orders or /orders/*."
  }
}

variable "exec" {
  description = "Whether ECS Exec may open sessions in the tasks. The task role then gets the rights of the agent, and the sessions are encrypted by key_arn and recorded in the log group of the cluster. A session runs as root, in an image that has a shell. Tasks that run already know nothing of it: it is for those of the next deployment."
  type        = bool
  default     = false
  nullable    = false

  # "Using Amazon ECS Exec to access containers": the agent writes into the container's own file system.
  validation {
    condition     = !var.exec || !var.security.read_only_root
    error_message = "exec must be false with security.read_only_root: the agent of ECS Exec writes to the root file system of the container."
  }
}

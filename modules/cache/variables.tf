variable "name" {
  description = "Name of the replication group and its user group, and the stem of its users' names, unique in the account and region."
  type        = string
  nullable    = false

  # ElastiCache gives a user's id 40 characters, of which 20 are left to tell processes apart.
  validation {
    condition     = length(var.name) <= 20 && can(regex("^[a-z]([a-z0-9]|-[a-z0-9])*$", var.name))
    error_message = "name is \"${var.name}\", but must begin with a lower-case letter and hold at most 20 lower-case letters, digits and single hyphens, the last not a hyphen."
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
  description = "Subnets to live in: the storage subnets, in two availability zones or more with multi_az."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= (var.multi_az ? 2 : 1)
    error_message = "subnet_ids has ${length(var.subnet_ids)} subnets, but must have one, with multi_az two in different availability zones."
  }

  validation {
    condition     = alltrue([for id in var.subnet_ids : can(regex("^subnet-[0-9a-f]+$", id))])
    error_message = "subnet_ids must hold subnet ids, like subnet-0a1b2c3d4e5f67890."
  }
}

variable "key_arn" {
  description = "ARN of the KMS key that encrypts the cache, its snapshots, its logs and the users' passwords."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.key_arn))
    error_message = "key_arn must be the ARN of a KMS key, arn:<partition>:kms:<region>:<account>:key/<id>; an alias will not do."
  }
}

variable "users" {
  description = "Users of the cache, one per process, by the process's name, each with the keys it may use: patterns in which * stands for any characters, slashes included, and ? for any byte. A user gets in once it is activated: the README says how."
  type = map(object({
    keys = list(string)
  }))
  nullable = false

  validation {
    condition     = length(var.users) <= 99
    error_message = "users has ${length(var.users)} users, but must have at most 99: a user group of ElastiCache holds 100, of which the user default is one."
  }

  validation {
    condition     = alltrue([for process in keys(var.users) : can(regex("^[A-Za-z0-9._-]{1,128}$", process))])
    error_message = "users must be keyed by 1 to 128 letters, digits and ._- characters: names of secrets are made from them."
  }

  # A space would end the rule, and what follows would be another.
  validation {
    condition     = alltrue([for user in values(var.users) : length(user.keys) > 0 && alltrue([for pattern in user.keys : can(regex("^[!-~]+$", pattern))])])
    error_message = "users: each must have keys, patterns of printable ASCII characters without spaces."
  }
}

variable "secret_prefix" {
  description = "Prefix of the names of the secrets that hold the passwords: <prefix>/<process>. Empty for the cache's name."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([A-Za-z0-9_+=.@-]+(/[A-Za-z0-9_+=.@-]+)*)?$", var.secret_prefix)) && length(var.secret_prefix) <= 383
    error_message = "secret_prefix is \"${var.secret_prefix}\", but must be at most 383 letters, digits and /_+=.@- characters, with a slash neither first nor last."
  }
}

variable "node_type" {
  description = "Size of a node, an ElastiCache node type."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^cache\\.[a-z0-9-]+\\.[a-z0-9]+$", var.node_type))
    error_message = "node_type is \"${var.node_type}\", but must be an ElastiCache node type like cache.m6g.large."
  }

  # The families and sizes Application Auto Scaling works with.
  validation {
    condition     = !var.cluster_mode || can(regex("^cache\\.(r7g|r6g|r6gd|r5|m7g|m6g|m5|c7gn)\\.(large|xlarge|2xlarge)$", var.node_type))
    error_message = "node_type is \"${var.node_type}\", but must be a large, xlarge or 2xlarge node of r7g, r6g, r6gd, r5, m7g, m6g, m5 or c7gn with cluster_mode: replicas scale on these alone."
  }
}

variable "replicas" {
  description = "Copies of the primary that take over when it fails, 0 to 5; the least number of them where they scale."
  type        = number
  nullable    = false

  validation {
    condition     = var.replicas >= 0 && var.replicas <= 5 && floor(var.replicas) == var.replicas
    error_message = "replicas is ${var.replicas}, but must be an integer from 0 to 5."
  }

  validation {
    condition     = !var.multi_az || var.replicas >= 1
    error_message = "replicas is 0, but must be 1 at least with multi_az: there is nothing else that could take over."
  }
}

variable "max_replicas" {
  description = "Number of replicas up to which Application Auto Scaling adds them, with cluster_mode; 0 without."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.cluster_mode ? (var.max_replicas >= var.replicas && var.max_replicas <= 5 && floor(var.max_replicas) == var.max_replicas) : var.max_replicas == 0
    error_message = "max_replicas is ${var.max_replicas}, but must be an integer from ${var.replicas}, which is replicas, to 5 with cluster_mode, and 0 without: AWS scales no replicas of a cache whose cluster mode is disabled. There replicas is changed in place."
  }
}

variable "scale_cpu_percent" {
  description = "Average use of the replicas' engine CPU, in percent, that their number is steered towards, with cluster_mode."
  type        = number
  default     = 60
  nullable    = false

  # The bounds of ElastiCache's scaling policies.
  validation {
    condition     = var.scale_cpu_percent >= 35 && var.scale_cpu_percent <= 70
    error_message = "scale_cpu_percent is ${var.scale_cpu_percent}, but must be from 35 to 70: ElastiCache scales towards no other percentage."
  }
}

variable "commands" {
  description = "Commands that users may send, in lower case. The default is what the cache packages of Encore's Go and TypeScript runtimes send: their keyspaces' methods, a change together with its expiry, and by what connection pools see whether a connection is alive; nothing that looks at keys it does not name, or at the server."
  type        = list(string)
  default = [
    "append", "decrby", "del", "discard", "exec", "get", "getdel", "getrange", "incrby", "incrbyfloat",
    "lindex", "linsert", "llen", "lmove", "lpop", "lpush", "lrange", "lrem", "lset", "ltrim",
    "mget", "mset", "multi", "persist", "pexpireat", "ping", "rpop", "rpush",
    "sadd", "scard", "sdiff", "sdiffstore", "set", "setrange", "sinter", "sinterstore", "sismember", "smembers",
    "smove", "spop", "srandmember", "srem", "strlen", "sunion", "sunionstore",
  ]
  nullable = false

  # Categories would let in commands that nobody asked for, with the next version of the engine even more of them.
  validation {
    condition     = length(var.commands) > 0 && alltrue([for command in var.commands : can(regex("^[a-z]+([|][a-z-]+)?$", command))])
    error_message = "commands must name each command by itself, in lower case, like get or client|setinfo; a category like @all will not do."
  }

  validation {
    condition     = length(setintersection([for command in var.commands : split("|", command)[0]], ["acl", "config", "debug", "flushall", "flushdb", "keys", "module", "monitor", "replicaof", "shutdown", "slaveof"])) == 0
    error_message = "commands must not name acl, config, debug, flushall, flushdb, keys, module, monitor, replicaof, shutdown or slaveof: they reach beyond the keys of a user."
  }
}

variable "engine_version" {
  description = "Version of Valkey, major and minor. AWS chooses the patch; a higher number here upgrades the cache."
  type        = string
  default     = "8.0"
  nullable    = false

  validation {
    condition     = can(regex("^(7\\.2|[89]\\.[0-9]|[1-9][0-9]\\.[0-9])$", var.engine_version))
    error_message = "engine_version is \"${var.engine_version}\", but must be a version of Valkey, major and minor, 7.2 or later: \"8.0\"."
  }
}

variable "eviction_policy" {
  description = "What is dropped when the memory is full: maxmemory-policy, by the names of Valkey and Redis."
  type        = string
  default     = "allkeys-lru"
  nullable    = false

  validation {
    condition     = contains(["allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-lfu", "volatile-ttl", "volatile-random", "noeviction"], var.eviction_policy)
    error_message = "eviction_policy is \"${var.eviction_policy}\", but must be allkeys-lru, allkeys-lfu, allkeys-random, volatile-lru, volatile-lfu, volatile-ttl, volatile-random or noeviction."
  }
}

variable "snapshot_retention_days" {
  description = "Days that automatic daily snapshots are kept; 0 for none."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.snapshot_retention_days >= 0 && var.snapshot_retention_days <= 35 && floor(var.snapshot_retention_days) == var.snapshot_retention_days
    error_message = "snapshot_retention_days is ${var.snapshot_retention_days}, but must be an integer from 0 to 35."
  }
}

variable "log_retention_days" {
  description = "Days that CloudWatch keeps the slow log and the engine log. One of the values CloudWatch accepts."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}, but CloudWatch accepts only 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "evictions_alarm" {
  description = "Keys dropped by a node within five minutes, above which, twice in a quarter of an hour, an alarm goes off."
  type        = number
  default     = 10000
  nullable    = false

  validation {
    condition     = var.evictions_alarm >= 0
    error_message = "evictions_alarm is ${var.evictions_alarm}, but must be 0 or more."
  }
}

variable "password_rotation" {
  description = "Generation of the passwords. Raise it by one, and the next apply writes new ones; activate the users again and deploy afterwards."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.password_rotation >= 1 && floor(var.password_rotation) == var.password_rotation
    error_message = "password_rotation is ${var.password_rotation}, but must be an integer from 1 on."
  }
}

variable "recovery_window_days" {
  description = "Days during which a deleted secret can be restored: 7 to 30, or 0 to delete at once."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.recovery_window_days == 0 || (var.recovery_window_days >= 7 && var.recovery_window_days <= 30 && floor(var.recovery_window_days) == var.recovery_window_days)
    error_message = "recovery_window_days is ${var.recovery_window_days}, but Secrets Manager accepts 0 or an integer from 7 to 30."
  }
}

variable "alarm_topic_arns" {
  description = "SNS topics that are told when an alarm goes off and when it is over."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.alarm_topic_arns) <= 5 && alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", arn))])
    error_message = "alarm_topic_arns must hold at most 5 ARNs of SNS topics that are not FIFO, arn:<partition>:sns:<region>:<account>:<name>."
  }
}

variable "multi_az" {
  description = "Whether the replicas stand in other availability zones than the primary, so that one of them takes over when a zone fails."
  type        = bool
  nullable    = false
}

variable "cluster_mode" {
  description = "Whether the protocol of clusters is spoken. Only for clients that are cluster-aware: Encore's are not. Changing it makes a new, empty cache."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.cluster_mode || var.multi_az
    error_message = "cluster_mode must come with multi_az: ElastiCache wants automatic failover in a cluster, and the module wants replicas in other zones for it."
  }
}

variable "final_snapshot" {
  description = "Whether deleting the cache leaves a last snapshot behind."
  type        = bool
  default     = false
  nullable    = false
}

variable "name" {
  description = "Name of the bucket. Bucket names are shared by all accounts of AWS, so it has to tell yours apart from everybody's."
  type        = string
  nullable    = false

  # Periods are legal, and break TLS: the wildcard of S3's certificate covers one label alone.
  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "name is \"${var.name}\", but must have 3 to 63 lower-case letters, digits and hyphens, neither first nor last a hyphen."
  }

  validation {
    condition     = !anytrue([for prefix in ["xn--", "sthree-", "amzn-s3-demo-"] : startswith(var.name, prefix)]) && !anytrue([for suffix in ["-s3alias", "--ol-s3", "--x-s3", "--table-s3"] : endswith(var.name, suffix)])
    error_message = "name must not begin with xn--, sthree- or amzn-s3-demo-, nor end in -s3alias, --ol-s3, --x-s3 or --table-s3: S3 keeps these for itself."
  }
}

variable "key_arn" {
  description = "ARN of the KMS key that encrypts the objects; empty for S3's own keys, as a bucket that CloudFront reads needs."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.key_arn == "" || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.key_arn))
    error_message = "key_arn must be the ARN of a KMS key, arn:<partition>:kms:<region>:<account>:key/<id>, or empty; an alias will not do."
  }

  validation {
    condition     = var.key_arn == "" || length(var.distribution_arns) == 0
    error_message = "key_arn must be empty when distribution_arns names a distribution: anybody may read the objects then, and CloudFront could use the key only if its policy named the distribution."
  }
}

variable "key_prefix" {
  description = "Prefix of all keys that the application uses, with a slash at the end; empty for none. Distributions read nothing outside it."
  type        = string
  default     = ""
  nullable    = false

  # Letters that URLs and policies spell without escapes: the prefix stands in both.
  validation {
    condition     = var.key_prefix == "" || (length(var.key_prefix) <= 255 && can(regex("^([A-Za-z0-9._-]+/)+$", var.key_prefix)))
    error_message = "key_prefix is \"${var.key_prefix}\", but must be at most 255 letters, digits and ._-/ characters, end in a slash and not begin with one."
  }
}

variable "distribution_arns" {
  description = "ARNs of the CloudFront distributions that may read objects, by origin access control."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.distribution_arns : can(regex("^arn:[a-z-]+:cloudfront::[0-9]{12}:distribution/[A-Z0-9]+$", arn))])
    error_message = "distribution_arns must hold ARNs of distributions, arn:<partition>:cloudfront::<account>:distribution/<id>."
  }
}

variable "cors_origins" {
  description = "Origins of web pages that may upload and download by signed URLs, like https://shop.example.com; * for every origin."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.cors_origins : can(regex("^(\\*|https?://(\\*\\.)?[a-z0-9.-]+(:[0-9]{1,5})?)$", origin))])
    error_message = "cors_origins must hold origins in lower case, scheme and host without a path, like https://shop.example.com, https://*.example.com or http://localhost:3000, or * for every origin."
  }

  # S3 counts rules, of which these share one, and takes 64 KiB of them: so many origins always fit.
  validation {
    condition     = length(var.cors_origins) <= 100 && length(distinct(var.cors_origins)) == length(var.cors_origins)
    error_message = "cors_origins must name at most 100 origins, each once."
  }
}

variable "access_log_bucket" {
  description = "Name of the bucket that takes the log of accesses, under the prefix s3/<name>/; empty for no log. It is in the same region, and its policy has to admit logging.s3.amazonaws.com."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.access_log_bucket == "" || can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.access_log_bucket))
    error_message = "access_log_bucket must be the name of a bucket, or empty."
  }

  validation {
    condition     = var.access_log_bucket == "" || var.access_log_bucket != var.name
    error_message = "access_log_bucket must be another bucket: a log of its own logging never ends."
  }
}

variable "unfinished_upload_days" {
  description = "Days after which the parts of an upload that was never finished are deleted."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.unfinished_upload_days >= 1 && var.unfinished_upload_days <= 3650 && floor(var.unfinished_upload_days) == var.unfinished_upload_days
    error_message = "unfinished_upload_days is ${var.unfinished_upload_days}, but must be an integer from 1 to 3650."
  }
}

variable "noncurrent_days" {
  description = "Days that overwritten and deleted objects are kept, where versioned; 0 keeps them forever."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.noncurrent_days >= 0 && var.noncurrent_days <= 36500 && floor(var.noncurrent_days) == var.noncurrent_days
    error_message = "noncurrent_days is ${var.noncurrent_days}, but must be an integer from 0 to 36500."
  }
}

variable "lifecycle_rules" {
  description = "What happens to objects with time, by a name of the rule: below `prefix`, with a slash at its end or without one, they go to other storage classes and are deleted that many days after they were written; the noncurrent members count from the day a version was overwritten or deleted. 0: never."
  type = map(object({
    prefix                 = optional(string, "")
    expiration_days        = optional(number, 0)
    transitions            = optional(list(object({ days = number, storage_class = string })), [])
    noncurrent_days        = optional(number, 0)
    noncurrent_transitions = optional(list(object({ days = number, storage_class = string })), [])
  }))
  default  = {}
  nullable = false

  # S3 takes 1000 rules, of which the module makes one.
  validation {
    condition     = length(var.lifecycle_rules) <= 999 && alltrue([for name in keys(var.lifecycle_rules) : can(regex("^[A-Za-z0-9._-]{1,255}$", name)) && name != "leftovers"])
    error_message = "lifecycle_rules must be at most 999, named by 1 to 255 letters, digits and ._- characters; leftovers is the module's own."
  }

  validation {
    condition     = alltrue([for rule in values(var.lifecycle_rules) : rule.expiration_days > 0 || rule.noncurrent_days > 0 || length(rule.transitions) + length(rule.noncurrent_transitions) > 0])
    error_message = "lifecycle_rules must each do something: set expiration_days, noncurrent_days, transitions or noncurrent_transitions."
  }

  validation {
    condition     = alltrue(flatten([for rule in values(var.lifecycle_rules) : [for days in concat([rule.expiration_days, rule.noncurrent_days], concat(rule.transitions, rule.noncurrent_transitions)[*].days) : days >= 0 && floor(days) == days]]))
    error_message = "lifecycle_rules: days must be integers from 0 on."
  }

  validation {
    condition     = alltrue([for transition in flatten([for rule in values(var.lifecycle_rules) : concat(rule.transitions, rule.noncurrent_transitions)]) : contains(["STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"], transition.storage_class)])
    error_message = "lifecycle_rules: storage_class must be STANDARD_IA, ONEZONE_IA, INTELLIGENT_TIERING, GLACIER_IR, GLACIER or DEEP_ARCHIVE."
  }

  # "Transitioning objects using Amazon S3 Lifecycle".
  validation {
    condition     = alltrue([for transition in flatten([for rule in values(var.lifecycle_rules) : concat(rule.transitions, rule.noncurrent_transitions)]) : transition.days >= 30 || !contains(["STANDARD_IA", "ONEZONE_IA"], transition.storage_class)])
    error_message = "lifecycle_rules: objects must be 30 days old before they go to STANDARD_IA or ONEZONE_IA."
  }

  # "Expiring objects": what is deleted goes nowhere afterwards.
  validation {
    condition     = alltrue(flatten([for rule in values(var.lifecycle_rules) : concat([for transition in rule.transitions : rule.expiration_days == 0 || transition.days < rule.expiration_days], [for transition in rule.noncurrent_transitions : rule.noncurrent_days == 0 || transition.days < rule.noncurrent_days])]))
    error_message = "lifecycle_rules: objects must go to another storage class before they are deleted, transitions before expiration_days and noncurrent_transitions before noncurrent_days."
  }

  validation {
    condition     = alltrue([for transitions in flatten([for rule in values(var.lifecycle_rules) : [{ all = rule.transitions }, { all = rule.noncurrent_transitions }]]) : length(distinct(transitions.all[*].storage_class)) == length(transitions.all) && length(distinct(transitions.all[*].days)) == length(transitions.all)])
    error_message = "lifecycle_rules: transitions must go to each storage class once, and one a day."
  }
}

variable "notifications" {
  description = "Who is told of what happens to objects: queues, topics and functions by a name of the notification, each of `events` of keys with that `prefix` and `suffix`, and EventBridge of all events. The policies of queues and topics, and of the keys that encrypt them, must admit s3.amazonaws.com; functions get that right here."
  type = object({
    event_bridge = optional(bool, false)
    queues = optional(map(object({
      arn    = string
      events = optional(list(string), ["s3:ObjectCreated:*"])
      prefix = optional(string, "")
      suffix = optional(string, "")
    })), {})
    topics = optional(map(object({
      arn    = string
      events = optional(list(string), ["s3:ObjectCreated:*"])
      prefix = optional(string, "")
      suffix = optional(string, "")
    })), {})
    functions = optional(map(object({
      arn    = string
      events = optional(list(string), ["s3:ObjectCreated:*"])
      prefix = optional(string, "")
      suffix = optional(string, "")
    })), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for target in values(var.notifications.queues) : can(regex("^arn:[a-z-]+:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,80}$", target.arn))])
    error_message = "notifications.queues must be named by ARNs, arn:<partition>:sqs:<region>:<account>:<name>; S3 knows no FIFO queues."
  }

  validation {
    condition     = alltrue([for target in values(var.notifications.topics) : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$", target.arn))])
    error_message = "notifications.topics must be named by ARNs, arn:<partition>:sns:<region>:<account>:<name>; S3 knows no FIFO topics."
  }

  validation {
    condition     = alltrue([for target in values(var.notifications.functions) : can(regex("^arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]+(:[A-Za-z0-9_-]+)?$", target.arn))])
    error_message = "notifications.functions must be named by ARNs, arn:<partition>:lambda:<region>:<account>:function:<name>, with a version or an alias or without."
  }

  # Names become ids of the configuration and of statements of the functions' policies.
  validation {
    condition     = alltrue([for name in concat(keys(var.notifications.queues), keys(var.notifications.topics), keys(var.notifications.functions)) : can(regex("^[A-Za-z0-9_-]{1,64}$", name))])
    error_message = "notifications must be named by 1 to 64 letters, digits, hyphens and underscores."
  }

  validation {
    condition     = length(distinct(concat(keys(var.notifications.queues), keys(var.notifications.topics), keys(var.notifications.functions)))) == length(concat(keys(var.notifications.queues), keys(var.notifications.topics), keys(var.notifications.functions)))
    error_message = "notifications must have a name each, whether they go to queues, topics or functions."
  }

  validation {
    condition     = alltrue([for target in concat(values(var.notifications.queues), values(var.notifications.topics), values(var.notifications.functions)) : length(target.events) > 0 && alltrue([for event in target.events : can(regex("^s3:[A-Za-z]+(:([A-Za-z]+|[*]))?$", event))])])
    error_message = "notifications: events must name events of S3, like s3:ObjectCreated:* or s3:ObjectRemoved:Delete."
  }

  # "Configuring event notifications using object key name filtering": of one event of one object, S3 tells one target.
  validation {
    condition = !anytrue(flatten([
      for i, a in concat(values(var.notifications.queues), values(var.notifications.topics), values(var.notifications.functions)) : [
        for j, b in concat(values(var.notifications.queues), values(var.notifications.topics), values(var.notifications.functions)) : [
          for pair in setproduct(a.events, b.events) : pair[0] == pair[1] || endswith(pair[0], "*") && startswith(pair[1], trimsuffix(pair[0], "*")) || endswith(pair[1], "*") && startswith(pair[0], trimsuffix(pair[1], "*"))
        ] if i < j && (startswith(a.prefix, b.prefix) || startswith(b.prefix, a.prefix)) && (endswith(a.suffix, b.suffix) || endswith(b.suffix, a.suffix))
      ]
    ]))
    error_message = "notifications must not meet: S3 tells one target of one event of one object. Give them other events, prefixes or suffixes, or let a topic or EventBridge hand the events on."
  }
}

variable "versioned" {
  description = "Whether overwritten and deleted objects are kept as older versions."
  type        = bool
  default     = false
  nullable    = false
}

variable "force_destroy" {
  description = "Whether destroying the bucket deletes the objects in it. Otherwise a bucket that is not empty cannot be destroyed."
  type        = bool
  default     = false
  nullable    = false
}

variable "name" {
  description = "Name of the load balancer. Its access log bucket is `<name>-lb-logs-<account id>`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$", var.name)) && !startswith(var.name, "internal-")
    error_message = "name is \"${var.name}\", but must be 1 to 32 lower-case letters, digits and hyphens, a hyphen neither first nor last, and must not begin with \"internal-\", which AWS keeps for itself."
  }
}

variable "vpc_id" {
  description = "ID of the VPC."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^vpc-[0-9a-f]+$", var.vpc_id))
    error_message = "vpc_id must be a VPC id, like vpc-0a1b2c3d4e5f67890."
  }
}

variable "subnet_ids" {
  description = "IDs of the subnets, at least two, each in a zone of its own: public ones, unless the load balancer is internal. With the network module they are the public ones for an internal load balancer too: its compute tier admits callers from that tier alone."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "subnet_ids has ${length(var.subnet_ids)} subnets, but must have at least 2, in different availability zones."
  }
}

variable "domain" {
  description = "Domain name the application answers to, such as `api.shop.example.com`. Set: the load balancer speaks HTTPS, and faces the internet unless it is `internal`. Empty: it is internal to the VPC and speaks HTTP, for nothing without TLS faces the internet."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.domain == "" || (can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", var.domain)) && length(var.domain) <= 253)
    error_message = "domain must be a lower-case domain name such as \"api.shop.example.com\": no scheme, no port, no wildcard, no period at the end."
  }
}

variable "alternative_domains" {
  description = "Further domain names, on the same certificate. They are in the same hosted zone unless `hosted_zone_ids` says otherwise. A wildcard such as `*.shop.example.com` is allowed here."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.alternative_domains : can(regex("^([*][.])?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", name)) && length(name) <= 253])
    error_message = "alternative_domains must hold lower-case domain names, like admin.shop.example.com or *.shop.example.com."
  }

  validation {
    condition     = length(distinct(concat([var.domain], var.alternative_domains))) == length(var.alternative_domains) + 1
    error_message = "alternative_domains must name each domain once, and domain itself not again."
  }

  validation {
    condition     = length(var.alternative_domains) == 0 || var.domain != ""
    error_message = "alternative_domains is of no use without domain: set domain to the first of them."
  }

  validation {
    condition     = length(var.alternative_domains) <= 9
    error_message = "alternative_domains has ${length(var.alternative_domains)} names, but must have at most 9: an account begins with a quota of 10 names for a certificate of ACM, domain among them."
  }
}

variable "redirected_domains" {
  description = "Those of the alternative domains whose requests are sent on to `domain`, with path and query. The application answers under the others."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(distinct(var.redirected_domains)) == length(var.redirected_domains) && length(setsubtract(var.redirected_domains, var.alternative_domains)) == 0
    error_message = "redirected_domains must hold names out of alternative_domains, each once."
  }
}

variable "hosted_zone_id" {
  description = "ID of the public Route 53 zone that holds the domain: the certificate's validation records and the alias records are written there. Empty only without a domain, or with a certificate of your own when DNS is kept elsewhere."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.hosted_zone_id == "" || can(regex("^[A-Z0-9]{1,32}$", var.hosted_zone_id))
    error_message = "hosted_zone_id must be the ID of a Route 53 zone, like Z0123456789ABCDEFGHIJ, without \"/hostedzone/\"."
  }

  validation {
    condition     = var.domain == "" || var.hosted_zone_id != "" || var.certificate_arn != ""
    error_message = "hosted_zone_id must be set with domain, for the certificate is validated there, or certificate_arn, a certificate that exists."
  }

  validation {
    condition     = var.domain != "" || var.hosted_zone_id == ""
    error_message = "hosted_zone_id is of no use without domain: set domain too, or leave both out for an internal load balancer."
  }
}

variable "hosted_zone_ids" {
  description = "Public Route 53 zones of the alternative domains that are not in `hosted_zone_id`, by domain. Empty for a name that a certificate of your own covers and whose DNS is kept elsewhere. Must be known when planning."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for id in values(var.hosted_zone_ids) : id == "" || can(regex("^[A-Z0-9]{1,32}$", id))])
    error_message = "hosted_zone_ids must hold IDs of Route 53 zones, like Z0123456789ABCDEFGHIJ, without \"/hostedzone/\"."
  }

  validation {
    condition     = length(setsubtract(keys(var.hosted_zone_ids), var.alternative_domains)) == 0
    error_message = "hosted_zone_ids must be keyed by names out of alternative_domains; the zone of domain is hosted_zone_id."
  }

  validation {
    condition     = var.certificate_arn != "" || !contains(values(var.hosted_zone_ids), "")
    error_message = "hosted_zone_ids must not be empty for a name, unless certificate_arn names a certificate that exists and covers it."
  }
}

variable "private_zone_ids" {
  description = "Private Route 53 zones in which the names of an internal load balancer are resolved, by domain. The alias records of these names are written there, and not in the public zones. Must be known when planning."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for id in values(var.private_zone_ids) : can(regex("^[A-Z0-9]{1,32}$", id))])
    error_message = "private_zone_ids must hold IDs of Route 53 zones, like Z0123456789ABCDEFGHIJ, without \"/hostedzone/\"."
  }

  validation {
    condition     = length(setsubtract(keys(var.private_zone_ids), concat([var.domain], var.alternative_domains))) == 0
    error_message = "private_zone_ids must be keyed by domain and names out of alternative_domains."
  }

  validation {
    condition     = var.internal || length(var.private_zone_ids) == 0
    error_message = "private_zone_ids is of no use unless the load balancer is internal: from the internet nobody is answered from a private zone."
  }
}

variable "certificate_arn" {
  description = "ARN of an issued ACM certificate to use instead of a new one. Must be known when planning."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.certificate_arn == "" || can(regex("^arn:[a-z-]+:acm:[a-z0-9-]+:[0-9]{12}:certificate/[a-zA-Z0-9-]+$", var.certificate_arn))
    error_message = "certificate_arn must be the ARN of an ACM certificate in the load balancer's region, arn:<partition>:acm:<region>:<account>:certificate/<id>, or empty."
  }

  validation {
    condition     = var.certificate_arn == "" || var.domain != ""
    error_message = "certificate_arn is of no use without domain: set domain to a name the certificate covers."
  }

  # acm RequestCertificate: the first name becomes the common name, to which RFC 5280 gives 64 characters.
  validation {
    condition     = length(var.domain) <= 64 || var.certificate_arn != ""
    error_message = "certificate_arn must name a certificate that exists: domain has ${length(var.domain)} characters, and ACM certifies first names of at most 64. Or choose a shorter one."
  }
}

variable "certificate_arns" {
  description = "Further issued ACM certificates of the region, by a name of your choice, for domains of other services that attach rules to the listener: callers get the one that covers the name they ask for."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for arn in values(var.certificate_arns) : can(regex("^arn:[a-z-]+:acm:[a-z0-9-]+:[0-9]{12}:certificate/[a-zA-Z0-9-]+$", arn))])
    error_message = "certificate_arns must hold ARNs of ACM certificates in the load balancer's region, arn:<partition>:acm:<region>:<account>:certificate/<id>."
  }

  validation {
    condition     = length(var.certificate_arns) == 0 || var.domain != ""
    error_message = "certificate_arns is of no use without domain: no listener speaks HTTPS then."
  }
}

variable "web_acl_arn" {
  description = "ARN of a WAFv2 web ACL of the region that filters the requests; empty for none. Must be known when planning."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.web_acl_arn == "" || can(regex("^arn:[a-z-]+:wafv2:[a-z0-9-]+:[0-9]{12}:regional/webacl/.+$", var.web_acl_arn))
    error_message = "web_acl_arn must be the ARN of a WAFv2 web ACL of the scope REGIONAL, arn:<partition>:wafv2:<region>:<account>:regional/webacl/<name>/<id>, or empty."
  }
}

variable "client_cidrs" {
  description = "IPv4 ranges that may call the load balancer. Empty: everybody when it faces the internet, the private ranges (RFC 1918 and RFC 6598) when it is internal."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for range in var.client_cidrs : can(cidrnetmask(range)) && try(cidrhost(range, 0) == split("/", range)[0], false)])
    error_message = "client_cidrs must hold IPv4 ranges like 203.0.113.0/24, each with the first address of its range before the slash."
  }

  validation {
    condition     = length(distinct(var.client_cidrs)) == length(var.client_cidrs)
    error_message = "client_cidrs must name each range once."
  }
}

variable "idle_timeout_seconds" {
  description = "Seconds a connection may stay silent. Keep it below the time for which the targets keep theirs, or a request now and then meets a connection that is just being closed and is answered 502: Encore's TypeScript runtime keeps them for 60 seconds."
  type        = number
  default     = 55
  nullable    = false

  validation {
    condition     = var.idle_timeout_seconds >= 1 && var.idle_timeout_seconds <= 4000 && floor(var.idle_timeout_seconds) == var.idle_timeout_seconds
    error_message = "idle_timeout_seconds is ${var.idle_timeout_seconds}, but must be an integer from 1 to 4000."
  }
}

variable "access_log_retention_days" {
  description = "Days the access logs are kept. Deleted logs can be restored for 7 days more."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.access_log_retention_days >= 1 && var.access_log_retention_days <= 3653 && floor(var.access_log_retention_days) == var.access_log_retention_days
    error_message = "access_log_retention_days is ${var.access_log_retention_days}, but must be an integer from 1 to 3653."
  }
}

variable "internal" {
  description = "Whether the load balancer has private addresses alone. One without a domain always has. With a domain another value replaces the load balancer, which `deletion_protection` stops half-way: switch that off in an apply of its own first."
  type        = bool
  default     = false
  nullable    = false
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the load balancer. One without a domain is never protected: its first domain replaces it. The setting also decides over the access logs: with protection a bucket that holds logs cannot be destroyed, without it the logs go with the bucket."
  type        = bool
  default     = true
  nullable    = false
}

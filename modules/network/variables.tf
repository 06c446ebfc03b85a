variable "name" {
  description = "Name of the network: the VPC's Name tag and the first part of the names of everything in it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9][a-zA-Z0-9-]{0,53}$", var.name))
    error_message = "name is \"${var.name}\", but must be 1 to 54 letters, digits and hyphens, the first not a hyphen: the flow log role, <name>-flow-logs, must fit the 64 characters of an IAM role name."
  }
}

variable "cidr" {
  description = "IPv4 range of the VPC, /16 to /19, private. The tiers are cut from it by zone letter, see the README."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.cidr)) && can(regex("/1[6-9]$", var.cidr))
    error_message = "cidr is \"${var.cidr}\", but must be an IPv4 range between /16 and /19, like 10.20.0.0/16: AWS allows no more than /16, and below /19 a load balancer no longer fits its subnet."
  }

  validation {
    condition     = try(cidrhost(var.cidr, 0) == split("/", var.cidr)[0], false)
    error_message = "cidr is \"${var.cidr}\", but must have the first address of the range before the slash: 10.20.0.0/16, not 10.20.1.0/16."
  }

  validation {
    condition     = can(regex("^(10[.]|172[.](1[6-9]|2[0-9]|3[01])[.]|192[.]168[.]|100[.](6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])[.])", var.cidr))
    error_message = "cidr is \"${var.cidr}\", but must be private: inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10. Hosts of a public range would become unreachable from the VPC."
  }
}

variable "zones" {
  description = "Letters of the availability zones, at least two. A subnet's range follows from its letter, so a zone can be added or removed without touching the others. With `nat = \"single\"` the first zone of the list holds the NAT gateway: append new zones, do not prepend them. Which letters an account has, and which zone is behind one, differs between accounts: a plan refuses a zone that lacks NAT gateways, Fargate, functions in a VPC or load balancers."
  type        = list(string)
  nullable    = false

  validation {
    condition     = alltrue([for zone in var.zones : can(regex("^[a-h]$", zone))])
    error_message = "zones must hold single letters from a to h, without the region: \"a\" for eu-west-1a."
  }

  validation {
    condition     = length(distinct(var.zones)) == length(var.zones)
    error_message = "zones must name each zone once."
  }

  validation {
    condition     = length(var.zones) >= 2
    error_message = "zones has ${length(var.zones)} zones, but must have at least 2: load balancers and database subnet groups need two."
  }
}

variable "nat" {
  description = "How the compute tier reaches the internet: `none` (not at all, AWS services through endpoints only), `single` (one NAT gateway in the first zone) or `per_zone` (one in each zone, which survives the loss of a zone)."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["none", "single", "per_zone"], var.nat)
    error_message = "nat is \"${var.nat}\", but must be none, single or per_zone."
  }
}

variable "storage_ports" {
  description = "TCP ports of the databases and caches, such as 5432 and 6379. An empty list means there are none, and no storage tier is made."
  type        = list(number)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for port in var.storage_ports : port >= 1 && port <= 31000 && floor(port) == port])
    error_message = "storage_ports must hold integers from 1 to 31000: the network ACL rule of a port is numbered 1000 + port, and AWS numbers rules up to 32766."
  }

  validation {
    condition     = length(distinct(var.storage_ports)) == length(var.storage_ports)
    error_message = "storage_ports must name each port once."
  }

  validation {
    condition     = length(var.storage_ports) <= 10
    error_message = "storage_ports has ${length(var.storage_ports)} ports, but must have at most 10: an account begins with a quota of 20 rules of a network ACL in each direction."
  }
}

variable "service_port" {
  description = "TCP port the services listen on, behind the load balancer and for each other."
  type        = number
  default     = 8080
  nullable    = false

  validation {
    condition     = var.service_port >= 1024 && var.service_port <= 32767 && floor(var.service_port) == var.service_port
    error_message = "service_port is ${var.service_port}, but must be an integer from 1024 to 32767. From 32768 on, Linux picks the ports of outgoing connections, and the network ACL could not tell a call from an answer."
  }
}

variable "interface_endpoints" {
  description = "AWS services reached inside the VPC instead of over the internet, by short name: `ecr.api`, `ecr.dkr`, `logs`, `secretsmanager`, `sqs`, `sns`. S3 always has a (free) gateway endpoint."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for service in var.interface_endpoints : can(regex("^[a-z0-9]+([.-][a-z0-9]+)*$", service)) && !startswith(service, "com.")])
    error_message = "interface_endpoints must name services alone, like ecr.api, without \"com.amazonaws\" and region."
  }

  validation {
    condition     = !contains(var.interface_endpoints, "s3")
    error_message = "interface_endpoints must not name s3, which is reached through the gateway endpoint that is always there."
  }

  validation {
    condition     = length(distinct(var.interface_endpoints)) == length(var.interface_endpoints)
    error_message = "interface_endpoints must name each service once."
  }

  validation {
    condition     = var.nat != "none" || length(setsubtract(["ecr.api", "ecr.dkr", "logs", "secretsmanager"], var.interface_endpoints)) == 0
    error_message = "interface_endpoints must name ecr.api, ecr.dkr, logs and secretsmanager with nat = \"none\": nothing starts unless it can pull its image, write its logs and read its secrets. Or choose nat = \"single\"."
  }
}

variable "endpoint_account_ids" {
  description = "Further AWS accounts whose resources may be reached through the endpoints with `nat = \"none\"`, such as one whose registry images come from. The account itself always may. With NAT the endpoints lead everywhere."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for account in var.endpoint_account_ids : can(regex("^[0-9]{12}$", account))])
    error_message = "endpoint_account_ids must hold accounts by their 12 digits, in quotes."
  }
}

variable "key_arn" {
  description = "ARN of the KMS key that encrypts the flow logs. Its policy must admit CloudWatch Logs."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", var.key_arn))
    error_message = "key_arn must be the ARN of a KMS key, arn:<partition>:kms:<region>:<account>:key/<id>; an alias will not do."
  }
}

variable "flow_log_retention_days" {
  description = "Days the flow logs are kept."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.flow_log_retention_days)
    error_message = "flow_log_retention_days is ${var.flow_log_retention_days}, but CloudWatch accepts only 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "iam_path" {
  description = "Path of the flow log role."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = can(regex("^/([!-~]+/)?$", var.iam_path)) && length(var.iam_path) <= 512
    error_message = "iam_path must begin and end with a slash, without spaces, at most 512 characters: / or /teams/shop/."
  }
}

variable "permissions_boundary_arn" {
  description = "ARN of the permissions boundary of the flow log role. Empty: none."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.permissions_boundary_arn == "" || can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of an IAM policy, arn:<partition>:iam::<account>:policy/<name>, or empty."
  }
}

variable "kubernetes" {
  description = "Whether the compute tier holds Kubernetes nodes. Their control plane, DNS and webhooks use many ports among themselves, so the tier's network ACL lets everything pass inside the tier and leaves it to security groups and network policies; subnets get the tags by which the AWS Load Balancer Controller finds them."
  type        = bool
  default     = false
  nullable    = false
}

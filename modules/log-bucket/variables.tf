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

variable "source_bucket_arns" {
  description = "ARNs of the buckets whose accesses are logged here, under the prefix s3/<name>/ each."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.source_bucket_arns) > 0 && alltrue([for arn in var.source_bucket_arns : can(regex("^arn:[a-z-]+:s3:::[a-z0-9][a-z0-9.-]*[a-z0-9]$", arn))])
    error_message = "source_bucket_arns must hold at least one ARN of a bucket, arn:<partition>:s3:::<name>."
  }
}

variable "retention_days" {
  description = "Days the logs are kept. Deleted logs can be restored for 7 days more."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 3653 && floor(var.retention_days) == var.retention_days
    error_message = "retention_days is ${var.retention_days}, but must be an integer from 1 to 3653."
  }
}

variable "takes_cloudfront_logs" {
  description = "Whether CloudWatch Logs may deliver the logs of the account's distributions here as well, under AWSLogs/<account>/CloudFront/."
  type        = bool
  default     = false
  nullable    = false
}

variable "force_destroy" {
  description = "Whether destroying the bucket deletes the logs in it. Otherwise a bucket that is not empty cannot be destroyed."
  type        = bool
  default     = false
  nullable    = false
}

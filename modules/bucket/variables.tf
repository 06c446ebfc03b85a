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

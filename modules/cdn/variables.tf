variable "name" {
  description = "Name of the distribution's origin access control and policies, and of the delivery of its logs, unique in the account."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$", var.name))
    error_message = "name is \"${var.name}\", but must have 1 to 64 letters, digits, hyphens and underscores, a letter or digit first."
  }
}

variable "bucket_regional_domain_name" {
  description = "Host name of the bucket in its region: the output regional_domain_name of the module bucket, whose distribution_arns has to name this distribution."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]*\\.s3[.-][a-z0-9.-]*amazonaws\\.com(\\.cn)?$", var.bucket_regional_domain_name))
    error_message = "bucket_regional_domain_name is \"${var.bucket_regional_domain_name}\", but must be <bucket>.s3.<region>.amazonaws.com."
  }
}

variable "origin_path" {
  description = "Folder of the bucket that is shown, with a slash first and none last; empty for the whole bucket. For a bucket with the key prefix images/ it is /images."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.origin_path == "" || (length(var.origin_path) <= 255 && can(regex("^(/[A-Za-z0-9._-]+)+$", var.origin_path)))
    error_message = "origin_path is \"${var.origin_path}\", but must begin with a slash, not end in one, and hold at most 255 letters, digits and ._-/ characters."
  }
}

variable "domain" {
  description = "Domain name of the distribution, such as images.shop.example.com; empty for a name of CloudFront's own."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.domain == "" || (can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", var.domain)) && length(var.domain) <= 253)
    error_message = "domain is \"${var.domain}\", but must be a lower-case domain name such as images.shop.example.com: no scheme, no port, no wildcard, no period at the end."
  }
}

variable "hosted_zone_id" {
  description = "ID of the Route 53 zone that holds the domain: the certificate's validation record and the alias records are written there. Empty only without a domain, or with a certificate of your own when DNS is kept elsewhere."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.hosted_zone_id == "" || can(regex("^[A-Z0-9]{1,32}$", var.hosted_zone_id))
    error_message = "hosted_zone_id must be the ID of a Route 53 zone, such as Z0123456789ABCDEFGHIJ, without /hostedzone/."
  }

  validation {
    condition     = var.domain == "" || var.hosted_zone_id != "" || var.certificate_arn != ""
    error_message = "hosted_zone_id must be set with domain, for the certificate is validated there, or certificate_arn, a certificate that exists."
  }
}

variable "certificate_arn" {
  description = "ARN of an issued ACM certificate in us-east-1 to use instead of a new one. Must be known when planning."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.certificate_arn == "" || can(regex("^arn:[a-z-]+:acm:us-east-1:[0-9]{12}:certificate/[A-Za-z0-9-]+$", var.certificate_arn))
    error_message = "certificate_arn must be the ARN of an ACM certificate in us-east-1, the one region CloudFront takes certificates from."
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

variable "price_class" {
  description = "Where CloudFront keeps copies: PriceClass_100 in North America, Europe and Israel, PriceClass_200 also in Asia, Africa and the Middle East, PriceClass_All everywhere."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.price_class)
    error_message = "price_class is \"${var.price_class}\", but must be PriceClass_100, PriceClass_200 or PriceClass_All."
  }
}

variable "cache_seconds" {
  description = "Seconds that CloudFront shows a copy of an object that does not say itself how long it lasts. An object that is overwritten may be seen in its old form for so long."
  type        = number
  default     = 300
  nullable    = false

  validation {
    condition     = var.cache_seconds >= 0 && var.cache_seconds <= 31536000 && floor(var.cache_seconds) == var.cache_seconds
    error_message = "cache_seconds is ${var.cache_seconds}, but must be an integer from 0 to 31536000, a year."
  }
}

variable "cors_origins" {
  description = "Origins of web pages whose scripts may read objects, like https://shop.example.com; * for every origin. Pages may show images without being named here. The bucket needs them as well: it answers the preflight requests."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.cors_origins : can(regex("^(\\*|https?://(\\*\\.)?[a-z0-9.-]+(:[0-9]{1,5})?)$", origin))])
    error_message = "cors_origins must hold origins in lower case, scheme and host without a path, like https://shop.example.com, https://*.example.com or http://localhost:3000, or * for every origin."
  }
}

variable "content_security_policy" {
  description = "Header Content-Security-Policy of every answer; empty for none. The default lets a browser show an object, and run nothing that stands in it: who uploads a page must not act for those who open it."
  type        = string
  default     = "default-src 'none'; img-src 'self' data:; media-src 'self'; object-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; base-uri 'none'; form-action 'none'"
  nullable    = false

  validation {
    condition     = length(var.content_security_policy) <= 1024 && can(regex("^[ -~]*$", var.content_security_policy))
    error_message = "content_security_policy must be at most 1024 printable ASCII characters on one line."
  }
}

variable "access_log_bucket_arn" {
  description = "ARN of the bucket that takes the log of requests, under AWSLogs/<account>/CloudFront/; empty for no log. Its policy has to admit delivery.logs.amazonaws.com, as the module log-bucket's does. Must be known when planning."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.access_log_bucket_arn == "" || can(regex("^arn:[a-z-]+:s3:::[a-z0-9][a-z0-9.-]*[a-z0-9]$", var.access_log_bucket_arn))
    error_message = "access_log_bucket_arn must be the ARN of a bucket, arn:<partition>:s3:::<name>, or empty."
  }
}

variable "web_acl_arn" {
  description = "ARN of the WAFv2 web ACL that filters requests, of the scope CLOUDFRONT; empty for none."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.web_acl_arn == "" || can(regex("^arn:[a-z-]+:wafv2:us-east-1:[0-9]{12}:global/webacl/.+$", var.web_acl_arn))
    error_message = "web_acl_arn must be the ARN of a WAFv2 web ACL of the scope CLOUDFRONT, arn:<partition>:wafv2:us-east-1:<account>:global/webacl/<name>/<id>, or empty."
  }
}

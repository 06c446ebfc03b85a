# Requests, logged by CloudFront's standard logging v2. It needs no bucket with ACLs, as the older logging does, and delivers
# to buckets of every region. Its parts are in us-east-1 whatever the bucket's region is.

locals {
  # Names of sources and destinations have 60 characters.
  log_name = length(var.name) <= 60 ? var.name : "${substr(var.name, 0, 51)}-${substr(sha256(var.name), 0, 8)}"
}

resource "aws_cloudwatch_log_delivery_source" "this" {
  count = length(aws_cloudwatch_log_delivery_destination.this)

  provider = aws.us_east_1

  name         = local.log_name
  log_type     = "ACCESS_LOGS"
  resource_arn = aws_cloudfront_distribution.this.arn
}

resource "aws_cloudwatch_log_delivery_destination" "this" {
  count = var.access_log_bucket_arn == "" ? 0 : 1

  provider = aws.us_east_1

  name          = local.log_name
  output_format = "w3c"

  delivery_destination_configuration {
    destination_resource_arn = var.access_log_bucket_arn
  }
}

resource "aws_cloudwatch_log_delivery" "this" {
  count = length(aws_cloudwatch_log_delivery_destination.this)

  provider = aws.us_east_1

  delivery_source_name     = aws_cloudwatch_log_delivery_source.this[0].name
  delivery_destination_arn = aws_cloudwatch_log_delivery_destination.this[0].arn
}

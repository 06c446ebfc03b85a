# What may be reached through the endpoints. A policy of an endpoint grants nothing: it bounds what roles may do by this
# way. With NAT there is another way out, and the policy is the open one that AWS gives an endpoint by itself; it is
# written all the same, because a policy that is merely left out stays what it was when the NAT mode changes.
#
# Without NAT the endpoints are the only way out, and lead to this account's resources alone: an application that is
# taken over cannot carry data to a bucket, queue or topic of another account.
locals {
  endpoint_accounts = distinct(concat([data.aws_caller_identity.current.account_id], var.endpoint_account_ids))

  open_statements = [
    { Effect = "Allow", Principal = "*", Action = "*", Resource = "*" },
  ]

  account_statements = [
    {
      Sid       = "OwnResources"
      Effect    = "Allow"
      Principal = "*"
      Action    = "*"
      Resource  = "*"
      Condition = { StringEquals = { "aws:ResourceAccount" = local.endpoint_accounts } }
    },
  ]

  # Where ECR keeps the layers of every image, in a bucket of its own ("Amazon ECR interface VPC endpoints").
  image_layer_statements = [
    {
      Sid       = "ImageLayers"
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "arn:${data.aws_partition.current.partition}:s3:::prod-${data.aws_region.current.id}-starport-layer-bucket/*"
    },
  ]

  open_policy        = jsonencode({ Version = "2012-10-17", Statement = local.open_statements })
  endpoint_policy    = var.nat == "none" ? jsonencode({ Version = "2012-10-17", Statement = local.account_statements }) : local.open_policy
  s3_endpoint_policy = var.nat == "none" ? jsonencode({ Version = "2012-10-17", Statement = concat(local.account_statements, local.image_layer_statements) }) : local.open_policy
}

# Free of charge, and keeps image layers and objects off the NAT gateway.
resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${data.aws_region.current.id}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [for zone in var.zones : aws_route_table.compute[zone].id]
  policy            = local.s3_endpoint_policy

  tags = {
    Name = "${var.name}-s3"
  }
}

resource "aws_vpc_endpoint" "interface" {
  for_each = toset(var.interface_endpoints)

  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.${data.aws_region.current.id}.${each.key}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = [for zone in var.zones : aws_subnet.compute[zone].id]
  security_group_ids  = [aws_security_group.endpoints[0].id]
  private_dns_enabled = true
  policy              = local.endpoint_policy

  tags = {
    Name = "${var.name}-${each.key}"
  }
}

resource "aws_security_group" "endpoints" {
  count = length(var.interface_endpoints) > 0 ? 1 : 0

  name_prefix = "${var.name}-endpoints-"
  description = "Interface endpoints of ${var.name}"
  vpc_id      = aws_vpc.this.id

  tags = {
    Name = "${var.name}-endpoints"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  count = length(var.interface_endpoints) > 0 ? 1 : 0

  security_group_id = aws_security_group.endpoints[0].id
  description       = "HTTPS from the compute tier"
  cidr_ipv4         = local.compute_cidr
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

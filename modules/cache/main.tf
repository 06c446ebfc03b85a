# A Valkey cache: encrypted at rest and on the wire, reachable only by the clients that are let in, each as a user of
# its own. Valkey speaks the protocol and commands of Redis 7, which Encore's clients use, and AWS goes on developing it.

locals {
  parameter_family = "valkey${split(".", var.engine_version)[0]}"

  # ElastiCache numbers the nodes, from 001 on, in a cluster after the number of the shard.
  node_stem  = var.cluster_mode ? "${var.name}-0001" : var.name
  node_count = 1 + (var.cluster_mode ? var.max_replicas : var.replicas)
  nodes      = [for number in range(1, local.node_count + 1) : format("%s-%03d", local.node_stem, number)]
}

resource "aws_elasticache_subnet_group" "this" {
  name        = var.name
  description = "Storage subnets of ${var.name}"
  subnet_ids  = var.subnet_ids
}

# Without rules, on purpose: nobody gets in until a client adds the rule that admits it, and the cache calls nobody.
resource "aws_security_group" "this" {
  name_prefix = "${var.name}-"
  description = "Cache ${var.name}"
  vpc_id      = var.vpc_id

  tags = {
    Name = var.name
  }

  lifecycle {
    create_before_destroy = true
  }
}

# The family is part of the name: an upgrade makes the new group before the cache leaves the old one.
resource "aws_elasticache_parameter_group" "this" {
  name        = "${var.name}-${local.parameter_family}${var.cluster_mode ? "-cluster" : ""}"
  description = "Settings of ${var.name}"
  family      = local.parameter_family

  parameter {
    name  = "maxmemory-policy"
    value = var.eviction_policy
  }

  dynamic "parameter" {
    for_each = var.cluster_mode ? ["yes"] : []

    content {
      name  = "cluster-enabled"
      value = parameter.value
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id = var.name
  description          = "Cache ${var.name}"
  engine               = "valkey"
  engine_version       = var.engine_version
  node_type            = var.node_type
  parameter_group_name = aws_elasticache_parameter_group.this.name
  port                 = 6379

  # A shard of its own for a cluster, whose replicas Application Auto Scaling counts; otherwise a primary and replicas.
  cluster_mode               = var.cluster_mode ? "enabled" : "disabled"
  num_cache_clusters         = var.cluster_mode ? null : 1 + var.replicas
  num_node_groups            = var.cluster_mode ? 1 : null
  replicas_per_node_group    = var.cluster_mode ? var.replicas : null
  automatic_failover_enabled = var.cluster_mode || var.replicas > 0
  multi_az_enabled           = var.multi_az

  subnet_group_name  = aws_elasticache_subnet_group.this.name
  security_group_ids = [aws_security_group.this.id]

  at_rest_encryption_enabled = true
  kms_key_id                 = var.key_arn
  transit_encryption_enabled = true
  transit_encryption_mode    = "required"
  user_group_ids             = [aws_elasticache_user_group.this.user_group_id]

  snapshot_retention_limit   = var.snapshot_retention_days
  final_snapshot_identifier  = var.final_snapshot ? "${var.name}-final-${trimprefix(aws_security_group.this.id, "sg-")}" : null
  auto_minor_version_upgrade = true
  apply_immediately          = true

  dynamic "log_delivery_configuration" {
    for_each = aws_cloudwatch_log_group.this

    content {
      log_type         = log_delivery_configuration.key
      destination      = log_delivery_configuration.value.name
      destination_type = "cloudwatch-logs"
      log_format       = "json"
    }
  }

  lifecycle {
    # In a cluster the number of replicas belongs to the autoscaling; without one this argument is not used.
    ignore_changes = [replicas_per_node_group]
  }
}

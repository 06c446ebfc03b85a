# A root for TestShareOfSpotChangesInPlace: a worker and a job, and a service as it was made before there were shares.

variable "spot_percent" {
  description = "Share of Spot."
  type        = number
}

variable "strategy" {
  description = "Whether the older service has a strategy instead of a launch type."
  type        = bool
}

data "aws_caller_identity" "current" {}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "this" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.0.0.0/24"
}

module "key" {
  source = "./modules/encryption-key"

  name       = "shop-production"
  log_groups = ["/*/shop-production/*", "/*/shop-production-*"]
}

resource "aws_sqs_queue" "this" {
  name = "parcels"
}

module "cluster" {
  source = "./modules/fargate-cluster"

  name      = "shop-production"
  vpc_id    = aws_vpc.this.id
  namespace = "shop-production.internal"
  key_arn   = module.key.arn
}

module "worker" {
  source = "./modules/fargate-service"

  name     = "shop-production-worker"
  cluster  = module.cluster
  network  = { vpc_id = aws_vpc.this.id, compute_subnet_ids = [aws_subnet.this.id] }
  image    = "ghcr.io/shop/worker:1.0.0"
  registry = { repository_arn = "arn:aws:ecr:us-east-1:${data.aws_caller_identity.current.account_id}:repository/shop" }
  key_arn  = module.key.arn
  task     = { cpu = 256, memory = 512 }
  listen   = { port = 0 }
  health   = { command = ["/bin/worker", "alive"] }

  scale = {
    min          = 1
    max          = 4
    spot_percent = var.spot_percent
    on_demand    = var.spot_percent % 100 > 0 ? 1 : 0
    queues       = { parcels = { queue_arn = aws_sqs_queue.this.arn, messages_per_task = 100 } }
  }
}

module "job" {
  source = "./modules/fargate-job"

  name      = "shop-production-nightly"
  cluster   = module.cluster
  network   = { vpc_id = aws_vpc.this.id, compute_subnet_ids = [aws_subnet.this.id] }
  image     = "ghcr.io/shop/worker:1.0.0"
  registry  = { repository_arn = "arn:aws:ecr:us-east-1:${data.aws_caller_identity.current.account_id}:repository/shop" }
  key_arn   = module.key.arn
  task      = { cpu = 256, memory = 512 }
  schedules = { nightly = { expressions = ["cron(30 2 * * ? *)"], time_zone = "Europe/Berlin" } }
}

resource "aws_ecs_service" "older" {
  name                 = "shop-production-older"
  cluster              = module.cluster.cluster_arn
  task_definition      = module.job.task_definition_arn
  launch_type          = var.strategy ? null : "FARGATE"
  force_new_deployment = var.strategy
  desired_count        = 1

  dynamic "capacity_provider_strategy" {
    for_each = var.strategy ? [100] : []

    content {
      capacity_provider = "FARGATE"
      base              = 0
      weight            = capacity_provider_strategy.value
    }
  }

  network_configuration {
    subnets = [aws_subnet.this.id]
  }
}

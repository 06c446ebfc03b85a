module "service_orders" {
  source = "../.."

  name     = "shop-production-orders"
  cluster  = module.cluster
  network  = module.network
  key_arn  = module.key.arn
  image    = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:4f2c1d9"
  registry = { repository_arn = "arn:aws:ecr:eu-west-1:123456789012:repository/shop" }
  task     = { cpu = 512, memory = 1024 }
  scale    = { min = 2, max = 10 }
  listen   = { discovery_name = "orders" }
  health   = { path = "/__encore/healthz" }

  infra_config = jsonencode({
    hosted_services = ["orders"]
  })

  secrets = {
    STRIPE_KEY = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/stripe-key-AbCdEf"
  }

  permissions = {
    topic_order_placed = {
      actions   = ["sns:GetTopicAttributes", "sns:Publish"]
      resources = ["arn:aws:sns:eu-west-1:123456789012:shop-production-order-placed"]
    }
  }

  connections = {
    database_main = {
      security_group_id = module.database_main.security_group_id
      port              = module.database_main.port
    }
  }
}

module "database_main" {
  source = "../../../database-server"

  name       = "shop-production-main"
  vpc_id     = module.network.vpc_id
  subnet_ids = module.network.storage_subnet_ids
  key_arn    = module.key.arn

  instance_class = "db.m5.large"
  storage_gb     = 50
  max_storage_gb = 500
  multi_az       = true
}

module "cluster" {
  source = "../../../fargate-cluster"

  name      = "shop-production"
  vpc_id    = module.network.vpc_id
  namespace = "shop-production.internal"
  key_arn   = module.key.arn
}

module "network" {
  source = "../../../network"

  name          = "shop-production"
  cidr          = "10.0.0.0/16"
  zones         = ["a", "b"]
  nat           = "single"
  storage_ports = [5432]
  key_arn       = module.key.arn
}

module "key" {
  source = "../../../encryption-key"

  name = "shop-production"
}

module "job_reports" {
  source = "../.."

  name     = "shop-production-reports"
  cluster  = module.cluster
  network  = { vpc_id = "vpc-0123456789abcdef0", compute_subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"] }
  key_arn  = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  image    = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:reports-4f2c1d9"
  registry = { repository_arn = "arn:aws:ecr:eu-west-1:123456789012:repository/shop" }
  task     = { cpu = 512, memory = 1024 }

  schedules = {
    nightly = {
      expressions = ["cron(30 2 * * ? *)"]
      time_zone   = "Europe/Berlin"
    }
  }
}

module "cluster" {
  source = "../../../fargate-cluster"

  name      = "shop-production"
  vpc_id    = "vpc-0123456789abcdef0"
  namespace = "shop-production.internal"
  key_arn   = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}

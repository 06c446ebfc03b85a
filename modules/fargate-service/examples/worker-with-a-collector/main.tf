module "service_mailer" {
  source = "../.."

  name    = "shop-production-mailer"
  network = { vpc_id = "vpc-0123456789abcdef0", compute_subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"] }
  key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  image   = "ghcr.io/shop/mailer:2.4.0"
  command = ["/bin/mailer", "work"]
  task    = { cpu = 256, memory = 1024, architecture = "ARM64" }
  listen  = { port = 0 }
  health  = { command = ["/bin/mailer", "alive"] }
  exec    = true
  iam     = { path = "/shop/", permissions_boundary_arn = "arn:aws:iam::123456789012:policy/workloads" }

  cluster = {
    cluster_arn  = "arn:aws:ecs:eu-west-1:123456789012:cluster/company"
    cluster_name = "company"
    namespace_id = "ns-0123456789abcdef"
    namespace    = "company.internal"

    exec_log_group_name = "/company/sessions"
  }

  scale = {
    min          = 1
    max          = 20
    spot_percent = 80
    on_demand    = 1
    queues = {
      mails = {
        queue_arn         = "arn:aws:sqs:eu-west-1:123456789012:mails"
        messages_per_task = 200
      }
    }
  }

  sidecars = [{
    name        = "collector"
    image       = "public.ecr.aws/aws-observability/aws-otel-collector:v0.40.0"
    memory      = 256
    environment = { AOT_CONFIG_CONTENT = "receivers: { otlp: { protocols: { http: {} } } }" }
  }]
}

# Where this application runs on AWS. Everything here is optional, and groundplan's docs/settings.md lists every setting.

# app

environment "production" {
  profile = "balanced" # dev, balanced or ha: sets every default below
  region  = "us-east-1"

  # Refuse to run against any other account.
  # account_id = "123456789012"

  # Where the world finds the gateway. Without a domain it can be reached inside the VPC only. The id of the zone:
  #   aws route53 list-hosted-zones-by-name --dns-name example.com
  # domain         = "api.example.com"
  # hosted_zone_id = "Z0123456789ABCDEFGHIJ"

  # Keep terraform's state in S3 instead of local files.
  # state {
  #   bucket = "example-terraform-state"
  # }

  # Keep every process from changing what its image holds: it writes to /tmp alone then, as AWS's control ECS.5 asks.
  # task {
  #   read_only_root = true
  # }

  # Size one service apart from the others.
  # service "orders" {
  #   cpu    = 1024
  #   memory = 2048
  #   scale  = { min = 2, max = 20 }
  # }
}

# A small and cheap second environment.
# environment "staging" {
#   profile = "dev"
#   region  = "us-east-1"
# }

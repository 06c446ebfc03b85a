data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

# Local zones and wavelength zones hold neither load balancers of ours nor databases.
data "aws_availability_zones" "this" {
  filter {
    name   = "zone-type"
    values = ["availability-zone"]
  }

  lifecycle {
    postcondition {
      condition     = length(setsubtract(values(local.zone_names), self.names)) == 0
      error_message = "This account has no zone ${join(", ", sort(setsubtract(values(local.zone_names), self.names)))}. Letters that work in this account: ${join(", ", sort([for name, id in zipmap(self.names, self.zone_ids) : trimprefix(name, data.aws_region.current.id) if !contains(local.unusable_zone_ids, id)]))}."
    }

    postcondition {
      condition     = length([for name, id in zipmap(self.names, self.zone_ids) : name if contains(values(local.zone_names), name) && contains(local.unusable_zone_ids, id)]) == 0
      error_message = "In this account ${join(", ", [for name, id in zipmap(self.names, self.zone_ids) : "${name} is ${id}" if contains(values(local.zone_names), name) && contains(local.unusable_zone_ids, id)])}, a zone without NAT gateways, Fargate, functions in a VPC or load balancers. Letters that work in this account: ${join(", ", sort([for name, id in zipmap(self.names, self.zone_ids) : trimprefix(name, data.aws_region.current.id) if !contains(local.unusable_zone_ids, id)]))}."
    }
  }
}

locals {
  # Zones that lack something an environment is made of: NAT gateways ("Work with NAT gateways"), Fargate ("Supported
  # Regions for Amazon ECS on AWS Fargate"), functions in a VPC, load balancers or the instance types of today. AWS names
  # them by id, because the letters of one zone differ from account to account.
  unusable_zone_ids = ["apne1-az3", "cac1-az3", "use1-az3", "usw1-az2"]

  zone_names = { for zone in var.zones : zone => "${data.aws_region.current.id}${zone}" }

  # A zone's place in every tier follows from its letter alone, so that no other zone moves when one comes or goes.
  # Room is left for all eight letters; the rest of the VPC's range, from its tenth sixteenth on, stays free.
  zone_number = { for number, zone in ["a", "b", "c", "d", "e", "f", "g", "h"] : zone => number }

  # Each tier is one range that covers its subnets in all zones there could be, and nothing else. Rules between tiers
  # are written with these, so that a new zone changes no rule either.
  public_cidr  = cidrsubnet(var.cidr, 5, 16)
  compute_cidr = cidrsubnet(var.cidr, 1, 0)
  storage_cidr = cidrsubnet(var.cidr, 5, 17)

  storage_zones = length(var.storage_ports) > 0 ? var.zones : []

  # Which zone's NAT gateway a zone goes through.
  nat_zones = {
    none     = {}
    single   = { for zone in var.zones : zone => var.zones[0] }
    per_zone = { for zone in var.zones : zone => zone }
  }[var.nat]
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
  enable_dns_support   = true

  tags = {
    Name = var.name
  }
}

# Whatever is started without a security group of its own reaches nothing and is reached by nothing. The empty lists
# are statements, not omissions: a rule that somebody adds by hand shows up in the next plan.
resource "aws_default_security_group" "this" {
  vpc_id  = aws_vpc.this.id
  ingress = []
  egress  = []

  tags = {
    Name = "${var.name}-default-closed"
  }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = {
    Name = var.name
  }
}

resource "aws_subnet" "public" {
  for_each = toset(var.zones)

  vpc_id                  = aws_vpc.this.id
  availability_zone       = local.zone_names[each.key]
  cidr_block              = cidrsubnet(var.cidr, 8, 128 + local.zone_number[each.key])
  map_public_ip_on_launch = false

  tags = merge(
    { Name = "${var.name}-public-${each.key}" },
    # Internal load balancers belong here as well: the compute tier takes connections from this tier only.
    var.kubernetes ? { "kubernetes.io/role/elb" = "1", "kubernetes.io/role/internal-elb" = "1" } : {},
  )
}

resource "aws_subnet" "compute" {
  for_each = toset(var.zones)

  vpc_id                  = aws_vpc.this.id
  availability_zone       = local.zone_names[each.key]
  cidr_block              = cidrsubnet(var.cidr, 4, local.zone_number[each.key])
  map_public_ip_on_launch = false

  tags = {
    Name = "${var.name}-compute-${each.key}"
  }
}

resource "aws_subnet" "storage" {
  for_each = toset(local.storage_zones)

  vpc_id                  = aws_vpc.this.id
  availability_zone       = local.zone_names[each.key]
  cidr_block              = cidrsubnet(var.cidr, 8, 136 + local.zone_number[each.key])
  map_public_ip_on_launch = false

  tags = {
    Name = "${var.name}-storage-${each.key}"
  }
}

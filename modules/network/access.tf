# One network ACL per tier. An ACL is stateless: an answer is a packet like any other and needs a rule of its own. It
# goes to the port the caller happened to pick, for load balancers and NAT gateways anything from 1024 to 65535, and
# from the addresses that were called, for the internet and S3 anything at all (an ACL knows no prefix lists). Which of
# those packets really are answers only the security groups can tell. What the ACLs hold by themselves is who opens
# connections to which tier, and on which ports.
#
# Passing no ACL, and therefore in no rule: the VPC's DNS resolver, time service and task metadata, traffic within one
# subnet, and the replication of RDS and ElastiCache, which has its own network.
#
# AWS takes the first rule that matches, by number. A number belongs to its rule and never follows from a place in a
# list, so that a new port or zone leaves every other rule as it is.

locals {
  anywhere     = "0.0.0.0/0"
  all_ports    = { from = 0, to = 65535 }
  answer_ports = { from = 1024, to = 65535 }

  # From anywhere, answers come to any of these ports but that of remote desktops, which no ACL is to open to the internet
  # (EC2.21 of AWS's foundational controls; the other port it names, 22, lies below).
  answer_ports_below = { from = 1024, to = 3388 }
  answer_ports_above = { from = 3390, to = 65535 }

  service_port = { from = var.service_port, to = var.service_port }
  http         = { from = 80, to = 80 }
  https        = { from = 443, to = 443 }

  # "The packet was too large": without this message a client behind a tunnel connects and then hangs.
  too_large = { type = 3, code = 4 }

  public_rules = {
    in_http                = { number = 100, action = "allow", protocol = "tcp", cidr = local.anywhere, ports = local.http }
    in_https               = { number = 110, action = "allow", protocol = "tcp", cidr = local.anywhere, ports = local.https }
    in_answers_of_services = { number = 120, action = "allow", protocol = "tcp", cidr = local.compute_cidr, ports = local.answer_ports }
    in_too_large           = { number = 200, action = "allow", protocol = "icmp", cidr = local.anywhere, icmp = local.too_large }

    out_service                 = { number = 100, action = "allow", protocol = "tcp", cidr = local.compute_cidr, ports = local.service_port }
    out_answers_to_compute      = { number = 110, action = "allow", protocol = "tcp", cidr = local.compute_cidr, ports = local.answer_ports }
    out_too_large               = { number = 120, action = "allow", protocol = "icmp", cidr = local.compute_cidr, icmp = local.too_large }
    out_nothing_else_to_compute = { number = 190, action = "deny", protocol = "-1", cidr = local.compute_cidr }
    out_nothing_to_storage      = { number = 195, action = "deny", protocol = "-1", cidr = local.storage_cidr }
    out_answers_to_clients      = { number = 200, action = "allow", protocol = "tcp", cidr = local.anywhere, ports = local.answer_ports }
  }

  # What compute sends to the internet passes the public tier on its way: in from compute, out to the internet. Which
  # ports a service may call is said in its security group; the tier has to let all of them through.
  public_nat_rules = {
    in_compute_to_nat      = { number = 130, action = "allow", protocol = "tcp", cidr = local.compute_cidr, ports = local.all_ports }
    in_answers_of_internet = { number = 140, action = "allow", protocol = "tcp", cidr = local.anywhere, ports = local.answer_ports_above }
    in_low_answers         = { number = 145, action = "allow", protocol = "tcp", cidr = local.anywhere, ports = local.answer_ports_below }
    out_nat_to_internet    = { number = 210, action = "allow", protocol = "tcp", cidr = local.anywhere, ports = local.all_ports }
  }

  compute_rules = {
    in_service_from_public  = { number = 100, action = "allow", protocol = "tcp", cidr = local.public_cidr, ports = local.service_port }
    in_service_from_compute = { number = 110, action = "allow", protocol = "tcp", cidr = local.compute_cidr, ports = local.service_port }
    in_answers              = { number = 200, action = "allow", protocol = "tcp", cidr = local.anywhere, ports = local.answer_ports_above }
    in_low_answers          = { number = 205, action = "allow", protocol = "tcp", cidr = local.anywhere, ports = local.answer_ports_below }
    in_too_large            = { number = 210, action = "allow", protocol = "icmp", cidr = local.anywhere, icmp = local.too_large }

    out_answers_to_public = { number = 100, action = "allow", protocol = "tcp", cidr = local.public_cidr, ports = local.answer_ports }
    out_http_to_public    = { number = 110, action = "allow", protocol = "tcp", cidr = local.public_cidr, ports = local.http }
    out_https_to_public   = { number = 120, action = "allow", protocol = "tcp", cidr = local.public_cidr, ports = local.https }
    out_https_to_compute  = { number = 130, action = "allow", protocol = "tcp", cidr = local.compute_cidr, ports = local.https }

    # The service port is among these.
    out_answers_to_compute = { number = 140, action = "allow", protocol = "tcp", cidr = local.compute_cidr, ports = local.answer_ports }

    out_nothing_else_to_public  = { number = 32100, action = "deny", protocol = "-1", cidr = local.public_cidr }
    out_nothing_else_to_compute = { number = 32110, action = "deny", protocol = "-1", cidr = local.compute_cidr }
    out_nothing_else_to_storage = { number = 32120, action = "deny", protocol = "-1", cidr = local.storage_cidr }

    # Through NAT whatever the service's security group lets out; without NAT the S3 endpoint is all there is, and its
    # addresses lie outside the VPC.
    out_to_internet = { number = 32200, action = "allow", protocol = "tcp", cidr = local.anywhere, ports = var.nat == "none" ? local.https : local.all_ports }
  }

  # The answers' range holds the service port. Linux picks 32768 and above for its own connections, so no answer is
  # lost when the port is closed to everybody but the load balancer and the services. Kubernetes nodes rewrite source
  # ports from 1024 on: there an answer could be lost, and the security groups stand alone.
  compute_fargate_rules = {
    in_service_from_nobody_else = { number = 190, action = "deny", protocol = "tcp", cidr = local.anywhere, ports = local.service_port }
  }

  compute_kubernetes_rules = {
    in_all_from_compute = { number = 130, action = "allow", protocol = "-1", cidr = local.compute_cidr }
    out_all_to_compute  = { number = 150, action = "allow", protocol = "-1", cidr = local.compute_cidr }
  }

  compute_endpoint_rules = {
    in_https_from_compute = { number = 120, action = "allow", protocol = "tcp", cidr = local.compute_cidr, ports = local.https }
  }

  compute_storage_rules = {
    for port in var.storage_ports : "out_storage_${port}" => { number = 1000 + port, action = "allow", protocol = "tcp", cidr = local.storage_cidr, ports = { from = port, to = port } }
  }

  storage_rules = merge(
    { out_answers = { number = 100, action = "allow", protocol = "tcp", cidr = local.compute_cidr, ports = local.answer_ports } },
    { for port in var.storage_ports : "in_storage_${port}" => { number = 1000 + port, action = "allow", protocol = "tcp", cidr = local.compute_cidr, ports = { from = port, to = port } } },
  )

  rules = merge(
    { for name, rule in local.public_rules : "public_${name}" => rule },
    { for name, rule in local.public_nat_rules : "public_${name}" => rule if var.nat != "none" },
    { for name, rule in local.compute_rules : "compute_${name}" => rule },
    { for name, rule in local.compute_fargate_rules : "compute_${name}" => rule if !var.kubernetes },
    { for name, rule in local.compute_kubernetes_rules : "compute_${name}" => rule if var.kubernetes },
    { for name, rule in local.compute_endpoint_rules : "compute_${name}" => rule if length(var.interface_endpoints) > 0 },
    { for name, rule in local.compute_storage_rules : "compute_${name}" => rule },
    { for name, rule in local.storage_rules : "storage_${name}" => rule if length(var.storage_ports) > 0 },
  )
}

resource "aws_network_acl" "public" {
  vpc_id     = aws_vpc.this.id
  subnet_ids = [for zone in var.zones : aws_subnet.public[zone].id]

  tags = {
    Name = "${var.name}-public"
  }
}

resource "aws_network_acl" "compute" {
  vpc_id     = aws_vpc.this.id
  subnet_ids = [for zone in var.zones : aws_subnet.compute[zone].id]

  tags = {
    Name = "${var.name}-compute"
  }
}

resource "aws_network_acl" "storage" {
  count = length(local.storage_zones) > 0 ? 1 : 0

  vpc_id     = aws_vpc.this.id
  subnet_ids = [for zone in local.storage_zones : aws_subnet.storage[zone].id]

  tags = {
    Name = "${var.name}-storage"
  }
}

locals {
  network_acl_ids = {
    public  = aws_network_acl.public.id
    compute = aws_network_acl.compute.id
    storage = one(aws_network_acl.storage[*].id)
  }
}

# Addresses read <tier>_<direction>_<what>, and tier and direction are taken from there.
resource "aws_network_acl_rule" "this" {
  for_each = local.rules

  network_acl_id = local.network_acl_ids[split("_", each.key)[0]]
  egress         = split("_", each.key)[1] == "out"
  rule_number    = each.value.number
  rule_action    = each.value.action
  protocol       = each.value.protocol
  cidr_block     = each.value.cidr
  from_port      = try(each.value.ports.from, null)
  to_port        = try(each.value.ports.to, null)
  icmp_type      = try(each.value.icmp.type, null)
  icmp_code      = try(each.value.icmp.code, null)
}

# The real provider, which plans without calling AWS: policies are the documents it renders, not mocks.
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}

override_data {
  target = data.aws_caller_identity.current
  values = {
    account_id = "123456789012"
  }
}

override_data {
  target = data.aws_availability_zones.this
  values = {
    names    = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    zone_ids = ["euw1-az3", "euw1-az1", "euw1-az2"]
  }
}

variables {
  name    = "shop-production"
  cidr    = "10.20.0.0/16"
  zones   = ["a", "b"]
  key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  nat     = "single"
}

run "n1_the_vpc_has_dns_flow_logs_and_a_closed_default_group" {
  command = plan

  assert {
    condition     = aws_vpc.this.cidr_block == "10.20.0.0/16" && aws_vpc.this.enable_dns_support && aws_vpc.this.enable_dns_hostnames
    error_message = "the VPC has another range or no DNS"
  }

  assert {
    condition     = aws_flow_log.this.traffic_type == "ALL" && aws_cloudwatch_log_group.flow_logs.kms_key_id == var.key_arn && aws_cloudwatch_log_group.flow_logs.retention_in_days == 365
    error_message = "flow logs leave out traffic, are not encrypted with the key, or are kept for another time"
  }

  assert {
    condition     = length(aws_default_security_group.this.ingress) + length(aws_default_security_group.this.egress) == 0
    error_message = "the default security group is open"
  }

  assert {
    condition     = jsondecode(aws_iam_role.flow_logs.assume_role_policy).Statement[0].Condition == { ArnLike = { "aws:SourceArn" = "arn:aws:ec2:eu-west-1:123456789012:vpc-flow-log/*" }, StringEquals = { "aws:SourceAccount" = "123456789012" } }
    error_message = "flow logs of other accounts may take the role"
  }

  assert {
    condition     = length([for action in data.aws_iam_policy_document.flow_logs.statement[0].actions : action if strcontains(action, "*")]) == 0
    error_message = "the flow log role has a wildcard action"
  }
}

run "n1_zones_are_keyed_by_letter" {
  command = plan

  variables {
    storage_ports = [5432]
  }

  assert {
    condition     = { for zone, subnet in aws_subnet.compute : zone => subnet.cidr_block } == { a = "10.20.0.0/20", b = "10.20.16.0/20" }
    error_message = "compute subnets lie elsewhere"
  }

  assert {
    condition     = { for zone, subnet in aws_subnet.public : zone => subnet.cidr_block } == { a = "10.20.128.0/24", b = "10.20.129.0/24" }
    error_message = "public subnets lie elsewhere"
  }

  assert {
    condition     = { for zone, subnet in aws_subnet.storage : zone => subnet.cidr_block } == { a = "10.20.136.0/24", b = "10.20.137.0/24" }
    error_message = "storage subnets lie elsewhere"
  }

  assert {
    condition     = { for zone, subnet in aws_subnet.compute : zone => subnet.availability_zone } == { a = "eu-west-1a", b = "eu-west-1b" }
    error_message = "subnets lie in other zones"
  }

  assert {
    condition     = length([for subnet in concat(values(aws_subnet.public), values(aws_subnet.compute), values(aws_subnet.storage)) : subnet if subnet.map_public_ip_on_launch]) == 0
    error_message = "a subnet hands out public addresses"
  }
}

run "n1_adding_a_zone_changes_no_existing_subnet" {
  command = plan

  variables {
    zones         = ["c", "b", "a"]
    storage_ports = [5432]
  }

  assert {
    condition     = { for zone, subnet in aws_subnet.compute : zone => subnet.cidr_block } == { a = "10.20.0.0/20", b = "10.20.16.0/20", c = "10.20.32.0/20" }
    error_message = "a compute subnet moved"
  }

  assert {
    condition     = { for zone, subnet in aws_subnet.public : zone => subnet.cidr_block } == { a = "10.20.128.0/24", b = "10.20.129.0/24", c = "10.20.130.0/24" }
    error_message = "a public subnet moved"
  }

  assert {
    condition     = { for zone, subnet in aws_subnet.storage : zone => subnet.cidr_block } == { a = "10.20.136.0/24", b = "10.20.137.0/24", c = "10.20.138.0/24" }
    error_message = "a storage subnet moved"
  }

  assert {
    condition     = aws_network_acl_rule.this["compute_in_service_from_public"].cidr_block == "10.20.128.0/21" && aws_network_acl_rule.this["storage_in_storage_5432"].cidr_block == "10.20.0.0/17"
    error_message = "a rule between tiers moved"
  }
}

run "n1_the_smallest_network_holds_all_tiers" {
  command = plan

  variables {
    cidr          = "192.168.32.0/19"
    storage_ports = [5432]
  }

  assert {
    condition     = { for zone, subnet in aws_subnet.compute : zone => subnet.cidr_block } == { a = "192.168.32.0/23", b = "192.168.34.0/23" }
    error_message = "compute subnets lie elsewhere"
  }

  assert {
    condition     = { for zone, subnet in aws_subnet.public : zone => subnet.cidr_block } == { a = "192.168.48.0/27", b = "192.168.48.32/27" }
    error_message = "public subnets lie elsewhere"
  }

  assert {
    condition     = { for zone, subnet in aws_subnet.storage : zone => subnet.cidr_block } == { a = "192.168.49.0/27", b = "192.168.49.32/27" }
    error_message = "storage subnets lie elsewhere"
  }
}

run "n1_refuses_a_zone_the_account_does_not_have" {
  command = plan

  variables {
    zones = ["a", "f"]
  }

  expect_failures = [data.aws_availability_zones.this]
}

run "n2_public_subnets_lead_to_the_internet" {
  command = plan

  assert {
    condition     = aws_route.public.destination_cidr_block == "0.0.0.0/0" && keys(aws_route_table_association.public) == ["a", "b"]
    error_message = "a public subnet has no way to the internet"
  }
}

run "n2_without_nat_compute_has_no_way_out" {
  command = plan

  variables {
    nat                 = "none"
    interface_endpoints = ["ecr.api", "ecr.dkr", "logs", "secretsmanager"]
  }

  assert {
    condition     = length(aws_eip.nat) + length(aws_nat_gateway.this) + length(aws_route.compute) == 0
    error_message = "there is a NAT gateway or a route"
  }

  assert {
    condition     = keys(aws_route_table.compute) == ["a", "b"]
    error_message = "there are no compute route tables for the S3 endpoint"
  }
}

run "n2_a_single_nat_serves_all_zones_from_the_first" {
  command = plan

  variables {
    zones = ["b", "a"]
  }

  assert {
    condition     = keys(aws_nat_gateway.this) == ["b"] && keys(aws_eip.nat) == ["b"]
    error_message = "the NAT gateway is in another zone"
  }

  assert {
    condition     = local.nat_zones == { a = "b", b = "b" } && keys(aws_route.compute) == ["a", "b"]
    error_message = "a zone has no route through it"
  }
}

run "n2_nat_per_zone_keeps_zones_apart" {
  command = plan

  variables {
    nat = "per_zone"
  }

  assert {
    condition     = keys(aws_nat_gateway.this) == ["a", "b"] && local.nat_zones == { a = "a", b = "b" }
    error_message = "a zone goes through the NAT gateway of another"
  }
}

run "n4_there_is_no_storage_tier_without_storage" {
  command = plan

  assert {
    condition     = length(aws_subnet.storage) + length(aws_route_table.storage) + length(aws_network_acl.storage) == 0
    error_message = "something of a storage tier exists"
  }

  assert {
    condition     = length(output.storage_subnet_ids) == 0 && length([for name, rule in aws_network_acl_rule.this : name if rule.cidr_block == "10.20.136.0/21" && rule.rule_action != "deny"]) == 0
    error_message = "something is let through to a tier that is not there"
  }
}

run "n4_storage_has_no_route_to_the_internet" {
  command = plan

  variables {
    storage_ports = [5432, 6379]
    nat           = "per_zone"
  }

  assert {
    condition     = length(aws_route_table.storage[0].route) == 0
    error_message = "the storage tier has a route"
  }

  assert {
    condition     = keys(aws_route_table_association.storage) == ["a", "b"]
    error_message = "a storage subnet is on the main route table"
  }

  assert {
    condition     = length([for name, rule in aws_network_acl_rule.this : name if startswith(name, "storage_") && rule.cidr_block != "10.20.0.0/17"]) == 0
    error_message = "the storage tier talks to others than compute"
  }
}

run "n6_s3_is_reached_through_a_gateway_endpoint" {
  command = plan

  assert {
    condition     = aws_vpc_endpoint.s3.service_name == "com.amazonaws.eu-west-1.s3" && aws_vpc_endpoint.s3.vpc_endpoint_type == "Gateway"
    error_message = "there is no gateway endpoint of S3"
  }

  assert {
    condition     = length(aws_vpc_endpoint.interface) + length(aws_security_group.endpoints) == 0
    error_message = "there are interface endpoints nobody asked for"
  }
}

run "n6_interface_endpoints_take_https_from_compute_only" {
  command = plan

  variables {
    interface_endpoints = ["logs", "sqs"]
  }

  assert {
    condition     = { for service, endpoint in aws_vpc_endpoint.interface : service => endpoint.service_name } == { logs = "com.amazonaws.eu-west-1.logs", sqs = "com.amazonaws.eu-west-1.sqs" }
    error_message = "other endpoints were made"
  }

  assert {
    condition     = alltrue([for endpoint in aws_vpc_endpoint.interface : endpoint.private_dns_enabled])
    error_message = "the SDKs would still call the public addresses"
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.endpoints[0].cidr_ipv4 == "10.20.0.0/17" && aws_vpc_security_group_ingress_rule.endpoints[0].from_port == 443 && aws_vpc_security_group_ingress_rule.endpoints[0].to_port == 443
    error_message = "others than the compute tier reach the endpoints"
  }
}

run "the_flow_log_role_takes_boundary_and_path" {
  command = plan

  variables {
    permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
    iam_path                 = "/applications/"
  }

  assert {
    condition     = aws_iam_role.flow_logs.permissions_boundary == "arn:aws:iam::123456789012:policy/boundary" && aws_iam_role.flow_logs.path == "/applications/" && aws_iam_role.flow_logs.name == "shop-production-flow-logs"
    error_message = "the role has another boundary, path or name"
  }
}

run "kubernetes_finds_its_load_balancer_subnets_by_tag" {
  command = plan

  variables {
    kubernetes = true
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.public : subnet.tags["kubernetes.io/role/elb"] == "1" && subnet.tags["kubernetes.io/role/internal-elb"] == "1"])
    error_message = "a public subnet has no tag"
  }
}

# The letters of use1-az3, and of every other zone, differ between accounts: here it is b.
run "n1_refuses_a_zone_without_fargate_whatever_its_letter" {
  command = plan

  override_data {
    target = data.aws_region.current
    values = {
      id = "us-east-1"
    }
  }

  override_data {
    target = data.aws_availability_zones.this
    values = {
      names    = ["us-east-1a", "us-east-1b", "us-east-1c"]
      zone_ids = ["use1-az6", "use1-az3", "use1-az1"]
    }
  }

  expect_failures = [data.aws_availability_zones.this]
}

run "n1_takes_the_same_letter_where_it_is_another_zone" {
  command = plan

  override_data {
    target = data.aws_region.current
    values = {
      id = "us-east-1"
    }
  }

  override_data {
    target = data.aws_availability_zones.this
    values = {
      names    = ["us-east-1a", "us-east-1b", "us-east-1e"]
      zone_ids = ["use1-az6", "use1-az1", "use1-az3"]
    }
  }

  assert {
    condition     = aws_subnet.compute["b"].availability_zone == "us-east-1b"
    error_message = "a zone that lacks nothing is refused"
  }
}

run "n1_refuses_such_zones_in_every_region_that_has_one" {
  command = plan

  variables {
    zones = ["a", "c"]
  }

  override_data {
    target = data.aws_region.current
    values = {
      id = "ap-northeast-1"
    }
  }

  override_data {
    target = data.aws_availability_zones.this
    values = {
      names    = ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"]
      zone_ids = ["apne1-az3", "apne1-az1", "apne1-az2"]
    }
  }

  expect_failures = [data.aws_availability_zones.this]
}

run "n6_endpoints_lead_to_the_own_account_where_they_are_the_only_way_out" {
  command = plan

  variables {
    nat                  = "none"
    interface_endpoints  = ["ecr.api", "ecr.dkr", "logs", "secretsmanager"]
    endpoint_account_ids = ["210987654321"]
  }

  assert {
    condition = alltrue([for endpoint in values(aws_vpc_endpoint.interface) : jsondecode(endpoint.policy).Statement == [{
      Sid       = "OwnResources", Effect = "Allow", Principal = "*", Action = "*", Resource = "*"
      Condition = { StringEquals = { "aws:ResourceAccount" = ["123456789012", "210987654321"] } }
    }]])
    error_message = "an interface endpoint leads to other accounts"
  }

  assert {
    condition     = length(jsondecode(aws_vpc_endpoint.s3.policy).Statement) == 2 && jsondecode(aws_vpc_endpoint.s3.policy).Statement[0] == jsondecode(aws_vpc_endpoint.interface["logs"].policy).Statement[0]
    error_message = "the endpoint of S3 leads to buckets of other accounts"
  }

  assert {
    condition = jsondecode(aws_vpc_endpoint.s3.policy).Statement[1] == {
      Sid = "ImageLayers", Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"
    }
    error_message = "no image can be pulled: ECR keeps layers in a bucket of its own"
  }
}

run "n6_endpoints_are_open_beside_nat" {
  command = plan

  variables {
    interface_endpoints = ["logs"]
  }

  assert {
    condition = alltrue([for policy in [aws_vpc_endpoint.s3.policy, aws_vpc_endpoint.interface["logs"].policy] : jsondecode(policy).Statement == [
      { Effect = "Allow", Principal = "*", Action = "*", Resource = "*" }
    ]])
    error_message = "a policy of the time without NAT stays behind"
  }
}

run "ec2_21_no_rule_opens_a_port_of_administrators_to_the_internet" {
  command = plan

  variables {
    interface_endpoints = ["logs"]
    storage_ports       = [5432]
    kubernetes          = true
  }

  assert {
    condition = alltrue([
      for rule in values(aws_network_acl_rule.this) : alltrue([for port in [22, 3389] : rule.from_port > port || rule.to_port < port])
      if !rule.egress && rule.rule_action == "allow" && rule.protocol == "tcp" && rule.cidr_block == "0.0.0.0/0"
    ])
    error_message = "a network ACL takes connections to 22 or 3389 from anywhere"
  }
}

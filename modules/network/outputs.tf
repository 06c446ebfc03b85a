output "vpc_id" {
  description = "ID of the VPC."
  value       = aws_vpc.this.id
}

output "cidr" {
  description = "IPv4 range of the VPC."
  value       = aws_vpc.this.cidr_block
}

output "public_subnet_ids" {
  description = "IDs of the public subnets, in the order of `zones`: the load balancer's place."
  value       = [for zone in var.zones : aws_subnet.public[zone].id]

  # A load balancer that answers before its tier can pass traffic would be seen as down.
  depends_on = [
    aws_network_acl_rule.this,
    aws_route.public,
    aws_route_table_association.public,
  ]
}

output "compute_subnet_ids" {
  description = "IDs of the compute subnets, in the order of `zones`: the place of tasks and pods."
  value       = [for zone in var.zones : aws_subnet.compute[zone].id]

  # Nothing may start here before it can pull its image and write its logs.
  depends_on = [
    aws_network_acl_rule.this,
    aws_route.compute,
    aws_route_table_association.compute,
    aws_vpc_endpoint.interface,
    aws_vpc_endpoint.s3,
    aws_vpc_security_group_ingress_rule.endpoints,
  ]
}

output "storage_subnet_ids" {
  description = "IDs of the storage subnets, in the order of `zones`: the place of databases and caches. Empty when `storage_ports` is empty."
  value       = [for zone in var.zones : aws_subnet.storage[zone].id if length(var.storage_ports) > 0]
}

output "nat_public_ips" {
  description = "Public addresses that calls to the internet come from, one for each NAT gateway, in the order of `zones`: what others let in. Empty with `nat = \"none\"`."
  value       = [for zone in var.zones : aws_eip.nat[zone].public_ip if contains(values(local.nat_zones), zone)]
}

output "route_table_ids" {
  description = "IDs of the route tables by tier, `public`, `compute` and `storage`, for routes to other networks: those of the compute tier in the order of `zones`, those of the storage tier empty when `storage_ports` is empty."
  value = tomap({
    public  = [aws_route_table.public.id]
    compute = [for zone in var.zones : aws_route_table.compute[zone].id]
    storage = aws_route_table.storage[*].id
  })
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id

  tags = {
    Name = "${var.name}-public"
  }
}

resource "aws_route" "public" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "public" {
  for_each = aws_subnet.public

  subnet_id      = each.value.id
  route_table_id = aws_route_table.public.id
}

resource "aws_eip" "nat" {
  for_each = toset(values(local.nat_zones))

  domain = "vpc"

  tags = {
    Name = "${var.name}-nat-${each.key}"
  }

  # An address can be mapped only while the VPC has a gateway.
  depends_on = [aws_internet_gateway.this]
}

resource "aws_nat_gateway" "this" {
  for_each = toset(values(local.nat_zones))

  allocation_id = aws_eip.nat[each.key].id
  subnet_id     = aws_subnet.public[each.key].id

  tags = {
    Name = "${var.name}-${each.key}"
  }

  depends_on = [
    aws_route.public,
    aws_route_table_association.public,
  ]
}

# One table per zone whatever the NAT mode, so that changing the mode changes a route and no table.
resource "aws_route_table" "compute" {
  for_each = toset(var.zones)

  vpc_id = aws_vpc.this.id

  tags = {
    Name = "${var.name}-compute-${each.key}"
  }
}

resource "aws_route" "compute" {
  for_each = local.nat_zones

  route_table_id         = aws_route_table.compute[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[each.value].id
}

resource "aws_route_table_association" "compute" {
  for_each = aws_subnet.compute

  subnet_id      = each.value.id
  route_table_id = aws_route_table.compute[each.key].id
}

# The empty list is a statement, not an omission: a route that somebody adds by hand shows up in the next plan.
resource "aws_route_table" "storage" {
  count = length(local.storage_zones) > 0 ? 1 : 0

  vpc_id = aws_vpc.this.id
  route  = []

  tags = {
    Name = "${var.name}-storage"
  }
}

resource "aws_route_table_association" "storage" {
  for_each = aws_subnet.storage

  subnet_id      = each.value.id
  route_table_id = aws_route_table.storage[0].id
}

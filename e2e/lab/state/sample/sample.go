// Package sample is a state made by hand, for tests of what runs on one: the tiers of the network module in two zones,
// and a service, a database and a load balancer's groups. Tests add to it and take from it.
package sample

import (
	"fmt"

	"github.com/groundplan/groundplan/e2e/lab/state"
)

// Subnets and groups of the sample, by the ids it gives them.
const (
	PublicA, PublicB   = "subnet-0a", "subnet-0b"
	ComputeA, ComputeB = "subnet-1a", "subnet-1b"
	StorageA, StorageB = "subnet-2a", "subnet-2b"

	Balancer, Orders, Users, Database, Cache, Idle = "sg-01", "sg-02", "sg-03", "sg-04", "sg-05", "sg-06"
)

const (
	public, compute, storage = "10.20.128.0/21", "10.20.0.0/17", "10.20.136.0/21"
	anywhere                 = "0.0.0.0/0"
)

// State is a fresh sample. Orders may call users on 8080, the internet on 443, and the database and cache; the load
// balancer may call orders; users may call nobody.
func State() state.State {
	s := state.State{
		"module.network.aws_vpc.this":              {"id": "vpc-01", "cidr_block": "10.20.0.0/16"},
		"module.network.aws_route.public":          {"route_table_id": "rtb-public", "destination_cidr_block": anywhere, "gateway_id": "igw-01"},
		`module.network.aws_nat_gateway.this["a"]`: {"id": "nat-01", "subnet_id": PublicA},
		"module.network.aws_vpc_endpoint.s3": {
			"service_name": "com.amazonaws.us-east-1.s3", "vpc_endpoint_type": "Gateway", "prefix_list_id": "pl-s3",
			"route_table_ids": []any{"rtb-a", "rtb-b"},
		},
		"module.network.aws_default_security_group.this": {"id": "sg-00"},
	}
	for index, zone := range []string{"a", "b"} {
		addSubnet(s, "public", zone, []string{PublicA, PublicB}[index], fmt.Sprintf("10.20.%d.0/24", 128+index), "rtb-public")
		addSubnet(s, "compute", zone, []string{ComputeA, ComputeB}[index], fmt.Sprintf("10.20.%d.0/20", 16*index), "rtb-"+zone)
		addSubnet(s, "storage", zone, []string{StorageA, StorageB}[index], fmt.Sprintf("10.20.%d.0/24", 136+index), "rtb-storage")
		s[fmt.Sprintf("module.network.aws_route.compute[%q]", zone)] = map[string]any{
			"route_table_id": "rtb-" + zone, "destination_cidr_block": anywhere, "nat_gateway_id": "nat-01",
		}
	}
	for tier, subnets := range map[string][]any{"public": {PublicA, PublicB}, "compute": {ComputeA, ComputeB}, "storage": {StorageA, StorageB}} {
		s["module.network.aws_network_acl."+tier] = map[string]any{"id": "acl-" + tier, "subnet_ids": subnets}
	}
	addACLs(s)
	for name, id := range map[string]string{"balancer": Balancer, "orders": Orders, "users": Users, "database": Database, "cache": Cache, "idle": Idle} {
		s["module."+name+".aws_security_group.this"] = map[string]any{"id": id}
	}
	Connect(s, Balancer, Orders, 8080)
	Connect(s, Orders, Users, 8080)
	Connect(s, Orders, Database, 5432)
	Connect(s, Orders, Cache, 6379)
	AddRule(s, "egress", Orders, map[string]any{"cidr_ipv4": anywhere}, 443)
	AddRule(s, "ingress", Balancer, map[string]any{"cidr_ipv4": anywhere}, 80)
	AddRule(s, "ingress", Balancer, map[string]any{"cidr_ipv4": anywhere}, 443)
	return s
}

// Address is the address of the rule that AddRule makes.
func Address(direction, group string, port int) string {
	return fmt.Sprintf("module.rules.aws_vpc_security_group_%s_rule.this[\"%s-%d\"]", direction, group, port)
}

// AddRule adds a rule of a security group, "ingress" or "egress", for one TCP port.
func AddRule(s state.State, direction, group string, end map[string]any, port int) {
	values := map[string]any{"security_group_id": group, "ip_protocol": "tcp", "from_port": port, "to_port": port}
	for name, value := range end {
		values[name] = value
	}
	s[Address(direction, group, port)] = values
}

// Connect lets a group open connections to another: a rule of both.
func Connect(s state.State, from, to string, port int) {
	AddRule(s, "egress", from, map[string]any{"referenced_security_group_id": to}, port)
	AddRule(s, "ingress", to, map[string]any{"referenced_security_group_id": from}, port)
}

func addSubnet(s state.State, tier, zone, id, cidr, table string) {
	key := fmt.Sprintf("[%q]", zone)
	s["module.network.aws_subnet."+tier+key] = map[string]any{"id": id, "cidr_block": cidr, "availability_zone": "us-east-1" + zone}
	s["module.network.aws_route_table_association."+tier+key] = map[string]any{"subnet_id": id, "route_table_id": table}
}

// addACLs adds what the network module's ACLs come to with one NAT gateway and two storage ports.
func addACLs(s state.State) {
	add := func(tier, direction string, number int, action, cidr string, from, to int) {
		protocol := "tcp"
		if action == "deny" && from == 0 {
			protocol = "-1"
		}
		s[fmt.Sprintf("module.network.aws_network_acl_rule.this[\"%s_%s_%d\"]", tier, direction, number)] = map[string]any{
			"network_acl_id": "acl-" + tier, "egress": direction == "out", "rule_number": number, "rule_action": action,
			"protocol": protocol, "cidr_block": cidr, "from_port": from, "to_port": to,
		}
	}
	add("public", "in", 100, "allow", anywhere, 80, 80)
	add("public", "in", 110, "allow", anywhere, 443, 443)
	add("public", "in", 120, "allow", compute, 1024, 65535)
	add("public", "in", 130, "allow", compute, 0, 65535)
	add("public", "in", 140, "allow", anywhere, 1024, 65535)
	add("public", "out", 100, "allow", compute, 8080, 8080)
	add("public", "out", 110, "allow", compute, 1024, 65535)
	add("public", "out", 190, "deny", compute, 0, 0)
	add("public", "out", 195, "deny", storage, 0, 0)
	add("public", "out", 200, "allow", anywhere, 1024, 65535)
	add("public", "out", 210, "allow", anywhere, 0, 65535)

	add("compute", "in", 100, "allow", public, 8080, 8080)
	add("compute", "in", 110, "allow", compute, 8080, 8080)
	add("compute", "in", 190, "deny", anywhere, 8080, 8080)
	add("compute", "in", 200, "allow", anywhere, 1024, 65535)
	add("compute", "out", 100, "allow", public, 1024, 65535)
	add("compute", "out", 110, "allow", public, 80, 80)
	add("compute", "out", 120, "allow", public, 443, 443)
	add("compute", "out", 140, "allow", compute, 1024, 65535)
	add("compute", "out", 6432, "allow", storage, 5432, 5432)
	add("compute", "out", 7379, "allow", storage, 6379, 6379)
	add("compute", "out", 32100, "deny", public, 0, 0)
	add("compute", "out", 32110, "deny", compute, 0, 0)
	add("compute", "out", 32120, "deny", storage, 0, 0)
	add("compute", "out", 32200, "allow", anywhere, 0, 65535)

	add("storage", "in", 6432, "allow", compute, 5432, 5432)
	add("storage", "in", 7379, "allow", compute, 6379, 6379)
	add("storage", "out", 100, "allow", compute, 1024, 65535)
}

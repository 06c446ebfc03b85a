//go:build linux

package vpc

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/e2e/lab/state"
)

// subnet is a subnet with all that decides what leaves and enters it.
type subnet struct {
	id      string
	prefix  netip.Prefix
	acl     string // id; empty is the VPC's own, which lets everything through
	nat     string // id of the subnet of the NAT gateway that its route to the internet names
	gateway bool   // the route to the internet names the internet gateway: only interfaces with a public address get out
	s3      bool   // its route table has the S3 gateway endpoint
}

// rule is one rule of a security group.
type rule struct {
	group    string
	out      bool
	protocol string
	from, to int
	cidr     string // one of these three says who is at the other end
	peer     string
	prefixes string // id of a prefix list
}

// aclRule is one rule of a network ACL.
type aclRule struct {
	acl        string
	out, allow bool
	number     int
	protocol   string
	cidr       string
	from, to   int
	icmp       string // the match of type and code
}

// endpoint is an interface endpoint: AWS's service with addresses in the VPC.
type endpoint struct {
	service string
	subnets []string
	groups  []string
}

// networkTopology is what the state says about who may reach whom.
type networkTopology struct {
	cidr      netip.Prefix
	subnets   map[string]*subnet
	groups    []string
	rules     []rule
	acls      []string
	aclRules  []aclRule
	endpoints []endpoint
	s3List    string // id of the prefix list of S3
}

// unknown are resources that change who reaches whom, and that nothing here takes notice of: a state that holds one
// would be judged wrongly.
var unknown = []string{
	"aws_ec2_transit_gateway", "aws_egress_only_internet_gateway", "aws_main_route_table_association", "aws_network_acl_association",
	"aws_network_interface_sg_attachment", "aws_security_group_rule", "aws_vpc_endpoint_route_table_association", "aws_vpc_ipv4_cidr_block_association",
	"aws_vpc_peering_connection", "aws_vpn_gateway",
}

func read(resources state.State) (*networkTopology, error) {
	for _, kind := range unknown {
		if found := resources.Of(kind); len(found) > 0 {
			return nil, fmt.Errorf("%s: the laboratory knows nothing of %s", found[0].Address, kind)
		}
	}
	networks := resources.Of("aws_vpc")
	if len(networks) != 1 {
		return nil, fmt.Errorf("the state has %d VPCs, but the laboratory is for one", len(networks))
	}
	cidr, err := netip.ParsePrefix(networks[0].Text("cidr_block"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", networks[0].Address, err)
	}
	t := &networkTopology{cidr: cidr, subnets: map[string]*subnet{}}
	for _, resource := range resources.Of("aws_subnet") {
		prefix, err := netip.ParsePrefix(resource.Text("cidr_block"))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", resource.Address, err)
		}
		t.subnets[resource.Text("id")] = &subnet{id: resource.Text("id"), prefix: prefix}
	}
	for _, kind := range []string{"aws_security_group", "aws_default_security_group"} {
		for _, resource := range resources.Of(kind) {
			t.groups = append(t.groups, resource.Text("id"))
		}
	}
	t.readEndpoints(resources)
	return t, errors.Join(t.readGroupRules(resources), t.readACLs(resources), t.readRoutes(resources))
}

func (t *networkTopology) readGroupRules(resources state.State) error {
	for kind, out := range map[string]bool{"aws_vpc_security_group_ingress_rule": false, "aws_vpc_security_group_egress_rule": true} {
		for _, resource := range resources.Of(kind) {
			if !slices.Contains(t.groups, resource.Text("security_group_id")) {
				return fmt.Errorf("%s: no security group %q in the state", resource.Address, resource.Text("security_group_id"))
			}
			peer := resource.Text("referenced_security_group_id")
			// A group of another account is written with that account before it.
			if _, id, other := strings.Cut(peer, "/"); other {
				peer = id
			}
			if peer != "" && !slices.Contains(t.groups, peer) {
				return fmt.Errorf("%s: no security group %q in the state", resource.Address, peer)
			}
			t.rules = append(t.rules, rule{
				group: resource.Text("security_group_id"), out: out, protocol: resource.Text("ip_protocol"),
				from: resource.Number("from_port"), to: resource.Number("to_port"),
				cidr: resource.Text("cidr_ipv4"), peer: peer, prefixes: resource.Text("prefix_list_id"),
			})
		}
	}
	// In one order always, whatever the order of the two kinds was.
	slices.SortFunc(t.rules, func(a, b rule) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return nil
}

func (t *networkTopology) readACLs(resources state.State) error {
	for _, resource := range resources.Of("aws_network_acl") {
		t.acls = append(t.acls, resource.Text("id"))
		for _, id := range resource.Texts("subnet_ids") {
			if t.subnets[id] == nil {
				return fmt.Errorf("%s: no subnet %q in the state", resource.Address, id)
			}
			t.subnets[id].acl = resource.Text("id")
		}
	}
	for _, resource := range resources.Of("aws_network_acl_rule") {
		entry := aclRule{
			acl: resource.Text("network_acl_id"), out: resource.Flag("egress"), allow: resource.Text("rule_action") == "allow",
			number: resource.Number("rule_number"), protocol: resource.Text("protocol"), cidr: resource.Text("cidr_block"),
			from: resource.Number("from_port"), to: resource.Number("to_port"),
		}
		if !slices.Contains(t.acls, entry.acl) {
			return fmt.Errorf("%s: no network ACL %q in the state", resource.Address, entry.acl)
		}
		if resource.Has("icmp_type") && resource.Number("icmp_type") >= 0 {
			entry.icmp = fmt.Sprintf(" icmp type %d", resource.Number("icmp_type"))
			if resource.Has("icmp_code") && resource.Number("icmp_code") >= 0 {
				entry.icmp += fmt.Sprintf(" icmp code %d", resource.Number("icmp_code"))
			}
		}
		t.aclRules = append(t.aclRules, entry)
	}
	slices.SortStableFunc(t.aclRules, func(a, b aclRule) int { return a.number - b.number })
	return nil
}

func (t *networkTopology) readRoutes(resources state.State) error {
	tables := map[string][]*subnet{}
	for _, resource := range resources.Of("aws_route_table_association") {
		entry := t.subnets[resource.Text("subnet_id")]
		if entry == nil {
			return fmt.Errorf("%s: no subnet %q in the state", resource.Address, resource.Text("subnet_id"))
		}
		tables[resource.Text("route_table_id")] = append(tables[resource.Text("route_table_id")], entry)
	}
	gateways := map[string]string{}
	for _, resource := range resources.Of("aws_nat_gateway") {
		gateways[resource.Text("id")] = resource.Text("subnet_id")
	}
	for _, resource := range resources.Of("aws_route") {
		if resource.Text("destination_cidr_block") != "0.0.0.0/0" {
			return fmt.Errorf("%s: the laboratory knows routes to 0.0.0.0/0 only", resource.Address)
		}
		for _, entry := range tables[resource.Text("route_table_id")] {
			if gateway := resource.Text("nat_gateway_id"); gateway != "" {
				if entry.nat = gateways[gateway]; t.subnets[entry.nat] == nil {
					return fmt.Errorf("%s: no NAT gateway %q in the state", resource.Address, gateway)
				}
			}
			entry.gateway = entry.gateway || strings.HasPrefix(resource.Text("gateway_id"), "igw-")
		}
	}
	for _, resource := range resources.Of("aws_vpc_endpoint") {
		if resource.Text("vpc_endpoint_type") != "Gateway" {
			continue
		}
		if service := short(resource.Text("service_name")); service != "s3" {
			return fmt.Errorf("%s: the laboratory knows a gateway endpoint for S3 only", resource.Address)
		}
		t.s3List = resource.Text("prefix_list_id")
		for _, table := range resource.Texts("route_table_ids") {
			for _, entry := range tables[table] {
				entry.s3 = true
			}
		}
	}
	return nil
}

func (t *networkTopology) readEndpoints(resources state.State) {
	for _, resource := range resources.Of("aws_vpc_endpoint") {
		if resource.Text("vpc_endpoint_type") != "Interface" || !resource.Flag("private_dns_enabled") {
			continue
		}
		t.endpoints = append(t.endpoints, endpoint{
			service: short(resource.Text("service_name")), subnets: resource.Texts("subnet_ids"), groups: resource.Texts("security_group_ids"),
		})
	}
}

// short is a service's name without the region: ecr.api of com.amazonaws.eu-west-1.ecr.api.
func short(service string) string {
	parts := strings.SplitN(service, ".", 4)
	return parts[len(parts)-1]
}

// at is the subnet that holds an address, nil for an address of no subnet.
func (t *networkTopology) at(address netip.Addr) *subnet {
	for _, entry := range t.subnets {
		if entry.prefix.Contains(address) {
			return entry
		}
	}
	return nil
}

func (t *networkTopology) subnetIDs() []string { return slices.Sorted(maps.Keys(t.subnets)) }

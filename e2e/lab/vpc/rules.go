//go:build linux

package vpc

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// routerTable is the name of the nftables table in the router's namespace.
const routerTable = "vpc"

// Reasons for which the router drops a packet, by which Network.Dropped counts.
const (
	ByRoute   = "by_route"   // the subnet has no way there
	ByACL     = "by_acl"     // a network ACL, on the way out or in
	ByLeaving = "by_leaving" // no security group of the sender lets it out
	ByEntry   = "by_entry"   // no security group of the receiver lets it in
)

// ruleset is the whole of what the router lets through, in nft's language. Every packet between two interfaces, or an
// interface and the world outside, is forwarded by the router, so that one chain judges all of them: is there a way,
// do the network ACLs of both subnets let this packet pass (they know no connections), and is it part of a connection
// or may begin one by the groups of both ends.
func (t *networkTopology) ruleset(members map[string][]netip.Addr, public []netip.Addr) string {
	var text strings.Builder
	line := func(format string, values ...any) { fmt.Fprintf(&text, format+"\n", values...) }
	line("table ip %[1]s {}\ndelete table ip %[1]s\ntable ip %[1]s {", routerTable)
	for _, reason := range []string{ByRoute, ByACL, ByLeaving, ByEntry} {
		line("counter %s {}", reason)
	}
	line("set public { type ipv4_addr; %s }", elements(public))
	for _, group := range t.groups {
		line("set %s { type ipv4_addr; %s }", setName(group), elements(members[group]))
	}
	t.routeChain(line)
	t.aclChains(line)
	t.groupChains(line)
	line("chain forward {")
	line("type filter hook forward priority 0; policy drop;")
	line("jump routes")
	line("jump acls")
	line("ct state established,related accept")
	// What comes from outside has no group that could hold it back.
	line("ip saddr != %s goto entry", t.cidr)
	line("goto leaving\n}")
	// The VPC's resolver stands outside of groups and ACLs.
	line("chain input {\ntype filter hook input priority 0; policy drop;")
	line("ct state established,related accept")
	line("ip saddr %s ip daddr %s udp dport 53 accept", t.cidr, t.resolver())
	line("ip saddr %s ip daddr %s tcp dport 53 accept\n}", t.cidr, t.resolver())
	line("}")
	return text.String()
}

func (t *networkTopology) routeChain(line func(string, ...any)) {
	line("chain routes {")
	line("ip saddr %[1]s ip daddr %[1]s return", t.cidr)
	// A network connected with the VPC: which routes lead there is its owner's business, and is not in the state.
	line("ip saddr %s return\nip daddr %s return", t.neighbour(), t.neighbour())
	for _, id := range t.subnetIDs() {
		entry := t.subnets[id]
		if entry.s3 {
			line("ip saddr %s ip daddr %s return", entry.prefix, s3Range)
			line("ip saddr %s ip daddr %s ct state established return", s3Range, entry.prefix)
		}
		switch {
		case entry.nat != "":
			line("ip saddr %s return", entry.prefix)
			line("ip daddr %s ct state established return", entry.prefix) // nobody calls through a NAT gateway
		case entry.gateway:
			line("ip saddr %s ip saddr @public return", entry.prefix)
			line("ip daddr %s ip daddr @public return", entry.prefix)
		}
	}
	line("counter name %s drop\n}", ByRoute)
}

func (t *networkTopology) aclChains(line func(string, ...any)) {
	for _, acl := range t.acls {
		for _, out := range []bool{false, true} {
			line("chain %s {", chainName(acl, out))
			for _, entry := range t.aclRules {
				if entry.acl != acl || entry.out != out {
					continue
				}
				end := "ip saddr"
				if out {
					end = "ip daddr"
				}
				action := "return"
				if !entry.allow {
					action = "counter name " + ByACL + " drop"
				}
				line("%s %s%s%s %s", end, entry.cidr, protocolMatch(entry.protocol, entry.from, entry.to), entry.icmp, action)
			}
			line("counter name %s drop\n}", ByACL)
		}
	}
	line("chain acls {")
	for _, id := range t.subnetIDs() {
		line("ip saddr %[1]s ip daddr %[1]s return", t.subnets[id].prefix)
	}
	jump := func(match, id string, out bool) {
		if acl := t.subnets[id].acl; acl != "" {
			line("%s jump %s", match, chainName(acl, out))
		}
	}
	for _, id := range t.subnetIDs() {
		jump("ip saddr "+t.subnets[id].prefix.String(), id, true)
	}
	// What goes through a NAT gateway passes the gateway's subnet, both ways; what goes to S3 by its endpoint does not.
	for _, id := range t.subnetIDs() {
		entry := t.subnets[id]
		if entry.nat == "" {
			continue
		}
		outside := fmt.Sprintf("!= { %s, %s }", t.cidr, t.neighbour())
		if entry.s3 {
			outside = fmt.Sprintf("!= { %s, %s, %s }", t.cidr, t.neighbour(), s3Range)
		}
		for _, packet := range []string{
			fmt.Sprintf("ip saddr %s ip daddr %s", entry.prefix, outside),
			fmt.Sprintf("ip daddr %s ip saddr %s", entry.prefix, outside),
		} {
			jump(packet, entry.nat, false)
			jump(packet, entry.nat, true)
		}
	}
	for _, id := range t.subnetIDs() {
		jump("ip daddr "+t.subnets[id].prefix.String(), id, false)
	}
	line("}")
}

func (t *networkTopology) groupChains(line func(string, ...any)) {
	write := func(name, own, other string, out bool, action string) {
		line("chain %s {", name)
		if !out {
			line("ip daddr != %s accept", t.cidr) // nobody's groups stand there
		}
		for _, entry := range t.rules {
			if entry.out != out {
				continue
			}
			var end string
			switch {
			case entry.peer != "":
				end = " " + other + " @" + setName(entry.peer)
			case entry.prefixes != "" && entry.prefixes == t.s3List:
				end = " " + other + " " + s3Range.String()
			case entry.cidr != "":
				end = " " + other + " " + entry.cidr
			default:
				continue // IPv6, or a prefix list of a service that is reached by other ways: nobody here has such an address
			}
			line("%s @%s%s%s %s", own, setName(entry.group), end, protocolMatch(entry.protocol, entry.from, entry.to), action)
		}
	}
	write("entry", "ip daddr", "ip saddr", false, "accept")
	line("counter name %s drop\n}", ByEntry)
	write("leaving", "ip saddr", "ip daddr", true, "goto entry")
	line("counter name %s drop\n}", ByLeaving)
}

// protocolMatch is the part of a rule that speaks of protocol and destination port. Groups and ACLs name protocols by name or number.
func protocolMatch(protocol string, from, to int) string {
	ports := func(name string) string {
		if from <= 0 && to >= 65535 {
			return " meta l4proto " + name
		}
		return fmt.Sprintf(" %s dport %d-%d", name, from, to)
	}
	switch protocol {
	case "-1", "all", "":
		return ""
	case "tcp", "6":
		return ports("tcp")
	case "udp", "17":
		return ports("udp")
	case "icmp", "1":
		return " meta l4proto icmp"
	}
	if _, err := strconv.Atoi(protocol); err == nil {
		return " meta l4proto " + protocol
	}
	return " meta l4proto 255" // a protocol that nothing here speaks, IPv6's ICMP first of all
}

func elements(addresses []netip.Addr) string {
	if len(addresses) == 0 {
		return ""
	}
	texts := make([]string, len(addresses))
	for index, address := range addresses {
		texts[index] = address.String()
	}
	return "elements = { " + strings.Join(texts, ", ") + " };"
}

func setName(group string) string { return strings.ReplaceAll(group, "-", "_") }

func chainName(acl string, out bool) string {
	if out {
		return strings.ReplaceAll(acl, "-", "_") + "_out"
	}
	return strings.ReplaceAll(acl, "-", "_") + "_in"
}

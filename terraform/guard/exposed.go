package guard

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// exposed finds what can be reached from the internet, or by everybody, and could not before.
func exposed(p plannedChange) []Finding {
	var findings []Finding
	for _, r := range p.changes() {
		for _, ask := range []func(plannedChange, *tfjson.ResourceChange) []string{openRules, openRoutes, openBuckets, openDocuments, openServers} {
			for _, reason := range ask(p, r) {
				findings = append(findings, p.finding(Exposed, r, reason))
			}
		}
	}
	return findings
}

// private are the ranges that nobody on the internet has ("RFC 1918", "RFC 6598", "RFC 4193").
var private = []string{"10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10"}

// isInternet reports whether a range is the internet, or so much of it that it makes no difference: two halves are a whole.
func isInternet(cidr string) bool {
	prefix, err := netip.ParsePrefix(cidr)
	if err != nil {
		return false
	}
	for _, inside := range private {
		if within := netip.MustParsePrefix(inside); within.Contains(prefix.Addr()) && within.Bits() <= prefix.Bits() {
			return false
		}
	}
	if prefix.Addr().Is4() {
		return prefix.Bits() <= 8
	}
	return prefix.Bits() <= 16
}

// openRules finds rules of security groups and of network ACLs that let the internet in.
func openRules(p plannedChange, r *tfjson.ResourceChange) []string {
	before, after := r.Change.Before, r.Change.After
	switch r.Type {
	case "aws_vpc_security_group_ingress_rule":
		if after != nil && p.there(r, "security_group_id", "aws_security_group", "id") {
			return newlyOpen(ranges(before, "cidr_ipv4", "cidr_ipv6"), ranges(after, "cidr_ipv4", "cidr_ipv6"), "lets in %s"+portText(after, "from_port", "to_port"))
		}
	case "aws_security_group_rule":
		if after != nil && textAt(after, "type") == "ingress" && p.there(r, "security_group_id", "aws_security_group", "id") {
			return newlyOpen(ranges(before, "cidr_blocks", "ipv6_cidr_blocks"), ranges(after, "cidr_blocks", "ipv6_cidr_blocks"), "lets in %s"+portText(after, "from_port", "to_port"))
		}
	case "aws_security_group", "aws_default_security_group":
		if stays(r) {
			return newlyOpen(inline(before, "cidr_blocks", "ipv6_cidr_blocks"), inline(after, "cidr_blocks", "ipv6_cidr_blocks"), "lets in %s")
		}
	case "aws_network_acl":
		if stays(r) {
			return newlyOpen(inline(before, "cidr_block", "ipv6_cidr_block"), inline(after, "cidr_block", "ipv6_cidr_block"), "lets in %s")
		}
	case "aws_network_acl_rule":
		if after != nil && !setAt(after, "egress") && textAt(after, "rule_action") == "allow" && p.there(r, "network_acl_id", "aws_network_acl", "id") {
			return newlyOpen(ranges(before, "cidr_block", "ipv6_cidr_block"), ranges(after, "cidr_block", "ipv6_cidr_block"), "lets in %s"+portText(after, "from_port", "to_port"))
		}
	}
	return nil
}

// ranges are those under some names, each one or a list.
func ranges(value any, names ...string) []string {
	var found []string
	for _, name := range names {
		found = append(found, textsOf(get(value, name))...)
	}
	return found
}

// inline are the ranges of the rules inside a group that let somebody in.
func inline(value any, names ...string) []string {
	rules, _ := get(value, "ingress").([]any)
	var found []string
	for _, rule := range rules {
		if action := textAt(rule, "action"); action == "" || action == "allow" {
			found = append(found, ranges(rule, names...)...)
		}
	}
	return found
}

func newlyOpen(before, after []string, format string) []string {
	var reasons []string
	for _, cidr := range after {
		if isInternet(cidr) && !slices.Contains(before, cidr) {
			reasons = append(reasons, fmt.Sprintf(format, cidr))
		}
	}
	return reasons
}

func portText(value any, from, to string) string {
	first, known := numberAt(value, from)
	last, alsoKnown := numberAt(value, to)
	switch {
	case !known || !alsoKnown || first < 0:
		return " at every port"
	case first == last:
		return fmt.Sprintf(" at port %.0f", first)
	}
	return fmt.Sprintf(" at ports %.0f to %.0f", first, last)
}

// openRoutes finds subnets that become public ones: by a route to an internet gateway, by another route table, or by giving
// public addresses.
func openRoutes(p plannedChange, r *tfjson.ResourceChange) []string {
	before, after := r.Change.Before, r.Change.After
	switch r.Type {
	case "aws_route":
		if after != nil && toInternet(after) && !toInternet(before) && p.there(r, "route_table_id", "aws_route_table", "id") {
			return []string{"the subnets of " + textAt(after, "route_table_id") + " get a route from and to the internet"}
		}
	case "aws_route_table":
		if stays(r) && inlineInternet(after) && !inlineInternet(before) {
			return []string{"its subnets get a route from and to the internet"}
		}
	case "aws_route_table_association":
		if stays(r) || r.Change.Actions.Create() && p.there(r, "subnet_id", "aws_subnet", "id") {
			if p.publicTable(textAt(after, "route_table_id")) && !p.publicTable(textAt(before, "route_table_id")) {
				return []string{"the subnet " + textAt(after, "subnet_id") + " gets a route from and to the internet"}
			}
		}
	case "aws_subnet":
		if stays(r) {
			return turnedOn(r, "map_public_ip_on_launch", "what starts in it gets a public address")
		}
	}
	return nil
}

func toInternet(route any) bool {
	return strings.HasPrefix(textAt(route, "gateway_id"), "igw-")
}

func inlineInternet(table any) bool {
	routes, _ := get(table, "route").([]any)
	return slices.ContainsFunc(routes, toInternet)
}

// publicTable reports whether a route table has a route to an internet gateway, as far as the plan shows.
func (p plannedChange) publicTable(id string) bool {
	return id != "" && slices.ContainsFunc(p.managed(), func(r *tfjson.ResourceChange) bool {
		value := r.Change.After
		if value == nil {
			value = r.Change.Before
		}
		return r.Type == "aws_route" && textAt(value, "route_table_id") == id && toInternet(value) ||
			r.Type == "aws_route_table" && textAt(value, "id") == id && inlineInternet(value)
	})
}

// openBuckets finds what keeps buckets shut and does no longer.
func openBuckets(p plannedChange, r *tfjson.ResourceChange) []string {
	before, after := r.Change.Before, r.Change.After
	switch r.Type {
	case "aws_s3_bucket_public_access_block", "aws_s3_account_public_access_block":
		var off []string
		for _, name := range []string{"block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"} {
			if setAt(before, name) && !setAt(after, name) && !unknownAt(r, name) {
				off = append(off, name)
			}
		}
		switch {
		case r.Change.Actions.Delete() && !p.remains(r, ofBucket):
			return nil
		case r.Change.Actions.Delete() || r.Change.Actions.Forget():
			return []string{"nothing keeps the bucket shut any more"}
		case len(off) > 0:
			return []string{strings.Join(off, ", ") + " off: a policy or an ACL can show its objects to everybody"}
		}
	case "aws_s3_bucket_acl":
		if acl := textAt(after, "acl"); strings.HasPrefix(acl, "public-") && textAt(before, "acl") != acl && p.there(r, "bucket", "aws_s3_bucket", "bucket") {
			return []string{"acl " + acl + ": everybody gets at its objects"}
		}
	}
	return nil
}

// openDocuments finds policies of what is there that everybody may use, and could not before.
func openDocuments(p plannedChange, r *tfjson.ResourceChange) []string {
	if r.Type == "aws_lambda_permission" {
		if r.Change.After != nil && textAt(r.Change.After, "principal") == "*" && textAt(r.Change.Before, "principal") != "*" && p.there(r, "function_name", "aws_lambda_function", "function_name") {
			return []string{"everybody may call " + textAt(r.Change.After, "function_name")}
		}
		return nil
	}
	var reasons []string
	for _, of := range documentsOf(r.Type) {
		if r.Change.After == nil || of.parent == "" && !p.configured.Sets(r.Address, of.document) || r.Change.Actions.Create() && (of.parent == "" || !p.there(r, of.parent, of.parentType, of.parentName)) {
			continue
		}
		before, _ := statementsOf(textAt(r.Change.Before, of.document))
		after, _ := statementsOf(textAt(r.Change.After, of.document))
		was := everybodys(before)
		for _, action := range everybodys(after) {
			if !anyGlob(lowercased(slices.Clone(was)), strings.ToLower(action)) {
				reasons = append(reasons, "everybody may do "+action)
			}
		}
	}
	return reasons
}

// limiting are keys of conditions that leave a part of everybody ("The meaning of public" in "Blocking public access to your
// Amazon S3 storage"). A source address does only where it is no large range, which is for people to see.
var limiting = []string{
	"aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:sourceaccount", "aws:sourcearn", "aws:sourceip", "aws:sourceorgid",
	"aws:sourceorgpaths", "aws:sourceowner", "aws:sourcevpc", "aws:sourcevpce", "aws:userid", "kms:calleraccount", "s3:dataaccesspointaccount", "s3:dataaccesspointarn", "aws:vpcsourceip",
}

// everybodys are the actions that everybody may do.
func everybodys(statements []statement) []string {
	var actions []string
	for i := range statements {
		s := &statements[i]
		if s.deny || !slices.Contains(s.principals, "*") && len(s.notPrincipals) == 0 || s.limited() {
			continue
		}
		for _, action := range orAll(s.actions) {
			actions = append(actions, s.asWritten(action))
		}
	}
	slices.Sort(actions)
	return slices.Compact(actions)
}

// limited reports whether a condition leaves a part of everybody.
func (s *statement) limited() bool {
	for condition, values := range s.conditions {
		operator, key, _ := strings.Cut(condition, " ")
		if slices.Contains(limiting, key) && !strings.Contains(operator, "not") && !strings.Contains(operator, "ifexists") && !strings.Contains(operator, "null") && !slices.ContainsFunc(values, func(value string) bool {
			return strings.Trim(value, "*") == "" || isInternet(value)
		}) {
			return true
		}
	}
	return false
}

// openServers finds what faces the internet and did not.
func openServers(p plannedChange, r *tfjson.ResourceChange) []string {
	before, after := r.Change.Before, r.Change.After
	switch r.Type {
	case "aws_lb":
		if stays(r) && setAt(before, "internal") && !setAt(after, "internal") && !unknownAt(r, "internal") {
			return []string{"internal is turned off: the load balancer faces the internet"}
		}
	case "aws_db_instance", "aws_rds_cluster_instance":
		if stays(r) {
			return turnedOn(r, "publicly_accessible", "the server gets a public address")
		}
	case "aws_ecs_service":
		if stays(r) && setAt(after, "network_configuration", 0, "assign_public_ip") && !setAt(before, "network_configuration", 0, "assign_public_ip") {
			return []string{"assign_public_ip is turned on: its tasks get public addresses"}
		}
	case "aws_lambda_function_url":
		if textAt(after, "authorization_type") == "NONE" && textAt(before, "authorization_type") != "NONE" && p.there(r, "function_name", "aws_lambda_function", "function_name") {
			return []string{"authorization_type NONE: everybody on the internet may call it"}
		}
	}
	return nil
}

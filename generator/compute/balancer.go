package compute

import (
	"fmt"
	"slices"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/stack"
	"github.com/groundplan/groundplan/generator/value"
)

// loadBalancer is the way in from outside, whatever runs what it leads to: targets attach their workloads to its listener.
func loadBalancer(d *deploy.Deployment, s *stack.Stack) {
	target := "the gateway"
	if d.App.Containers() {
		target = "public services"
	}
	comment := fmt.Sprintf("The way in: HTTPS on %s, routed to %s only", d.Env.Domain, target)
	switch {
	case d.Env.Domain == "":
		comment = "The way in: internal until the environment has a domain, because nothing without TLS faces the internet"
	case d.Env.Internal:
		comment = fmt.Sprintf("The way in, from the network alone: HTTPS on %s, routed to %s only", d.Env.Domain, target)
	}
	args := []value.Field{
		value.Arg("name", value.String(names.Of(names.LoadBalancer, d.Env.App, d.Env.Name))),
		value.Arg("vpc_id", value.Of(app.Network, "vpc_id")),
		value.Arg("subnet_ids", value.Of(app.Network, d.Env.LoadBalancerTier())),
		value.Arg("web_acl_arn", value.String(d.Env.WebACLARN)),
		value.Arg("idle_timeout_seconds", value.Int(d.Env.IdleTimeoutSeconds)),
		value.Arg("access_log_retention_days", value.Int(d.Env.AccessLogRetentionDays)),
		value.Arg("deletion_protection", value.Bool(d.Env.DeletionProtection)),
	}
	if d.Env.Domain != "" {
		args = append(args, domainArgs(d)...)
	}
	var exports []string
	if d.Env.Domain != "" && len(d.Env.NamesWithoutZone()) > 0 {
		exports = append(exports, "dns_name") // whoever keeps the DNS of a name points it here
	}
	s.Module(stack.Call{File: "load_balancer.tf", Label: "load_balancer", Module: "load-balancer", Of: app.LoadBalancer, Why: []string{comment}, Args: args, Exports: exports, Says: "The way in, for workloads to attach themselves to."})
}

// domainArgs are the names of the load balancer, and the zones they stand in.
func domainArgs(d *deploy.Deployment) []value.Field {
	env := d.Env
	names := d.Subdomains()
	var redirected []string
	var zones, private []value.Field
	if env.PrivateZoneID != "" {
		for _, name := range append([]string{env.Domain}, names...) {
			private = append(private, value.Arg(name, value.String(env.PrivateZoneID)))
		}
	}
	for _, alias := range env.Aliases {
		names = append(names, alias.Domain)
		if alias.Redirect {
			redirected = append(redirected, alias.Domain)
		}
		if alias.HostedZoneID != env.HostedZoneID {
			zones = append(zones, value.Arg(alias.Domain, value.String(alias.HostedZoneID)))
		}
		if alias.PrivateZoneID != "" {
			private = append(private, value.Arg(alias.Domain, value.String(alias.PrivateZoneID)))
		}
	}
	return []value.Field{
		value.Arg("domain", value.String(env.Domain)),
		value.Arg("alternative_domains", value.Strings(distinct(names))),
		value.Arg("redirected_domains", value.Strings(distinct(redirected))),
		value.Arg("hosted_zone_id", value.String(env.HostedZoneID)),
		value.Arg("hosted_zone_ids", value.Map(zones...)),
		value.Arg("private_zone_ids", value.Map(private...)),
		value.Arg("certificate_arn", value.String(env.CertificateARN)),
		value.Arg("internal", value.Bool(env.Internal)),
	}
}

func distinct(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// balancerSettled are the arguments of the load balancer that no override can set.
var balancerSettled = map[string]map[string]stack.Settled{
	"load-balancer": {
		"domain":              {Why: "the gateway answers to the same name", Instead: "set domain in the environment"},
		"alternative_domains": {Why: "the gateway answers to the names of the environment alone", Instead: "write an alias block in the environment"},
		"redirected_domains":  {Why: "the gateway answers to the names that are not sent on", Instead: "set redirect in the alias block of the environment"},
		"hosted_zone_id":      {Why: "it belongs to the domain", Instead: "set hosted_zone_id in the environment"},
		"hosted_zone_ids":     {Why: "they belong to the names of the environment", Instead: "set hosted_zone_id in the alias block of the environment"},
		"private_zone_ids":    {Why: "they belong to the names of the environment", Instead: "set private_zone_id in the environment or in its alias block"},
		"certificate_arn":     {Why: "it belongs to the domain", Instead: "set certificate_arn in the environment"},
		"internal":            {Why: "what is checked and said of the environment follows from it", Instead: "set internal in the environment"},
	},
}

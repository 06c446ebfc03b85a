package compute

import (
	"fmt"
	"slices"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/value"
)

// loadBalancer is the way in from outside, whatever runs what it leads to: targets attach their workloads to its listener.
func loadBalancer(s *kinds.Stack) {
	target := "the gateway"
	if s.App.Containers() {
		target = "public services"
	}
	comment := fmt.Sprintf("The way in: HTTPS on %s, routed to %s only", s.Env.Domain, target)
	switch {
	case s.Env.Domain == "":
		comment = "The way in: internal until the environment has a domain, because nothing without TLS faces the internet"
	case s.Env.Internal:
		comment = fmt.Sprintf("The way in, from the network alone: HTTPS on %s, routed to %s only", s.Env.Domain, target)
	}
	args := []value.Field{
		arg("name", value.String(names.Of(names.LoadBalancer, s.Env.App, s.Env.Name))),
		arg("vpc_id", value.Of(app.Network, "vpc_id")),
		arg("subnet_ids", value.Of(app.Network, s.Env.LoadBalancerTier())),
		arg("web_acl_arn", value.String(s.Env.WebACLARN)),
		arg("idle_timeout_seconds", value.Int(s.Env.IdleTimeoutSeconds)),
		arg("access_log_retention_days", value.Int(s.Env.AccessLogRetentionDays)),
		arg("deletion_protection", value.Bool(s.Env.DeletionProtection)),
	}
	if s.Env.Domain != "" {
		args = append(args, domainArgs(s.Deployment)...)
	}
	s.Module("load_balancer.tf", "load_balancer", "load-balancer", app.LoadBalancer, []string{comment}, args...)
	fields := []value.Field{
		arg("listener_arn", value.Of(app.LoadBalancer, "listener_arn")),
		arg("security_group_id", value.Of(app.LoadBalancer, "security_group_id")),
		arg("url", value.Of(app.LoadBalancer, "url")),
	}
	if s.Env.Domain != "" && len(s.Env.NamesWithoutZone()) > 0 {
		// Whoever keeps the DNS of a name points it here.
		fields = append(fields, arg("dns_name", value.Of(app.LoadBalancer, "dns_name")))
	}
	s.Output("load_balancer", "The way in, for the gateway to attach itself to.", value.Object(fields...))
}

// domainArgs are the names of the load balancer, and the zones they stand in.
func domainArgs(d *deploy.Deployment) []value.Field {
	env := d.Env
	names := d.Subdomains()
	var redirected []string
	var zones, private []value.Field
	if env.PrivateZoneID != "" {
		for _, name := range append([]string{env.Domain}, names...) {
			private = append(private, arg(name, value.String(env.PrivateZoneID)))
		}
	}
	for _, alias := range env.Aliases {
		names = append(names, alias.Domain)
		if alias.Redirect {
			redirected = append(redirected, alias.Domain)
		}
		if alias.HostedZoneID != env.HostedZoneID {
			zones = append(zones, arg(alias.Domain, value.String(alias.HostedZoneID)))
		}
		if alias.PrivateZoneID != "" {
			private = append(private, arg(alias.Domain, value.String(alias.PrivateZoneID)))
		}
	}
	return []value.Field{
		arg("domain", value.String(env.Domain)),
		arg("alternative_domains", value.Strings(distinct(names))),
		arg("redirected_domains", value.Strings(distinct(redirected))),
		arg("hosted_zone_id", value.String(env.HostedZoneID)),
		arg("hosted_zone_ids", value.Map(zones...)),
		arg("private_zone_ids", value.Map(private...)),
		arg("certificate_arn", value.String(env.CertificateARN)),
		arg("internal", value.Bool(env.Internal)),
	}
}

func distinct(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

package generator

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
)

// maxRules is how many rules a security group has room for in each direction, by the quota an account starts with.
const maxRules = 60

// checkRules finds security groups that would need more rules than AWS gives them, which would show in the middle of
// an apply: a process that reaches too many others, or is reached by too many.
func checkRules(d *kinds.Deployment) hcl.Diagnostics {
	out, in := map[string]int{}, map[string]int{}
	for _, p := range d.Processes {
		label := d.ProcessLabel(p.Name)
		out[label] = len(p.Connections) + len(d.Env.OutboundPorts)
		for target := range p.Connections {
			in[target]++
		}
		if p.Gateway || p.Public {
			in[label]++ // the load balancer
		}
	}
	for _, r := range d.Of(kinds.Crons.Name) {
		if job := r.Spec.(*kinds.Cron); d.Host(job.Service) != nil && !job.StartsJob && len(d.CronExpressions(job)) > 0 {
			target := d.Host(job.Service)
			in[d.ProcessLabel(target.Name)]++ // the function that calls
		}
	}
	var diags hcl.Diagnostics
	for _, direction := range []struct {
		rules map[string]int
		what  string
	}{{out, "reaches"}, {in, "is reached by"}} {
		var over []string
		for label, n := range direction.rules {
			if n > maxRules {
				over = append(over, fmt.Sprintf("%s %s %d others", label, direction.what, n))
			}
		}
		if len(over) == 0 {
			continue
		}
		sort.Strings(over)
		diags = append(diags, at(*d.Env, &hcl.Diagnostic{
			Severity: hcl.DiagWarning,
			Summary:  "More security group rules than an account starts with",
			Detail: fmt.Sprintf("In environment %q, %s, and a security group has room for %d rules in each direction.\n"+
				"hint: group services into process blocks in %s, or ask AWS for a higher quota (L-0EA8095F) before the first apply",
				d.Env.Name, strings.Join(over, "; "), maxRules, environment.Filename),
		}))
	}
	return diags
}

// checkRanges finds a range that the file gives an environment although another one was granted one that it overlaps.
// ranges are those of all environments, by name. One that has left the file may be gone from AWS as well, so that there is
// only a warning.
func checkRanges(environments []environment.Environment, ranges map[string]string) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, env := range environments {
		for _, other := range slices.Sorted(maps.Keys(ranges)) {
			if other == env.Name || env.CIDR == "" || !environment.RangesOverlap(env.CIDR, ranges[other]) || reported(environments, other, env.Name) {
				continue
			}
			overlap := &hcl.Diagnostic{
				Severity: hcl.DiagError,
				Summary:  "Address ranges overlap",
				Detail: fmt.Sprintf("Environment %q has the range %s, and environment %q was granted %s: networks that overlap can never be connected.\n"+
					"hint: give it another cidr in %s, or remove the line to have one chosen", env.Name, env.CIDR, other, ranges[other], environment.Filename),
			}
			if !slices.ContainsFunc(environments, func(e environment.Environment) bool { return e.Name == other }) {
				overlap.Severity = hcl.DiagWarning
			}
			diags = append(diags, at(env, overlap))
		}
	}
	return diags
}

// reported says that two environments of the list overlap, and that the other one of them has said so.
func reported(environments []environment.Environment, one, other string) bool {
	return one < other && slices.ContainsFunc(environments, func(e environment.Environment) bool { return e.Name == one })
}

// maxAddresses is how many elastic IP addresses an account starts with in a region.
const maxAddresses = 5

// checkAddresses finds NAT gateways for which an account has no addresses, by the quota it starts with.
func checkAddresses(env *environment.Environment) hcl.Diagnostics {
	if env.NAT != "per_zone" || len(env.Zones) <= maxAddresses {
		return nil
	}
	return hcl.Diagnostics{at(*env, &hcl.Diagnostic{
		Severity: hcl.DiagWarning,
		Summary:  "More addresses than an account starts with",
		Detail: fmt.Sprintf("In environment %q, %d NAT gateways need an elastic IP address each, and an account has %d in a region.\n"+
			"hint: set nat = \"single\" in %s, or ask AWS for a higher quota (L-0263D0A3) before the first apply", env.Name, len(env.Zones), maxAddresses, environment.Filename),
	})}
}

// checkShownDomains finds names of public buckets that ACM certifies in no certificate it makes.
func checkShownDomains(d *kinds.Deployment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, r := range d.Of("bucket") {
		domain := kinds.ShownDomain(d.Env, r)
		if len(domain) <= maxCertifiedName || d.Env.CDNCertificateARN != "" {
			continue
		}
		where := r.At
		diags = append(diags, &hcl.Diagnostic{
			Severity: hcl.DiagError,
			Summary:  "Domain of a bucket too long",
			Detail: fmt.Sprintf("Bucket %q would be shown as %s in environment %q: %d characters, and ACM certifies names of at most %d.\n"+
				"hint: choose a shorter domain or name, or set cdn_certificate_arn to a certificate of your own in %s", r.Name, domain, d.Env.Name, len(domain), maxCertifiedName, environment.Filename),
			Subject: &where,
		})
	}
	return diags
}

// maxCertifiedName is how long the common name of a certificate may be: acm RequestCertificate, after RFC 5280.
const maxCertifiedName = 64

// at gives a diagnostic the place of its environment, where it has one.
func at(env environment.Environment, d *hcl.Diagnostic) *hcl.Diagnostic {
	if env.At.Filename != "" {
		d.Subject = &env.At
	}
	return d
}

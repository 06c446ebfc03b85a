package generator

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
)

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
			overlap := diagnostic.Error(env.At, "Address ranges overlap", "give it another cidr in "+environment.Filename+", or remove the line to have one chosen",
				"Environment %q has the range %s, and environment %q was granted %s: networks that overlap can never be connected.", env.Name, env.CIDR, other, ranges[other])
			if !slices.ContainsFunc(environments, func(e environment.Environment) bool { return e.Name == other }) {
				overlap.Severity = hcl.DiagWarning
			}
			diags = append(diags, overlap)
		}
	}
	return diags
}

// reported says that two environments of the list overlap, and that the other one of them has said so.
func reported(environments []environment.Environment, one, other string) bool {
	return one < other && slices.ContainsFunc(environments, func(e environment.Environment) bool { return e.Name == one })
}

// checkShownDomains finds names of public buckets that ACM certifies in no certificate it makes.
func checkShownDomains(d *deploy.Deployment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, r := range d.Of("bucket") {
		domain := kinds.ShownDomain(d.Env, r)
		if domain != "" && d.Env.CDNCertificateARN == "" && !environment.Certifiable(domain) {
			diags = append(diags, diagnostic.Error(r.At, "Domain of a bucket without a certificate", "set cdn_certificate_arn to a certificate of your own, or make the bucket private",
				"Bucket %q would be shown as %s in environment %q, and no public authority certifies that name.", r.Name, domain, d.Env.Name))
			continue
		}
		if len(domain) <= maxCertifiedName || d.Env.CDNCertificateARN != "" {
			continue
		}
		diags = append(diags, diagnostic.Error(r.At, "Domain of a bucket too long",
			"choose a shorter domain or name, or set cdn_certificate_arn to a certificate of your own in "+environment.Filename,
			"Bucket %q would be shown as %s in environment %q: %d characters, and ACM certifies names of at most %d.", r.Name, domain, d.Env.Name, len(domain), maxCertifiedName))
	}
	return diags
}

// checkRoutedDomains finds names that services answer to and no rule of the load balancer matches.
func checkRoutedDomains(d *deploy.Deployment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, service := range d.App.Services {
		c := service.Container
		if c == nil || !c.Public || c.Subdomain == "" || d.Env.Domain == "" {
			continue
		}
		if domain := d.Env.DomainOf(c); len(domain) > maxRoutedName {
			diags = append(diags, diagnostic.Error(service.At, "Domain of a service too long", "choose a shorter subdomain or domain",
				"The service %q would answer to %s in environment %q: %d characters, and a rule of the load balancer matches names of at most %d.", service.Name, domain, d.Env.Name, len(domain), maxRoutedName))
		}
	}
	return diags
}

// maxRoutedName is how long a name in a rule may be: elasticloadbalancing CreateRule, one value of a host-header condition.
const maxRoutedName = 128

// maxCertifiedName is how long the common name of a certificate may be: acm RequestCertificate, after RFC 5280.
const maxCertifiedName = 64

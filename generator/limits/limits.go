// Package limits finds what AWS, or a runtime of Encore's, refuses of an environment however it is built: ranges that overlap,
// names that are too long, policies and task definitions that are too large, images that do not stop. An apply would fail over
// it half-way. What an account has too little of is package quota's.
package limits

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
)

// Ranges finds a range that the file gives an environment although another one was granted one that it overlaps.
// ranges are those of all environments, by name. One that has left the file may be gone from AWS as well, so that there is
// only a warning.
func Ranges(environments []environment.Environment, ranges map[string]string) hcl.Diagnostics {
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

// reported reports whether two environments are both in the list, so that the overlap is an error of the other one already.
func reported(environments []environment.Environment, one, other string) bool {
	return one < other && slices.ContainsFunc(environments, func(e environment.Environment) bool { return e.Name == one })
}

// Check asks what is wrong with a deployment by itself.
func Check(d *deploy.Deployment) hcl.Diagnostics {
	return slices.Concat(checkRoutedDomains(d), checkSupervisor(d), checkNames(d), checkProtocols(d), checkLoads(d))
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

package limits

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
)

// ownName is a name that an environment answers to, and what has it.
type ownName struct {
	name, what string
	at         *hcl.Range // nil for what stands in the application
}

// ownNames are the names that an environment answers to: its domain, its aliases, and what stands under its domain.
func ownNames(d *deploy.Deployment) []ownName {
	var names []ownName
	if d.Env.Domain != "" {
		names = append(names, ownName{d.Env.Domain, "the domain", &d.Env.At})
	}
	for i, alias := range d.Env.Aliases {
		names = append(names, ownName{alias.Domain, "an alias", &d.Env.Aliases[i].At})
	}
	for _, service := range d.App.Services {
		if c := service.Container; c != nil && c.Public && c.Subdomain != "" && d.Env.Domain != "" {
			names = append(names, ownName{name: d.Env.DomainOf(c), what: fmt.Sprintf("the service %q", service.Name)})
		}
	}
	for _, kind := range kinds.All {
		for _, r := range d.Of(kind.Name) {
			if kind.Domain != nil && kind.Domain(d.Env, r) != "" {
				names = append(names, ownName{name: kind.Domain(d.Env, r), what: fmt.Sprintf("the public %s %q", kind.Noun, r.Name)})
			}
		}
	}
	return names
}

// checkNames finds names of an environment that two things would have, and more of them than a certificate or a rule has
// room for.
func checkNames(d *deploy.Deployment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	own := ownNames(d)
	for _, alias := range own {
		if alias.what != "an alias" {
			continue
		}
		for _, other := range own {
			if other.at == nil && other.name == alias.name {
				diags = append(diags, diagnostic.Error(*alias.at, "Domain used twice", "choose another name, or remove the block", "Under %s is %s already.", alias.name, other.what))
			}
		}
	}
	if count := 1 + len(d.Env.Aliases) + len(d.Subdomains()); d.Env.Domain != "" && count > environment.MaxCertifiedNames {
		diags = append(diags, diagnostic.Error(d.Env.At, "Too many names", "leave out alias blocks in "+environment.Filename+", or tell services apart by their paths",
			"Environment %q answers to %d names, its domain, its aliases and the subdomains of services, and a certificate has room for %d.", d.Env.Name, count, environment.MaxCertifiedNames))
	}
	for _, service := range d.App.Services {
		c := service.Container
		if c == nil || !c.Public {
			continue
		}
		if hosts := len(deploy.ContainerHosts(d.Env, c)); hosts+len(c.Paths) > environment.MaxRuleValues {
			diags = append(diags, diagnostic.Error(service.At, "Too many names and paths", "set redirect = true in alias blocks of the environment, or name fewer paths, with * at their ends",
				"The service %q answers to %d names in environment %q and has %d paths, and a rule of the load balancer has room for %d together.",
				service.Name, hosts, d.Env.Name, len(c.Paths), environment.MaxRuleValues))
		}
	}
	return diags
}

// SharedNames finds names under the domain of one environment that another one answers to. What both say in
// groundplan.hcl was compared when it was read.
func SharedNames(deployments []*deploy.Deployment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	names := make([][]ownName, len(deployments))
	for i, later := range deployments {
		names[i] = ownNames(later)
		for j, earlier := range deployments[:i] {
			for _, one := range names[j] {
				two := slices.IndexFunc(names[i], func(n ownName) bool { return n.name == one.name && (n.at == nil || one.at == nil) })
				if two < 0 {
					continue
				}
				other := names[i][two]
				diags = append(diags, diagnostic.Error(later.Env.At, "Domain used twice", "give each environment a domain that is not under the other's, in "+environment.Filename,
					"Under %s is %s of environment %q, and %s of environment %q.", one.name, one.what, earlier.Env.Name, other.what, later.Env.Name))
			}
		}
	}
	return diags
}

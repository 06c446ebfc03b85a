package limits

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/kinds/cron"
)

// checkProtocols reports services that the load balancer of an environment cannot send on.
func checkProtocols(d *deploy.Deployment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, w := range d.Workloads {
		service := w.Service(w.ID.Name)
		if !w.Public() || d.Env.Domain != "" || w.Protocol == "" || service == nil {
			continue
		}
		diags = append(diags, diagnostic.Error(service.At, "Protocol that needs TLS", "set domain in the environment, or speak http",
			"The service %q speaks %s, which load balancers send on from HTTPS listeners alone, and the environment %q has no domain.", service.Name, service.Container.Protocol, d.Env.Name))
	}
	return diags
}

// maxSubdomains is how many names beside the domain itself a certificate has room for.
const maxSubdomains = environment.MaxCertifiedNames - 1

// Application asks what is wrong with an application in every environment.
func Application(application *app.App) hcl.Diagnostics {
	return append(checkSubdomains(application), checkPublicJobs(application)...)
}

// checkSubdomains reports names under an environment's domain that two things would have.
func checkSubdomains(application *app.App) hcl.Diagnostics {
	var diags hcl.Diagnostics
	taken := map[string]app.Resource{}
	for _, kind := range kinds.All {
		for _, r := range application.Of(kind.Name) {
			if kind.Subdomain != nil && kind.Subdomain(r) != "" {
				taken[kind.Subdomain(r)] = r
			}
		}
	}
	seen := map[string]bool{}
	for _, service := range application.Services {
		c := service.Container
		if c == nil || c.Subdomain == "" {
			continue
		}
		if seen, clash := taken[c.Subdomain]; clash {
			diags = append(diags, diagnostic.Error(service.At, "Subdomain of a "+seen.Kind, "choose another subdomain, or another name for the "+seen.Kind,
				"The service %q answers to the subdomain %q, under which the public %s %q (%s) is seen.", service.Name, c.Subdomain, seen.Kind, seen.Name, diagnostic.Place(seen.At)))
		}
		seen[c.Subdomain] = true
		if len(seen) == maxSubdomains+1 {
			diags = append(diags, diagnostic.Error(service.At, "Too many subdomains", "tell services apart by their paths",
				"The services answer to more than %d subdomains, and a certificate has room for no more.", maxSubdomains))
		}
	}
	return diags
}

// checkPublicJobs warns of paths that jobs call and anybody can: a job's request carries no signature.
func checkPublicJobs(application *app.App) hcl.Diagnostics {
	services := map[string]app.Service{}
	for _, service := range application.Services {
		services[service.Name] = service
	}
	var diags hcl.Diagnostics
	for _, r := range application.Of(cron.Kind.Name) {
		spec := r.Spec.(*cron.Spec)
		service := services[spec.Service]
		for _, endpoint := range service.Endpoints {
			if endpoint.Name != spec.Endpoint || !service.FacesOutside() || !routed(service.Container, endpoint.Path) {
				continue
			}
			diags = append(diags, diagnostic.Warning(r.At, "Job that anybody can start", "leave the path out of the paths of the service, call a service that is not public, or check requests there",
				"Cron job %q calls %s of the service %q, which requests from outside reach as well, and nothing tells a job's request from theirs.", r.Name, endpoint.Path, service.Name))
		}
	}
	return diags
}

// routed reports whether the load balancer sends requests for a path to a public service.
func routed(c *app.Container, path string) bool {
	return len(c.Paths) == 0 || slices.ContainsFunc(c.Paths, func(pattern string) bool {
		below, wild := strings.CutSuffix(pattern, "*")
		return path == pattern || wild && strings.HasPrefix(path, below)
	})
}

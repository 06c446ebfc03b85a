package generator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/value"
)

// containerArgs are the arguments of a process that only plain containers have: no runtime of Encore's reads a config
// there, and no gateway stands in front of it.
func containerArgs(s *kinds.Stack, p *kinds.Process) []value.Field {
	c := p.Service(p.Name).Container
	image, registry := containerImage(s.Deployment, c)
	return []value.Field{
		kinds.Arg("image", image),
		kinds.Arg("registry", registry),
		kinds.Arg("command", value.Strings(c.Command)),
		kinds.Arg("routes", containerRoutes(s.Deployment, p, c)),
	}
}

// protocols are what the load balancer calls what a container speaks.
var protocols = map[string]string{"": "HTTP1", "http2": "HTTP2", "grpc": "GRPC"}

// modulePort is the port of a container, 0 for a worker.
func modulePort(c *app.Container) int {
	if c.Worker {
		return 0
	}
	return c.Port
}

// checkProtocols reports services that the load balancer of an environment cannot send on.
func checkProtocols(d *kinds.Deployment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, p := range d.Processes {
		service := p.Service(p.Name)
		if !p.Public || d.Env.Domain != "" || service.Container.Protocol == "" {
			continue
		}
		diags = append(diags, diagnostic.Error(service.At, "Protocol that needs TLS", "set domain in the environment, or speak http",
			"The service %q speaks %s, which load balancers send on from HTTPS listeners alone, and the environment %q has no domain.", service.Name, service.Container.Protocol, d.Env.Name))
	}
	return diags
}

// containerImage is the image of a service and what its tasks pull it by: the environment's repository, the private one of
// ECR whose image the manifest names, or the credentials for a registry outside AWS. For any other image there is nothing to
// permit.
func containerImage(d *kinds.Deployment, c *app.Container) (image, registry value.Value) {
	if c.Image == "" {
		return value.Template("", "local.platform.registry.repository_url", ":"+c.TagPrefix, "var.image_tag"), value.Traversal("local.platform.registry")
	}
	registry = kinds.Said("fargate-service", "registry", kinds.Arg("credentials_arn", imageCredentials(d, c)))
	if parts := kinds.PrivateImage.FindStringSubmatch(c.Image); parts != nil {
		partition := "aws"
		switch {
		case parts[3] != "":
			partition = "aws-cn"
		case strings.HasPrefix(parts[2], "us-gov-"):
			partition = "aws-us-gov"
		}
		registry = value.Row(kinds.Arg("repository_arn", value.String(fmt.Sprintf("arn:%s:ecr:%s:%s:repository/%s", partition, parts[2], parts[1], parts[4]))))
	}
	return value.String(c.Image), registry
}

// imageCredentials is the secret by which an image of a private registry outside AWS is pulled.
func imageCredentials(d *kinds.Deployment, c *app.Container) value.Value {
	if c.ImageCredentials == "" {
		return value.String("")
	}
	return value.Traversal(d.SecretARN(c.ImageCredentials))
}

// variableArgs are the environment variables of a container, with a comment where what they are about begins.
func variableArgs(p *kinds.Process) value.Value {
	fields := make([]value.Field, 0, len(p.Variables))
	last := ""
	for _, v := range p.Variables {
		field := value.Field{Name: v.Name, Value: v.Value}
		if v.Comment != last {
			field.Comments = []string{v.Comment}
		}
		last = v.Comment
		fields = append(fields, field)
	}
	return value.Map(fields...)
}

// containerRoutes is the rule by which the load balancer sends requests to a public service.
func containerRoutes(d *kinds.Deployment, p *kinds.Process, c *app.Container) value.Value {
	if !c.Public {
		return value.Map()
	}
	fields := []value.Field{
		kinds.Arg("listener_arn", value.Traversal("local.platform.load_balancer.listener_arn")),
		kinds.Arg("security_group_id", value.Traversal("local.platform.load_balancer.security_group_id")),
		kinds.Arg("priority", value.Int(d.Priorities[p.Name])),
		kinds.Arg("hosts", value.Strings(containerHosts(d.Env, c))),
	}
	if len(c.Paths) > 0 {
		fields = append(fields, kinds.Arg("paths", value.Strings(c.Paths)))
	}
	if c.StickySeconds > 0 {
		fields = append(fields, kinds.Arg("sticky_seconds", value.Int(c.StickySeconds)))
	}
	return value.Map(kinds.Arg("public", value.Object(fields...)))
}

// containerHosts are the host names a service answers to; none means all of them. Without a domain the load balancer is
// internal and has whatever name its callers give it, so that a subdomain is any name that begins with it.
func containerHosts(env *environment.Environment, c *app.Container) []string {
	switch {
	case env.Domain == "" && c.Subdomain == "":
		return nil
	case env.Domain == "":
		return []string{c.Subdomain + ".*"}
	case c.Subdomain == "":
		return env.Answered()
	}
	return []string{env.DomainOf(c)}
}

// maxSubdomains is how many names beside the domain itself a certificate has room for.
const maxSubdomains = environment.MaxCertifiedNames - 1

// checkApplication asks what is wrong with an application in every environment.
func checkApplication(application *app.App) hcl.Diagnostics {
	return append(checkSubdomains(application), checkPublicJobs(application)...)
}

// checkSubdomains reports names under an environment's domain that two things would have.
func checkSubdomains(application *app.App) hcl.Diagnostics {
	var diags hcl.Diagnostics
	taken := map[string]app.Resource{}
	for _, r := range application.Of(kinds.Buckets.Name) {
		if r.Spec.(*kinds.Bucket).Public {
			taken[names.Of(names.DiscoveryName, r.Name)] = r
		}
	}
	seen := map[string]bool{}
	for _, service := range application.Services {
		c := service.Container
		if c == nil || c.Subdomain == "" {
			continue
		}
		if bucket, clash := taken[c.Subdomain]; clash {
			diags = append(diags, diagnostic.Error(service.At, "Subdomain of a bucket", "choose another subdomain, or another name for the bucket",
				"The service %q answers to the subdomain %q, under which the public bucket %q (%s) is seen.", service.Name, c.Subdomain, bucket.Name, diagnostic.Place(bucket.At)))
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
	for _, r := range application.Of(kinds.Crons.Name) {
		spec := r.Spec.(*kinds.Cron)
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

// routed says whether the load balancer sends requests for a path to a public service.
func routed(c *app.Container, path string) bool {
	return len(c.Paths) == 0 || slices.ContainsFunc(c.Paths, func(pattern string) bool {
		below, wild := strings.CutSuffix(pattern, "*")
		return path == pattern || wild && strings.HasPrefix(path, below)
	})
}

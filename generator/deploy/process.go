package deploy

import (
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/value"
)

// ServicePort is the port a process of Encore's listens on, by default, and what the network's rules let through.
const ServicePort = 8080

// encoreHealthPath is where Encore's runtimes answer for their health.
const encoreHealthPath = "/__encore/healthz"

// workload is a process of the environment before anything is bound to it.
func (d *Deployment) workload(p environment.Process) *Workload {
	w := &Workload{
		Deployment: d, ID: app.ProcessID(p.Name),
		Services: p.Services, AuthService: p.AuthService, Gateway: p.Gateway, Ends: p.Job, Size: p.Task,
	}
	w.Variables = d.variables(p)
	c := w.Container()
	if c == nil {
		w.Port, w.Health = ServicePort, Health{Path: encoreHealthPath}
		if p.Gateway {
			w.Routes = []Route{{Name: "gateway", Hosts: d.Env.Answered()}}
		}
		return w
	}
	w.Image, w.Command = Image{Name: c.Image, TagPrefix: c.TagPrefix}, c.Command
	if c.ImageCredentials != "" {
		w.Image.Credentials = value.Of(app.ID{Kind: "secret", Name: c.ImageCredentials}, "arn")
	}
	if c.Callable() {
		w.Port, w.Protocol = c.Port, c.Protocol
		w.Health.Path = c.HealthPath
	}
	if w.Health.Command = c.HealthCommand; len(c.HealthCommand) > 0 && !c.Public {
		w.Health.Path = ""
	}
	if c.Public {
		w.Routes = []Route{{Name: "public", Hosts: ContainerHosts(d.Env, c), Paths: c.Paths, StickySeconds: c.StickySeconds}}
	}
	return w
}

// variables are those that the manifest sets for a process's service, and over them those that the settings of the environment set,
// sorted by name.
func (d *Deployment) variables(p environment.Process) []Variable {
	var list []Variable
	for _, name := range p.Services {
		if service := d.Service(name); service != nil && service.Container != nil {
			for _, literal := range service.Container.Environment {
				list = append(list, Variable{Name: literal.Name, Value: value.String(literal.Value), Why: Why{Does: "set in " + literal.At.Filename}})
			}
		}
	}
	for name, set := range p.Variables {
		v := Variable{Name: name, Value: value.String(set), Why: Why{Does: "set in " + environment.Filename}}
		if i := slices.IndexFunc(list, func(v Variable) bool { return v.Name == name }); i >= 0 {
			list[i] = v
		} else {
			list = append(list, v)
		}
	}
	slices.SortStableFunc(list, func(a, b Variable) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Public reports whether requests from outside reach the workload.
func (w *Workload) Public() bool { return len(w.Routes) > 0 }

// ContainerHosts are the host names a service answers to; none means all of them. Without a domain the load balancer is
// internal and has whatever name its callers give it, so that a subdomain is any name that begins with it.
func ContainerHosts(env *environment.Environment, c *app.Container) []string {
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

// Subdomains are the names beside its domain that an environment answers to, sorted.
func (d *Deployment) Subdomains() []string {
	var list []string
	for _, service := range d.App.Services {
		if c := service.Container; c != nil && c.Public && c.Subdomain != "" && d.Env.Domain != "" {
			list = append(list, d.Env.DomainOf(c))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// NetworkPort is the port that workloads listen on, and the only one the network lets through to them: containers agree on one, whether
// or not they are called.
func (d *Deployment) NetworkPort() int {
	for _, w := range d.Workloads {
		if c := w.Container(); c != nil {
			return c.Port
		}
	}
	return ServicePort
}

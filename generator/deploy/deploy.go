// Package deploy is what an application needs in one environment, before any of it is written down: its workloads, and for each of
// them what it runs, what it may do, what it reaches and what it has to know.
//
// All of it is data: what exists only once it is applied is a reference (package value). Kinds add what a use of a resource asks
// for, and render what a workload has to know for its runtime; a compute target turns workloads into what runs them. It must not
// know HCL, nor kinds, nor where workloads run.
package deploy

import (
	"slices"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/names"
)

// Deployment is an application in one environment, indexed for the questions that bindings ask. It is built once: an
// application may have a thousand services, and every workload asks.
type Deployment struct {
	App *app.App
	Env *environment.Environment
	// Workloads are in the order of the environment's processes; those that Add brought follow.
	Workloads []*Workload
	// Schedules are what is started or called at certain times, in the order of the resources that say so.
	Schedules []Schedule
	// Labels are the labels of resources, services and workloads by their id, as names.Assign gave them. What is missing has
	// the plain one.
	Labels map[app.ID]string
	// Priorities are the places of public workloads among the rules of whatever lets requests in, by their name.
	Priorities map[string]int
	// Logs are the names that stand in those of log groups beside the ones of workloads and of resources: the compute target's.
	Logs []string
	// Forgotten is what is left on AWS: it stands in the network and is encrypted with the key as before.
	Forgotten []app.ID
	// PoolSizes are the connections that a workload may open to one database of a server, by the server's name, as far as somebody
	// has asked.
	PoolSizes map[string]int

	resources map[string][]app.Resource // by kind
	outside   map[string][]string       // by kind: names of what is declared outside every service
	resource  map[app.ID]*app.Resource
	hosts     map[string]*Workload // by the service it serves
	services  map[string]*app.Service
}

// New indexes an application for an environment. Nothing is bound to the workloads yet.
func New(application *app.App, env *environment.Environment) *Deployment {
	d := &Deployment{
		App: application, Env: env, PoolSizes: map[string]int{},
		resources: map[string][]app.Resource{}, outside: map[string][]string{}, resource: map[app.ID]*app.Resource{}, hosts: map[string]*Workload{}, services: map[string]*app.Service{},
	}
	for i, r := range application.Resources {
		d.resources[r.Kind] = append(d.resources[r.Kind], r)
		d.resource[r.ID()] = &application.Resources[i]
		if r.Service == "" {
			d.outside[r.Kind] = append(d.outside[r.Kind], r.Name)
		}
	}
	for i := range application.Services {
		d.services[application.Services[i].Name] = &application.Services[i]
	}
	edges := map[string][]app.Edge{}
	for _, e := range application.Edges {
		edges[e.Service] = append(edges[e.Service], e)
	}
	for _, process := range env.Processes {
		w := d.workload(process)
		for _, service := range process.HostedServices() {
			w.Edges = append(w.Edges, edges[service]...)
		}
		for _, service := range process.Services {
			d.hosts[service] = w
		}
		w.load()
		d.Add(w)
	}
	return d
}

// Add brings a workload, which may be one that hosts no service of the application: a migration, a program that comes along. What it
// is given, it has.
func (d *Deployment) Add(w *Workload) {
	w.Deployment = d
	d.Workloads = append(d.Workloads, w)
}

// Of returns the resources of a kind, in order of parent and name.
func (d *Deployment) Of(kind string) []app.Resource { return d.resources[kind] }

// Outside are the names of the resources of a kind that are declared outside every service.
func (d *Deployment) Outside(kind string) []string { return d.outside[kind] }

// Holds reports whether something of a kind stands in the environment: of the application, or left there by it.
func (d *Deployment) Holds(kind string) bool {
	return len(d.Of(kind)) > 0 || slices.ContainsFunc(d.Forgotten, func(id app.ID) bool {
		return id.Kind == kind || kind == "database" && id.Kind == app.DatabaseServerKind // what is left of databases is their server
	})
}

// ForgottenNames are the names on AWS of what is left there, of one kind: it goes on using the key.
func (d *Deployment) ForgottenNames(kind string, budget names.Budget) []string {
	var list []string
	for _, id := range d.Forgotten {
		if id.Kind == kind {
			list = append(list, names.Of(budget, d.Env.App, d.Env.Name, id.Name))
		}
	}
	return list
}

// Resource is the resource of that kind, parent and name; nil when there is none.
func (d *Deployment) Resource(kind, parent, name string) *app.Resource {
	return d.resource[app.ID{Kind: kind, Parent: parent, Name: name}]
}

// Host is the workload that serves a service.
func (d *Deployment) Host(service string) *Workload { return d.hosts[service] }

// Together reports whether two services run in the same workloads, copies of the auth handler's included.
func (d *Deployment) Together(one, other string) bool {
	return !slices.ContainsFunc(d.Workloads, func(w *Workload) bool { return w.Hosts(one) != w.Hosts(other) })
}

// Service is the service of that name.
func (d *Deployment) Service(name string) *app.Service { return d.services[name] }

// Gateway is the workload that hosts the API gateway, nil when the application exposes nothing by one.
func (d *Deployment) Gateway() *Workload {
	if i := slices.IndexFunc(d.Workloads, func(w *Workload) bool { return w.Gateway }); i >= 0 {
		return d.Workloads[i]
	}
	return nil
}

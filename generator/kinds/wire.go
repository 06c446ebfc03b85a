package kinds

import (
	"slices"
	"sort"
	"strings"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/value"
)

// Deployment is an application in one environment, indexed for the questions that wiring asks. It is built once: an
// application may have a thousand services, and every process asks.
type Deployment struct {
	App *app.App
	Env *environment.Environment
	// Processes are in the order of the environment's.
	Processes []*Process
	// Labels are the labels of resources, services and processes by their id, as Assign gave them. Who is missing has
	// the plain one.
	Labels map[string]string
	// Priorities are the places of public processes on the listener, by their name.
	Priorities map[string]int
	// Forgotten are the logical ids of what is left on AWS: it stands in the network and is encrypted with the key as before.
	Forgotten []string

	resources map[string][]app.Resource // by kind
	outside   map[string][]string       // by kind: names of what is declared outside every service
	named     map[[3]string]*app.Resource
	hosts     map[string]*Process // by the service it serves
	services  map[string]*app.Service
	pools     map[string]int // by database server
}

// NewDeployment indexes an application for an environment. The processes are not wired yet.
func NewDeployment(application *app.App, env *environment.Environment) *Deployment {
	d := &Deployment{
		App: application, Env: env,
		resources: map[string][]app.Resource{}, outside: map[string][]string{}, named: map[[3]string]*app.Resource{}, hosts: map[string]*Process{}, services: map[string]*app.Service{},
		pools: map[string]int{},
	}
	for i, r := range application.Resources {
		d.resources[r.Kind] = append(d.resources[r.Kind], r)
		d.named[[3]string{r.Kind, r.Parent, r.Name}] = &application.Resources[i]
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
		p := &Process{
			Deployment: d, Process: process,
			Connections: map[string]Connection{}, Config: map[string]value.Value{},
		}
		for _, service := range process.HostedServices() {
			p.Edges = append(p.Edges, edges[service]...)
		}
		p.load()
		for _, service := range process.Services {
			d.hosts[service] = p
		}
		d.Processes = append(d.Processes, p)
	}
	return d
}

// Of returns the resources of a kind, in order of parent and name.
func (d *Deployment) Of(kind string) []app.Resource { return d.resources[kind] }

// Holds reports whether something of a kind stands in the environment: of the application, or left there by it.
func (d *Deployment) Holds(kind string) bool {
	return len(d.Of(kind)) > 0 || slices.ContainsFunc(d.Forgotten, func(id string) bool { return strings.HasPrefix(id, kind+" ") })
}

// Resource is the resource of that kind, parent and name; nil when there is none.
func (d *Deployment) Resource(kind, parent, name string) *app.Resource {
	return d.named[[3]string{kind, parent, name}]
}

// Host is the process that serves a service.
func (d *Deployment) Host(service string) *Process { return d.hosts[service] }

// together reports whether two services run in the same processes, copies of the auth handler's included.
func (d *Deployment) together(one, other string) bool {
	return !slices.ContainsFunc(d.Processes, func(p *Process) bool { return p.Hosts(one) != p.Hosts(other) })
}

// Service is the service of that name.
func (d *Deployment) Service(name string) *app.Service { return d.services[name] }

// Process is one process of a deployment and its wiring: everything the uses of its services ask for.
type Process struct {
	*Deployment
	environment.Process

	// Edges are those of the services whose code runs in the process.
	Edges []app.Edge
	// Permissions are the statements of the task role, one per used resource.
	Permissions []Permission
	// Connections are the network paths out of the process, by name.
	Connections map[string]Connection
	// Secrets are environment variables filled from Secrets Manager at start.
	Secrets []Secret
	// Variables are environment variables with values that are no secrets, for containers.
	Variables []Variable
	// Queues are those the process receives from.
	Queues []Queue
	// Config holds the sections of the Encore infra config that the resources add, by section name.
	Config map[string]value.Value

	// onlyLoaded are uses that the process makes only while it loads the modules of others.
	onlyLoaded map[[4]string]bool
	ownersKeys map[[2]string]string // by ARN and service: the permission to use the key of an owner
}

// Permission is one IAM statement.
type Permission struct {
	Name      string
	Comment   string // which code asks for it
	Actions   []string
	Resources []value.Value
	// Conditions narrow what no resource can.
	Conditions []Condition
}

// Condition is one condition of a statement, in IAM's words.
type Condition struct {
	Test     string
	Variable string
	Values   []string
}

// Connection is a network path to a port behind a security group.
type Connection struct {
	Comment       string
	SecurityGroup value.Value
	Port          value.Value
}

// Queue is a queue that a process receives from, by a name of its own.
type Queue struct {
	Name    string
	ARN     value.Value
	Comment string
}

// Secret is an environment variable and the secret that fills it.
type Secret struct {
	Variable string
	ARN      value.Value
	Comment  string
}

// Hosts says whether the service's code runs in the process.
func (p *Process) Hosts(service string) bool {
	return p.Host(service) == p || service == p.AuthService && service != ""
}

// Uses are the process's uses of resources of a kind, by resource name.
func (p *Process) Uses(kind string) map[string][]app.Edge {
	uses := map[string][]app.Edge{}
	for _, e := range p.Edges {
		if e.Kind == kind {
			uses[e.Resource] = append(uses[e.Resource], e)
		}
	}
	return uses
}

// load adds what the process uses while it loads the code of all services. Where access is strict it does without.
func (p *Process) load() {
	known := map[[4]string]bool{}
	for _, e := range p.Edges {
		known[useOf(e)] = true
	}
	p.onlyLoaded = map[[4]string]bool{}
	for _, e := range p.App.Loads {
		if known[useOf(e)] || e.Kind == callKind && p.Hosts(e.Resource) {
			continue
		}
		p.onlyLoaded[useOf(e)] = true
		if !p.Env.StrictAccess {
			p.Edges = append(p.Edges, e)
		}
	}
}

// OnlyLoads reports whether the process uses something only while it loads the modules of others.
func (p *Process) OnlyLoads(e app.Edge) bool { return p.onlyLoaded[useOf(e)] }

func useOf(e app.Edge) [4]string { return [4]string{e.Kind, e.Parent, e.Resource, e.Operation} }

// permit adds a statement to the task role.
func (p *Process) permit(name, comment string, actions []string, resources ...value.Value) {
	p.Permissions = append(p.Permissions, Permission{Name: name, Comment: comment, Actions: actions, Resources: resources})
}

// usedNames are the keys of uses, sorted.
func usedNames(uses map[string][]app.Edge) []string {
	names := make([]string, 0, len(uses))
	for name := range uses {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// places says where a resource is used, for comments: files without lines, which would churn, and what leads to the
// resource where the code does not name it itself.
func places(edges []app.Edge) string {
	seen := map[string]bool{}
	var names []string
	for _, e := range edges {
		name := e.At.Filename
		switch {
		case e.Origin == app.Loaded && strings.HasSuffix(name, ".go"):
			name += ", while packages load"
		case e.Origin == app.Loaded:
			name += ", while modules load"
		case e.Origin == app.Reached:
			name += ", reached through " + e.Through
		case e.Through != "":
			name += " through " + e.Through
		}
		if name != "" && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return strings.Join(names, ", ")
}

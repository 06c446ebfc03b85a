package deploy

import (
	"slices"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/value"
)

// Workload is one unit that is deployed and scaled by itself, with everything that it needs. One that hosts no service says itself
// what it runs, and gets nothing from uses.
type Workload struct {
	*Deployment

	ID app.ID
	// Why is what a workload is for that hosts no service; the zero Why for one that does.
	Why Why
	// Services are the services the workload serves, sorted; none for one that is no part of the application. Every service is
	// served by exactly one workload.
	Services []string
	// AuthService is a service served by another workload whose code the gateway runs as well; "" for none.
	AuthService string
	// Gateway says that it hosts Encore's API gateway.
	Gateway bool
	// Ends says that it runs to its end when it is started, by a schedule or by hand.
	Ends bool

	Image Image
	// Command replaces the image's own, nil for that.
	Command []string
	// Port is what it listens on, 0 for nothing: nobody calls it then. Protocol is what it speaks there: "http2", "grpc", or ""
	// for HTTP/1.1.
	Port     int
	Protocol string
	Health   Health
	// Size is its size and how it behaves when it starts, grows and ends.
	Size environment.Task
	// Routes are the requests from outside that reach it.
	Routes []Route
	// Address is where other workloads of the environment reach it, a base URL. The compute target says it; the zero Value where
	// nobody calls it.
	Address value.Value

	// Edges are the uses of the services whose code runs in it.
	Edges []app.Edge
	// Grants are what it may do on AWS.
	Grants []Grant
	// Paths are the network paths out of it.
	Paths []Path
	// Bindings are what it has to know of what it uses. Rendered is made of them.
	Bindings []Binding
	// Variables are environment variables of its own, with values that are no secrets: of the manifest, of the settings.
	Variables []Variable
	// Secrets are environment variables of its own that are filled from Secrets Manager when it starts.
	Secrets []Secret
	// Queues are those it receives from.
	Queues []Queue

	// Rendered is what it is told when it starts, once its bindings are rendered for its runtime.
	Rendered Rendered

	onlyLoaded map[use]bool
}

// Image is what a workload runs.
type Image struct {
	// Name is an image as it is pulled, "" for one of the environment's own registry, where TagPrefix stands before the deployed
	// tag.
	Name      string
	TagPrefix string
	// Credentials is the secret by which the image of a private registry outside AWS is pulled, the zero Value for none.
	Credentials value.Value
}

// Health is how a workload's health is asked for.
type Health struct {
	// Path is what is requested on its port, "" where nothing is requested.
	Path string
	// Command is what runs beside it in place of the request, nil for none.
	Command []string
}

// Route is how requests from outside reach a workload.
type Route struct {
	Name string
	// Hosts are the names it answers to; none are all.
	Hosts []string
	// Paths are those it answers for; none are all.
	Paths []string
	// StickySeconds is how long a client comes back to the same copy; 0 for never.
	StickySeconds int
}

// Grant is something that a workload may do on AWS: one statement of IAM.
type Grant struct {
	// Of is what the statement is about, the zero ID where it is about a service of AWS as a whole.
	Of app.ID
	// Name is the statement's, none twice in a workload.
	Name      string
	Actions   []string
	Resources []value.Value
	// Conditions narrow what no resource can.
	Conditions []Condition
	Why        Why
}

// Condition is one condition of a statement, in IAM's words.
type Condition struct {
	Test     string
	Variable string
	Values   []string
}

// Path is a network path from a workload to a port of something else.
type Path struct {
	// To is what it leads to: another workload, a server. What guards the port there is an attribute of that.
	To app.ID
	// Name is the path's, none twice in a workload.
	Name string
	Port value.Value
	Why  Whys
}

// Binding is what a workload has to know of something it uses: not how it is told, which is its runtime's to say.
type Binding struct {
	Of app.ID
	// Attributes are values by what they mean there: "host", "name".
	Attributes map[string]value.Value
	// Secrets are those that may only be read when the workload starts: the ARN of the secret that holds each.
	Secrets map[string]value.Value
	// Notes say of attributes that are computed where they come from, for the line above each.
	Notes map[string]string
	// Why is above what is told, SecretWhy above a secret where there is more to say; the zero Why for the same.
	Why, SecretWhy Why
}

// Rendered is what a workload is told when it starts.
type Rendered struct {
	// Config is the infra config of Encore's runtime, the zero Value for a workload without.
	Config value.Value
	// Variables and Secrets are those of its own, and those its bindings are rendered as, each sorted by name.
	Variables []Variable
	Secrets   []Secret
}

// Variable is an environment variable of a workload.
type Variable struct {
	Name  string
	Value value.Value
	Why   Why
	// Note says where a value that was computed comes from, "" for any other.
	Note string
}

// Secret is an environment variable and the secret that fills it.
type Secret struct {
	Variable string
	ARN      value.Value
	Why      Why
}

// Queue is a queue that a workload receives from, by a name of its own.
type Queue struct {
	Of   app.ID
	Name string
	ARN  value.Value
	Why  Why
}

// Hosts reports whether the service's code runs in the workload.
func (w *Workload) Hosts(service string) bool {
	return w.Host(service) == w || service == w.AuthService && service != ""
}

// HostedServices are the services whose code runs in the workload: Services, and AuthService when there is one. Sorted.
func (w *Workload) HostedServices() []string {
	hosted := slices.Clone(w.Services)
	if w.AuthService != "" {
		hosted = append(hosted, w.AuthService)
		slices.Sort(hosted)
	}
	return hosted
}

// Runtime reports how the workload is told what it uses: a plain container is told by environment variables, and so is whatever hosts
// no service of an application of Encore's.
func (w *Workload) Runtime() app.Runtime {
	if len(w.HostedServices()) == 0 && !w.Gateway {
		return app.Containers
	}
	return w.App.Runtime
}

// Container is what the manifest says of the workload's service; nil for a workload of Encore's, and for one without services.
func (w *Workload) Container() *app.Container {
	for _, name := range w.Services {
		if service := w.Service(name); service != nil && service.Container != nil {
			return service.Container
		}
	}
	return nil
}

// Uses are the workload's uses of resources of a kind, by resource name.
func (w *Workload) Uses(kind string) map[string][]app.Edge {
	uses := map[string][]app.Edge{}
	for _, e := range w.Edges {
		if e.Kind == kind {
			uses[e.Resource] = append(uses[e.Resource], e)
		}
	}
	return uses
}

// Bind adds what the workload has to know of something.
func (w *Workload) Bind(b Binding) { w.Bindings = append(w.Bindings, b) }

// Bound are the bindings to things of a kind, in the order in which they were bound.
func (w *Workload) Bound(kind string) []Binding {
	var bound []Binding
	for _, b := range w.Bindings {
		if b.Of.Kind == kind {
			bound = append(bound, b)
		}
	}
	return bound
}

// Permit adds something that the workload may do.
func (w *Workload) Permit(g Grant) { w.Grants = append(w.Grants, g) }

// Reach adds a network path.
func (w *Workload) Reach(p Path) { w.Paths = append(w.Paths, p) }

// use is an edge but for who makes it and where.
type use struct {
	to        app.ID
	operation string
}

func useOf(e app.Edge) use { return use{e.To(), e.Operation} }

// load adds what the workload uses while it loads the code of all services. Where access is strict it does without.
func (w *Workload) load() {
	known := map[use]bool{}
	for _, e := range w.Edges {
		known[useOf(e)] = true
	}
	w.onlyLoaded = map[use]bool{}
	for _, e := range w.App.Loads {
		if known[useOf(e)] || e.Kind == app.ServiceKind && w.Hosts(e.Resource) {
			continue
		}
		w.onlyLoaded[useOf(e)] = true
		if !w.Env.StrictAccess {
			w.Edges = append(w.Edges, e)
		}
	}
}

// OnlyLoads reports whether the workload uses something only while it loads the modules of others.
func (w *Workload) OnlyLoads(e app.Edge) bool { return w.onlyLoaded[useOf(e)] }

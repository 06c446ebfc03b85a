// Package inspect describes an application: as JSON, for a terminal, as a Mermaid diagram. It must not know environments, nor
// any kind but by its fields.
package inspect

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/holdings"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/kinds/kind"
)

// Inspection is an application as `groundplan inspect --format json` prints it. Every list is sorted and none is
// null; At is "file:line".
type Inspection struct {
	Application
	// Resources are the lists of kinds.
	Resources lists
	Around
}

// Application is what an Inspection begins with.
type Application struct {
	App      string    `json:"app"`
	Language string    `json:"lang"`
	Services []Service `json:"services"`
}

// Around is what an Inspection says besides services and resources.
type Around struct {
	Gateways    []Gateway    `json:"gateways"`
	AuthHandler *Auth        `json:"auth_handler"`
	Middleware  []Middleware `json:"middleware"`
	// Loads is what every process uses while its modules load, whichever services it hosts.
	Loads []Use `json:"loads,omitempty"`
	// Held is what the lock remembers as holding data; absent without one.
	Held []Holding `json:"held,omitempty"`
}

// MarshalJSON prints the parts as one object.
func (in Inspection) MarshalJSON() ([]byte, error) {
	return joined(in.Application, in.Resources, in.Around)
}

// Holding is something that holds data on AWS, as holdings.Held.
type Holding struct {
	ID          string `json:"id"`
	Environment string `json:"environment"`
	Kind        string `json:"kind"`
	Name        string `json:"name"`
	Forgettable bool   `json:"forgettable"`
}

// Service is a service with everything it uses: first the lists that Encore's metadata attributes to it,
// then, in Uses, every single use.
type Service struct {
	Declaration
	// Attributed are the lists of kinds.
	Attributed lists
	Dependencies
}

// Declaration is what a Service begins with.
type Declaration struct {
	Name      string     `json:"name"`
	Dir       string     `json:"dir"`
	Declared  bool       `json:"declared,omitempty"` // by a file encore.service.ts
	At        string     `json:"at"`
	Endpoints []Endpoint `json:"endpoints"`
}

// Dependencies are what a Service says besides the lists of kinds.
type Dependencies struct {
	Calls     []Call `json:"calls"`
	HasConfig bool   `json:"has_config"`
	// Container is how it runs without Encore; absent for Encore's services.
	Container *Container `json:"container,omitempty"`
	// Reach is what only code outside the service uses or calls, which its own code leads to; Through says where that
	// stands. A call is of kind "service", its operation the endpoint. It is granted, unless an environment has
	// strict_access.
	Reach []Use `json:"reach"`
	// Uses is every use, with where it stands and why it counts.
	Uses []Use `json:"uses"`
}

// MarshalJSON prints the parts as one object.
func (s Service) MarshalJSON() ([]byte, error) {
	return joined(s.Declaration, s.Attributed, s.Dependencies)
}

// Container is a service that does not use Encore. Image is "" for the environment's registry; Paths are empty
// for every path.
type Container struct {
	Image      string   `json:"image"`
	TagPrefix  string   `json:"tag_prefix"`
	Command    []string `json:"command"`
	Port       int      `json:"port"`
	HealthPath string   `json:"health_path"`
	Variables  []string `json:"environment"` // names
	Public     bool     `json:"public"`
	Subdomain  string   `json:"subdomain"`
	Paths      []string `json:"paths"`
	// Credentials is the secret by which the image is pulled, "" for none.
	Credentials string `json:"image_credentials"`
	// HealthCommand is what says in place of HealthPath how it is; Protocol what it speaks: http, http2 or grpc.
	HealthCommand []string `json:"health_command"`
	Protocol      string   `json:"protocol"`
	// Worker is a container that listens on no port, Job one that runs to its end.
	Worker        bool `json:"worker,omitempty"`
	Job           bool `json:"job,omitempty"`
	StickySeconds int  `json:"sticky_seconds,omitempty"`
}

// Endpoint is an API endpoint.
type Endpoint struct {
	Name      string   `json:"name"`
	Access    string   `json:"access"`
	Methods   []string `json:"methods"`
	Path      string   `json:"path"`
	Raw       bool     `json:"raw,omitempty"`
	Sensitive bool     `json:"sensitive,omitempty"`
	Tags      []string `json:"tags,omitempty"`
	// Stream is "streamIn", "streamOut" or "streamInOut"; Static and NotFound are files that are served.
	Stream   string `json:"stream,omitempty"`
	Static   string `json:"static,omitempty"`
	NotFound string `json:"not_found,omitempty"`
	At       string `json:"at"`
}

// Call is the call of an endpoint.
type Call struct {
	Service  string `json:"service"`
	Endpoint string `json:"endpoint"`
	// Self marks a call within the service, ReferenceOnly a mere mention, such as a cron job's endpoint.
	Self          bool   `json:"self,omitempty"`
	ReferenceOnly bool   `json:"ref_only,omitempty"`
	At            string `json:"at"`
}

// Use is one use of a resource. Origin is one of app.Origin; Through says what leads there when the use is
// not the service's own.
type Use struct {
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	Parent    string `json:"parent,omitempty"`
	Operation string `json:"operation,omitempty"`
	Origin    string `json:"origin"`
	Through   string `json:"through,omitempty"`
	At        string `json:"at"`
}

// Gateway is an API gateway.
type Gateway struct {
	Name string `json:"name"`
	// Explicit says that the source declares it; a Go application never does.
	Explicit bool `json:"explicit"`
	// Service is the service it is declared in, absent when it is not declared.
	Service string `json:"service,omitempty"`
}

// Auth is the auth handler.
type Auth struct {
	Name    string `json:"name"`
	Service string `json:"service"`
	At      string `json:"at"`
}

// Middleware is a middleware; Service is null when it is global.
type Middleware struct {
	Name    string   `json:"name"`
	Package string   `json:"pkg"`
	Global  bool     `json:"global"`
	Service *string  `json:"service"`
	Targets []string `json:"target"`
	At      string   `json:"at"`
}

// JSON prints an application as indented JSON, with what holds data of it.
func JSON(a *app.App, held []holdings.Held) ([]byte, error) {
	in := Of(a)
	for _, h := range held {
		in.Held = append(in.Held, Holding(h))
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(in); err != nil {
		return nil, fmt.Errorf("print the application as JSON: %w", err)
	}
	return out.Bytes(), nil
}

// Of turns the model into what `groundplan inspect --format json` prints.
func Of(a *app.App) Inspection {
	in := Inspection{
		Application: Application{App: a.Name, Language: a.Runtime.String(), Services: []Service{}},
		Around:      Around{Middleware: []Middleware{}, Gateways: []Gateway{{Name: app.GatewayName}}},
	}
	if a.Gateway != nil {
		in.Gateways[0] = Gateway{Name: app.GatewayName, Explicit: true, Service: a.Gateway.Service}
	}
	if a.Containers() {
		in.Gateways = []Gateway{}
	}
	from, resources := edgesByService(a), resourcesByID(a)
	for _, s := range a.Services {
		in.Services = append(in.Services, inspectService(resources, s, from[s.Name]))
	}
	for _, k := range kinds.All {
		if shown := k.Inspection; shown.Entry != nil {
			entries := []any{}
			for _, r := range a.Of(k.Name) {
				entries = append(entries, shown.Entry(a, r))
			}
			in.Resources = append(in.Resources, kind.List{Name: shown.List, Contents: entries})
		}
	}
	if a.Auth != nil {
		in.AuthHandler = &Auth{Name: a.Auth.Name, Service: a.Auth.Service, At: kind.FileLine(a.Auth.At)}
	}
	for _, m := range a.Middleware {
		inspected := Middleware{Name: m.Name, Package: m.Package, Global: m.Global, Targets: nonNil(m.Targets), At: kind.FileLine(m.At)}
		if m.Service != "" {
			inspected.Service = &m.Service
		}
		in.Middleware = append(in.Middleware, inspected)
	}
	for _, e := range a.Loads {
		in.Loads = append(in.Loads, Use{e.Kind, e.Resource, e.Parent, e.Operation, string(e.Origin), "", kind.FileLine(e.At)})
	}
	return in
}

func resourcesByID(a *app.App) map[app.ID]*app.Resource {
	resources := map[app.ID]*app.Resource{}
	for i := range a.Resources {
		r := &a.Resources[i]
		resources[r.ID()] = r
	}
	return resources
}

func edgesByService(a *app.App) map[string][]app.Edge {
	from := map[string][]app.Edge{}
	for _, e := range a.Edges {
		from[e.Service] = append(from[e.Service], e)
	}
	return from
}

func inspectService(resources map[app.ID]*app.Resource, s app.Service, edges []app.Edge) Service {
	in := Service{
		Declaration:  Declaration{Name: s.Name, Dir: s.Dir, Declared: s.Declared, At: kind.FileLine(s.At), Endpoints: []Endpoint{}},
		Dependencies: Dependencies{HasConfig: s.HasConfig, Calls: []Call{}, Reach: []Use{}, Uses: []Use{}},
	}
	if c := s.Container; c != nil {
		in.Container = &Container{
			c.Image, c.TagPrefix, nonNil(c.Command), c.Port, c.HealthPath, []string{}, c.Public, c.Subdomain, nonNil(c.Paths), c.ImageCredentials,
			nonNil(c.HealthCommand), cmp.Or(c.Protocol, "http"), c.Worker, c.Job, c.StickySeconds,
		}
		for _, v := range c.Environment {
			in.Container.Variables = append(in.Container.Variables, v.Name)
		}
	}
	for _, e := range s.Endpoints {
		in.Endpoints = append(in.Endpoints, Endpoint{e.Name, e.Access, nonNil(e.Methods), e.Path, e.Raw, e.Sensitive, e.Tags, e.Stream, e.Static, e.NotFound, kind.FileLine(e.At)})
	}
	attributed := map[string][]app.Edge{}
	for _, e := range edges {
		if e.Kind == app.ServiceKind && e.Origin != app.Reached {
			in.Calls = addCall(in.Calls, e)
			continue
		}
		in.Uses = append(in.Uses, Use{e.Kind, e.Resource, e.Parent, e.Operation, string(e.Origin), e.Through, kind.FileLine(e.At)})
		if e.Origin == app.Reached {
			in.Reach = append(in.Reach, in.Uses[len(in.Uses)-1])
		}
		if e.Origin != app.Reached && e.Origin != app.Demanded { // Encore attributes none of these
			attributed[e.Kind] = append(attributed[e.Kind], e)
		}
	}
	for _, k := range kinds.All {
		if k.Inspection.OfService != nil {
			in.Attributed = append(in.Attributed, k.Inspection.OfService(resources, attributed[k.Name])...)
		}
	}
	return in
}

// addCall adds a call once per endpoint; a call outweighs a mere reference.
func addCall(calls []Call, e app.Edge) []Call {
	call := Call{e.Resource, e.Operation, e.Resource == e.Service, e.ReferenceOnly, kind.FileLine(e.At)}
	for i, other := range calls {
		if other.Service == call.Service && other.Endpoint == call.Endpoint {
			if other.ReferenceOnly && !call.ReferenceOnly {
				calls[i] = call
			}
			return calls
		}
	}
	return append(calls, call)
}

// add adds a name once. Edges come sorted, so the list stays sorted.
func add(names []string, name string) []string {
	if slices.Contains(names, name) {
		return names
	}
	return append(names, name)
}

func nonNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

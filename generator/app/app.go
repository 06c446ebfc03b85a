// Package app is the application model: services, resources, and who uses what, from which line.
//
// It is the meeting point of every input language and every output. It must not know how anything is spelled in a
// language, nor Terraform.
package app

import "github.com/hashicorp/hcl/v2"

// App is one application. Every list is sorted by name.
type App struct {
	// Name is the application's name in physical names: lower case kebab.
	Name string
	// ID is the id Encore knows the application by; it feeds the service-to-service signature. May equal Name.
	ID string
	// IDAt is where the source names the application; the zero range when it does not.
	IDAt hcl.Range
	// NamedByFolder says that nothing in the source names the application: Name and ID are those of its folder.
	NamedByFolder bool
	Runtime       Runtime

	Services  []Service
	Resources []Resource
	Edges     []Edge
	// Loads is what every process does while its modules load, whatever it hosts; the edges have no Service.
	Loads      []Edge
	Auth       *AuthHandler // nil when the application has none
	Gateway    *Gateway     // nil when the source declares none
	Middleware []Middleware
	CORS       *CORS
	// ProcessPerService is where the source asks for images in which Encore's supervisor starts a process per service; the
	// zero range when it does not.
	ProcessPerService hcl.Range
}

// Service is one unit of code with its endpoints: a directory tree that Encore runs as one, or a container.
type Service struct {
	Name string
	// Dir is slash separated and relative to the application root; "." for the root.
	Dir string
	// HasConfig says that the service loads CUE configuration (Go only).
	HasConfig bool
	// Declared says that a service struct or a file encore.service.ts declares it, and not only what stands in it
	// (TypeScript only).
	Declared bool
	// Endpoints are sorted by name. Readers leave them out, and list those of all services in one place.
	Endpoints []Endpoint
	// Container is how the service runs without Encore; nil for Encore's services.
	Container *Container
	At        hcl.Range
}

// Endpoint is one API endpoint.
type Endpoint struct {
	// Service is the service it belongs to, "" for code that belongs to none.
	Service string
	Name    string
	// Access is "public", "auth" or "private".
	Access string
	// Methods are upper case and sorted; ["*"] means all.
	Methods []string
	// Path starts with a slash; segments may be :param, *wildcard or !fallback.
	Path      string
	Raw       bool
	Sensitive bool
	// HasRequest says that the endpoint takes path parameters or a request body: a cron job cannot call it.
	HasRequest bool
	Tags       []string
	// Stream is "streamIn", "streamOut" or "streamInOut", "" for an endpoint that is no stream (TypeScript only).
	Stream string
	// Static is the folder of the files the endpoint serves, NotFound the file for all others; "" for none. Both are
	// relative to the application root (TypeScript only).
	Static   string
	NotFound string
	At       hcl.Range
}

// Exposed reports whether the gateway routes to the endpoint.
func (e Endpoint) Exposed() bool { return e.Access != "private" }

// AuthHandler authenticates requests at the gateway.
type AuthHandler struct {
	Name    string
	Service string
	At      hcl.Range
}

// Gateway is the API gateway, where the source declares it; every application has one.
type Gateway struct {
	Service string
	At      hcl.Range
}

// Middleware runs around endpoints. Global middleware stands outside services and runs in every service that has a
// targeted endpoint. It is kept for inspection: its uses become edges of the services it runs in.
type Middleware struct {
	Name    string
	Package string // directory
	Service string // "" when global
	Global  bool
	// Targets are "all" or "tag:x".
	Targets []string
	At      hcl.Range
}

// CORS is the application's cross-origin policy, as Encore's infra config spells it.
type CORS struct {
	Debug                          bool
	AllowHeaders                   []string
	ExposeHeaders                  []string
	AllowOriginsWithoutCredentials []string
	AllowOriginsWithCredentials    []string
}

// Resource is one declared piece of infrastructure.
type Resource struct {
	Kind string
	Name string
	// Parent is the resource this one belongs to: a subscription's topic. "" for most kinds.
	Parent string
	// Service is the service the declaration stands in, "" when outside every service.
	Service string
	// Spec holds the kind's settings, a pointer to the kind's own struct.
	Spec any
	At   hcl.Range
}

// Origin says why an edge exists.
type Origin string

const (
	// Declared: the service's own tree declares the resource, or refers to it by name, without a use of its own.
	Declared Origin = "declared"
	// Used: an expression in the service's own tree uses the resource.
	Used Origin = "used"
	// Across: like Used, through a variable of another service or of a package outside services, which Encore's
	// metadata does not attribute.
	Across Origin = "across"
	// Reached: only code outside the service uses or calls it, and that code runs in the service.
	Reached Origin = "reached"
	// ThroughMiddleware: global middleware that runs in the service uses it.
	ThroughMiddleware Origin = "middleware"
	// Demanded: nothing in the service is known to use it, but Encore builds it into every service all the same, as
	// it does with the secrets of packages that belong to no service.
	Demanded Origin = "demanded"
	// Loaded: the modules of the application use it while they load, which they do in every process.
	Loaded Origin = "loaded"
)

// Edge is one use of a resource, or of another service's endpoint, by a service.
type Edge struct {
	Service string
	// Kind, Parent and Resource name the resource. For a call, Kind is "service", Resource the called service.
	Kind     string
	Parent   string
	Resource string
	// Operation is the kind's own word ("publish", "READ_OBJECT_CONTENTS"); the endpoint for a call.
	Operation string
	Origin    Origin
	// Through is the expression, package or declaration that leads there, for Across and Reached.
	Through string
	// ReferenceOnly marks a reference to an endpoint without a call (a cron job's target).
	ReferenceOnly bool
	At            hcl.Range
}

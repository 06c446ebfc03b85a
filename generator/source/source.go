// Package source turns the text of an application into declarations and uses.
//
// One reader per spelling, each a package below this one (golang, typescript, manifest, encoremeta), ends in the same
// Application. A reader knows the grammar of its language and the rules Encore's own parser enforces for it; what a
// topic or a bucket is, it is told by a table of spellings. It must not know kinds, environments or Terraform.
//
// Here is what the readers share: the result and its order, values and how settings are decoded from them, the tables
// of spellings, texts and positions in them, the file encore.app, and which files and names Encore accepts. It is more
// than 1,500 lines because the tables of four spellings stand beside what they lead to.
package source

import (
	"github.com/hashicorp/hcl/v2"
)

// Application is one application as its author wrote it. Every list is sorted: by name where there is one, then by
// file, line and column.
type Application struct {
	// ID is the "id" of encore.app; it may be empty.
	ID string
	// Language is "go", "typescript" or "manifest": plain containers.
	Language string
	// Manifest says that a manifest describes the application, whatever it is written in.
	Manifest bool
	// Metadata says that Encore's own parser has read the source: what it demands of folders and files holds.
	Metadata bool
	// CORS is the "global_cors" object of encore.app; nil when absent.
	CORS *CORS
	// IDAt is where the source names the application; the zero range when it does not.
	IDAt hcl.Range
	// ProcessPerService is where encore.app asks for Encore's supervisor; the zero range when it does not.
	ProcessPerService hcl.Range

	Services    []Service
	Endpoints   []Endpoint
	AuthHandler *AuthHandler // nil when the application has none
	Gateway     *Gateway     // nil when the source declares none
	Middleware  []Middleware
	Packages    []Package
	Decls       []Decl
	// Invalid are declarations with an error that does not concern their settings, such as a name that is no literal:
	// they declare nothing, and their settings can be checked all the same. One whose name is not known is called by
	// its variable.
	Invalid []Decl
	Uses    []Use
	// Loads are uses by what runs while the packages or modules of the application load, which every process does,
	// LoadCalls the calls of endpoints that it makes.
	Loads     []Use
	LoadCalls []Call
	Calls     []Call
}

// CORS mirrors the global_cors object of encore.app; field names follow Encore's infra config.
type CORS struct {
	Debug                          bool     `json:"debug,omitempty"`
	AllowHeaders                   []string `json:"allow_headers,omitempty"`
	ExposeHeaders                  []string `json:"expose_headers,omitempty"`
	AllowOriginsWithoutCredentials []string `json:"allow_origins_without_credentials,omitempty"`
	AllowOriginsWithCredentials    []string `json:"allow_origins_with_credentials,omitempty"`
}

// Service is a directory tree that Encore runs as one unit.
type Service struct {
	Name string
	// Dir is slash separated and relative to the application root; "." for the root.
	Dir string
	// HasConfig says that the service loads CUE configuration (Go only).
	HasConfig bool
	// Declared says that a service struct or a file encore.service.ts declares it, and not only what stands in it
	// (TypeScript only).
	Declared bool
	// Container is how the service runs without Encore; nil for Encore's services.
	Container *Container
	At        hcl.Range
}

// Container is a service that does not use Encore.
type Container struct {
	// Image is a fixed image; "" for the environment's registry, where TagPrefix stands before the deployed tag.
	Image     string
	TagPrefix string
	// Command replaces the image's own, nil for that.
	Command    []string
	Port       int
	HealthPath string
	// HealthCommand is what runs in the container to learn of its health, in place of a request for HealthPath; nil for none.
	HealthCommand []string
	// Protocol is what the container speaks on its port: "http2", "grpc", or "" for HTTP/1.1.
	Protocol string
	// Worker says that the container listens on no port, so that nothing can call it. Job says that it runs to its end when
	// it is started, by a schedule or by hand; it listens on no port either.
	Worker, Job bool
	// StickySeconds is how long a client comes back to the same task; 0 for never.
	StickySeconds int
	// Environment are variables with literal values, by name.
	Environment []Variable
	// Public says that requests from outside reach it, under Subdomain of the environment's domain ("" for the domain
	// itself), for Paths ("/orders" or "/orders/*"; nil for all).
	Public    bool
	Subdomain string
	Paths     []string

	// ImageCredentials is the secret with name and password for the registry of Image, "" for none.
	ImageCredentials string
	// User is whom the image runs as, "" for its own; with ReadOnlyRoot it writes to WritablePaths alone; of the kernel's
	// capabilities it has KeepCapabilities. nil is what the environment says.
	User             string
	ReadOnlyRoot     *bool
	WritablePaths    []string
	KeepCapabilities []string
}

// Variable is an environment variable.
type Variable struct {
	Name  string
	Value string
	At    hcl.Range
}

// Endpoint is one API endpoint.
type Endpoint struct {
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

// AuthHandler is the application's authentication handler.
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
// targeted endpoint.
type Middleware struct {
	Name    string
	Package string // directory
	Service string // "" when global
	Global  bool
	// Targets are "all" or "tag:x".
	Targets []string
	At      hcl.Range
}

// Package is a unit of the application's own code and what it leads to: a top-level declaration, or what runs as soon as
// the package (in Go) or the file (in TypeScript) is loaded. Where the input shows no declarations (metadata, manifests)
// it is a whole folder.
type Package struct {
	// Dir is the directory, or the file, slash separated and relative to the application root.
	Dir string
	// Part is the name of the declaration, "Type.Method" for a method in Go; "" for what runs at load, or for all of it.
	Part string
	// Service is the service the package belongs to, "" when none.
	Service string
	// Root says that a process which hosts Service runs the part without being led there by other code: an endpoint, the
	// handler of a subscription, what the service does when it starts. An application none of whose parts is a root is
	// taken to run all of its own.
	Root    bool
	Imports []Import
	// Methods are the names of methods that the part calls, or hands on, on values whose type the reader does not know.
	Methods []string
}

// Import is an edge of the application's own import graph.
type Import struct {
	Dir  string // the Dir of the imported package
	Part string // its Part
	// Method makes the import count only where some code that runs has that name among its Methods: a type leads to a
	// method of its own once something of the name is called. "" for an import that counts always.
	Method string
	At     hcl.Range
}

// Decl declares one resource, or refers to a declared one by name (Reference).
type Decl struct {
	Kind string
	Name string
	// Parent is the name of the resource this one belongs to: a subscription's topic, a keyspace's cluster.
	Parent string
	// Symbol is the variable that holds the resource, "" when it is bound to none.
	Symbol string
	// Package is the directory of the declaring package, Service the service around it ("" when none).
	Package string
	Service string
	// Reference marks a reference by name to a resource declared elsewhere, as in sqldb.Named("users").
	Reference bool
	// Implicit marks a resource no constructor call declares: Encore derives it from the folder layout.
	Implicit bool
	// Constructor is the function that declares, without its package ("NewCounterGroup"); "" when no call declares.
	Constructor string
	// Migrations is the directory of SQL migrations, relative to the application root; "" when there is none.
	Migrations string
	// MigrationCount counts the up migrations.
	MigrationCount int
	Config         Value
	At             hcl.Range // the constructor call, or what stands for it
	NameAt         hcl.Range // the name argument
}

// Use is one place where code uses a resource, one per operation.
type Use struct {
	Kind   string
	Name   string
	Parent string
	// Operation is what the spelling's method table says, for example "publish" or "READ_OBJECT_CONTENTS"; "" for a
	// use that has no operations of its own (a database).
	Operation string
	// Package is the Dir of the code's package, Service the service around it ("" when outside every service).
	Package string
	Service string
	// Part is the Part of that package.
	Part string
	// Through is the expression that reaches a resource declared in another service, as in "orders.DB"; else "".
	Through string
	// Unlisted says that Encore's TypeScript parser does not see the use, or puts it down to another service.
	Unlisted bool
	// Middleware is the name of the global middleware the use stands in; "" when in none.
	Middleware string
	At         hcl.Range
}

// Call is a call of, or a reference to, an endpoint.
type Call struct {
	Package string // the Dir of the code's package
	Part    string // and its Part
	Service string // of the caller; "" when outside every service
	// TargetService and Endpoint name what is called.
	TargetService string
	Endpoint      string
	// ReferenceOnly marks a reference without a call, such as a cron job's Endpoint.
	ReferenceOnly bool
	At            hcl.Range
}

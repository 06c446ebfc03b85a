// Package source turns the text of an application into declarations and uses.
//
// One reader per spelling, each a package below this one (golang, typescript, manifest, encoremeta), ends in the same
// Application. A reader knows the grammar of its language and the rules Encore's own parser enforces for it; what a
// topic or a database is, it is told by a table of spellings. It must not know kinds, environments or Terraform.
//
// Here is what the readers share: the result and its order, values and how settings are decoded from them, the tables
// of spellings, texts and positions in them, and which files and names Encore accepts.
package source

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
)

// Application is one application as its author wrote it. Every list is sorted: by name where there is one, then by
// file, line and column.
type Application struct {
	// ID is the "id" of encore.app; it may be empty.
	ID string
	// Runtime is what runs the services, Origin which reader this comes from.
	Runtime app.Runtime
	Origin  Origin
	// CORS is the "global_cors" object of encore.app; nil when absent.
	CORS *app.CORS
	// IDAt is where the source names the application; the zero range when it does not.
	IDAt hcl.Range
	// ProcessPerService is where encore.app asks for Encore's supervisor; the zero range when it does not.
	ProcessPerService hcl.Range

	Services    []app.Service // without their endpoints
	Endpoints   []app.Endpoint
	AuthHandler *app.AuthHandler // nil when the application has none
	Gateway     *app.Gateway     // nil when the source declares none
	Middleware  []app.Middleware
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

// Origin is what an application was read from, and with that what is known of it.
type Origin int

const (
	// FromCode is the application's own code: which code leads where is known. It is the zero value.
	FromCode Origin = iota
	// FromManifest is a manifest, which says everything in so many words, whatever the application is written in.
	FromManifest
	// FromMetadata is the metadata of Encore's own parser: what that demands of folders and files holds, and code is not
	// seen.
	FromMetadata
)

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

package facts

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/source"
)

// Decl is a declaration of a resource before its names are resolved.
type Decl struct {
	source.Decl
	// Spelling is its entry in the table of spellings, an index.
	Spelling int16
	// ParentTarget leads to the parent argument, which stands at ParentAt; its name is -1 when there is none.
	ParentTarget Target
	ParentAt     hcl.Range
	// References are the settings that name endpoints.
	References []Reference
	// Invalid says that something of it is wrong, Readable that its settings can be checked all the same.
	Invalid  bool
	Readable bool
}

// Target is a name of the file (an index into Module.Names, -1 for none) and the names that lead on from it.
type Target struct {
	Name int32
	Path []string
}

// Reference is a setting that names an endpoint: Field is its index in the settings, Target what it names.
type Reference struct {
	Field  int
	Target Target
}

// Endpoint is an endpoint, without its service. DefaultPath says that its path follows from service and name, Request is the type of
// its parameter (nil for none), Invalid says that something of it is wrong.
type Endpoint struct {
	app.Endpoint
	DefaultPath bool
	Request     *Type
	Invalid     bool
}

// Service is a service that is declared by name.
type Service struct {
	Name string
	At   hcl.Range
}

// Gateway is a gateway; Auth leads to its auth handler, which is named at AuthAt, when it has one.
type Gateway struct {
	HasAuth bool
	Auth    Target
	AuthAt  hcl.Range
	At      hcl.Range
}

// AuthHandler is an auth handler, by the variable that holds it.
type AuthHandler struct {
	Name string
	At   hcl.Range
}

// Middleware is middleware, without its service.
type Middleware struct {
	app.Middleware
}

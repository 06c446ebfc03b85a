package facts

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/source"
)

// Decl is a declaration of a resource, or a reference to one by its name, before its names are resolved: what the embedded
// declaration says of parents, services and migrations the linker fills in.
type Decl struct {
	source.Decl
	File *File
	// Spelling is an index into the spellings of the vocabulary.
	Spelling int
	// Invalid marks one with an error of its own: it keeps its variable known, so that uses of it do not add
	// errors about a name that leads nowhere, but it is not part of the result.
	Invalid bool
	// Readable says of an invalid one that its settings are known, and whose they are.
	Readable bool
	// Holders are the package variables whose initial value contains the call, when it is bound to none itself.
	Holders []string
	// ParentName is the variable at the spelling's ParentArg, nil when there is none.
	ParentName *Name
	// References are the config fields that name something of the application, by index in Config.Fields.
	References []NamedField
	// HandlerMethod is the type of a method handler, nil when the handler is none.
	HandlerMethod *Name
	// Message is the type of a topic's messages, nil when the spelling has none.
	Message *Name
	// MigrationsAt is the migrations setting.
	MigrationsAt hcl.Range
}

// NamedField is a setting that names something of the application: a handler, an endpoint.
type NamedField struct {
	Field int // index into Config.Fields
	Name  Name
	// Missing says that the package has no such name; the compiler will say so.
	Missing bool
}

// Endpoint is an endpoint before its service is known.
type Endpoint struct {
	app.Endpoint
	// Receiver is the type the endpoint is a method of, "" for a function.
	Receiver string
	// Request and Response are the payload types, nil when there is none or it is not a name.
	Request  *Name
	Response *Name
}

// AuthHandler is an auth handler before its service is known.
type AuthHandler struct {
	app.AuthHandler
	// Method says that it is a method of the service struct, which no package-level name leads to.
	Method bool
	// Params is the type of structured parameters, nil for a plain token.
	Params *Name
}

// Middleware is middleware before its service is known.
type Middleware struct {
	app.Middleware
	// TargetsAt are the places of Targets, by index.
	TargetsAt []hcl.Range
}

// ServiceStruct is a struct that encore:service marks; its folder is a service.
type ServiceStruct struct {
	Name string
	At   hcl.Range
}

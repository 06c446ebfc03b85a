// Package vocabulary knows the names of the framework that mean something in TypeScript: its own (api, Gateway, Service and the
// like), and those that the table of spellings gives the kinds of resources.
//
// It must not know syntax, facts or scopes: it answers what a name of a module of the framework is.
package vocabulary

import (
	"cmp"
	"slices"

	"github.com/groundplan/groundplan/generator/source"
)

// Language is the table of spellings, indexed for the reader.
type Language struct {
	// Spellings is the table, each with a noun; permissions, roles and declarations name its entries by index.
	Spellings []source.TypeScriptSpelling
	// Names are the names of the framework that mean something, by module and name.
	Names map[string]map[string]Framework
	// Permissions are the names of the framework that a type argument of a narrowing can be made of, by module and name.
	Permissions map[string]map[string][]Permission
}

// Permission is what one name permits on one kind: Uploader the operation "write".
type Permission struct {
	Spelling   int16 // index into Language.Spellings
	Operations []string
}

// Framework is the role of a name of the framework.
type Framework struct {
	Role Role
	// Spelling is an index into Language.Spellings, for a Constructor.
	Spelling int16
	// Name is the name itself, without its module.
	Name string
}

// Role is what a name of the framework declares when it is called. Names without one are not in the table.
type Role uint8

// The roles: a Constructor declares a resource, of the kind that its spelling says; each of the others what it is named after.
const (
	NoRole Role = iota
	Constructor
	Service
	Endpoint
	Gateway
	AuthHandler
	Middleware
)

// ClientsModule is the generated module with a client of each service.
const ClientsModule = "~encore/clients"

// New indexes a table of spellings, and adds the names of the framework that belong to no kind.
func New(spellings []source.TypeScriptSpelling) *Language {
	language := &Language{
		Spellings: slices.Clone(spellings),
		Names: map[string]map[string]Framework{
			"encore.dev/api": {
				"api": {Role: Endpoint, Name: "api"}, "Gateway": {Role: Gateway, Name: "Gateway"},
				"middleware": {Role: Middleware, Name: "middleware"},
			},
			"encore.dev/auth":    {"authHandler": {Role: AuthHandler, Name: "authHandler"}},
			"encore.dev/service": {"Service": {Role: Service, Name: "Service"}},
		},
		Permissions: make(map[string]map[string][]Permission),
	}
	for i := range language.Spellings {
		s := &language.Spellings[i]
		s.Noun = cmp.Or(s.Noun, s.Kind)
		if language.Names[s.Module] == nil {
			language.Names[s.Module] = make(map[string]Framework)
		}
		for _, name := range s.Constructors {
			language.Names[s.Module][name] = Framework{Constructor, int16(i), name}
		}
		if language.Permissions[s.Module] == nil {
			language.Permissions[s.Module] = make(map[string][]Permission)
		}
		for name, operations := range s.Permissions {
			language.Permissions[s.Module][name] = append(language.Permissions[s.Module][name], Permission{int16(i), operations})
		}
	}
	return language
}

// ServiceFile is the one file that may declare a service.
const ServiceFile = "encore.service.ts"

// Package kinds says what each kind of resource is: how it is spelled in source, what its settings mean, what
// Encore demands of it, what it becomes on AWS, and what a workload that uses one gets.
//
// One file per kind reads declarations into the application model; beside it stand what the platform makes of a kind
// (lower_*.go) and what is bound to a workload (bind_*.go). A kind must not know how source is parsed, how HCL is printed, nor what runs workloads.
package kinds

import (
	"io/fs"
	"sort"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/stack"
	"github.com/groundplan/groundplan/generator/value"
)

// Kind is one kind of resource, as data. Everything that differs between kinds stands here; whoever walks All needs no
// switch over names.
type Kind struct {
	// Name is the kind in app.Resource and in the labels of generated blocks: "database".
	Name string
	// Noun is how messages call one: "database", "cache cluster", "cron job".
	Noun string
	// Go is how Go code declares and uses it; several entries when constructors differ in shape. GoSpellings fills in
	// kind and noun.
	Go []source.GoSpelling
	// TypeScript is how TypeScript code declares and uses it, as Encore's TypeScript parser recognises, demands and refuses it; several entries when constructors differ in shape.
	// TypeScriptSpellings fills in kind and noun.
	TypeScript []source.TypeScriptSpelling
	// Manifest is how a manifest declares and uses it; several entries when blocks differ. ManifestSpellings fills in kind
	// and noun. Empty for a kind that another one's use declares.
	Manifest []source.ManifestSpelling
	// Metadata is how Encore's metadata lists it: lists and fields are those of its schema, encore.parser.meta.v1.Data, and
	// enumerations in the order of their numbers there. MetadataSpellings fills in kind and noun.
	Metadata source.MetadataSpelling
	// Read turns a declaration into the settings that become the resource's Spec, a pointer to the kind's own struct,
	// and reports what is wrong with them. Settings that were not written hold Encore's defaults.
	Read func(decl source.Decl, in Input) (spec any, diags hcl.Diagnostics)
	// CheckUse reports what is wrong with one use of a resource; nil when every use is fine.
	CheckUse func(use source.Use, of app.Resource) hcl.Diagnostics

	// PartOf is the kind a declaration of this one really uses: a keyspace is a part of its cache, and an edge to it is
	// an edge to the cache. PartName is the setting that tells the parts of one resource apart, a pattern of keys.
	PartOf   string
	PartName string
	// Bound says that a declaration in a service's tree, or a reference there by name, lets the service use the
	// resource. Encore's metadata attributes such kinds by declaration.
	Bound bool
	// ByUse says that in TypeScript Encore attributes the kind by use instead.
	ByUse bool
	// Operation is what a bound service does, "" for kinds without operations.
	Operation string
	// Verbs lists the operations a service can perform, with the word for people: "publishes". The key "" is for a use
	// without operation. A reference that performs none of them is no use.
	Verbs map[string]string
	// Repeatable says that one name may be declared in many places and means the same resource: a secret.
	Repeatable bool
	// Everywhere says that a declaration outside every service is demanded of all services.
	Everywhere bool
	// Private says that only the service that declares it may use it.
	Private bool

	// OfRuntime says that Encore's runtimes do it by themselves: plain containers have no part in it.
	OfRuntime bool
	// Bind adds to a workload what its uses of the kind ask for: grants, network paths, and bindings, which are what it has to know. It
	// says nothing of how the workload is told. Nil for a kind that asks for nothing.
	Bind func(w *deploy.Workload)
	// Config renders the bindings to resources of the kind, one or more, as sections of the infra config that Encore's runtimes
	// read, with the secrets whose variables the sections name. Nil for a kind that no workload of Encore's is bound to.
	Config func(w *deploy.Workload, bound []deploy.Binding) ([]value.Field, []deploy.Secret)
	// Env are the environment variables that a plain container is told by. Empty for a kind that no container is bound to.
	Env []Variable
	// Schedules are the things that happen at certain times because a resource says so. Nil for a kind that says no times.
	Schedules func(d *deploy.Deployment) []deploy.Schedule

	// Platform adds what the application's resources of this kind become to the platform stack. Nil for a kind that becomes
	// nothing there.
	Platform func(d *deploy.Deployment, s *stack.Stack, resources []app.Resource)
	// Settled are the arguments of the modules it becomes that no override can set: see stack.Settings.
	Settled map[string]map[string]stack.Settled
	// Logs are the names, of everything of this kind, that stand in the names of its log groups: the environment's key
	// has to admit these. Nil for a kind that writes no logs.
	Logs func(d *deploy.Deployment) []string
	// Holds is what is lost with a resource of the kind; the zero Holding for one that holds nothing.
	Holds Holding
	// StoragePort is the port the resource answers on in the storage subnets, 0 for what does not stand there.
	StoragePort int
	// Check reports what only the whole deployment shows. Nil when nothing does.
	Check func(d *deploy.Deployment) hcl.Diagnostics
}

// All lists the kinds in the order messages and diagrams show them. A new kind is a new file and a line here.
var All = []Kind{
	Databases,
	Topics,
	Subscriptions,
	Buckets,
	Caches,
	Keyspaces,
	Secrets,
	Crons,
	Metrics,
}

// Named returns the kind of that name; false when there is none.
func Named(name string) (Kind, bool) {
	for _, k := range All {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}

// GoSpellings is the table the Go reader is given.
func GoSpellings() []source.GoSpelling {
	var spellings []source.GoSpelling
	for _, k := range All {
		for _, spelling := range k.Go {
			spelling.Kind, spelling.Noun = k.Name, k.Noun
			spellings = append(spellings, spelling)
		}
	}
	return spellings
}

// TypeScriptSpellings is the table the TypeScript reader is given.
func TypeScriptSpellings() []source.TypeScriptSpelling {
	var spellings []source.TypeScriptSpelling
	for _, k := range All {
		for _, spelling := range k.TypeScript {
			spelling.Kind, spelling.Noun = k.Name, k.Noun
			spellings = append(spellings, spelling)
		}
	}
	return spellings
}

// ManifestSpellings is the table the manifest reader is given.
func ManifestSpellings() []source.ManifestSpelling {
	var spellings []source.ManifestSpelling
	for _, k := range All {
		for _, spelling := range k.Manifest {
			spelling.Kind, spelling.Noun = k.Name, k.Noun
			spellings = append(spellings, spelling)
		}
	}
	return spellings
}

// MetadataSpellings is the table the reader of Encore's metadata is given.
func MetadataSpellings() []source.MetadataSpelling {
	var spellings []source.MetadataSpelling
	for _, k := range All {
		spelling := k.Metadata
		spelling.Kind, spelling.Noun = k.Name, k.Noun
		spellings = append(spellings, spelling)
	}
	return spellings
}

// Input is what a kind may look at while it reads a declaration.
type Input struct {
	// Application is the source as read; a kind looks up endpoints and packages there.
	Application *source.Application
	// Files is the application's folder.
	Files fs.FS
}

// serviceAround returns the service a package directory belongs to, "" when none.
func (in Input) serviceAround(dir string) string {
	for _, p := range in.Application.Packages {
		if p.Dir == dir {
			return p.Service
		}
	}
	return ""
}

func (in Input) endpoint(service, name string) (app.Endpoint, bool) {
	for _, e := range in.Application.Endpoints {
		if e.Service == service && e.Name == name {
			return e, true
		}
	}
	return app.Endpoint{}, false
}

// spelledInTypeScript reports whether settings are what a TypeScript author wrote: it is the source that says them, or what
// Encore read in it.
func (in Input) spelledInTypeScript() bool {
	return in.Application.Runtime == app.EncoreTypeScript && in.Application.Origin != source.FromManifest
}

// remedy is what an author would write: in Go, or in a manifest and in TypeScript, which spell settings alike.
func (in Input) remedy(golang, manifest string) string {
	if in.Application.Origin == source.FromManifest || in.spelledInTypeScript() {
		return manifest
	}
	return golang
}

// settingAt is where a setting's value stands, or the whole declaration when it was not written.
func settingAt(decl source.Decl, v source.Value) hcl.Range {
	if v.Kind == source.Absent || v.At.Filename == "" {
		return decl.At
	}
	return v.At
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

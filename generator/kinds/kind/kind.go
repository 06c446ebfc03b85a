// Package kind says what a kind of resource is, as data, and has what the packages of kinds share: what one may look at while it
// reads a declaration, the words for a use, and the keys things are encrypted with. It must not know any kind.
package kind

import (
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/sizes"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/stack"
	"github.com/groundplan/groundplan/generator/value"
)

// Holding is what is lost with a resource, and what of it cannot change without that.
type Holding struct {
	// Fixed are the arguments that replace what holds data, by module. An argument by which a component hangs on another, its key, its
	// network or its topic, is not listed: a change of that is noticed there.
	Fixed map[string][]string
	// Facts are what the lock remembers besides, by module, and FactsOf those of resources that have no module call of their own.
	Facts   map[string]map[string]string
	FactsOf func(d *deploy.Deployment) map[app.ID]map[string]string
	// Follows names the kind of its parent for a fact that changes along with the parent's, which is refused or accepted for both.
	Follows map[string]string
	// Lost is what is lost with one; "" for a kind that holds nothing.
	Lost string
	// KeepsKey says that one stays with the key it was made with: with another it is made anew.
	KeepsKey bool
	// Encrypted is what is lost with the environment's key of what stays: "messages in queues".
	Encrypted string
	// Anew says in words of its own what becomes of one for which a fact changes, and how somebody avoids that. described is how
	// messages call it.
	Anew map[string]func(described, is string) (detail string, ways []string)
	// Along is what stays on AWS along with one that is forgotten, nil for nothing.
	Along func(id app.ID) app.ID
	// MayExist says that an environment can name one that exists, in whose place none is made.
	MayExist bool
	// Copy is how somebody saves what is in one that is made anew. Nil where that is a part of other ways.
	Copy func(physical string) string
	// Ways are how somebody keeps what is in one that leaves the code. physical is what it is called on AWS, facts are what the lock
	// remembers of it.
	Ways func(physical string, facts map[string]string) []string
}

// Output is what an output of a module becomes on AWS, and Outputs are those of modules, by module and output.
type (
	Output  = sizes.Output
	Outputs = map[string]map[string]Output
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
	// Shares says that one has no block of its own in Terraform code: it needs a label only where variables are named after it.
	Shares bool
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
	// Outputs are those outputs of its modules whose length on AWS is known beforehand: policies and task definitions are made of
	// them. Others are taken to be of a usual length.
	Outputs Outputs
	// Logs are the names, of everything of this kind, that stand in the names of its log groups, and Feeds those of the SNS topics
	// that put messages into what it encrypts, with wildcards: the environment's key has to admit these. What is forgotten goes on
	// using the key. Nil for a kind that writes no logs, or that SNS puts nothing into.
	Logs, Feeds func(d *deploy.Deployment) []string
	// Holds is what is lost with a resource of the kind; the zero Holding for one that holds nothing.
	Holds Holding
	// StoragePort is the port the resource answers on in the storage subnets, 0 for what does not stand there.
	StoragePort int
	// Subdomain is the first part of the name under an environment's domain that a resource is seen under, Domain that name where an
	// environment shows it; "" for one that is not. Nil for a kind that is seen under none.
	Subdomain func(r app.Resource) string
	Domain    func(env *environment.Environment, r app.Resource) string
	// Build adds to the infra config that images are built with, which names what resources there are: a section and what stands in
	// it. Nil for a kind that Encore's build does not ask for, or that stands in the section of another.
	Build func(d *deploy.Deployment, resources []app.Resource) (section string, contents any)
	// Check reports what only the whole deployment shows. Nil when nothing does.
	Check func(d *deploy.Deployment) hcl.Diagnostics
	// Inspection is how `groundplan inspect` shows it.
	Inspection Inspection
}

// Variable is one environment variable that a container gets for each resource of a kind it uses. docs/manifest.md lists them all.
type Variable struct {
	// Pattern is the name: <NAME> and <PARENT> stand for the resource's name and its parent's, in capitals with underscores.
	Pattern string
	// Attribute is what of the binding it holds. A binding without it gives none.
	Attribute string
	// Secret says that the value comes from Secrets Manager when the container starts.
	Secret  bool
	Meaning string

	// Of limits the variable to some resources, for those who see no environment; nil for all.
	Of func(r *app.Resource) bool
}

// Name is the variable's name for a resource of that label.
func (v *Variable) Name(label string) string {
	return strings.NewReplacer("<PARENT>_<NAME>", strings.ToUpper(label), "<NAME>", strings.ToUpper(label)).Replace(v.Pattern)
}

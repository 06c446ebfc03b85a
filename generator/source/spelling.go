package source

// Grammar is the form a language demands of a resource's name.
type Grammar int

const (
	// AnyName is any non-empty string literal.
	AnyName Grammar = iota
	// Kebab is ^[a-z]([-a-z0-9]*[a-z0-9])?$, 1 to 63 characters.
	Kebab
	// Snake is ^[a-z]([_a-z0-9]*[a-z0-9])?$, 1 to 63 characters.
	Snake
)

// OutsideRule says which uses of a resource may stand outside every service.
type OutsideRule int

const (
	// OutsideAllowed permits every use (secrets).
	OutsideAllowed OutsideRule = iota
	// OutsideMethods permits method calls but no narrower references (topics).
	OutsideMethods
	// OutsideNone permits none (databases, buckets).
	OutsideNone
)

// GoSpelling says how Go code declares and uses one kind of resource. The kinds own the table; the reader only
// applies it.
type GoSpelling struct {
	// Kind is the kind's name, Noun how messages call it ("cron job"); an empty Noun is the Kind.
	Kind string
	Noun string
	// Package is the import path of the framework's package, TypeName its resource type for messages, as in
	// "pubsub.Topic".
	Package  string
	TypeName string
	// Constructors are the functions that declare: NewTopic, or NewStringKeyspace and its siblings.
	Constructors []string
	// ParentArg, NameArg and ConfigArg are argument positions; -1 when there is none.
	ParentArg int
	NameArg   int
	ConfigArg int
	// ConfigType is the type the config literal must have, as in "TopicConfig".
	ConfigType string
	// ParentKind is the kind of the resource at ParentArg.
	ParentKind string
	Grammar    Grammar
	// Named is the function that refers to a declared resource by name; "" when there is none.
	Named string
	// Constants maps a constant of Package to the value settings decode: {"AtLeastOnce": String "at-least-once"}.
	Constants map[string]Value
	// Opaque lists config fields the reader does not read: handlers, expiry functions.
	Opaque []string
	// References lists config fields that name an endpoint (Endpoint) of the application.
	References []string

	// Methods maps a method of the resource to the operations it performs; an empty list is a method that needs no
	// right (Name, Meta). A nil map means that every reference to the variable is a use without operation.
	Methods map[string][]string
	// Ref is the function that turns a resource into a narrower reference (TopicRef, BucketRef), Permissions its
	// permission interfaces and their operations.
	Ref         string
	Permissions map[string][]string
	// Strict makes a reference that is neither a method call, a Ref nor an argument of another constructor an
	// error, as Encore does for topics and buckets.
	Strict bool

	// Outside says which uses may stand in code that belongs to no service.
	Outside OutsideRule
	// InService demands that the declaration itself stands inside a service, as Encore does for keyspaces, cron
	// jobs and metrics.
	InService bool

	// Handler is the config field that holds the function the framework calls ("Handler" of a subscription): it must
	// live in the declaring service, and the declaration makes its package a service root. "" when there is none.
	Handler string
	// MethodHandler is the function of Package that turns a method of the service struct into a handler.
	MethodHandler string
	// MessageTag is the struct tag that marks attributes on the message type, the constructor's first type argument;
	// MessageField is the config field that must name one of them, MessageReserved the prefix no attribute may have.
	MessageTag      string
	MessageField    string
	MessageReserved string

	// ImplicitDir is the folder that declares a resource in a service by its mere presence, named after the package
	// ("migrations"); ImplicitFuncs are the package-level functions that use it.
	ImplicitDir   string
	ImplicitFuncs []string
	// MigrationsField is the config field that names a folder of SQL migrations.
	MigrationsField string
	// StructVar makes the kind one that is declared as fields of a package variable of inline struct type with this
	// name ("secrets"), every field a resource.
	StructVar string
}

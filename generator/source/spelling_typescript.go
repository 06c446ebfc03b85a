package source

// TypeScriptSpelling says how TypeScript code declares and uses one kind of resource. The kinds own the table; the
// reader only applies it.
type TypeScriptSpelling struct {
	// Kind is the kind's name, Noun how messages call it ("cron job"); an empty Noun is the Kind.
	Kind string
	Noun string
	// Module is the framework's module, "encore.dev/pubsub". Encore recognises its names only when they are imported by
	// name.
	Module string
	// Constructors are the names of Module that declare: classes, or functions when Function is set.
	Constructors []string
	Function     bool
	// ParentArg, NameArg and ConfigArg are argument positions; -1 when there is none.
	ParentArg int
	NameArg   int
	ConfigArg int
	// ConfigRequired says that the settings cannot be left out.
	ConfigRequired bool
	// ParentKind is the kind of the resource at ParentArg.
	ParentKind string
	Grammar    Grammar
	// Named is the static method that refers to a declared resource by name; "" when there is none.
	Named string
	// Opaque lists settings the reader does not read, References those that name an endpoint of the application, and
	// Durations those that must be texts such as "30s".
	Opaque     []string
	References []string
	Durations  []string
	// MigrationsField is the setting that names a folder of SQL migrations, itself or in an object with a path and the
	// tool that writes them.
	MigrationsField string
	// TypeArgument is what the first type argument says ("the message type"), which must then be written.
	TypeArgument string

	// Methods maps a method of the resource to the operations it performs; an empty list is a method that needs no
	// right. A nil map means that every reference to the variable is a use without operation.
	Methods map[string][]string
	// Ref is the method that turns a resource into a narrower reference, Permissions the names of Module its type
	// argument is made of and their operations.
	Ref         string
	Permissions map[string][]string
	// Strict makes a method that is not in Methods, and a reference that is no method call, an error.
	Strict bool
	// Held makes a reference that is neither an argument nor followed by a member an error, where every reference is a
	// use. Constructed permits the resource as an argument of a class, whatever the class does with it.
	Held        bool
	Constructed bool
	// ByDeclaration says that Encore puts uses down to the service that declares the resource.
	ByDeclaration bool
	// Outside says which uses may stand in code that belongs to no service.
	Outside OutsideRule

	// InService demands that the declaration itself stands in a service, Global that it stands at the top level of its
	// module and is bound to a variable.
	InService bool
	Global    bool
	// Root makes the folder of a declaration a service.
	Root bool
	// Registered says that Encore imports the module of a declaration by itself, when it is bound to a variable and
	// stands in a service.
	Registered bool
}

package source

// ManifestOnly says for which applications a setting or block makes sense.
type ManifestOnly int

const (
	// ForAll is every application.
	ForAll ManifestOnly = iota
	// ForContainers is an application that does not use Encore, ForEncore one that does.
	ForContainers
	ForEncore
)

// ManifestType is the type of a setting.
type ManifestType int

const (
	Text ManifestType = iota
	Integer
	Flag
	// Duration is a string such as "30s", "5m" or "7 days".
	Duration
	TextList
	// TextMap is a map of strings.
	TextMap
	// Settings is an object whose members are settings of their own.
	Settings
)

// manifestTypes is how a message calls each type.
var manifestTypes = map[ManifestType]string{
	Text: "a string", Integer: "an integer", Flag: "true or false", Duration: `a duration, such as "30s", "5m" or "7 days"`,
	TextList: `a list of strings, as in ["a", "b"]`, TextMap: `a map of strings, as in { NAME = "value" }`, Settings: "an object, as in { name = value }",
}

func (t ManifestType) String() string { return manifestTypes[t] }

// documented is how the documentation calls each type: as Terraform does, which knows numbers and no integers.
var documented = map[ManifestType]string{
	Text: "string", Integer: "number", Flag: "true or false", Duration: "duration", TextList: "list(string)", TextMap: "map(string)", Settings: "object",
}

// Short is the type in the words of the documentation.
func (t ManifestType) Short() string { return documented[t] }

// ManifestSetting is one setting of a block.
type ManifestSetting struct {
	Name string
	Type ManifestType
	// Required says that it must be written; Default is what holds otherwise, in words of the documentation.
	Required bool
	Default  string
	Meaning  string
	Only     ManifestOnly
	// Words are texts that stand for a value of another type: "infinite" for a number of retries.
	Words map[string]Value
	// Members are the settings of an object.
	Members []ManifestSetting
}

// ManifestSpelling says how a manifest declares and uses one kind of resource. The kinds own the table; the reader only
// applies it.
type ManifestSpelling struct {
	// Kind is the kind's name, Noun how messages call it.
	Kind string
	Noun string
	// Block is the type of the block that declares one, "" for a kind that is declared by its use (a keyspace). InService
	// says that the block stands in the block of the service it belongs to.
	Block     string
	Meaning   string
	InService bool
	Only      ManifestOnly
	Settings  []ManifestSetting
	// Grammar is the form of names in an Encore Go application. Elsewhere a name is letters, digits and .-_.
	Grammar Grammar
	// Identifier demands names that an environment variable could have.
	Identifier bool
	// Parent is the setting that names the resource this one belongs to, ParentKind its kind.
	Parent     string
	ParentKind string
	// Endpoint is the setting that names an endpoint, as in "billing.Report"; Job, where there is one, the setting that may
	// stand in its place and names a job.
	Endpoint string
	Job      string
	// Everywhere is the setting that makes a resource one of every service. A kind that has it is declared in the service
	// that uses it, as Encore does with secrets, or in none.
	Everywhere string
	// Migrations is the setting that names a folder of SQL migrations.
	Migrations string
	// Constructor becomes the declaration's, where a kind tells its variants apart by it.
	Constructor string

	// List is the setting of the block `uses` that lists resources of the kind, with the operation it stands for and its
	// meaning. Without a list the operation is what a service does with what its own block declares, in TypeScript, where
	// such uses show in the source; Encore's Go knows none.
	List        string
	Operation   string
	ListMeaning string
	// Operations makes a block of the block `uses`, of the same type as Block, with a list of operations by these words.
	Operations map[string]string
	// Parts makes a block of `uses` as well: PartKind is the kind that each text of the list Parts declares, PartField
	// the setting of it that the text is.
	Parts        string
	PartsMeaning string
	PartKind     string
	PartField    string
}

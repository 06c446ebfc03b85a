package source

import "github.com/groundplan/groundplan/generator/settings"

// ForContainers is what makes sense in an application that does not use Encore alone, ForEncore in one that does.
var (
	ForContainers = &settings.Scope{
		Summary: "Not for Encore applications", Hint: "remove it, or the runtime of the app block",
		Detail: "The %s %q is about plain containers, and the application's runtime is Encore's.", Note: "Containers only.",
	}
	ForEncore = &settings.Scope{
		Summary: "Only for Encore applications", Hint: `remove it, or set runtime = "encore-go" or "encore-typescript" in the app block`,
		Detail: "The %s %q is about Encore's runtimes, and the application runs plain containers.", Note: "Encore only.",
	}
)

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
	Only      *settings.Scope
	Settings  []settings.Setting
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

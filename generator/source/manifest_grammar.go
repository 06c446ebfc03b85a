package source

import (
	"slices"
	"strings"
)

// This file is the grammar of a manifest as data: the reader checks against it, the documentation prints it. What the
// application as a whole and its services say stands here; what a kind of resource says, the kinds put in.

// ManifestFilename is what the manifest of an application is called.
const ManifestFilename = "groundplan.app.hcl"

// The runtimes a manifest can name.
const (
	runtimeContainer  = "container"
	runtimeGo         = "encore-go"
	runtimeTypeScript = "encore-typescript"
)

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
	WholeNumber
	Flag
	// Duration is a text such as "30s", "5m" or "7 days".
	Duration
	TextList
	// TextMap is an object of texts.
	TextMap
	// Settings is an object whose members are settings of their own.
	Settings
)

// manifestTypes says how a message and the documentation call each type.
var manifestTypes = map[ManifestType]string{
	Text: "a text", WholeNumber: "a whole number", Flag: "true or false", Duration: `a duration, such as "30s", "5m" or "7 days"`,
	TextList: `a list of texts, as in ["a", "b"]`, TextMap: `an object of texts, as in { NAME = "value" }`, Settings: "an object, as in { name = value }",
}

func (t ManifestType) String() string { return manifestTypes[t] }

// Short is the type without article and example.
func (t ManifestType) Short() string {
	short, _, _ := strings.Cut(t.String(), ", ")
	return strings.TrimPrefix(strings.TrimPrefix(short, "a "), "an ")
}

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

// ManifestBlock is one type of block.
type ManifestBlock struct {
	Type string
	// Label is what the block's label is called, "" for a block without one.
	Label   string
	Meaning string
	Only    ManifestOnly
	// Once says that there is one such block at most.
	Once     bool
	Settings []ManifestSetting
	Blocks   []*ManifestBlock

	// spelling is the kind the block is about; nil for the reader's own.
	spelling *ManifestSpelling
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

// operationsSetting is the list of a block in `uses` whose kind has operations.
const operationsSetting = "operations"

// ManifestGrammar is the whole grammar: the file's own pseudo block, with everything that may stand in it.
func ManifestGrammar(spellings []ManifestSpelling) *ManifestBlock {
	uses := &ManifestBlock{Type: "uses", Once: true, Meaning: "What the service may do. Anything it does not name, it has no right to and no path to."}
	service := &ManifestBlock{
		Type: "service", Label: "name", Settings: serviceSettings,
		Meaning: "One unit of code that is deployed and scaled by itself.",
		Blocks:  []*ManifestBlock{uses, endpointBlock},
	}
	job := &ManifestBlock{
		Type: jobBlock, Label: "name", Settings: jobSettings(), Only: ForContainers,
		Meaning: "A container that runs to its end: on the schedules of the `cron` blocks that name it, or when somebody starts it, by the command that the output `jobs` of the services stack shows. " +
			"Every run is a task of its own. Nothing keeps two of them from running at once, and in rare cases AWS starts a run twice: the job has to bear both.",
		Blocks: []*ManifestBlock{uses},
	}
	file := &ManifestBlock{Blocks: []*ManifestBlock{appBlock, service, job}}
	for i := range spellings {
		s := &spellings[i]
		if s.Block != "" {
			block := &ManifestBlock{Type: s.Block, Label: "name", Meaning: s.Meaning, Only: s.Only, Settings: s.Settings, spelling: s}
			if s.InService {
				service.Blocks = append(service.Blocks, block)
			} else {
				file.Blocks = append(file.Blocks, block)
			}
		}
		use := &ManifestBlock{Type: s.Block, Label: "name", Meaning: s.ListMeaning, spelling: s}
		switch {
		case s.List != "":
			uses.Settings = append(uses.Settings, ManifestSetting{Name: s.List, Type: TextList, Default: "none", Meaning: s.ListMeaning, Only: s.Only})
		case s.Operations != nil:
			use.Settings = []ManifestSetting{{Name: operationsSetting, Type: TextList, Required: true,
				Meaning: "What the service does with it: " + wordsOf(s.Operations) + "."}}
			uses.Blocks = append(uses.Blocks, use)
		case s.Parts != "":
			use.Settings = []ManifestSetting{{Name: s.Parts, Type: TextList, Required: true, Meaning: s.PartsMeaning}}
			uses.Blocks = append(uses.Blocks, use)
		}
	}
	uses.Settings = append(uses.Settings, ManifestSetting{
		Name: "calls", Type: TextList, Default: "none", Meaning: "Services it calls, as in `users`, or endpoints of theirs, as in `users.Get`.",
	})
	return file
}

// wordsOf lists the words of a table for a reader.
func wordsOf(words map[string]string) string {
	var list []string
	for word := range words {
		list = append(list, "`"+word+"`")
	}
	slices.Sort(list)
	return joined(list, "and")
}

var appBlock = &ManifestBlock{
	Type: "app", Label: "name", Once: true,
	Meaning: "The application. The name feeds the names of everything on AWS; an Encore application's is its id in `encore.app`.",
	Settings: []ManifestSetting{
		{Name: "runtime", Type: Text, Default: "`\"container\"`",
			Meaning: "What runs the services: `container` for plain containers, `encore-go` or `encore-typescript` for Encore's runtimes."},
		{Name: "port", Type: WholeNumber, Default: "`8080`", Only: ForContainers,
			Meaning: "Port that every container listens on, 1024 to 32767; the variable `PORT` tells it. One for all: the network's rules name it."},
	},
	Blocks: []*ManifestBlock{
		{
			Type: "auth_handler", Label: "name", Once: true, Only: ForEncore, Meaning: "The function that authenticates requests at the gateway, whose process runs the code of the service as well.",
			Settings: []ManifestSetting{{Name: "service", Type: Text, Required: true, Meaning: "The service it belongs to."}},
		},
		{
			Type: "cors", Once: true, Only: ForEncore, Meaning: "The cross-origin policy of the gateway, as `global_cors` of `encore.app`.",
			Settings: []ManifestSetting{
				{Name: "debug", Type: Flag, Default: "`false`", Meaning: "Whether the gateway logs its decisions."},
				{Name: "allow_headers", Type: TextList, Default: "none", Meaning: "Headers that requests may have."},
				{Name: "expose_headers", Type: TextList, Default: "none", Meaning: "Headers of answers that pages may read."},
				{Name: "allow_origins_without_credentials", Type: TextList, Default: "none", Meaning: "Origins that may send requests without credentials."},
				{Name: "allow_origins_with_credentials", Type: TextList, Default: "none", Meaning: "Origins that may send requests with credentials."},
			},
		},
	},
}

var serviceSettings = []ManifestSetting{
	{Name: "dir", Type: Text, Default: "the service's name", Meaning: "Folder of its code, relative to the manifest; for comments and diagrams."},
	{Name: "cue_config", Type: Flag, Default: "`false`", Only: ForEncore, Meaning: "Whether it loads CUE configuration (Go)."},
	{Name: "image", Type: Text, Default: "the environment's registry, tag `var.image_tag`", Only: ForContainers,
		Meaning: "A fixed image, with a tag other than `latest` or a digest."},
	{Name: "image_credentials", Type: Text, Default: "none", Only: ForContainers,
		Meaning: "A `secret` of the manifest with name and password for the private registry outside AWS that `image` comes from, as JSON: `{\"username\": \"...\", \"password\": \"...\"}`. ECS reads it when a task starts; the service does not get it."},
	{Name: "tag_prefix", Type: Text, Default: "none", Only: ForContainers,
		Meaning: "What stands before `var.image_tag`, when services have images of their own: `orders-` runs the tag `orders-<image_tag>` of the environment's registry."},
	{Name: "command", Type: TextList, Default: "the image's", Only: ForContainers, Meaning: "Command and arguments instead of the image's `CMD`. An `ENTRYPOINT` of the image stays, and is handed them."},
	{Name: "protocol", Type: Text, Default: "`\"http\"`", Only: ForContainers,
		Meaning: "What the service speaks on its port, without TLS: `http` (HTTP/1.1), `http2` or `grpc`. A public service that speaks one of the latter two needs an environment with a `domain`: load balancers send them on from HTTPS alone. Another protocol for a living public service interrupts it until the deployment is over."},
	{Name: "worker", Type: Flag, Default: "`false`", Only: ForContainers,
		Meaning: "Whether the service listens on no port, as one that only receives messages does: nothing can call it, and it gets no `PORT`."},
	{Name: "health_path", Type: Text, Default: "`\"/\"`; `\"/AWS.ALB/healthcheck\"` with `grpc`", Only: ForContainers,
		Meaning: "Path that answers 200 to a GET while the service is well. With `grpc` a method that answers OK, which the load balancer calls; its own default takes any answer of a server of gRPC."},
	{Name: "health_command", Type: TextList, Default: "none", Only: ForContainers,
		Meaning: "Command that ends with 0 while the service is well, run in its container every ten seconds in place of a request for `health_path`. A worker without one counts as well as long as it runs: a deployment of it is over when its tasks run, whatever they do."},
	{Name: "environment", Type: TextMap, Default: "none", Only: ForContainers, Meaning: "Further environment variables, with values that are no secrets. `variables` in a `service` block of groundplan.hcl has those of one environment."},
	{Name: "user", Type: Text, Default: "the environment's", Only: ForContainers,
		Meaning: "User that the image runs as. This and the next three are as in docs/settings.md, which an environment's block of the service overrules."},
	{Name: "read_only_root", Type: Flag, Default: "the environment's", Only: ForContainers,
		Meaning: "Whether the image's files are read only, so that the service writes to `writable_paths` alone."},
	{Name: "writable_paths", Type: TextList, Default: "the environment's", Only: ForContainers,
		Meaning: "Paths that it can write to with `read_only_root`: volumes that are empty when a task starts."},
	{Name: "keep_capabilities", Type: TextList, Default: "the environment's", Only: ForContainers,
		Meaning: "Capabilities of the kernel that are not taken from it, as in `[\"CHOWN\", \"SETGID\", \"SETUID\"]` for an image that begins as root and goes on as somebody else."},
	{Name: "public", Type: Flag, Default: "`false`", Only: ForContainers, Meaning: "Whether requests from outside reach it."},
	{Name: "subdomain", Type: Text, Default: "none", Only: ForContainers,
		Meaning: "The name under the environment's `domain` that it answers to, instead of the domain itself."},
	{Name: "paths", Type: TextList, Default: "all", Only: ForContainers,
		Meaning: "Paths that are sent to it, at most 4: `/orders` alone, or `/orders/*` for everything below. The longer one wins between services."},
	{Name: "sticky", Type: Duration, Default: "none", Only: ForContainers,
		Meaning: "How long a client that keeps cookies comes back to the same task, at most `\"7 days\"`. The task may go before, with every deployment at the latest: a session that has to outlive it belongs into a cache."},
}

// jobBlock is the type of the block of a container that runs to its end.
const jobBlock = "job"

// jobSettings are those of a service's settings that a job has.
func jobSettings() []ManifestSetting {
	var settings []ManifestSetting
	for _, s := range serviceSettings {
		if slices.Contains([]string{"dir", "image", "image_credentials", "tag_prefix", "command", "environment", "user", "read_only_root", "writable_paths", "keep_capabilities"}, s.Name) {
			s.Default, s.Only = strings.ReplaceAll(s.Default, "the service's", "the job's"), ForAll // the block says for which applications
			settings = append(settings, s)
		}
	}
	return settings
}

var endpointBlock = &ManifestBlock{
	Type: "endpoint", Label: "name",
	Meaning: "An API endpoint. An Encore application lists them for its gateway; a container only those that a cron job calls.",
	Settings: []ManifestSetting{
		{Name: "access", Type: Text, Default: "`\"private\"`", Only: ForEncore, Meaning: "`public`, `auth` or `private`."},
		{Name: "method", Type: TextList, Default: "`[\"GET\", \"POST\"]`; `[\"POST\"]` in TypeScript", Meaning: "HTTP methods it takes; `*` for all."},
		{Name: "path", Type: Text, Default: "`/<service>.<name>`", Meaning: "Its path; segments may be `:parameter`, `*wildcard` and `!fallback`."},
		{Name: "raw", Type: Flag, Default: "`false`", Only: ForEncore, Meaning: "Whether it gets requests as they are."},
		{Name: "request", Type: Flag, Default: "`false`",
			Meaning: "Whether it takes parameters; a path with `:parameter` always does. A cron job cannot call it."},
	},
}

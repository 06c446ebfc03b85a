package manifest

import (
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
)

// This file is the grammar of a manifest as data: the reader checks against it, the documentation prints it. What the
// application as a whole and its services say stands here; what a kind of resource says, the kinds put in.

// Filename is what the manifest of an application is called.
const Filename = "groundplan.app.hcl"

// The runtimes a manifest can name.
const (
	runtimeContainer  = "container"
	runtimeGo         = "encore-go"
	runtimeTypeScript = "encore-typescript"
)

// Block is one type of block.
type Block struct {
	Type string
	// Label is what the block's label is called, "" for a block without one.
	Label   string
	Meaning string
	Only    source.ManifestOnly
	// Once says that there is one such block at most.
	Once     bool
	Settings []source.ManifestSetting
	Blocks   []*Block

	// spelling is the kind the block is about; nil for the reader's own.
	spelling *source.ManifestSpelling
}

// operationsSetting is the list of a block in `uses` whose kind has operations.
const operationsSetting = "operations"

// Grammar is the whole grammar: the file's own pseudo block, with everything that may stand in it.
func Grammar(spellings []source.ManifestSpelling) *Block {
	uses := &Block{Type: "uses", Once: true, Meaning: "What the service may do. Anything it does not name, it has no right to and no path to."}
	service := &Block{
		Type: "service", Label: "name", Settings: serviceSettings,
		Meaning: "One unit of code that is deployed and scaled by itself.",
		Blocks:  []*Block{uses, endpointBlock},
	}
	job := &Block{
		Type: jobBlock, Label: "name", Settings: jobSettings(), Only: source.ForContainers,
		Meaning: "A container that runs to its end: on the schedules of the `cron` blocks that name it, or when somebody starts it, by the command that the output `jobs` of the services stack shows. " +
			"Every run is a task of its own. Nothing keeps two of them from running at once, and in rare cases AWS starts a run twice: the job has to bear both.",
		Blocks: []*Block{uses},
	}
	file := &Block{Blocks: []*Block{appBlock, service, job}}
	for i := range spellings {
		s := &spellings[i]
		if s.Block != "" {
			block := &Block{Type: s.Block, Label: "name", Meaning: s.Meaning, Only: s.Only, Settings: s.Settings, spelling: s}
			if s.InService {
				service.Blocks = append(service.Blocks, block)
			} else {
				file.Blocks = append(file.Blocks, block)
			}
		}
		use := &Block{Type: s.Block, Label: "name", Meaning: s.ListMeaning, spelling: s}
		switch {
		case s.List != "":
			uses.Settings = append(uses.Settings, source.ManifestSetting{Name: s.List, Type: source.TextList, Default: "none", Meaning: s.ListMeaning, Only: s.Only})
		case s.Operations != nil:
			use.Settings = []source.ManifestSetting{{Name: operationsSetting, Type: source.TextList, Required: true,
				Meaning: "What the service does with it: " + wordsOf(s.Operations) + "."}}
			uses.Blocks = append(uses.Blocks, use)
		case s.Parts != "":
			use.Settings = []source.ManifestSetting{{Name: s.Parts, Type: source.TextList, Required: true, Meaning: s.PartsMeaning}}
			uses.Blocks = append(uses.Blocks, use)
		}
	}
	uses.Settings = append(uses.Settings, source.ManifestSetting{
		Name: "calls", Type: source.TextList, Default: "none", Meaning: "Services it calls, as in `users`, or endpoints of theirs, as in `users.Get`.",
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
	return diagnostic.And(list)
}

var appBlock = &Block{
	Type: "app", Label: "name", Once: true,
	Meaning: "The application. The name feeds the names of everything on AWS; an Encore application's is its id in `encore.app`.",
	Settings: []source.ManifestSetting{
		{Name: "runtime", Type: source.Text, Default: "`\"container\"`",
			Meaning: "What runs the services: `container` for plain containers, `encore-go` or `encore-typescript` for Encore's runtimes."},
		{Name: "port", Type: source.Integer, Default: "`8080`", Only: source.ForContainers,
			Meaning: "Port that every container listens on, 1024 to 32767; the variable `PORT` tells it. One for all: the network's rules name it."},
	},
	Blocks: []*Block{
		{
			Type: "auth_handler", Label: "name", Once: true, Only: source.ForEncore, Meaning: "The function that authenticates requests at the gateway, whose process runs the code of the service as well.",
			Settings: []source.ManifestSetting{{Name: "service", Type: source.Text, Required: true, Meaning: "The service it belongs to."}},
		},
		{
			Type: "cors", Once: true, Only: source.ForEncore, Meaning: "The cross-origin policy of the gateway, as `global_cors` of `encore.app`.",
			Settings: []source.ManifestSetting{
				{Name: "debug", Type: source.Flag, Default: "`false`", Meaning: "Whether the gateway logs its decisions."},
				{Name: "allow_headers", Type: source.TextList, Default: "none", Meaning: "Headers that requests may have."},
				{Name: "expose_headers", Type: source.TextList, Default: "none", Meaning: "Headers of answers that pages may read."},
				{Name: "allow_origins_without_credentials", Type: source.TextList, Default: "none", Meaning: "Origins that may send requests without credentials."},
				{Name: "allow_origins_with_credentials", Type: source.TextList, Default: "none", Meaning: "Origins that may send requests with credentials."},
			},
		},
	},
}

var serviceSettings = []source.ManifestSetting{
	{Name: "dir", Type: source.Text, Default: "the service's name", Meaning: "Folder of its code, relative to the manifest; for comments and diagrams."},
	{Name: "cue_config", Type: source.Flag, Default: "`false`", Only: source.ForEncore, Meaning: "Whether it loads CUE configuration (Go)."},
	{Name: "image", Type: source.Text, Default: "the environment's registry, tag `var.image_tag`", Only: source.ForContainers,
		Meaning: "A fixed image, with a tag other than `latest` or a digest."},
	{Name: "image_credentials", Type: source.Text, Default: "none", Only: source.ForContainers,
		Meaning: "A `secret` of the manifest with name and password for the private registry outside AWS that `image` comes from, as JSON: `{\"username\": \"...\", \"password\": \"...\"}`. ECS reads it when a task starts; the service does not get it."},
	{Name: "tag_prefix", Type: source.Text, Default: "none", Only: source.ForContainers,
		Meaning: "What stands before `var.image_tag`, when services have images of their own: `orders-` runs the tag `orders-<image_tag>` of the environment's registry."},
	{Name: "command", Type: source.TextList, Default: "the image's", Only: source.ForContainers, Meaning: "Command and arguments instead of the image's `CMD`. An `ENTRYPOINT` of the image stays, and is handed them."},
	{Name: "protocol", Type: source.Text, Default: "`\"http\"`", Only: source.ForContainers,
		Meaning: "What the service speaks on its port, without TLS: `http` (HTTP/1.1), `http2` or `grpc`. A public service that speaks one of the latter two needs an environment with a `domain`: load balancers send them on from HTTPS alone. Another protocol for a living public service interrupts it until the deployment is over."},
	{Name: "worker", Type: source.Flag, Default: "`false`", Only: source.ForContainers,
		Meaning: "Whether the service listens on no port, as one that only receives messages does: nothing can call it, and it gets no `PORT`."},
	{Name: "health_path", Type: source.Text, Default: "`\"/\"`; `\"/AWS.ALB/healthcheck\"` with `grpc`", Only: source.ForContainers,
		Meaning: "Path that answers 200 to a GET while the service is well. With `grpc` a method that answers OK, which the load balancer calls; its own default takes any answer of a server of gRPC."},
	{Name: "health_command", Type: source.TextList, Default: "none", Only: source.ForContainers,
		Meaning: "Command that ends with 0 while the service is well, run in its container every ten seconds in place of a request for `health_path`. A worker without one counts as well as long as it runs: a deployment of it is over when its tasks run, whatever they do."},
	{Name: "environment", Type: source.TextMap, Default: "none", Only: source.ForContainers, Meaning: "Further environment variables, with values that are no secrets. `variables` in a `service` block of groundplan.hcl has those of one environment."},
	{Name: "user", Type: source.Text, Default: "the environment's", Only: source.ForContainers,
		Meaning: "User that the image runs as. This and the next three are as in docs/settings.md, which an environment's block of the service overrules."},
	{Name: "read_only_root", Type: source.Flag, Default: "the environment's", Only: source.ForContainers,
		Meaning: "Whether the image's files are read only, so that the service writes to `writable_paths` alone."},
	{Name: "writable_paths", Type: source.TextList, Default: "the environment's", Only: source.ForContainers,
		Meaning: "Paths that it can write to with `read_only_root`: volumes that are empty when a task starts."},
	{Name: "keep_capabilities", Type: source.TextList, Default: "the environment's", Only: source.ForContainers,
		Meaning: "Capabilities of the kernel that are not taken from it, as in `[\"CHOWN\", \"SETGID\", \"SETUID\"]` for an image that begins as root and goes on as another user."},
	{Name: "public", Type: source.Flag, Default: "`false`", Only: source.ForContainers, Meaning: "Whether requests from outside reach it."},
	{Name: "subdomain", Type: source.Text, Default: "none", Only: source.ForContainers,
		Meaning: "The name under the environment's `domain` that it answers to, instead of the domain itself."},
	{Name: "paths", Type: source.TextList, Default: "all", Only: source.ForContainers,
		Meaning: "Paths that are sent to it, at most 4: `/orders` alone, or `/orders/*` for everything below. The longer one wins between services."},
	{Name: "sticky", Type: source.Duration, Default: "none", Only: source.ForContainers,
		Meaning: "How long a client that keeps cookies comes back to the same task, at most `\"7 days\"`. The task may go before, with every deployment at the latest: a session that has to outlive it belongs in a cache."},
}

// jobBlock is the type of the block of a container that runs to its end.
const jobBlock = "job"

// jobSettings are those of a service's settings that a job has.
func jobSettings() []source.ManifestSetting {
	var settings []source.ManifestSetting
	for _, s := range serviceSettings {
		if slices.Contains([]string{"dir", "image", "image_credentials", "tag_prefix", "command", "environment", "user", "read_only_root", "writable_paths", "keep_capabilities"}, s.Name) {
			s.Default, s.Only = strings.ReplaceAll(s.Default, "the service's", "the job's"), source.ForAll // the block says for which applications
			settings = append(settings, s)
		}
	}
	return settings
}

var endpointBlock = &Block{
	Type: "endpoint", Label: "name",
	Meaning: "An API endpoint. An Encore application lists them for its gateway; a container only those that a cron job calls.",
	Settings: []source.ManifestSetting{
		{Name: "access", Type: source.Text, Default: "`\"private\"`", Only: source.ForEncore, Meaning: "`public`, `auth` or `private`."},
		{Name: "method", Type: source.TextList, Default: "`[\"GET\", \"POST\"]`; `[\"POST\"]` in TypeScript", Meaning: "HTTP methods it takes; `*` for all."},
		{Name: "path", Type: source.Text, Default: "`/<service>.<name>`", Meaning: "Its path; segments may be `:parameter`, `*wildcard` and `!fallback`."},
		{Name: "raw", Type: source.Flag, Default: "`false`", Only: source.ForEncore, Meaning: "Whether it gets requests as they are."},
		{Name: "request", Type: source.Flag, Default: "`false`",
			Meaning: "Whether it takes parameters; a path with `:parameter` always does. A cron job cannot call it."},
	},
}

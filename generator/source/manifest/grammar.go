package manifest

import (
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/settings"
	"github.com/groundplan/groundplan/generator/source"
)

// This file is what may stand in a manifest, as data: the file is read by it, and the documentation prints it.

// Filename is what the manifest of an application is called.
const Filename = "groundplan.app.hcl"

// The runtimes a manifest can name.
const (
	runtimeContainer  = "container"
	runtimeGo         = "encore-go"
	runtimeTypeScript = "encore-typescript"
)

// operationsSetting is the list of a block in `uses` whose kind has operations.
const operationsSetting = "operations"

// elsewhere are the hints about settings that people look for in a manifest.
var elsewhere = func() map[string]string {
	hints := map[string]string{}
	for _, name := range []string{"account_id", "architecture", "cpu", "domain", "memory", "region", "scale"} {
		hints[name] = "move it into groundplan.hcl, which holds what differs between environments; docs/settings.md says where"
	}
	return hints
}()

// Table is what may stand in a manifest: what the application as a whole and its services say, and what the kinds put in.
func Table(spellings []source.ManifestSpelling) *settings.Table {
	uses := &settings.Grammar{Type: "uses", Meaning: "What the service may do. Anything it does not name, it has no right to and no path to."}
	service := &settings.Grammar{
		Type: "service", Label: "name", Repeat: settings.Repeated, Settings: serviceSettings,
		Meaning: "One unit of code that is deployed and scaled by itself.",
		Blocks:  []*settings.Grammar{uses, endpointBlock},
	}
	job := &settings.Grammar{
		Type: jobBlock, Label: "name", Repeat: settings.Repeated, Settings: jobSettings(), Only: source.ForContainers,
		Meaning: "A container that runs to its end: on the schedules of the `cron` blocks that name it, or when somebody starts it, by the command that the output `jobs` of the services stack shows. " +
			"Every run is a task of its own. Nothing keeps two of them from running at once, and in rare cases AWS starts a run twice: the job has to bear both.",
		Blocks: []*settings.Grammar{uses},
	}
	file := &settings.Grammar{Blocks: []*settings.Grammar{appBlock, service, job}}
	for _, s := range spellings {
		if s.Block != "" {
			around := file
			if s.InService {
				around = service
			}
			around.Blocks = append(around.Blocks, &settings.Grammar{Type: s.Block, Label: "name", Repeat: settings.Repeated, Meaning: s.Meaning, Only: s.Only, Settings: s.Settings})
		}
		list := settings.Setting{Type: settings.StringList, Required: true}
		switch {
		case s.List != "":
			uses.Settings = append(uses.Settings, settings.Setting{Name: s.List, Type: settings.StringList, Default: "none", Meaning: s.ListMeaning, Only: s.Only})
			continue
		case s.Operations != nil:
			list.Name, list.Meaning = operationsSetting, "What the service does with it: "+wordsOf(s.Operations)+"."
		case s.Parts != "":
			list.Name, list.Meaning = s.Parts, s.PartsMeaning
		default:
			continue
		}
		uses.Blocks = append(uses.Blocks, &settings.Grammar{Type: s.Block, Label: "name", Repeat: settings.Repeated, Meaning: s.ListMeaning, Settings: []settings.Setting{list}})
	}
	uses.Settings = append(uses.Settings, settings.Setting{
		Name: "calls", Type: settings.StringList, Default: "none", Meaning: "Services it calls, as in `users`, or endpoints of theirs, as in `users.Get`.",
	})
	return &settings.Table{File: file, Page: "docs/manifest.md", Advice: elsewhere, Duration: func(text string) bool {
		_, good := source.ParseDuration(text)
		return good
	}}
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

var appBlock = &settings.Grammar{
	Type: "app", Label: "name", Repeat: settings.Once,
	Meaning: "The application. The name feeds the names of everything on AWS; an Encore application's is its id in `encore.app`.",
	Settings: []settings.Setting{
		{Name: "runtime", Type: settings.String, Default: "`\"container\"`",
			Meaning: "What runs the services: `container` for plain containers, `encore-go` or `encore-typescript` for Encore's runtimes."},
		{Name: "port", Type: settings.Integer, Default: "`8080`", Only: source.ForContainers,
			Meaning: "Port that every container listens on, 1024 to 32767; the variable `PORT` tells it. One for all: the network's rules name it."},
	},
	Blocks: []*settings.Grammar{
		{
			Type: "auth_handler", Label: "name", Repeat: settings.Once, Only: source.ForEncore, Meaning: "The function that authenticates requests at the gateway, whose process runs the code of the service as well.",
			Settings: []settings.Setting{{Name: "service", Type: settings.String, Required: true, Meaning: "The service it belongs to."}},
		},
		{
			Type: "cors", Only: source.ForEncore, Meaning: "The cross-origin policy of the gateway, as `global_cors` of `encore.app`.",
			Settings: []settings.Setting{
				{Name: "debug", Type: settings.Bool, Default: "`false`", Meaning: "Whether the gateway logs its decisions."},
				{Name: "allow_headers", Type: settings.StringList, Default: "none", Meaning: "Headers that requests may have."},
				{Name: "expose_headers", Type: settings.StringList, Default: "none", Meaning: "Headers of answers that pages may read."},
				{Name: "allow_origins_without_credentials", Type: settings.StringList, Default: "none", Meaning: "Origins that may send requests without credentials."},
				{Name: "allow_origins_with_credentials", Type: settings.StringList, Default: "none", Meaning: "Origins that may send requests with credentials."},
			},
		},
	},
}

var serviceSettings = []settings.Setting{
	{Name: "dir", Type: settings.String, Default: "the service's name", Meaning: "Folder of its code, relative to the manifest; for comments and diagrams."},
	{Name: "cue_config", Type: settings.Bool, Default: "`false`", Only: source.ForEncore, Meaning: "Whether it loads CUE configuration (Go)."},
	{Name: "image", Type: settings.String, Default: "the environment's registry, tag `var.image_tag`", Only: source.ForContainers,
		Meaning: "A fixed image, with a tag other than `latest` or a digest."},
	{Name: "image_credentials", Type: settings.String, Default: "none", Only: source.ForContainers,
		Meaning: "A `secret` of the manifest with name and password for the private registry outside AWS that `image` comes from, as JSON: `{\"username\": \"...\", \"password\": \"...\"}`. ECS reads it when a task starts; the service does not get it."},
	{Name: "tag_prefix", Type: settings.String, Default: "none", Only: source.ForContainers,
		Meaning: "What stands before `var.image_tag`, when services have images of their own: `orders-` runs the tag `orders-<image_tag>` of the environment's registry."},
	{Name: "command", Type: settings.StringList, Default: "the image's", Only: source.ForContainers, Meaning: "Command and arguments instead of the image's `CMD`. An `ENTRYPOINT` of the image stays, and is handed them."},
	{Name: "protocol", Type: settings.String, Default: "`\"http\"`", Only: source.ForContainers,
		Meaning: "What the service speaks on its port, without TLS: `http` (HTTP/1.1), `http2` or `grpc`. A public service that speaks one of the latter two needs an environment with a `domain`: load balancers send them on from HTTPS alone. Another protocol for a living public service interrupts it until the deployment is over."},
	{Name: "worker", Type: settings.Bool, Default: "`false`", Only: source.ForContainers,
		Meaning: "Whether the service listens on no port, as one that only receives messages does: nothing can call it, and it gets no `PORT`."},
	{Name: "health_path", Type: settings.String, Default: "`\"/\"`; `\"/AWS.ALB/healthcheck\"` with `grpc`", Only: source.ForContainers,
		Meaning: "Path that answers 200 to a GET while the service is well. With `grpc` a method that answers OK, which the load balancer calls; its own default takes any answer of a server of gRPC."},
	{Name: "health_command", Type: settings.StringList, Default: "none", Only: source.ForContainers,
		Meaning: "Command that ends with 0 while the service is well, run in its container every ten seconds in place of a request for `health_path`. A worker without one counts as well as long as it runs: a deployment of it is over when its tasks run, whatever they do."},
	{Name: "environment", Type: settings.StringMap, Default: "none", Only: source.ForContainers, Meaning: "Further environment variables, with values that are no secrets. `variables` in a `service` block of groundplan.hcl has those of one environment.",
		Remedy: "write a string; what differs between environments stands in groundplan.hcl, as variables in the block of the service"},
	{Name: "user", Type: settings.String, Default: "the environment's", Only: source.ForContainers,
		Meaning: "User that the image runs as. This and the next three are as in docs/settings.md, which an environment's block of the service overrules."},
	{Name: "read_only_root", Type: settings.Bool, Default: "the environment's", Only: source.ForContainers,
		Meaning: "Whether the image's files are read only, so that the service writes to `writable_paths` alone."},
	{Name: "writable_paths", Type: settings.StringList, Default: "the environment's", Only: source.ForContainers,
		Meaning: "Paths that it can write to with `read_only_root`: volumes that are empty when a task starts."},
	{Name: "keep_capabilities", Type: settings.StringList, Default: "the environment's", Only: source.ForContainers,
		Meaning: "Capabilities of the kernel that are not taken from it, as in `[\"CHOWN\", \"SETGID\", \"SETUID\"]` for an image that begins as root and goes on as another user."},
	{Name: "public", Type: settings.Bool, Default: "`false`", Only: source.ForContainers, Meaning: "Whether requests from outside reach it."},
	{Name: "subdomain", Type: settings.String, Default: "none", Only: source.ForContainers,
		Meaning: "The name under the environment's `domain` that it answers to, instead of the domain itself."},
	{Name: "paths", Type: settings.StringList, Default: "all", Only: source.ForContainers,
		Meaning: "Paths that are sent to it, at most 4: `/orders` alone, or `/orders/*` for everything below. The longer one wins between services."},
	{Name: "sticky", Type: settings.Duration, Default: "none", Only: source.ForContainers,
		Meaning: "How long a client that keeps cookies comes back to the same task, at most `\"7 days\"`. The task may go before, with every deployment at the latest: a session that has to outlive it belongs in a cache."},
}

// jobBlock is the type of the block of a container that runs to its end.
const jobBlock = "job"

// jobSettings are those of a service's settings that a job has.
func jobSettings() []settings.Setting {
	var settings []settings.Setting
	for _, s := range serviceSettings {
		if slices.Contains([]string{"dir", "image", "image_credentials", "tag_prefix", "command", "environment", "user", "read_only_root", "writable_paths", "keep_capabilities"}, s.Name) {
			s.Default, s.Only = strings.ReplaceAll(s.Default, "the service's", "the job's"), nil // the block says for which applications
			settings = append(settings, s)
		}
	}
	return settings
}

var endpointBlock = &settings.Grammar{
	Type: "endpoint", Label: "name", Repeat: settings.Repeated,
	Meaning: "An API endpoint. An Encore application lists them for its gateway; a container only those that a cron job calls.",
	Settings: []settings.Setting{
		{Name: "access", Type: settings.String, Default: "`\"private\"`", Only: source.ForEncore, Meaning: "`public`, `auth` or `private`."},
		{Name: "method", Type: settings.StringList, Default: "`[\"GET\", \"POST\"]`; `[\"POST\"]` in TypeScript", Meaning: "HTTP methods it takes; `*` for all."},
		{Name: "path", Type: settings.String, Default: "`/<service>.<name>`", Meaning: "Its path; segments may be `:parameter`, `*wildcard` and `!fallback`."},
		{Name: "raw", Type: settings.Bool, Default: "`false`", Only: source.ForEncore, Meaning: "Whether it gets requests as they are."},
		{Name: "request", Type: settings.Bool, Default: "`false`",
			Meaning: "Whether it takes parameters; a path with `:parameter` always does. A cron job cannot call it."},
	},
}

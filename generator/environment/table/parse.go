package table

import (
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment/rule"
	"github.com/groundplan/groundplan/generator/settings"
)

// OverrideType is the type of a block with settings that no table knows.
const OverrideType = "override"

// File is a parsed groundplan.hcl: well-formed, every value of the right type and within its own rule. What depends on
// several values or on the application is for Resolve to check.
type File struct {
	// AppName is the label of the `app` block, "" when there is none.
	AppName string

	App          *settings.Block // nil without an `app` block
	Environments []*settings.Block
}

// Default is the file an application without one gets: one environment named production, all defaults.
func Default() *File {
	return &File{Environments: []*settings.Block{{Type: "environment", Label: "production"}}}
}

// Places is where everything in a block stands, by its path in it (see Environment.Places).
func Places(b *settings.Block) map[string]hcl.Range {
	var found map[string]hcl.Range
	put := func(path string, at hcl.Range) {
		if found == nil {
			found = map[string]hcl.Range{}
		}
		found[path] = at
	}
	for _, a := range b.Attributes {
		put(a.Name, a.At)
		if b.Type == OverrideType {
			put(a.Name, a.NameAt)
		}
		for i, text := range b.Texts(a.Name) {
			put(a.Name+"/"+text, a.Parts[i].At)
		}
	}
	for _, inner := range b.Blocks {
		path := strings.TrimSpace(inner.Type + " " + inner.Label)
		put(path, inner.At)
		for deeper, at := range Places(inner) {
			put(path+"/"+deeper, at)
		}
	}
	return found
}

// sizing is the block whose settings those of single processes have as well.
var sizing = &settings.Grammar{
	Type: "task", Settings: plain(TaskSettings), Title: "task, service \"<name>\", gateway, process \"<name>\"",
	Meaning: "The size of processes. `task` sizes all of them; `service` the process of one service and\n`gateway` the gateway's, with `process_allocation = \"one_per_service\"`; `process` a group of services. The closest one wins.",
}

// table is what may stand in the file. Blocks without a meaning are documented with another one.
var table = &settings.Table{
	Page:   "docs/settings.md",
	Advice: map[string]string{"environment": `environment variables are called variables, as in variables = { LOG_LEVEL = "debug" }`},
	File: &settings.Grammar{Blocks: []*settings.Grammar{
		{Type: "app", Label: "name", Repeat: settings.Once, Settings: plain(AppSettings), Meaning: "Beside the environments, at most once: what they share."},
		{Type: "environment", Label: "name", Settings: plain(EnvironmentSettings), Meaning: "One deployment of the application, with its own folder, state and network.", Blocks: []*settings.Grammar{
			{Type: "alias", Label: "domain", Settings: plain(AliasSettings),
				Meaning: "A further name that it answers to beside `domain`, such as `www.shop.example.com`. The certificate covers it; services\nwith a subdomain and public buckets have theirs under `domain` alone, and `domain` is what the application is told its own address is."},
			sizing,
			{Type: "service", Label: "name", Like: sizing},
			{Type: "gateway", Like: sizing},
			{Type: "job", Label: "name", Settings: plain(JobSettings), Meaning: "The size of one job of an application of plain containers. What it does not say, `task` says."},
			{Type: "process", Label: "name", Settings: plain(ProcessSettings), Like: sizing,
				Meaning: "Besides the settings above: a group of services that share a process. When there is one,\nevery service must stand in exactly one, and one of them hosts the gateway."},
			{Type: "database_server", Label: "name", Settings: plain(DatabaseServerSettings),
				Meaning: "A PostgreSQL server. Without such a block there is one called `main` when the application has a\ndatabase.",
				Blocks:  existingBlock(ExistingServerSettings, "A server that exists, in the VPC of the `network` block. Nothing else but `databases` is set for it: it is its owner's.")},
			{Type: "network", Settings: plain(NetworkSettings),
				Meaning: "A VPC that exists, with its subnets, instead of one that is made. The README in the output says what\nhas to be open in it. `cidr`, `zones`, `nat`, `interface_endpoints` and `flow_log_retention_days` shape a network that is made."},
			bucketBlock(),
			{Type: "topic", Label: "name",
				Blocks: existingBlock(ExistingTopicSettings, "In a block named after a topic of the application: a topic that exists, in the environment's account\nand region. The application's subscriptions are made on it, and its publishers may publish to it.")},
			{Type: "cache", Label: "name", Settings: plain(CacheSettings), Meaning: "The size of one cache cluster of the application."},
			{Type: "metrics", Settings: plain(MetricsSettings),
				Meaning: "Where the Encore runtime sends what it measures, its own numbers and the application's. Secrets are\npushed from outside, as those of the application are."},
			{Type: "state", Settings: plain(StateSettings),
				Meaning: "Terraform's state in S3, locked by a lock file beside it. Without the block it is kept in local\nfiles."},
			{Type: OverrideType, Label: `kind" "name`, Free: true, Title: `override "<kind>" "<name>"`, Meaning: overrideText},
		}},
	}},
}

// existingBlock is the block about something that stands for what the block around it would make.
func existingBlock[T any](rows []setting[T], meaning string) []*settings.Grammar {
	return []*settings.Grammar{{Type: "existing", Settings: plain(rows), Meaning: meaning}}
}

// Parse reads groundplan.hcl. All problems are reported at once, each with its range; the file is nil when there is an
// error. Values are literals: nothing is computed, so that a reader sees what will be made.
func Parse(filename string, text []byte) (*File, hcl.Diagnostics) {
	parsed, diags := settings.Parse(filename, text, table)
	if diags.HasErrors() {
		return nil, diags
	}
	root, diags := parsed.Read(nil)
	file := &File{App: root.First("app"), Environments: root.All("environment")}
	if file.App != nil {
		file.AppName = file.App.Label
		if bad := rule.IsAppName(file.AppName); bad != rule.Fine {
			diags = append(diags, diagnostic.Error(file.App.LabelAt, "Invalid application name", bad.Hint, "%s", bad.Detail))
		}
	}
	for _, b := range file.Environments {
		if bad := rule.IsEnvironmentName(b.Label); bad != rule.Fine {
			diags = append(diags, diagnostic.Error(b.LabelAt, "Invalid environment name", bad.Hint, "%s", bad.Detail))
		}
	}
	if len(file.Environments) == 0 && !diags.HasErrors() {
		diags = append(diags, diagnostic.Error(root.At, "No environment", `add one, as in environment "production" {}`, "The file declares no environment."))
	}
	if diags.HasErrors() {
		return nil, diags
	}
	return file, diags
}

package environment

import (
	"fmt"
	"strings"
)

// Document is the page docs/settings.md: every block and setting, its type, its default in each profile, its meaning.
func Document() []byte {
	var out strings.Builder
	fmt.Fprintf(&out, `<!-- Generated from generator/environment/settings.go by go test ./generator/environment -update. Do not edit. -->
# Settings

All settings stand in %[1]s%[2]s%[1]s beside the application, and all of them are optional: without the file there is
one environment, %[1]sproduction%[1]s, with the defaults of the profile %[1]s%[3]s%[1]s. A profile sets every default at once; a value
set in the file wins over it.

%[1]s%[1]s%[1]shcl
app "shop" {}

environment "production" {
  profile = "balanced"
  region  = "eu-west-1"

  service "orders" {
    cpu    = 1024
    memory = 2048
    scale  = { min = 2, max = 10 }
  }
}
%[1]s%[1]s%[1]s

The block %[1]sapp "<name>" {}%[1]s gives the application its name in AWS; without it the id in %[1]sencore.app%[1]s or the name in the manifest is used, and where there is neither, the folder's. Names of
applications (up to %[4]d characters) and environments (up to %[5]d) are lower-case letters, digits and single hyphens.
`, "`", Filename, defaultProfile, maxAppName, maxEnvironmentName)

	section(&out, "app \"<name>\"", "Beside the environments, at most once: what they share.", appSettings)
	section(&out, "environment \"<name>\"", "One deployment of the application, with its own folder, state and network.", environmentSettings)
	section(&out, "alias \"<domain>\"", "Inside an environment: a further name that it answers to beside `domain`, such as `www.shop.example.com`. The certificate covers it; services\nwith a subdomain and public buckets have theirs under `domain` alone, and `domain` is what the application is told its own address is.", aliasSettings)
	section(&out, "task, service \"<name>\", gateway, process \"<name>\"", "Inside an environment: the size of processes. `task` sizes all of them; `service` the process of one service and\n`gateway` the gateway's, with `process_allocation = \"one_per_service\"`; `process` a group of services. The closest one wins.", taskSettings)
	section(&out, "job \"<name>\"", "Inside an environment: the size of one job of an application of plain containers. What it does not say, `task` says.", jobSettings)
	section(&out, "process \"<name>\"", "Inside an environment, besides the settings above: a group of services that share a process. When there is one,\nevery service must stand in exactly one, and one of them hosts the gateway.", processSettings)
	section(&out, "database_server \"<name>\"", "Inside an environment: a PostgreSQL server. Without such a block there is one called `main` when the application has a\ndatabase.", databaseServerSettings)
	section(&out, "existing, in database_server \"<name>\"", "A server that exists, in the VPC of the `network` block. Nothing else but `databases` is set for it: it is its owner's.", existingServerSettings)
	section(&out, "network", "Inside an environment: a VPC that exists, with its subnets, instead of one that is made. The README in the output says what\nhas to be open in it. `cidr`, `zones`, `nat`, `interface_endpoints` and `flow_log_retention_days` shape a network that is made.", networkSettings)
	section(&out, "bucket \"<name>\"", "Inside an environment: settings of one bucket of the application.", bucketSettings)
	section(&out, "existing, in bucket \"<name>\"", "Inside an environment, in a block named after a bucket of the application: a bucket that exists, in the environment's account\nand region. Only rights are given to the processes; the bucket, its policy and what is in it stay its owner's.", existingBucketSettings)
	section(&out, "existing, in topic \"<name>\"", "Inside an environment, in a block named after a topic of the application: a topic that exists, in the environment's account\nand region. The application's subscriptions are made on it, and its publishers may publish to it.", existingTopicSettings)
	section(&out, "cache \"<name>\"", "Inside an environment: the size of one cache cluster of the application.", cacheSettings)
	section(&out, "metrics", "Inside an environment: where the Encore runtime sends what it measures, its own numbers and the application's. Secrets are\npushed from outside, as those of the application are.", metricsSettings)
	section(&out, "state", "Inside an environment: terraform's state in S3, locked by a lock file beside it. Without the block it is kept in local\nfiles.", stateSettings)
	fmt.Fprint(&out, overrideText)
	return []byte(out.String())
}

const overrideText = `
## override "<kind>" "<name>"

Inside an environment: arguments of one module call, for what no setting above exists. Kind and name are what
` + "`groundplan.lock.json`" + ` calls it, split into as many labels as you like; the arguments are those in the README of the module.

` + "```hcl" + `
override "bucket" "avatars" {
  noncurrent_days = 30
}

override "cdn" "avatars" {
  price_class = "PriceClass_All"
}

override "subscription" "welcome of topic signups" {
  max_receive_count = 3
}
` + "```" + `

Values are written out, and of the type the module asks for. Entries of a map, such as ` + "`permissions`" + ` of a process, join those that
are generated. What the generated code wires together cannot be set, and neither can what other generated code follows from: the
message says which setting does. A value that equals the module's default is not printed.
`

func section[T any](out *strings.Builder, title, text string, rows []setting[T]) {
	fmt.Fprintf(out, "\n## %s\n\n%s\n\n", title, text)
	fmt.Fprint(out, "| setting | type | default | meaning |\n|---|---|---|---|\n")
	for _, r := range rows {
		fmt.Fprintf(out, "| `%s` | %s | %s | %s |\n", r.name, r.typ.documented(), printedDefault(r.derived, r.values), r.meaning)
	}
}

// printedDefault is one value when all profiles agree, else the value of each.
func printedDefault(derived string, values []any) string {
	if values == nil {
		return derived
	}
	list := make([]string, len(values))
	agreed := true
	for i, value := range values {
		list[i] = profiles[i] + " " + printed(value)
		agreed = agreed && printed(value) == printed(values[0])
	}
	if agreed {
		return printed(values[0])
	}
	return strings.Join(list, ", ")
}

// printed is a default as it would stand in the file.
func printed(value any) string {
	switch value := value.(type) {
	case string:
		if value == "" {
			return "none"
		}
		return fmt.Sprintf("`%q`", value)
	case []string:
		if len(value) == 0 {
			return "none"
		}
		return quotedList(value)
	case map[string]string:
		return "none"
	case []int:
		return "`[" + strings.Trim(fmt.Sprint(value), "[]") + "]`"
	}
	return fmt.Sprintf("`%v`", value)
}

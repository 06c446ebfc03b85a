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

The block %[1]sapp "<name>" {}%[1]s gives the application its name in AWS; without it the name in %[1]sencore.app%[1]s is used. Names of
applications (up to %[4]d characters) and environments (up to %[5]d) are lower-case letters, digits and single hyphens.
`, "`", Filename, defaultProfile, maxAppName, maxEnvironmentName)

	section(&out, "environment \"<name>\"", "One deployment of the application, with its own folder, state and network.", environmentSettings)
	section(&out, "task, service \"<name>\", gateway, process \"<name>\"", "Inside an environment: the size of processes. `task` sizes all of them; `service` the process of one service and\n`gateway` the gateway's, with `process_allocation = \"one_per_service\"`; `process` a group of services. The closest one wins.", taskSettings)
	section(&out, "process \"<name>\"", "Inside an environment, besides the settings above: a group of services that share a process. When there is one,\nevery service must stand in exactly one, and one of them hosts the gateway.", processSettings)
	section(&out, "database_server \"<name>\"", "Inside an environment: a PostgreSQL server. Without such a block there is one called `main` when the application has a\ndatabase.", databaseServerSettings)
	section(&out, "state", "Inside an environment: terraform's state in S3, locked by a lock file beside it. Without the block it is kept in local\nfiles.", stateSettings)
	return []byte(out.String())
}

func section[T any](out *strings.Builder, title, text string, rows []setting[T]) {
	fmt.Fprintf(out, "\n## %s\n\n%s\n\n", title, text)
	fmt.Fprint(out, "| setting | type | default | meaning |\n|---|---|---|---|\n")
	for _, r := range rows {
		fmt.Fprintf(out, "| `%s` | %s | %s | %s |\n", r.name, r.typ, printedDefault(r.derived, r.values), r.meaning)
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
	case []int:
		return "`[" + strings.Trim(fmt.Sprint(value), "[]") + "]`"
	}
	return fmt.Sprintf("`%v`", value)
}

package table

import (
	"fmt"
	"strings"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/environment/rule"
)

// Document is the page docs/settings.md: every block and setting, its type, its default in each profile, its meaning.
func Document() []byte {
	var out strings.Builder
	fmt.Fprintf(&out, `<!-- Generated from generator/environment/table/settings.go by go test ./generator/environment/table -update. Do not edit. -->
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
`, "`", environment.Filename, DefaultProfile, rule.MaxAppName, rule.MaxEnvironmentName)

	out.WriteString(table.Document())
	return []byte(out.String())
}

// overrideText is the meaning of an override block, whose arguments are the modules'.
const overrideText = `Arguments of one module call, for what no setting above exists. Kind and name are what
` + "`groundplan.lock.json`" + ` calls it, split into as many labels as you like; the arguments are those in the README of the module.

` + "```hcl" + `
override "cdn" "avatars" {
  price_class = "PriceClass_All"
}

override "subscription" "welcome of topic signups" {
  max_receive_count = 3
}
` + "```" + `

Values are written out, and of the type the module asks for. Entries of a map, such as ` + "`permissions`" + ` of a process, join those that
are generated. What the generated code wires together cannot be set, and neither can what other generated code follows from: the
message says which setting does. A value that equals the module's default is not printed.`

// printedDefault is one value when all profiles agree, else the value of each.
func printedDefault(values []any) string {
	list := make([]string, len(values))
	agreed := true
	for i, value := range values {
		list[i] = Profiles[i] + " " + printed(value)
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

// quotedList prints a list as it stands in the file, as Markdown code.
func quotedList(words []string) string {
	return "`[" + strings.Join(diagnostic.Quoted(words), ", ") + "]`"
}

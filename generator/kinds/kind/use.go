package kind

import (
	"sort"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/value"
)

// UsedNames are the keys of uses, sorted.
func UsedNames(uses map[string][]app.Edge) []string {
	names := make([]string, 0, len(uses))
	for name := range uses {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// About is why a workload is told of something: its name, and where it is used.
func About(id app.ID, uses []app.Edge) deploy.Why {
	return deploy.Why{Of: id.Quoted(), Places: deploy.Places(uses)}
}

// HostAndPort is where a server is, in one string.
func HostAndPort(b deploy.Binding) value.Value {
	return value.Join(b.Attributes["host"], value.String(":"), b.Attributes["port"])
}

// Replaced stands where only a running task knows the value: what the image holds of it is never read.
const Replaced = "replaced-at-start"

// Quoted names a resource in comments and messages.
func Quoted(name string) string { return `"` + name + `"` }

// FromVariable is Encore's way to name an environment variable as the source of a value.
func FromVariable(name string) value.Value {
	return value.Object(value.Arg("$env", value.String(name)))
}

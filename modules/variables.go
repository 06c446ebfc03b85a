package modules

import (
	"strings"
	"sync"
)

// Variables returns the names of a module's input variables in the order of its variables.tf, which is the order in
// which generated calls print their arguments. It returns nil for a module that does not exist.
func Variables(module string) []string {
	return variables()[module]
}

// MemberDefault returns the default of an optional member of a module's input variable, as it is written; "" when it has none,
// or one that takes several lines.
func MemberDefault(module, variable, member string) string {
	return defaults()[module][variable+"."+member]
}

// Warm reads the modules' variables, which the first call of Variables and Default would otherwise wait for.
func Warm() {
	variables()
	defaults()
}

// Reading the declarations line by line is enough for files of our own that terraform fmt has seen, and costs less
// than parsing them at every start.
var variables = sync.OnceValue(func() map[string][]string {
	names := map[string][]string{}
	for module, files := range Files() {
		for line := range strings.Lines(string(files["variables.tf"])) {
			if rest, found := strings.CutPrefix(line, `variable "`); found {
				name, _, _ := strings.Cut(rest, `"`)
				names[module] = append(names[module], name)
			}
		}
	}
	return names
})

// Default returns the default of a module's input variable as it is written, for example `[443]`, when it stands on
// one line; "" when the variable has none or a longer one.
func Default(module, variable string) string {
	return defaults()[module][variable]
}

var defaults = sync.OnceValue(func() map[string]map[string]string {
	values := map[string]map[string]string{}
	for module, files := range Files() {
		values[module] = map[string]string{}
		name := ""
		for line := range strings.Lines(string(files["variables.tf"])) {
			if rest, found := strings.CutPrefix(line, `variable "`); found {
				name, _, _ = strings.Cut(rest, `"`)
			}
			// Two spaces: deeper ones belong to a type constraint or a validation.
			key, value, found := strings.Cut(line, "=")
			key, value = strings.TrimRight(key, " "), strings.TrimSpace(value)
			if found && key == "  default" && !strings.HasSuffix(value, "{") {
				values[module][name] = value
			}
			// Four spaces: the members of an object that is a variable's type.
			member, direct := strings.CutPrefix(key, "    ")
			if rest, optional := strings.CutPrefix(value, "optional("); found && direct && optional && !strings.HasPrefix(member, " ") {
				if _, fallback, given := strings.Cut(rest, ", "); given && strings.HasSuffix(rest, ")") {
					values[module][name+"."+member] = strings.TrimSuffix(fallback, ")")
				}
			}
		}
	}
	return values
})

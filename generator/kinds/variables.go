package kinds

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/names"
)

// A service that does not use Encore reads no infra config: what it uses reaches it as environment variables, beside those that are
// set for it. Two things that would set one variable are reported here.

// CheckEnvironmentVariables reports variables of an environment's blocks that are not for applications, or that hold what
// a workload uses.
func CheckEnvironmentVariables(d *deploy.Deployment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, w := range d.Workloads {
		for _, name := range slices.Sorted(maps.Keys(w.Size.Variables)) {
			at := w.Size.VariablesAt[name]
			if reserved(name) {
				diags = append(diags, diagnostic.Error(at, "Reserved variable", "choose another name", "The variable %s is not the application's to set.", name))
				continue
			}
			if use := toldBy(w, name); use != "" {
				diags = append(diags, diagnostic.Error(at, "Variable set twice", "choose another name", "The variable %s of process %q is set already, to what it uses: %s.", name, w.ID.Name, use))
			}
		}
	}
	return diags
}

// toldBy is why a variable holds what a workload uses; "" for one that does not.
func toldBy(w *deploy.Workload, name string) string {
	if i := slices.IndexFunc(w.Told.Secrets, func(s deploy.Secret) bool { return s.Variable == name }); i >= 0 {
		return w.Told.Secrets[i].Why.String()
	}
	i := slices.IndexFunc(w.Told.Variables, func(v deploy.Variable) bool { return v.Name == name })
	if i < 0 || w.Told.Variables[i].Why.String() == "set in "+environment.Filename {
		return ""
	}
	return w.Told.Variables[i].Why.String()
}

// reservedVariables are names that the module, ECS or Encore's runtimes give a meaning to; those that end in an
// underscore are prefixes.
var reservedVariables = []string{"PORT", "ENCORE_", "ECS_", "AWS_CONTAINER_", "AWS_EXECUTION_ENV"}

// CheckVariables reports variables of a container that two things would set, and names that are not for applications.
func CheckVariables(a *app.App) hcl.Diagnostics {
	if !a.Containers() {
		return nil
	}
	var diags hcl.Diagnostics
	edges := map[string][]app.Edge{}
	for _, e := range a.Edges {
		edges[e.Service] = append(edges[e.Service], e)
	}
	for _, s := range a.Services {
		if s.Container != nil {
			diags = append(diags, checkVariables(a, s, edges[s.Name])...)
		}
	}
	return diags
}

// setVariable is a variable and what sets it, which is of a kind when it is a resource.
type setVariable struct {
	name, what, kind string
	at               hcl.Range
}

func checkVariables(a *app.App, s app.Service, edges []app.Edge) hcl.Diagnostics {
	var list []setVariable
	for _, kind := range bindable() {
		for i := range kind.Env {
			list = append(list, setByUses(a, s, kind, &kind.Env[i], edges)...)
		}
	}
	for _, literal := range s.Container.Environment {
		list = append(list, setVariable{name: literal.Name, what: "the setting environment", at: literal.At})
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].at.Start.Byte < list[j].at.Start.Byte })
	var diags hcl.Diagnostics
	first := map[string]setVariable{}
	for _, v := range list {
		if reserved(v.name) {
			diags = append(diags, diagnostic.Error(v.at, "Reserved variable", "choose another name",
				"The variable %s of service %q is not the application's to set.", v.name, s.Name))
			continue
		}
		switch earlier, taken := first[v.name]; {
		case !taken:
			first[v.name] = v
		case earlier.kind == v.kind && v.kind != "": // their labels are told apart, and the variables with them
		case earlier.at.Filename == "":
			diags = append(diags, diagnostic.Error(v.at, "Variable set twice", "choose another name",
				"The variable %s of service %q is set by %s.", v.name, s.Name, earlier.what))
		default:
			diags = append(diags, diagnostic.Error(v.at, "Variable set twice", "rename one of the two", "Both %s and %s (%s) set the variable %s of service %q.",
				v.what, earlier.what, diagnostic.Place(earlier.at), v.name, s.Name))
		}
	}
	return diags
}

// setByUses are the variables that one row of a kind makes of the uses of a service.
func setByUses(a *app.App, s app.Service, kind kind.Kind, row *kind.Variable, edges []app.Edge) []setVariable {
	if kind.Name == "" {
		return []setVariable{{name: row.Pattern, what: "groundplan"}}
	}
	var list []setVariable
	done := map[app.ID]bool{}
	for _, e := range edges {
		skip := e.Kind != kind.Name || done[e.To()] || e.Kind == app.ServiceKind && (e.ReferenceOnly || e.Resource == s.Name)
		if skip || row.Of != nil && !row.Of(a.Resource(e.Kind, e.Parent, e.Resource)) {
			continue
		}
		done[e.To()] = true
		list = append(list, setVariable{row.Name(names.PlainLabel(e.Parent, e.Resource)), fmt.Sprintf("the %s %q", noun(e.Kind), e.Resource), e.Kind, e.At})
	}
	return list
}

func reserved(name string) bool {
	return slices.ContainsFunc(reservedVariables, func(word string) bool {
		return name == word || strings.HasSuffix(word, "_") && strings.HasPrefix(name, word)
	})
}

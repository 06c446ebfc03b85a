package generator

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/source"
)

// In TypeScript a service runs whatever its code names, whoever wrote it: the handle of an ORM in a shared db/index.ts,
// the client of another service that holds a secret. What that code uses, the service can get at, although no
// expression of its own shows it and Encore does not attribute it. Which of it the service does need only the running
// program knows; what its code leads to is the bound that is sound.

// codePart is a declaration of a file, or what runs when the file is loaded.
type codePart struct{ path, name string }

// reachedPart is code that a service's own code leads to.
type reachedPart struct {
	codePart
	// at is the place in the service's own code that leads there.
	at hcl.Range
}

// reachModules gives each service what the code of others that it leads to uses.
func (r *resolver) reachModules() {
	uses := map[codePart][]source.Use{}
	for _, use := range r.read.Uses {
		if _, ok := kinds.Named(use.Kind); ok {
			part := codePart{use.Package, use.Part}
			uses[part] = append(uses[part], use)
		}
	}
	if len(uses) == 0 {
		return
	}
	parts := map[codePart]source.Package{}
	own := map[string][]source.Package{}
	for _, part := range r.read.Packages {
		parts[codePart{part.Dir, part.Part}] = part
		own[part.Service] = append(own[part.Service], part)
	}
	services := map[string]string{} // of files
	for _, part := range r.read.Packages {
		services[part.Dir] = part.Service
	}
	for _, service := range r.app.Services {
		exact := r.exact(service.Name)
		for _, part := range partsFrom(service.Name, own[service.Name], parts, services) {
			for _, use := range uses[part.codePart] {
				kind, _ := kinds.Named(use.Kind)
				r.reached(service.Name, target(kind, use.Parent, use.Name), use.Operation, part, exact)
			}
		}
	}
}

// deed is what a service does with a resource.
type deed struct {
	key
	name string
}

// exact are the operations of a service that its own code shows.
func (r *resolver) exact(service string) map[deed]bool {
	found := map[deed]bool{}
	for _, e := range r.app.Edges {
		if e.Service == service {
			found[deed{key{e.Kind, e.Parent, e.Resource}, e.Operation}] = true
		}
	}
	return found
}

// reached adds an edge for what other code gives a service, unless it has it already.
func (r *resolver) reached(service string, to key, name string, part reachedPart, known map[deed]bool) {
	whole, _ := kinds.Named(to.kind)
	if r.resources[to] == nil || whole.Verbs[name] == "" || known[deed{to, name}] {
		return
	}
	known[deed{to, name}] = true
	r.edge(service, to, name, app.Reached, part.path, part.at)
}

// partsFrom lists the code outside a service that its own code leads to, nearest first.
func partsFrom(service string, own []source.Package, parts map[codePart]source.Package, services map[string]string) []reachedPart {
	var found []reachedPart
	seen := map[codePart]bool{}
	visit := func(to source.Import, at hcl.Range) {
		if part := (codePart{to.Dir, to.Part}); !seen[part] && services[to.Dir] != service {
			seen[part] = true
			found = append(found, reachedPart{part, at})
		}
	}
	for _, part := range own {
		for _, imported := range part.Imports {
			visit(imported, imported.At)
		}
	}
	for i := 0; i < len(found); i++ {
		for _, imported := range parts[found[i].codePart].Imports {
			visit(imported, found[i].at)
		}
	}
	return found
}

// warnReached tells of what a service gets only because a module it imports uses it.
func warnReached(kind kinds.Kind, e app.Edge) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagWarning,
		Subject:  e.At.Ptr(),
		Summary:  fmt.Sprintf("%s %q is reached through %s", kind.Noun, e.Resource, e.Through),
		Detail: fmt.Sprintf("No code of %s uses it, but what is named here does, or what that names in turn, and it runs in %[1]s; so %[1]s gets it where access is not strict. Encore's metadata does not list this.\n"+
			"hint: use the %[2]s in %[1]s itself to make it visible, call an endpoint of the service that uses it, or set strict_access = true in %[3]s if %[1]s does without", e.Service, kind.Noun, environment.Filename),
	}
}

// withoutReach is the application with nothing but the uses that a service's own code shows, for environments that want
// it strict.
func withoutReach(a *app.App) *app.App {
	strict := *a
	strict.Edges = slices.DeleteFunc(slices.Clone(a.Edges), func(e app.Edge) bool { return e.Origin == app.Reached })
	return &strict
}

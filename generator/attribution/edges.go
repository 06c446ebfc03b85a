package attribution

import (
	"fmt"
	"path"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/kinds/secret"
	"github.com/groundplan/groundplan/generator/source"
)

// This file answers which service may use what. Encore decides it by where declarations and expressions stand; what
// that misses, a running service still needs, so it becomes an edge with an origin of its own and a warning.

// use checks every use, and turns those in a service's tree or in global middleware into edges.
func (r *resolver) use() hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, decl := range r.read.Decls {
		if kind, ok := kinds.Named(decl.Kind); ok && r.binds(kind) && decl.Service != "" {
			r.bound[pair{decl.Service, target(kind, decl.Parent, decl.Name)}] = true
		}
	}
	for _, use := range r.read.Uses {
		kind, ok := kinds.Named(use.Kind)
		if !ok {
			continue
		}
		to := target(kind, use.Parent, use.Name)
		resource := r.resources[to]
		if whole, _ := kinds.Named(to.Kind); resource == nil || whole.Verbs[use.Operation] == "" {
			continue // an unknown resource is reported where it is named
		}
		if kind.CheckUse != nil {
			diags = append(diags, kind.CheckUse(use, *resource)...)
		}
		if problem := misplaced(kind, use); problem != nil && !r.typeScript() {
			diags = append(diags, problem)
			continue
		}
		switch {
		case use.Service != "":
			r.used[pair{use.Service, to}] = true
			origin, through := app.Used, ""
			if use.Unlisted || r.binds(kind) && !kind.Repeatable && !r.bound[pair{use.Service, to}] {
				origin, through = app.Across, r.through(use)
			}
			r.edge(use.Service, to, use.Operation, origin, through, use.At)
		case use.Middleware != "":
			for _, m := range r.app.Middleware {
				if m.Name == use.Middleware && m.Package == use.Package {
					r.fanOut(m, to, use)
				}
			}
		}
	}
	return diags
}

// binds reports whether a declaration, or a reference by name, lets the service around it use the resource.
func (r *resolver) binds(kind kind.Kind) bool {
	return kind.Bound && !(kind.ByUse && r.typeScript())
}

// typeScript reports whether the application is read from TypeScript source.
func (r *resolver) typeScript() bool {
	return r.read.Runtime == app.EncoreTypeScript && r.read.Origin == source.FromCode
}

// misplaced reports a use in another service than the one a private resource belongs to.
func misplaced(kind kind.Kind, use source.Use) *hcl.Diagnostic {
	if !kind.Private || use.Through == "" {
		return nil
	}
	return diagnostic.Error(use.At, diagnostic.Capitalized(kind.Noun)+" of another service", "call an endpoint of the service that declares it",
		"The %s %s of %q is used in %q, but belongs to another service; Encore shares none.", kind.Noun, use.Through, use.Parent, use.Service)
}

func (r *resolver) fanOut(m app.Middleware, to app.ID, use source.Use) {
	for _, s := range r.app.Services {
		if m.Global && m.RunsIn(s) {
			r.edge(s.Name, to, use.Operation, app.ThroughMiddleware, m.Name, use.At)
		}
	}
}

// through spells the variable that leads to a resource of somewhere else.
func (r *resolver) through(use source.Use) string {
	if use.Through != "" {
		return use.Through
	}
	for _, decl := range r.read.Decls {
		if decl.Kind == use.Kind && decl.Name == use.Name && decl.Parent == use.Parent && decl.Symbol != "" {
			return path.Base(decl.Package) + "." + decl.Symbol
		}
	}
	return use.Name
}

// bind gives each service what its tree declares or names without using it, and all of them what is demanded of all.
func (r *resolver) bind() {
	for _, decl := range r.read.Decls {
		kind, ok := kinds.Named(decl.Kind)
		if !ok || !r.binds(kind) || decl.Service == "" || r.pulledBy(decl) {
			continue
		}
		to := target(kind, decl.Parent, decl.Name)
		if r.resources[to] != nil && !r.used[pair{decl.Service, to}] {
			r.edge(decl.Service, to, kind.Operation, app.Declared, "", decl.At)
		}
	}
}

// pulledBy reports whether a declaration is that of the secret by which the service's image is pulled: ECS reads it, and the
// service does not, unless it is said to use it as well.
func (r *resolver) pulledBy(decl source.Decl) bool {
	return decl.Kind == secret.Kind.Name && slices.ContainsFunc(r.app.Services, func(s app.Service) bool {
		return s.Name == decl.Service && s.Container != nil && s.Container.ImageCredentials == decl.Name
	})
}

// warn tells of each pair of service and resource that Encore's own metadata does not show, and of each service that only
// code of others calls. The secrets of packages outside services are left out: there Encore itself demands more than is
// used.
func (r *resolver) warn() hcl.Diagnostics {
	var diags hcl.Diagnostics
	seen, loaded := map[pair]bool{}, map[app.ID]bool{}
	for _, e := range r.app.Loads {
		loaded[e.To()] = true // told once, of all
	}
	edges := app.Plain(r.app.Edges)
	for _, e := range edges {
		if e.Kind == app.ServiceKind && e.Origin != app.Reached && !e.ReferenceOnly {
			seen[pair{e.Service, e.To()}] = true
		}
	}
	shared := map[string]bool{} // names of such secrets
	for _, decl := range r.read.Decls {
		if kind, ok := kinds.Named(decl.Kind); ok && kind.Everywhere && decl.Service == "" && !r.typeScript() {
			shared[decl.Name] = true
		}
	}
	slices.SortStableFunc(edges, func(x, y app.Edge) int { return diagnostic.ComparePlaces(x.At, y.At) })
	for _, e := range edges {
		kind, ok := kinds.Named(e.Kind)
		b := pair{e.Service, e.To()}
		if seen[b] || !e.Hidden() || e.Origin == app.Reached && loaded[b.ID] {
			continue
		}
		if !ok && e.Kind != "service" || kind.Everywhere && (shared[e.Resource] || e.Origin != app.Reached && !r.typeScript()) {
			continue
		}
		seen[b] = true
		if r.byParts() && e.Origin == app.Reached {
			diags = append(diags, r.warnReached(e))
			continue
		}
		invisible := fmt.Sprintf("Encore's metadata does not list this use; the role of %s gets it all the same.", e.Service)
		if e.Origin == app.Across {
			diags = append(diags, diagnostic.Warning(e.At, fmt.Sprintf("%s %q is used through %s", kind.Noun, e.Resource, e.Through), r.showing(kind, e), "%s", invisible))
			continue
		}
		diags = append(diags, diagnostic.Warning(e.At, fmt.Sprintf("%s %q is used by package %s", kind.Noun, e.Resource, e.Through), handOver(kind, e),
			"The package belongs to no service, and %s imports it here. %s", e.Service, invisible))
	}
	return diags
}

// showing is the remedy for a use through a variable of others: how the service says itself that it uses it; "" when there is none.
func (r *resolver) showing(kind kind.Kind, e app.Edge) string {
	switch call := spelledByName(kind, r.read.Runtime, e.Resource); {
	case r.typeScript() && kind.Everywhere:
		return fmt.Sprintf("declare the secret in %s as well to make it visible", e.Service)
	case r.typeScript():
		return fmt.Sprintf("bind the %s to a variable, and import that from the module that declares it", kind.Noun)
	case r.read.Runtime == app.EncoreGo && call != "":
		return fmt.Sprintf("declare `var db = %s` in %s to make it visible", call, e.Service)
	}
	return ""
}

// handOver is the remedy for a use in shared code: the service does it, or hands over the right to do it.
func handOver(kind kind.Kind, e app.Edge) string {
	if kind.Go[0].Ref != "" {
		return fmt.Sprintf("make a %s.%s in %s, and pass it to package %s", path.Base(kind.Go[0].Package), kind.Go[0].Ref, e.Service, e.Through)
	}
	return fmt.Sprintf("use the %s in %s itself, and pass on what package %s needs", kind.Noun, e.Service, e.Through)
}

package generator

import (
	"fmt"
	"path"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/source"
)

// This file answers which service may use what. Encore decides it by where declarations and expressions stand; what
// that misses, a running service still needs, so it becomes an edge with an origin of its own and a warning.

// use checks every use, and turns those in a service's tree or in global middleware into edges.
func (r *resolver) use() hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, decl := range r.read.Decls {
		if kind, ok := kinds.Named(decl.Kind); ok && r.binds(kind) && decl.Service != "" {
			r.bound[bond{decl.Service, target(kind, decl.Parent, decl.Name)}] = true
		}
	}
	for _, use := range r.read.Uses {
		kind, ok := kinds.Named(use.Kind)
		if !ok {
			continue
		}
		to := target(kind, use.Parent, use.Name)
		resource := r.resources[to]
		if whole, _ := kinds.Named(to.kind); resource == nil || whole.Verbs[use.Operation] == "" {
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
			r.used[bond{use.Service, to}] = true
			origin, through := app.Used, ""
			if use.Unlisted || r.binds(kind) && !kind.Repeatable && !r.bound[bond{use.Service, to}] {
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

// binds says whether a declaration, or a reference by name, lets the service around it use the resource.
func (r *resolver) binds(kind kinds.Kind) bool {
	return kind.Bound && !(kind.ByUse && r.typeScript())
}

// typeScript says whether the application is read from TypeScript source.
func (r *resolver) typeScript() bool {
	return r.read.Language == "typescript" && !r.read.Manifest && !r.read.Metadata
}

// misplaced reports a use in another service than the one a private resource belongs to.
func misplaced(kind kinds.Kind, use source.Use) *hcl.Diagnostic {
	if !kind.Private || use.Through == "" {
		return nil
	}
	return fail(use.At, capitalized(kind.Noun)+" of another service", "call an endpoint of the service that declares it",
		"The %s %s of %q is used in %q, but belongs to another service; Encore shares none.", kind.Noun, use.Through, use.Parent, use.Service)
}

func (r *resolver) fanOut(m app.Middleware, to key, use source.Use) {
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
		if !ok || !r.binds(kind) || decl.Service == "" {
			continue
		}
		to := target(kind, decl.Parent, decl.Name)
		if r.resources[to] != nil && !r.used[bond{decl.Service, to}] {
			r.edge(decl.Service, to, kind.Operation, app.Declared, "", decl.At)
		}
	}
}

// reached is a package outside every service that a service imports.
type reached struct {
	dir string
	// at is what leads there from the service's tree: the import that leaves it, or the middleware that runs in it.
	at hcl.Range
}

// reach gives each service what the code outside every service that it imports uses.
func (r *resolver) reach() {
	if r.typeScript() {
		r.reachModules()
		return
	}
	uses := map[string][]source.Use{}
	for _, use := range r.read.Uses {
		if _, ok := kinds.Named(use.Kind); ok && use.Service == "" && use.Middleware == "" {
			uses[use.Package] = append(uses[use.Package], use)
		}
	}
	everywhere := map[string][]source.Decl{}
	for _, decl := range r.read.Decls {
		if kind, ok := kinds.Named(decl.Kind); ok && kind.Everywhere && decl.Service == "" {
			everywhere[decl.Package] = append(everywhere[decl.Package], decl)
		}
	}
	if len(uses) == 0 && len(everywhere) == 0 {
		return
	}
	packages := map[string]source.Package{}
	own := map[string][]source.Package{}
	for _, p := range r.read.Packages {
		packages[p.Dir] = p
		own[p.Service] = append(own[p.Service], p)
	}
	for _, s := range r.app.Services {
		seen := map[string]bool{}
		for _, p := range r.reachedFrom(s, own[s.Name], packages) {
			seen[p.dir] = true
			for _, use := range uses[p.dir] {
				kind, _ := kinds.Named(use.Kind)
				to := target(kind, use.Parent, use.Name)
				if whole, _ := kinds.Named(to.kind); r.resources[to] != nil && whole.Verbs[use.Operation] != "" && !kind.Everywhere {
					r.edge(s.Name, to, use.Operation, app.Reached, p.dir, p.at)
				}
			}
			for _, decl := range everywhere[p.dir] {
				r.edge(s.Name, key{decl.Kind, decl.Parent, decl.Name}, "", app.Reached, p.dir, p.at)
			}
		}
		for dir, decls := range everywhere {
			for _, decl := range decls {
				if !seen[dir] {
					r.edge(s.Name, key{decl.Kind, decl.Parent, decl.Name}, "", app.Demanded, dir, decl.At)
				}
			}
		}
	}
}

// reachedFrom lists the packages outside every service that a service imports, directly or through each other, and
// those whose global middleware runs in it. Nearest first.
func (r *resolver) reachedFrom(s app.Service, own []source.Package, packages map[string]source.Package) []reached {
	var found []reached
	seen := map[string]bool{}
	visit := func(dir string, at hcl.Range) {
		if p, ok := packages[dir]; ok && p.Service == "" && !seen[dir] {
			seen[dir] = true
			found = append(found, reached{dir, at})
		}
	}
	for _, p := range own {
		for _, imported := range p.Imports {
			visit(imported.Dir, imported.At)
		}
	}
	for _, m := range r.app.Middleware {
		if m.Global && m.RunsIn(s) {
			visit(m.Package, m.At)
		}
	}
	for i := 0; i < len(found); i++ {
		for _, imported := range packages[found[i].dir].Imports {
			visit(imported.Dir, found[i].at)
		}
	}
	return found
}

// warn tells of each pair of service and resource that Encore's own metadata does not show. Secrets are left out:
// there Encore itself demands more than is used.
func (r *resolver) warn() hcl.Diagnostics {
	var diags hcl.Diagnostics
	seen := map[bond]bool{}
	edges := plain(r.app.Edges)
	slices.SortStableFunc(edges, func(x, y app.Edge) int { return comparePositions(x.At, y.At) })
	for _, e := range edges {
		kind, ok := kinds.Named(e.Kind)
		b := bond{e.Service, key{e.Kind, e.Parent, e.Resource}}
		if !ok || kind.Everywhere && !r.typeScript() || seen[b] || !hidden(e) {
			continue
		}
		seen[b] = true
		if r.typeScript() && e.Origin == app.Reached {
			diags = append(diags, warnReached(kind, e))
			continue
		}
		warning := &hcl.Diagnostic{Severity: hcl.DiagWarning, Subject: e.At.Ptr()}
		invisible := fmt.Sprintf("Encore's metadata does not list this use; the role of %s gets it all the same.", e.Service)
		if e.Origin == app.Across {
			warning.Summary = fmt.Sprintf("%s %q is used through %s", kind.Noun, e.Resource, e.Through)
			warning.Detail = invisible
			switch call := named(kind, r.read.Language, e.Resource); {
			case r.typeScript() && kind.Everywhere:
				warning.Detail += fmt.Sprintf("\nhint: declare the secret in %s as well to make it visible", e.Service)
			case r.typeScript():
				warning.Detail += fmt.Sprintf("\nhint: bind the %s to a variable, and import that from the module that declares it", kind.Noun)
			case r.read.Language == "go" && call != "":
				warning.Detail += fmt.Sprintf("\nhint: declare `var db = %s` in %s to make it visible", call, e.Service)
			}
		} else {
			warning.Summary = fmt.Sprintf("%s %q is used by package %s", kind.Noun, e.Resource, e.Through)
			warning.Detail = fmt.Sprintf("The package belongs to no service, and %s imports it here. ", e.Service) + invisible +
				"\nhint: " + handOver(kind, e)
		}
		diags = append(diags, warning)
	}
	return diags
}

// handOver is the remedy for a use in shared code: the service does it, or hands over the right to do it.
func handOver(kind kinds.Kind, e app.Edge) string {
	if kind.Go[0].Ref != "" {
		return fmt.Sprintf("make a %s.%s in %s, and pass it to package %s", path.Base(kind.Go[0].Package), kind.Go[0].Ref, e.Service, e.Through)
	}
	return fmt.Sprintf("use the %s in %s itself, and pass on what package %s needs", kind.Noun, e.Service, e.Through)
}

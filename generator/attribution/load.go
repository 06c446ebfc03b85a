package attribution

import (
	"slices"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/kinds"
)

// Every process of an application loads the code of all services: the modules in TypeScript, in Go the packages. What
// these use and call while they load, each process needs. A secret that it lacks makes a TypeScript process exit before
// it serves anything; in Go it is an empty string, and no secret is given for that.

// load tells what every process uses while it loads.
func (r *resolver) load() {
	for _, use := range r.read.Loads {
		kind, ok := kinds.Named(use.Kind)
		to := target(kind, use.Parent, use.Name)
		whole, _ := kinds.Named(to.Kind)
		if !ok || kind.OfRuntime || r.resources[to] == nil || whole.Verbs[use.Operation] == "" {
			continue
		}
		r.app.Loads = append(r.app.Loads, app.Edge{
			Kind: to.Kind, Parent: to.Parent, Resource: to.Name, Operation: use.Operation, Origin: app.Loaded, At: use.At,
		})
	}
	for _, call := range r.read.LoadCalls {
		r.app.Loads = append(r.app.Loads, app.Edge{Kind: app.ServiceKind, Resource: call.TargetService, Operation: call.Endpoint, Origin: app.Loaded, At: call.At})
	}
	slices.SortFunc(r.app.Loads, compareEdges)
	r.app.Loads = slices.CompactFunc(r.app.Loads, func(a, b app.Edge) bool {
		return a.Kind == b.Kind && a.Parent == b.Parent && a.Resource == b.Resource && a.Operation == b.Operation
	})
}

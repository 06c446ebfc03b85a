package generator

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
)

// Every process of a TypeScript application loads the modules of all services. What these use while they load, each
// process needs: a secret that it lacks makes it exit before it serves anything.

// load tells what every process uses while it loads.
func (r *resolver) load() {
	for _, use := range r.read.Loads {
		kind, ok := kinds.Named(use.Kind)
		to := target(kind, use.Parent, use.Name)
		whole, _ := kinds.Named(to.kind)
		if !ok || kind.OfRuntime || r.resources[to] == nil || whole.Verbs[use.Operation] == "" {
			continue
		}
		r.app.Loads = append(r.app.Loads, app.Edge{
			Kind: to.kind, Parent: to.parent, Resource: to.name, Operation: use.Operation, Origin: app.Loaded, At: use.At,
		})
	}
	slices.SortFunc(r.app.Loads, compareEdges)
	r.app.Loads = slices.CompactFunc(r.app.Loads, func(a, b app.Edge) bool {
		return a.Kind == b.Kind && a.Parent == b.Parent && a.Resource == b.Resource && a.Operation == b.Operation
	})
}

// warnLoads warns of each resource that processes get only because they load the modules of others.
func warnLoads(deployment *kinds.Deployment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, e := range deployment.App.Loads {
		kind, _ := kinds.Named(e.Kind)
		isSecret := e.Kind == kinds.Secrets.Name
		if !slices.ContainsFunc(deployment.Processes, func(p *kinds.Process) bool { return p.OnlyLoads(e) }) {
			continue
		}
		what, effect := "used", "so the other processes get it as well"
		switch {
		case isSecret && deployment.Env.StrictAccess:
			what, effect = "called", "so the other processes get a placeholder in its place, since access is strict"
		case isSecret:
			what = "called"
		case deployment.Env.StrictAccess:
			effect = "but access is strict, so the other processes do not get it, and what is done there fails"
		}
		summary := fmt.Sprintf("%s %q is %s while modules load", kind.Noun, e.Resource, what)
		why := "Every process of the application loads the modules of all services"
		if isSecret {
			why += ", and exits when one of them calls a secret that it does not have"
		}
		diags = append(diags, &hcl.Diagnostic{
			Severity: hcl.DiagWarning, Summary: summary, Subject: e.At.Ptr(),
			Detail: fmt.Sprintf("%s; %s. Encore's metadata does not list this.\nhint: %s", why, effect, loadRemedy(isSecret)),
		})
	}
	return diags
}

func loadRemedy(isSecret bool) string {
	if isSecret {
		return "call the secret inside the function that needs its value; with strict_access = true in " + environment.Filename + " other processes get a placeholder"
	}
	return "move this into the function of an endpoint"
}

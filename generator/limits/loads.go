package limits

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/kinds/secret"
)

// checkLoads warns of each resource that processes get only because they load the modules of others.
func checkLoads(deployment *deploy.Deployment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, e := range deployment.App.Loads {
		kind, _ := kinds.Named(e.Kind)
		isSecret := e.Kind == secret.Kind.Name
		if !slices.ContainsFunc(deployment.Workloads, func(p *deploy.Workload) bool { return p.OnlyLoads(e) }) {
			continue
		}
		noun, what, effect := kind.Noun, "used", "so the other processes get it as well"
		if e.Kind == app.ServiceKind {
			noun, what, effect = "service", "called", "so the other processes are told where it is, and let through to it"
		}
		switch {
		case isSecret && deployment.Env.StrictAccess:
			what, effect = "called", "so the other processes get a placeholder in its place, since access is strict"
		case isSecret:
			what = "called"
		case deployment.Env.StrictAccess && e.Kind == app.ServiceKind:
			effect = "but access is strict, so the other processes are not told where it is, and the call fails there"
		case deployment.Env.StrictAccess:
			effect = "but access is strict, so the other processes do not get it, and what is done there fails"
		}
		goes := deployment.App.Runtime == app.EncoreGo
		summary := fmt.Sprintf("%s %q is %s while %s load", noun, e.Resource, what, deployment.App.LoadedUnits())
		why := fmt.Sprintf("Every process of the application loads the %s of all services", deployment.App.LoadedUnits())
		if isSecret {
			why += ", and exits when one of them calls a secret that it does not have"
		}
		diags = append(diags, diagnostic.Warning(e.At, summary, loadRemedy(isSecret, goes), "%s; %s. Encore's metadata does not list this.", why, effect))
	}
	return diags
}

func loadRemedy(isSecret, goes bool) string {
	if isSecret {
		return "call the secret inside the function that needs its value; with strict_access = true in " + environment.Filename + " other processes get a placeholder"
	}
	if goes {
		return "do this in initService, which runs in the service's own process, or in the function that needs it"
	}
	return "move this into the function of an endpoint"
}

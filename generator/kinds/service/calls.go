package service

import (
	"maps"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/value"
)

// Calls is what a workload calls: services of the application, in other workloads.
var Calls = kind.Kind{
	Name: app.ServiceKind, Noun: app.ServiceKind, Bind: bindCalls, Config: configCalls,
	Env: []kind.Variable{{Pattern: "<NAME>_URL", Attribute: "url", Meaning: "Base URL of a service it calls, inside the network: `http://`, host and port."}},
}

// Surroundings are what a container is told of the environment itself.
var Surroundings = kind.Kind{
	Noun: "environment",
	Bind: func(w *deploy.Workload) {
		if w.Runtime() == app.Containers {
			w.Bind(deploy.Binding{Attributes: map[string]value.Value{"region": value.String(w.Env.Region)}, Why: deploy.Why{Does: "the environment's region"}})
		}
	},
	Env: []kind.Variable{{Pattern: "AWS_REGION", Attribute: "region", Meaning: "Region of everything above."}},
}

// bindCalls gives a workload the addresses of the services it talks to, and the network path to each. The rules are
// those of Encore's image build: what the hosted services call; for a gateway every service.
//
// Three more are named to Encore's runtimes without a path, because the process never calls them: what hosted services only
// refer to (the endpoint of a cron job, which the schedule calls), for the build takes a reference for a call; to a gateway the
// services that offer nothing outside; and the auth handler's service, which the build demands of every process once an endpoint needs authentication, and which every Go
// process looks up at start. It is the gateway that runs the handler, in its own process, and nothing from outside comes past
// the gateway: calls between services carry a user that is authenticated.
func bindCalls(w *deploy.Workload) {
	reasons, uses := reasonsToCall(w)
	targets := map[*deploy.Workload]deploy.Whys{}
	for _, service := range slices.Sorted(maps.Keys(reasons)) {
		target := w.Host(service)
		if w.Hosts(service) || target == nil {
			continue
		}
		why := reasons[service]
		if w.Runtime() != app.Containers || len(why) > 0 {
			id := app.ServiceID(service)
			w.Bind(deploy.Binding{Of: id, Attributes: map[string]value.Value{"url": target.Address}, Why: kind.About(id, uses[service])})
		}
		if len(why) > 0 {
			slices.Sort(why)
			targets[target] = append(targets[target], deploy.Why{Of: app.ServiceID(service).Quoted(), Does: strings.Join(slices.Compact(why), ", ")})
		}
	}
	for target, why := range targets {
		w.Reach(deploy.Path{To: target.ID, Name: target.Label(), Port: value.Int(target.Port), Why: why})
	}
}

// reasonsToCall are why a workload calls each service that it has to know, none for one that it never calls, and the calls in
// its code.
func reasonsToCall(w *deploy.Workload) (reasons map[string][]string, uses map[string][]app.Edge) {
	reasons, uses = map[string][]string{}, map[string][]app.Edge{}
	know := func(service string, why ...string) { reasons[service] = append(reasons[service], why...) }
	for _, e := range w.Edges {
		switch {
		case e.Kind != app.ServiceKind:
		case e.ReferenceOnly:
			know(e.Resource)
		default:
			know(e.Resource, "called in "+e.At.Filename)
			uses[e.Resource] = append(uses[e.Resource], e)
		}
	}
	if auth := w.App.Auth; auth != nil && (w.App.NeedsAuth() || w.App.Runtime == app.EncoreGo) {
		know(auth.Service)
	}
	if w.Gateway {
		for _, service := range w.App.Services {
			know(service.Name)
			if slices.ContainsFunc(service.Endpoints, app.Endpoint.Exposed) {
				know(service.Name, "routed to by the gateway")
			}
		}
	}
	return reasons, uses
}

// configCalls is the section service_discovery.
func configCalls(_ *deploy.Workload, bound []deploy.Binding) ([]value.Field, []deploy.Secret) {
	var fields []value.Field
	for _, b := range bound {
		fields = append(fields, value.Arg(b.Of.Name, value.Object(value.Arg("base_url", b.Attributes["url"]))))
	}
	return []value.Field{value.Arg("service_discovery", value.Map(fields...))}, nil
}

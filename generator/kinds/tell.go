package kinds

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/value"
)

// Tell renders what a workload has to know for its runtime: Encore's read an infra config, containers environment variables. It
// changes nothing. A binding that has no rendering for the runtime is reported: the workload would not learn of what it uses.
func Tell(w *deploy.Workload) (deploy.Told, hcl.Diagnostics) { return tell(w, bindable()) }

func tell(w *deploy.Workload, all []kind.Kind) (deploy.Told, hcl.Diagnostics) {
	told := deploy.Told{Variables: slices.Clone(w.Variables), Secrets: slices.Clone(w.Secrets)}
	diags := untold(w, all)
	if w.Runtime() == app.Containers {
		tellContainer(w, all, &told)
	} else {
		tellEncore(w, all, &told)
	}
	slices.SortStableFunc(told.Variables, func(a, b deploy.Variable) int { return strings.Compare(a.Name, b.Name) })
	return told, diags
}

// untold reports the bindings of a workload that its runtime has no way to learn of.
func untold(w *deploy.Workload, all []kind.Kind) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, b := range w.Bindings {
		i := slices.IndexFunc(all, func(k kind.Kind) bool { return k.Name == b.Of.Kind })
		means, rendered := "environment variables", i >= 0 && len(all[i].Env) > 0
		if w.Runtime() != app.Containers {
			means, rendered = "the infra config of Encore's runtime", i >= 0 && all[i].Config != nil
		}
		if rendered {
			continue
		}
		at := w.Env.At
		if r := w.Resource(b.Of.Kind, b.Of.Parent, b.Of.Name); r != nil {
			at = r.At
		}
		diags = append(diags, diagnostic.Error(at, "Use that cannot be told", "leave the use out, or run the service under a runtime that knows it",
			"The process %q uses the %s, and %s have no place for one.", w.ID.Name, strings.TrimSpace(noun(b.Of.Kind)+" "+b.Of.Name), means))
	}
	return diags
}

// tellEncore makes the infra config of a workload, and the variables that hold the secrets it names.
func tellEncore(w *deploy.Workload, all []kind.Kind, told *deploy.Told) {
	sections := encoreSections(w)
	for _, kind := range all {
		if bound := w.Bound(kind.Name); len(bound) > 0 && kind.Config != nil {
			of, secrets := kind.Config(w, bound)
			sections = append(sections, of...)
			told.Secrets = append(told.Secrets, secrets...)
		}
	}
	told.Config = value.Map(sections...)
}

// tellContainer makes the environment variables of a workload. One of its own gives way to one that holds what it uses: who sets
// both is told so elsewhere.
func tellContainer(w *deploy.Workload, all []kind.Kind, told *deploy.Told) {
	done := map[string]bool{}
	var variables []deploy.Variable
	for _, kind := range all {
		bound := w.Bound(kind.Name)
		for _, row := range kind.Env {
			for _, b := range bound {
				name := row.Name(w.Deployment.Label(kind.Name, b.Of.Parent, b.Of.Name))
				arn, secret := b.Secrets[row.Attribute]
				v, plain := b.Attributes[row.Attribute]
				switch {
				case done[name], !secret && !plain:
					continue
				case row.Secret:
					told.Secrets = append(told.Secrets, deploy.Secret{Variable: name, ARN: arn, Why: b.Why})
				default:
					variables = append(variables, deploy.Variable{Name: name, Value: asText(v), Why: b.Why, Note: b.Notes[row.Attribute]})
				}
				done[name] = true
			}
		}
	}
	own := slices.DeleteFunc(told.Variables, func(v deploy.Variable) bool { return done[v.Name] })
	told.Variables = append(own, variables...)
}

// asText is a value as an environment variable holds it.
func asText(v value.Value) value.Value {
	if v.Kind == value.NumberKind {
		return value.String(strconv.FormatFloat(v.Number, 'f', -1, 64))
	}
	return v
}

// noun is what messages call a thing of that kind.
func noun(kind string) string {
	if k, known := Named(kind); known {
		return k.Noun
	}
	return kind
}

// encoreSections are those of the infra config that every process of Encore's has.
func encoreSections(w *deploy.Workload) []value.Field {
	metadata := []value.Field{
		value.Arg("app_id", value.String(w.App.ID)),
		value.Arg("env_name", value.String(w.Env.Name)),
		value.Arg("env_type", value.String(w.Env.Type)),
		value.Arg("cloud", value.String("aws")),
	}
	if w.Deployment.Gateway() != nil {
		metadata = append(metadata, value.Arg("base_url", value.Of(app.LoadBalancer, "url")))
	}
	sections := []value.Field{
		value.Arg("metadata", value.Object(metadata...)),
		value.Arg("hosted_services", value.Strings(w.HostedServices())),
		// The runtime's own deadline ends before the task is killed, so that it is the runtime that says what did not end. That
		// callers learn of the stop in time is not its business: its signal is held back.
		value.Arg("graceful_shutdown", value.Object(value.Arg("total", value.Int(ShutdownTotal(w.Size.StopTimeoutSeconds))))),
	}
	gateways := []string{}
	if w.Gateway {
		gateways = append(gateways, app.GatewayName)
		sections = append(sections, value.Arg("cors", cors(w.App.CORS)))
	}
	return append(sections, value.Arg("hosted_gateways", value.Strings(gateways)))
}

// ShutdownTotal is the runtime's own deadline, in seconds from its signal. Encore's TypeScript runtime goes on for up to
// three seconds after it.
func ShutdownTotal(stopTimeout int) int { return stopTimeout - 5 }

func cors(c *app.CORS) value.Value {
	if c == nil {
		return value.Object()
	}
	var fields []value.Field
	if c.Debug {
		fields = append(fields, value.Arg("debug", value.Bool(true)))
	}
	for _, list := range []struct {
		name   string
		values []string
	}{
		{"allow_headers", c.AllowHeaders},
		{"allow_origins_with_credentials", c.AllowOriginsWithCredentials},
		{"allow_origins_without_credentials", c.AllowOriginsWithoutCredentials},
		{"expose_headers", c.ExposeHeaders},
	} {
		if len(list.values) > 0 {
			fields = append(fields, value.Arg(list.name, value.Strings(list.values)))
		}
	}
	return value.Object(fields...)
}

// ContainerVariables are all kinds of which a container is told by variables, in the order of the manual, with what each is called
// there.
func ContainerVariables() []kind.Kind {
	return slices.DeleteFunc(bindable(), func(k kind.Kind) bool { return len(k.Env) == 0 })
}

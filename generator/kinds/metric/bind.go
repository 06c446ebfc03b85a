package metric

import (
	"slices"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/value"
)

// metricKind is the kind of metrics, and of where they go.
const metricKind = "metric"

// bind tells a workload where its measurements go, and lets it write there alone.
func bind(w *deploy.Workload) {
	metrics := w.Env.Metrics
	destination := deploy.Binding{
		Of: app.ID{Kind: metricKind}, Why: deploy.Why{Does: "where metrics go"},
		Attributes: map[string]value.Value{"destination": value.String(metrics.Destination), "interval_seconds": value.Int(metrics.IntervalSeconds)},
	}
	switch metrics.Destination {
	case "cloudwatch":
		destination.Attributes["namespace"] = value.String(metrics.Namespace)
		// AWS knows no resource for a metric; the namespace is the only thing that narrows it.
		w.Permit(deploy.Grant{
			Name: "metrics", Why: deploy.Why{Does: "writes metrics, into its own namespace alone"},
			Actions: []string{"cloudwatch:PutMetricData"}, Resources: []value.Value{value.String("*")},
			Conditions: []deploy.Condition{{Test: "StringEquals", Variable: "cloudwatch:namespace", Values: []string{metrics.Namespace}}},
		})
	case "datadog":
		destination.Attributes["site"] = value.String(metrics.Site)
	case "prometheus":
	default:
		return
	}
	if _, needed := metricsSecretOf(metrics.Destination); needed {
		destination.Secrets = map[string]value.Value{"secret": value.Of(app.MetricsSecret, "arn")}
	}
	w.Bind(destination)
	bindUsedMetrics(w)
}

// bindUsedMetrics names the services of the workload that record each metric of the application's own. Encore's TypeScript
// runtime drops what is recorded outside a request unless it is told of one such service. The Go runtime knows by itself.
func bindUsedMetrics(w *deploy.Workload) {
	if w.App.Runtime != app.EncoreTypeScript {
		return
	}
	uses := w.Uses("metric")
	for _, name := range kind.UsedNames(uses) {
		var services []string
		for _, e := range uses[name] {
			services = append(services, e.Service)
		}
		slices.Sort(services)
		id := app.ID{Kind: metricKind, Name: name}
		w.Bind(deploy.Binding{Of: id, Attributes: map[string]value.Value{"services": value.Strings(slices.Compact(services))}, Why: kind.About(id, uses[name])})
	}
}

// configMetrics are the sections metrics and used_metrics.
func configMetrics(w *deploy.Workload, bound []deploy.Binding) ([]value.Field, []deploy.Secret) {
	to := bound[0].Attributes
	var fields []value.Field
	var secrets []deploy.Secret
	secret, needed := metricsSecretOf(w.Env.Metrics.Destination)
	if needed {
		secrets = append(secrets, deploy.Secret{Variable: secret.variable, ARN: bound[0].Secrets["secret"], Why: bound[0].Why})
	}
	switch w.Env.Metrics.Destination {
	case "cloudwatch":
		fields = append(fields, value.Arg("type", value.String("aws_cloudwatch")), value.Arg("namespace", to["namespace"]))
	case "prometheus":
		fields = append(fields, value.Arg("type", to["destination"]), value.Arg("remote_write_url", kind.FromVariable(secret.variable)))
	case "datadog":
		fields = append(fields, value.Arg("type", to["destination"]), value.Arg("site", to["site"]), value.Arg("api_key", kind.FromVariable(secret.variable)))
	}
	sections := []value.Field{value.Arg("metrics", value.Object(append(fields, value.Arg("collection_interval", to["interval_seconds"]))...))}
	var used []value.Value
	for _, b := range bound[1:] {
		used = append(used, value.Object(value.Arg("name", value.String(b.Of.Name)), value.Arg("services", b.Attributes["services"])))
	}
	if len(used) > 0 {
		sections = append(sections, value.Arg("used_metrics", value.List(used...)))
	}
	return sections, secrets
}

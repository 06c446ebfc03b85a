package kinds

import (
	"slices"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/value"
)

// wireMetrics tells a process where its measurements go, and lets it write there alone.
func wireMetrics(p *Process) {
	metrics := p.Env.Metrics
	var fields []value.Field
	secret, needed := metricsSecretOf(metrics.Destination)
	if needed {
		p.Secrets = append(p.Secrets, Secret{
			Variable: secret.variable,
			ARN:      value.Traversal("local.platform." + secret.label + "_arn"),
			Comment:  "where metrics go",
		})
	}
	switch metrics.Destination {
	case "cloudwatch":
		fields = append(fields, Arg("type", value.String("aws_cloudwatch")), Arg("namespace", value.String(metrics.Namespace)))
		// AWS knows no resource for a metric; the namespace is the only thing that narrows it.
		p.Permissions = append(p.Permissions, Permission{
			Name: "metrics", Comment: "writes metrics, into its own namespace alone",
			Actions: []string{"cloudwatch:PutMetricData"}, Resources: []value.Value{value.String("*")},
			Conditions: []Condition{{Test: "StringEquals", Variable: "cloudwatch:namespace", Values: []string{metrics.Namespace}}},
		})
	case "prometheus":
		fields = append(fields, Arg("type", value.String("prometheus")), Arg("remote_write_url", fromVariable(secret.variable)))
	case "datadog":
		fields = append(fields, Arg("type", value.String("datadog")), Arg("site", value.String(metrics.Site)), Arg("api_key", fromVariable(secret.variable)))
	default:
		return
	}
	p.Config["metrics"] = value.Object(append(fields, Arg("collection_interval", value.Int(metrics.IntervalSeconds)))...)
	if used := usedMetrics(p); len(used) > 0 {
		p.Config["used_metrics"] = value.List(used...)
	}
}

// usedMetrics lists the services of the process that record each metric of the application's own. Encore's TypeScript
// runtime drops what is recorded outside a request unless it is told of one such service. The Go runtime knows by itself.
func usedMetrics(p *Process) []value.Value {
	if p.App.Runtime != app.EncoreTypeScript {
		return nil
	}
	uses := p.Uses("metric")
	var used []value.Value
	for _, name := range usedNames(uses) {
		var services []string
		for _, e := range uses[name] {
			services = append(services, e.Service)
		}
		slices.Sort(services)
		used = append(used, value.Object(Arg("name", value.String(name)), Arg("services", value.Strings(slices.Compact(services)))))
	}
	return used
}

package kinds

import (
	"fmt"
	"slices"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/value"
)

// metricsSecret is the secret that a destination of metrics needs: its label and variable, and the last part of its
// name, which has two so that no secret of the application meets it.
type metricsSecret struct {
	label, variable, name, meaning string
}

// metricsSecretOf is the secret a destination needs; false when it needs none. The URL of a remote write holds the
// user and the password.
func metricsSecretOf(destination string) (metricsSecret, bool) {
	switch destination {
	case "prometheus":
		return metricsSecret{"metrics_remote_write_url", "METRICS_REMOTE_WRITE_URL", "remote-write-url", "URL that metrics are written to"}, true
	case "datadog":
		return metricsSecret{"metrics_datadog_api_key", "METRICS_DATADOG_API_KEY", "datadog-api-key", "API key of Datadog"}, true
	}
	return metricsSecret{}, false
}

// MetricsSecretName is the name in Secrets Manager of what the destination of metrics needs, "" when it needs nothing.
func MetricsSecretName(env *environment.Environment) string {
	if secret, needed := metricsSecretOf(env.Metrics.Destination); needed {
		return SecretName(env, "metrics", secret.name)
	}
	return ""
}

// lowerMetrics makes the secret of the destination. Encore's runtimes measure whether or not the application declares
// metrics of its own, so that nothing hangs on the resources.
func lowerMetrics(s *Stack, _ []app.Resource) {
	secret, needed := metricsSecretOf(s.Env.Metrics.Destination)
	if !needed || len(s.Processes) == 0 {
		return
	}
	s.Module(secretFile, secret.label, "secret", "metrics secret",
		[]string{fmt.Sprintf("%s, pushed from outside", secret.meaning)},
		Arg("name", value.String(SecretName(s.Env, "metrics", secret.name))),
		Arg("description", value.String(fmt.Sprintf("%s for %s, pushed from outside", secret.meaning, s.Env.App))),
		Arg("key_arn", s.KeyARN()),
		Arg("recovery_window_days", value.Int(s.Env.SecretRecoveryDays)),
	)
	s.Output(secret.label+"_arn", fmt.Sprintf("ARN of the secret that holds the %s.", secret.meaning), value.Traversal("module."+secret.label+".arn"))
}

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

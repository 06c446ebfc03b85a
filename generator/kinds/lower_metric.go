package kinds

import (
	"fmt"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/stack"
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
func lowerMetrics(d *deploy.Deployment, s *stack.Stack, _ []app.Resource) {
	secret, needed := metricsSecretOf(d.Env.Metrics.Destination)
	if !needed || len(d.Workloads) == 0 {
		return
	}
	s.Module(stack.Call{File: secretFile, Label: secret.label, Module: "secret", Of: app.MetricsSecret,
		Why: []string{fmt.Sprintf("%s, pushed from outside", secret.meaning)},
		Args: []value.Field{
			Arg("name", value.String(SecretName(d.Env, "metrics", secret.name))),
			Arg("description", value.String(fmt.Sprintf("%s for %s, pushed from outside", secret.meaning, d.Env.App))),
			Arg("key_arn", KeyARN()),
			Arg("recovery_window_days", value.Int(d.Env.SecretRecoveryDays)),
		}})
}

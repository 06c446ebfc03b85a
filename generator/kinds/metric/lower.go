package metric

import (
	"fmt"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/kinds/secret"
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

// SecretName is the name in Secrets Manager of what the destination of metrics needs, "" when it needs nothing.
func SecretName(env *environment.Environment) string {
	if wanted, needed := metricsSecretOf(env.Metrics.Destination); needed {
		return secret.Name(env, "metrics", wanted.name)
	}
	return ""
}

// lower makes the secret of the destination. Encore's runtimes measure whether or not the application declares
// metrics of its own, so that nothing hangs on the resources.
func lower(d *deploy.Deployment, s *stack.Stack, _ []app.Resource) {
	wanted, needed := metricsSecretOf(d.Env.Metrics.Destination)
	if !needed || len(d.Workloads) == 0 {
		return
	}
	s.Module(stack.Call{File: secret.File, Label: wanted.label, Module: "secret", Of: app.MetricsSecret,
		Why: []string{fmt.Sprintf("%s, pushed from outside", wanted.meaning)},
		Args: []value.Field{
			value.Arg("name", value.String(secret.Name(d.Env, "metrics", wanted.name))),
			value.Arg("description", value.String(fmt.Sprintf("%s for %s, pushed from outside", wanted.meaning, d.Env.App))),
			value.Arg("key_arn", kind.KeyARN()),
			value.Arg("recovery_window_days", value.Int(d.Env.SecretRecoveryDays)),
		}})
}

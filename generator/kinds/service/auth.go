// Package service is what workloads have of each other and of their environment. These are kinds to whoever binds workloads, but no
// resources: no source declares one.
package service

import (
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/kinds/secret"
	"github.com/groundplan/groundplan/generator/stack"
	"github.com/groundplan/groundplan/generator/value"
)

// Auth is the key with which processes sign their calls to each other: no resource, and in every process of Encore's.
var Auth = kind.Kind{
	Name: app.ServiceAuthKey.Kind, Noun: app.ServiceAuthKey.Kind, OfRuntime: true,
	Platform: lowerAuth, Bind: bindAuth, Config: configAuth,
}

func bindAuth(w *deploy.Workload) {
	w.Bind(deploy.Binding{
		Of:      app.ServiceAuthKey,
		Secrets: map[string]value.Value{"key": value.Of(app.ServiceAuthKey, "arn")},
		Why:     deploy.Why{Does: "signs and verifies calls between processes"},
	})
}

func configAuth(_ *deploy.Workload, bound []deploy.Binding) ([]value.Field, []deploy.Secret) {
	auth := value.Arg("auth", value.List(value.Object(
		value.Arg("type", value.String("key")),
		value.Arg("id", value.Int(AuthKeyID)),
		value.Arg("key", kind.FromVariable(serviceAuthVariable)),
	)))
	return []value.Field{auth}, []deploy.Secret{{Variable: serviceAuthVariable, ARN: bound[0].Secrets["key"], Why: bound[0].Why}}
}

// Encore trusts every caller that claims to be a service when its config has no key, so there is always one.
//
// Neither label nor name can be those of an application's secret, which may have any name: its label begins with
// secret_, and its name has no slash.
const (
	serviceAuthLabel    = "service_auth_key"
	serviceAuthVariable = "SERVICE_AUTH_KEY"
	// AuthKeyID is the id of the first key; Encore needs it to be 1 or more.
	AuthKeyID = 1
)

// lowerAuth makes the key with which processes sign their calls to each other.
func lowerAuth(d *deploy.Deployment, s *stack.Stack, _ []app.Resource) {
	secret.Generate(d, s, serviceAuthLabel, app.ServiceAuthKey,
		"Key with which processes sign their calls to each other: without one Encore believes every caller",
		"Service-to-service key of "+d.Env.App, "service-auth", "key")
}

package kinds

import (
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/stack"
)

// Encore trusts every caller that claims to be a service when its config has no key, so there is always one.
//
// Neither label nor name can be those of an application's secret, which may have any name: its label begins with
// secret_, and its name has no slash.
const (
	serviceAuthLabel    = "service_auth_key"
	serviceAuthVariable = "SERVICE_AUTH_KEY"
	// serviceAuthKeyID is the id of the first key; Encore needs it to be 1 or more.
	serviceAuthKeyID = 1
)

// lowerServiceAuth makes the key with which processes sign their calls to each other.
func lowerServiceAuth(d *deploy.Deployment, s *stack.Stack, _ []app.Resource) {
	lowerGeneratedSecret(d, s, serviceAuthLabel, app.ServiceAuthKey,
		"Key with which processes sign their calls to each other: without one Encore believes every caller",
		"Service-to-service key of "+d.Env.App, "service-auth", "key")
}

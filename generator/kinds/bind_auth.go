package kinds

import (
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/value"
)

// serviceAuth is the key with which processes sign their calls to each other: no resource, and in every process of Encore's.
var serviceAuth = Kind{
	Name: app.ServiceAuthKey.Kind, Noun: app.ServiceAuthKey.Kind, OfRuntime: true,
	Platform: lowerServiceAuth, Bind: bindServiceAuth, Config: configServiceAuth,
}

func bindServiceAuth(w *deploy.Workload) {
	w.Bind(deploy.Binding{
		Of:      app.ServiceAuthKey,
		Secrets: map[string]value.Value{"key": value.Of(app.ServiceAuthKey, "arn")},
	})
}

func configServiceAuth(_ *deploy.Workload, bound []deploy.Binding) ([]value.Field, []deploy.Secret) {
	auth := Arg("auth", value.List(value.Object(
		Arg("type", value.String("key")),
		Arg("id", value.Int(serviceAuthKeyID)),
		Arg("key", fromVariable(serviceAuthVariable)),
	)))
	return []value.Field{auth}, []deploy.Secret{{Variable: serviceAuthVariable, ARN: bound[0].Secrets["key"], Why: bound[0].Why}}
}

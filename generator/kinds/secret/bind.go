package secret

import (
	"slices"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/value"
)

// bind gives a workload the secrets of its services. One of Encore's also gets those that code outside every service
// declares: such code runs in every process (facts: an Encore Go process exits at start without them).
func bind(w *deploy.Workload) {
	uses := w.Uses("secret")
	names := kind.UsedNames(uses)
	if w.Runtime() != app.Containers {
		names = append(names, w.Outside("secret")...)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		r := w.Resource("secret", "", name)
		why := kind.About(r.ID(), uses[name])
		if why.Files() == "" {
			why.Places = []deploy.Place{{File: r.At.Filename}}
		}
		w.Bind(deploy.Binding{Of: r.ID(), Secrets: map[string]value.Value{"value": ARN(name)}, Why: why})
	}
	for _, e := range w.App.Loads {
		if e.Kind == "secret" && w.Env.StrictAccess && w.OnlyLoads(e) {
			w.Bind(deploy.Binding{Of: e.To(), Attributes: map[string]value.Value{"value": value.String(placeholderSecret)}, Why: kind.About(e.To(), []app.Edge{e})})
		}
	}
}

// config is the section secrets.
func config(_ *deploy.Workload, bound []deploy.Binding) ([]value.Field, []deploy.Secret) {
	var fields []value.Field
	var secrets []deploy.Secret
	for _, b := range bound {
		arn, withheld := b.Secrets["value"], b.Attributes["value"]
		if len(b.Secrets) == 0 {
			fields = append(fields, value.Arg(b.Of.Name, withheld))
			continue
		}
		variable := secretVariable(b.Of.Name)
		secrets = append(secrets, deploy.Secret{Variable: variable, ARN: arn, Why: b.Why})
		fields = append(fields, value.Arg(b.Of.Name, kind.FromVariable(variable)))
	}
	return []value.Field{value.Arg("secrets", value.Map(fields...))}, secrets
}

// variables are what a container is told of a secret.
var variables = []kind.Variable{
	{Pattern: "<NAME>", Attribute: "value", Secret: true, Meaning: "Value of the secret: `StripeKey` becomes `STRIPE_KEY`."},
}

// build names the secrets in the infra config that images are built with.
func build(_ *deploy.Deployment, resources []app.Resource) (string, any) {
	secrets := map[string]any{}
	for _, r := range resources {
		secrets[r.Name] = map[string]string{"$env": "SECRET_" + r.Name}
	}
	return "secrets", secrets
}

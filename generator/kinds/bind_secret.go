package kinds

import (
	"slices"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/value"
)

// bindSecrets gives a workload the secrets of its services. One of Encore's also gets those that code outside every service
// declares: such code runs in every process (facts: an Encore Go process exits at start without them).
func bindSecrets(w *deploy.Workload) {
	uses := w.Uses("secret")
	names := usedNames(uses)
	if w.Runtime() != app.Containers {
		names = append(names, w.Outside("secret")...)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		r := w.Resource("secret", "", name)
		why := about(r.ID(), uses[name])
		if why.Files() == "" {
			why.Places = []deploy.Place{{File: r.At.Filename}}
		}
		w.Bind(deploy.Binding{Of: r.ID(), Secrets: map[string]value.Value{"value": SecretARN(name)}, Why: why})
	}
	for _, e := range w.App.Loads {
		if e.Kind == "secret" && w.Env.StrictAccess && w.OnlyLoads(e) {
			w.Bind(deploy.Binding{Of: e.To(), Attributes: map[string]value.Value{"value": value.String(placeholderSecret)}, Why: about(e.To(), []app.Edge{e})})
		}
	}
}

// configSecrets is the section secrets.
func configSecrets(_ *deploy.Workload, bound []deploy.Binding) ([]value.Field, []deploy.Secret) {
	var fields []value.Field
	var secrets []deploy.Secret
	for _, b := range bound {
		arn, withheld := b.Secrets["value"], b.Attributes["value"]
		if len(b.Secrets) == 0 {
			fields = append(fields, Arg(b.Of.Name, withheld))
			continue
		}
		variable := secretVariable(b.Of.Name)
		secrets = append(secrets, deploy.Secret{Variable: variable, ARN: arn, Why: b.Why})
		fields = append(fields, Arg(b.Of.Name, fromVariable(variable)))
	}
	return []value.Field{Arg("secrets", value.Map(fields...))}, secrets
}

// secretVariables are what a container is told of a secret.
var secretVariables = []Variable{
	{Pattern: "<NAME>", Attribute: "value", Secret: true, Meaning: "Value of the secret: `StripeKey` becomes `STRIPE_KEY`."},
}

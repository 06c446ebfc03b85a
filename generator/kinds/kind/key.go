package kind

import (
	"slices"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/value"
)

// UseKey lets the workload use the environment's key by way of a service in these ways, once however many resources need it.
func UseKey(w *deploy.Workload, service string, actions ...string) {
	useKeyBy(w, app.EncryptionKey, "key_"+service, "", service, KeyARN(), actions)
}

// UseOwnersKey lets the workload use the key that the owner of something that exists encrypts it with, once however much
// is encrypted with it. label and what are about the thing; ref is the key's ARN in the services stack.
func UseOwnersKey(w *deploy.Workload, arn, label, what string, ref value.Value, service string, actions ...string) {
	if arn == w.Env.KeyARN {
		UseKey(w, service, actions...)
		return
	}
	key := app.ID{Kind: "key", Parent: service, Name: arn}
	if i := slices.IndexFunc(w.Grants, func(g deploy.Grant) bool { return g.Of == key }); i >= 0 {
		useKeyBy(w, key, w.Grants[i].Name, "and so is "+what, service, ref, actions)
		return
	}
	useKeyBy(w, key, "key_of_"+label, what+" is encrypted with a key of its owner's", service, ref, actions)
}

// useKeyBy adds to the statement of that name, or makes it. The condition keeps the workload from opening with the key what
// it was handed past the service, such as a copied backup: each service asks KMS with the rights of its caller
// (AWS KMS Developer Guide, "kms:ViaService").
func useKeyBy(w *deploy.Workload, key app.ID, name, does, service string, arn value.Value, actions []string) {
	for i := range w.Grants {
		grant := &w.Grants[i]
		if grant.Name != name {
			continue
		}
		if grant.Why.Does != does {
			grant.Why.Does += ", " + does
		}
		grant.Actions = append(slices.Clone(grant.Actions), actions...)
		slices.Sort(grant.Actions)
		grant.Actions = slices.Compact(grant.Actions)
		return
	}
	w.Permit(deploy.Grant{
		Of: key, Name: name, Why: deploy.Why{Does: does}, Actions: actions, Resources: []value.Value{arn},
		Conditions: []deploy.Condition{{Test: "StringEquals", Variable: "kms:ViaService", Values: []string{service + "." + w.Env.Region + ".amazonaws.com"}}},
	})
}

// Network is a value of the environment's network, by the name of the module's output.
func Network(attribute string) value.Value { return value.Of(app.Network, attribute) }

// KeyARN is the ARN of the environment's key.
func KeyARN() value.Value { return value.Of(app.EncryptionKey, "arn") }

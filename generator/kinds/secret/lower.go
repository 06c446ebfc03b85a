package secret

import (
	"fmt"
	"strings"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/pattern"
	"github.com/groundplan/groundplan/generator/stack"
	"github.com/groundplan/groundplan/generator/value"
)

// File is where all secrets of the platform stand, whatever they are for.
const File = "secrets.tf"

func secretLabel(d *deploy.Deployment, name string) string {
	return "secret_" + d.Label("secret", "", name)
}

// ARN is the ARN of a secret.
func ARN(name string) value.Value { return value.Of(app.ID{Kind: "secret", Name: name}, "arn") }

// lower makes one Secrets Manager secret per name: services that declare the same name share its value, as on
// Encore Cloud. The value is pushed from outside; Terraform never sees it.
func lower(d *deploy.Deployment, s *stack.Stack, resources []app.Resource) {
	for _, r := range resources {
		label := secretLabel(d, r.Name)
		s.Module(stack.Call{File: File, Label: label, Module: "secret", Of: r.ID(),
			Why: []string{fmt.Sprintf("Secret %s, in %s", kind.Quoted(r.Name), r.At.Filename)},
			Args: []value.Field{
				value.Arg("name", value.String(Name(d.Env, r.Name))),
				value.Arg("description", value.String(fmt.Sprintf("Secret %s of %s, pushed from outside", r.Name, d.Env.App))),
				value.Arg("key_arn", kind.KeyARN()),
				value.Arg("recovery_window_days", value.Int(d.Env.SecretRecoveryDays)),
			}})
	}
}

// placeholderSecret is what a process gets for a secret that it needs to load the modules of others, and no more, where
// access is strict: it starts with it, and whatever would use the value runs elsewhere.
const placeholderSecret = "placeholder: strict_access withholds the value from this process"

// secretVariable names the environment variable of an application's secret. Source takes all letters in a name, and the
// environment only those of ASCII.
func secretVariable(name string) string {
	if !variableName().MatchString(name) {
		name = strings.ReplaceAll(names.Of(names.Secret/4, "secret", name), "-", "_")
	}
	return "SECRET_" + name
}

var variableName = pattern.Lazy(`^[A-Za-z0-9_]+$`)

// Generate adds a secret whose random value is made by an ephemeral resource and written write-only.
func Generate(d *deploy.Deployment, s *stack.Stack, label string, id app.ID, comment, description string, name ...string) {
	s.Module(stack.Call{File: File, Label: label, Module: "generated-secret", Of: id, Exports: []string{"arn"},
		Why: []string{comment},
		Args: []value.Field{
			value.Arg("name", value.String(Name(d.Env, name...))),
			value.Arg("description", value.String(description)),
			value.Arg("key_arn", kind.KeyARN()),
			value.Arg("recovery_window_days", value.Int(d.Env.SecretRecoveryDays)),
		}})
}

// Name is a path, application/environment/name: no part holds a slash, so that no two of them meet, and
// policies can name all secrets of an environment.
func Name(env *environment.Environment, name ...string) string {
	parts := []string{env.App, env.Name}
	for _, part := range name {
		if !secretPart().MatchString(part) {
			part = names.Of(names.Secret/4, "secret", part)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "/")
}

// secretPart holds what Secrets Manager allows in a name, without the slash.
var secretPart = pattern.Lazy(`^[A-Za-z0-9_+=.@-]{1,128}$`)

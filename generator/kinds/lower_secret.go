package kinds

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/value"
)

// secretFile is where all secrets of the platform stand, whatever they are for.
const secretFile = "secrets.tf"

func (d *Deployment) secretLabel(name string) string { return "secret_" + d.Label("secret", "", name) }

// SecretARN is where the services stack finds the ARN of a secret.
func (d *Deployment) SecretARN(name string) string {
	return "local.platform." + d.secretLabel(name) + "_arn"
}

// lowerSecrets makes one Secrets Manager secret per name: services that declare the same name share its value, as on
// Encore Cloud. The value is pushed from outside; Terraform never sees it.
func lowerSecrets(s *Stack, resources []app.Resource) {
	for _, r := range resources {
		label := s.secretLabel(r.Name)
		s.Module(secretFile, label, "secret", "secret "+r.Name,
			[]string{fmt.Sprintf("Secret %s, in %s", quoted(r.Name), r.At.Filename)},
			Arg("name", value.String(SecretName(s.Env, r.Name))),
			Arg("description", value.String(fmt.Sprintf("Secret %s of %s, pushed from outside", r.Name, s.Env.App))),
			Arg("key_arn", s.KeyARN()),
			Arg("recovery_window_days", value.Int(s.Env.SecretRecoveryDays)),
		)
		s.Output(label+"_arn", fmt.Sprintf("ARN of secret %s.", r.Name), value.Traversal("module."+label+".arn"))
	}
}

// placeholderSecret is what a process gets for a secret that it needs to load the modules of others, and no more, where
// access is strict: it starts with it, and whatever would use the value runs elsewhere.
const placeholderSecret = "placeholder: strict_access withholds the value from this process"

// secretVariable names the environment variable of an application's secret. Source takes all letters in a name, and the
// environment only those of ASCII.
func secretVariable(name string) string {
	if !variableName.MatchString(name) {
		name = strings.ReplaceAll(names.Of(names.Secret/4, "secret", name), "-", "_")
	}
	return "SECRET_" + name
}

var variableName = regexp.MustCompile(`^[A-Za-z0-9_]+$`)

// fromVariable is Encore's way to name an environment variable as the source of a value.
func fromVariable(name string) value.Value {
	return value.Object(Arg("$env", value.String(name)))
}

// lowerGeneratedSecret adds a secret whose random value is made by an ephemeral resource and written write-only.
func lowerGeneratedSecret(s *Stack, label, id, comment, description string, name ...string) {
	s.Module(secretFile, label, "generated-secret", id, []string{comment},
		Arg("name", value.String(SecretName(s.Env, name...))),
		Arg("description", value.String(description)),
		Arg("key_arn", s.KeyARN()),
		Arg("recovery_window_days", value.Int(s.Env.SecretRecoveryDays)),
	)
	s.Output(label+"_arn", "ARN of the secret that holds the "+strings.ToLower(description[:1])+description[1:]+".", value.Traversal("module."+label+".arn"))
}

// SecretName is a path, application/environment/name: no part holds a slash, so that no two of them meet, and
// policies can name all secrets of an environment.
func SecretName(env *environment.Environment, name ...string) string {
	parts := []string{env.App, env.Name}
	for _, part := range name {
		if !secretPart.MatchString(part) {
			part = names.Of(names.Secret/4, "secret", part)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "/")
}

// secretPart holds what Secrets Manager allows in a name, without the slash.
var secretPart = regexp.MustCompile(`^[A-Za-z0-9_+=.@-]{1,128}$`)

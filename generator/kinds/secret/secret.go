// Package secret is the kind of application secrets, and makes the secrets of other packages: passwords and keys that nobody pushes.
package secret

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/settings"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/stack"
)

// Kind is the kind of application secrets: values the application is given and nobody writes down. They have no
// settings.
var Kind = kind.Kind{
	Name: "secret",
	Noun: "secret",
	Go: []source.GoSpelling{{
		StructVar: "secrets",
		ParentArg: -1,
		NameArg:   -1,
		ConfigArg: -1,
	}},
	TypeScript: []source.TypeScriptSpelling{typeScript},
	Manifest:   []source.ManifestSpelling{manifest},
	Metadata:   metadata,
	Read:       func(source.Decl, kind.Input) (any, hcl.Diagnostics) { return nil, nil },
	Bound:      true,
	Verbs:      map[string]string{"": "reads"},
	Repeatable: true,
	Everywhere: true,
	Platform:   lower,
	Build:      build,
	Holds: kind.Holding{
		Fixed: map[string][]string{"secret": {"name"}}, // aws_secretsmanager_secret.name
		Lost:  "the value that was put in is gone",
		Copy: func(physical string) string {
			return "copy the value first: aws secretsmanager get-secret-value --secret-id " + physical
		},
		Ways: func(physical string, _ map[string]string) []string {
			return []string{"declare it again, by the same name",
				"renamed? Copy the value to the new one once that is applied, and go on then: aws secretsmanager get-secret-value --secret-id " + physical}
		},
	},
	Bind:    bind,
	Config:  config,
	Env:     variables,
	Settled: settled,
	Outputs: kind.Outputs{"secret": {"arn": {Text: ARNShape("<name>")}}, "generated-secret": {"arn": {Text: ARNShape("<name>")}}},
	Inspection: kind.Inspection{
		List: "secrets", Together: "secrets",
		Entry:     func(_ *app.App, r app.Resource) any { return inspected{r.Name, r.Service, kind.FileLine(r.At)} },
		OfService: kind.Used("secrets"),
	},
}

// ARNShape is the ARN of a secret as package sizes fills it in: behind a name Secrets Manager puts a hyphen and six characters.
func ARNShape(name string) string {
	return "arn:aws:secretsmanager:<region>:<account>:secret:" + name + "-XXXXXX"
}

// inspected is a secret in what inspect prints as JSON.
type inspected struct {
	Name       string `json:"name"`
	DeclaredIn string `json:"declared_in,omitempty"`
	At         string `json:"at"`
}

// typeScript is how TypeScript code declares and uses one.
var typeScript = source.TypeScriptSpelling{
	Module: "encore.dev/config", Constructors: []string{"secret"}, Function: true,
	ParentArg: -1, NameArg: 0, ConfigArg: -1,
	InService: true, Global: true,
	ByDeclaration: true,
}

// manifest is how a manifest declares and uses one.
var manifest = source.ManifestSpelling{
	Block: "secret", Identifier: true, Meaning: "A value that somebody pushes into Secrets Manager; services get it as an environment variable.",
	Settings: []settings.Setting{
		{Name: "every_service", Type: settings.Bool, Default: "`false`", Meaning: "Whether every process gets it, whoever names it."},
	},
	Everywhere:  "every_service",
	List:        "secrets",
	ListMeaning: "Secrets it reads.",
}

// metadata is how Encore's metadata lists one.
var metadata = source.MetadataSpelling{
	List: []string{"pkgs", "secrets"}, Package: "rel_path", Service: "service_name",
}

// settled are the arguments of its modules that no override can set.
var settled = map[string]map[string]stack.Settled{
	"generated-secret": {
		"rotation": {Why: "a new value reaches each task when it starts, and who checks it knows one value alone: calls between processes, or logins, fail until all tasks are new", Instead: "change the value by hand and replace all tasks at once, as infra/README.md shows"},
	},
}

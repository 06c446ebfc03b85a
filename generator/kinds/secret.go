package kinds

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/source"
)

// Secrets is the kind of application secrets: values the application is given and nobody writes down. They have no
// settings.
var Secrets = Kind{
	Name: "secret",
	Noun: "secret",
	Go: []source.GoSpelling{{
		StructVar: "secrets",
		ParentArg: -1,
		NameArg:   -1,
		ConfigArg: -1,
	}},
	TypeScript: []source.TypeScriptSpelling{secretTypeScript},
	Manifest:   []source.ManifestSpelling{secretManifest},
	Metadata:   secretMetadata,
	Read:       func(source.Decl, Input) (any, hcl.Diagnostics) { return nil, nil },
	Bound:      true,
	Verbs:      map[string]string{"": "reads"},
	Repeatable: true,
	Everywhere: true,
	Platform:   lowerSecrets,
	Bind:       bindSecrets,
	Config:     configSecrets,
	Env:        secretVariables,
	Settled:    secretSettled,
}

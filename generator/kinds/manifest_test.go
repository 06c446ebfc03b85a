package kinds

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/settings"
	"github.com/groundplan/groundplan/generator/source"
)

// TestI4_EveryKindHasAManifestSpelling, of its own or as a part of another kind's, and what a spelling names exists.
func TestI4_EveryKindHasAManifestSpelling(t *testing.T) {
	parts := map[string]bool{}
	for _, s := range ManifestSpellings() {
		if s.Parts == "" {
			continue
		}
		part, known := Named(s.PartKind)
		if parts[s.PartKind] = known; !known || part.PartOf != s.Kind {
			t.Errorf("%s: %q is no part of it", s.Kind, s.PartKind)
		}
	}
	for _, k := range All {
		if len(k.Manifest) == 0 && !parts[k.Name] {
			t.Errorf("%s: no manifest can declare one", k.Name)
		}
		for _, s := range k.Manifest {
			for word, operation := range s.Operations {
				if k.Verbs[operation] == "" {
					t.Errorf("%s: the operation %s stands for %q, which has no verb", k.Name, word, operation)
				}
			}
			if _, known := k.Verbs[s.Operation]; s.List != "" && !known {
				t.Errorf("%s: %s stands for %q, which has no verb", k.Name, s.List, s.Operation)
			}
		}
	}
}

// sample is a value of a setting's type.
func sample(s settings.Setting) source.Value {
	switch s.Type {
	case settings.Integer:
		return source.Value{Kind: source.Int, Int: 3}
	case settings.Bool:
		return source.Value{Kind: source.Bool, Bool: true}
	case settings.Duration:
		return source.Value{Kind: source.String, Text: "1h"}
	case settings.Object:
		return source.Value{Kind: source.Object}
	}
	return source.Value{Kind: source.String, Text: "text"}
}

// TestI4_SettingsOfAManifestAreKnown gives every kind every setting its spelling lists: the kind's own settings have each
// of them, with the same type.
func TestI4_SettingsOfAManifestAreKnown(t *testing.T) {
	in := kind.Input{Application: &source.Application{Runtime: app.Containers, Origin: source.FromManifest}, Files: fstest.MapFS{}}
	for _, k := range All {
		for _, s := range k.Manifest {
			for _, setting := range s.Settings {
				if setting.Name == s.Parent || setting.Name == s.Endpoint || setting.Name == s.Everywhere {
					continue // the reader's own
				}
				config := source.Value{Kind: source.Object, Fields: []source.Field{{Name: setting.Name, Value: sample(setting)}}}
				if object, member, inside := strings.Cut(setting.Name, "."); inside {
					config.Fields[0].Name = member
					config = source.Value{Kind: source.Object, Fields: []source.Field{{Name: object, Value: config}}}
				}
				_, diags := k.Read(source.Decl{Kind: k.Name, Name: "x", Constructor: s.Constructor, Config: config}, in)
				for _, d := range diags {
					if d.Summary == "Unknown setting" || d.Summary == "Wrong type" {
						t.Errorf("%s.%s: %s", s.Block, setting.Name, diagnostic.Text(d))
					}
				}
			}
		}
	}
}

// TestI4_VariablesAreToldApart: the names of variables differ between kinds, whatever the resources are called, and every
// kind that a container uses has one.
func TestI4_VariablesAreToldApart(t *testing.T) {
	seen := map[string]bool{}
	of := map[string]bool{}
	for _, kind := range ContainerVariables() {
		of[kind.Name] = true
		for _, v := range kind.Env {
			if seen[v.Pattern] {
				t.Errorf("%s twice", v.Pattern)
			}
			seen[v.Pattern] = true
			if name := v.Name(names.PlainLabel("order-placed", "ChargeCard")); strings.ContainsAny(name, "<>-") || name != strings.ToUpper(name) {
				t.Errorf("%s becomes %s", v.Pattern, name)
			}
		}
	}
	for _, k := range All {
		if used := len(k.Verbs) > 0 && !k.OfRuntime; used && !of[k.Name] {
			t.Errorf("a container that uses a %s is told nothing of it", k.Name)
		}
	}
}

// TestI4_ReservedVariables names what no manifest may set.
func TestI4_ReservedVariables(t *testing.T) {
	for name, want := range map[string]bool{
		"PORT": true, "PORTS": false, "ENCORE_APP": true, "ENCORE": false, "ECS_ENABLE": true, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": true,
		"AWS_REGION": false, "AWS_EXECUTION_ENV": true, "IMPORT": false,
	} {
		if reserved(name) != want {
			t.Errorf("%s: reserved is %v", name, !want)
		}
	}
}

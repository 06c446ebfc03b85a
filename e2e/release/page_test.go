//go:build validate

package release_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// untrue lists what the examples of a page have that the action and the hooks do not.
func untrue(page string, a action, hooks []hook) (examples int, wrong []string) {
	for i, block := range strings.Split(page, "```") {
		text, isYAML := strings.CutPrefix(block, "yaml\n")
		if i%2 == 0 || !isYAML {
			continue
		}
		examples++
		var steps []struct {
			Uses string            `yaml:"uses"`
			With map[string]string `yaml:"with"`
		}
		var configuration struct {
			Repos []struct {
				Repo  string
				Rev   string
				Hooks []struct{ ID string }
			}
		}
		switch {
		case strictly([]byte(text), &steps) == nil:
			for name := range steps[0].With {
				if _, there := a.Inputs[name]; !there {
					wrong = append(wrong, "no input "+name)
				}
			}
			for name, declared := range a.Inputs {
				if declared.Required && steps[0].With[name] == "" {
					wrong = append(wrong, "the input "+name+" is left out")
				}
			}
		case yaml.Unmarshal([]byte(text), &configuration) == nil && len(configuration.Repos) > 0:
			for _, named := range configuration.Repos[0].Hooks {
				if !slices.ContainsFunc(hooks, func(h hook) bool { return h.ID == named.ID }) {
					wrong = append(wrong, "no hook "+named.ID)
				}
			}
		default:
			wrong = append(wrong, fmt.Sprintf("what is this? %s", text))
		}
	}
	slices.Sort(wrong)
	return examples, wrong
}

func TestExamplesOfThePageAreTrue(t *testing.T) {
	var a action
	var hooks []hook
	readYAML(t, "action.yml", &a)
	readYAML(t, ".pre-commit-hooks.yaml", &hooks)
	page, err := os.ReadFile("../../docs/releases.md")
	if err != nil {
		t.Fatal(err)
	}
	if examples, wrong := untrue(string(page), a, hooks); examples != 2 || len(wrong) > 0 {
		t.Errorf("docs/releases.md has %d examples: %q", examples, wrong)
	}
	const lies = "```yaml\n- uses: x\n  with:\n    version: v1.2.3\n    chekcsums: abc\n```\n```yaml\nrepos:\n  - repo: x\n    hooks:\n      - id: gone\n```\n"
	if _, wrong := untrue(lies, a, hooks); !slices.Equal(wrong, []string{"no hook gone", "no input chekcsums", "the input checksums is left out"}) {
		t.Errorf("found %q", wrong)
	}
}

package generator_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/groundplan/groundplan/e2e/earlier"
	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/compute"
)

// TestE2_OutputsMoveAndNothingElse writes over a folder from before outputs followed from references: every module call stays where
// it is, and each of its arguments means what it meant, over the outputs of then and of today. TestEarlierFolderIsTakenOver
// under e2e plans the same against what was applied.
func TestE2_OutputsMoveAndNothingElse(t *testing.T) {
	root := t.TempDir()
	before := map[string]string{}
	err := earlier.Unpack(filepath.Join("..", "e2e", "testdata", "earlier", "shop.tar.gz"), func(folder, name string, content []byte) error {
		if folder == "infra" {
			before[name] = string(content)
		}
		file := filepath.Join(root, folder, filepath.FromSlash(name))
		return errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, content, 0o644))
	})
	if err != nil {
		t.Fatal(err)
	}
	output, _, diags, err := generator.FromSource(generator.Options{Root: filepath.Join(root, "source"), Out: filepath.Join(root, "infra")})
	if err != nil || diags.HasErrors() {
		t.Fatal(err, diags)
	}
	compared := 0
	for environment := range output.Lock.CIDRs {
		then, now := stacksOf(t, before, environment), stacksOf(t, recordedFiles(output), environment)
		for i, stack := range []string{"platform", "services"} {
			d := cmp.Diff(regrouped(callsOf(then[i])), inOldPlaces(callsOf(now[i])))
			if compared += len(callsOf(now[i])); d != "" {
				t.Errorf("%s/%s: %s", environment, stack, d)
			}
		}
		if slices.Equal(outputNames(then[0]), outputNames(now[0])) {
			t.Errorf("%s: no output moved, so that this shows nothing", environment)
		}
	}
	if compared < 20 {
		t.Errorf("only %d calls were compared", compared)
	}
}

// stacksOf are the platform and the services of an environment, as files say them.
func stacksOf(t *testing.T, files map[string]string, environment string) [2]*stackCode {
	t.Helper()
	platform, err := readStack(files, environment+"/platform", nil)
	if err != nil {
		t.Fatal(err)
	}
	services, err := readStack(files, environment+"/services", platform)
	if err != nil {
		t.Fatal(err)
	}
	return [2]*stackCode{platform, services}
}

// callsOf are the calls of a stack by label, each argument as what it means.
func callsOf(stack *stackCode) map[string]map[string]any {
	calls := map[string]map[string]any{}
	for label, call := range stack.calls {
		calls[label] = map[string]any{}
		for name := range call.args {
			calls[label][name] = stack.arg(call, name)
		}
	}
	return calls
}

// regrouped leaves out what an argument was made of before it had members, and what none of those that moved stands for.
func regrouped(calls map[string]map[string]any) map[string]map[string]any {
	for _, call := range calls {
		if call["source"] == "../../modules/cron" {
			delete(call, "signature") // a word then, its member type now, which is left out where it is the default
		}
	}
	return calls
}

// inOldPlaces puts the members of arguments where they were when they were arguments themselves. What an object has besides them,
// as all outputs of a module have, the module leaves aside.
func inOldPlaces(calls map[string]map[string]any) map[string]map[string]any {
	for _, call := range calls {
		source, _ := call["source"].(string)
		places := compute.Fargate.Moved[strings.TrimPrefix(source, "../../modules/")]
		parents := map[string]bool{}
		for old, place := range places {
			parent, member, _ := strings.Cut(place, ".")
			members, is := call[parent].(map[string]any)
			if !is || parent == old {
				continue
			}
			parents[parent] = true
			if value, has := members[member]; has {
				call[old] = value
				delete(members, member)
			}
		}
		for parent := range parents {
			if members := call[parent].(map[string]any); parent != "scale" || len(members) == 0 {
				delete(call, parent)
			}
		}
		if call["health_path"] == "/__encore/healthz" {
			delete(call, "health_path") // the module's default then
		}
	}
	return calls
}

func outputNames(stack *stackCode) []string {
	var names []string
	for name := range stack.outputs {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

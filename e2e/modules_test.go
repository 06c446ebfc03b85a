//go:build validate

package e2e_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/groundplan/groundplan/e2e/emulator"
	"github.com/groundplan/groundplan/modules"
)

// TestModules runs each module's own tests: those under tests/ need no cloud, because they replace the provider, and
// get an endpoint nobody listens on; those under tests-emulator/ apply against the emulator.
func TestModules(t *testing.T) {
	cloud := startEmulator(t, account)
	for _, name := range modules.Names() {
		t.Run(name, func(t *testing.T) {
			testModule(t, cloud, emulator.TerraformEngine, name)
		})
	}
}

// testModule runs one module's own tests with an engine.
func testModule(t *testing.T, cloud *emulator.Cloud, engine emulator.Engine, name string) {
	folder := filepath.Join(t.TempDir(), name)
	copyFolder(t, filepath.Join(repository, "modules", name), folder)
	offline := emulator.Environment("http://127.0.0.1:1")
	ran := 0
	for _, layer := range []struct {
		tests       string
		environment []string
	}{
		{"tests", offline},
		{"tests-emulator", cloud.Environment()},
	} {
		if _, err := os.Stat(filepath.Join(folder, layer.tests)); err != nil {
			continue
		}
		folders := []string{layer.tests}
		if engine == emulator.OpenTofuEngine {
			folders = apart(t, folder, layer.tests)
		}
		for _, tests := range folders {
			ran += runTests(t, newEngine(t, engine, folder, layer.environment), tests)
		}
	}
	if ran == 0 {
		t.Error("no run block passed: the module has no tests")
	}
}

// runTests runs the tests of a module in one of its folders and returns how many passed, which is 0 when any failed.
func runTests(t *testing.T, tf terraform, folder string) int {
	tf.run(t, "init", "-input=false", "-no-color", "-test-directory="+folder)
	output, err := tf.try("test", "-no-color", "-test-directory="+folder)
	// Each run is a subtest, so that it counts for the promise in its name.
	for _, run := range testRuns(output) {
		t.Run(run.name, func(t *testing.T) {
			if run.result != "pass" {
				t.Error(run.result)
			}
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Log(output)
	return passedRuns(output)
}

// apart puts each file of tests into a folder of its own, with the one that OpenTofu takes in its place: OpenTofu 1.12 lets the
// overrides of one file act in the next, so that a file could pass by what another says.
func apart(t *testing.T, module, tests string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(module, tests, "*.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	var folders []string
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		base := filepath.Base(name)
		folder := tests + "-" + base[:strings.Index(base, ".")]
		if !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
		if err := os.MkdirAll(filepath.Join(module, folder), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(module, folder, base), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folders
}

// TestModulesExamples hands the examples of the modules to terraform validate, each as a module of one configuration: one
// init and one provider for all. Of a module without the folder examples it takes those of the README.
func TestModulesExamples(t *testing.T) {
	folder := t.TempDir()
	counts := writeExamples(t, folder, modules.Names(), "")
	for _, name := range modules.Names() {
		if counts[name] == 0 {
			t.Errorf("modules/%s has no example", name)
		}
	}
	tf := newTerraform(t, folder, emulator.Environment("http://127.0.0.1:1"))
	tf.run(t, "init", "-input=false", "-no-color")
	tf.run(t, "validate", "-no-color")
}

// TestModulesExamplesFire: an example that is not complete does not pass.
func TestModulesExamplesFire(t *testing.T) {
	folder := t.TempDir()
	counts := writeExamples(t, folder, []string{"secret"}, "\noutput \"gone\" {\n  value = module.secret_stripe_key.gone\n}\n")
	if counts["secret"] == 0 || len(counts) != 1 {
		t.Errorf("examples found: %v", counts)
	}
	tf := newTerraform(t, folder, emulator.Environment("http://127.0.0.1:1"))
	tf.run(t, "init", "-input=false", "-no-color")
	if _, err := tf.try("validate", "-no-color"); err == nil || !strings.Contains(err.Error(), "gone") {
		t.Errorf("an output that no module has is accepted: %v", err)
	}
}

var exampleBlock = regexp.MustCompile("(?ms)^```hcl\n(.*?)^```$")

// writeExamples copies the modules into a folder, with what follows behind each example of some of them, and writes a root module
// that calls these examples. It returns how many there are of each module.
func writeExamples(t *testing.T, folder string, names []string, suffix string) map[string]int {
	t.Helper()
	copied := filepath.Join(folder, "modules")
	copyFolder(t, filepath.Join(repository, "modules"), copied)
	root, counts := "", map[string]int{}
	for _, name := range names {
		examples := filepath.Join(copied, name, "examples")
		if _, err := os.Stat(examples); err != nil {
			for number, block := range exampleBlock.FindAllStringSubmatch(string(modules.Files()[name]["README.md"]), -1) {
				text := strings.ReplaceAll(block[1], `"./modules/`, `"../../../`)
				writeFile(t, filepath.Join(examples, strconv.Itoa(number+1), "main.tf"), text)
			}
		}
		files, err := filepath.Glob(filepath.Join(examples, "*", "main.tf"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			writeFile(t, file, string(content)+suffix)
			example := filepath.Base(filepath.Dir(file))
			root += "module \"" + name + "-" + example + "\" {\n  source = \"./modules/" + name + "/examples/" + example + "\"\n}\n"
			counts[name]++
		}
	}
	writeFile(t, filepath.Join(folder, "main.tf"), root)
	return counts
}

func writeFile(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// testRun is a run block and what terraform test says of it: pass, fail, skip or error.
type testRun struct{ name, result string }

var testRunLine = regexp.MustCompile(`(?m)^ *run "([^"]+)"\.\.\. (\w+)$`)

// testRuns reads the lines `run "name"... pass` of terraform test.
func testRuns(output string) []testRun {
	var runs []testRun
	for _, match := range testRunLine.FindAllStringSubmatch(output, -1) {
		runs = append(runs, testRun{match[1], match[2]})
	}
	return runs
}

func TestModulesTestRuns(t *testing.T) {
	output := "tests/x.tftest.hcl... in progress\n  run \"n1_a\"... pass\n  run \"b\"... fail\n  run \"c\"... skip\ntests/x.tftest.hcl... fail\n\nFailure! 1 passed, 1 failed, 1 skipped.\n"
	if got, want := testRuns(output), []testRun{{"n1_a", "pass"}, {"b", "fail"}, {"c", "skip"}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// passedRuns reads the last line of terraform test, "Success! 7 passed, 0 failed.", which it also prints, with zeros,
// when there was nothing to test.
func passedRuns(output string) int {
	_, line, _ := strings.Cut(output, "Success! ")
	number, _, _ := strings.Cut(line, " passed, 0 failed.\n")
	passed, err := strconv.Atoi(number)
	if err != nil {
		return 0
	}
	return passed
}

func TestModulesPassedRuns(t *testing.T) {
	for output, want := range map[string]int{
		"run \"x\"... pass\n\nSuccess! 7 passed, 0 failed.\n": 7,
		"\nSuccess! 0 passed, 0 failed.\n":                    0,
		"Success! 3 passed, 0 failed, 2 skipped.\n":           0,
		"": 0,
	} {
		if got := passedRuns(output); got != want {
			t.Errorf("%q: got %d, want %d", output, got, want)
		}
	}
}

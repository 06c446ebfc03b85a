//go:build validate

package release_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// action is action.yml.
type action struct {
	Name        string            `yaml:"name"`
	Description string            `yaml:"description"`
	Branding    map[string]string `yaml:"branding"`
	Inputs      map[string]struct {
		Description string  `yaml:"description"`
		Required    bool    `yaml:"required"`
		Default     *string `yaml:"default"`
	} `yaml:"inputs"`
	Outputs map[string]struct {
		Description string `yaml:"description"`
		Value       string `yaml:"value"`
	} `yaml:"outputs"`
	Runs struct {
		Using string       `yaml:"using"`
		Steps []actionStep `yaml:"steps"`
	} `yaml:"runs"`
}

type actionStep struct {
	ID    string            `yaml:"id"`
	If    string            `yaml:"if"`
	Shell string            `yaml:"shell"`
	Env   map[string]string `yaml:"env"`
	Run   string            `yaml:"run"`
}

// runner does what a runner does with a composite action on Linux.
type runner struct {
	action action
	inputs map[string]string
	temp   string
}

var input = regexp.MustCompile(`\$\{\{ inputs\.([a-z-]+) \}\}`)

// do runs all steps; the outputs are those of the step that ran last.
func (r *runner) do(t *testing.T) (said string, outputs string, err error) {
	t.Helper()
	path := os.Getenv("PATH")
	value := func(name string) string {
		known, declared := r.action.Inputs[name]
		if !declared {
			t.Errorf("a step reads the input %s, which there is not", name)
		}
		if given, is := r.inputs[name]; is {
			return given
		}
		if known.Default == nil {
			return ""
		}
		return *known.Default
	}
	for _, step := range r.action.Runs.Steps {
		if step.Shell != "bash" || step.If != "" && step.If != "inputs.verb != ''" || strings.Contains(step.Run, "${{") {
			t.Fatalf("a step that this runner does not know: %+v", step)
		}
		if step.If != "" && value("verb") == "" {
			continue
		}
		added, written := filepath.Join(r.temp, "path"), filepath.Join(r.temp, "output")
		for _, name := range []string{added, written} {
			if err := os.WriteFile(name, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		script := filepath.Join(r.temp, "step.sh")
		if err := os.WriteFile(script, []byte(step.Run), 0o600); err != nil {
			t.Fatal(err)
		}
		root, err := filepath.Abs("../..")
		if err != nil {
			t.Fatal(err)
		}
		architecture := map[string]string{"amd64": "X64", "arm64": "ARM64"}[runtime.GOARCH]
		command := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", script)
		command.Dir = filepath.Join(r.temp, "workspace")
		command.Env = []string{"PATH=" + path, "HOME=" + r.temp, "RUNNER_OS=Linux", "RUNNER_ARCH=" + architecture, "RUNNER_TEMP=" + r.temp, "GITHUB_ACTION_PATH=" + root, "GITHUB_PATH=" + added, "GITHUB_OUTPUT=" + written}
		for name, text := range step.Env {
			command.Env = append(command.Env, name+"="+input.ReplaceAllStringFunc(text, func(expression string) string { return value(input.FindStringSubmatch(expression)[1]) }))
		}
		output, err := command.CombinedOutput()
		said += string(output)
		more, readErr := os.ReadFile(added)
		if readErr == nil && len(more) > 0 {
			path = strings.TrimSpace(string(more)) + ":" + path
		}
		if text, readErr := os.ReadFile(written); readErr == nil {
			outputs = string(text)
		}
		if err != nil {
			return said, outputs, err
		}
	}
	return said, outputs, nil
}

// releasedProgram is what a release has for this machine, built once.
var releasedProgram = sync.OnceValue(func() []byte {
	folder, err := os.MkdirTemp("", "release")
	if err != nil {
		panic(err)
	}
	defer func() {
		if err := os.RemoveAll(folder); err != nil {
			panic(err)
		}
	}()
	command := exec.Command("go", "build", "-trimpath", "-ldflags", "-X main.releaseVersion=v1.2.3", "-o", folder+"/groundplan", "./cmd/groundplan")
	command.Dir = "../.."
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := command.CombinedOutput(); err != nil {
		panic(fmt.Sprintf("%v\n%s", err, output))
	}
	content, err := os.ReadFile(folder + "/groundplan")
	if err != nil {
		panic(err)
	}
	return content
})

// packed is an archive as goreleaser makes it.
func packed(t *testing.T) []byte {
	t.Helper()
	var archive bytes.Buffer
	zipped := gzip.NewWriter(&archive)
	tarred := tar.NewWriter(zipped)
	for _, file := range []struct {
		name    string
		mode    int64
		content []byte
	}{{"README.md", 0o644, []byte("read me")}, {"groundplan", 0o755, releasedProgram()}} {
		if err := tarred.WriteHeader(&tar.Header{Name: file.name, Mode: file.mode, Size: int64(len(file.content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := tarred.Write(file.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := tarred.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}

// TestActionInstallsAndRuns runs the steps of action.yml with a release that a server of this test has.
func TestActionInstallsAndRuns(t *testing.T) {
	name := fmt.Sprintf("groundplan_1.2.3_linux_%s.tar.gz", runtime.GOARCH)
	archive := packed(t)
	checksums := fmt.Sprintf("%x  groundplan_1.2.3_darwin_arm64.tar.gz\n%x  %s\n", sha256.Sum256(nil), sha256.Sum256(archive), name)
	files := map[string][]byte{"/v1.2.3/checksums.txt": []byte(checksums), "/v1.2.3/" + name: archive, "/v1.2.4/checksums.txt": []byte(checksums), "/v1.2.4/" + strings.Replace(name, "1.2.3", "1.2.4", 1): []byte("something else")}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if content, there := files[r.URL.Path]; there {
			_, _ = w.Write(content)
			return
		}
		http.NotFound(w, r)
	}))
	defer server.Close()
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(checksums)))
	for _, test := range []struct {
		name    string
		inputs  map[string]string
		fails   bool
		says    string
		outputs string
	}{
		{"installs alone", map[string]string{}, false, "groundplan v1.2.3\n", ""},
		{"runs a verb", map[string]string{"verb": "inspect", "arguments": "--app\nthe shop\n", "working-directory": "."}, false, "orders", "exit-code=0\n"},
		{"fails where the verb says that something differs", map[string]string{"verb": "generate", "arguments": "--check", "working-directory": "the shop"}, true, "is stale", "exit-code=2\n"},
		{"passes where that is wanted", map[string]string{"verb": "generate", "arguments": "--check\r\n", "working-directory": "the shop", "passing": "0 2"}, false, "is stale", "exit-code=2\n"},
		{"fails for any other code", map[string]string{"verb": "generate", "arguments": "--gone", "passing": "0 2"}, true, "there is no flag", "exit-code=1\n"},
		{"evaluates nothing", map[string]string{"verb": "inspect", "arguments": "--app\n$(touch evaluated)`touch evaluated`;touch evaluated"}, true, "there is no folder $(touch evaluated)`touch evaluated`;touch evaluated", "exit-code=1\n"},
		{"wants the checksums that were pinned", map[string]string{"checksums": strings.Repeat("0", 64)}, true, "has the checksum " + sum, ""},
		{"wants a checksum", map[string]string{"checksums": "none"}, true, "64 hexadecimal digits", ""},
		{"wants one release", map[string]string{"version": "latest"}, true, "names one release", ""},
		{"refuses an archive that is not listed", map[string]string{"version": "v1.2.4"}, true, "does not have the checksum", ""},
		{"says what cannot be downloaded", map[string]string{"version": "v9.9.9"}, true, "cannot be downloaded", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var a action
			readYAML(t, "action.yml", &a)
			for name, declared := range a.Inputs {
				if declared.Required == (declared.Default != nil) || declared.Description == "" {
					t.Errorf("the input %s is neither required nor has a default, or is not described", name)
				}
			}
			r := runner{action: a, temp: t.TempDir(), inputs: map[string]string{"version": "v1.2.3", "checksums": sum, "releases": server.URL}}
			for name, value := range test.inputs {
				r.inputs[name] = value
			}
			if err := os.CopyFS(filepath.Join(r.temp, "workspace", "the shop"), os.DirFS("../../fixtures/shop")); err != nil {
				t.Fatal(err)
			}
			said, outputs, err := r.do(t)
			if (err != nil) != test.fails || !strings.Contains(said, test.says) || outputs != test.outputs {
				t.Errorf("%v, outputs %q:\n%s", err, outputs, said)
			}
			if found, _ := filepath.Glob(filepath.Join(r.temp, "*", "evaluated")); len(found) > 0 {
				t.Error("an argument was evaluated")
			}
		})
	}
}

// TestActionHandsInputsOverAsVariables: an input in a script would be code.
func TestActionHandsInputsOverAsVariables(t *testing.T) {
	var a action
	readYAML(t, "action.yml", &a)
	used := map[string]bool{}
	for _, step := range a.Runs.Steps {
		for _, text := range step.Env {
			for _, found := range input.FindAllStringSubmatch(text, -1) {
				used[found[1]] = true
			}
		}
	}
	for name := range a.Inputs {
		if !used[name] {
			t.Errorf("nothing reads the input %s", name)
		}
	}
}

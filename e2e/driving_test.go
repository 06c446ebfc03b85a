//go:build validate

package e2e_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/emulator"
)

// driven is an application whose environment groundplan itself works on, as a process, with its state in a bucket of an emulator.
type driven struct {
	cloud       *emulator.Cloud
	program     string
	app         string
	temporary   string // where the process puts what is temporary
	environment []string
}

const (
	stateBucket = "hello-state"
	// secretKey is whom the emulator believes, as everybody: a secret that must turn up nowhere.
	secretKey = "correct-horse-battery-staple"
)

const drivenSettings = `environment "staging" {
  region = "us-east-1"
  type   = "development"

  state {
    bucket = "` + stateBucket + `"
    region = "us-east-1"
  }
}
`

// drive generates the code of an application and makes the bucket for its state.
func drive(t *testing.T, engine emulator.Engine) *driven {
	t.Helper()
	cloud := startEmulator(t, account)
	d := &driven{cloud: cloud, program: filepath.Join(t.TempDir(), "groundplan"), app: filepath.Join(t.TempDir(), "hello"), temporary: t.TempDir()}
	build := exec.Command("go", "build", "-o", d.program, "../cmd/groundplan")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	copyFolder(t, filepath.Join(repository, "fixtures", "hello"), d.app)
	if err := os.WriteFile(filepath.Join(d.app, "groundplan.hcl"), []byte(drivenSettings), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := cloud.Send(t.Context(), http.MethodPut, "/"+stateBucket, nil, ""); err != nil {
		t.Fatal(err)
	}
	tools, err := filepath.Abs(filepath.Join(repository, ".tools", "bin"))
	if err != nil {
		t.Fatal(err)
	}
	settings, err := emulator.Tool(map[emulator.Engine]string{emulator.TerraformEngine: "terraform.rc", emulator.OpenTofuEngine: "opentofu.rc"}[engine])
	if err != nil {
		t.Fatal(err)
	}
	d.environment = append(cloud.Environment(), "PATH="+tools+":/usr/bin:/bin", "HOME="+t.TempDir(), "TMPDIR="+d.temporary,
		"TF_CLI_CONFIG_FILE="+settings, "CHECKPOINT_DISABLE=1", "AWS_SECRET_ACCESS_KEY="+secretKey)
	if _, stderr, code := d.run(t, "generate"); code != 0 {
		t.Fatalf("generate: code %d\n%s", code, stderr)
	}
	return d
}

// command is groundplan with arguments.
func (d *driven) command(ctx context.Context, arguments ...string) (*exec.Cmd, *emulator.Messages, *emulator.Messages) {
	command := exec.CommandContext(ctx, d.program, arguments...)
	command.Dir, command.Env = d.app, d.environment
	stdout, stderr := &emulator.Messages{}, &emulator.Messages{}
	command.Stdout, command.Stderr = stdout, stderr
	return command, stdout, stderr
}

// run runs groundplan to its end.
func (d *driven) run(t *testing.T, arguments ...string) (stdout, stderr string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	start := time.Now()
	command, out, said := d.command(ctx, arguments...)
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	t.Logf("%s %5.1f s", arguments[0], time.Since(start).Seconds())
	return out.String(), said.String(), command.ProcessState.ExitCode()
}

// clean fails when anything temporary is left, or when a secret is in a file or in what was printed.
func (d *driven) clean(t *testing.T, printed ...string) {
	t.Helper()
	for _, folder := range []string{d.app, d.temporary} {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return err
			}
			text, err := os.ReadFile(path)
			if bytes.Contains(text, []byte(secretKey)) {
				t.Errorf("a secret is in %s", path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range printed {
		if strings.Contains(text, secretKey) {
			t.Errorf("a secret is printed:\n%s", text)
		}
	}
	left, err := filepath.Glob(filepath.Join(d.temporary, "groundplan-*-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left in the folder for what is temporary: %v, %v", left, err)
	}
}

// locked reports whether somebody holds the lock of the platform's state.
func (d *driven) locked(t *testing.T) bool {
	t.Helper()
	listed, err := d.cloud.Send(t.Context(), http.MethodGet, "/"+stateBucket, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(listed, ".tflock")
}

// TestPlanFromNothing plans both stacks of an environment that has nothing yet, saves the plan, and is interrupted in the next one.
func TestPlanFromNothing(t *testing.T) {
	t.Parallel()
	d := drive(t, emulator.TerraformEngine)
	file := filepath.Join(d.app, "saved.plan")
	stdout, stderr, code := d.run(t, "plan", "--image-tag", "v1", "--out", file)
	if code != 2 {
		t.Fatalf("code %d\n%s%s", code, stdout, stderr)
	}
	for _, want := range []string{"platform   ", "network", "\nservices   no plan yet: platform does not exist yet", "service hello", "hello"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%q is not in\n%s", want, stdout)
		}
	}
	for _, want := range []string{
		"groundplan: terraform version\n", "groundplan: terraform -chdir=infra/staging/platform init -input=false -json\n",
		"groundplan: terraform -chdir=infra/staging/platform plan -input=false -json -detailed-exitcode -out=" + d.temporary,
		"groundplan: saved the plan in " + file,
	} {
		if !strings.Contains(stderr, want) {
			t.Errorf("%q is not in\n%s", want, stderr)
		}
	}
	if info, err := os.Stat(file); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	t.Logf("\n%s", stdout)
	d.searchArchive(t, file)
	d.clean(t, stdout, stderr)
	if d.locked(t) {
		t.Error("the state is locked")
	}
	d.interrupt(t)
	d.kill(t)
}

// searchArchive looks for a secret in what a saved plan holds.
func (d *driven) searchArchive(t *testing.T, file string) {
	t.Helper()
	packed, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	for _, member := range packed.File {
		reader, err := member.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte(secretKey)) {
			t.Errorf("a secret is in %s of %s", member.Name, file)
		}
	}
}

// planning is a plan that holds the lock of the state.
func (d *driven) planning(t *testing.T) (*exec.Cmd, *emulator.Messages) {
	t.Helper()
	command, _, stderr := d.command(t.Context(), "plan")
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(5 * time.Minute); !d.locked(t); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it never locks the state\n%s", stderr)
		}
	}
	return command, stderr
}

// kill kills a plan once it holds the lock of the state: terraform goes on without it, and releases the lock.
func (d *driven) kill(t *testing.T) {
	t.Helper()
	command, stderr := d.planning(t)
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	command.Wait()
	for end := time.Now().Add(5 * time.Minute); d.locked(t); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("a killed plan leaves the state locked\n%s", stderr)
		}
	}
}

// interrupt interrupts a plan once it holds the lock of the state.
func (d *driven) interrupt(t *testing.T) {
	t.Helper()
	command, stderr := d.planning(t)
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	err := command.Wait()
	if command.ProcessState.ExitCode() != 1 {
		t.Errorf("%v\n%s", err, stderr)
	}
	for _, want := range []string{
		"groundplan: interrupted; waiting for terraform plan to stop and to release the lock of the state. A second interrupt kills it\n",
		"groundplan: interrupted; terraform has stopped in good order, and nothing is locked\n",
	} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("%q is not in\n%s", want, stderr)
		}
	}
	if d.locked(t) {
		t.Error("an interrupted plan leaves the state locked")
	}
	d.clean(t, stderr.String())
}

// TestPlanByOpenTofu is the same code planned by OpenTofu.
func TestPlanByOpenTofu(t *testing.T) {
	t.Parallel()
	d := drive(t, emulator.OpenTofuEngine)
	stdout, stderr, code := d.run(t, "plan", "--stack", "platform", "--engine", "tofu", "--format", "markdown")
	if code != 2 || !strings.Contains(stdout, "<summary><b>platform</b>: ") || !strings.Contains(stderr, "groundplan: tofu -chdir=infra/staging/platform plan ") {
		t.Errorf("code %d\n%s%s", code, stdout, stderr)
	}
	d.clean(t, stdout, stderr)
}

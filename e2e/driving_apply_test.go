//go:build validate

package e2e_test

import (
	"bytes"
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

// greetingsSource gives hello what people have to see to between its stacks: a secret, and a cache with a user.
const greetingsSource = `package hello

import (
	"context"

	"encore.dev/storage/cache"
)

var secrets struct {
	Salutation string
}

var greetings = cache.NewCluster("greetings", cache.ClusterConfig{})

var counts = cache.NewIntKeyspace[string](greetings, cache.KeyspaceConfig{KeyPattern: "count/:key"})

//encore:api public method=GET path=/counts/:who
func Count(ctx context.Context, who string) error {
	_, err := counts.Increment(ctx, who+secrets.Salutation, 1)
	return err
}
`

// salutation is the value of a secret, which must turn up nowhere but in Secrets Manager.
const salutation = "dear-sir-or-madam-7f3a91"

// applying is a driven application with what an apply needs.
type applying struct {
	*driven
	aws     *caller
	secrets []string
	printed strings.Builder
}

// expect runs groundplan, holds its exit code and its words against what is wanted, and keeps them for the search for secrets.
func (a *applying) expect(t *testing.T, code int, parts []string, arguments ...string) string {
	t.Helper()
	stdout, stderr, got := a.run(t, arguments...)
	a.printed.WriteString(stdout + stderr)
	if got != code {
		t.Fatalf("groundplan %s: code %d, not %d\n%s%s", strings.Join(arguments, " "), got, code, stdout, stderr)
	}
	for _, part := range parts {
		if !strings.Contains(stdout+stderr, part) {
			t.Errorf("groundplan %s does not say %q:\n%s%s", strings.Join(arguments, " "), part, stdout, stderr)
		}
	}
	return stdout + stderr
}

// push puts an image into the registry, as far as the emulator looks into it.
func (a *applying) push(t *testing.T, tag string) {
	t.Helper()
	a.aws.call(t, anybody, "ecr", "PutImage", map[string]any{
		"repositoryName": "hello-staging", "imageTag": tag,
		"imageManifest": `{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{"digest":"sha256:` + tag + `"},"layers":[]}`,
	})
}

// TestApplyFromNothing leads an environment from nothing to services that run, as a pipeline does: interrupted on the way, stopped by what is
// missing, and going on each time by the command that it named; then applies a saved plan, once.
func TestApplyFromNothing(t *testing.T) {
	t.Parallel()
	a := &applying{driven: drive(t, emulator.TerraformEngine)}
	a.aws = startCaller(t, a.cloud)
	writeFile(t, filepath.Join(a.app, "hello", "greetings.go"), greetingsSource)
	a.expect(t, 0, nil, "generate")

	a.expect(t, 1, []string{
		"network", "services   no plan yet: platform does not exist yet", "there is no terminal to ask at",
		`hint: --yes answers "Apply platform to account ` + account + `, us-east-1?" with yes`,
	}, "apply")
	if holds := a.stored(t, "platform.tfstate"); holds {
		t.Error("something was applied before anybody agreed")
	}
	t.Run("an interrupt leaves nothing locked, and the command that it names goes on", func(t *testing.T) { a.interruptApply(t) })
	a.expect(t, 1, []string{
		"groundplan: applied platform in ", "cache users: hello of cache greetings has its password now",
		"secret Salutation is missing, and hello does not start without it", "hint: groundplan secret set Salutation --env staging",
		"lacks v1", "encore build docker ", `--push "` + account + `.dkr.ecr.us-east-1.amazonaws.com/hello-staging:v1"`,
		"hint: then go on: groundplan apply --image-tag v1 --yes\n",
	}, "apply", "--image-tag", "v1", "--yes")
	if a.stored(t, "services.tfstate") {
		t.Error("services were applied without what they need")
	}
	a.giveSecret(t)
	a.push(t, "v1")
	a.expect(t, 0, []string{"platform   nothing to do", "groundplan: applied services in "}, "apply", "--image-tag", "v1", "--yes")
	a.expect(t, 0, []string{"groundplan: nothing to do"}, "apply")
	a.savedPlan(t)
	a.nowhere(t)
}

// interruptApply interrupts an apply once it makes something.
func (a *applying) interruptApply(t *testing.T) {
	command, stdout, stderr := a.command(t.Context(), "apply", "--image-tag", "v1", "--yes")
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(5 * time.Minute); !strings.Contains(stderr.String(), "network: creating"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it makes nothing\n%s", stderr)
		}
	}
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	err := command.Wait()
	a.printed.WriteString(stdout.String() + stderr.String())
	if command.ProcessState.ExitCode() != 1 {
		t.Errorf("%v\n%s", err, stderr)
	}
	for _, want := range []string{
		"groundplan: interrupted; waiting for terraform apply to stop", "interrupted; terraform has stopped in good order, and nothing is locked",
		"groundplan: not begun of platform: ", "hint: go on: groundplan apply --image-tag v1 --yes\n",
	} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("%q is not in\n%s", want, stderr)
		}
	}
	if a.locked(t) {
		t.Error("an interrupted apply leaves the state locked")
	}
}

// giveSecret gives the secret its value, and finds out the one that Secrets Manager drew.
func (a *applying) giveSecret(t *testing.T) {
	t.Helper()
	command, stdout, stderr := a.command(t.Context(), "secret", "set", "Salutation", "--file", "-")
	command.Stdin = strings.NewReader(salutation)
	if err := command.Run(); err != nil {
		t.Fatalf("%v\n%s%s", err, stdout, stderr)
	}
	a.printed.WriteString(stdout.String() + stderr.String())
	a.secrets = []string{secretKey, salutation}
	for _, listed := range at(t, a.aws.call(t, anybody, "secretsmanager", "ListSecrets", map[string]any{}), "SecretList").([]any) {
		name := listed.(map[string]any)["Name"].(string)
		if value, failure := a.aws.try(t, anybody, "secretsmanager", "GetSecretValue", map[string]any{"SecretId": name}); failure == nil {
			a.secrets = append(a.secrets, value["SecretString"].(string))
		}
	}
	if len(a.secrets) < 4 {
		t.Errorf("only %d secrets have values", len(a.secrets))
	}
}

// savedPlan applies a plan that was saved before, and finds it refused the second time, when the state has gone on.
func (a *applying) savedPlan(t *testing.T) {
	t.Helper()
	file := filepath.Join(a.app, "approved.plan")
	a.push(t, "v2")
	a.expect(t, 2, nil, "plan", "--image-tag", "v2", "--out", file)
	a.search(t, a.app)
	a.expect(t, 0, []string{"groundplan: applied services in "}, "apply", "--plan", file)
	said := a.expect(t, 3, []string{"refused: the state of services has changed since it was planned", "hint: make another"}, "apply", "--plan", file)
	if strings.Contains(said, "terraform -chdir=infra/staging/services apply") {
		t.Errorf("it was applied all the same:\n%s", said)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
}

// stored reports whether the bucket has an object of that name.
func (a *applying) stored(t *testing.T, name string) bool {
	t.Helper()
	listed, err := a.cloud.Send(t.Context(), http.MethodGet, "/"+stateBucket, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(listed, name+"<")
}

// nowhere fails when a secret is in anything that was printed or left behind, the states included.
func (a *applying) nowhere(t *testing.T) {
	t.Helper()
	a.clean(t, a.printed.String())
	for _, stack := range []string{"platform", "services"} {
		pull := exec.CommandContext(t.Context(), filepath.Join(repository, ".tools", "bin", "terraform"), "-chdir="+filepath.Join(a.app, "infra", "staging", stack), "state", "pull")
		pull.Env = a.environment
		state, err := pull.Output()
		if err != nil || !bytes.Contains(state, []byte("lineage")) {
			t.Errorf("state of %s: %v", stack, err)
		}
		a.printed.Write(state)
	}
	for _, secret := range a.secrets {
		if strings.Contains(a.printed.String(), secret) {
			t.Errorf("a secret is in what was printed, or in a state: %s", secret)
		}
	}
	a.search(t, a.app)
	a.search(t, a.temporary)
}

// search searches files for secrets, those in plans included.
func (a *applying) search(t *testing.T, folder string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || strings.Contains(path, "/providers/") {
			return err
		}
		if strings.HasSuffix(path, ".plan") {
			a.searchArchive(t, path, a.secrets...)
		}
		text, err := os.ReadFile(path)
		for _, secret := range a.secrets {
			if bytes.Contains(text, []byte(secret)) {
				t.Errorf("a secret is in %s: %s", path, secret)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

//go:build validate

package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	tfjson "github.com/hashicorp/terraform-json"
)

// terraform runs the real program in one folder.
type terraform struct {
	binary      string
	folder      string
	environment []string
}

// newTerraform runs in folder, with the provider tools/setup found and nothing of the caller's own settings:
// credentials, plugin caches and TF_ variables of a developer's shell must not decide what a test says.
func newTerraform(t testing.TB, folder string, extra []string) terraform {
	t.Helper()
	environment := []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + t.TempDir(),
		"TMPDIR=" + os.TempDir(),
		"TF_CLI_CONFIG_FILE=" + tool(t, "terraform.rc"),
		"TF_IN_AUTOMATION=1",
		"CHECKPOINT_DISABLE=1",
	}
	return terraform{binary: tool(t, "bin", "terraform"), folder: folder, environment: append(environment, extra...)}
}

// try runs one terraform command and returns what it wrote to standard output; the error holds both streams.
func (tf terraform) try(arguments ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, tf.binary, arguments...)
	command.Dir = tf.folder
	command.Env = tf.environment
	// An interrupted terraform stops its provider; a killed one leaves it running.
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 30 * time.Second
	var output strings.Builder
	both := &messages{}
	command.Stdout = io.MultiWriter(&output, both)
	command.Stderr = both
	if err := command.Run(); err != nil {
		return output.String(), fmt.Errorf("terraform %s: %w\n%s", strings.Join(arguments, " "), err, both)
	}
	return output.String(), nil
}

// run is try for a command that must succeed; it logs how long the command took.
func (tf terraform) run(t testing.TB, arguments ...string) string {
	t.Helper()
	start := time.Now()
	output, err := tf.try(arguments...)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("terraform %-8s %5.1f s", arguments[0], time.Since(start).Seconds())
	return output
}

// plan plans what is in the folder and returns the plan as terraform itself describes it, with that description's text.
func (tf terraform) plan(t testing.TB, arguments ...string) (*tfjson.Plan, string) {
	t.Helper()
	tf.run(t, append([]string{"plan", "-input=false", "-no-color", "-lock=false", "-out=saved.tfplan"}, arguments...)...)
	text := tf.run(t, "show", "-json", "saved.tfplan")
	plan := &tfjson.Plan{}
	if err := json.Unmarshal([]byte(text), plan); err != nil {
		t.Fatal(err)
	}
	return plan, text
}

package emulator

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	tfjson "github.com/hashicorp/terraform-json"
)

// Terraform runs the real program in one folder.
type Terraform struct {
	binary      string
	folder      string
	environment []string
}

// NewTerraform runs in folder, with the provider that tools/setup found and nothing of the caller's own settings: credentials,
// plugin caches and TF_ variables of a developer's shell must not decide what comes out. Home is a folder for what the program
// keeps between runs.
func NewTerraform(folder, home string, extra []string) (Terraform, error) {
	settings, err := Tool("terraform.rc")
	if err != nil {
		return Terraform{}, err
	}
	binary, err := Tool("bin", "terraform")
	if err != nil {
		return Terraform{}, err
	}
	environment := []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + home,
		"TMPDIR=" + os.TempDir(),
		"TF_CLI_CONFIG_FILE=" + settings,
		"TF_IN_AUTOMATION=1",
		"CHECKPOINT_DISABLE=1",
	}
	return Terraform{binary: binary, folder: folder, environment: append(environment, extra...)}, nil
}

// Run runs one command and returns what it wrote to standard output; the error holds both streams.
func (tf Terraform) Run(ctx context.Context, arguments ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, tf.binary, arguments...)
	command.Dir = tf.folder
	command.Env = tf.environment
	// An interrupted terraform stops its provider; a killed one leaves it running.
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 30 * time.Second
	var output strings.Builder
	both := &Messages{}
	command.Stdout = io.MultiWriter(&output, both)
	command.Stderr = both
	if err := command.Run(); err != nil {
		return output.String(), fmt.Errorf("terraform %s: %w\n%s", strings.Join(arguments, " "), err, both)
	}
	return output.String(), nil
}

// Plan plans what is in the folder into saved.tfplan and returns the plan as terraform itself describes it, with that
// description's text.
func (tf Terraform) Plan(ctx context.Context, arguments ...string) (*tfjson.Plan, string, error) {
	if _, err := tf.Run(ctx, append([]string{"plan", "-input=false", "-no-color", "-lock=false", "-out=saved.tfplan"}, arguments...)...); err != nil {
		return nil, "", err
	}
	text, err := tf.Run(ctx, "show", "-json", "saved.tfplan")
	if err != nil {
		return nil, "", err
	}
	plan := &tfjson.Plan{}
	if err := json.Unmarshal([]byte(text), plan); err != nil {
		return nil, "", fmt.Errorf("terraform show: %w", err)
	}
	return plan, text, nil
}

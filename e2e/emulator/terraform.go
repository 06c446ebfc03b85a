package emulator

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"

	tfjson "github.com/hashicorp/terraform-json"
)

// Engine is a program that runs Terraform code, which tools/setup and tools/opentofu put under .tools.
type Engine struct {
	binary, settings string
}

// The engines that generated code is for. They read the same code and keep their states in the same form; each has a registry
// of its own, so that a provider has another name in each.
var (
	TerraformEngine = Engine{binary: "terraform", settings: "terraform.rc"}
	OpenTofuEngine  = Engine{binary: "tofu", settings: "opentofu.rc"}
)

// LowestVariable names the environment variable that makes OpenTofu the lowest version that generated code admits, for whoever
// built it with `make lowest`.
const LowestVariable = "OPENTOFU_LOWEST"

func (e Engine) String() string { return e.binary }

// path is where the engine's program is.
func (e Engine) path() (string, error) {
	name := e.binary
	if e == OpenTofuEngine && os.Getenv(LowestVariable) != "" {
		name += "-lowest"
	}
	return Tool("bin", name)
}

// Terraform runs an engine in one folder.
type Terraform struct {
	engine      Engine
	binary      string
	folder      string
	environment []string
	alone       bool // starts the provider itself
}

// Folder is where it runs.
func (tf Terraform) Folder() string { return tf.folder }

// Alone is the same one, but starts the provider itself, as it does on a user's machine.
func (tf Terraform) Alone() Terraform {
	tf.alone = true
	return tf
}

// NewTerraform runs terraform itself in folder.
func NewTerraform(folder, home string, extra []string) (Terraform, error) {
	return TerraformEngine.In(folder, home, extra)
}

// In runs an engine in folder, with the provider that tools/setup found and nothing of the caller's own settings: credentials,
// plugin caches and TF_ variables of a developer's shell must not decide what comes out. Home is a folder for what the program
// keeps between runs.
func (e Engine) In(folder, home string, extra []string) (Terraform, error) {
	settings, err := Tool(e.settings)
	if err != nil {
		return Terraform{}, err
	}
	binary, err := e.path()
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
	return Terraform{engine: e, binary: binary, folder: folder, environment: append(environment, extra...)}, nil
}

// attaches are the commands that ask the provider something and are told of one that runs, see provider.go.
var attaches = []string{"validate", "plan", "apply", "destroy", "show", "test"}

// Run runs one command and returns what it wrote to standard output; the error holds both streams. A warning about the code is
// a failure: whoever runs generated code would read it each time.
func (tf Terraform) Run(ctx context.Context, arguments ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Minute)
	defer cancel()
	environment := tf.environment
	if !tf.alone && slices.Contains(attaches, arguments[0]) {
		reattach, detach, err := attachProvider(tf.folder, environment)
		if err != nil {
			return "", fmt.Errorf("%s %s: %w", tf.engine, arguments[0], err)
		}
		defer detach()
		environment = slices.Concat(environment, reattach)
	}
	command := exec.CommandContext(ctx, tf.binary, arguments...)
	command.Dir = tf.folder
	command.Env = environment
	// An interrupted terraform stops its provider; a killed one leaves it running.
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 30 * time.Second
	var output strings.Builder
	both := &Messages{}
	command.Stdout = io.MultiWriter(&output, both)
	command.Stderr = both
	if err := command.Run(); err != nil {
		return output.String(), fmt.Errorf("%s %s: %w\n%s", tf.engine, strings.Join(arguments, " "), err, both)
	}
	if found := Warnings(both.String()); len(found) > 0 && slices.Contains([]string{"init", "validate", "plan", "apply"}, arguments[0]) {
		return output.String(), fmt.Errorf("%s %s warns of %s\n%s", tf.engine, arguments[0], strings.Join(found, ", "), both)
	}
	return output.String(), nil
}

// expected are warnings that say nothing of the code: a lock file made from an unpacked provider holds its hashes for this
// platform alone, and what is forgotten on purpose is named as such.
var expected = []string{
	"Incomplete lock file information for providers",
	"Some objects will no longer be managed by Terraform",
	"Some objects will no longer be managed by OpenTofu",
}

var warning = regexp.MustCompile(`(?m)^(?:│ )?Warning: (.*)$`)

// Warnings are the headings of the warnings in what an engine wrote, without the expected ones.
func Warnings(output string) []string {
	var found []string
	for _, match := range warning.FindAllStringSubmatch(output, -1) {
		if !slices.Contains(expected, match[1]) {
			found = append(found, match[1])
		}
	}
	return found
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
	plan, err := ReadPlan(text)
	return plan, text, err
}

// ReadPlan reads a plan as an engine describes it. OpenTofu 1.11 lists among the changes what is opened for the time of a run
// alone, which changes nothing; no other engine does.
func ReadPlan(text string) (*tfjson.Plan, error) {
	plan := &tfjson.Plan{}
	if err := json.Unmarshal([]byte(text), plan); err != nil {
		return nil, fmt.Errorf("description of a plan: %w", err)
	}
	plan.ResourceChanges = slices.DeleteFunc(plan.ResourceChanges, func(change *tfjson.ResourceChange) bool { return change.Mode == "ephemeral" })
	return plan, nil
}

// Package engine runs terraform, or tofu, which reads the same code and has the same commands: in one folder, one command at a
// time. Every command is printed before it runs, as a line that can be copied into a shell. What the program says comes back as
// data: plans and states as it describes them, what it does meanwhile as events, what it refuses as diagnostics.
//
// It starts the program itself, where terraform-exec would: a command that holds the lock of a state has to outlive whoever
// started it. terraform-exec has Linux kill terraform when its parent dies, which leaves resources in no state behind and the
// lock held; elsewhere it leaves terraform in the terminal's process group, so that an interrupt reaches it twice and stops it
// the hard way; and it takes TF_WORKSPACE and TF_LOG away from people. What terraform writes to while it holds a lock is a file,
// never a pipe, since a write to a broken pipe would end it too.
//
// The environment of the caller is that of the program: TF_CLI_ARGS, TF_CLI_ARGS_plan, TF_VAR_name, TF_WORKSPACE, TF_LOG,
// TF_PLUGIN_CACHE_DIR and all others work as they do without groundplan.
package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// The engines, by the name of their program.
const (
	Terraform = "terraform"
	OpenTofu  = "tofu"
)

// Lowest is the lowest version of either that generated code admits.
const Lowest = "1.11"

// LockFile is what init keeps the providers' versions in, beside the code.
const LockFile = ".terraform.lock.hcl"

// Engine is a program that runs Terraform code.
type Engine struct {
	// Name is Terraform or OpenTofu, whatever the file is called.
	Name string
	// Path is how a shell starts it: the name of what is on PATH, or the path that was asked for.
	Path    string
	Version string
	// talk is where commands are printed to.
	talk io.Writer
}

// MissingError is why there is no engine, with what to do about it.
type MissingError struct {
	Message string
	Hints   []string
}

func (m *MissingError) Error() string { return m.Message }

// Find finds an engine: one that is asked for, "terraform", "tofu" or the path of a program, or for "" the one on PATH. Where
// both are, it is the one whose registry the providers of one of the folders come from, and otherwise terraform: a state is
// best kept to one of them. Commands, this one's included, are printed to talk.
func Find(ctx context.Context, asked string, folders []string, talk io.Writer) (*Engine, error) {
	path := asked
	if path == "" {
		var err error
		if path, err = onPath(folders); err != nil {
			return nil, err
		}
	}
	e := &Engine{Path: path, talk: talk}
	if _, err := exec.LookPath(path); err != nil {
		return nil, notFound(path, err)
	}
	version, err := e.run(ctx, command{arguments: []string{"version"}, environment: []string{"CHECKPOINT_DISABLE=1"}}) // no news of newer ones is wanted
	var failed *FailedError
	if errors.As(err, &failed) {
		return nil, &MissingError{fmt.Sprintf("%s does not say its version: %v", path, err), []string{"name another program: --engine terraform, --engine tofu, --engine PATH"}}
	}
	if err != nil {
		return nil, err
	}
	if e.Name, e.Version, err = readVersion(path, string(version.output)); err != nil {
		return nil, err
	}
	return e, nil
}

// onPath chooses among what is on PATH.
func onPath(folders []string) (string, error) {
	terraform, tofu := there(Terraform), there(OpenTofu)
	switch {
	case !terraform && !tofu:
		return "", &MissingError{"there is neither terraform nor tofu on PATH", []string{
			"install one: https://developer.hashicorp.com/terraform/install or https://opentofu.org/docs/intro/install",
			"or say where it is: --engine PATH",
		}}
	case !terraform:
		return OpenTofu, nil
	case !tofu:
		return Terraform, nil
	}
	for _, folder := range folders {
		if name := registryOf(folder); name != "" {
			return name, nil
		}
	}
	return Terraform, nil
}

// there reports whether a program is on PATH.
func there(name string) bool {
	_, err := exec.LookPath(name)
	return err == nil
}

// registryOf is the engine whose registry the providers of a folder come from, "" where that is not decided.
func registryOf(folder string) string {
	text, err := os.ReadFile(filepath.Join(folder, LockFile))
	if err != nil {
		return ""
	}
	hashicorp := strings.Contains(string(text), `provider "registry.terraform.io/`)
	opentofu := strings.Contains(string(text), `provider "registry.opentofu.org/`)
	switch {
	case opentofu && !hashicorp:
		return OpenTofu
	case hashicorp && !opentofu:
		return Terraform
	}
	return ""
}

func notFound(path string, err error) error {
	if errors.Is(err, exec.ErrNotFound) && !strings.ContainsRune(path, filepath.Separator) {
		return &MissingError{fmt.Sprintf("there is no %s on PATH", path), []string{"install it, or say where it is: --engine PATH"}}
	}
	var cause *exec.Error
	if errors.As(err, &cause) {
		err = cause.Err
	}
	return &MissingError{fmt.Sprintf("%s cannot be run: %v", path, err), []string{"name another program: --engine terraform, --engine tofu, --engine PATH"}}
}

// readVersion reads what `terraform version` prints. It may be preceded by warnings about its configuration.
func readVersion(path, text string) (name, version string, err error) {
	match := regexp.MustCompile(`(?m)^(Terraform|OpenTofu) v(\S+)$`).FindStringSubmatch(text)
	if match == nil {
		return "", "", &MissingError{fmt.Sprintf("%s is neither terraform nor tofu: it says no version that either has", path),
			[]string{"name another program: --engine terraform, --engine tofu, --engine PATH"}}
	}
	name = Terraform
	if match[1] == "OpenTofu" {
		name = OpenTofu
	}
	if version = match[2]; older(version, Lowest) {
		return "", "", &MissingError{fmt.Sprintf("%s is %s %s, and the generated code needs %s or newer", path, match[1], version, Lowest),
			[]string{"install a newer one, or name another program: --engine terraform, --engine tofu, --engine PATH"}}
	}
	return name, version, nil
}

// older reports whether a version comes before another, by the first two numbers.
func older(version, than string) bool {
	first, second := numbers(version), numbers(than)
	if first[0] != second[0] {
		return first[0] < second[0]
	}
	return first[1] < second[1]
}

// numbers are the first two of a version.
func numbers(version string) [2]int {
	var found [2]int
	for i, part := range strings.SplitN(version, ".", 3) {
		if i < len(found) {
			found[i], _ = strconv.Atoi(part) // what is no number is older than any
		}
	}
	return found
}

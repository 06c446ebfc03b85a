// Command plans records the plans under terraform/guard/testdata anew: what the real terraform plans, against the emulator, of
// small stacks that call the modules, and of an application to which somebody adds a topic. Run it after another version of the
// provider, and after a change of a module that a test of plans is about: go run ./e2e/plans, which needs what tools/setup
// installs. Names of recordings as arguments record only these.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/groundplan/groundplan/e2e/emulator"
	"github.com/groundplan/groundplan/modules"
)

func main() {
	if err := record(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "plans:", err)
		os.Exit(1)
	}
}

func record(ctx context.Context, only []string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	repository, err := emulator.Repository()
	if err != nil {
		return err
	}
	to := filepath.Join(repository, "terraform", "guard", "testdata")
	// All at once: what takes time is the provider, which waits for servers.
	done := make(chan error)
	for _, stack := range stacks {
		go func() { done <- recordStack(ctx, stack, to, only) }()
	}
	go func() { done <- recordShop(ctx, to, only) }()
	for range len(stacks) + 1 {
		err = errors.Join(err, <-done)
	}
	return err
}

// recordVersion keeps which version of the provider a folder runs with: a plan does not say.
func recordVersion(ctx context.Context, tf emulator.Terraform, to string) error {
	text, err := tf.Run(ctx, "version", "-json")
	if err != nil {
		return err
	}
	var version struct {
		Providers map[string]string `json:"provider_selections"`
	}
	if err := json.Unmarshal([]byte(text), &version); err != nil {
		return err
	}
	for name, version := range version.Providers {
		if strings.HasSuffix(name, "/hashicorp/aws") {
			return os.WriteFile(filepath.Join(to, "provider-version"), []byte(version+"\n"), 0o644)
		}
	}
	return fmt.Errorf("terraform names no AWS provider: %s", text)
}

// recordStack applies a small stack to an account of its own, and records what each edit of it comes to.
func recordStack(ctx context.Context, stack smallStack, to string, only []string) (err error) {
	edits := slices.DeleteFunc(slices.Clone(stack.edits), func(e stackEdit) bool {
		return len(only) > 0 && !slices.Contains(only, stack.name+"-"+e.name)
	})
	if len(edits) == 0 {
		return nil
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s: %w", stack.name, err)
		}
	}()
	root, err := os.MkdirTemp("", "plans-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(root)) }()
	if err := write(root, stack.name, to); err != nil {
		return err
	}
	cloud, err := emulator.Start(ctx, emulator.Options{})
	if err != nil {
		return err
	}
	defer cloud.Close()
	folder := filepath.Join(root, stack.name)
	tf, err := emulator.NewTerraform(folder, root, cloud.Environment())
	if err != nil {
		return err
	}
	if _, err := tf.Run(ctx, "init", "-input=false", "-no-color"); err != nil {
		return err
	}
	if err := recordVersion(ctx, tf, to); err != nil {
		return err
	}
	if err := recordPlan(ctx, tf, filepath.Join(to, stack.name+"-create.json")); err != nil {
		return err
	}
	if _, err := tf.Run(ctx, "apply", "-input=false", "-no-color", "-lock=false", "-parallelism=60", "saved.tfplan"); err != nil {
		return fmt.Errorf("%w\nthe emulator said:\n%s", err, cloud.Messages())
	}
	for _, edit := range edits {
		if err := edit.make(root, folder); err != nil {
			return fmt.Errorf("%s: %w", edit.name, err)
		}
		// A module call under another name is one that terraform does not know yet.
		if _, err := tf.Run(ctx, "init", "-input=false", "-no-color"); err != nil {
			return fmt.Errorf("%s: %w", edit.name, err)
		}
		if err := recordPlan(ctx, tf, filepath.Join(to, stack.name+"-"+edit.name+".json"), edit.arguments...); err != nil {
			return fmt.Errorf("%s: %w", edit.name, err)
		}
		if err := write(root, stack.name, to); err != nil {
			return err
		}
	}
	return nil
}

// write puts the stack and the modules into a folder as they are in the repository.
func write(root, name, from string) error {
	content, err := os.ReadFile(filepath.Join(from, "stacks", name, "main.tf"))
	if err != nil {
		return err
	}
	files := map[string][]byte{filepath.Join(name, "main.tf"): content}
	for module, contents := range modules.Files() {
		for file, content := range contents {
			files[filepath.Join("modules", module, filepath.FromSlash(file))] = content
		}
	}
	for file, content := range files {
		path := filepath.Join(root, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// make replaces texts in files of the stack, or of the modules as somebody may edit them.
func (e stackEdit) make(root, folder string) error {
	for _, change := range e.changes {
		file := filepath.Join(folder, "main.tf")
		if change.file != "" {
			file = filepath.Join(root, "modules", filepath.FromSlash(change.file))
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if !strings.Contains(string(content), change.old) {
			return fmt.Errorf("%s does not say %q", file, change.old)
		}
		if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(content), change.old, change.new)), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// recordPlan plans and writes the plan as terraform describes it.
func recordPlan(ctx context.Context, tf emulator.Terraform, file string, arguments ...string) error {
	_, text, err := tf.Plan(ctx, arguments...)
	if err != nil {
		return err
	}
	content, err := recording(text)
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d bytes of %d\n", filepath.Base(file), len(content), len(text))
	return os.WriteFile(file, content, 0o644)
}

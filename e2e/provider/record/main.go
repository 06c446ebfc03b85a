// Command record writes the tables of e2e/provider/testdata anew, for the types that the modules and the golden stacks use: of
// the provider that runs here from itself, and of the next major version from bindings that the npm registry holds. It needs
// what tools/setup installs, and the npm registry.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/groundplan/groundplan/e2e/emulator"
	"github.com/groundplan/groundplan/e2e/provider"
)

// bindings is the package that holds what provider.Next has.
const bindings = "@cdktn/provider-aws@25.7.0"

func main() {
	if err := record(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "record:", err)
		os.Exit(1)
	}
}

func record(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	repository, err := emulator.Repository()
	if err != nil {
		return err
	}
	folders, err := provider.Folders(repository)
	if err != nil {
		return err
	}
	uses, err := provider.Uses(folders...)
	if err != nil {
		return err
	}
	wanted := provider.Declarations(uses)
	scratch, err := os.MkdirTemp("", "record-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()

	present, err := provider.Installed(ctx, scratch, wanted)
	if err != nil {
		return err
	}
	if err := write(repository, provider.Present, present, "AWS provider "+provider.Present+`, the types that modules and golden stacks use: names and types, as the provider tells them.
		Made by "make schemas".`); err != nil {
		return err
	}
	later, err := packed(ctx, scratch, wanted)
	if err != nil {
		return err
	}
	later.Complete(present)
	return write(repository, provider.Next, later, "AWS provider "+provider.Next+", the types that modules and golden stacks use: names and types, read from "+bindings+` (MPL-2.0),
		whose authors make it from the schema of the provider. Made by "make schemas".`)
}

// packed reads the bindings out of the archive that npm fetches.
func packed(ctx context.Context, scratch string, wanted []string) (provider.Table, error) {
	command := exec.CommandContext(ctx, "npm", "pack", "--silent", bindings)
	command.Dir, command.Stderr = scratch, os.Stderr
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("npm pack %s: %w", bindings, err)
	}
	archive, err := os.Open(filepath.Join(scratch, strings.TrimSpace(string(output))))
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	return provider.ReadBindings(archive, wanted)
}

func write(repository, version string, table provider.Table, heading string) error {
	var text bytes.Buffer
	if err := table.Write(&text, heading); err != nil {
		return err
	}
	return os.WriteFile(provider.File(repository, version), text.Bytes(), 0o644)
}

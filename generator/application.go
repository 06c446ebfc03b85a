package generator

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/environment"
)

// Options say what to generate from and for.
type Options struct {
	// Root is the application's folder.
	Root string
	// Out is the output folder: its lock is read, and its source is not taken for the application's.
	Out string
	// Environment, unless empty, must be one of the environments of groundplan.hcl.
	Environment string
}

// FromSource reads the application and its settings, and generates. With errors among the diagnostics the output is
// nil. The error is the machine's.
func FromSource(options Options) (*Output, []environment.Environment, hcl.Diagnostics, error) {
	application, diags, err := Read(options.Root, ignored(options)...)
	if err != nil {
		return nil, nil, diags, err
	}
	settings, more, err := readSettings(options.Root)
	diags = append(diags, more...)
	if err != nil || diags.HasErrors() || application == nil {
		return nil, nil, diags, err
	}
	environments, more := environment.Resolve(settings, application)
	diags = append(diags, more...)
	if diags.HasErrors() {
		return nil, nil, diags, nil
	}
	if more := known(options.Environment, settings); more != nil {
		return nil, nil, append(diags, more), nil
	}
	previous, err := ReadLock(options.Out)
	if err != nil {
		return nil, nil, diags, err
	}
	output, more := Generate(application, environments, previous)
	diags = append(diags, more...)
	if diags.HasErrors() {
		return nil, nil, diags, nil
	}
	return output, environments, diags, nil
}

// ignored is the output folder when it lies inside the application.
func ignored(options Options) []string {
	root, err := filepath.Abs(options.Root)
	if err != nil {
		return nil
	}
	out, err := filepath.Abs(options.Out)
	if err != nil {
		return nil
	}
	relative, err := filepath.Rel(root, out)
	if err != nil || !filepath.IsLocal(relative) || relative == "." {
		return nil
	}
	return []string{filepath.ToSlash(relative)}
}

// readSettings reads groundplan.hcl beside the application; the defaults where there is none.
func readSettings(root string) (*environment.File, hcl.Diagnostics, error) {
	text, err := os.ReadFile(filepath.Join(root, environment.Filename))
	if errors.Is(err, fs.ErrNotExist) {
		return environment.Default(), nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	file, diags := environment.Parse(environment.Filename, text)
	return file, diags, nil
}

func known(name string, settings *environment.File) *hcl.Diagnostic {
	names := settings.EnvironmentNames()
	for _, n := range names {
		if name == "" || n == name {
			return nil
		}
	}
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Unknown environment",
		Detail: fmt.Sprintf("There is no environment %q.\nhint: %s declares %q", name, environment.Filename, names)}
}

package golang

import (
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/hashicorp/hcl/v2"
	"golang.org/x/mod/modfile"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
)

// readModulePath returns the module path of root's go.mod, under which the application's packages import each other.
func readModulePath(root string) (string, hcl.Diagnostics, error) {
	text, problem, err := source.ReadMarkless(root, "go.mod", "the go command")
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil, fmt.Errorf("an Encore Go application has a go.mod beside encore.app, %s has none: %w", root, err)
	}
	if err != nil {
		return "", nil, fmt.Errorf("read go.mod: %w", err)
	}
	if problem != nil {
		return "", hcl.Diagnostics{problem}, nil
	}
	module := modfile.ModulePath(text)
	if module == "" {
		return "", hcl.Diagnostics{diagnostic.Error(source.TextRange("go.mod", text, 0, 0), "Invalid go.mod", "start it with a line such as module encore.app", "The file names no module.")}, nil
	}
	return path.Clean(module), nil, nil
}

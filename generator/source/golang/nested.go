package golang

import (
	"fmt"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"golang.org/x/mod/modfile"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/encoreapp"
	"github.com/groundplan/groundplan/generator/source/golang/folder"
)

// checkNested warns of applications in the application, and reports what Encore's parser finds in a folder with a go.mod
// of its own that the application's module does not require: the Go compiler does not find it there, so that the image
// does not build.
func checkNested(root, module string, nested folder.Nested, result *source.Application) (hcl.Diagnostics, error) {
	diags := encoreapp.CheckNested(nested.Applications)
	for _, dir := range nested.Modules {
		at, what := foundIn(result, dir)
		if what == "" {
			continue
		}
		required, err := requiresModule(root, module, dir)
		if err != nil {
			return nil, err
		}
		if !required {
			diags = append(diags, diagnostic.Error(at, "Part of the application in another module",
				fmt.Sprintf("remove %s/go.mod, or move the folder out of the application's", dir),
				"Encore reads the folder %s as a part of this application and finds %s there, but its go.mod makes it a module of its own, in which the compiler does not look for %s.",
				dir, what, path.Join(module, dir)))
		}
	}
	return diags, nil
}

// inModule reports whether a diagnostic stands in the module that another one is about.
func inModule(d, of *hcl.Diagnostic, modules []string) bool {
	for _, dir := range modules {
		if strings.HasPrefix(of.Subject.Filename, dir+"/") {
			return d.Subject != nil && strings.HasPrefix(d.Subject.Filename, dir+"/")
		}
	}
	return false
}

// foundIn is the first endpoint, service or resource that stands in a folder or below it; "" when there is none.
func foundIn(result *source.Application, dir string) (at hcl.Range, what string) {
	within := func(at hcl.Range) bool { return strings.HasPrefix(at.Filename, dir+"/") }
	for _, s := range result.Services {
		if within(s.At) {
			return s.At, fmt.Sprintf("the service %q", s.Name)
		}
	}
	for _, e := range result.Endpoints {
		if within(e.At) {
			return e.At, fmt.Sprintf("the endpoint %s", e.Name)
		}
	}
	for _, d := range result.Decls {
		if within(d.At) {
			return d.At, fmt.Sprintf("the %s %q", d.Kind, d.Name)
		}
	}
	return hcl.Range{}, ""
}

// requiresModule reports whether the application's go.mod requires the module in a folder below it under the path that
// Encore gives its packages.
func requiresModule(root, module, dir string) (bool, error) {
	text, err := source.ReadPlain(root, path.Join(dir, "go.mod"))
	if err != nil {
		return false, fmt.Errorf("read go.mod: %w", err)
	}
	own := modfile.ModulePath(text)
	if own != path.Join(module, dir) {
		return false, nil
	}
	text, err = source.ReadPlain(root, "go.mod")
	if err != nil {
		return false, fmt.Errorf("read go.mod: %w", err)
	}
	file, err := modfile.ParseLax("go.mod", text, nil)
	if err != nil {
		return false, fmt.Errorf("parse go.mod: %w", err)
	}
	for _, require := range file.Require {
		if require.Mod.Path == own {
			return true, nil
		}
	}
	return false, nil
}

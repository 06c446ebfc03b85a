// Package golang reads Encore applications in Go.
//
// golang.go finds the folders, package.go and what it calls turn each package into facts (decl, directive, endpoint,
// reference, walk, literal, types), link.go and the rest resolve references between packages (resource, service, uses),
// part*.go say which code leads where, load.go what packages do while they load.
//
// The package is a large one: the second phase works on the facts of the first, and nobody else may see these.
package golang

import (
	"cmp"
	"errors"
	"fmt"
	"go/build"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/parallel"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/encoreapp"
)

// Read reads the Encore Go application in root.
//
// The spellings say what declares and uses each kind of resource. The folders in ignore, slash separated and relative
// to root, are not read: the reader needs no output of ours.
//
// It works in two phases, so that no syntax tree outlives its package. The first, in parallel, turns each package into
// facts: what it declares, and every reference that could lead to something declared elsewhere. The second knows all
// packages and resolves the references. There is no type checker: Encore's own rules are about names, and a name that
// a local variable shadows is not followed.
//
// The diagnostics are those that need the syntax: what is not a literal or stands in the wrong place, invalid
// references, directives, signatures, service boundaries. Rules over settings belong to the kinds. The error is the
// machine's: a folder that cannot be read, or holds no Encore Go application.
func Read(root string, spellings []source.GoSpelling, ignore ...string) (*source.Application, hcl.Diagnostics, error) {
	encore, diags, err := encoreapp.Read(root)
	if err != nil {
		return nil, nil, err
	}
	module, moduleDiags, err := readModulePath(root)
	if err != nil {
		return nil, nil, err
	}
	diags = append(diags, moduleDiags...)
	if diags.HasErrors() {
		return nil, diags, nil
	}
	dirs, nested, err := findGoDirs(root, ignore)
	if err != nil {
		return nil, nil, err
	}
	language := newGoLanguage(module, spellings)
	packages, err := readGoPackages(root, language, dirs)
	if err != nil {
		return nil, nil, err
	}

	linker := newGoLinker(root, language, packages)
	result, linkDiags, err := linker.link()
	if err != nil {
		return nil, nil, err
	}
	result.Runtime = app.EncoreGo
	result.ID, result.CORS, result.ProcessPerService, result.IDAt = encore.ID, encore.CORS, encore.ProcessPerService, encore.IDAt
	broken := false
	for _, p := range packages {
		diags = append(diags, p.diags...)
		broken = broken || p.broken
	}
	// A file that does not parse takes its declarations with it; errors about what is missing would only mislead.
	if !broken {
		diags = append(diags, linkDiags...)
	}
	nestedDiags, err := checkNestedGo(root, module, nested, result)
	if err != nil {
		return nil, nil, err
	}
	// What else is wrong in another module follows from its being there: it is often a copy, and everything in it is there twice.
	diags = slices.DeleteFunc(diags, func(d *hcl.Diagnostic) bool {
		return d.Severity == hcl.DiagError && slices.ContainsFunc(nestedDiags, func(n *hcl.Diagnostic) bool { return n.Severity == hcl.DiagError && inModule(d, n, nested.modules) })
	})
	diags = append(append(diags, nestedDiags...), checkOutsideGo(root, linker)...)
	diagnostic.Sort(diags)
	return result, diags, nil
}

// goDir is a folder with Go files.
type goDir struct {
	path  string // relative to the root, slashes
	files []string
	// subdirs are the names of its folders.
	subdirs []string
}

// findGoDirs lists the folders with Go files, in order. It does not enter hidden folders and node_modules, as Encore does
// not, nor vendor, whose packages no application can import by their path. nested are the folders with a go.mod or an
// encore.app of their own: Encore takes no notice of those.
func findGoDirs(root string, ignore []string) (dirs []goDir, nested nestedRoots, err error) {
	var walk func(dir string) error
	walk = func(dir string) error {
		entries, err := os.ReadDir(filepath.Join(root, filepath.FromSlash(dir)))
		if err != nil {
			return fmt.Errorf("read folder: %w", err)
		}
		found := goDir{path: dir}
		for _, entry := range entries {
			name := entry.Name()
			switch {
			case entry.IsDir():
				found.subdirs = append(found.subdirs, name)
			case dir != "." && name == "go.mod":
				nested.modules = append(nested.modules, dir)
			case dir != "." && name == encoreapp.Filename:
				nested.applications = append(nested.applications, dir)
			case source.IsGoSource(name):
				found.files = append(found.files, name)
			}
		}
		if len(found.files) > 0 {
			dirs = append(dirs, found)
		}
		for _, name := range found.subdirs {
			if sub := path.Join(dir, name); !isForeignDir(name) && !slices.Contains(ignore, sub) {
				if err := walk(sub); err != nil {
					return err
				}
			}
		}
		return nil
	}
	err = walk(".")
	return dirs, nested, err
}

func isForeignDir(name string) bool {
	return name[0] == '.' || strings.EqualFold(name, "node_modules") || name == "vendor"
}

// goBuildContext is what Encore builds for by default, whatever machine groundplan runs on.
func goBuildContext() build.Context {
	context := build.Default
	context.GOOS, context.GOARCH, context.CgoEnabled = "linux", "amd64", true
	context.BuildTags = []string{"encore", "encore_internal", "encore_app"}
	return context
}

// readGoPackages runs the first phase. The result is in the order of dirs; folders Encore passes over are left out.
func readGoPackages(root string, language *goLanguage, dirs []goDir) ([]*goPackage, error) {
	packages := make([]*goPackage, len(dirs))
	failures := make([]error, len(dirs))
	parallel.EachBy(len(dirs), func() func(int) {
		reader := goPackageReader{root: root, language: language, build: goBuildContext()}
		return func(i int) { packages[i], failures[i] = reader.read(dirs[i]) }
	})
	if err := errors.Join(failures...); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(packages, func(p *goPackage) bool { return p == nil }), nil
}

// goLanguage is the table of spellings, indexed for the reader.
type goLanguage struct {
	module    string
	spellings []source.GoSpelling
	// calls are the functions of the framework that mean something, by import path and name.
	calls map[string]map[string]goFunction
	// constants are the framework's and the standard library's named constants, by import path and name.
	constants map[string]map[string]source.Value
}

// goFunction is the role of a framework function.
type goFunction struct {
	role     goRole
	spelling int16 // index into goLanguage.spellings
}

type goRole uint8

const (
	roleNone goRole = iota
	roleConstructor
	roleNamed
	roleRef
	roleImplicit
	roleConfigLoad
	roleMethodHandler
	// roleTestTool looks at a resource in tests: Encore permits it anywhere, and it does nothing to what runs.
	roleTestTool
)

const configPackage = "encore.dev/config"

// The units of time are in nanoseconds, as in the standard library.
var goTimeConstants = map[string]source.Value{
	"Nanosecond":  {Kind: source.Int, Int: 1},
	"Microsecond": {Kind: source.Int, Int: 1e3},
	"Millisecond": {Kind: source.Int, Int: 1e6},
	"Second":      {Kind: source.Int, Int: 1e9},
	"Minute":      {Kind: source.Int, Int: 60e9},
	"Hour":        {Kind: source.Int, Int: 3600e9},
}

func newGoLanguage(module string, spellings []source.GoSpelling) *goLanguage {
	language := &goLanguage{
		module:    module,
		spellings: slices.Clone(spellings),
		calls: map[string]map[string]goFunction{
			configPackage:   {"Load": {role: roleConfigLoad}},
			"encore.dev/et": {"Topic": {role: roleTestTool}},
		},
		constants: map[string]map[string]source.Value{"time": goTimeConstants},
	}
	for i := range language.spellings {
		s := &language.spellings[i]
		s.Noun = cmp.Or(s.Noun, s.Kind)
		if s.Package == "" {
			continue
		}
		calls, constants := language.calls[s.Package], language.constants[s.Package]
		if calls == nil {
			calls, constants = make(map[string]goFunction), make(map[string]source.Value)
			language.calls[s.Package], language.constants[s.Package] = calls, constants
		}
		for _, name := range s.Constructors {
			calls[name] = goFunction{roleConstructor, int16(i)}
		}
		for _, name := range s.ImplicitFuncs {
			calls[name] = goFunction{roleImplicit, int16(i)}
		}
		for name, role := range map[string]goRole{s.Named: roleNamed, s.Ref: roleRef, s.MethodHandler: roleMethodHandler} {
			if name != "" {
				calls[name] = goFunction{role, int16(i)}
			}
		}
		for name, value := range s.Constants {
			constants[name] = value
		}
	}
	return language
}

// appDir returns the folder of an import path of the application itself.
func (l *goLanguage) appDir(importPath string) (string, bool) {
	if importPath == l.module {
		return ".", true
	}
	if rest, ok := strings.CutPrefix(importPath, l.module+"/"); ok {
		return path.Clean(rest), true
	}
	return "", false
}

package source

import (
	"cmp"
	"errors"
	"fmt"
	"go/build"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/parallel"
)

// Go reads the Encore Go application in root.
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
func Go(root string, spellings []GoSpelling, ignore ...string) (*Application, hcl.Diagnostics, error) {
	app, diags, err := ReadEncoreApp(root)
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
	result.ID, result.Language, result.CORS, result.ProcessPerService, result.IDAt = app.ID, "go", app.CORS, app.ProcessPerService, app.IDAt
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
	sortDiagnostics(diags)
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
			case dir != "." && name == encoreAppFile:
				nested.applications = append(nested.applications, dir)
			case isGoSource(name):
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

// isGoSource says whether Encore reads the file by its name: not tests, not its own generated code.
func isGoSource(name string) bool {
	return strings.HasSuffix(name, ".go") && name[0] != '.' && name[0] != '_' &&
		!strings.HasSuffix(name, "_test.go") && !strings.Contains(name, "encore.gen.go")
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
	spellings []GoSpelling
	// calls are the functions of the framework that mean something, by import path and name.
	calls map[string]map[string]goFunction
	// constants are the framework's and the standard library's named constants, by import path and name.
	constants map[string]map[string]Value
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
var goTimeConstants = map[string]Value{
	"Nanosecond":  {Kind: Int, Int: 1},
	"Microsecond": {Kind: Int, Int: 1e3},
	"Millisecond": {Kind: Int, Int: 1e6},
	"Second":      {Kind: Int, Int: 1e9},
	"Minute":      {Kind: Int, Int: 60e9},
	"Hour":        {Kind: Int, Int: 3600e9},
}

func newGoLanguage(module string, spellings []GoSpelling) *goLanguage {
	language := &goLanguage{
		module:    module,
		spellings: slices.Clone(spellings),
		calls: map[string]map[string]goFunction{
			configPackage:   {"Load": {role: roleConfigLoad}},
			"encore.dev/et": {"Topic": {role: roleTestTool}},
		},
		constants: map[string]map[string]Value{"time": goTimeConstants},
	}
	for i := range language.spellings {
		s := &language.spellings[i]
		s.Noun = cmp.Or(s.Noun, s.Kind)
		if s.Package == "" {
			continue
		}
		calls, constants := language.calls[s.Package], language.constants[s.Package]
		if calls == nil {
			calls, constants = make(map[string]goFunction), make(map[string]Value)
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

func sortDiagnostics(diags hcl.Diagnostics) {
	slices.SortStableFunc(diags, func(a, b *hcl.Diagnostic) int {
		if a.Subject == nil || b.Subject == nil {
			return cmp.Compare(boolToInt(a.Subject != nil), boolToInt(b.Subject != nil))
		}
		return compareRanges(*a.Subject, *b.Subject)
	})
}

func boolToInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func compareRanges(a, b hcl.Range) int {
	return cmp.Or(cmp.Compare(a.Filename, b.Filename), cmp.Compare(a.Start.Byte, b.Start.Byte), cmp.Compare(a.End.Byte, b.End.Byte))
}

// readDirectory lists a folder's files; a folder that does not exist has none.
func readDirectory(root, dir string) (names []string, err error) {
	entries, err := os.ReadDir(filepath.Join(root, filepath.FromSlash(dir)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		info, statErr := os.Stat(filepath.Join(root, filepath.FromSlash(dir)))
		if statErr == nil && !info.IsDir() {
			return nil, nil
		}
		return nil, fmt.Errorf("read folder: %w", err)
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}

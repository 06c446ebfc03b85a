// Package typescript reads Encore applications in TypeScript, from the syntax trees of the package syntax.
//
// typescript.go finds the files, module.go and what it calls turn each into facts (declaration, endpoint, name, value,
// literal, walk, part), resolve.go finds the file an import means, link.go and the rest resolve references between files
// (follow, uses), load*.go find what modules do while they load.
//
// The package is a large one: the second phase works on the facts of the first, and nobody else may see these.
package typescript

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/parallel"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/encoreapp"
)

// Read reads the Encore TypeScript application in root.
//
// The spellings say what declares and uses each kind of resource. The folders in ignore, slash separated and relative
// to root, are not read: the reader needs no output of ours.
//
// It works in two phases, so that no syntax tree outlives its file. The first, in parallel, turns each file into facts:
// what it imports, exports and declares, and every reference that could lead to something declared elsewhere. The
// second knows all files, follows imports and exports between them and resolves the references. There is no type
// checker: Encore's own rules are about names, and only the type arguments of references with permissions matter.
//
// The diagnostics are those that need the syntax: what is not a literal or stands in the wrong place, invalid
// references, service boundaries. Rules over settings belong to the kinds. The error is the machine's.
func Read(root string, spellings []source.TypeScriptSpelling, ignore ...string) (*source.Application, hcl.Diagnostics, error) {
	encore, diags, err := encoreapp.Read(root)
	if err != nil {
		return nil, nil, err
	}
	if diags.HasErrors() {
		return nil, diags, nil
	}
	absolute, err := filepath.Abs(root)
	if err != nil {
		return nil, nil, fmt.Errorf("find the application's folder: %w", err)
	}
	result, more, err := readTypeScript(rootFS(root), absolute, spellings, ignore)
	if err != nil {
		return nil, nil, err
	}
	result.Runtime = app.EncoreTypeScript
	result.ID, result.CORS, result.ProcessPerService, result.IDAt = encore.ID, encore.CORS, encore.ProcessPerService, encore.IDAt
	diags = append(diags, more...)
	diagnostic.Sort(diags)
	return result, diags, nil
}

// readTypeScript reads the files of an application. root is its folder, after which a service in it is called.
func readTypeScript(files fs.FS, root string, spellings []source.TypeScriptSpelling, ignore []string) (*source.Application, hcl.Diagnostics, error) {
	tree, err := findTSFiles(files, ignore)
	if err != nil {
		return nil, nil, err
	}
	tree.followLinks(root)
	language := newTSLanguage(spellings)
	resolver, err := newTSResolver(files, tree)
	if err != nil {
		return nil, nil, err
	}
	modules, err := readTSModules(files, language, resolver, tree.roots)
	if err != nil {
		return nil, nil, err
	}
	linker := newTSLinker(filepath.Base(root), language, modules)
	linker.files, linker.resolver = files, resolver
	result := linker.link()
	diags := append(encoreapp.CheckNested(tree.applications), checkOutsideTS(root, language, resolver, modules)...)
	broken := false
	for _, m := range modules {
		diags = append(diags, m.diags...)
		broken = broken || m.broken
	}
	// A file that cannot be read takes its declarations with it; errors about what is missing would only mislead.
	if !broken {
		diags = append(diags, linker.diags...)
	}
	diagnostic.Sort(diags)
	return result, diags, nil
}

// tsTree is what stands in the application's folder.
type tsTree struct {
	// files are all files of the tree that can be modules, packages the folders with a package.json.
	files    map[string]bool
	packages []string
	// roots are the files Encore reads whether anybody imports them or not.
	roots []string
	// applications are the folders below the root with an encore.app of their own.
	applications []string
	// linked are the symbolic links, links where those lead that lead into the tree.
	linked []string
	links  map[string]string
}

// findTSFiles lists the files, by Encore's rules: it enters no hidden folder, no dependencies, no generated code and no
// tests. The folders in ignore are left out as well.
func findTSFiles(files fs.FS, ignore []string) (*tsTree, error) {
	tree := &tsTree{files: make(map[string]bool), links: make(map[string]string)}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("read folder: %w", err)
		}
		base := path.Base(name)
		switch {
		case entry.IsDir() && name != "." && (source.IsForeignTypeScript(base) || slices.Contains(ignore, name)):
			return fs.SkipDir
		case base == encoreapp.Filename && name != base && !entry.IsDir():
			tree.applications = append(tree.applications, path.Dir(name))
		case base == encoreapp.PackageFile:
			tree.packages = append(tree.packages, path.Dir(name))
		case entry.Type()&fs.ModeSymlink != 0 && !source.IsForeignTypeScript(base):
			tree.linked = append(tree.linked, name)
		case !entry.Type().IsRegular() || source.IsForeignTypeScript(base):
		case slices.Contains(source.TypeScriptExtensions, path.Ext(base)):
			tree.files[name] = true
			if path.Ext(base) == ".ts" {
				tree.roots = append(tree.roots, name)
			}
		}
		return nil
	})
	return tree, err
}

// readTSModules runs the first phase over the roots, and then over whatever else they import. The result is in order
// of path.
func readTSModules(files fs.FS, language *tsLanguage, resolver *tsResolver, roots []string) ([]*tsModule, error) {
	var all []*tsModule
	known := make(map[string]bool)
	for _, name := range roots {
		known[name] = true
	}
	for len(roots) > 0 {
		modules, err := readTSFiles(files, language, resolver, roots)
		if err != nil {
			return nil, err
		}
		all = append(all, modules...)
		roots = nil
		for _, m := range modules {
			for _, imported := range m.imports {
				if name := imported.module; name != "" && !known[name] {
					known[name] = true
					roots = append(roots, name)
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b *tsModule) int { return cmp.Compare(a.path, b.path) })
	return all, nil
}

func readTSFiles(files fs.FS, language *tsLanguage, resolver *tsResolver, names []string) ([]*tsModule, error) {
	modules := make([]*tsModule, len(names))
	failures := make([]error, len(names))
	parallel.Each(len(names), func(i int) {
		text, err := fs.ReadFile(files, names[i])
		if err != nil {
			failures[i] = fmt.Errorf("read source: %w", err)
			return
		}
		modules[i] = readTSModule(language, resolver, names[i], string(source.Plain(text)))
	})
	return modules, errors.Join(failures...)
}

// tsLanguage is the table of spellings, indexed for the reader.
type tsLanguage struct {
	spellings []source.TypeScriptSpelling
	// names are the names of the framework that mean something, by module and name.
	names map[string]map[string]tsFramework
	// permissions are the names of the framework that a type argument of a narrowing can be made of, by module and name.
	permissions map[string]map[string][]tsPermission
}

// tsPermission is what one name permits on one kind.
type tsPermission struct {
	spelling   int16
	operations []string
}

// tsFramework is the role of a name of the framework.
type tsFramework struct {
	role     tsRole
	spelling int16 // index into tsLanguage.spellings
	name     string
}

type tsRole uint8

const (
	tsNoRole tsRole = iota
	tsConstructor
	tsService
	tsEndpoint
	tsGateway
	tsAuthHandler
	tsMiddleware
)

// clientsModule is the generated module with a client of each service.
const clientsModule = "~encore/clients"

func newTSLanguage(spellings []source.TypeScriptSpelling) *tsLanguage {
	language := &tsLanguage{
		spellings: slices.Clone(spellings),
		names: map[string]map[string]tsFramework{
			"encore.dev/api": {
				"api": {role: tsEndpoint, name: "api"}, "Gateway": {role: tsGateway, name: "Gateway"},
				"middleware": {role: tsMiddleware, name: "middleware"},
			},
			"encore.dev/auth":    {"authHandler": {role: tsAuthHandler, name: "authHandler"}},
			"encore.dev/service": {"Service": {role: tsService, name: "Service"}},
		},
		permissions: make(map[string]map[string][]tsPermission),
	}
	for i := range language.spellings {
		s := &language.spellings[i]
		s.Noun = cmp.Or(s.Noun, s.Kind)
		if language.names[s.Module] == nil {
			language.names[s.Module] = make(map[string]tsFramework)
		}
		for _, name := range s.Constructors {
			language.names[s.Module][name] = tsFramework{tsConstructor, int16(i), name}
		}
		if language.permissions[s.Module] == nil {
			language.permissions[s.Module] = make(map[string][]tsPermission)
		}
		for name, operations := range s.Permissions {
			language.permissions[s.Module][name] = append(language.permissions[s.Module][name], tsPermission{int16(i), operations})
		}
	}
	return language
}

// Package typescript reads Encore applications in TypeScript.
//
// It runs two phases, and what each of its packages may know follows from that. The first turns each file into facts (packages
// syntax, vocabulary, resolution, scope, extraction), the second follows names between them and makes the lists of
// generator/source (trail, loading, linking); outside looks at what neither reads. Only facts pass from one to the other, and the
// syntax of the few files that do something while they load.
//
// This package says which files are read, and when: it must not know syntax.
package typescript

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/parallel"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/encoreapp"
	"github.com/groundplan/groundplan/generator/source/typescript/extraction"
	"github.com/groundplan/groundplan/generator/source/typescript/facts"
	"github.com/groundplan/groundplan/generator/source/typescript/linking"
	"github.com/groundplan/groundplan/generator/source/typescript/loading"
	"github.com/groundplan/groundplan/generator/source/typescript/outside"
	"github.com/groundplan/groundplan/generator/source/typescript/resolution"
	"github.com/groundplan/groundplan/generator/source/typescript/scope"
	"github.com/groundplan/groundplan/generator/source/typescript/vocabulary"
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
	result, more, err := readTypeScript(os.DirFS(root), absolute, spellings, ignore)
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
	tree, err := resolution.FindFiles(files, ignore)
	if err != nil {
		return nil, nil, err
	}
	tree.FollowLinks(root)
	language := vocabulary.New(spellings)
	resolver, err := resolution.New(files, tree)
	if err != nil {
		return nil, nil, err
	}
	modules, sources, err := readModules(files, language, resolver, tree.Roots)
	if err != nil {
		return nil, nil, err
	}
	result, unlinked := linking.Link(filepath.Base(root), language, modules, sources)
	diags := append(encoreapp.CheckNested(tree.Applications), outside.Check(root, language, resolver, modules)...)
	broken := false
	for _, m := range modules {
		diags = append(diags, m.Diags...)
		broken = broken || m.Broken
	}
	// A file that cannot be read takes its declarations with it; errors about what is missing would only mislead.
	if !broken {
		diags = append(diags, unlinked...)
	}
	diagnostic.Sort(diags)
	return result, diags, nil
}

// readModules runs the first phase over the roots, and then over whatever else they import. The result is in order
// of path, with the syntax of those files that the second phase walks.
func readModules(files fs.FS, language *vocabulary.Language, resolver *resolution.Resolver, roots []string) ([]*facts.Module, loading.Sources, error) {
	var all []*facts.Module
	sources := loading.Sources{Kept: make(map[string]*scope.File), Resolver: resolver}
	sources.Read = func(name string) *scope.File {
		file, err := readFile(files, language, resolver, name)
		if err != nil {
			return nil
		}
		return file
	}
	known := make(map[string]bool)
	for _, name := range roots {
		known[name] = true
	}
	for len(roots) > 0 {
		read, err := readFiles(files, language, resolver, roots)
		if err != nil {
			return nil, loading.Sources{}, err
		}
		roots = nil
		for _, file := range read {
			all = append(all, file.module)
			if file.kept != nil {
				sources.Kept[file.module.Path] = file.kept
			}
			for _, imported := range file.module.Imports {
				if name := imported.Module; name != "" && !known[name] {
					known[name] = true
					roots = append(roots, name)
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b *facts.Module) int { return cmp.Compare(a.Path, b.Path) })
	return all, sources, nil
}

// fileRead is what is left of a file when it was read: its facts, and its syntax when it does something while it is loaded.
type fileRead struct {
	module *facts.Module
	kept   *scope.File
}

func readFiles(files fs.FS, language *vocabulary.Language, resolver *resolution.Resolver, names []string) ([]fileRead, error) {
	read := make([]fileRead, len(names))
	failures := make([]error, len(names))
	parallel.Each(len(names), func(i int) {
		file, err := readFile(files, language, resolver, names[i])
		if err != nil {
			failures[i] = fmt.Errorf("read source: %w", err)
			return
		}
		read[i].module = file.Module
		if loading.Acts(file) {
			read[i].kept = file
		}
	})
	return read, errors.Join(failures...)
}

func readFile(files fs.FS, language *vocabulary.Language, resolver *resolution.Resolver, name string) (*scope.File, error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	return extraction.Read(language, resolver, name, string(source.Plain(text))), nil
}

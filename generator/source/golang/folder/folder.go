// Package folder finds the folders of an application and turns the files of each into facts; their syntax trees end here.
// A folder is read without a look at any other, so that all can be read at once: nothing here knows two packages.
package folder

import (
	"errors"
	"fmt"
	"go/build"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/parallel"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/encoreapp"
	"github.com/groundplan/groundplan/generator/source/golang/facts"
	"github.com/groundplan/groundplan/generator/source/golang/vocabulary"
)

// Dir is a folder with Go files, those of tests and of the framework's generators left out.
type Dir struct {
	Path  string // relative to the root, slashes
	Files []string
	// subdirs are the names of its folders.
	subdirs []string
}

// Nested are folders below the application's that look like the root of something of their own. Encore reads them as
// any other folder.
type Nested struct {
	// Modules have a go.mod, Applications an encore.app: folders relative to the root, slashes.
	Modules, Applications []string
}

// Find lists the folders with Go files, in order. It does not enter hidden folders and node_modules, as Encore does
// not, nor vendor, whose packages no application can import by their path. The nested ones are those with a go.mod or an
// encore.app of their own: Encore takes no notice of those.
func Find(root string, ignore []string) (dirs []Dir, nested Nested, err error) {
	var walk func(dir string) error
	walk = func(dir string) error {
		entries, err := os.ReadDir(filepath.Join(root, filepath.FromSlash(dir)))
		if err != nil {
			return fmt.Errorf("read folder: %w", err)
		}
		found := Dir{Path: dir}
		for _, entry := range entries {
			name := entry.Name()
			switch {
			case entry.IsDir():
				found.subdirs = append(found.subdirs, name)
			case dir != "." && name == "go.mod":
				nested.Modules = append(nested.Modules, dir)
			case dir != "." && name == encoreapp.Filename:
				nested.Applications = append(nested.Applications, dir)
			case source.IsGoSource(name):
				found.Files = append(found.Files, name)
			}
		}
		if len(found.Files) > 0 {
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

// buildContext is what Encore builds for by default, whatever machine groundplan runs on.
func buildContext() build.Context {
	context := build.Default
	context.GOOS, context.GOARCH, context.CgoEnabled = "linux", "amd64", true
	context.BuildTags = []string{"encore", "encore_internal", "encore_app"}
	return context
}

// Reader runs the first phase for one package after another; each worker has its own.
type Reader struct {
	root     string
	language *vocabulary.Table
	build    build.Context
}

// NewReader is a reader of the folders in root, which need not be the application's.
func NewReader(root string, language *vocabulary.Table) *Reader {
	return &Reader{root: root, language: language, build: buildContext()}
}

// Read runs the first phase. The result is in the order of dirs; folders Encore passes over are left out.
func Read(root string, language *vocabulary.Table, dirs []Dir) ([]*facts.Package, error) {
	packages := make([]*facts.Package, len(dirs))
	failures := make([]error, len(dirs))
	parallel.EachBy(len(dirs), func() func(int) {
		reader := NewReader(root, language)
		return func(i int) { packages[i], failures[i] = reader.Read(dirs[i]) }
	})
	if err := errors.Join(failures...); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(packages, func(p *facts.Package) bool { return p == nil }), nil
}

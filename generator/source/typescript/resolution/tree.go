package resolution

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/encoreapp"
)

// Tree is what stands in the application's folder. All names are relative to it, with slashes.
type Tree struct {
	// files are all files of the tree that can be modules, packages the folders with a package.json.
	files    map[string]bool
	packages []string
	// Roots are the files Encore reads whether anybody imports them or not.
	Roots []string
	// Applications are the folders below the root with an encore.app of their own.
	Applications []string
	// linked are the symbolic links, links where those lead that lead into the tree.
	linked []string
	links  map[string]string
}

// FindFiles lists the files of an application, by Encore's rules: it enters no hidden folder, no dependencies, no generated code and no
// tests. The folders in ignore are left out as well.
func FindFiles(files fs.FS, ignore []string) (*Tree, error) {
	tree := &Tree{files: make(map[string]bool), links: make(map[string]string)}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("read folder: %w", err)
		}
		base := path.Base(name)
		switch {
		case entry.IsDir() && name != "." && (source.IsForeignTypeScript(base) || slices.Contains(ignore, name)):
			return fs.SkipDir
		case base == encoreapp.Filename && name != base && !entry.IsDir():
			tree.Applications = append(tree.Applications, path.Dir(name))
		case base == encoreapp.PackageFile:
			tree.packages = append(tree.packages, path.Dir(name))
		case entry.Type()&fs.ModeSymlink != 0 && !source.IsForeignTypeScript(base):
			tree.linked = append(tree.linked, name)
		case !entry.Type().IsRegular() || source.IsForeignTypeScript(base):
		case slices.Contains(source.TypeScriptExtensions, path.Ext(base)):
			tree.files[name] = true
			if path.Ext(base) == ".ts" {
				tree.Roots = append(tree.Roots, name)
			}
		}
		return nil
	})
	return tree, err
}

// FollowLinks notes the symbolic links of the tree that lead to something in it (root is its folder on the disk): Node, the bundler and Encore follow them when a
// module is imported, and take it for the one at the other end.
func (t *Tree) FollowLinks(root string) {
	real := source.WithoutLinks(root)
	for _, link := range t.linked {
		if target, inside := realPath(real, link); inside {
			t.links[link] = target
			if t.files[target] {
				t.files[link] = true
			}
		}
	}
}

// unlinked is a path with the link that it goes through followed.
func (t *Tree) unlinked(name string) string {
	for dir := name; ; dir = path.Dir(dir) {
		if target, ok := t.links[dir]; ok {
			return path.Join(target, strings.TrimPrefix(name, dir))
		}
		if dir == path.Dir(dir) {
			return name // "." or, of a path of the machine, "/"
		}
	}
}

// realPath is a name inside a folder with all links followed, relative to the folder; false when it leads out of it or to nothing.
func realPath(root, name string) (string, bool) {
	real, err := filepath.EvalSymlinks(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		return "", false
	}
	relative, err := filepath.Rel(root, real)
	return filepath.ToSlash(relative), err == nil && filepath.IsLocal(relative) && fs.ValidPath(filepath.ToSlash(relative))
}

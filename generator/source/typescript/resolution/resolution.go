// Package resolution finds the files of an application in TypeScript, and the file that an import means: by the rules of Node, of
// tsconfig.json, of package.json, of workspaces and of symbolic links.
//
// It must not know what stands in a module: it reads names, paths and the files that configure them, and no TypeScript.
package resolution

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"

	"github.com/tailscale/hujson"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/encoreapp"
)

// Resolver finds the file an import means, by the rules of Node and of tsconfig.json.
type Resolver struct {
	files fs.FS
	tree  *Tree
	// aliases are the paths of the application's tsconfig.json, the one that says most first.
	aliases []alias
	// base is where bare names are looked up, "" for nowhere.
	base string
	// packages are the packages inside the application by name, and by folder.
	packages map[string]*manifest
	byDir    map[string]*manifest
}

// manifest is what a package.json says about how its modules are found.
type manifest struct {
	dir     string
	Name    string          `json:"name"`
	Main    string          `json:"main"`
	Module  string          `json:"module"`
	Types   string          `json:"types"`
	Exports json.RawMessage `json:"exports"`
	Imports json.RawMessage `json:"imports"`
}

// New reads what configures modules in an application: its tsconfig.json and every package.json of the tree. Of these two what
// cannot be parsed says nothing; the error is that of a file that cannot be read.
func New(files fs.FS, tree *Tree) (*Resolver, error) {
	r := &Resolver{files: files, tree: tree, packages: make(map[string]*manifest), byDir: make(map[string]*manifest)}
	for _, dir := range tree.packages {
		text, err := fs.ReadFile(files, path.Join(dir, encoreapp.PackageFile))
		if err != nil {
			return nil, fmt.Errorf("read package.json: %w", err)
		}
		p := &manifest{dir: dir}
		if json.Unmarshal(source.Plain(text), p) != nil {
			continue // npm would not read it either; nothing of ours depends on it
		}
		r.byDir[dir] = p
		if p.Name != "" && r.packages[p.Name] == nil {
			r.packages[p.Name] = p
		}
	}
	var written config
	if err := written.read(files, "tsconfig.json", make(map[string]bool)); err != nil {
		return nil, err
	}
	r.base, r.aliases = written.base, written.aliases()
	return r, nil
}

// Alone is the resolver of a file that is read on its own, beside which files lie: it finds none of them, and can tell which exist.
func Alone(files fs.FS) *Resolver {
	return &Resolver{files: files, tree: &Tree{files: map[string]bool{}}}
}

// unmarshalCommented reads JSON with comments and trailing commas; false when it cannot be read.
func unmarshalCommented(text []byte, into any) bool {
	standard, err := hujson.Standardize(text)
	return err == nil && json.Unmarshal(standard, into) == nil
}

// texts reads a JSON string or a list of strings.
func texts(raw json.RawMessage) []string {
	var one *string
	if json.Unmarshal(raw, &one) == nil && one != nil {
		return []string{*one}
	}
	var list []string
	if json.Unmarshal(raw, &list) == nil {
		return list
	}
	return nil
}

// Resolve returns the file of the application that from imports as name, "" for one of somewhere else.
func (r *Resolver) Resolve(from, name string) string {
	found := r.find(from, name)
	if target, linked := r.tree.links[found]; linked {
		return target
	}
	return found
}

func (r *Resolver) find(from, name string) string {
	if name == "." || name == ".." || strings.HasPrefix(name, "./") || strings.HasPrefix(name, "../") {
		return r.file(path.Join(path.Dir(from), name))
	}
	for _, alias := range r.aliases {
		star, ok := alias.match(name)
		if !ok {
			continue
		}
		for _, target := range alias.targets {
			if file := r.file(strings.Replace(target, "*", star, 1)); file != "" {
				return file
			}
		}
	}
	if strings.HasPrefix(name, "#") {
		return r.own(from, name)
	}
	if file := r.dependency(name); file != "" {
		return file
	}
	if r.base != "" {
		return r.file(path.Join(r.base, name))
	}
	return ""
}

// Missing reports whether a relative import leads nowhere: not to a module, not to a file of another kind or in a folder
// that is not read, and not to generated code.
func (r *Resolver) Missing(from, name string) bool {
	if !strings.HasPrefix(name, "./") && !strings.HasPrefix(name, "../") {
		return false
	}
	name, _, _ = strings.Cut(name, "?")
	target := path.Join(path.Dir(from), name)
	if !fs.ValidPath(target) || strings.Contains("/"+target+"/", "/encore.gen/") || strings.Contains("/"+target+"/", "/node_modules/") {
		return false
	}
	stem := strings.TrimSuffix(target, path.Ext(target))
	candidates := []string{target, target + ".json", target + ".node"}
	for _, extension := range source.TypeScriptExtensions {
		candidates = append(candidates, target+extension, stem+extension)
	}
	for _, candidate := range candidates {
		if _, err := fs.Stat(r.files, candidate); err == nil {
			return false
		}
	}
	return true
}

// compiled are the extensions of TypeScript by those of the files that are compiled from it.
var compiled = map[string]string{".js": ".ts", ".jsx": ".tsx", ".mjs": ".mts", ".cjs": ".cts"}

// file finds the file a path means: itself, with an extension, as written for the compiled file, or the folder's, which is that of its
// package.json or its index.
func (r *Resolver) file(name string) string {
	name = r.tree.unlinked(path.Clean(name))
	if file := r.module(name); file != "" {
		return file
	}
	if p := r.byDir[name]; p != nil && name != "." {
		if file := r.main(p); file != "" {
			return file
		}
	}
	return r.index(name)
}

// module is the file of a path that is no folder's.
func (r *Resolver) module(name string) string {
	if r.tree.files[name] {
		return name
	}
	extension := path.Ext(name)
	if typed := compiled[extension]; typed != "" {
		stem := strings.TrimSuffix(name, extension)
		for _, candidate := range []string{stem + typed, stem + ".tsx"} {
			if r.tree.files[candidate] {
				return candidate
			}
		}
	}
	for _, extension := range source.TypeScriptExtensions {
		if r.tree.files[name+extension] {
			return name + extension
		}
	}
	return ""
}

func (r *Resolver) index(dir string) string {
	for _, extension := range source.TypeScriptExtensions {
		if index := path.Join(dir, "index"+extension); r.tree.files[index] {
			return index
		}
	}
	return ""
}

// exact finds a file that package.json names, which needs its extension.
func (r *Resolver) exact(dir, name string) string {
	name = r.tree.unlinked(path.Join(dir, name))
	if path.Ext(name) == "" && !r.tree.files[name] {
		return ""
	}
	return r.module(name)
}

// main is the module of a package itself. A folder that it names is one by its index: as for Node, no other package.json counts, which
// could lead back.
func (r *Resolver) main(p *manifest) string {
	for _, target := range exportsOf(p.Exports, ".") {
		if file := r.exact(p.dir, target); file != "" {
			return file
		}
	}
	for _, name := range []string{p.Types, p.Module, p.Main} {
		if name == "" {
			continue
		}
		target := r.tree.unlinked(path.Join(p.dir, name))
		if file := cmp.Or(r.module(target), r.index(target)); file != "" {
			return file
		}
	}
	return cmp.Or(r.index(p.dir), r.index(path.Join(p.dir, "src")))
}

// dependency finds a module of a package that lies inside the application, as workspaces do.
func (r *Resolver) dependency(name string) string {
	end := len(name)
	for {
		if p := r.packages[name[:end]]; p != nil {
			if end == len(name) {
				return r.main(p)
			}
			for _, target := range exportsOf(p.Exports, "."+name[end:]) {
				if file := r.exact(p.dir, target); file != "" {
					return file
				}
			}
			return r.file(path.Join(p.dir, name[end+1:]))
		}
		if end = strings.LastIndexByte(name[:end], '/'); end < 0 {
			return ""
		}
	}
}

// own finds what the nearest package.json calls #name.
func (r *Resolver) own(from, name string) string {
	for dir := path.Dir(from); ; dir = path.Dir(dir) {
		if p := r.byDir[dir]; p != nil {
			for _, target := range exportsOf(p.Imports, name) {
				if file := r.exact(dir, target); file != "" {
					return file
				}
			}
			return ""
		}
		if dir == "." {
			return ""
		}
	}
}

// exportsOf lists the files that a table of exports or imports gives for a name: conditions in the order they stand,
// nested or in lists, with a star for any part of the name.
func exportsOf(raw json.RawMessage, name string) []string {
	var table map[string]json.RawMessage
	if json.Unmarshal(raw, &table) != nil {
		if name != "." {
			return nil
		}
		return targetsOf(raw, "", 0)
	}
	for key := range table {
		if !strings.HasPrefix(key, ".") && !strings.HasPrefix(key, "#") {
			if name != "." {
				return nil
			}
			return targetsOf(raw, "", 0)
		}
	}
	if entry, ok := table[name]; ok {
		return targetsOf(entry, "", 0)
	}
	// Of several patterns Node takes the one with the longest text before its star, and then the longest.
	best := pattern{}
	found, star := "", ""
	for key := range table {
		candidate := patternOf(key)
		if stands, ok := candidate.match(name); ok && candidate.star && (found == "" || candidate.compare(best) < 0) {
			best, found, star = candidate, key, stands
		}
	}
	if found == "" {
		return nil
	}
	return targetsOf(table[found], star, 0)
}

// targetsOf lists the files of one entry. Objects are conditions; their order in the file is lost and does not matter,
// since every condition leads to a form of the same module and only those that exist here count.
func targetsOf(raw json.RawMessage, star string, depth int) []string {
	if depth > 8 {
		return nil
	}
	var list []string
	for _, text := range texts(raw) {
		list = append(list, strings.ReplaceAll(text, "*", star))
	}
	if list != nil {
		return list
	}
	var entries []json.RawMessage
	if json.Unmarshal(raw, &entries) == nil {
		for _, entry := range entries {
			list = append(list, targetsOf(entry, star, depth+1)...)
		}
		return list
	}
	var conditions map[string]json.RawMessage
	if json.Unmarshal(raw, &conditions) == nil {
		names := make([]string, 0, len(conditions))
		for name := range conditions {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			list = append(list, targetsOf(conditions[name], star, depth+1)...)
		}
	}
	return list
}

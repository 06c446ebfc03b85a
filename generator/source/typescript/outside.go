package typescript

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/encoreapp"
)

// tsOutside finds the code of other folders that TypeScript modules of the application import.
type tsOutside struct {
	root     string // absolute, without links
	language *tsLanguage
	resolver *tsResolver
	// workspace are the folders of the packages of the workspace around the application, by name; nil until they are asked for.
	workspace map[string]string
	read      map[string]*tsModule
}

// followLinks notes the symbolic links of the tree that lead to something in it: Node, the bundler and Encore follow them when a
// module is imported, and take it for the one at the other end.
func (t *tsTree) followLinks(root string) {
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
func (t *tsTree) unlinked(name string) string {
	for dir := name; dir != "."; dir = path.Dir(dir) {
		if target, ok := t.links[dir]; ok {
			return path.Join(target, strings.TrimPrefix(name, dir))
		}
	}
	return name
}

// checkOutsideTS warns of declarations that stand outside of the application.
func checkOutsideTS(root string, language *tsLanguage, resolver *tsResolver, modules []*tsModule) hcl.Diagnostics {
	o := &tsOutside{root: source.WithoutLinks(root), language: language, resolver: resolver, read: map[string]*tsModule{}}
	var diags hcl.Diagnostics
	told := map[string]bool{}
	for _, m := range modules {
		for _, imported := range m.imports {
			if imported.module != "" || imported.clients || imported.types || strings.HasPrefix(imported.name, "encore.dev") {
				continue
			}
			files, place, because := o.locate(m.path, imported.name)
			if len(files) == 0 || told[place] {
				continue
			}
			found := &source.Outsider{At: m.at(imported.at), Name: imported.name, Place: source.RelativeTo(o.root, place), Because: because, Lost: o.lostIn(files)}
			if len(found.Lost) > 0 {
				told[place] = true
				diags = append(diags, found.Warning())
			}
		}
	}
	return diags
}

// locate are the files outside of the application that an import leads to, with where that is and why it is not read.
func (o *tsOutside) locate(from, name string) (files []string, place, because string) {
	targets, isPath := o.resolver.targets(from, name)
	for _, target := range targets {
		whole := filepath.Join(o.root, filepath.FromSlash(target))
		for _, candidate := range candidatesOf(whole) {
			real, err := filepath.EvalSymlinks(candidate)
			if err != nil || strings.Contains(filepath.ToSlash(real), "/node_modules/") {
				continue
			}
			if info, err := os.Stat(real); err != nil || !info.Mode().IsRegular() {
				continue
			}
			if relative, err := filepath.Rel(o.root, real); err == nil && filepath.IsLocal(relative) {
				continue // it is of a kind that is not read
			}
			because = "which is not in the application's folder"
			if candidate != real && fs.ValidPath(target) {
				because = "where a symbolic link leads"
			}
			return []string{real}, real, because
		}
	}
	if isPath {
		return nil, "", ""
	}
	if folder := o.packageFolder(from, name); folder != "" {
		return sourcesIn(folder), folder, "a package of the workspace around the application"
	}
	return nil, "", ""
}

// targets are the places that an import may name, relative to the application, and whether it is a path and not the name of a package.
func (r *tsResolver) targets(from, name string) (targets []string, isPath bool) {
	if strings.HasPrefix(name, "./") || strings.HasPrefix(name, "../") || name == "." || name == ".." {
		return []string{path.Join(path.Dir(from), name)}, true
	}
	for _, alias := range r.aliases {
		if star, ok := alias.match(name); ok {
			for _, target := range alias.targets {
				targets = append(targets, strings.Replace(target, "*", star, 1))
			}
		}
	}
	return targets, false
}

// candidatesOf are the files that a path may mean, in the order of tsResolver.file.
func candidatesOf(name string) []string {
	extension := filepath.Ext(name)
	stem := strings.TrimSuffix(name, extension)
	var all []string
	if slices.Contains(source.TypeScriptExtensions, extension) {
		all = append(all, name)
	}
	if strings.HasSuffix(extension, "js") || strings.HasSuffix(extension, "jsx") {
		all = append(all, stem+".ts", stem+".tsx")
	}
	for _, extension := range source.TypeScriptExtensions {
		all = append(all, name+extension)
	}
	for _, extension := range source.TypeScriptExtensions {
		all = append(all, filepath.Join(name, "index"+extension), filepath.Join(name, "src", "index"+extension))
	}
	return all
}

// packageFolder is the folder of a package that stands in a workspace around the application: npm and its like put a link to it into
// node_modules, and until they have run, the workspace names it. "" for what was downloaded, and for what the application holds.
func (o *tsOutside) packageFolder(from, name string) string {
	parts := strings.SplitN(name, "/", 3)
	if strings.HasPrefix(name, "@") && len(parts) > 1 {
		parts = []string{parts[0] + "/" + parts[1]}
	}
	folder := ""
	for dir := filepath.Join(o.root, filepath.FromSlash(path.Dir(from))); folder == ""; dir = filepath.Dir(dir) {
		installed := filepath.Join(dir, "node_modules", filepath.FromSlash(parts[0]))
		if real, err := filepath.EvalSymlinks(installed); err == nil {
			folder = real
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	if folder == "" {
		if o.workspace == nil {
			o.workspace = workspacePackages(o.root)
		}
		folder = o.workspace[parts[0]]
	}
	if relative, err := filepath.Rel(o.root, folder); err == nil && filepath.IsLocal(relative) {
		return ""
	}
	if strings.Contains(filepath.ToSlash(folder)+"/", "/node_modules/") {
		return ""
	}
	return folder
}

// workspacePackages are the packages of the nearest workspace above a folder, by name.
func workspacePackages(root string) map[string]string {
	found := map[string]string{}
	for dir := filepath.Dir(root); ; dir = filepath.Dir(dir) {
		if patterns := workspacePatterns(dir); len(patterns) > 0 {
			for _, pattern := range patterns {
				folders, _ := filepath.Glob(filepath.Join(dir, filepath.FromSlash(strings.ReplaceAll(pattern, "**", "*"))))
				for _, folder := range folders {
					var p tsPackage
					if text, err := source.ReadPlain(folder, encoreapp.PackageFile); err == nil && unmarshalCommented(text, &p) && p.Name != "" {
						found[p.Name] = folder
					}
				}
			}
			return found
		}
		if dir == filepath.Dir(dir) {
			return found
		}
	}
}

// workspacePatterns are the folders of a workspace, as package.json or pnpm-workspace.yaml names them.
func workspacePatterns(dir string) []string {
	var written struct {
		Workspaces jsonList `json:"workspaces"`
	}
	if text, err := source.ReadPlain(dir, encoreapp.PackageFile); err == nil && unmarshalCommented(text, &written) && len(written.Workspaces) > 0 {
		return written.Workspaces
	}
	text, err := source.ReadPlain(dir, "pnpm-workspace.yaml")
	if err != nil {
		return nil
	}
	var patterns []string
	inside := false
	for line := range strings.Lines(string(text)) {
		if item := pnpmItem.FindStringSubmatch(line); inside && item != nil {
			patterns = append(patterns, item[1])
		} else if trimmed := strings.TrimSpace(line); trimmed != "" && trimmed[0] != '#' {
			inside = strings.HasPrefix(line, "packages:")
		}
	}
	return patterns
}

// pnpmItem is an item of a list in pnpm-workspace.yaml; patterns that take folders away again are left out.
var pnpmItem = regexp.MustCompile(`^\s*-\s+['"]?([^'"#!\s]+)['"]?`)

// jsonList is a list of strings, or an object with such a list as its packages (Yarn).
type jsonList []string

// UnmarshalJSON reads either form; anything else is an empty list.
func (l *jsonList) UnmarshalJSON(text []byte) error {
	*l = texts(text)
	var object struct {
		Packages []string `json:"packages"`
	}
	if len(*l) == 0 && unmarshalCommented(text, &object) {
		*l = object.Packages
	}
	return nil
}

// sourcesIn are the TypeScript sources of a package.
func sourcesIn(folder string) []string {
	var files []string
	_ = filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		base := entry.Name()
		switch {
		case err != nil || len(files) >= source.MaxOutside:
			return fs.SkipAll
		case name == folder:
		case entry.IsDir() && (source.IsForeignTypeScript(base) || base == "dist" || base == "build"):
			return fs.SkipDir
		case entry.Type().IsRegular() && !source.IsForeignTypeScript(base) && strings.HasSuffix(base, ".ts") && !strings.HasSuffix(base, ".d.ts"):
			files = append(files, name)
		}
		return nil
	})
	return files
}

// lostIn lists what files declare, with the files that they import by path, and whether they call endpoints.
func (o *tsOutside) lostIn(files []string) []string {
	var lost []string
	seen := map[string]bool{}
	for len(files) > 0 && len(seen) < source.MaxOutside {
		name := files[0]
		files = files[1:]
		if seen[name] {
			continue
		}
		seen[name] = true
		m := o.moduleOf(name)
		if m == nil {
			continue
		}
		place := func(at hcl.Range) string { return fmt.Sprintf("%s:%d", source.RelativeTo(o.root, name), at.Start.Line) }
		for _, d := range m.decls {
			lost = append(lost, fmt.Sprintf("%s %q (%s)", o.language.spellings[d.spelling].Noun, d.Name, place(d.At)))
		}
		for _, e := range m.endpoints {
			lost = append(lost, fmt.Sprintf("endpoint %s (%s)", e.Name, place(e.At)))
		}
		for _, imported := range m.imports {
			if imported.clients && !imported.types {
				lost = append(lost, fmt.Sprintf("the services it calls (%s)", place(m.at(imported.at))))
			}
			if !strings.HasPrefix(imported.name, ".") {
				continue
			}
			for _, candidate := range candidatesOf(filepath.Join(filepath.Dir(name), filepath.FromSlash(imported.name))) {
				if info, err := os.Stat(candidate); err == nil && info.Mode().IsRegular() {
					if relative, err := filepath.Rel(o.root, candidate); err != nil || !filepath.IsLocal(relative) {
						files = append(files, candidate)
					}
					break
				}
			}
		}
	}
	return lost
}

// moduleOf reads a file outside of the application; nil when it cannot be read.
func (o *tsOutside) moduleOf(name string) *tsModule {
	if m, known := o.read[name]; known {
		return m
	}
	o.read[name] = nil
	text, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	alone := &tsResolver{files: os.DirFS(filepath.Dir(name)), tree: &tsTree{files: map[string]bool{}}}
	m := parseTSModule(o.language, alone, filepath.Base(name), string(source.Plain(text))).m
	if m.broken {
		return nil
	}
	o.read[name] = m
	return m
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

package resolution

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/pattern"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/encoreapp"
)

// Targets are the places that an import may name, relative to the application, and whether it is a path and not the name of a package.
func (r *Resolver) Targets(from, name string) (targets []string, isPath bool) {
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

// Candidates are the files that a path may mean, in the order of Resolver.file.
func Candidates(name string) []string {
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

// Workspace are the packages of the nearest workspace above a folder, by name.
func Workspace(root string) map[string]string {
	found := map[string]string{}
	for dir := filepath.Dir(root); ; dir = filepath.Dir(dir) {
		if patterns := workspacePatterns(dir); len(patterns) > 0 {
			for _, pattern := range patterns {
				folders, _ := filepath.Glob(filepath.Join(dir, filepath.FromSlash(strings.ReplaceAll(pattern, "**", "*"))))
				for _, folder := range folders {
					var p manifest
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
		if item := pnpmItem().FindStringSubmatch(line); inside && item != nil {
			patterns = append(patterns, item[1])
		} else if trimmed := strings.TrimSpace(line); trimmed != "" && trimmed[0] != '#' {
			inside = strings.HasPrefix(line, "packages:")
		}
	}
	return patterns
}

// pnpmItem is an item of a list in pnpm-workspace.yaml; patterns that take folders away again are left out.
var pnpmItem = pattern.Lazy(`^\s*-\s+['"]?([^'"#!\s]+)['"]?`)

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

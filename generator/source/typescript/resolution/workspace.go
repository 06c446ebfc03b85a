package resolution

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

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
	if typed := compiled[extension]; typed != "" {
		all = append(all, stem+typed)
		if typed != ".tsx" {
			all = append(all, stem+".tsx")
		}
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
	return pnpmPackages(string(text))
}

// pnpmPackages are the folders that pnpm-workspace.yaml names, in a list of lines or one in brackets. Patterns that take folders away
// again (!packages/old) are among them, and match none.
func pnpmPackages(text string) []string {
	var patterns []string
	inside, bracket := false, false
	add := func(item string) {
		if item = strings.Trim(strings.TrimSpace(item), `'"`); item != "" {
			patterns = append(patterns, item)
		}
	}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(strings.TrimRight(line, "\r\n"), " #")
		trimmed := strings.TrimSpace(line)
		if trimmed == "" || trimmed[0] == '#' {
			continue
		}
		if rest, begins := strings.CutPrefix(line, "packages:"); begins && !bracket {
			inside, trimmed = true, strings.TrimSpace(rest)
		}
		item, isItem := strings.CutPrefix(trimmed, "-")
		open, isOpen := strings.CutPrefix(trimmed, "[")
		switch {
		case !inside || trimmed == "":
		case bracket || isOpen:
			written, _, ends := strings.Cut(open, "]")
			bracket, inside = !ends, !ends
			for item := range strings.SplitSeq(written, ",") {
				add(item)
			}
		case isItem:
			add(item)
		default:
			inside = false
		}
	}
	return patterns
}

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

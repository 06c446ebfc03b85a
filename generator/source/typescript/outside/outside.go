// Package outside warns of what modules of the application import from other folders, and Encore therefore does not see.
//
// It must not know the application, nor the second phase (trail, loading, linking): it reads files that are not of the application,
// and says what is lost.
package outside

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/typescript/extraction"
	"github.com/groundplan/groundplan/generator/source/typescript/facts"
	"github.com/groundplan/groundplan/generator/source/typescript/resolution"
	"github.com/groundplan/groundplan/generator/source/typescript/vocabulary"
)

// finder finds the code of other folders that TypeScript modules of the application import.
type finder struct {
	root     string // absolute, without links
	language *vocabulary.Language
	resolver *resolution.Resolver
	// workspace are the folders of the packages of the workspace around the application, by name; nil until they are asked for.
	workspace map[string]string
	read      map[string]*facts.Module
}

// Check warns of declarations that stand outside of the application, whose folder is root: once for each place.
func Check(root string, language *vocabulary.Language, resolver *resolution.Resolver, modules []*facts.Module) hcl.Diagnostics {
	o := &finder{root: source.WithoutLinks(root), language: language, resolver: resolver, read: map[string]*facts.Module{}}
	var diags hcl.Diagnostics
	told := map[string]bool{}
	for _, m := range modules {
		for _, imported := range m.Imports {
			if imported.Module != "" || imported.Clients || imported.Types || strings.HasPrefix(imported.Name, "encore.dev") {
				continue
			}
			files, place, because := o.locate(m.Path, imported.Name)
			if len(files) == 0 || told[place] {
				continue
			}
			found := &source.Outsider{At: m.At(imported.At), Name: imported.Name, Place: source.RelativeTo(o.root, place), Because: because, Lost: o.lostIn(files)}
			if len(found.Lost) > 0 {
				told[place] = true
				diags = append(diags, found.Warning())
			}
		}
	}
	return diags
}

// locate are the files outside of the application that an import leads to, with where that is and why it is not read.
func (o *finder) locate(from, name string) (files []string, place, because string) {
	targets, isPath := o.resolver.Targets(from, name)
	for _, target := range targets {
		whole := filepath.Join(o.root, filepath.FromSlash(target))
		for _, candidate := range resolution.Candidates(whole) {
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

// packageFolder is the folder of a package that stands in a workspace around the application: npm and its like put a link to it into
// node_modules, and until they have run, the workspace names it. "" for what was downloaded, and for what the application holds.
func (o *finder) packageFolder(from, name string) string {
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
			o.workspace = resolution.Workspace(o.root)
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
func (o *finder) lostIn(files []string) []string {
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
		for _, d := range m.Decls {
			lost = append(lost, fmt.Sprintf("%s %q (%s)", o.language.Spellings[d.Spelling].Noun, d.Name, place(d.At)))
		}
		for _, e := range m.Endpoints {
			lost = append(lost, fmt.Sprintf("endpoint %s (%s)", e.Name, place(e.At)))
		}
		for _, imported := range m.Imports {
			if imported.Clients && !imported.Types {
				lost = append(lost, fmt.Sprintf("the services it calls (%s)", place(m.At(imported.At))))
			}
			if !strings.HasPrefix(imported.Name, ".") {
				continue
			}
			for _, candidate := range resolution.Candidates(filepath.Join(filepath.Dir(name), filepath.FromSlash(imported.Name))) {
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
func (o *finder) moduleOf(name string) *facts.Module {
	if m, known := o.read[name]; known {
		return m
	}
	o.read[name] = nil
	text, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	m := extraction.Read(o.language, resolution.Alone(os.DirFS(filepath.Dir(name))), filepath.Base(name), string(source.Plain(text))).Module
	if m.Broken {
		return nil
	}
	o.read[name] = m
	return m
}

package golang

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"golang.org/x/mod/modfile"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/golang/facts"
	"github.com/groundplan/groundplan/generator/source/golang/folder"
	"github.com/groundplan/groundplan/generator/source/golang/vocabulary"
)

// outside finds the code of other folders that Go packages of the application import.
type outside struct {
	root     string // absolute, without links
	byDir    map[string]*facts.Package
	language *vocabulary.Table
	modules  []localModule // the longest path first
	read     map[string]*facts.Package
}

// localModule is a module whose code stands in a folder of this machine.
type localModule struct{ path, dir, because string }

// checkOutside warns of declarations that stand outside of the application.
func checkOutside(root string, language *vocabulary.Table, packages []*facts.Package) hcl.Diagnostics {
	real := source.WithoutLinks(root)
	o := &outside{root: real, byDir: map[string]*facts.Package{}, language: language, read: map[string]*facts.Package{}}
	for _, p := range packages {
		o.byDir[p.Dir] = p
	}
	o.findModules()
	var diags hcl.Diagnostics
	told := map[string]bool{}
	for _, p := range packages {
		for _, file := range p.Files {
			for _, imported := range file.Imports {
				if told[imported.Path] {
					continue
				}
				if found := o.look(imported); found != nil {
					found.At, told[imported.Path] = file.At(imported.At), true
					diags = append(diags, found.Warning())
				}
			}
		}
	}
	return diags
}

// findModules lists the modules that go.mod and go.work take from folders, and those that are vendored.
func (o *outside) findModules() {
	add := func(dir, because string, replaces []*modfile.Replace) {
		for _, replace := range replaces {
			if replace.New.Version == "" {
				o.modules = append(o.modules, localModule{replace.Old.Path, inFolder(dir, replace.New.Path), because})
			}
		}
	}
	if text, err := source.ReadPlain(o.root, "go.mod"); err == nil {
		if file, err := modfile.Parse("go.mod", text, nil); err == nil {
			add(o.root, "by which go.mod replaces the module", file.Replace)
			for _, require := range file.Require {
				if vendored := filepath.Join(o.root, "vendor", filepath.FromSlash(require.Mod.Path)); isDirectory(vendored) {
					o.modules = append(o.modules, localModule{require.Mod.Path, vendored, "which holds other modules"})
				}
			}
		}
	}
	for dir := o.root; ; dir = filepath.Dir(dir) {
		if text, err := source.ReadPlain(dir, "go.work"); err == nil {
			if file, err := modfile.ParseWork("go.work", text, nil); err == nil {
				add(dir, "by which go.work replaces the module", file.Replace)
				for _, use := range file.Use {
					folder := inFolder(dir, use.Path)
					if text, err := source.ReadPlain(folder, "go.mod"); err == nil && folder != o.root {
						o.modules = append(o.modules, localModule{modfile.ModulePath(text), folder, "a module of go.work"})
					}
				}
			}
			break
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	slices.SortStableFunc(o.modules, func(a, b localModule) int { return len(b.path) - len(a.path) })
}

// inFolder is the folder that a file in dir names.
func inFolder(dir, name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(dir, filepath.FromSlash(name))
}

func isDirectory(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// locate is the folder of a package that the application does not hold, with why; "" for one it holds, and for one of elsewhere.
func (o *outside) locate(importPath string) (folder, because string) {
	if dir, ok := o.language.AppDir(importPath); ok {
		folder = filepath.Join(o.root, filepath.FromSlash(dir))
		if real, err := filepath.EvalSymlinks(folder); err == nil && real != folder && o.byDir[dir] == nil {
			return real, "where a symbolic link leads"
		}
		return "", ""
	}
	for _, module := range o.modules {
		if rest, ok := strings.CutPrefix(importPath+"/", module.path+"/"); ok && module.path != "" {
			folder = filepath.Join(module.dir, filepath.FromSlash(rest))
			if dir, inside := o.within(folder); inside && o.byDir[dir] != nil {
				return "", "" // read, and checkNested has an eye on it
			}
			return folder, module.because
		}
	}
	return "", ""
}

// within is a folder relative to the application's, and whether it lies there.
func (o *outside) within(folder string) (string, bool) {
	relative, err := filepath.Rel(o.root, folder)
	return filepath.ToSlash(relative), err == nil && filepath.IsLocal(relative)
}

// look follows an import out of the application; nil when it leads to nothing that is lost.
func (o *outside) look(imported facts.Import) *source.Outsider {
	if strings.HasPrefix(imported.Path, "encore.dev") {
		return nil
	}
	folder, because := o.locate(imported.Path)
	if folder == "" {
		return nil
	}
	found := &source.Outsider{Name: imported.Path, Place: source.RelativeTo(o.root, folder), Because: because}
	if dir, inside := o.within(folder); inside && o.byDir[dir] != nil {
		found.Hint = "import " + path.Join(o.language.Module, dir) + ", under which it is read"
	}
	seen, queue := map[string]bool{folder: true}, []string{folder}
	for len(queue) > 0 && len(seen) < source.MaxOutside {
		dir := queue[0]
		queue = queue[1:]
		p := o.packageOf(dir)
		if p == nil {
			continue
		}
		found.Lost = append(found.Lost, o.lostIn(p, dir)...)
		for _, file := range p.Files {
			for _, next := range file.Imports {
				if sub, _ := o.locate(next.Path); sub != "" && !seen[sub] && !strings.HasPrefix(next.Path, "encore.dev") {
					seen[sub] = true
					queue = append(queue, sub)
				}
			}
		}
	}
	if len(found.Lost) == 0 {
		return nil
	}
	return found
}

// packageOf reads a package outside of the application; nil when there is none.
func (o *outside) packageOf(at string) *facts.Package {
	if p, known := o.read[at]; known {
		return p
	}
	o.read[at] = nil
	entries, err := os.ReadDir(at)
	if err != nil {
		return nil // the compiler is the one to complain
	}
	dir := folder.Dir{Path: "."}
	for _, entry := range entries {
		if !entry.IsDir() && source.IsGoSource(entry.Name()) {
			dir.Files = append(dir.Files, entry.Name())
		}
	}
	p, err := folder.NewReader(at, o.language).Read(dir)
	if err != nil {
		return nil
	}
	o.read[at] = p
	return p
}

// lostIn lists what a package declares, and which packages of the application it imports.
func (o *outside) lostIn(p *facts.Package, folder string) []string {
	place := func(at hcl.Range) string {
		return fmt.Sprintf("%s:%d", path.Join(source.RelativeTo(o.root, folder), at.Filename), at.Start.Line)
	}
	var lost []string
	for _, d := range p.Decls {
		if !d.Invalid {
			lost = append(lost, fmt.Sprintf("%s %q (%s)", o.language.Spellings[d.Spelling].Noun, d.Name, place(d.At)))
		}
	}
	for _, e := range p.Endpoints {
		lost = append(lost, fmt.Sprintf("endpoint %s (%s)", e.Name, place(e.At)))
	}
	for _, file := range p.Files {
		for _, imported := range file.Imports {
			if imported.InApp && o.byDir[imported.Dir] != nil {
				lost = append(lost, fmt.Sprintf("what it does with %s (%s)", imported.Path, place(file.At(imported.At))))
			}
		}
	}
	return lost
}

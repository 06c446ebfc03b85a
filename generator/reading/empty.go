package reading

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/pattern"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/encoreapp"
)

// sources is what a folder without services holds, as far as it may say why.
type sources struct {
	golang, typeScript []string
	// other are JavaScript and .tsx files, which Encore reads when a .ts file imports them, passed are sources in places
	// that Encore passes over.
	other, passed []string
	// inside are modules of Encore that are not the ones applications import, with the file that does.
	inside map[string]string
}

// whyNoServices is a warning about an application in which no service is found, with the likely reason.
func whyNoServices(root string, runtime app.Runtime, ignore []string) (*hcl.Diagnostic, error) {
	found, err := lookForSources(root, ignore)
	if err != nil {
		return nil, fmt.Errorf("look for source files: %w", err)
	}
	reason, hint := found.explain(runtime)
	return diagnostic.Warning(source.TextRange(encoreapp.Filename, nil, 0, 0), "No services found", hint, "The application has no service, so there is nothing to run: %s.", reason), nil
}

func (s *sources) explain(runtime app.Runtime) (reason, hint string) {
	files, others, name, mark := s.golang, s.typeScript, "Go", `put //encore:api public directly above a function`
	if runtime == app.EncoreTypeScript {
		files, others, name, mark = s.typeScript, s.golang, "TypeScript", `export an endpoint, as in export const hello = api({ expose: true }, async () => {}), with api imported from "encore.dev/api"`
	}
	switch {
	case len(files) == 0 && len(others) > 0 && runtime == app.EncoreTypeScript:
		return fmt.Sprintf(`encore.app says "typescript", and there is no .ts file but Go such as %s`, others[0]), `remove "lang" from encore.app`
	case len(files) == 0 && len(others) > 0:
		return fmt.Sprintf(`encore.app does not say "typescript", which means Go, and there is no Go file but TypeScript such as %s`, others[0]), `write "lang": "typescript" into encore.app`
	case len(files) == 0 && len(s.passed) > 0:
		return fmt.Sprintf("all source files are where Encore passes over them, as %s is", s.passed[0]), "move them into a folder that is neither hidden nor for tests, generated code or dependencies"
	case len(files) == 0 && runtime == app.EncoreTypeScript && len(s.other) > 0:
		return fmt.Sprintf("there is no .ts file, and Encore begins with those; %s is none", s.other[0]), "write services in files that end in .ts"
	case len(files) == 0:
		return fmt.Sprintf("there is no %s file", name), mark
	case runtime == app.EncoreTypeScript && len(s.inside) > 0:
		module := slices.Sorted(maps.Keys(s.inside))[0]
		return fmt.Sprintf("%s imports %q, and Encore's parser knows the module by another name", s.inside[module], module), fmt.Sprintf("import from %q", publicModule().FindString(module))
	}
	return fmt.Sprintf("no %s file declares a service or an endpoint", name), mark
}

var (
	importedModule = pattern.Lazy(`["'](encore\.dev/[^"'\s]+)["']`)
	// publicModule is the module that an application imports, in front of what leads into its files.
	publicModule = pattern.Lazy(`^encore\.dev/(?:storage/)?[a-z_]+`)
)

// lookForSources walks the whole folder but for dependencies and version control.
func lookForSources(root string, ignore []string) (*sources, error) {
	found := &sources{inside: map[string]string{}}
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := path.Base(name)
		if entry.IsDir() {
			if base == "node_modules" || base == ".git" || slices.Contains(ignore, name) {
				return fs.SkipDir
			}
			return nil
		}
		passed := false
		for part := range strings.SplitSeq(name, "/") {
			passed = passed || source.IsForeignTypeScript(part) || part == "vendor"
		}
		extension := path.Ext(base)
		switch {
		case extension == ".go" && (passed || !source.IsGoSource(base)), extension == ".ts" && passed:
			found.passed = append(found.passed, name)
		case extension == ".go":
			found.golang = append(found.golang, name)
		case extension == ".ts":
			found.typeScript = append(found.typeScript, name)
			return found.imports(root, name)
		case slices.Contains(source.TypeScriptExtensions, extension) && !passed:
			found.other = append(found.other, name)
		}
		return nil
	})
	return found, err
}

// imports notes which files inside Encore's package a file imports.
func (s *sources) imports(root, name string) error {
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		return err
	}
	for _, match := range importedModule().FindAllSubmatch(text, -1) {
		module := string(match[1])
		if _, known := s.inside[module]; !known && module != publicModule().FindString(module) {
			s.inside[module] = name
		}
	}
	return nil
}

// Package link is the second phase of the reader: it knows the facts of all packages, and turns names into what they stand
// for: services, endpoints, resources, and who uses and calls them. It must not know syntax; of the application's folders it reads
// those with migrations alone.
package link

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/golang/facts"
	"github.com/groundplan/groundplan/generator/source/golang/graph"
	"github.com/groundplan/groundplan/generator/source/golang/vocabulary"
)

// linker is the second phase: it knows every package, and turns names into what they stand for.
type linker struct {
	root     string
	language *vocabulary.Table
	packages []*facts.Package
	byDir    map[string]*facts.Package
	// roots are the services by folder.
	roots   map[string]*app.Service
	symbols map[symbolKey]*packageSymbol
	// implicit are the implicit resources by spelling and folder.
	implicit map[symbolKey]*facts.Decl
	result   *source.Application
	diags    hcl.Diagnostics
	// decls are the declarations of the result, before they are sorted.
	decls []*facts.Decl
	// invalid are those of the result's Invalid, before their names are resolved.
	invalid []*facts.Decl
}

// symbolKey is a package-level name of the application.
type symbolKey struct{ dir, name string }

// packageSymbol is what a package-level name stands for: resources, an endpoint, the auth handler, or configuration.
type packageSymbol struct {
	resources []namedResource
	config    bool
	structure bool // a service struct
	endpoint  *facts.Endpoint
	auth      *facts.AuthHandler
}

// namedResource is a resource a name leads to. A narrowed one was passed through TopicRef or the like, in the service
// given: what it permits is all its name can do.
type namedResource struct {
	decl       *facts.Decl
	narrowed   bool
	operations string // joined with commas, so that resources compare
	service    string
}

// Link turns the facts of all packages into what a reader returns, in order. The diagnostics are those that need
// to know several packages; the error is the machine's.
func Link(root string, language *vocabulary.Table, packages []*facts.Package) (*source.Application, hcl.Diagnostics, error) {
	return newLinker(root, language, packages).link()
}

func newLinker(root string, language *vocabulary.Table, packages []*facts.Package) *linker {
	l := &linker{
		root: root, language: language, packages: packages,
		byDir: make(map[string]*facts.Package), roots: make(map[string]*app.Service),
		symbols: make(map[symbolKey]*packageSymbol), implicit: make(map[symbolKey]*facts.Decl),
		result: &source.Application{},
	}
	for _, p := range packages {
		l.byDir[p.Dir] = p
	}
	return l
}

func (l *linker) errorAt(at hcl.Range, summary, hint, detail string, args ...any) {
	l.diags = append(l.diags, diagnostic.Error(at, summary, hint, detail, args...))
}

// errorOnce is for what is wrong with a place that several declarations lead to.
func (l *linker) errorOnce(at hcl.Range, summary, hint, detail string, args ...any) {
	said := func(d *hcl.Diagnostic) bool { return *d.Subject == at && d.Summary == summary }
	if !slices.ContainsFunc(l.diags, said) {
		l.errorAt(at, summary, hint, detail, args...)
	}
}

func (l *linker) link() (*source.Application, hcl.Diagnostics, error) {
	l.findServices()
	l.linkEndpoints()
	l.linkAuthHandlers()
	l.linkMiddleware()
	l.linkConfig()
	if err := l.linkDecls(); err != nil {
		return nil, nil, err
	}
	l.linkAliases()
	for _, p := range l.packages {
		for _, decl := range p.Decls {
			l.linkDecl(p, decl)
		}
	}
	graph.NumberParts(l.packages)
	l.linkUses()
	l.finish()
	return l.result, l.diags, nil
}

// service is the name of the service around a folder, "" when none.
func (l *linker) service(dir string) string {
	for {
		if service, ok := l.roots[dir]; ok {
			return service.Name
		}
		if dir == "." {
			return ""
		}
		dir = path.Dir(dir)
	}
}

// resolve returns the package-level name a file's spelling stands for; false when it is not one of the application.
func (l *linker) resolve(p *facts.Package, name facts.Name) (symbolKey, bool) {
	if name.Qualifier == "" {
		return symbolKey{p.Dir, name.Name}, true
	}
	for _, found := range name.File.Imports {
		if found.Name == name.Qualifier {
			return symbolKey{found.Dir, name.Name}, found.InApp
		}
	}
	for _, found := range name.File.Imports {
		if !found.InApp || found.Name != "" {
			continue
		}
		if target := l.byDir[found.Dir]; target != nil && target.Name == name.Qualifier {
			return symbolKey{found.Dir, name.Name}, true
		}
	}
	return symbolKey{}, false
}

// findServices applies Encore's rule: a service struct makes its folder a service; an endpoint, an auth handler or a
// handler of messages does, unless the folder lies within another such folder.
func (l *linker) findServices() {
	strong, weak := make(map[string]hcl.Range), make(map[string]hcl.Range)
	mark := func(roots map[string]hcl.Range, dir string, at hcl.Range) {
		if known, ok := roots[dir]; !ok || source.CompareRanges(at, known) < 0 {
			roots[dir] = at
		}
	}
	for _, p := range l.packages {
		for _, structure := range p.Structs {
			mark(strong, p.Dir, structure.At)
		}
		for _, endpoint := range p.Endpoints {
			mark(weak, p.Dir, endpoint.At)
		}
		for _, handler := range p.AuthHandlers {
			mark(weak, p.Dir, handler.At)
		}
		for _, decl := range p.Decls {
			if l.language.Spellings[decl.Spelling].Handler != "" {
				mark(weak, p.Dir, decl.At)
			}
		}
	}
	within := func(dir string) string {
		for dir != "." {
			dir = path.Dir(dir)
			_, isStrong := strong[dir]
			if _, isWeak := weak[dir]; isWeak || isStrong {
				return dir
			}
		}
		return ""
	}
	for _, p := range l.packages {
		at, isStrong := strong[p.Dir]
		weakAt, isWeak := weak[p.Dir]
		if !isStrong && (!isWeak || within(p.Dir) != "") {
			continue
		}
		if !isStrong {
			at = weakAt
		}
		l.roots[p.Dir] = &app.Service{Name: p.Name, Dir: p.Dir, At: at}
	}
	for _, p := range l.packages {
		p.Service = l.service(p.Dir)
	}
	l.checkServices()
}

func (l *linker) checkServices() {
	byName := make(map[string]*app.Service)
	for _, p := range l.packages {
		service := l.roots[p.Dir]
		if service == nil {
			continue
		}
		if other := byName[service.Name]; other != nil {
			l.errorAt(service.At, "Duplicate service name",
				"rename one of the packages",
				"A service is named after its package, and %s is the package name of the service in %s as well (%s).", service.Name, other.Dir, diagnostic.Place(other.At))
		} else {
			byName[service.Name] = service
		}
		for dir := p.Dir; dir != "."; {
			dir = path.Dir(dir)
			if outer := l.roots[dir]; outer != nil {
				l.errorAt(service.At, "Service within a service",
					"move one of them",
					"The service %s in %s lies within the folder of the service %s (%s), and services cannot be nested.", service.Name, p.Dir, outer.Name, diagnostic.Place(outer.At))
				break
			}
		}
	}
}

func (l *linker) symbol(dir, name string) *packageSymbol {
	key := symbolKey{dir, name}
	if l.symbols[key] == nil {
		l.symbols[key] = &packageSymbol{}
	}
	return l.symbols[key]
}

func (l *linker) linkDecls() error {
	for _, p := range l.packages {
		service := p.Service
		for _, decl := range slices.Concat(p.Decls, p.Named) {
			decl.Service = service
			spelling := &l.language.Spellings[decl.Spelling]
			if !decl.Invalid && spelling.MigrationsField != "" && !decl.Reference {
				if err := l.linkMigrations(p, decl, spelling); err != nil {
					return err
				}
			}
			if decl.Symbol != "" {
				symbol := l.symbol(p.Dir, decl.Symbol)
				symbol.resources = append(symbol.resources, namedResource{decl: decl})
			}
			if spelling.Methods == nil && !spelling.InService {
				// var repository = New(sqldb.Named("main")): who uses the variable may use the database.
				for _, holder := range decl.Holders {
					symbol := l.symbol(p.Dir, holder)
					symbol.resources = append(symbol.resources, namedResource{decl: decl})
				}
			}
			switch {
			case !decl.Invalid:
				l.decls = append(l.decls, decl)
			case decl.Readable && !decl.Reference:
				l.invalid = append(l.invalid, decl)
			}
			if service == "" && spelling.InService && !decl.Reference {
				l.errorAt(decl.At, "Declared outside a service",
					"move the declaration into a service's folder",
					"A %s must be declared within a service, and no endpoint, subscription or service struct makes %s part of one.", spelling.Noun, source.DescribeDir(p.Dir))
			}
		}
	}
	for index := range l.language.Spellings {
		if l.language.Spellings[index].ImplicitDir != "" {
			if err := l.linkImplicit(index); err != nil {
				return err
			}
		}
	}
	return nil
}

// linkAliases follows package variables that are set from resources, until no more are found: var db = shared.DB.
func (l *linker) linkAliases() {
	for changed := true; changed; {
		changed = false
		for _, p := range l.packages {
			for _, file := range p.Files {
				for i := range file.Refs {
					ref := &file.Refs[i]
					if len(ref.Holders()) > 0 && l.linkAlias(p, file, ref) {
						changed = true
					}
				}
			}
		}
	}
}

func (l *linker) linkAlias(p *facts.Package, file *facts.File, ref *facts.Ref) bool {
	key, ok := l.resolve(p, ref.Target(file))
	if !ok || l.symbols[key] == nil {
		return false
	}
	changed := false
	for _, resource := range l.symbols[key].resources {
		spelling := &l.language.Spellings[resource.decl.Spelling]
		if l.isParent(ref) || spelling.StructVar != "" {
			continue
		}
		if !resource.narrowed && spelling.Methods != nil {
			// Only a narrower reference can be held; anything else is either a use or an error at this place.
			operations, ok := l.permissions(p, ref, spelling)
			if !ok {
				continue
			}
			resource.narrowed, resource.operations, resource.service = true, strings.Join(operations, ","), p.Service
		}
		for _, holder := range ref.Holders() {
			symbol := l.symbol(p.Dir, holder)
			if !slices.Contains(symbol.resources, resource) && (symbolKey{p.Dir, holder}) != key {
				symbol.resources = append(symbol.resources, resource)
				changed = true
			}
		}
	}
	return changed
}

// isParent reports whether the reference is the parent argument of a constructor, which declares and does not use.
// Whether it is a parent of the right kind is for the declaration to check.
func (l *linker) isParent(ref *facts.Ref) bool {
	return ref.Form == facts.FormArgument && ref.Callee.Role == vocabulary.RoleConstructor &&
		l.language.Spellings[ref.Callee.Spelling].ParentArg == int(ref.Argument)
}

// permissions returns the operations a narrowing call asks for; false when the reference is not in such a call or its
// type argument is no permission.
func (l *linker) permissions(p *facts.Package, ref *facts.Ref, spelling *source.GoSpelling) ([]string, bool) {
	if ref.Form != facts.FormArgument || ref.Callee.Role != vocabulary.RoleRef || ref.Permission() == nil ||
		l.language.Spellings[ref.Callee.Spelling].Kind != spelling.Kind {
		return nil, false
	}
	operations, ok := l.permissionsOf(p, *ref.Permission(), spelling, make(map[symbolKey]bool))
	slices.Sort(operations)
	return slices.Compact(operations), ok
}

// permissionsOf reads a permission type: one of the framework's interfaces, or one of the application's made of them.
// Each type is looked into once.
func (l *linker) permissionsOf(p *facts.Package, name facts.Name, spelling *source.GoSpelling, seen map[symbolKey]bool) ([]string, bool) {
	if name.Qualifier != "" && name.File.ImportPath(name.Qualifier) == spelling.Package {
		operations, ok := spelling.Permissions[name.Name]
		return operations, ok
	}
	key, ok := l.resolve(p, name)
	owner := l.byDir[key.dir]
	if !ok || owner == nil || owner.Types[key.name] == nil {
		return nil, false
	}
	if seen[key] {
		return nil, true
	}
	seen[key] = true
	described := owner.Types[key.name]
	parts := described.Embeds
	switch {
	case described.Shape == facts.ShapeNamed:
		parts = []facts.Name{described.Target}
	case described.Shape != facts.ShapeInterface || !described.Plain || len(parts) == 0:
		return nil, false
	}
	var operations []string
	for _, part := range parts {
		more, ok := l.permissionsOf(owner, part, spelling, seen)
		if !ok {
			return nil, false
		}
		operations = append(operations, more...)
	}
	return operations, true
}

// finish sorts the result, so that it does not depend on the order in which anything was read.
func (l *linker) finish() {
	result := l.result
	for _, dir := range slices.Sorted(maps.Keys(l.roots)) {
		result.Services = append(result.Services, *l.roots[dir])
	}
	for _, decl := range l.decls {
		result.Decls = append(result.Decls, decl.Decl)
	}
	for _, decl := range l.invalid {
		result.Invalid = append(result.Invalid, decl.Decl)
	}
	source.Sort(result)
}

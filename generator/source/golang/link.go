package golang

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
)

// goLinker is the second phase: it knows every package, and turns names into what they stand for.
type goLinker struct {
	root     string
	language *goLanguage
	packages []*goPackage
	byDir    map[string]*goPackage
	// roots are the services by folder.
	roots   map[string]*app.Service
	symbols map[goSymbolKey]*goSymbol
	// implicit are the implicit resources by spelling and folder.
	implicit map[goSymbolKey]*goDecl
	result   *source.Application
	diags    hcl.Diagnostics
	// decls are the declarations of the result, before they are sorted.
	decls []*goDecl
	// invalid are those of the result's Invalid, before their names are resolved.
	invalid []*goDecl
}

// goSymbolKey is a package-level name of the application.
type goSymbolKey struct{ dir, name string }

// goSymbol is what a package-level name stands for: resources, an endpoint, the auth handler, or configuration.
type goSymbol struct {
	resources []goResource
	config    bool
	structure bool // a service struct
	endpoint  *goEndpoint
	auth      *goAuthHandler
}

// goResource is a resource a name leads to. A narrowed one was passed through TopicRef or the like, in the service
// given: what it permits is all its name can do.
type goResource struct {
	decl       *goDecl
	narrowed   bool
	operations string // joined with commas, so that resources compare
	service    string
}

func newGoLinker(root string, language *goLanguage, packages []*goPackage) *goLinker {
	l := &goLinker{
		root: root, language: language, packages: packages,
		byDir: make(map[string]*goPackage), roots: make(map[string]*app.Service),
		symbols: make(map[goSymbolKey]*goSymbol), implicit: make(map[goSymbolKey]*goDecl),
		result: &source.Application{},
	}
	for _, p := range packages {
		l.byDir[p.dir] = p
	}
	return l
}

func (l *goLinker) errorAt(at hcl.Range, summary, hint, detail string, args ...any) {
	l.diags = append(l.diags, diagnostic.Error(at, summary, hint, detail, args...))
}

// errorOnce is for what is wrong with a place that several declarations lead to.
func (l *goLinker) errorOnce(at hcl.Range, summary, hint, detail string, args ...any) {
	said := func(d *hcl.Diagnostic) bool { return *d.Subject == at && d.Summary == summary }
	if !slices.ContainsFunc(l.diags, said) {
		l.errorAt(at, summary, hint, detail, args...)
	}
}

func (l *goLinker) link() (*source.Application, hcl.Diagnostics, error) {
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
		for _, decl := range p.decls {
			l.linkDecl(p, decl)
		}
	}
	l.numberParts()
	l.linkUses()
	l.finish()
	return l.result, l.diags, nil
}

// service is the name of the service around a folder, "" when none.
func (l *goLinker) service(dir string) string {
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
func (l *goLinker) resolve(p *goPackage, name goName) (goSymbolKey, bool) {
	if name.qualifier == "" {
		return goSymbolKey{p.dir, name.name}, true
	}
	for _, found := range name.file.imports {
		if found.name == name.qualifier {
			return goSymbolKey{found.dir, name.name}, found.inApp
		}
	}
	for _, found := range name.file.imports {
		if !found.inApp || found.name != "" {
			continue
		}
		if target := l.byDir[found.dir]; target != nil && target.name == name.qualifier {
			return goSymbolKey{found.dir, name.name}, true
		}
	}
	return goSymbolKey{}, false
}

// findServices applies Encore's rule: a service struct makes its folder a service; an endpoint, an auth handler or a
// handler of messages does, unless the folder lies within another such folder.
func (l *goLinker) findServices() {
	strong, weak := make(map[string]hcl.Range), make(map[string]hcl.Range)
	mark := func(roots map[string]hcl.Range, dir string, at hcl.Range) {
		if known, ok := roots[dir]; !ok || source.CompareRanges(at, known) < 0 {
			roots[dir] = at
		}
	}
	for _, p := range l.packages {
		for _, structure := range p.structs {
			mark(strong, p.dir, structure.at)
		}
		for _, endpoint := range p.endpoints {
			mark(weak, p.dir, endpoint.At)
		}
		for _, handler := range p.authHandlers {
			mark(weak, p.dir, handler.At)
		}
		for _, decl := range p.decls {
			if l.language.spellings[decl.spelling].Handler != "" {
				mark(weak, p.dir, decl.At)
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
		at, isStrong := strong[p.dir]
		weakAt, isWeak := weak[p.dir]
		if !isStrong && (!isWeak || within(p.dir) != "") {
			continue
		}
		if !isStrong {
			at = weakAt
		}
		l.roots[p.dir] = &app.Service{Name: p.name, Dir: p.dir, At: at}
	}
	for _, p := range l.packages {
		p.service = l.service(p.dir)
	}
	l.checkServices()
}

func (l *goLinker) checkServices() {
	byName := make(map[string]*app.Service)
	for _, p := range l.packages {
		service := l.roots[p.dir]
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
		for dir := p.dir; dir != "."; {
			dir = path.Dir(dir)
			if outer := l.roots[dir]; outer != nil {
				l.errorAt(service.At, "Service within a service",
					"move one of them",
					"The service %s in %s lies within the folder of the service %s (%s), and services cannot be nested.", service.Name, p.dir, outer.Name, diagnostic.Place(outer.At))
				break
			}
		}
	}
}

func (l *goLinker) symbol(dir, name string) *goSymbol {
	key := goSymbolKey{dir, name}
	if l.symbols[key] == nil {
		l.symbols[key] = &goSymbol{}
	}
	return l.symbols[key]
}

func (l *goLinker) linkDecls() error {
	for _, p := range l.packages {
		service := p.service
		for _, decl := range slices.Concat(p.decls, p.named) {
			decl.Service = service
			spelling := &l.language.spellings[decl.spelling]
			if !decl.invalid && spelling.MigrationsField != "" && !decl.Reference {
				if err := l.linkMigrations(p, decl, spelling); err != nil {
					return err
				}
			}
			if decl.Symbol != "" {
				symbol := l.symbol(p.dir, decl.Symbol)
				symbol.resources = append(symbol.resources, goResource{decl: decl})
			}
			if spelling.Methods == nil && !spelling.InService {
				// var repository = New(sqldb.Named("main")): who uses the variable may use the database.
				for _, holder := range decl.holders {
					symbol := l.symbol(p.dir, holder)
					symbol.resources = append(symbol.resources, goResource{decl: decl})
				}
			}
			switch {
			case !decl.invalid:
				l.decls = append(l.decls, decl)
			case decl.readable && !decl.Reference:
				l.invalid = append(l.invalid, decl)
			}
			if service == "" && spelling.InService && !decl.Reference {
				l.errorAt(decl.At, "Declared outside a service",
					"move the declaration into a service's folder",
					"A %s must be declared within a service, and no endpoint, subscription or service struct makes %s part of one.", spelling.Noun, source.DescribeDir(p.dir))
			}
		}
	}
	for index := range l.language.spellings {
		if l.language.spellings[index].ImplicitDir != "" {
			if err := l.linkImplicit(index); err != nil {
				return err
			}
		}
	}
	return nil
}

// linkAliases follows package variables that are set from resources, until no more are found: var db = shared.DB.
func (l *goLinker) linkAliases() {
	for changed := true; changed; {
		changed = false
		for _, p := range l.packages {
			for _, file := range p.files {
				for i := range file.refs {
					ref := &file.refs[i]
					if len(ref.holders()) > 0 && l.linkAlias(p, file, ref) {
						changed = true
					}
				}
			}
		}
	}
}

func (l *goLinker) linkAlias(p *goPackage, file *goFile, ref *goRef) bool {
	key, ok := l.resolve(p, ref.target(file))
	if !ok || l.symbols[key] == nil {
		return false
	}
	changed := false
	for _, resource := range l.symbols[key].resources {
		spelling := &l.language.spellings[resource.decl.spelling]
		if l.isParent(ref) || spelling.StructVar != "" {
			continue
		}
		if !resource.narrowed && spelling.Methods != nil {
			// Only a narrower reference can be held; anything else is either a use or an error at this place.
			operations, ok := l.permissions(p, ref, spelling)
			if !ok {
				continue
			}
			resource.narrowed, resource.operations, resource.service = true, strings.Join(operations, ","), p.service
		}
		for _, holder := range ref.holders() {
			symbol := l.symbol(p.dir, holder)
			if !slices.Contains(symbol.resources, resource) && (goSymbolKey{p.dir, holder}) != key {
				symbol.resources = append(symbol.resources, resource)
				changed = true
			}
		}
	}
	return changed
}

// isParent reports whether the reference is the parent argument of a constructor, which declares and does not use.
// Whether it is a parent of the right kind is for the declaration to check.
func (l *goLinker) isParent(ref *goRef) bool {
	return ref.form == formArgument && ref.callee.role == roleConstructor &&
		l.language.spellings[ref.callee.spelling].ParentArg == int(ref.argument)
}

// permissions returns the operations a narrowing call asks for; false when the reference is not in such a call or its
// type argument is no permission.
func (l *goLinker) permissions(p *goPackage, ref *goRef, spelling *source.GoSpelling) ([]string, bool) {
	if ref.form != formArgument || ref.callee.role != roleRef || ref.permission() == nil ||
		l.language.spellings[ref.callee.spelling].Kind != spelling.Kind {
		return nil, false
	}
	operations, ok := l.permissionsOf(p, *ref.permission(), spelling, make(map[goSymbolKey]bool))
	slices.Sort(operations)
	return slices.Compact(operations), ok
}

// permissionsOf reads a permission type: one of the framework's interfaces, or one of the application's made of them.
// Each type is looked into once.
func (l *goLinker) permissionsOf(p *goPackage, name goName, spelling *source.GoSpelling, seen map[goSymbolKey]bool) ([]string, bool) {
	if name.qualifier != "" && name.file.importPath(name.qualifier) == spelling.Package {
		operations, ok := spelling.Permissions[name.name]
		return operations, ok
	}
	key, ok := l.resolve(p, name)
	owner := l.byDir[key.dir]
	if !ok || owner == nil || owner.types[key.name] == nil {
		return nil, false
	}
	if seen[key] {
		return nil, true
	}
	seen[key] = true
	described := owner.types[key.name]
	parts := described.embeds
	switch {
	case described.shape == shapeNamed:
		parts = []goName{described.target}
	case described.shape != shapeInterface || !described.plain || len(parts) == 0:
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
func (l *goLinker) finish() {
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

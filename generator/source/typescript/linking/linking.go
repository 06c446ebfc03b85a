// Package linking knows all files of an application in TypeScript, and turns their facts into the lists of generator/source: the
// services, what each declares, uses and calls, and which parts of files lead to which.
//
// It must not know syntax, nor resolution: by which rules an import means a file.
package linking

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/typescript/facts"
	"github.com/groundplan/groundplan/generator/source/typescript/loading"
	"github.com/groundplan/groundplan/generator/source/typescript/trail"
	"github.com/groundplan/groundplan/generator/source/typescript/vocabulary"
)

// linker is the second phase: it knows every file, and turns names into what they stand for.
type linker struct {
	// name is what a service in the application's root is called.
	name     string
	language *vocabulary.Language
	trail    *trail.Trail
	modules  []*facts.Module
	// roots are the services by folder, clients by the name of their generated client.
	roots   map[string]*app.Service
	clients map[string]*app.Service
	// endpoints are those of the application by service and name.
	endpoints map[string]map[string]*facts.Endpoint
	// sources are the syntax behind the facts, for what runs while modules load.
	sources loading.Sources
	// loaded are the files that processes load.
	loaded map[*facts.Module]bool
	result *source.Application
	diags  hcl.Diagnostics
}

// Link resolves the references between the files of an application, and lists what it declares and uses. name is what a
// service in the application's folder is called; the modules are in order of path. Of them it fills in the service and
// the names that lead elsewhere. The diagnostics are those that take more than one file to see.
func Link(name string, language *vocabulary.Language, modules []*facts.Module, sources loading.Sources) (*source.Application, hcl.Diagnostics) {
	l := newLinker(name, language, modules, sources)
	l.link()
	return l.result, l.diags
}

func newLinker(name string, language *vocabulary.Language, modules []*facts.Module, sources loading.Sources) *linker {
	return &linker{
		name: name, language: language, modules: modules, trail: trail.New(language, modules), sources: sources,
		roots: make(map[string]*app.Service), clients: make(map[string]*app.Service),
		endpoints: make(map[string]map[string]*facts.Endpoint), result: &source.Application{},
	}
}

func (l *linker) errorAt(at hcl.Range, summary, hint, detail string, args ...any) {
	l.diags = append(l.diags, diagnostic.Error(at, summary, hint, detail, args...))
}

func (l *linker) link() {
	l.findServices()
	l.linkEndpoints()
	l.linkGateway()
	for _, m := range l.modules {
		for _, decl := range m.Decls {
			l.linkDecl(m, decl)
		}
	}
	l.loaded = loading.Loaded(l.trail, l.modules)
	l.linkUses()
	l.linkLoads()
	l.finish()
}

// findServices applies Encore's rule: the file of a service makes its folder one; an endpoint, an auth handler, a
// gateway or a subscription does, unless the folder lies within another such folder.
func (l *linker) findServices() {
	strong, weak := make(map[string]app.Service), make(map[string]hcl.Range)
	for _, m := range l.modules {
		for _, service := range m.Services {
			if known, ok := strong[m.Dir]; !ok || source.CompareRanges(service.At, known.At) < 0 {
				strong[m.Dir] = app.Service{Name: service.Name, Dir: m.Dir, Declared: true, At: service.At}
			}
		}
		for _, at := range serviceMarks(m, l.language) {
			if known, ok := weak[m.Dir]; !ok || source.CompareRanges(at, known) < 0 {
				weak[m.Dir] = at
			}
		}
		if path.Base(m.Path) == vocabulary.ServiceFile && len(m.Services) == 0 && !m.Broken && len(m.Diags) == 0 {
			l.errorAt(m.At(facts.Span{}), "File without a service", `write export default new Service("name"), or remove the file`, "The file %s must declare a service, and declares none.", m.Path)
		}
	}
	within := func(dir string) bool {
		for dir != "." {
			dir = path.Dir(dir)
			_, isStrong := strong[dir]
			if _, isWeak := weak[dir]; isWeak || isStrong {
				return true
			}
		}
		return false
	}
	for dir, service := range strong {
		l.roots[dir] = &service
	}
	for dir, at := range weak {
		if _, isStrong := strong[dir]; isStrong || within(dir) {
			continue
		}
		name := path.Base(dir)
		if dir == "." {
			name = l.name
		}
		l.roots[dir] = &app.Service{Name: name, Dir: dir, At: at}
	}
	for _, m := range l.modules {
		m.Service = l.service(m.Dir)
	}
	l.checkServices()
}

// serviceMarks are the declarations that make a file's folder a service.
func serviceMarks(m *facts.Module, language *vocabulary.Language) []hcl.Range {
	var marks []hcl.Range
	for _, endpoint := range m.Endpoints {
		marks = append(marks, endpoint.At)
	}
	for _, gateway := range m.Gateways {
		marks = append(marks, gateway.At)
	}
	for _, handler := range m.AuthHandlers {
		marks = append(marks, handler.At)
	}
	for _, decl := range m.Decls {
		if language.Spellings[decl.Spelling].Root {
			marks = append(marks, decl.At)
		}
	}
	return marks
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

func (l *linker) checkServices() {
	byName := make(map[string]*app.Service)
	for _, dir := range slices.Sorted(maps.Keys(l.roots)) {
		service := l.roots[dir]
		if other := byName[service.Name]; other != nil {
			l.errorAt(service.At, "Duplicate service name",
				"rename one of them in its "+vocabulary.ServiceFile,
				"The service in %s and the one in %s (%s) are both called %s.", source.DescribeDir(dir), source.DescribeDir(other.Dir), diagnostic.Place(other.At), service.Name)
		} else {
			byName[service.Name] = service
			l.clients[strings.ReplaceAll(service.Name, "-", "_")] = service
		}
		for outer := dir; outer != "."; {
			outer = path.Dir(outer)
			if around := l.roots[outer]; around != nil {
				l.errorAt(service.At, "Service within a service",
					"move one of them",
					"The service %s in %s lies within the folder of the service %s (%s), and services cannot be nested.", service.Name, dir, around.Name, diagnostic.Place(around.At))
				break
			}
		}
	}
}

func (l *linker) linkEndpoints() {
	for _, m := range l.modules {
		for _, endpoint := range m.Endpoints {
			if endpoint.Invalid {
				continue
			}
			endpoint.Service = m.Service
			if endpoint.DefaultPath {
				endpoint.Path = "/" + m.Service + "." + endpoint.Name
			}
			if endpoint.Request != nil && !endpoint.HasRequest {
				endpoint.HasRequest = l.trail.Required(m, *endpoint.Request)
			}
			own := l.endpoints[m.Service]
			if own == nil {
				own = make(map[string]*facts.Endpoint)
				l.endpoints[m.Service] = own
			}
			if first := own[endpoint.Name]; first != nil {
				l.errorAt(endpoint.At, "Duplicate endpoint name", "rename one of them", "The service %s has an endpoint %s already, at %s.", m.Service, endpoint.Name, diagnostic.Place(first.At))
				continue
			}
			own[endpoint.Name] = endpoint
			l.result.Endpoints = append(l.result.Endpoints, endpoint.Endpoint)
		}
		for _, middleware := range m.Middleware {
			if middleware.Name != "" {
				middleware.Service, middleware.Package = m.Service, m.Dir
				l.result.Middleware = append(l.result.Middleware, middleware.Middleware)
			}
		}
	}
}

// linkGateway finds the gateway and its auth handler. A handler that no gateway names is not called.
func (l *linker) linkGateway() {
	var first *facts.AuthHandler
	var gateway *facts.Gateway
	for _, m := range l.modules {
		for _, handler := range m.AuthHandlers {
			if first != nil {
				l.errorAt(handler.At, "Second auth handler", "remove one of them", "The application has an auth handler already, at %s, and there can be one.", diagnostic.Place(first.At))
				continue
			}
			first = handler
		}
		for _, declared := range m.Gateways {
			if gateway != nil {
				l.errorAt(declared.At, "Second gateway", "remove one of them", "The application has a gateway already, at %s, and there can be one.", diagnostic.Place(gateway.At))
				continue
			}
			gateway = declared
			l.result.Gateway = &app.Gateway{Service: m.Service, At: declared.At}
			if !declared.HasAuth {
				continue
			}
			found := false
			for _, entity := range l.trail.Follow(m, declared.Auth) {
				if entity.Auth != nil && len(entity.Rest) == 0 {
					found = true
					l.result.AuthHandler = &app.AuthHandler{Name: entity.Auth.Name, Service: entity.Module.Service, At: entity.Auth.At}
				}
			}
			if !found {
				l.errorAt(declared.AuthAt, "Unknown auth handler", "give the exported variable itself", "The gateway's auth handler is no variable that authHandler(...) is bound to.")
			}
		}
	}
}

// linkDecl resolves the names in a declaration: its parent, its endpoint.
func (l *linker) linkDecl(m *facts.Module, decl *facts.Decl) {
	spelling := &l.language.Spellings[decl.Spelling]
	decl.Service = m.Service
	if spelling.ParentArg >= 0 && !decl.Reference {
		l.linkParent(m, decl, spelling)
	}
	for _, reference := range decl.References {
		value := &decl.Config.Fields[reference.Field].Value
		for _, entity := range l.trail.Follow(m, reference.Target) {
			if entity.Endpoint != nil && len(entity.Rest) == 0 {
				value.Text, value.Package = entity.Endpoint.Name, entity.Module.Path
			}
		}
	}
	if spelling.InService && m.Service == "" && !decl.Reference {
		decl.Invalid = true
		l.errorAt(decl.At, "Declared outside a service",
			"move the declaration into the folder of a service",
			"A %s must be declared within a service, and %s belongs to none.", spelling.Noun, m.Path)
	}
	switch {
	case !decl.Invalid:
		l.result.Decls = append(l.result.Decls, decl.Decl)
	case decl.Readable && !decl.Reference:
		if decl.Name == "" {
			decl.Name = decl.Symbol
		}
		l.result.Invalid = append(l.result.Invalid, decl.Decl)
	}
}

func (l *linker) linkParent(m *facts.Module, decl *facts.Decl, spelling *source.TypeScriptSpelling) {
	if decl.ParentTarget.Name >= 0 {
		for _, entity := range l.trail.Follow(m, decl.ParentTarget) {
			if entity.Decl != nil && entity.Decl.Kind == spelling.ParentKind && entity.Direct && len(entity.Rest) == 0 {
				decl.Parent = entity.Decl.Name
				decl.Invalid = decl.Invalid || entity.Decl.Invalid
				return
			}
		}
	}
	if decl.Invalid {
		return
	}
	decl.Invalid = true
	l.errorAt(decl.ParentAt, "Not a declared "+spelling.ParentKind,
		"give the variable itself, imported from the module that declares it",
		"What the %s is given here is no variable that declares a %s.", spelling.Noun, spelling.ParentKind)
}

// finish hands over what the modules import, and sorts.
func (l *linker) finish() {
	result := l.result
	for _, dir := range slices.Sorted(maps.Keys(l.roots)) {
		result.Services = append(result.Services, *l.roots[dir])
	}
	for _, m := range l.modules {
		result.Packages = append(result.Packages, l.packages(m)...)
	}
	source.Sort(result)
}

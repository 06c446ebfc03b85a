package typescript

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
)

// tsLinker is the second phase: it knows every file, and turns names into what they stand for.
type tsLinker struct {
	// name is what a service in the application's root is called.
	name     string
	language *tsLanguage
	modules  []*tsModule
	byPath   map[string]*tsModule
	// roots are the services by folder, clients by the name of their generated client.
	roots   map[string]*app.Service
	clients map[string]*app.Service
	// endpoints are those of the application by service and name.
	endpoints map[string]map[string]*tsEndpointDecl
	// files and resolver find the files that are read again, nil for none.
	files    fs.FS
	resolver *tsResolver
	// loaded are the files that processes load.
	loaded map[*tsModule]bool
	result *source.Application
	diags  hcl.Diagnostics
}

func newTSLinker(name string, language *tsLanguage, modules []*tsModule) *tsLinker {
	l := &tsLinker{
		name: name, language: language, modules: modules, byPath: make(map[string]*tsModule, len(modules)),
		roots: make(map[string]*app.Service), clients: make(map[string]*app.Service),
		endpoints: make(map[string]map[string]*tsEndpointDecl), result: &source.Application{},
	}
	for _, m := range modules {
		l.byPath[m.path] = m
	}
	return l
}

func (l *tsLinker) errorAt(at hcl.Range, summary, hint, detail string, args ...any) {
	l.diags = append(l.diags, diagnostic.Error(at, summary, hint, detail, args...))
}

func (l *tsLinker) link() *source.Application {
	l.findServices()
	l.linkEndpoints()
	l.linkGateway()
	for _, m := range l.modules {
		for _, decl := range m.decls {
			l.linkDecl(m, decl)
		}
	}
	l.findLoaded()
	l.linkUses()
	l.linkLoads()
	l.finish()
	return l.result
}

// findServices applies Encore's rule: the file of a service makes its folder one; an endpoint, an auth handler, a
// gateway or a subscription does, unless the folder lies within another such folder.
func (l *tsLinker) findServices() {
	strong, weak := make(map[string]app.Service), make(map[string]hcl.Range)
	for _, m := range l.modules {
		for _, service := range m.services {
			if known, ok := strong[m.dir]; !ok || source.CompareRanges(service.at, known.At) < 0 {
				strong[m.dir] = app.Service{Name: service.name, Dir: m.dir, Declared: true, At: service.at}
			}
		}
		for _, at := range m.serviceMarks(l.language) {
			if known, ok := weak[m.dir]; !ok || source.CompareRanges(at, known) < 0 {
				weak[m.dir] = at
			}
		}
		if path.Base(m.path) == serviceFile && len(m.services) == 0 && !m.broken && len(m.diags) == 0 {
			l.errorAt(m.at(tsSpan{}), "File without a service", `write export default new Service("name"), or remove the file`, "The file %s must declare a service, and declares none.", m.path)
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
		m.service = l.service(m.dir)
	}
	l.checkServices()
}

// serviceMarks are the declarations that make a file's folder a service.
func (m *tsModule) serviceMarks(language *tsLanguage) []hcl.Range {
	var marks []hcl.Range
	for _, endpoint := range m.endpoints {
		marks = append(marks, endpoint.At)
	}
	for _, gateway := range m.gateways {
		marks = append(marks, gateway.at)
	}
	for _, handler := range m.authHandlers {
		marks = append(marks, handler.at)
	}
	for _, decl := range m.decls {
		if language.spellings[decl.spelling].Root {
			marks = append(marks, decl.At)
		}
	}
	return marks
}

// service is the name of the service around a folder, "" when none.
func (l *tsLinker) service(dir string) string {
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

func (l *tsLinker) checkServices() {
	byName := make(map[string]*app.Service)
	for _, dir := range slices.Sorted(maps.Keys(l.roots)) {
		service := l.roots[dir]
		if other := byName[service.Name]; other != nil {
			l.errorAt(service.At, "Duplicate service name",
				"rename one of them in its "+serviceFile,
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

func (l *tsLinker) linkEndpoints() {
	for _, m := range l.modules {
		for _, endpoint := range m.endpoints {
			if endpoint.invalid {
				continue
			}
			endpoint.Service = m.service
			if endpoint.defaultPath {
				endpoint.Path = "/" + m.service + "." + endpoint.Name
			}
			if endpoint.request != nil && !endpoint.HasRequest {
				endpoint.HasRequest = l.required(m, *endpoint.request, &tsSteps{})
			}
			own := l.endpoints[m.service]
			if own == nil {
				own = make(map[string]*tsEndpointDecl)
				l.endpoints[m.service] = own
			}
			if first := own[endpoint.Name]; first != nil {
				l.errorAt(endpoint.At, "Duplicate endpoint name", "rename one of them", "The service %s has an endpoint %s already, at %s.", m.service, endpoint.Name, diagnostic.Place(first.At))
				continue
			}
			own[endpoint.Name] = endpoint
			l.result.Endpoints = append(l.result.Endpoints, endpoint.Endpoint)
		}
		for _, middleware := range m.middleware {
			if middleware.Name != "" {
				middleware.Service, middleware.Package = m.service, m.dir
				l.result.Middleware = append(l.result.Middleware, middleware.Middleware)
			}
		}
	}
}

// linkGateway finds the gateway and its auth handler. A handler that no gateway names is not called.
func (l *tsLinker) linkGateway() {
	var first *tsAuthHandlerDecl
	var gateway *tsGatewayDecl
	for _, m := range l.modules {
		for _, handler := range m.authHandlers {
			if first != nil {
				l.errorAt(handler.at, "Second auth handler", "remove one of them", "The application has an auth handler already, at %s, and there can be one.", diagnostic.Place(first.at))
				continue
			}
			first = handler
		}
		for _, declared := range m.gateways {
			if gateway != nil {
				l.errorAt(declared.at, "Second gateway", "remove one of them", "The application has a gateway already, at %s, and there can be one.", diagnostic.Place(gateway.at))
				continue
			}
			gateway = declared
			l.result.Gateway = &app.Gateway{Service: m.service, At: declared.at}
			if !declared.hasAuth {
				continue
			}
			found := false
			for _, entity := range l.follow(m, declared.auth) {
				if entity.auth != nil && len(entity.rest) == 0 {
					found = true
					l.result.AuthHandler = &app.AuthHandler{Name: entity.auth.name, Service: entity.module.service, At: entity.auth.at}
				}
			}
			if !found {
				l.errorAt(declared.authAt, "Unknown auth handler", "give the exported variable itself", "The gateway's auth handler is no variable that authHandler(...) is bound to.")
			}
		}
	}
}

// linkDecl resolves the names in a declaration: its parent, its endpoint.
func (l *tsLinker) linkDecl(m *tsModule, decl *tsDecl) {
	spelling := &l.language.spellings[decl.spelling]
	decl.Service = m.service
	if spelling.ParentArg >= 0 && !decl.Reference {
		l.linkParent(m, decl, spelling)
	}
	for _, reference := range decl.references {
		value := &decl.Config.Fields[reference.field].Value
		for _, entity := range l.follow(m, reference.target) {
			if entity.endpoint != nil && len(entity.rest) == 0 {
				value.Text, value.Package = entity.endpoint.Name, entity.module.path
			}
		}
	}
	if spelling.InService && m.service == "" && !decl.Reference {
		decl.invalid = true
		l.errorAt(decl.At, "Declared outside a service",
			"move the declaration into the folder of a service",
			"A %s must be declared within a service, and %s belongs to none.", spelling.Noun, m.path)
	}
	switch {
	case !decl.invalid:
		l.result.Decls = append(l.result.Decls, decl.Decl)
	case decl.readable && !decl.Reference:
		if decl.Name == "" {
			decl.Name = decl.Symbol
		}
		l.result.Invalid = append(l.result.Invalid, decl.Decl)
	}
}

func (l *tsLinker) linkParent(m *tsModule, decl *tsDecl, spelling *source.TypeScriptSpelling) {
	if decl.parent.name >= 0 {
		for _, entity := range l.follow(m, decl.parent) {
			if entity.decl != nil && entity.decl.Kind == spelling.ParentKind && entity.direct && len(entity.rest) == 0 {
				decl.Parent = entity.decl.Name
				decl.invalid = decl.invalid || entity.decl.invalid
				return
			}
		}
	}
	if decl.invalid {
		return
	}
	decl.invalid = true
	l.errorAt(decl.parentAt, "Not a declared "+spelling.ParentKind,
		"give the variable itself, imported from the module that declares it",
		"What the %s is given here is no variable that declares a %s.", spelling.Noun, spelling.ParentKind)
}

// finish hands over what the modules import, and sorts.
func (l *tsLinker) finish() {
	result := l.result
	for _, dir := range slices.Sorted(maps.Keys(l.roots)) {
		result.Services = append(result.Services, *l.roots[dir])
	}
	for _, m := range l.modules {
		result.Packages = append(result.Packages, l.packages(m)...)
	}
	source.Sort(result)
}

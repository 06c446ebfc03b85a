package encoremeta

import (
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/source"
)

// metadataReader turns Encore's metadata into declarations and uses.
type metadataReader struct {
	metadataSyntax
	result *source.Application
	module string
	// services holds the folder of every service, owners the service of every package.
	services map[string]string
	owners   map[string]string
	// declared are the resources by kind and name, missed the places of services that are not there.
	declared map[[2]string]bool
	missed   map[hcl.Range]bool
}

// Words of the metadata's enumerations, in the order of their numbers.
var (
	metadataLanguages = []string{"GO", "TYPESCRIPT"}
	metadataAccess    = []string{"PRIVATE", "PUBLIC", "AUTH"}
	metadataProtocols = []string{"REGULAR", "RAW"}
	metadataSegments  = []string{"LITERAL", "PARAM", "WILDCARD", "FALLBACK"}
	metadataSelectors = []string{"", "ALL", "TAG"}
)

// segmentMarks stand before the name of a path segment, in the order of metadataSegments.
var segmentMarks = []string{"", ":", "*", "!"}

func (r *metadataReader) application(root metadataNode, spellings []source.MetadataSpelling) {
	r.result.Runtime = app.EncoreGo
	if language, ok := r.word(root, "language", metadataLanguages); ok && language == 1 {
		r.result.Runtime = app.EncoreTypeScript
	}
	r.module = r.string(root, "module_path")
	services := r.objects(root, "svcs")
	for _, n := range services {
		r.service(n)
	}
	packages := r.objects(root, "pkgs")
	for _, n := range packages {
		r.owner(n)
	}
	for _, s := range r.result.Services { // which their own package may not be listed for
		if !slices.ContainsFunc(r.result.Packages, func(p source.Package) bool { return p.Dir == s.Dir }) {
			r.result.Packages = append(r.result.Packages, source.Package{Dir: s.Dir, Service: s.Name})
		}
	}
	for _, n := range services {
		r.endpoints(n)
	}
	for _, n := range packages {
		r.calls(n)
	}
	r.authHandler(root)
	for _, n := range r.objects(root, "middleware") {
		r.middleware(n)
	}
	for i := range spellings {
		r.declarations(root, &spellings[i])
	}
	for i := range spellings {
		r.uses(services, &spellings[i])
	}
	for i := range spellings {
		if !r.diags.HasErrors() { // of which it may be a consequence
			r.unused(&spellings[i])
		}
	}
	r.sort()
}

// sort puts the lists into the order the source's readers leave them in.
func (r *metadataReader) sort() {
	a := r.result
	slices.SortFunc(a.Services, func(x, y app.Service) int { return strings.Compare(x.Name, y.Name) })
	slices.SortStableFunc(a.Endpoints, func(x, y app.Endpoint) int {
		return strings.Compare(x.Service+"\x00"+x.Name, y.Service+"\x00"+y.Name)
	})
	slices.SortStableFunc(a.Middleware, func(x, y app.Middleware) int { return strings.Compare(x.Name, y.Name) })
	slices.SortStableFunc(a.Packages, func(x, y source.Package) int { return strings.Compare(x.Dir, y.Dir) })
	slices.SortStableFunc(a.Decls, func(x, y source.Decl) int {
		if order := strings.Compare(x.Kind+"\x00"+x.Name, y.Kind+"\x00"+y.Name); order != 0 {
			return order
		}
		return source.CompareRanges(x.At, y.At)
	})
	slices.SortStableFunc(a.Uses, func(x, y source.Use) int {
		if order := strings.Compare(x.Kind+"\x00"+x.Name, y.Kind+"\x00"+y.Name); order != 0 {
			return order
		}
		return source.CompareRanges(x.At, y.At)
	})
	slices.SortStableFunc(a.Calls, func(x, y source.Call) int { return source.CompareRanges(x.At, y.At) })
}

func (r *metadataReader) service(n metadataNode) {
	name, ok := r.required(n, "name", "service")
	if !ok {
		return
	}
	if _, twice := r.services[name]; twice {
		r.fail(r.within(n, "name"), "Invalid metadata", "print it again rather than mend it: "+metadataCommand, "There are two services %q.", name)
		return
	}
	dir := path.Clean(r.string(n, "rel_path"))
	r.services[name], r.owners[dir] = dir, name
	r.result.Services = append(r.result.Services, app.Service{Name: name, Dir: dir, HasConfig: r.flag(n, "has_config"), At: r.within(n, "name")})
}

// owner notes which service a package belongs to.
func (r *metadataReader) owner(n metadataNode) {
	dir := path.Clean(r.string(n, "rel_path"))
	service := r.string(n, "service_name")
	if service != "" && !r.isService(service, r.within(n, "service_name")) {
		return
	}
	if service != "" {
		r.owners[dir] = service
	}
	r.result.Packages = append(r.result.Packages, source.Package{Dir: dir, Service: service})
}

// isService reports whether there is a service of that name, and reports when there is none.
func (r *metadataReader) isService(name string, at hcl.Range) bool {
	if _, ok := r.services[name]; ok {
		return true
	}
	if r.missed[at] {
		return false
	}
	r.missed[at] = true
	r.fail(at, "Unknown service", "print it again rather than mend it: "+metadataCommand, "The list svcs has no service %q.", name)
	return false
}

func (r *metadataReader) endpoints(service metadataNode) {
	owner := r.string(service, "name")
	for _, n := range r.objects(service, "rpcs") {
		name, ok := r.required(n, "name", "endpoint")
		if !ok {
			continue
		}
		access, _ := r.word(n, "access_type", metadataAccess)
		protocol, _ := r.word(n, "proto", metadataProtocols)
		e := app.Endpoint{
			Service: owner, Name: name, Access: strings.ToLower(metadataAccess[access]), Raw: protocol == 1, Sensitive: r.flag(n, "sensitive"),
			At: r.location(n, "name"),
		}
		for _, method := range r.texts(n, "http_methods") {
			e.Methods = append(e.Methods, strings.ToUpper(method.text()))
		}
		slices.Sort(e.Methods)
		e.Methods = slices.Compact(e.Methods)
		var parametrized bool
		e.Path, parametrized = r.path(n.member("path"))
		e.Path = "/" + e.Path
		e.HasRequest = parametrized || !e.Raw && n.member("request_schema").value != nil
		for _, tag := range r.objects(n, "tags") {
			if kind, ok := r.word(tag, "type", metadataSelectors); ok && kind == 2 {
				e.Tags = append(e.Tags, r.string(tag, "value"))
			}
		}
		r.result.Endpoints = append(r.result.Endpoints, e)
	}
}

// path spells a path without its first slash; parametrized says that it has more than literals.
func (r *metadataReader) path(n metadataNode) (text string, parametrized bool) {
	var parts []string
	for _, segment := range r.objects(n, "segments") {
		kind, _ := r.word(segment, "type", metadataSegments)
		parametrized = parametrized || kind > 0
		parts = append(parts, segmentMarks[kind]+r.string(segment, "value"))
	}
	return strings.Join(parts, "/"), parametrized
}

// location is where something stands in the source, as its field loc says, else where its member stands in the metadata.
func (r *metadataReader) location(n metadataNode, member string) hcl.Range {
	loc := n.member("loc")
	file := r.string(loc, "filename")
	line, known := r.number(loc, "src_line_start")
	if file == "" || !known || line < 1 {
		return r.within(n, member)
	}
	column, _ := r.number(loc, "src_col_start")
	start := hcl.Pos{Line: int(line), Column: max(1, int(column))}
	end := start
	if last, ok := r.number(loc, "src_line_end"); ok && int(last) >= start.Line {
		column, _ := r.number(loc, "src_col_end")
		if last > line || int(column) > start.Column {
			end = hcl.Pos{Line: int(last), Column: max(1, int(column))}
		}
	}
	return hcl.Range{Filename: path.Join(r.folder(r.string(loc, "pkg_path")), file), Start: start, End: end}
}

// folder is the folder of an import path, which the metadata of Go applications has in some places.
func (r *metadataReader) folder(pkg string) string {
	switch inside, ok := strings.CutPrefix(pkg, r.module+"/"); {
	case r.result.Runtime != app.EncoreGo || r.module == "":
	case pkg == r.module:
		return "."
	case ok:
		return inside
	}
	return path.Clean(pkg)
}

// calls reads which endpoints a package calls. Encore lists a reference, as a cron job's, like a call.
func (r *metadataReader) calls(n metadataNode) {
	dir := path.Clean(r.string(n, "rel_path"))
	for _, call := range r.objects(n, "rpc_calls") {
		target, ok := r.owners[path.Clean(r.string(call, "pkg"))]
		if !ok {
			r.fail(r.within(call, "pkg"), "Unknown service", "print it again rather than mend it: "+metadataCommand,
				"Package %s calls an endpoint in %q, which belongs to no service of the list svcs.", dir, r.string(call, "pkg"))
			continue
		}
		r.result.Calls = append(r.result.Calls, source.Call{
			Package: dir, Service: r.string(n, "service_name"), TargetService: target, Endpoint: r.string(call, "name"), At: r.within(call, "name"),
		})
	}
}

// authHandler reads the auth handler: at the top, or at the gateway it guards.
func (r *metadataReader) authHandler(root metadataNode) {
	n := root.member("auth_handler")
	for _, gateway := range r.objects(root, "gateways") {
		if n.value == nil {
			n = gateway.member("explicit").member("auth_handler")
		}
	}
	if n.value == nil {
		return
	}
	service := r.string(n, "service_name")
	if service == "" { // which older versions do not say
		service = r.owners[r.folder(r.string(n, "pkg_path"))]
	}
	if r.isService(service, r.within(n, "service_name")) {
		r.result.AuthHandler = &app.AuthHandler{Name: r.string(n, "name"), Service: service, At: r.location(n, "name")}
	}
}

func (r *metadataReader) middleware(n metadataNode) {
	name := n.member("name")
	m := app.Middleware{
		Name: r.string(name, "name"), Package: path.Clean(r.string(name, "pkg")), Service: r.string(n, "service_name"), Global: r.flag(n, "global"),
		At: r.location(n, "name"),
	}
	if m.Global {
		m.Service = "" // although it may stand in one
	}
	for _, selector := range r.objects(n, "target") {
		switch kind, _ := r.word(selector, "type", metadataSelectors); kind {
		case 1:
			m.Targets = append(m.Targets, "all")
		case 2:
			m.Targets = append(m.Targets, "tag:"+r.string(selector, "value"))
		}
	}
	slices.Sort(m.Targets)
	r.result.Middleware = append(r.result.Middleware, m)
}

// Package manifest reads groundplan.app.hcl, the description of an application that does not use Encore or whose source
// cannot be read.
//
// grammar.go is what may be written, as data, and the other files turn blocks into declarations and uses.
//
// It is more than 1,500 lines because the grammar is data, with the documentation of each setting.
package manifest

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/pattern"
	"github.com/groundplan/groundplan/generator/settings"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/encoreapp"
)

// Exists reports whether a folder has a manifest.
func Exists(root string) bool {
	_, err := os.Stat(filepath.Join(root, Filename))
	return err == nil
}

// Read reads groundplan.app.hcl in root: an application described in so many words, because it does not use Encore
// or its source cannot be read.
//
// The result is what the source would give: the runtime is Encore's where the manifest names it, and what the `uses` of a service lists stands as references and uses at its place. The
// diagnostics are about syntax, names and structure. Rules over settings belong to the kinds. The error is the machine's.
func Read(root string, spellings []source.ManifestSpelling) (*source.Application, hcl.Diagnostics, error) {
	text, err := os.ReadFile(filepath.Join(root, Filename))
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", Filename, err)
	}
	text = source.DecodePlain(text)
	if _, err := os.Stat(filepath.Join(root, encoreapp.Filename)); err == nil {
		return nil, hcl.Diagnostics{diagnostic.Error(source.TextRange(Filename, nil, 0, 0), "Two descriptions of one application",
			"remove "+Filename+" to read the source, or move it into a folder of its own and name that by --app",
			"Beside %s there is %s, so that both the source and the manifest say what the application is.", Filename, encoreapp.Filename)}, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("look for %s: %w", encoreapp.Filename, err)
	}
	if pointer := source.CheckPointer(Filename, text); pointer != nil {
		return nil, hcl.Diagnostics{pointer}, nil
	}
	application, diags := parseManifest(text, spellings)
	if application != nil {
		if err := countManifestMigrations(root, application); err != nil {
			return nil, nil, err
		}
	}
	diagnostic.Sort(diags)
	return application, diags, nil
}

// countManifestMigrations counts the migrations of each database: what is wrong with a folder is for the kind to say.
func countManifestMigrations(root string, application *source.Application) error {
	for i := range application.Decls {
		decl := &application.Decls[i]
		if decl.Migrations == "" {
			continue
		}
		names, err := source.ReadDirectory(root, decl.Migrations)
		if err != nil {
			return err
		}
		decl.MigrationCount, _ = source.CountMigrations(names)
	}
	return nil
}

// parseManifest reads the text of a manifest; the application is nil when the text is no HCL.
func parseManifest(text []byte, spellings []source.ManifestSpelling) (*source.Application, hcl.Diagnostics) {
	parsed, diags := settings.Parse(Filename, text, Table(spellings))
	if diags.HasErrors() {
		return nil, diags
	}
	// What is wrong with the runtime is reported when its block is read.
	runs, scope := app.Containers, source.ForContainers
	switch parsed.Peek("app", "runtime") {
	case runtimeGo:
		runs, scope = app.EncoreGo, source.ForEncore
	case runtimeTypeScript:
		runs, scope = app.EncoreTypeScript, source.ForEncore
	}
	file, diags := parsed.Read(scope)
	reader := &manifestReader{
		file: file, spellings: spellings, diags: diags,
		declared: map[[3]string]source.Decl{}, services: map[string]*settings.Block{}, endpoints: map[[2]string]app.Endpoint{}, port: defaultPort,
		result: &source.Application{Runtime: runs, Origin: source.FromManifest},
	}
	reader.application()
	return reader.result, reader.diags
}

// manifestReader turns the blocks of a manifest into declarations and uses.
type manifestReader struct {
	file      *settings.Block
	spellings []source.ManifestSpelling
	result    *source.Application
	diags     hcl.Diagnostics
	// declared are the declarations by kind, parent and name; services and endpoints what calls and jobs may name.
	declared  map[[3]string]source.Decl
	services  map[string]*settings.Block
	endpoints map[[2]string]app.Endpoint
	// port is the port every container listens on.
	port int
}

func (r *manifestReader) fail(at hcl.Range, summary, hint, detail string, args ...any) {
	r.diags = append(r.diags, diagnostic.Error(at, summary, hint, detail, args...))
}

func (r *manifestReader) application() {
	r.app()
	for _, node := range r.units() {
		r.service(node)
	}
	for _, node := range r.known() {
		for _, endpoint := range node.All("endpoint") {
			r.endpoint(node, endpoint)
		}
	}
	r.authHandler()
	// What has a parent comes after what may be one.
	for _, nested := range []bool{false, true} {
		for i := range r.spellings {
			if s := &r.spellings[i]; s.Block != "" && (s.Parent != "") == nested {
				r.declarations(s)
			}
		}
	}
	for _, node := range r.known() {
		for _, uses := range node.All("uses") {
			r.uses(node, uses)
		}
	}
	r.settleSecrets()
	r.checkRoutes()
	slices.SortFunc(r.result.Decls, func(a, b source.Decl) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name), source.CompareRanges(a.At, b.At))
	})
	slices.SortFunc(r.result.Uses, func(a, b source.Use) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name), source.CompareRanges(a.At, b.At))
	})
	slices.SortFunc(r.result.Calls, func(a, b source.Call) int { return source.CompareRanges(a.At, b.At) })
	slices.SortFunc(r.result.Endpoints, func(a, b app.Endpoint) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Name, b.Name))
	})
	slices.SortFunc(r.result.Services, func(a, b app.Service) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(r.result.Packages, func(a, b source.Package) int { return cmp.Compare(a.Dir, b.Dir) })
}

func (r *manifestReader) app() {
	node := r.file.First("app")
	if node == nil {
		r.fail(source.TextRange(Filename, nil, 0, 0), "No application", `begin the file with app "name" {}`,
			"The manifest does not say what the application is called.")
		return
	}
	if !manifestName().MatchString(node.Label) {
		r.fail(node.LabelAt, "Invalid application name", "begin with a letter, as in \"shop\"",
			"The name %q must be 1 to 63 letters, digits and .-_ characters.", node.Label)
	}
	r.result.ID, r.result.IDAt = node.Label, node.LabelAt
	r.readPort(node)
	if at, runtime := node.Find("runtime"), node.Text("runtime"); at != nil {
		known := []string{runtimeContainer, runtimeGo, runtimeTypeScript}
		if !slices.Contains(known, runtime) {
			r.fail(*at, "Unknown runtime", diagnostic.Proposal(runtime, known, "the runtimes are ", ""), "There is no runtime %q.", runtime)
		}
	}
	if cors := node.First("cors"); cors != nil {
		r.result.CORS = &app.CORS{
			Debug: cors.Flag("debug"), AllowHeaders: cors.Texts("allow_headers"), ExposeHeaders: cors.Texts("expose_headers"),
			AllowOriginsWithoutCredentials: cors.Texts("allow_origins_without_credentials"),
			AllowOriginsWithCredentials:    cors.Texts("allow_origins_with_credentials"),
		}
	}
}

// manifestName is the form of a name where Encore for Go demands no other.
var manifestName = pattern.Lazy(`^[A-Za-z][A-Za-z0-9._-]{0,62}$`)

func (r *manifestReader) service(node *settings.Block) {
	if !manifestName().MatchString(node.Label) {
		r.fail(node.LabelAt, "Invalid "+node.Type+" name", "begin with a letter, as in \"orders\"",
			"The name %q must be 1 to 63 letters, digits and .-_ characters.", node.Label)
		return
	}
	if first := r.services[node.Label]; first != nil {
		r.fail(node.LabelAt, "Duplicate "+node.Type+" name", "rename one of them", "%s is described here and at %s.", described(node, first), diagnostic.Place(first.LabelAt))
		return
	}
	dir := path.Clean(cmp.Or(node.Text("dir"), node.Label))
	if !fs.ValidPath(dir) {
		r.fail(node.Where("dir"), "Folder outside the application", `write it relative to the manifest, as in "services/orders"`,
			"The %s %q is said to be in %q.", node.Type, node.Label, dir)
		return
	}
	for _, other := range r.result.Packages {
		if other.Dir == dir {
			r.fail(cmp.Or(node.Where("dir"), node.At), "Two services in one folder", "set dir to the folder of each",
				"The services %q and %q are both said to be in %s.", other.Service, node.Label, dir)
			return
		}
	}
	r.services[node.Label] = node
	service := app.Service{Name: node.Label, Dir: dir, HasConfig: node.Flag("cue_config"), At: node.At}
	if r.result.Runtime == app.Containers {
		service.Container = r.container(node)
	}
	r.result.Services = append(r.result.Services, service)
	r.result.Packages = append(r.result.Packages, source.Package{Dir: dir, Service: node.Label})
}

func (r *manifestReader) authHandler() {
	node := r.file.First("app")
	if node == nil || node.First("auth_handler") == nil {
		return
	}
	handler := node.First("auth_handler")
	service, at := handler.Text("service"), handler.Find("service")
	if at == nil {
		return // reported
	}
	if r.services[service] == nil {
		r.unknownService(*at, service)
		return
	}
	r.result.AuthHandler = &app.AuthHandler{Name: handler.Label, Service: service, At: handler.At}
}

// units are the blocks of everything that runs: services and jobs, which differ in what starts them and in nothing else.
func (r *manifestReader) units() []*settings.Block {
	return append(r.file.All("service"), r.file.All(jobBlock)...)
}

// known are the blocks of the services and jobs, without those that were refused.
func (r *manifestReader) known() []*settings.Block {
	return slices.DeleteFunc(r.units(), func(n *settings.Block) bool { return r.services[n.Label] != n })
}

func (r *manifestReader) unknownService(at hcl.Range, name string) {
	r.fail(at, "Unknown service", diagnostic.Proposal(name, r.serviceNames(), "the application has ", "describe it in a service block"),
		"No service named %q is described in the manifest.", name)
}

// serviceNames are the services there are, sorted.
func (r *manifestReader) serviceNames() []string {
	var names []string
	for name := range r.services {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// methods are the HTTP methods an endpoint may take.
var methods = []string{"*", "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}

func (r *manifestReader) endpoint(service, node *settings.Block) {
	key := [2]string{service.Label, node.Label}
	if first, twice := r.endpoints[key]; twice {
		r.fail(node.LabelAt, "Duplicate endpoint name", "rename one of them",
			"The endpoint %s.%s is described here and at %s.", service.Label, node.Label, diagnostic.Place(first.At))
		return
	}
	e := app.Endpoint{
		Service: service.Label, Name: node.Label, Access: cmp.Or(node.Text("access"), "private"), Methods: node.Texts("method"),
		Path: cmp.Or(node.Text("path"), "/"+service.Label+"."+node.Label), Raw: node.Flag("raw"), At: node.At,
	}
	if !slices.Contains([]string{"public", "auth", "private"}, e.Access) {
		r.fail(node.Where("access"), "Unknown access", "write public, auth or private", "The endpoint %s.%s cannot be %q.", service.Label, node.Label, e.Access)
	}
	for _, part := range node.Parts("method") {
		if !slices.Contains(methods, part.Text) {
			r.fail(part.At, "Unknown HTTP method", diagnostic.Proposal(part.Text, methods, "the methods are ", ""), "There is no method %q.", part.Text)
		}
	}
	if !strings.HasPrefix(e.Path, "/") {
		r.fail(node.Where("path"), "Invalid path", fmt.Sprintf("write %q", "/"+e.Path), "The path %q does not begin with a slash.", e.Path)
	}
	switch {
	case len(e.Methods) > 0:
		slices.Sort(e.Methods)
		e.Methods = slices.Compact(e.Methods)
	case e.Raw:
		e.Methods = []string{"*"}
	case r.result.Runtime == app.EncoreTypeScript || node.Flag("request"):
		e.Methods = []string{"POST"}
	default:
		e.Methods = []string{"GET", "POST"}
	}
	e.HasRequest = node.Flag("request")
	for _, segment := range strings.Split(e.Path, "/") {
		e.HasRequest = e.HasRequest || segment != "" && strings.ContainsRune(":*!", rune(segment[0]))
	}
	r.endpoints[key] = e
	r.result.Endpoints = append(r.result.Endpoints, e)
}

// described is what two blocks of one name are called.
func described(node, first *settings.Block) string {
	if node.Type != first.Type {
		return fmt.Sprintf("What is called %q", node.Label)
	}
	return node.Describe()
}

// findJob reads the name of a job.
func (r *manifestReader) findJob(name string, at hcl.Range) bool {
	if node := r.services[name]; node != nil && node.Type == jobBlock {
		return true
	}
	var names []string
	for _, node := range r.known() {
		if node.Type == jobBlock {
			names = append(names, node.Label)
		}
	}
	r.fail(at, "Unknown job", diagnostic.Proposal(name, names, "the jobs are ", fmt.Sprintf("describe it: job %q { ... }", name)),
		"No job named %q is described in the manifest.", name)
	return false
}

// callable reports a call of what listens on no port.
func (r *manifestReader) callable(service string, at hcl.Range) bool {
	node := r.services[service]
	switch {
	case node.Type == jobBlock:
		r.fail(at, "Call of a job", "start it by a cron block, or make a service of it", "%q is a job, which listens on no port: nothing can call it.", service)
	case node.Flag("worker"):
		r.fail(at, "Call of a worker", "remove worker = true from it, or reach it by a topic", "%q is a worker, which listens on no port: nothing can call it.", service)
	default:
		return true
	}
	return false
}

// findEndpoint reads "service.Endpoint"; the endpoint is "" when only the service is named.
func (r *manifestReader) findEndpoint(name string, at hcl.Range, needed bool) (service, endpoint string, ok bool) {
	service, endpoint, dotted := strings.Cut(name, ".")
	if r.services[name] != nil && !needed {
		return name, "", r.callable(name, at) // a service's name may have dots
	}
	if r.services[service] == nil {
		r.unknownService(at, service)
		return "", "", false
	}
	if !r.callable(service, at) {
		return "", "", false
	}
	if !dotted && needed {
		r.fail(at, "Missing endpoint", fmt.Sprintf(`name one of its endpoints, as in "%s.Cleanup"`, service),
			"%q names a service, not what is called there.", name)
		return "", "", false
	}
	var names []string
	for _, e := range r.result.Endpoints {
		if e.Service == service {
			names = append(names, service+"."+e.Name)
		}
	}
	if _, known := r.endpoints[[2]string{service, endpoint}]; dotted && !known {
		r.fail(at, "Unknown endpoint", diagnostic.Proposal(name, names, "the service has ",
			fmt.Sprintf("describe it: endpoint %q { ... } in the service %q", endpoint, service)),
			"The service %q has no endpoint %q.", service, endpoint)
		return "", "", false
	}
	return service, endpoint, true
}

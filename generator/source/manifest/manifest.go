// Package manifest reads groundplan.app.hcl, the description of an application that does not use Encore or whose source
// cannot be read.
//
// grammar.go is what may be written, as data, syntax.go checks a file against it, the other files turn its blocks into
// declarations and uses.
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
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
)

// Exists reports whether a folder has a manifest.
func Exists(root string) bool {
	_, err := os.Stat(filepath.Join(root, Filename))
	return err == nil
}

// Read reads groundplan.app.hcl in root: an application described in so many words, because it does not use Encore
// or its source cannot be read. reword turns what hcl's parser says of a file that is no HCL, with the file's text, into
// words for people; nil keeps hcl's own.
//
// The result is what the source would give: the runtime is Encore's where the manifest names it, and what the `uses` of a service lists stands as references and uses at its place. The
// diagnostics are about syntax, names and structure. Rules over settings belong to the kinds. The error is the machine's.
func Read(root string, spellings []source.ManifestSpelling, reword func(hcl.Diagnostics, []byte) hcl.Diagnostics) (*source.Application, hcl.Diagnostics, error) {
	text, err := os.ReadFile(filepath.Join(root, Filename))
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", Filename, err)
	}
	text = source.DecodePlain(text)
	if _, err := os.Stat(filepath.Join(root, source.EncoreAppFile)); err == nil {
		return nil, hcl.Diagnostics{diagnostic.Error(source.TextRange(Filename, nil, 0, 0), "Two descriptions of one application",
			"remove "+Filename+" to read the source, or move it into a folder of its own and name that by --app",
			"Beside %s there is %s, so that both the source and the manifest say what the application is.", Filename, source.EncoreAppFile)}, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("look for %s: %w", source.EncoreAppFile, err)
	}
	if pointer := source.CheckPointer(Filename, text); pointer != nil {
		return nil, hcl.Diagnostics{pointer}, nil
	}
	application, diags := parseManifest(text, spellings, reword)
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
func parseManifest(text []byte, spellings []source.ManifestSpelling, reword func(hcl.Diagnostics, []byte) hcl.Diagnostics) (*source.Application, hcl.Diagnostics) {
	parsed, diags := hclsyntax.ParseConfig(text, Filename, hcl.InitialPos)
	if diags.HasErrors() {
		if reword != nil {
			diags = reword(diags, text)
		}
		return nil, diags
	}
	body := parsed.Body.(*hclsyntax.Body)
	runs, only := manifestRuntime(body)
	syntax := &manifestSyntax{only: only}
	file := syntax.read(body, Grammar(spellings))
	reader := &manifestReader{
		manifestSyntax: syntax, file: file, spellings: spellings,
		declared: map[[3]string]source.Decl{}, services: map[string]*manifestNode{}, endpoints: map[[2]string]app.Endpoint{}, port: defaultPort,
		result: &source.Application{Runtime: runs, Origin: source.FromManifest},
	}
	reader.application()
	return reader.result, syntax.diags
}

// manifestRuntime looks for the runtime before anything is checked, because the grammar depends on it. What is wrong
// with it is reported when its block is read.
func manifestRuntime(body *hclsyntax.Body) (runs app.Runtime, only source.ManifestOnly) {
	for _, block := range body.Blocks {
		if attribute := block.Body.Attributes["runtime"]; block.Type == "app" && attribute != nil {
			switch value, _ := (&manifestSyntax{}).literal(attribute.Expr); value.Text {
			case runtimeGo:
				return app.EncoreGo, source.ForEncore
			case runtimeTypeScript:
				return app.EncoreTypeScript, source.ForEncore
			}
		}
	}
	return app.Containers, source.ForContainers
}

// manifestReader turns the blocks of a manifest into declarations and uses.
type manifestReader struct {
	*manifestSyntax
	file      *manifestNode
	spellings []source.ManifestSpelling
	result    *source.Application
	// declared are the declarations by kind, parent and name; services and endpoints what calls and jobs may name.
	declared  map[[3]string]source.Decl
	services  map[string]*manifestNode
	endpoints map[[2]string]app.Endpoint
	// port is the port every container listens on.
	port int
}

func (r *manifestReader) application() {
	r.app()
	for _, node := range r.units() {
		r.service(node)
	}
	for _, node := range r.known() {
		for _, endpoint := range node.all("endpoint") {
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
		for _, uses := range node.all("uses") {
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
	node := r.file.first("app")
	if node == nil {
		r.fail(source.TextRange(Filename, nil, 0, 0), "No application", `begin the file with app "name" {}`,
			"The manifest does not say what the application is called.")
		return
	}
	if !manifestName.MatchString(node.label) {
		r.fail(node.labelAt, "Invalid application name", "begin with a letter, as in \"shop\"",
			"The name %q must be 1 to 63 letters, digits and .-_ characters.", node.label)
	}
	r.result.ID, r.result.IDAt = node.label, node.labelAt
	r.readPort(node)
	if runtime := node.value("runtime"); runtime.Kind == source.String {
		known := []string{runtimeContainer, runtimeGo, runtimeTypeScript}
		if !slices.Contains(known, runtime.Text) {
			r.fail(runtime.At, "Unknown runtime", diagnostic.Proposal(runtime.Text, known, "the runtimes are ", ""), "There is no runtime %q.", runtime.Text)
		}
	}
	if cors := node.first("cors"); cors != nil {
		r.result.CORS = &app.CORS{
			Debug: cors.value("debug").Bool, AllowHeaders: cors.texts("allow_headers"), ExposeHeaders: cors.texts("expose_headers"),
			AllowOriginsWithoutCredentials: cors.texts("allow_origins_without_credentials"),
			AllowOriginsWithCredentials:    cors.texts("allow_origins_with_credentials"),
		}
	}
}

// manifestName is the form of a name where Encore for Go demands no other.
var manifestName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._-]{0,62}$`)

func (r *manifestReader) service(node *manifestNode) {
	if !manifestName.MatchString(node.label) {
		r.fail(node.labelAt, "Invalid "+node.block.Type+" name", "begin with a letter, as in \"orders\"",
			"The name %q must be 1 to 63 letters, digits and .-_ characters.", node.label)
		return
	}
	if first := r.services[node.label]; first != nil {
		r.fail(node.labelAt, "Duplicate "+node.block.Type+" name", "rename one of them", "%s is described here and at %s.", described(node, first), diagnostic.Place(first.labelAt))
		return
	}
	dir := path.Clean(node.text("dir", node.label))
	if !fs.ValidPath(dir) {
		r.fail(node.value("dir").At, "Folder outside the application", `write it relative to the manifest, as in "services/orders"`,
			"The %s %q is said to be in %q.", node.block.Type, node.label, dir)
		return
	}
	for _, other := range r.result.Packages {
		if other.Dir == dir {
			r.fail(cmp.Or(node.value("dir").At, node.at), "Two services in one folder", "set dir to the folder of each",
				"The services %q and %q are both said to be in %s.", other.Service, node.label, dir)
			return
		}
	}
	r.services[node.label] = node
	service := app.Service{Name: node.label, Dir: dir, HasConfig: node.value("cue_config").Bool, At: node.at}
	if r.only == source.ForContainers {
		service.Container = r.container(node)
	}
	r.result.Services = append(r.result.Services, service)
	r.result.Packages = append(r.result.Packages, source.Package{Dir: dir, Service: node.label})
}

func (r *manifestReader) authHandler() {
	node := r.file.first("app")
	if node == nil || node.first("auth_handler") == nil {
		return
	}
	handler := node.first("auth_handler")
	service := handler.value("service")
	if service.Kind != source.String {
		return // reported
	}
	if r.services[service.Text] == nil {
		r.unknownService(service.At, service.Text)
		return
	}
	r.result.AuthHandler = &app.AuthHandler{Name: handler.label, Service: service.Text, At: handler.at}
}

// units are the blocks of everything that runs: services and jobs, which differ in what starts them and in nothing else.
func (r *manifestReader) units() []*manifestNode {
	return append(r.file.all("service"), r.file.all(jobBlock)...)
}

// known are the blocks of the services and jobs, without those that were refused.
func (r *manifestReader) known() []*manifestNode {
	return slices.DeleteFunc(r.units(), func(n *manifestNode) bool { return r.services[n.label] != n })
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

func (r *manifestReader) endpoint(service, node *manifestNode) {
	key := [2]string{service.label, node.label}
	if first, twice := r.endpoints[key]; twice {
		r.fail(node.labelAt, "Duplicate endpoint name", "rename one of them",
			"The endpoint %s.%s is described here and at %s.", service.label, node.label, diagnostic.Place(first.At))
		return
	}
	e := app.Endpoint{
		Service: service.label, Name: node.label, Access: node.text("access", "private"), Methods: node.texts("method"),
		Path: node.text("path", "/"+service.label+"."+node.label), Raw: node.value("raw").Bool, At: node.at,
	}
	if access := node.value("access"); !slices.Contains([]string{"public", "auth", "private"}, e.Access) {
		r.fail(access.At, "Unknown access", "write public, auth or private", "The endpoint %s.%s cannot be %q.", service.label, node.label, e.Access)
	}
	for _, field := range node.value("method").Fields {
		if !slices.Contains(methods, field.Value.Text) {
			r.fail(field.Value.At, "Unknown HTTP method", diagnostic.Proposal(field.Value.Text, methods, "the methods are ", ""),
				"There is no method %q.", field.Value.Text)
		}
	}
	if path := node.value("path"); !strings.HasPrefix(e.Path, "/") {
		r.fail(path.At, "Invalid path", fmt.Sprintf("write %q", "/"+e.Path), "The path %q does not begin with a slash.", e.Path)
	}
	switch {
	case len(e.Methods) > 0:
		slices.Sort(e.Methods)
		e.Methods = slices.Compact(e.Methods)
	case e.Raw:
		e.Methods = []string{"*"}
	case r.result.Runtime == app.EncoreTypeScript || node.value("request").Bool:
		e.Methods = []string{"POST"}
	default:
		e.Methods = []string{"GET", "POST"}
	}
	e.HasRequest = node.value("request").Bool
	for _, segment := range strings.Split(e.Path, "/") {
		e.HasRequest = e.HasRequest || segment != "" && strings.ContainsRune(":*!", rune(segment[0]))
	}
	r.endpoints[key] = e
	r.result.Endpoints = append(r.result.Endpoints, e)
}

// described is what two blocks of one name are called.
func described(node, first *manifestNode) string {
	if node.block != first.block {
		return fmt.Sprintf("What is called %q", node.label)
	}
	return fmt.Sprintf("The %s %q", node.block.Type, node.label)
}

// findJob reads the name of a job.
func (r *manifestReader) findJob(written source.Value) bool {
	if node := r.services[written.Text]; node != nil && node.block.Type == jobBlock {
		return true
	}
	var names []string
	for _, node := range r.known() {
		if node.block.Type == jobBlock {
			names = append(names, node.label)
		}
	}
	r.fail(written.At, "Unknown job", diagnostic.Proposal(written.Text, names, "the jobs are ", fmt.Sprintf("describe it: job %q { ... }", written.Text)),
		"No job named %q is described in the manifest.", written.Text)
	return false
}

// callable reports a call of what listens on no port.
func (r *manifestReader) callable(written source.Value, service string) bool {
	node := r.services[service]
	switch {
	case node.block.Type == jobBlock:
		r.fail(written.At, "Call of a job", "start it by a cron block, or make a service of it", "%q is a job, which listens on no port: nothing can call it.", service)
	case node.value("worker").Bool:
		r.fail(written.At, "Call of a worker", "remove worker = true from it, or reach it by a topic", "%q is a worker, which listens on no port: nothing can call it.", service)
	default:
		return true
	}
	return false
}

// findEndpoint reads "service.Endpoint"; the endpoint is "" when only the service is named.
func (r *manifestReader) findEndpoint(written source.Value, needed bool) (service, endpoint string, ok bool) {
	service, endpoint, dotted := strings.Cut(written.Text, ".")
	if r.services[written.Text] != nil && !needed {
		return written.Text, "", r.callable(written, written.Text) // a service's name may have dots
	}
	if r.services[service] == nil {
		r.unknownService(written.At, service)
		return "", "", false
	}
	if !r.callable(written, service) {
		return "", "", false
	}
	if !dotted && needed {
		r.fail(written.At, "Missing endpoint", fmt.Sprintf(`name one of its endpoints, as in "%s.Cleanup"`, service),
			"%q names a service, not what is called there.", written.Text)
		return "", "", false
	}
	var names []string
	for _, e := range r.result.Endpoints {
		if e.Service == service {
			names = append(names, service+"."+e.Name)
		}
	}
	if _, known := r.endpoints[[2]string{service, endpoint}]; dotted && !known {
		r.fail(written.At, "Unknown endpoint", diagnostic.Proposal(written.Text, names, "the service has ",
			fmt.Sprintf("describe it: endpoint %q { ... } in the service %q", endpoint, service)),
			"The service %q has no endpoint %q.", service, endpoint)
		return "", "", false
	}
	return service, endpoint, true
}

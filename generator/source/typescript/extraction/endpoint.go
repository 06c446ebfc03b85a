package extraction

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/typescript/facts"
	"github.com/groundplan/groundplan/generator/source/typescript/syntax"
	"github.com/groundplan/groundplan/generator/source/typescript/vocabulary"
)

// httpMethods are the methods an endpoint can answer.
var httpMethods = []string{"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}

// endpointSettings are the settings of an endpoint.
type endpointSettings struct {
	Method         source.Value
	Path           string
	Expose         bool
	Auth           bool
	BodyLimit      source.Value // a number of bytes, or null for no limit: the runtime's business
	Tags           []string
	Sensitive      bool
	Dir            string
	NotFound       string
	NotFoundStatus int
	Headers        source.Value // those of static files: the runtime's business
}

// endpoint reads api(...) and api.form(...).
func (r *reader) endpoint(form string, n *syntax.Call, ancestors []syntax.Node) {
	h := holding(ancestors)
	if h.binding == nil {
		r.Module.Error(r.At(n), "Endpoint without a name",
			"write export const name = api(...)",
			"An endpoint is called by the exported variable it is bound to, and this one is bound to none.")
		return
	}
	endpoint := &facts.Endpoint{Endpoint: app.Endpoint{Name: h.name, Access: "private", Methods: []string{"POST"}, At: r.At(n)}}
	if len(n.Arguments) == 0 {
		r.Module.Error(r.At(n), "Endpoint without settings", "give them as an object literal, {...}", "The endpoint %s has no settings.", h.name)
		return
	}
	r.Module.Endpoints = append(r.Module.Endpoints, endpoint)
	r.root()
	if index := r.Follow(h.binding, facts.Name{Text: h.name}); h.direct || r.Module.Names[index].Endpoint == 0 {
		r.Module.Names[index].Endpoint = int32(len(r.Module.Endpoints))
	}
	value, settings, ok := r.endpointSettings(n.Arguments[0])
	endpoint.Invalid = !ok
	if form != "static" && len(n.Arguments) < 2 {
		endpoint.Invalid = true
		r.Module.Error(endpoint.At, "Endpoint without a handler", "give one as the second argument", "The endpoint %s has no function that answers requests.", h.name)
	}
	if endpoint.Invalid {
		return
	}
	endpoint.Sensitive, endpoint.Tags = settings.Sensitive, settings.Tags
	switch {
	case settings.Expose && settings.Auth:
		endpoint.Access = "auth"
	case settings.Expose:
		endpoint.Access = "public"
	}
	endpoint.Path, endpoint.DefaultPath = settings.Path, settings.Path == ""
	if problem := checkPath(settings.Path); settings.Path != "" && problem != "" {
		r.Module.Error(value.Field("path").At, "Invalid path", "write it as /literal/:parameter, with /*rest or /!rest at the end at most", "The path %q cannot be used: %s.", settings.Path, problem)
	}
	if settings.Method.Kind != source.Absent && settings.Method.Kind != source.Nil {
		endpoint.Methods = r.methods(settings.Method)
	}
	switch form {
	case "raw":
		endpoint.Raw = true
	case "streamIn", "streamOut", "streamInOut":
		endpoint.Methods, endpoint.HasRequest, endpoint.Stream = []string{"GET"}, true, form
	case "static":
		endpoint.Methods = []string{"GET", "HEAD"}
		r.static(endpoint, value, settings)
	default:
		endpoint.Request = r.request(n)
		if endpoint.Request == nil && strings.ContainsAny(endpoint.Path, ":*!") && checkPath(endpoint.Path) == "" {
			r.Module.Error(value.Field("path").At, "Path without a request", "give the handler a parameter with a type, as in ({ id }: { id: string })", "The path %q of %s has parameters, and its handler takes no request with a type that holds them, so that Encore refuses it.", settings.Path, h.name)
		}
	}
	endpoint.HasRequest = endpoint.HasRequest || strings.ContainsAny(endpoint.Path, ":*!")
}

// endpointSettings reads the settings of an endpoint, and reports whether they are valid.
func (r *reader) endpointSettings(argument syntax.Expression) (value source.Value, settings endpointSettings, ok bool) {
	literals := literalReader{r: r}
	value, ok = literals.object(argument)
	if !ok {
		return value, settings, false
	}
	diags := source.Decode(value, &settings)
	if diags.HasErrors() {
		r.Module.Diags = append(r.Module.Diags, diags...)
	}
	return value, settings, !diags.HasErrors()
}

// static checks the settings of static files. That their folder exists is the build's business: often it is built.
func (r *reader) static(endpoint *facts.Endpoint, value source.Value, settings endpointSettings) {
	if settings.Dir == "" {
		r.Module.Error(endpoint.At, "Static files without a folder", `set dir, as in "./assets"`, "The endpoint %s does not say which folder it serves.", endpoint.Name)
		return
	}
	endpoint.Static = path.Join(r.Module.Dir, settings.Dir)
	if settings.NotFound != "" {
		endpoint.NotFound = path.Join(r.Module.Dir, settings.NotFound)
	}
	for _, name := range []string{"dir", "notFound"} {
		if v := value.Field(name); v.Kind == source.String && !isLocalPath(v.Text) {
			r.Module.Error(v.At, "Path outside the module", `write a relative path without .., as in "./assets"`, "%s is %q, and it must lie below the folder of this file.", name, v.Text)
		}
	}
	segments := strings.Split(endpoint.Path, "/")
	dynamic := slices.IndexFunc(segments, func(s string) bool { return s != "" && strings.ContainsRune(":*!", rune(s[0])) })
	if dynamic >= 0 && dynamic < len(segments)-1 && checkPath(endpoint.Path) == "" {
		r.Module.Error(value.Field("path").At, "Invalid path", "end it with one such as /*path", "The path %q of static files can vary in its last segment only.", endpoint.Path)
	}
}

// isLocalPath reports whether a path stays below the folder it starts in.
func isLocalPath(name string) bool {
	return !path.IsAbs(name) && !slices.Contains(strings.Split(name, "/"), "..")
}

// checkPath says what is wrong with the form of a path, "" when nothing is.
func checkPath(p string) string {
	if !strings.HasPrefix(p, "/") {
		return "it does not begin with a slash"
	}
	if p == "/" {
		return ""
	}
	if strings.ContainsAny(p, "?#") {
		return "it has a query or a fragment"
	}
	segments := strings.Split(p[1:], "/")
	for i, segment := range segments {
		switch {
		case segment == "" && i == len(segments)-1:
			return "it ends with a slash"
		case segment == "":
			return "it has an empty segment"
		case strings.ContainsRune(":*!", rune(segment[0])) && len(segment) == 1:
			return "a segment that varies has no name"
		case strings.ContainsRune("*!", rune(segment[0])) && i < len(segments)-1:
			return "a segment that takes all the rest is not the last one"
		}
	}
	return ""
}

// methods reads one method, a list of them, or "*".
func (r *reader) methods(value source.Value) []string {
	written := value.Fields
	if value.Kind != source.List {
		written = []source.Field{{Value: value}}
	}
	var methods []string
	for _, field := range written {
		method := field.Value
		switch {
		case method.Kind == source.String && method.Text == "*" && len(written) == 1:
			return []string{"*"}
		case method.Kind == source.String && slices.Contains(httpMethods, method.Text):
			methods = append(methods, method.Text)
		default:
			r.Module.Error(method.At, "Unknown method", fmt.Sprintf(`use one of %s, or "*" alone for all`, strings.Join(httpMethods, ", ")), "An endpoint answers HTTP methods, and %s is none.", source.DescribeValue(method))
		}
	}
	slices.Sort(methods)
	return slices.Compact(methods)
}

// request is the type of what an endpoint's handler takes, nil for nothing.
func (r *reader) request(n *syntax.Call) *facts.Type {
	var written syntax.Type
	if function, ok := syntax.Unwrap(n.Arguments[1]).(*syntax.Function); ok {
		if len(function.Generics) > 0 {
			r.Module.Error(r.At(function.Generics[0]), "Handler with type parameters", "write the types out", "The handler of an endpoint cannot have type parameters: what it takes must be known.")
		}
		if len(function.Parameters) > 0 {
			written = function.Parameters[0].Type
		}
	}
	if written == nil && len(n.Types) > 0 {
		written = n.Types[0]
	}
	if written == nil {
		return nil
	}
	t := r.ReadType(written)
	return &t
}

// service reads new Service("name").
func (r *reader) service(n syntax.Expression, arguments []syntax.Expression, ancestors []syntax.Node) {
	at := r.At(n)
	h := holding(ancestors)
	name, isText := "", false
	if len(arguments) > 0 {
		if text, ok := syntax.Unwrap(arguments[0]).(*syntax.String); ok {
			name, isText = text.Value, true
		}
	}
	switch {
	case path.Base(r.Module.Path) != vocabulary.ServiceFile:
		r.Module.Error(at, "Service in another file", fmt.Sprintf("move it to %s, as the default export", path.Join(r.Module.Dir, vocabulary.ServiceFile)), "A service is declared in a file of its own, and this is %s.", r.Module.Path)
	case len(r.Module.Services) > 0:
		r.Module.Error(at, "Second service in a file", "give each service a folder with a file of its own", "The file declares a service already, at %s.", diagnostic.Place(r.Module.Services[0].At))
	case !isText:
		where := at
		if len(arguments) > 0 {
			where = r.At(arguments[0])
		}
		r.Module.Error(where, "Name is not a literal", "write it here as a string literal", "The name of a service is read without running the program.")
	case h.binding != nil || h.pattern != nil:
		r.Module.Error(at, "Service bound to a variable", fmt.Sprintf("write export default new Service(%q)", name), "The service %s is bound to a variable, and Encore looks for it as the module's default export.", name)
	case !h.isDefault:
		r.Module.Error(at, "Service is not exported", fmt.Sprintf("write export default new Service(%q)", name), "The service %s is not the module's default export.", name)
	}
	if isText && len(r.Module.Services) == 0 {
		r.Module.Services = append(r.Module.Services, &facts.Service{Name: name, At: at})
		r.root()
	}
}

// gatewayArgument is an auth handler that is looked up when all names are known.
type gatewayArgument struct {
	decl     *facts.Gateway
	argument syntax.Expression
}

// gateway reads new Gateway({authHandler}).
func (r *reader) gateway(n syntax.Expression, arguments []syntax.Expression) {
	decl := &facts.Gateway{At: r.At(n), Auth: facts.Target{Name: -1}}
	r.Module.Gateways = append(r.Module.Gateways, decl)
	r.root()
	if len(arguments) == 0 {
		r.Module.Error(decl.At, "Missing settings", "write new Gateway({}), or name its auth handler", "The gateway has no settings.")
		return
	}
	literal, ok := syntax.Unwrap(arguments[0]).(*syntax.Object)
	if !ok {
		r.Module.Error(r.At(arguments[0]), "Settings are not a literal",
			"write them here as an object literal, {...}",
			"The settings are read without running the program, and %s has to be run to be known.", describe(arguments[0]))
		return
	}
	for _, property := range literal.Properties {
		if property.Name.Text == "authHandler" && property.Value != nil {
			decl.HasAuth, decl.AuthAt = true, r.At(property.Value)
			r.waiting = append(r.waiting, gatewayArgument{decl, property.Value})
		}
	}
}

// authHandler reads authHandler(function).
func (r *reader) authHandler(n *syntax.Call, ancestors []syntax.Node) {
	h := holding(ancestors)
	if h.binding == nil {
		r.Module.Error(r.At(n), "Auth handler without a name", "write export const name = authHandler(...), and name it in the gateway", "An auth handler must be bound to a variable.")
		return
	}
	r.Module.AuthHandlers = append(r.Module.AuthHandlers, &facts.AuthHandler{Name: h.name, At: r.At(n)})
	r.root()
	r.Module.Names[r.Follow(h.binding, facts.Name{Text: h.name})].AuthHandler = int32(len(r.Module.AuthHandlers))
}

// middleware reads middleware({target}, function).
func (r *reader) middleware(n syntax.Expression, arguments []syntax.Expression, ancestors []syntax.Node) {
	h := holding(ancestors)
	decl := &facts.Middleware{Middleware: app.Middleware{Name: h.name, Package: r.Module.Path, Targets: []string{"all"}, At: r.At(n)}}
	if len(arguments) > 1 {
		if options, ok := syntax.Unwrap(arguments[0]).(*syntax.Object); ok {
			for _, property := range options.Properties {
				if property.Name.Text == "target" && property.Value != nil {
					decl.Targets = r.targets(property.Value)
				}
			}
		}
	}
	r.Module.Middleware = append(r.Module.Middleware, decl)
}

// targets are the endpoints a middleware runs around, as far as they are written: "auth", "expose", "raw", "stream",
// "tag:x"; "all" without a condition.
func (r *reader) targets(e syntax.Expression) []string {
	object, ok := syntax.Unwrap(e).(*syntax.Object)
	if !ok {
		return []string{"all"}
	}
	var targets []string
	for _, property := range object.Properties {
		switch value := syntax.Unwrap(property.Value).(type) {
		case *syntax.Boolean:
			name := strings.TrimPrefix(property.Name.Text, "is")
			if !value.Value {
				name = "not " + name
			}
			targets = append(targets, strings.ToLower(name))
		case *syntax.Array:
			for _, element := range value.Elements {
				if tag, ok := element.(*syntax.String); ok {
					targets = append(targets, "tag:"+tag.Value)
				}
			}
		}
	}
	if len(targets) == 0 {
		return []string{"all"}
	}
	return targets
}

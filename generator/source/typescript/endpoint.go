package typescript

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/typescript/syntax"
)

// serviceFile is the one file that may declare a service.
const serviceFile = "encore.service.ts"

// tsMethods are the methods an endpoint can answer.
var tsMethods = []string{"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}

// tsEndpointSettings are the settings of an endpoint.
type tsEndpointSettings struct {
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
func (r *tsReader) endpoint(form string, n *syntax.Call, ancestors []syntax.Node) {
	h := holding(ancestors)
	if h.binding == nil {
		r.m.error(r.at(n), "Endpoint without a name",
			"write export const name = api(...)",
			"An endpoint is called by the exported variable it is bound to, and this one is bound to none.")
		return
	}
	endpoint := &tsEndpointDecl{Endpoint: app.Endpoint{Name: h.name, Access: "private", Methods: []string{"POST"}, At: r.at(n)}}
	if len(n.Arguments) == 0 {
		r.m.error(r.at(n), "Endpoint without settings", "give them as an object literal, {...}", "The endpoint %s has no settings.", h.name)
		return
	}
	r.m.endpoints = append(r.m.endpoints, endpoint)
	r.root()
	if index := r.follow(h.binding, tsName{text: h.name}); h.direct || r.m.names[index].endpoint == 0 {
		r.m.names[index].endpoint = int32(len(r.m.endpoints))
	}
	value, settings, ok := r.endpointSettings(n.Arguments[0])
	endpoint.invalid = !ok
	if form != "static" && len(n.Arguments) < 2 {
		endpoint.invalid = true
		r.m.error(endpoint.At, "Endpoint without a handler", "give one as the second argument", "The endpoint %s has no function that answers requests.", h.name)
	}
	if endpoint.invalid {
		return
	}
	endpoint.Sensitive, endpoint.Tags = settings.Sensitive, settings.Tags
	switch {
	case settings.Expose && settings.Auth:
		endpoint.Access = "auth"
	case settings.Expose:
		endpoint.Access = "public"
	}
	endpoint.Path, endpoint.defaultPath = settings.Path, settings.Path == ""
	if problem := checkTSPath(settings.Path); settings.Path != "" && problem != "" {
		r.m.error(value.Field("path").At, "Invalid path", "write it as /literal/:parameter, with /*rest or /!rest at the end at most", "The path %q cannot be used: %s.", settings.Path, problem)
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
		endpoint.request = r.request(n)
		if endpoint.request == nil && strings.ContainsAny(endpoint.Path, ":*!") && checkTSPath(endpoint.Path) == "" {
			r.m.error(value.Field("path").At, "Path without a request", "give the handler a parameter with a type, as in ({ id }: { id: string })", "The path %q of %s has parameters, and its handler takes no request with a type that holds them, so that Encore refuses it.", settings.Path, h.name)
		}
	}
	endpoint.HasRequest = endpoint.HasRequest || strings.ContainsAny(endpoint.Path, ":*!")
}

// endpointSettings reads the settings of an endpoint, and reports whether they are valid.
func (r *tsReader) endpointSettings(argument syntax.Expression) (value source.Value, settings tsEndpointSettings, ok bool) {
	literals := tsLiterals{r: r}
	value, ok = literals.object(argument)
	if !ok {
		return value, settings, false
	}
	diags := source.Decode(value, &settings)
	if diags.HasErrors() {
		r.m.diags = append(r.m.diags, diags...)
	}
	return value, settings, !diags.HasErrors()
}

// static checks the settings of static files. That their folder exists is the build's business: often it is built.
func (r *tsReader) static(endpoint *tsEndpointDecl, value source.Value, settings tsEndpointSettings) {
	if settings.Dir == "" {
		r.m.error(endpoint.At, "Static files without a folder", `set dir, as in "./assets"`, "The endpoint %s does not say which folder it serves.", endpoint.Name)
		return
	}
	endpoint.Static = path.Join(r.m.dir, settings.Dir)
	if settings.NotFound != "" {
		endpoint.NotFound = path.Join(r.m.dir, settings.NotFound)
	}
	for _, name := range []string{"dir", "notFound"} {
		if v := value.Field(name); v.Kind == source.String && !isLocalPath(v.Text) {
			r.m.error(v.At, "Path outside the module", `write a relative path without .., as in "./assets"`, "%s is %q, and it must lie below the folder of this file.", name, v.Text)
		}
	}
	segments := strings.Split(endpoint.Path, "/")
	dynamic := slices.IndexFunc(segments, func(s string) bool { return s != "" && strings.ContainsRune(":*!", rune(s[0])) })
	if dynamic >= 0 && dynamic < len(segments)-1 && checkTSPath(endpoint.Path) == "" {
		r.m.error(value.Field("path").At, "Invalid path", "end it with one such as /*path", "The path %q of static files can vary in its last segment only.", endpoint.Path)
	}
}

// isLocalPath reports whether a path stays below the folder it starts in.
func isLocalPath(name string) bool {
	return !path.IsAbs(name) && !slices.Contains(strings.Split(name, "/"), "..")
}

// checkTSPath says what is wrong with the form of a path, "" when nothing is.
func checkTSPath(p string) string {
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
func (r *tsReader) methods(value source.Value) []string {
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
		case method.Kind == source.String && slices.Contains(tsMethods, method.Text):
			methods = append(methods, method.Text)
		default:
			r.m.error(method.At, "Unknown method", fmt.Sprintf(`use one of %s, or "*" alone for all`, strings.Join(tsMethods, ", ")), "An endpoint answers HTTP methods, and %s is none.", source.DescribeValue(method))
		}
	}
	slices.Sort(methods)
	return slices.Compact(methods)
}

// request is the type of what an endpoint's handler takes, nil for nothing.
func (r *tsReader) request(n *syntax.Call) *tsType {
	var written syntax.Type
	if function, ok := syntax.Unwrap(n.Arguments[1]).(*syntax.Function); ok {
		if len(function.Generics) > 0 {
			r.m.error(r.at(function.Generics[0]), "Handler with type parameters", "write the types out", "The handler of an endpoint cannot have type parameters: what it takes must be known.")
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
	t := r.readType(written)
	return &t
}

// service reads new Service("name").
func (r *tsReader) service(n syntax.Expression, arguments []syntax.Expression, ancestors []syntax.Node) {
	at := r.at(n)
	h := holding(ancestors)
	name, isText := "", false
	if len(arguments) > 0 {
		if text, ok := syntax.Unwrap(arguments[0]).(*syntax.String); ok {
			name, isText = text.Value, true
		}
	}
	switch {
	case path.Base(r.m.path) != serviceFile:
		r.m.error(at, "Service in another file", fmt.Sprintf("move it to %s, as the default export", path.Join(r.m.dir, serviceFile)), "A service is declared in a file of its own, and this is %s.", r.m.path)
	case len(r.m.services) > 0:
		r.m.error(at, "Second service in a file", "give each service a folder with a file of its own", "The file declares a service already, at %s.", diagnostic.Place(r.m.services[0].at))
	case !isText:
		where := at
		if len(arguments) > 0 {
			where = r.at(arguments[0])
		}
		r.m.error(where, "Name is not a literal", "write it here as a string literal", "The name of a service is read without running the program.")
	case h.binding != nil || h.pattern != nil:
		r.m.error(at, "Service bound to a variable", fmt.Sprintf("write export default new Service(%q)", name), "The service %s is bound to a variable, and Encore looks for it as the module's default export.", name)
	case !h.isDefault:
		r.m.error(at, "Service is not exported", fmt.Sprintf("write export default new Service(%q)", name), "The service %s is not the module's default export.", name)
	}
	if isText && len(r.m.services) == 0 {
		r.m.services = append(r.m.services, &tsServiceDecl{name, at})
		r.root()
	}
}

// tsGatewayArgument is an auth handler that is looked up when all names are known.
type tsGatewayArgument struct {
	decl     *tsGatewayDecl
	argument syntax.Expression
}

// gateway reads new Gateway({authHandler}).
func (r *tsReader) gateway(n syntax.Expression, arguments []syntax.Expression) {
	decl := &tsGatewayDecl{at: r.at(n), auth: tsTarget{name: -1}}
	r.m.gateways = append(r.m.gateways, decl)
	r.root()
	if len(arguments) == 0 {
		r.m.error(decl.at, "Missing settings", "write new Gateway({}), or name its auth handler", "The gateway has no settings.")
		return
	}
	literal, ok := syntax.Unwrap(arguments[0]).(*syntax.Object)
	if !ok {
		r.m.error(r.at(arguments[0]), "Settings are not a literal",
			"write them here as an object literal, {...}",
			"The settings are read without running the program, and %s has to be run to be known.", describeTS(arguments[0]))
		return
	}
	for _, property := range literal.Properties {
		if property.Name.Text == "authHandler" && property.Value != nil {
			decl.hasAuth, decl.authAt = true, r.at(property.Value)
			r.waiting = append(r.waiting, tsGatewayArgument{decl, property.Value})
		}
	}
}

// authHandler reads authHandler(function).
func (r *tsReader) authHandler(n *syntax.Call, ancestors []syntax.Node) {
	h := holding(ancestors)
	if h.binding == nil {
		r.m.error(r.at(n), "Auth handler without a name", "write export const name = authHandler(...), and name it in the gateway", "An auth handler must be bound to a variable.")
		return
	}
	r.m.authHandlers = append(r.m.authHandlers, &tsAuthHandlerDecl{h.name, r.at(n)})
	r.root()
	r.m.names[r.follow(h.binding, tsName{text: h.name})].authHandler = int32(len(r.m.authHandlers))
}

// middleware reads middleware({target}, function).
func (r *tsReader) middleware(n syntax.Expression, arguments []syntax.Expression, ancestors []syntax.Node) {
	h := holding(ancestors)
	decl := &tsMiddlewareDecl{app.Middleware{Name: h.name, Package: r.m.path, Targets: []string{"all"}, At: r.at(n)}}
	if len(arguments) > 1 {
		if options, ok := syntax.Unwrap(arguments[0]).(*syntax.Object); ok {
			for _, property := range options.Properties {
				if property.Name.Text == "target" && property.Value != nil {
					decl.Targets = r.targets(property.Value)
				}
			}
		}
	}
	r.m.middleware = append(r.m.middleware, decl)
}

// targets are the endpoints a middleware runs around, as far as they are written: "auth", "expose", "raw", "stream",
// "tag:x"; "all" without a condition.
func (r *tsReader) targets(e syntax.Expression) []string {
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

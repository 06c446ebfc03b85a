package directive

import (
	"fmt"
	"go/ast"
	"go/token"
	"net/url"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/golang/expression"
	"github.com/groundplan/groundplan/generator/source/golang/facts"
)

// funcParam is one parameter or result.
type funcParam struct {
	name string
	typ  ast.Expr
	node ast.Node
}

func params(list *ast.FieldList) []funcParam {
	if list == nil {
		return nil
	}
	var all []funcParam
	for _, field := range list.List {
		if len(field.Names) == 0 {
			all = append(all, funcParam{typ: field.Type, node: field})
		}
		for _, name := range field.Names {
			all = append(all, funcParam{name: name.Name, typ: field.Type, node: name})
		}
	}
	return all
}

func (d *reader) error(node ast.Node, summary, hint, detail string, args ...any) {
	d.p.ErrorOn(d.file, node, summary, hint, detail, args...)
}

// isBuiltin reports whether the type is a predeclared one that the package does not redefine.
func (d *reader) isBuiltin(t ast.Expr, names ...string) bool {
	name, ok := t.(*ast.Ident)
	return ok && slices.Contains(names, name.Name) && d.p.Symbols[name.Name] == 0
}

var endpointAccess = []string{"public", "private", "auth"}

const (
	typedSignature = "a typed endpoint is func(ctx context.Context, path parameters..., request *T) (*R, error), request and response being optional"
	rawSignature   = "a raw endpoint is func(w http.ResponseWriter, req *http.Request)"
)

// endpoint reads an endpoint. One with errors is kept, with what is known of it: its package is a service's, and its name
// an endpoint's, whatever else is wrong.
func (d *reader) endpoint(decl *ast.FuncDecl, directive marking) {
	endpoint := &facts.Endpoint{Endpoint: app.Endpoint{Name: decl.Name.Name, At: d.file.At(facts.SpanOf(decl.Name))}}
	d.p.Endpoints = append(d.p.Endpoints, endpoint)
	d.p.Followed[endpoint.Name] = true
	// Without all words of the directive it is open which signature is meant.
	understood := d.allow(directive, []string{"public", "private", "auth", "raw", "sensitive"}, []string{"path", "method"}) && !directive.invalid
	d.endpointOptions(endpoint, directive, understood)
	d.endpointMethods(endpoint, directive)
	endpoint.Path = "/" + d.p.Name + "." + decl.Name.Name
	segments, pathKnown := []pathSegment(nil), true
	if field, ok := directive.field("path"); ok {
		if segments, pathKnown = d.path(field); pathKnown {
			endpoint.Path = field.value
		}
	}
	if decl.Recv != nil && len(decl.Recv.List) > 0 {
		if name, _, ok := expression.PointedName(d.file, decl.Recv.List[0].Type); ok {
			endpoint.Receiver = name.Name
		}
	}
	switch {
	case !understood:
	case endpoint.Raw:
		d.rawSignature(decl)
	default:
		d.typedSignature(endpoint, decl, segments, pathKnown)
	}
	endpoint.HasRequest = endpoint.Request != nil || endpoint.HasRequest
	if len(endpoint.Methods) == 0 {
		switch {
		case endpoint.Raw:
			endpoint.Methods = []string{"*"}
		case endpoint.HasRequest:
			endpoint.Methods = []string{"POST"}
		default:
			endpoint.Methods = []string{"GET", "POST"}
		}
	}
	parametrized := slices.ContainsFunc(segments, func(s pathSegment) bool { return s.kind != 0 })
	endpoint.HasRequest = endpoint.HasRequest || parametrized
}

// endpointOptions reads access, raw, sensitive and the tags. understood says that every word of the directive is known:
// otherwise a word may be missing from what there is.
func (d *reader) endpointOptions(endpoint *facts.Endpoint, directive marking, understood bool) {
	var raw piece
	for _, option := range directive.options {
		switch {
		case option.value == "raw":
			endpoint.Raw, raw = true, option
		case option.value == "sensitive":
			endpoint.Sensitive = true
		case !slices.Contains(endpointAccess, option.value):
		case endpoint.Access != "":
			d.errorAt(option.at, "Two kinds of access", "choose one of "+strings.Join(endpointAccess, ", "), "The endpoint is %s already.", endpoint.Access)
		default:
			endpoint.Access = option.value
		}
	}
	if endpoint.Access == "" {
		endpoint.Access = "private"
	}
	if endpoint.Raw && endpoint.Access == "private" && understood {
		d.errorAt(raw.at, "Private raw endpoint", "make it public or auth, or give it a typed signature", "A raw endpoint cannot be private, which is what an endpoint is unless it says otherwise.")
	}
	for _, tag := range directive.tags {
		endpoint.Tags = append(endpoint.Tags, tag.value)
	}
	slices.Sort(endpoint.Tags)
}

func (d *reader) endpointMethods(endpoint *facts.Endpoint, directive marking) {
	field, ok := directive.field("method")
	if !ok {
		return
	}
	for method := range strings.SplitSeq(field.value, ",") {
		if method == "" || strings.ToUpper(method) != method || !isLowerWord(strings.ToLower(method)) {
			d.errorAt(field.at, "Invalid method", "write methods in capitals, separated by commas without spaces, as in method=GET,POST", "%q is no HTTP method.", method)
			continue
		}
		if !slices.Contains(endpoint.Methods, method) {
			endpoint.Methods = append(endpoint.Methods, method)
		}
	}
	slices.Sort(endpoint.Methods)
}

// pathSegment is an element of a path; kind is 0 for a literal, else ':', '*' or '!'.
type pathSegment struct {
	kind byte
	name string
	at   facts.Span
}

func (d *reader) path(field piece) ([]pathSegment, bool) {
	at := field.valueAt()
	wrong := func(at facts.Span, hint, detail string, args ...any) bool {
		d.errorAt(at, "Invalid path", hint, detail, args...)
		return false
	}
	if field.value[0] != '/' {
		return nil, wrong(at, "write /"+field.value, "%s does not begin with a slash.", field.value)
	}
	if strings.Contains(field.value, "?") {
		return nil, wrong(at, "remove what begins with the question mark; query parameters are fields of the request type", "A path holds no query.")
	}
	if _, err := url.ParseRequestURI(field.value); err != nil {
		return nil, wrong(at, "encode what a URL cannot hold, as in %20 for a space", "The path is no valid URL path: %s.", err)
	}
	var segments []pathSegment
	start := at.Start + 1
	for text := range strings.SplitSeq(field.value[1:], "/") {
		segment := pathSegment{name: text, at: facts.Span{Start: start, End: start + int32(len(text))}}
		start = segment.at.End + 1
		last := segment.at.End == at.End
		if text == "" {
			return nil, wrong(facts.Span{Start: segment.at.Start - 1, End: segment.at.End}, "remove the slash that is too many", "A path has no empty elements.")
		}
		if strings.IndexByte(":*!", text[0]) >= 0 {
			segment.kind, segment.name = text[0], text[1:]
			if !token.IsIdentifier(segment.name) {
				return nil, wrong(segment.at, "write the name of one, as in :id", "%q names no function parameter.", text)
			}
			if segment.kind != ':' && !last {
				return nil, wrong(segment.at, "make it the path's last element", "%s matches everything that follows, and something does.", text)
			}
		}
		segments = append(segments, segment)
	}
	return segments, true
}

func (d *reader) rawSignature(decl *ast.FuncDecl) {
	in := params(decl.Type.Params)
	switch {
	case len(in) != 2:
		d.error(decl.Name, "Invalid endpoint signature", rawSignature, "%s takes %s.", decl.Name.Name, source.Counted(len(in), "parameter"))
	case !expression.IsImported(d.file, in[0].typ, "net/http", "ResponseWriter"):
		d.error(in[0].typ, "Invalid endpoint signature", rawSignature, "The first parameter is %s.", expression.DescribeExpr(in[0].typ))
	case !isPointerTo(d.file, in[1].typ, "net/http", "Request"):
		d.error(in[1].typ, "Invalid endpoint signature", rawSignature, "The second parameter is %s.", expression.DescribeExpr(in[1].typ))
	case len(params(decl.Type.Results)) > 0:
		d.error(decl.Type.Results, "Invalid endpoint signature", rawSignature, "%s returns results.", decl.Name.Name)
	}
}

func isPointerTo(file *facts.File, t ast.Expr, importPath, typ string) bool {
	star, ok := t.(*ast.StarExpr)
	return ok && expression.IsImported(file, star.X, importPath, typ)
}

// typedSignature checks a typed endpoint's function. pathKnown is false when the path has an error: which parameters
// belong to it is open then.
func (d *reader) typedSignature(endpoint *facts.Endpoint, decl *ast.FuncDecl, segments []pathSegment, pathKnown bool) {
	in, out := params(decl.Type.Params), params(decl.Type.Results)
	if len(in) == 0 {
		d.error(decl.Name, "Invalid endpoint signature", typedSignature, "%s takes no context.", decl.Name.Name)
		return
	}
	if len(out) == 0 || len(out) > 2 {
		d.error(decl.Name, "Invalid endpoint signature", typedSignature, "%s returns %s, one or two are allowed.", decl.Name.Name, source.Counted(len(out), "result"))
		return
	}
	if !expression.IsImported(d.file, in[0].typ, "context", "Context") {
		d.error(in[0].typ, "Invalid endpoint signature", typedSignature, "The first parameter is %s, it must be context.Context.", expression.DescribeExpr(in[0].typ))
		return
	}
	if pathKnown {
		d.requestParams(endpoint, decl, segments, in[1:])
	}
	if len(out) == 2 {
		endpoint.Response = d.payload(out[0].typ, "response")
	}
	if last := out[len(out)-1]; !d.isBuiltin(last.typ, "error") {
		d.error(last.typ, "Invalid endpoint signature", typedSignature, "The last result is %s, it must be error.", expression.DescribeExpr(last.typ))
	}
}

// requestParams checks the parameters behind the context: those of the path, then the request.
func (d *reader) requestParams(endpoint *facts.Endpoint, decl *ast.FuncDecl, segments []pathSegment, in []funcParam) {
	for _, segment := range segments {
		if segment.kind == 0 {
			continue
		}
		if len(in) == 0 {
			d.error(decl.Name, "Invalid endpoint signature", "path parameters follow the context, in the order of the path", "The path has the parameter %q, %s has no function parameter for it.", segment.name, decl.Name.Name)
			break
		}
		d.pathParam(in[0], segment)
		in = in[1:]
	}
	if len(in) > 0 {
		// An unnamed type is reported by the linker; the endpoint has a request all the same.
		endpoint.HasRequest = true
		endpoint.Request = d.payload(in[0].typ, "request")
	}
	if len(in) > 1 {
		d.error(in[1].node, "Invalid endpoint signature", "make it a field of the request type, or a parameter of the path", "An endpoint takes one request value, and %s is a second.", expression.DescribeExpr(in[1].typ))
	}
}

func (d *reader) payload(t ast.Expr, what string) *facts.Name {
	name, stars, ok := expression.PointedName(d.file, t)
	if !ok || stars > 1 {
		d.error(t, "Invalid "+what+" type", "declare a struct type for it", "A %s must have a named type, and this one is %s.", what, expression.DescribeExpr(t))
		return nil
	}
	return &name
}

func (d *reader) pathParam(param funcParam, segment pathSegment) {
	spelled := segment.name
	if segment.kind != 0 {
		spelled = string(segment.kind) + segment.name
	}
	switch {
	case param.name != segment.name:
		d.error(param.node, "Invalid endpoint signature", "call it "+segment.name, "The function parameter in the place of the path parameter %s is called %q.", spelled, param.name)
	case segment.kind != ':' && !d.isBuiltin(param.typ, "string"):
		d.error(param.typ, "Invalid endpoint signature", "make it a string", "The parameter %s takes the rest of the path, and it %s.", spelled, expression.HasType(param.typ))
	case !d.isBuiltin(param.typ, "string", "bool", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "byte", "rune") &&
		!expression.IsImported(d.file, param.typ, "encore.dev/types/uuid", "UUID"):
		d.error(param.typ, "Invalid endpoint signature", "make it a string, bool, integer or uuid.UUID of encore.dev/types/uuid", "The path parameter %s %s, which a path cannot spell.", spelled, expression.HasType(param.typ))
	}
}

const authSignature = "an auth handler is func(ctx context.Context, token string) (auth.UID, error); instead of the token it may take a pointer to a struct, and it may return a pointer to a struct of user data as second result"

func (d *reader) authHandler(decl *ast.FuncDecl, _ marking) {
	handler := &facts.AuthHandler{Method: decl.Recv != nil, AuthHandler: app.AuthHandler{Name: decl.Name.Name, At: d.file.At(facts.SpanOf(decl.Name))}}
	d.p.AuthHandlers = append(d.p.AuthHandlers, handler)
	if decl.Recv == nil {
		d.p.Followed[handler.Name] = true
	}
	wrong := func(node ast.Node, detail string, args ...any) {
		d.error(node, "Invalid auth handler signature", authSignature, detail, args...)
	}
	in, out := params(decl.Type.Params), params(decl.Type.Results)
	if len(in) != 2 {
		wrong(decl.Name, "%s takes %s.", decl.Name.Name, source.Counted(len(in), "parameter"))
		return
	}
	if len(out) < 2 || len(out) > 3 {
		wrong(decl.Name, "%s returns %s.", decl.Name.Name, source.Counted(len(out), "result"))
		return
	}
	if !expression.IsImported(d.file, in[0].typ, "context", "Context") {
		wrong(in[0].typ, "The first parameter is %s.", expression.DescribeExpr(in[0].typ))
	}
	if !d.isBuiltin(in[1].typ, "string") {
		if name, stars, ok := expression.PointedName(d.file, in[1].typ); ok && stars == 1 {
			handler.Params = &name
		} else {
			wrong(in[1].typ, "The second parameter is %s.", expression.DescribeExpr(in[1].typ))
		}
	}
	if !expression.IsImported(d.file, out[0].typ, "encore.dev/beta/auth", "UID") {
		wrong(out[0].typ, "The first result is %s.", expression.DescribeExpr(out[0].typ))
	}
	if len(out) == 3 {
		if _, stars, ok := expression.PointedName(d.file, out[1].typ); !ok || stars != 1 {
			wrong(out[1].typ, "The second result is %s.", expression.DescribeExpr(out[1].typ))
		}
	}
}

const middlewareSignature = "middleware is func(req middleware.Request, next middleware.Next) middleware.Response"

func (d *reader) middleware(decl *ast.FuncDecl, directive marking) {
	found := &facts.Middleware{Middleware: app.Middleware{Name: decl.Name.Name, Package: d.p.Dir, At: d.file.At(facts.SpanOf(decl.Name))}}
	if !d.allow(directive, []string{"global"}, []string{"target"}) {
		return
	}
	found.Global = len(directive.options) > 0
	if field, ok := directive.field("target"); ok {
		start := field.valueAt().Start
		for target := range strings.SplitSeq(field.value, ",") {
			at := facts.Span{Start: start, End: start + int32(len(target))}
			start = at.End + 1
			if tag, isTag := strings.CutPrefix(target, "tag:"); target != "all" && !(isTag && isTagName(tag)) {
				d.errorAt(at, "Invalid middleware target", "write all, or tag:name for the endpoints with that tag", "%q is no target.", target)
				return
			}
			found.Targets = append(found.Targets, target)
			found.TargetsAt = append(found.TargetsAt, d.file.At(at))
		}
	}
	d.p.Middleware = append(d.p.Middleware, found)
	in, out := params(decl.Type.Params), params(decl.Type.Results)
	const framework = "encore.dev/middleware"
	switch {
	case len(in) != 2 || len(out) != 1:
		d.error(decl.Name, "Invalid middleware signature", middlewareSignature, "%s takes %s and returns %s.", decl.Name.Name, source.Counted(len(in), "parameter"), source.Counted(len(out), "result"))
	case !expression.IsImported(d.file, in[0].typ, framework, "Request"):
		d.error(in[0].typ, "Invalid middleware signature", middlewareSignature, "The first parameter is %s.", expression.DescribeExpr(in[0].typ))
	case !expression.IsImported(d.file, in[1].typ, framework, "Next"):
		d.error(in[1].typ, "Invalid middleware signature", middlewareSignature, "The second parameter is %s.", expression.DescribeExpr(in[1].typ))
	case !expression.IsImported(d.file, out[0].typ, framework, "Response"):
		d.error(out[0].typ, "Invalid middleware signature", middlewareSignature, "The result is %s.", expression.DescribeExpr(out[0].typ))
	}
}

func (d *reader) serviceStruct(decl *ast.GenDecl, directive marking) {
	d.allow(directive, nil, nil)
	if len(decl.Specs) != 1 {
		d.errorAt(directive.at, "Misplaced service directive", "declare the service struct on its own", "encore:service marks one struct, and this is a group of types.")
		if len(decl.Specs) == 0 {
			return
		}
	}
	spec := decl.Specs[0].(*ast.TypeSpec)
	if spec.TypeParams != nil {
		d.error(spec.TypeParams, "Generic service struct", "remove the type parameters", "Encore makes the service struct itself and could not choose type arguments.")
	}
	d.p.Structs = append(d.p.Structs, &facts.ServiceStruct{Name: spec.Name.Name, At: d.file.At(facts.SpanOf(spec.Name))})
}

// serviceInit checks the function that makes a service struct, initName() (*Name, error).
func (d *reader) serviceInit(tree *ast.File) {
	for _, decl := range tree.Decls {
		function, ok := decl.(*ast.FuncDecl)
		if !ok || function.Recv != nil {
			continue
		}
		for _, structure := range d.p.Structs {
			if function.Name.Name == "init"+structure.Name {
				d.checkInit(function, structure.Name)
			}
		}
	}
}

func (d *reader) checkInit(function *ast.FuncDecl, structure string) {
	const summary = "Invalid service init function"
	out := params(function.Type.Results)
	var made facts.Name
	stars := 0
	if len(out) > 0 {
		made, stars, _ = expression.PointedName(d.file, out[0].typ)
	}
	switch {
	case function.Type.TypeParams != nil:
		d.error(function.Type.TypeParams, summary, "remove them", "%s has type parameters, and Encore calls it without any.", function.Name.Name)
	case len(params(function.Type.Params)) > 0:
		d.error(function.Type.Params, summary, "remove them", "%s has parameters, and Encore calls it without any.", function.Name.Name)
	case len(out) != 2 || stars != 1 || made.Qualifier != "" || made.Name != structure || !d.isBuiltin(out[1].typ, "error"):
		d.error(function.Name, summary, fmt.Sprintf("it returns (*%s, error)", structure), "The results of %s do not make the service struct.", function.Name.Name)
	}
}

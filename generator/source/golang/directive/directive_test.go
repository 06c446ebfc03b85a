package directive_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/groundplan/groundplan/generator/source/golang/directive"
	"github.com/groundplan/groundplan/generator/source/golang/facts"
	"github.com/groundplan/groundplan/generator/source/sourcetest"
)

// read reads a file of the package svc: what its directives mark, and the summaries of what is wrong.
func read(t *testing.T, text string) string {
	t.Helper()
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, "svc/svc.go", "package svc\n"+text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	file := &facts.File{Name: "svc/svc.go"}
	for _, line := range set.File(tree.FileStart).Lines() {
		file.Lines = append(file.Lines, int32(line))
	}
	p := &facts.Package{Dir: "svc", Name: "svc", Followed: map[string]bool{}, Symbols: map[string]token.Token{}}
	for _, decl := range tree.Decls {
		if group, ok := decl.(*ast.GenDecl); ok && group.Tok == token.IMPORT {
			for _, spec := range group.Specs {
				path, _ := strconv.Unquote(spec.(*ast.ImportSpec).Path.Value)
				file.Imports = append(file.Imports, facts.Import{Path: path})
			}
		}
		if group, ok := decl.(*ast.GenDecl); ok && group.Tok == token.TYPE {
			for _, spec := range group.Specs {
				p.Symbols[spec.(*ast.TypeSpec).Name.Name] = token.TYPE
			}
		}
	}
	directive.Read(p, file, tree)
	directive.CheckServiceInit(p, file, tree)
	var found []string
	for _, e := range p.Endpoints {
		line := []string{e.Name, e.Access, strings.Join(e.Methods, ","), e.Path}
		for word, is := range map[string]bool{"raw": e.Raw, "sensitive": e.Sensitive} {
			if is {
				line = append(line, word)
			}
		}
		if e.HasRequest {
			line = append(line, "request")
		}
		if e.Request != nil {
			line = append(line, "of "+e.Request.String())
		}
		if e.Response != nil {
			line = append(line, "returns "+e.Response.String())
		}
		if len(e.Tags) > 0 {
			line = append(line, fmt.Sprint(e.Tags))
		}
		if e.Receiver != "" {
			line = append(line, "on "+e.Receiver)
		}
		if !p.Followed[e.Name] {
			line = append(line, "not followed")
		}
		found = append(found, strings.Join(line, " "))
	}
	for _, h := range p.AuthHandlers {
		params := "a token"
		if h.Params != nil {
			params = h.Params.String()
		}
		found = append(found, fmt.Sprintf("auth %s takes %s method %v", h.Name, params, h.Method))
	}
	for _, m := range p.Middleware {
		found = append(found, fmt.Sprintf("middleware %s global %v %v", m.Name, m.Global, m.Targets))
	}
	for _, s := range p.Structs {
		found = append(found, "struct "+s.Name)
	}
	if wrong := sourcetest.Summaries(p.Diags); wrong != "" {
		found = append(found, "! "+wrong)
	}
	return strings.Join(found, "; ")
}

// TestRead: given these lines, these are the declarations. CTX stands for a context parameter.
func TestRead(t *testing.T) {
	const imports = "import (\n\"context\"\n\"net/http\"\n\"encore.dev/beta/auth\"\n\"encore.dev/middleware\"\n\"encore.dev/types/uuid\"\n)\n"
	for text, want := range map[string]string{
		"//encore:api public\nfunc F(CTX) error {}":                                                                           "F public GET,POST /svc.F",
		"// encore:api auth sensitive tag:b tag:a\nfunc (s *S) F(CTX, p *P) (*R, error) {}":                                   "F auth POST /svc.F sensitive request of P returns R [a b] on S",
		"//encore:api method=PUT,GET,PUT path=/a/:id/*rest\nfunc F(CTX, id int, rest string, p x.P) error {}":                 "F private GET,PUT /a/:id/*rest request of x.P",
		"//encore:api public raw path=/!all\nfunc F(w http.ResponseWriter, r *http.Request) {}":                               "F public * /!all raw request",
		"//encore:api public path=/:id\nfunc F(CTX, id uuid.UUID) error {}":                                                   "F public GET,POST /:id request",
		"//encore:api raw\nfunc F(w http.ResponseWriter, r *http.Request) {}":                                                 "F private * /svc.F raw; ! Private raw endpoint",
		"//encore:api public raw\nfunc F(CTX) error {}":                                                                       "F public * /svc.F raw; ! Invalid endpoint signature",
		"//encore:api public auth\nfunc F(CTX) error {}":                                                                      "F public GET,POST /svc.F; ! Two kinds of access",
		"//encore:api public\nfunc F() error {}":                                                                              "F public GET,POST /svc.F; ! Invalid endpoint signature",
		"//encore:api public\nfunc F(CTX) {}":                                                                                 "F public GET,POST /svc.F; ! Invalid endpoint signature",
		"//encore:api public\nfunc F(x int) error {}":                                                                         "F public GET,POST /svc.F; ! Invalid endpoint signature",
		"//encore:api public\nfunc F(CTX) string {}":                                                                          "F public GET,POST /svc.F; ! Invalid endpoint signature",
		"//encore:api public\nfunc F(CTX, a P, b P) error {}":                                                                 "F public POST /svc.F request of P; ! Invalid endpoint signature",
		"//encore:api public\nfunc F(CTX, a []P) (**R, error) {}":                                                             "F public POST /svc.F request; ! Invalid request type; Invalid response type",
		"//encore:api public path=/:a\nfunc F(CTX, b string) error {}":                                                        "F public GET,POST /:a request; ! Invalid endpoint signature",
		"//encore:api public path=/:a\nfunc F(CTX) error {}":                                                                  "F public GET,POST /:a request; ! Invalid endpoint signature",
		"//encore:api public path=/:a\nfunc F(CTX, a float64) error {}":                                                       "F public GET,POST /:a request; ! Invalid endpoint signature",
		"//encore:api public path=/*a\nfunc F(CTX, a int) error {}":                                                           "F public GET,POST /*a request; ! Invalid endpoint signature",
		"type string struct{}\n//encore:api public path=/:a\nfunc F(CTX, a string) error {}":                                  "F public GET,POST /:a request; ! Invalid endpoint signature",
		"//encore:api public path=a\nfunc F(CTX) error {}":                                                                    "F public GET,POST /svc.F; ! Invalid path",
		"//encore:api public path=/a?b=c\nfunc F(CTX) error {}":                                                               "F public GET,POST /svc.F; ! Invalid path",
		"//encore:api public method=get\nfunc F(CTX) error {}":                                                                "F public GET,POST /svc.F; ! Invalid method",
		"//encore:api public path=\nfunc F(CTX) error {}":                                                                     "F public GET,POST /svc.F; ! Directive field without a value",
		"//encore:api public tag:A\nfunc F(CTX) error {}":                                                                     "F public GET,POST /svc.F; ! Invalid tag",
		"//encore:api public tag:a_\nfunc F(CTX) error {}":                                                                    "F public GET,POST /svc.F; ! Invalid tag",
		"//encore:api public PATH=/a\nfunc F(CTX) error {}":                                                                   "F public GET,POST /svc.F; ! Invalid directive field",
		"//encore:api public // why\nfunc F(CTX) error {}":                                                                    "F public GET,POST /svc.F; ! Invalid directive option",
		"//encore:api public " + "public\nfunc F(CTX) error {}":                                                               "F public GET,POST /svc.F; ! Said twice",
		"//encore:api public path=/a path=/b\nfunc F(CTX) error {}":                                                           "F public GET,POST /a; ! Said twice",
		"//encore:api open\nfunc F(CTX) error {}":                                                                             "F private GET,POST /svc.F; ! Invalid directive option",
		"//encore:api public cache=1\nfunc F(CTX) error {}":                                                                   "F public GET,POST /svc.F; ! Invalid directive field",
		"//encore:api public\n//encore:api auth\nfunc F(CTX) error {}":                                                        "! Several directives",
		"//encore:\nfunc F(CTX) error {}":                                                                                     "! Directive without a name",
		"//encore:service\nfunc F(CTX) error {}":                                                                              "! Unexpected directive",
		"//encore:api public\n\nfunc F(CTX) error {}":                                                                         "! Directive without effect",
		"//encore:mine\n\nfunc F(CTX) error {}":                                                                               "",
		"//encore:authhandler\nfunc A(CTX, token string) (auth.UID, error) {}":                                                "auth A takes a token method false",
		"//encore:authhandler\nfunc (s *S) A(CTX, p *P) (auth.UID, *D, error) {}":                                             "auth A takes P method true",
		"//encore:authhandler\nfunc A(CTX, p P) (string, D, error) {}":                                                        "auth A takes a token method false; ! Invalid auth handler signature; Invalid auth handler signature; Invalid auth handler signature",
		"//encore:authhandler\nfunc A(token string) (auth.UID, error) {}":                                                     "auth A takes a token method false; ! Invalid auth handler signature",
		"//encore:authhandler\nfunc A(CTX, token string) error {}":                                                            "auth A takes a token method false; ! Invalid auth handler signature",
		"//encore:middleware global target=tag:a,all\nfunc M(r middleware.Request, n middleware.Next) middleware.Response {}": "middleware M global true [tag:a all]",
		"//encore:middleware target=b\nfunc M(r middleware.Request, n middleware.Next) middleware.Response {}":                "! Invalid middleware target",
		"//encore:middleware\nfunc M(r middleware.Request) middleware.Response {}":                                            "middleware M global false []; ! Invalid middleware signature",
		"//encore:middleware\nfunc M(r middleware.Request, n middleware.Request) middleware.Response {}":                      "middleware M global false []; ! Invalid middleware signature",
		"//encore:service\ntype S struct{}\nfunc initS() (*S, error) {}":                                                      "struct S",
		"//encore:service\ntype S struct{}\nfunc initS(x int) (*S, error) {}":                                                 "struct S; ! Invalid service init function",
		"//encore:service\ntype S struct{}\nfunc initS() S {}":                                                                "struct S; ! Invalid service init function",
		"//encore:service\ntype S struct{}\nfunc initS[T any]() (*S, error) {}":                                               "struct S; ! Invalid service init function",
		"//encore:service\ntype S[T any] struct{}":                                                                            "struct S; ! Generic service struct",
		"//encore:service\ntype (\nS struct{}\nT struct{}\n)":                                                                 "struct S; ! Misplaced service directive",
		"//encore:service now\ntype S struct{}":                                                                               "struct S; ! Invalid directive option",
		"//encore:api public\ntype S struct{}":                                                                                "! Unexpected directive",
	} {
		if got := read(t, imports+strings.ReplaceAll(text, "CTX", "ctx context.Context")); got != want {
			t.Errorf("%s\n%s\nwant %s", text, got, want)
		}
	}
}

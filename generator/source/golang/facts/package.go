// Package facts is what the phases of the reader tell each other: what packages declare and refer to, as their files
// spell it, each with its place.
//
// The first phase fills it in and the second resolves it. Facts hold no syntax tree, so that none outlives its package, and
// nothing here knows what a name stands for in another package: no rule of Encore's stands here.
package facts

import (
	"go/token"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
)

// Package is what the first phase keeps of a package: facts, no syntax.
type Package struct {
	Dir  string // relative to the root, slashes
	Name string // as its package clauses say
	// Service is the service around the package, filled in by the linker; "" when there is none.
	Service string
	// NameAt is a package clause, the place of what the folder itself declares.
	NameAt  hcl.Range
	Files   []*File
	Subdirs []string // the names of the folders in its own
	// Broken says that a file does not parse, so that declarations may be missing.
	Broken bool
	// LikelyService is Encore's guess, from the text alone, whether an implicit resource counts here.
	LikelyService bool

	// Symbols are the package-level names: token.VAR, CONST, TYPE or FUNC. Nil after the first phase.
	Symbols map[string]token.Token
	// Types are the package-level types by their names.
	Types map[string]*Type
	// Followed are the package-level names whose every reference is recorded. Nil after the first phase.
	Followed map[string]bool

	// Decls are the resources it declares, Named those of elsewhere that it refers to by name, as sqldb.Named does.
	Decls        []*Decl
	Named        []*Decl
	Endpoints    []*Endpoint
	AuthHandlers []*AuthHandler
	Middleware   []*Middleware
	Structs      []*ServiceStruct
	ConfigLoads  []ConfigLoad
	Implicit     []ImplicitUse
	// Diags are what is wrong with the package by itself.
	Diags hcl.Diagnostics
	PartSet
}

// ConfigLoad is a call of config.Load; Symbol is the variable it is bound to, "" when none.
type ConfigLoad struct {
	Symbol string
	At     hcl.Range
}

// ErrorAt reports what is wrong with a place.
func (p *Package) ErrorAt(at hcl.Range, summary, hint, detail string, args ...any) {
	p.Diags = append(p.Diags, diagnostic.Error(at, summary, hint, detail, args...))
}

// syntaxNode is anything of a syntax tree: facts ask where it stands, and nothing else.
type syntaxNode interface {
	Pos() token.Pos
	End() token.Pos
}

// ErrorOn reports what is wrong with a stretch of the package's code.
func (p *Package) ErrorOn(f *File, node syntaxNode, summary, hint, detail string, args ...any) {
	p.ErrorAt(f.At(SpanOf(node)), summary, hint, detail, args...)
}

// GlobalMiddleware returns the function's name when it is global middleware of the package, else "".
func (p *Package) GlobalMiddleware(function string) string {
	for _, middleware := range p.Middleware {
		if middleware.Global && middleware.Name == function {
			return function
		}
	}
	return ""
}

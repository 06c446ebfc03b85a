// Package facts holds what the first phase keeps of each file of an application in TypeScript: what it imports, exports and
// declares, and every reference that could lead to something declared elsewhere. What belongs together is named by index, so
// that a file of 200 lines is a handful of small slices.
//
// It must not know syntax, so that no tree outlives its file, nor other files: a fact is what one file says by itself. Only the
// service around a file, and what the second phase resolves in place, is filled in later.
package facts

import (
	"path"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
)

// Module is what the first phase keeps of a file: facts, no syntax.
type Module struct {
	// Path is the file, relative to the root, with slashes; Dir is its folder, "." for the root.
	Path string
	Dir  string
	// Service is the service around the file, filled in by the linker; "" when there is none.
	Service string
	lines   []int32
	// text is nil when the file is ASCII: positions then need nothing but lines.
	text []byte
	// Broken says that the file cannot be read, so that declarations may be missing.
	Broken bool

	Imports []Import
	// Names are the names of the file that could lead to a resource or an endpoint; references and exports give them by
	// index.
	Names []Name
	// Exports are the exported names that could lead somewhere.
	Exports map[string]Export
	// Stars are the modules of export * from, by index into Imports.
	Stars []int32
	// Types are the top-level types that could be permissions or requests.
	Types map[string]Type
	// TypeExports are exported names that stand for a type of another name or file, as far as they are types; TypeStars are the modules
	// of export type * from, by index into Imports.
	TypeExports map[string]TypeName
	TypeStars   []int32

	// Decls and what follows are what the file declares, in the order in which it stands there.
	Decls        []*Decl
	Endpoints    []*Endpoint
	Services     []*Service
	Gateways     []*Gateway
	AuthHandlers []*AuthHandler
	Middleware   []*Middleware
	// Refs are the places that name one of Names.
	Refs []Ref
	// Parts are the names of the top-level declarations; the first is "", what runs when the file is loaded. Exported are
	// the parts behind exported names, Edges what the parts name of each other.
	Parts    []string
	Exported map[string]int32
	Edges    []Edge
	// Diags are what is wrong with the file by itself.
	Diags hcl.Diagnostics
	// Rooted are the parts that a process runs: those of endpoints, subscriptions, the gateway and the like.
	Rooted map[int32]bool
}

// Edge says that a part names another one of the same file.
type Edge struct {
	From, To int32 // indexes into Parts, From also OwnPart
	At       Span  // the place that names it
}

// OwnPart stands for what only the service around a file runs: the handler of a subscription that nobody can name.
const OwnPart = -1

// Import is one place that loads another module.
type Import struct {
	Name   string // as written
	Module string // the file of the application it means, "" for none
	// Clients says that it is the generated module of clients.
	Clients bool
	// Types says that nothing but types is imported.
	Types bool
	// Dynamic says that the import is an expression.
	Dynamic bool
	// Runs says that the module is loaded when the program runs: an import of nothing but types is not. Lazy says that
	// this is when a function runs that the import stands in.
	Runs, Lazy bool
	At         Span // the module's name
}

// Name is a name that could lead somewhere.
type Name struct {
	Text string // as the file has it
	Form NameForm
	// Source is an index: of an import (Imported), of another name (Aliased).
	Source int32
	// Path are the names that lead on from the source; for an import the first is the imported name, none means the
	// module as a whole.
	Path []string
	// Decls are the resources it holds (Holder), indexes into Decls. Direct says that it holds the one resource
	// itself, and not something made from it.
	Decls  []int32
	Direct bool
	// Endpoint and AuthHandler are indexes plus one into Endpoints and AuthHandlers, 0 for none.
	Endpoint, AuthHandler int32
}

// NameForm is how a name gets what it leads to.
type NameForm uint8

// The forms of names: a Holder holds what the file declares, Imported is a name of another module, Aliased of another name of the
// file.
const (
	Holder NameForm = iota
	Imported
	Aliased
)

// Export says what an exported name is: a name of this file (Local) or one of another module.
type Export struct {
	Local int32  // index into Names, -1 for none
	From  int32  // index into Imports, -1 for none
	Name  string // what the other module calls it, "*" for all of it
}

// Type is a type as far as permissions and requests need to know: a combination of named types, or an object.
type Type struct {
	// Parts are the named types that it is made of.
	Parts []TypeName
	// Other says that there is more to it than names; Required that it has a property that must be given.
	Other    bool
	Required bool
}

// TypeName names a type: of an import (Source is its index, Path[0] the imported name, no Path the module as a whole), or of this file
// (-1).
type TypeName struct {
	Source int32
	Path   []string
}

// Span is a range of byte offsets, the end not included; Module.At makes a place of it.
type Span struct{ Start, End int32 }

// Ref is a place that names something: Name is an index into Names, Path what follows the name.
type Ref struct {
	Name int32
	Path []string
	Form Form
	Span Span
	// Part is the declaration it stands in, an index into Parts or OwnPart.
	Part int32
	// Types is the type argument of a call, with permissions.
	Types *Type
}

// Form says what is done with what a reference leads to.
type Form uint8

// The forms of references. Other is all that means nothing, Field that a member is read, ReExport that the name is exported,
// Aliasing that another name of the file is set from it.
const (
	Other Form = iota
	Call       // the path's last name is called, as a function or as a tag
	Field
	Argument            // of a call
	ConstructorArgument // of new
	ParentArgument      // of a constructor of the framework
	ReExport
	Aliasing
	Anonymous // a declaration that is bound to nothing, used where it stands
)

// At turns a span into a place.
func (m *Module) At(span Span) hcl.Range {
	return hcl.Range{Filename: m.Path, Start: source.TextPos(m.lines, m.text, int(span.Start)), End: source.TextPos(m.lines, m.text, int(span.End))}
}

// Error adds a message about the file.
func (m *Module) Error(at hcl.Range, summary, hint, detail string, args ...any) {
	m.Diags = append(m.Diags, diagnostic.Error(at, summary, hint, detail, args...))
}

// NewModule begins the facts of a file: where its lines are, and one part.
func NewModule(name, text string) *Module {
	m := &Module{Path: name, Dir: path.Dir(name), Exports: make(map[string]Export), Parts: []string{""}, lines: make([]int32, 1, strings.Count(text, "\n")+1)}
	ascii := true
	for i := range len(text) {
		c := text[i]
		ascii = ascii && c < utf8.RuneSelf
		if c == '\n' {
			m.lines = append(m.lines, int32(i+1))
		}
	}
	if !ascii {
		m.text = []byte(text)
	}
	return m
}

// PartName is the name of a part; what only the service itself runs has one that no code can have.
func (m *Module) PartName(part int32) string {
	if part == OwnPart {
		return "-"
	}
	return m.Parts[part]
}

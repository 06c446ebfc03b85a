package facts

import (
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/golang/vocabulary"
)

// File is what the first phase keeps of a file.
type File struct {
	Name string // relative to the root, slashes
	// Lines are the offsets at which lines begin.
	Lines []int32
	// Text is nil when the file is ASCII: positions then need nothing but lines.
	Text    []byte
	Imports []Import
	// Refs are the references in the order of the text. Nil after the second phase has gone over them.
	Refs []Ref
}

// Import is one import; Name is "" when the file gives none.
type Import struct {
	Name string
	Path string
	// Dir is the folder of an import of the application itself, InApp whether it is one.
	Dir   string
	InApp bool
	At    Span
}

// Span is a stretch of a file, in bytes.
type Span struct{ Start, End int32 }

// Name is a package-level name as a file spells it: own, or through an import.
type Name struct {
	File      *File
	Qualifier string // the import's name; "" for the package's own
	Name      string
	At        Span
}

// String is the name as the file spells it: DB, or shared.DB.
func (n Name) String() string {
	if n.Qualifier == "" {
		return n.Name
	}
	return n.Qualifier + "." + n.Name
}

// SpanOf is the stretch of a node of a file that was parsed with a file set of its own.
func SpanOf(node syntaxNode) Span {
	// Every file has its own file set, so that a position is an offset plus one. Broken syntax may end before it
	// starts.
	start, end := int32(node.Pos())-1, int32(node.End())-1
	return Span{max(start, 0), max(end, start, 0)}
}

// At is the stretch of the file as messages show it.
func (f *File) At(span Span) hcl.Range {
	return hcl.Range{
		Filename: f.Name,
		Start:    source.TextPos(f.Lines, f.Text, int(span.Start)),
		End:      source.TextPos(f.Lines, f.Text, int(span.End)),
	}
}

// ImportKind is what an import means to the first phase.
type ImportKind int

// The kinds of imports; ImportOther is any that is of no interest, and what is no import.
const (
	ImportOther ImportKind = iota
	// ImportFramework is a package some spelling knows.
	ImportFramework
	// ImportApp is, or may be, a package of the application.
	ImportApp
)

// ImportKind says what a file's identifier names as an import. A package's name need not be the last element of its
// path, so an unknown name may be any import of the application that has no explicit name; the second phase, which
// knows the packages, settles it.
func (f *File) ImportKind(language *vocabulary.Table, name string) (ImportKind, string) {
	maybeApp, known := false, false
	for i := range f.Imports {
		found := &f.Imports[i]
		_, framework := language.Calls[found.Path]
		matches := found.Name == name || found.Name == "" && LastElement(found.Path) == name
		switch {
		case !matches:
			maybeApp = maybeApp || found.InApp && found.Name == ""
		case framework:
			return ImportFramework, found.Path
		case found.InApp:
			return ImportApp, found.Path
		default:
			known = true
		}
	}
	if maybeApp && !known {
		return ImportApp, ""
	}
	return ImportOther, ""
}

// ImportPath is the path of the import an identifier names, for packages whose name is their path's last element; ""
// when there is none.
func (f *File) ImportPath(name string) string {
	for _, found := range f.Imports {
		if found.Name == name || found.Name == "" && LastElement(found.Path) == name {
			return found.Path
		}
	}
	return ""
}

// LastElement is what a package is called by its import path, unless its package clause says otherwise.
func LastElement(importPath string) string {
	return importPath[strings.LastIndexByte(importPath, '/')+1:]
}

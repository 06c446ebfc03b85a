// Package scope says what the names in one file of TypeScript stand for: names of the framework, of other files, and of what the
// file declares itself.
//
// It must not know extraction, which finds what is declared and tells it by Follow, nor the second phase (trail, loading, linking): a
// name leads to the file that an import means and no further.
package scope

import (
	"errors"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/typescript/facts"
	"github.com/groundplan/groundplan/generator/source/typescript/resolution"
	"github.com/groundplan/groundplan/generator/source/typescript/syntax"
	"github.com/groundplan/groundplan/generator/source/typescript/vocabulary"
)

// File is one file with its syntax, and what the names in it stand for: names of the framework, of other files, and
// of what the file itself declares.
type File struct {
	// Module are the facts of the file, to which what is read here is added.
	Module *facts.Module
	// Language, like all that follows, is nil when the file cannot be read.
	Language *vocabulary.Language
	resolver *resolution.Resolver
	// Syntax is the tree of the file.
	Syntax *syntax.File
	// Indexes are the names that are followed, as indexes into the names of Module, Framework those of the framework.
	Indexes   map[*syntax.Binding]int32
	Framework map[*syntax.Binding]vocabulary.Framework
	// Wholes are modules of the framework that are imported as a whole, which Encore does not look into; their names.
	Wholes map[*syntax.Binding]string
	// typeImports are the imported names as types.
	typeImports map[*syntax.Binding]facts.TypeName
	// Resolved are all bindings of the file.
	Resolved *syntax.Names
	// Dynamic are the import("m") calls, with the index of the name that stands for the module.
	Dynamic map[*syntax.Call]int32
}

// Read parses a file and reads its import statements. What is wrong with the syntax stands in the facts, which are
// broken then.
func Read(language *vocabulary.Language, resolver *resolution.Resolver, name, text string) *File {
	m := facts.NewModule(name, text)
	if pointer := source.CheckPointer(name, []byte(text)); pointer != nil {
		m.Broken, m.Diags = true, append(m.Diags, pointer)
		return &File{Module: m}
	}
	file, err := syntax.Parse(name, text)
	if err != nil {
		m.Broken = true
		at, what := facts.Span{}, err.Error()
		var wrong *syntax.Error
		if errors.As(err, &wrong) {
			at, what = facts.Span{Start: int32(wrong.Start), End: int32(max(wrong.End, wrong.Start))}, wrong.Message
		}
		m.Error(m.At(at), "Invalid TypeScript", "correct the syntax; the TypeScript compiler reports the same place", "The file cannot be read: %s.", what)
		return &File{Module: m}
	}
	r := &File{
		Module: m, Language: language, resolver: resolver, Syntax: file, Resolved: syntax.Resolve(file),
		Indexes: make(map[*syntax.Binding]int32), Framework: make(map[*syntax.Binding]vocabulary.Framework),
		typeImports: make(map[*syntax.Binding]facts.TypeName),
	}
	r.readImports()
	return r
}

// RoleOf is what an expression means when it is a name of the framework.
func (r *File) RoleOf(e syntax.Expression) (vocabulary.Framework, bool) {
	id, ok := syntax.Unwrap(e).(*syntax.Identifier)
	if !ok || id.Binding == nil {
		return vocabulary.Framework{}, false
	}
	role, ok := r.Framework[id.Binding]
	return role, ok
}

// At is the place of a node.
func (r *File) At(n syntax.Node) hcl.Range { return r.Module.At(SpanOf(n)) }

// Text is the source of a node.
func (r *File) Text(n syntax.Node) string {
	extent := n.Extent()
	return r.Syntax.Source[extent.Start:extent.End]
}

// SpanOf is where a node stands, as facts have it.
func SpanOf(n syntax.Node) facts.Span {
	extent := n.Extent()
	return facts.Span{Start: int32(extent.Start), End: int32(extent.End)}
}

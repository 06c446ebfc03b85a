// Package extraction turns one file of TypeScript into facts: the resources, endpoints, services, gateways, auth handlers and
// middleware that it declares with their settings, and what each part of it names.
//
// It must not know the second phase (trail, loading, linking), so that files can be read in any order and at the same time: what
// leads out of a file is recorded and resolved there. Nor kinds, whose business it is what a setting means.
package extraction

import (
	"github.com/groundplan/groundplan/generator/source/typescript/resolution"
	"github.com/groundplan/groundplan/generator/source/typescript/scope"
	"github.com/groundplan/groundplan/generator/source/typescript/syntax"
	"github.com/groundplan/groundplan/generator/source/typescript/vocabulary"
)

// Read reads a file, whose name is relative to the application's folder: what it says, and what is wrong with it, is in the facts of
// what is returned.
func Read(language *vocabulary.Language, resolver *resolution.Resolver, name, text string) *scope.File {
	file := scope.Read(language, resolver, name, text)
	if !file.Module.Broken {
		r := &reader{File: file}
		r.read()
	}
	return file
}

// reader is the first phase at work on one file.
type reader struct {
	*scope.File
	// parts are the parts behind the top-level names, part the one that is being read.
	parts map[*syntax.Binding]int32
	part  int32
	// parents, configs and waiting are arguments that are read when all names are known.
	parents []parentArgument
	configs []configArgument
	waiting []gatewayArgument
}

func (r *reader) read() {
	r.readParts()
	var offsets []int
	for binding := range r.Framework {
		offsets = append(offsets, offsetsOf(binding)...)
	}
	for binding := range r.Wholes {
		offsets = append(offsets, offsetsOf(binding)...)
	}
	for _, imported := range r.Syntax.Imports {
		if imported.Form == syntax.ImportDynamic {
			offsets = append(offsets, imported.Start)
		}
	}
	if len(offsets) > 0 {
		r.eachStatement(offsets, r.declaration)
	}
	r.ReadAliases()
	r.finishDecls()
	r.ReadExports()
	r.readReferences()
	r.ReadTypes()
}

// root marks the part that is being read as one that a process runs.
func (r *reader) root() {
	if r.Module.Rooted == nil {
		r.Module.Rooted = make(map[int32]bool)
	}
	r.Module.Rooted[r.part] = true
}

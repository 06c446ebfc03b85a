// Package golang reads Encore applications in Go.
//
// It is the door: what stands in the root of the application, the order of the phases, and what other modules hold of it.
// Package folder turns each folder into facts, with the help of directive, walk and expression, which look at syntax; package
// link resolves names between the facts of all packages, and graph follows which code leads where. Here is neither syntax
// nor the meaning of a name. The tests of them all that read whole applications stand here, beside testdata.
package golang

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/encoreapp"
	"github.com/groundplan/groundplan/generator/source/golang/folder"
	"github.com/groundplan/groundplan/generator/source/golang/link"
	"github.com/groundplan/groundplan/generator/source/golang/vocabulary"
)

// Read reads the Encore Go application in root.
//
// The spellings say what declares and uses each kind of resource. The folders in ignore, slash separated and relative
// to root, are not read: the reader needs no output of ours.
//
// It works in two phases, so that no syntax tree outlives its package. The first, in parallel, turns each package into
// facts: what it declares, and every reference that could lead to something declared elsewhere. The second knows all
// packages and resolves the references. There is no type checker: Encore's own rules are about names, and a name that
// a local variable shadows is not followed.
//
// The diagnostics are those that need the syntax: what is not a literal or stands in the wrong place, invalid
// references, directives, signatures, service boundaries. Rules over settings belong to the kinds. The error is the
// machine's: a folder that cannot be read, or holds no Encore Go application.
func Read(root string, spellings []source.GoSpelling, ignore ...string) (*source.Application, hcl.Diagnostics, error) {
	encore, diags, err := encoreapp.Read(root)
	if err != nil {
		return nil, nil, err
	}
	module, moduleDiags, err := readModulePath(root)
	if err != nil {
		return nil, nil, err
	}
	diags = append(diags, moduleDiags...)
	if diags.HasErrors() {
		return nil, diags, nil
	}
	dirs, nested, err := folder.Find(root, ignore)
	if err != nil {
		return nil, nil, err
	}
	language := vocabulary.New(module, spellings)
	packages, err := folder.Read(root, language, dirs)
	if err != nil {
		return nil, nil, err
	}

	result, linkDiags, err := link.Link(root, language, packages)
	if err != nil {
		return nil, nil, err
	}
	result.Runtime = app.EncoreGo
	result.ID, result.CORS, result.ProcessPerService, result.IDAt = encore.ID, encore.CORS, encore.ProcessPerService, encore.IDAt
	broken := false
	for _, p := range packages {
		diags = append(diags, p.Diags...)
		broken = broken || p.Broken
	}
	// A file that does not parse takes its declarations with it; errors about what is missing would only mislead.
	if !broken {
		diags = append(diags, linkDiags...)
	}
	nestedDiags, err := checkNested(root, module, nested, result)
	if err != nil {
		return nil, nil, err
	}
	// What else is wrong in another module follows from its being there: it is often a copy, and everything in it is there twice.
	diags = slices.DeleteFunc(diags, func(d *hcl.Diagnostic) bool {
		return d.Severity == hcl.DiagError && slices.ContainsFunc(nestedDiags, func(n *hcl.Diagnostic) bool { return n.Severity == hcl.DiagError && inModule(d, n, nested.Modules) })
	})
	diags = append(append(diags, nestedDiags...), checkOutside(root, language, packages)...)
	diagnostic.Sort(diags)
	return result, diags, nil
}

package provider

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Use is one place where code relies on the provider.
type Use struct {
	Declaration string   // as in Table
	Path        []string // names from the declaration's block inwards; empty for the block itself
	Read        bool     // read by an expression, else written
	Block       bool     // written as a block
	Given       []string // what a written block says: names of its arguments and blocks
	Place       hcl.Range
}

func (u Use) String() string {
	return strings.Join(append([]string{u.Declaration}, u.Path...), ".")
}

// Uses lists what the Terraform code of some folders uses, in the order of files and lines.
func Uses(folders ...string) ([]Use, error) {
	parser := hclparse.NewParser()
	var uses []Use
	for _, folder := range folders {
		names, err := filepath.Glob(filepath.Join(folder, "*.tf"))
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			file, diagnostics := parser.ParseHCLFile(name)
			if diagnostics.HasErrors() {
				return nil, diagnostics
			}
			body := file.Body.(*hclsyntax.Body)
			for _, block := range body.Blocks {
				uses = append(uses, usesOfBlock(block)...)
			}
			read, diagnostics := reads(body)
			if diagnostics.HasErrors() {
				return nil, diagnostics
			}
			uses = append(uses, read...)
		}
	}
	return uses, nil
}

// Declarations are the keys of a table that holds all that is used, sorted.
func Declarations(uses []Use) []string {
	found := map[string]bool{}
	for _, use := range uses {
		found[use.Declaration] = true
	}
	return slices.Sorted(maps.Keys(found))
}

// metaArguments are the language's own, in the blocks that declare something of a provider.
var metaArguments = []string{"count", "for_each", "depends_on", "provider", "lifecycle", "provisioner", "connection", "alias"}

// usesOfBlock is what a block of a file writes, when it declares something of the AWS provider.
func usesOfBlock(block *hclsyntax.Block) []Use {
	switch {
	case block.Type == "provider" && len(block.Labels) == 1 && block.Labels[0] == "aws":
	case slices.Contains([]string{"resource", "data", "ephemeral"}, block.Type) && len(block.Labels) == 2 && strings.HasPrefix(block.Labels[0], "aws_"):
	default:
		return nil
	}
	return usesIn(block.Type+" "+block.Labels[0], nil, block.Body, block.DefRange())
}

func usesIn(declaration string, path []string, body *hclsyntax.Body, place hcl.Range) []Use {
	self := Use{Declaration: declaration, Path: path, Block: true, Place: place}
	var inner []Use
	for _, name := range slices.Sorted(maps.Keys(body.Attributes)) {
		if len(path) == 0 && slices.Contains(metaArguments, name) {
			continue
		}
		self.Given = append(self.Given, name)
		inner = append(inner, Use{Declaration: declaration, Path: within(path, name), Place: body.Attributes[name].SrcRange})
	}
	for _, block := range body.Blocks {
		name, content := block.Type, block.Body
		if len(path) == 0 && slices.Contains(metaArguments, name) {
			continue
		}
		if name == "dynamic" {
			name = block.Labels[0]
			for _, nested := range block.Body.Blocks {
				if nested.Type == "content" {
					content = nested.Body
				}
			}
		}
		self.Given = append(self.Given, name)
		inner = append(inner, usesIn(declaration, within(path, name), content, block.DefRange())...)
	}
	return append([]Use{self}, inner...)
}

// within appends to a copy: paths of siblings share their beginning.
func within(path []string, name string) []string {
	return append(slices.Clone(path), name)
}

// expressionReference is what an expression stands for: something declared, or a part of it.
type expressionReference struct {
	declaration string
	path        []string
	named       bool // the name of the declared thing has been read already
}

// readWalk follows expressions from what is declared to what is read of it, also through splats and for expressions.
type readWalk struct {
	uses    []Use
	items   map[*hclsyntax.AnonSymbolExpr]expressionReference
	bound   []map[string]expressionReference // variables of the for expressions around
	leaving []hclsyntax.Node
}

func reads(body *hclsyntax.Body) ([]Use, hcl.Diagnostics) {
	walk := &readWalk{items: map[*hclsyntax.AnonSymbolExpr]expressionReference{}}
	diagnostics := hclsyntax.Walk(body, walk)
	// What stands around an expression, a function or a splat, resolves to the same as the expression.
	seen := map[string]bool{}
	return slices.DeleteFunc(walk.uses, func(use Use) bool {
		key := fmt.Sprint(use.Place.Filename, use.Place.Start.Line, use)
		again := seen[key]
		seen[key] = true
		return again
	}), diagnostics
}

func (w *readWalk) Enter(node hclsyntax.Node) hcl.Diagnostics {
	if loop, found := node.(*hclsyntax.ForExpr); found {
		if collection, known := w.resolve(loop.CollExpr); known {
			w.bound = append(w.bound, map[string]expressionReference{loop.ValVar: collection})
		} else {
			w.bound = append(w.bound, map[string]expressionReference{})
		}
		w.leaving = append(w.leaving, node)
	}
	expression, found := node.(hclsyntax.Expression)
	if !found {
		return nil
	}
	if reference, known := w.resolve(expression); known && len(reference.path) > 0 {
		w.uses = append(w.uses, Use{Declaration: reference.declaration, Path: reference.path, Read: true, Place: expression.Range()})
	}
	return nil
}

func (w *readWalk) Exit(node hclsyntax.Node) hcl.Diagnostics {
	if last := len(w.leaving) - 1; last >= 0 && w.leaving[last] == node {
		w.leaving, w.bound = w.leaving[:last], w.bound[:len(w.bound)-1]
	}
	return nil
}

// transparent are functions whose result has the attributes of what they are given.
var transparent = []string{"one", "values", "tolist", "toset", "element", "reverse", "flatten", "concat"}

func (w *readWalk) resolve(expression hclsyntax.Expression) (expressionReference, bool) {
	switch expression := expression.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		return w.root(expression.Traversal)
	case *hclsyntax.RelativeTraversalExpr:
		if source, known := w.resolve(expression.Source); known {
			return source.follow(expression.Traversal), true
		}
	case *hclsyntax.IndexExpr:
		return w.resolve(expression.Collection)
	case *hclsyntax.ParenthesesExpr:
		return w.resolve(expression.Expression)
	case *hclsyntax.AnonSymbolExpr:
		item, known := w.items[expression]
		return item, known
	case *hclsyntax.SplatExpr:
		if source, known := w.resolve(expression.Source); known {
			w.items[expression.Item] = source
			return w.resolve(expression.Each)
		}
	case *hclsyntax.FunctionCallExpr:
		if slices.Contains(transparent, expression.Name) && len(expression.Args) > 0 {
			return w.resolve(expression.Args[0])
		}
	}
	return expressionReference{}, false
}

func (w *readWalk) root(traversal hcl.Traversal) (expressionReference, bool) {
	name := traversal.RootName()
	for _, bound := range slices.Backward(w.bound) {
		if item, known := bound[name]; known {
			return item.follow(traversal[1:]), true
		}
	}
	switch {
	case strings.HasPrefix(name, "aws_"):
		return expressionReference{declaration: "resource " + name}.follow(traversal[1:]), true
	case (name == "data" || name == "ephemeral") && len(traversal) > 1:
		if kind, named := traversal[1].(hcl.TraverseAttr); named && strings.HasPrefix(kind.Name, "aws_") {
			return expressionReference{declaration: name + " " + kind.Name}.follow(traversal[2:]), true
		}
	}
	return expressionReference{}, false
}

func (r expressionReference) follow(steps hcl.Traversal) expressionReference {
	for _, step := range steps {
		attribute, named := step.(hcl.TraverseAttr)
		if !named {
			continue // which of several it is
		}
		if !r.named {
			r.named = true
			continue
		}
		r.path = within(r.path, attribute.Name)
	}
	return r
}

package generator_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/groundplan/groundplan/generator"
)

// moduleFace is what callers of a module see.
type moduleFace struct {
	required, variables, outputs map[string]bool
}

// contract checks that every module call gives what the module asks for and nothing else, and that everything a file
// reads of a module, of a variable or of the platform stack is there.
func contract(output *generator.Output) []string {
	c := contractCheck{bodies: map[string][]*hclsyntax.Body{}, faces: map[string]moduleFace{}}
	for _, path := range slices.Sorted(maps.Keys(output.Files)) {
		if !strings.HasSuffix(path, ".tf") {
			continue
		}
		body, problem := parse(path, output.Files[path])
		if problem != "" {
			c.problems = append(c.problems, problem)
			continue
		}
		folder := path[:strings.LastIndex(path, "/")]
		c.bodies[folder] = append(c.bodies[folder], body)
	}
	for folder, bodies := range c.bodies {
		c.faces[folder] = face(bodies)
	}
	for _, folder := range slices.Sorted(maps.Keys(c.bodies)) {
		if !strings.HasPrefix(folder, "modules/") {
			c.stack(folder)
		}
	}
	return c.problems
}

// parse reads a file, which another test has read already more often than not: the modules above all.
func parse(path string, content []byte) (*hclsyntax.Body, string) {
	key := path + "\n" + string(content)
	if known, is := parsedFiles.Load(key); is {
		return known.(*hclsyntax.Body), ""
	}
	file, diags := hclsyntax.ParseConfig(content, path, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, diags.Error()
	}
	body := file.Body.(*hclsyntax.Body)
	parsedFiles.Store(key, body)
	return body, ""
}

// parsedFiles are the bodies that parse has read, by path and content. Nobody changes them.
var parsedFiles sync.Map

type contractCheck struct {
	bodies   map[string][]*hclsyntax.Body
	faces    map[string]moduleFace
	problems []string
}

func face(bodies []*hclsyntax.Body) moduleFace {
	f := moduleFace{required: map[string]bool{}, variables: map[string]bool{}, outputs: map[string]bool{}}
	for _, block := range blocksNamed(bodies, "variable") {
		f.variables[block.Labels[0]] = true
		if block.Body.Attributes["default"] == nil {
			f.required[block.Labels[0]] = true
		}
	}
	for _, block := range blocksNamed(bodies, "output") {
		f.outputs[block.Labels[0]] = true
	}
	return f
}

func blocksNamed(bodies []*hclsyntax.Body, kind string) []*hclsyntax.Block {
	var found []*hclsyntax.Block
	for _, body := range bodies {
		for _, block := range body.Blocks {
			if block.Type == kind {
				found = append(found, block)
			}
		}
	}
	return found
}

func (c *contractCheck) failf(at hcl.Range, format string, args ...any) {
	c.problems = append(c.problems, fmt.Sprintf("%s:%d: ", at.Filename, at.Start.Line)+fmt.Sprintf(format, args...))
}

func (c *contractCheck) stack(folder string) {
	calls := map[string]string{} // label -> folder of the module
	for _, block := range blocksNamed(c.bodies[folder], "module") {
		source, _ := block.Body.Attributes["source"].Expr.Value(nil)
		name, found := strings.CutPrefix(source.AsString(), "../../modules/")
		module, exists := c.faces["modules/"+name]
		if !found || !exists {
			c.failf(block.DefRange(), "calls %s, which is not vendored", source.AsString())
			continue
		}
		if _, twice := calls[block.Labels[0]]; twice {
			c.failf(block.DefRange(), "module %s twice", block.Labels[0])
		}
		calls[block.Labels[0]] = "modules/" + name
		for argument := range block.Body.Attributes {
			if argument != "source" && argument != "providers" && !module.variables[argument] {
				c.failf(block.DefRange(), "module %s has no variable %s", name, argument)
			}
		}
		for variable := range module.required {
			if block.Body.Attributes[variable] == nil {
				c.failf(block.DefRange(), "module %s needs %s", name, variable)
			}
		}
	}
	for _, body := range c.bodies[folder] {
		_ = hclsyntax.VisitAll(body, func(node hclsyntax.Node) hcl.Diagnostics {
			if expression, ok := node.(*hclsyntax.ScopeTraversalExpr); ok {
				c.reference(folder, expression.Traversal, calls)
			}
			return nil
		})
	}
}

func (c *contractCheck) reference(folder string, traversal hcl.Traversal, calls map[string]string) {
	var path []string
	for _, step := range traversal {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			path = append(path, step.Name)
		case hcl.TraverseAttr:
			path = append(path, step.Name)
		}
	}
	at := traversal.SourceRange()
	switch {
	case path[0] == "module" && len(path) == 3:
		if module, ok := calls[path[1]]; !ok || !c.faces[module].outputs[path[2]] {
			c.failf(at, "reads %s, which does not exist", strings.Join(path, "."))
		}
	case path[0] == "var" && !c.faces[folder].variables[path[1]]:
		c.failf(at, "reads %s, which does not exist", strings.Join(path, "."))
	case path[0] == "local" && len(path) >= 3 && path[1] == "platform":
		c.platformOutput(folder, path, at)
	case path[0] == "local" && (len(path) < 2 || !c.hasLocal(folder, path[1:])):
		c.failf(at, "reads %s, which does not exist", strings.Join(path, "."))
	case path[0] == "module" || path[0] == "local" && path[1] == "platform":
		c.failf(at, "reads %s as a whole", strings.Join(path, "."))
	}
}

// hasLocal reports whether a folder has a local value, or a field of one.
func (c *contractCheck) hasLocal(folder string, path []string) bool {
	for _, block := range blocksNamed(c.bodies[folder], "locals") {
		local := block.Body.Attributes[path[0]]
		if local == nil {
			continue
		}
		literal, ok := local.Expr.(*hclsyntax.ObjectConsExpr)
		if !ok || len(path) == 1 {
			return len(path) == 1
		}
		return slices.ContainsFunc(literal.Items, func(item hclsyntax.ObjectConsItem) bool { return hcl.ExprAsKeyword(item.KeyExpr) == path[1] })
	}
	return false
}

// platformOutput checks a value that the services stack reads of the platform stack, down to the field.
func (c *contractCheck) platformOutput(folder string, path []string, at hcl.Range) {
	platform := folder[:strings.LastIndex(folder, "/")] + "/platform"
	for _, block := range blocksNamed(c.bodies[platform], "output") {
		if block.Labels[0] != path[2] {
			continue
		}
		literal, ok := block.Body.Attributes["value"].Expr.(*hclsyntax.ObjectConsExpr)
		if len(path) == 3 {
			return
		}
		if !ok {
			c.failf(at, "reads %s, but the output is no object", strings.Join(path, "."))
			return
		}
		for _, item := range literal.Items {
			if hcl.ExprAsKeyword(item.KeyExpr) == path[3] {
				return
			}
		}
	}
	c.failf(at, "reads %s, which the platform stack does not put out", strings.Join(path, "."))
}

// TestG1_ContractFires breaks a good output in each way the contract looks for.
func TestG1_ContractFires(t *testing.T) {
	for _, c := range []struct{ name, file, old, replacement, want string }{
		{"unknown argument", "production/platform/network.tf", "cidr ", "cird ", "no variable cird"},
		{"missing argument", "production/platform/network.tf", "cidr ", "cird ", "needs cidr"},
		{"unknown output", "production/platform/outputs.tf", "module.network.vpc_id", "module.network.vpcid", "module.network.vpcid, which does not exist"},
		{"unknown module", "production/platform/network.tf", "modules/network", "modules/net", "not vendored"},
		{"unknown platform output", "production/services/hello.tf", "local.platform.key.arn", "local.platform.lock.arn", "does not put out"},
		{"unknown platform field", "production/services/hello.tf", "local.platform.registry.repository_url", "local.platform.registry.url", "does not put out"},
		{"unknown local", "production/services/hello.tf", "local.platform.key.arn", "local.key.arn", "local.key.arn, which does not exist"},
		{"unknown variable", "production/services/hello.tf", "var.image_tag", "var.tag", "var.tag, which does not exist"},
		{"not HCL", "production/services/hello.tf", "module \"", "module ", "Invalid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			output := generate(t, "hello")
			broken := strings.Replace(string(output.Files[c.file]), c.old, c.replacement, 1)
			if broken == string(output.Files[c.file]) {
				t.Fatalf("%s does not contain %q", c.file, c.old)
			}
			output.Files[c.file] = []byte(broken)
			problems := strings.Join(contract(output), "\n")
			if !strings.Contains(problems, c.want) {
				t.Errorf("got %q, want something with %q", problems, c.want)
			}
		})
	}
}

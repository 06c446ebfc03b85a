package modules_test

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/terraform-config-inspect/tfconfig"

	"github.com/groundplan/groundplan/modules"
)

// TestReadmeExamples holds every module call of the READMEs against the modules: no argument is missing or unknown, and no output
// that is read.
func TestReadmeExamples(t *testing.T) {
	called := map[string]bool{}
	for _, name := range modules.Names() {
		text, err := os.ReadFile(filepath.Join(name, "README.md"))
		if err != nil {
			t.Fatal(err)
		}
		problems, calls := exampleProblems(string(text))
		for _, problem := range problems {
			t.Errorf("modules/%s/README.md: %s", name, problem)
		}
		if !calls[name] {
			t.Errorf("modules/%s/README.md has no example that calls the module", name)
		}
		for call := range calls {
			called[call] = true
		}
	}
	if len(called) < len(modules.Names()) {
		t.Errorf("only %d modules are called", len(called))
	}
}

var fenced = regexp.MustCompile("(?ms)^```hcl\n(.*?)^```$")

// exampleProblems are what is wrong with the calls of modules in the code of a page, and which modules those are.
func exampleProblems(page string) (problems []string, calls map[string]bool) {
	calls = map[string]bool{}
	for _, block := range fenced.FindAllStringSubmatch(page, -1) {
		file, diags := hclsyntax.ParseConfig([]byte(block[1]), "README.md", hcl.InitialPos)
		if diags.HasErrors() {
			problems = append(problems, diags.Error())
			continue
		}
		named := map[string]*tfconfig.Module{} // by label
		for _, call := range file.Body.(*hclsyntax.Body).Blocks {
			source := call.Body.Attributes["source"]
			if call.Type != "module" || source == nil {
				continue
			}
			location, _ := source.Expr.Value(nil)
			name := path.Base(strings.SplitN(location.AsString(), "?", 2)[0])
			module, diags := tfconfig.LoadModuleFromFilesystem(tfconfig.WrapFS(modules.FS()), name)
			if diags.HasErrors() || !slices.Contains(modules.Names(), name) {
				problems = append(problems, fmt.Sprintf("there is no module %q", name))
				continue
			}
			calls[name], named[call.Labels[0]] = true, module
			for _, variable := range module.Variables {
				if variable.Required && call.Body.Attributes[variable.Name] == nil {
					problems = append(problems, fmt.Sprintf("the call of %s lacks %s", name, variable.Name))
				}
			}
			for argument := range call.Body.Attributes {
				if _, known := module.Variables[argument]; !known && argument != "source" && argument != "providers" && argument != "for_each" && argument != "count" && argument != "version" {
					problems = append(problems, fmt.Sprintf("%s has no argument %s", name, argument))
				}
			}
		}
		_ = hclsyntax.VisitAll(file.Body.(*hclsyntax.Body), func(node hclsyntax.Node) hcl.Diagnostics {
			e, is := node.(*hclsyntax.ScopeTraversalExpr)
			if !is || e.Traversal.RootName() != "module" || len(e.Traversal) < 3 {
				return nil
			}
			label, ofModule := e.Traversal[1].(hcl.TraverseAttr)
			output, ofOutput := e.Traversal[2].(hcl.TraverseAttr)
			if module := named[label.Name]; ofModule && ofOutput && module != nil && module.Outputs[output.Name] == nil {
				problems = append(problems, fmt.Sprintf("module.%s has no output %s", label.Name, output.Name))
			}
			return nil
		})
	}
	slices.Sort(problems)
	return problems, calls
}

func TestReadmeExamplesFire(t *testing.T) {
	problems, calls := exampleProblems("# x\n\n```hcl\nmodule \"a\" {\n  source = \"./modules/topic\"\n\n  nam = \"x\"\n}\n\nmodule \"b\" {\n  source = \"./modules/gone\"\n}\n\noutput \"c\" {\n  value = module.a.url\n}\n```\n\n```hcl\nmodule {\n```\n")
	want := []string{"module.a has no output url", "the call of topic lacks name", "there is no module \"gone\"", "topic has no argument nam"}
	for _, problem := range want {
		if !slices.Contains(problems, problem) {
			t.Errorf("not found: %s in %q", problem, problems)
		}
	}
	if !calls["topic"] || len(problems) < len(want)+1 {
		t.Errorf("%q, %v", problems, calls)
	}
}

package modules_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-config-inspect/tfconfig"

	"github.com/groundplan/groundplan/modules"
)

// source is where the READMEs take a module from; the name goes between.
const sourceBefore, sourceAfter = "git::https://github.com/groundplan/groundplan.git//modules/", "?ref=<tag>"

// relativeSource is a source of an example: the module it belongs to, or one beside that.
var relativeSource = regexp.MustCompile(`"\.\./\.\.(?:/\.\./([a-z-]+))?"`)

// example is one root module under a module's examples.
type example struct {
	name string // of its folder
	text string // of its main.tf
}

// examplesOf reads the examples of a module whose folder is given, sorted by name; none where it has no such folder.
func examplesOf(module fs.FS) ([]example, error) {
	entries, err := fs.ReadDir(module, "examples")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var examples []example
	for _, entry := range entries {
		text, err := fs.ReadFile(module, path.Join("examples", entry.Name(), "main.tf"))
		if err != nil {
			return nil, err
		}
		examples = append(examples, example{entry.Name(), string(text)})
	}
	return examples, nil
}

// shown is an example as the README of its module shows it: with sources that somebody else can use.
func (e example) shown(module string) string {
	code := relativeSource.ReplaceAllStringFunc(e.text, func(found string) string {
		name := relativeSource.FindStringSubmatch(found)[1]
		if name == "" {
			name = module
		}
		return `"` + sourceBefore + name + sourceAfter + `"`
	})
	return "```hcl\n" + code + "```\n"
}

// TestExamples wants examples of each module, each a root module of one file that calls the module it belongs to. e2e hands
// them to terraform validate.
func TestExamples(t *testing.T) {
	count := 0
	for _, name := range modules.Names() {
		problems, found := exampleFolderProblems(os.DirFS(name))
		for _, problem := range problems {
			t.Errorf("modules/%s/%s", name, problem)
		}
		count += found
	}
	if count < 14 {
		t.Errorf("only %d examples found", count)
	}
}

// exampleFolderProblems returns what is wrong with the examples of a module, and how many there are.
func exampleFolderProblems(module fs.FS) (problems []string, count int) {
	examples, err := examplesOf(module)
	if err != nil {
		return []string{err.Error()}, 0
	}
	if len(examples) == 0 {
		problems = append(problems, "examples: none, and a module is tried out by one")
	}
	for _, e := range examples {
		at := "examples/" + e.name
		configuration, diagnostics := tfconfig.LoadModuleFromFilesystem(tfconfig.WrapFS(module), at)
		if diagnostics.HasErrors() {
			problems = append(problems, diagnostics.Error())
			continue
		}
		own := false
		for _, call := range configuration.ModuleCalls {
			own = own || call.Source == "../.."
			if !relativeSource.MatchString(`"` + call.Source + `"`) {
				problems = append(problems, fmt.Sprintf("%s: module %q is not of this repository: its source is %s", at, call.Name, call.Source))
			}
		}
		if !own {
			problems = append(problems, at+": does not call the module it is an example of, by the source ../..")
		}
	}
	return problems, len(examples)
}

func TestExamplesFire(t *testing.T) {
	write := func(text string) fs.FS {
		folder := t.TempDir()
		if err := os.MkdirAll(filepath.Join(folder, "examples", "basic"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "examples", "basic", "main.tf"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return os.DirFS(folder)
	}
	for want, text := range map[string]string{
		"does not call the module it is an example of": "module \"b\" {\n  source = \"../../../bucket\"\n}\n",
		"is not of this repository":                    "module \"b\" {\n  source = \"../..\"\n}\n\nmodule \"c\" {\n  source = \"hashicorp/consul/aws\"\n}\n",
		"Argument names must not be quoted":            "module {\n  \"x\"\n",
	} {
		if problems, _ := exampleFolderProblems(write(text)); !strings.Contains(strings.Join(problems, "\n"), want) {
			t.Errorf("want a problem with %q, got %q", want, problems)
		}
	}
	if problems, _ := exampleFolderProblems(os.DirFS(t.TempDir())); len(problems) != 1 {
		t.Errorf("a module without examples passes: %q", problems)
	}
	if problems, count := exampleFolderProblems(write("module \"b\" {\n  source = \"../..\"\n}\n\nmodule \"k\" {\n  source = \"../../../encryption-key\"\n}\n")); len(problems) > 0 || count != 1 {
		t.Errorf("an example in order has problems: %q", problems)
	}
}

func TestExampleIsShown(t *testing.T) {
	got := example{"basic", "module \"a\" {\n  source = \"../..\"\n}\n\nmodule \"b\" {\n  source = \"../../../encryption-key\"\n}\n"}.shown("topic")
	want := "```hcl\nmodule \"a\" {\n  source = \"git::https://github.com/groundplan/groundplan.git//modules/topic?ref=<tag>\"\n}\n\n" +
		"module \"b\" {\n  source = \"git::https://github.com/groundplan/groundplan.git//modules/encryption-key?ref=<tag>\"\n}\n```\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

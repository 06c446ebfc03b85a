package modules_test

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/groundplan/groundplan/modules"
)

// TestStyle holds every module to the rules of modules in CONTRIBUTING.md.
func TestStyle(t *testing.T) {
	for _, name := range modules.Names() {
		files, err := folderFiles(os.DirFS(name))
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range styleProblems(files) {
			t.Errorf("modules/%s/%s", name, problem)
		}
		for _, problem := range orderAndMessageProblems(files["variables.tf"], files["outputs.tf"]) {
			t.Errorf("modules/%s/%s", name, problem)
		}
	}
}

// TestOrderIsTheSame: inputs that two modules have in common stand in the same order in both.
func TestOrderIsTheSame(t *testing.T) {
	variables := map[string][]string{}
	for _, name := range modules.Names() {
		variables[name] = modules.Variables(name)
	}
	for _, problem := range sharedOrderProblems(variables) {
		t.Error(problem)
	}
}

// sharedOrderProblems are the pairs of variables that two modules have in the opposite order.
func sharedOrderProblems(variables map[string][]string) []string {
	var problems []string
	first := map[[2]string]string{} // the first module that has the one before the other
	for _, module := range slices.Sorted(maps.Keys(variables)) {
		for i, before := range variables[module] {
			for _, after := range variables[module][i+1:] {
				if other := first[[2]string{after, before}]; other != "" {
					problems = append(problems, fmt.Sprintf("modules/%s has %s before %s, modules/%s after it", module, before, after, other))
				}
				if pair := [2]string{before, after}; first[pair] == "" {
					first[pair] = module
				}
			}
		}
	}
	return problems
}

func TestSharedOrderProblems(t *testing.T) {
	if problems := sharedOrderProblems(map[string][]string{"a": {"name", "vpc_id", "key_arn"}, "b": {"name", "key_arn"}, "c": {"name", "key_arn", "vpc_id"}}); len(problems) != 1 || !strings.Contains(problems[0], "modules/c has key_arn before vpc_id, modules/a after it") {
		t.Errorf("got %q", problems)
	}
}

// TestVersions wants one versions.tf everywhere: modules that ask for different providers cannot be used together. cdn
// asks for a second configuration of the same one, because CloudFront takes certificates of us-east-1 alone.
func TestVersions(t *testing.T) {
	first := modules.Files()[modules.Names()[0]]["versions.tf"]
	aliases := regexp.MustCompile(`(\n +#.*)?\n +configuration_aliases = \[.*\]`)
	for name, files := range modules.Files() {
		versions := string(files["versions.tf"])
		if name == "cdn" {
			versions = aliases.ReplaceAllString(versions, "")
		}
		if versions != string(first) {
			t.Errorf("modules/%s/versions.tf differs from modules/%s/versions.tf", name, modules.Names()[0])
		}
	}
	for _, want := range []string{`required_version = ">= 1.11"`, `version = ">= 5.100, < 7.0"`} {
		if !strings.Contains(string(first), want) {
			t.Errorf("G3: versions.tf lacks %s", want)
		}
	}
}

// TestFiles wants in the binary what a user's copy needs, and neither tests nor examples nor the history of the module.
func TestFiles(t *testing.T) {
	for name, files := range modules.Files() {
		for _, want := range []string{"main.tf", "variables.tf", "outputs.tf", "versions.tf", "README.md"} {
			if len(files[want]) == 0 {
				t.Errorf("modules.Files() lacks %s/%s", name, want)
			}
		}
		for file := range files {
			if strings.HasPrefix(file, "tests") || strings.HasPrefix(file, "examples") || file == "CHANGELOG.md" || strings.HasPrefix(path.Base(file), ".") {
				t.Errorf("modules.Files() carries %s/%s, which no user needs", name, file)
			}
		}
	}
}

// folderFiles reads a module's folder, without the hidden files terraform makes.
func folderFiles(folder fs.FS) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name != "." && strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case entry.IsDir():
			return nil
		}
		files[name], err = fs.ReadFile(folder, name)
		return err
	})
	return files, err
}

// styleProblems says what is wrong with a module, file name first, sorted by file.
func styleProblems(files map[string][]byte) []string {
	var problems []string
	for _, name := range []string{"main.tf", "variables.tf", "outputs.tf", "versions.tf", "README.md"} {
		if len(files[name]) == 0 {
			problems = append(problems, name+": missing")
		}
	}
	tested, validated := false, false
	for _, name := range slices.Sorted(maps.Keys(files)) {
		tested = tested || strings.HasSuffix(name, ".tftest.hcl")
		if path.Ext(name) != ".tf" || path.Dir(name) != "." {
			continue // an example is a root module
		}
		file, diagnostics := hclsyntax.ParseConfig(files[name], name, hcl.InitialPos)
		if diagnostics.HasErrors() {
			problems = append(problems, diagnostics.Error())
			continue
		}
		for _, block := range file.Body.(*hclsyntax.Body).Blocks {
			at := fmt.Sprintf("%s:%d: ", name, block.TypeRange.Start.Line)
			for _, problem := range blockProblems(name, files[name], block) {
				problems = append(problems, at+problem)
			}
			for _, inner := range block.Body.Blocks {
				validated = validated || block.Type == "variable" && inner.Type == "validation"
			}
		}
	}
	if !tested {
		problems = append(problems, "tests: no *.tftest.hcl")
	}
	if !validated {
		problems = append(problems, "variables.tf: no variable has a validation, though AWS has rules for names at least")
	}
	return problems
}

func blockProblems(file string, text []byte, block *hclsyntax.Block) []string {
	var problems []string
	want := func(kind string) {
		if file != kind+".tf" {
			problems = append(problems, fmt.Sprintf("%s %q belongs into %s.tf", block.Type, block.Labels[0], kind))
		}
		if !strings.HasSuffix(constant(block, "description"), ".") {
			problems = append(problems, fmt.Sprintf("%s %q has no description that is a sentence", block.Type, block.Labels[0]))
		}
	}
	switch block.Type {
	case "variable":
		want("variables")
		name := block.Labels[0]
		if kind := block.Body.Attributes["type"]; kind == nil {
			problems = append(problems, fmt.Sprintf("variable %q has no type", name))
		} else if usesAny(kind.Expr) {
			problems = append(problems, fmt.Sprintf("variable %q: type any moves mistakes from plan to apply", name))
		}
		if nullable := block.Body.Attributes["nullable"]; nullable == nil || string(nullable.Expr.Range().SliceBytes(text)) != "false" {
			problems = append(problems, fmt.Sprintf("variable %q is not nullable = false", name))
		}
		for _, validation := range block.Body.Blocks {
			if validation.Body.Attributes["error_message"] == nil {
				problems = append(problems, fmt.Sprintf("variable %q has a validation without a message", name))
			}
		}
		if name == "tags" || name == "create" || strings.HasPrefix(name, "create_") {
			problems = append(problems, fmt.Sprintf("variable %q: tags come from the provider, and a module that makes nothing is not called", name))
		}
	case "output":
		want("outputs")
	case "provider":
		problems = append(problems, "a provider block makes the module unusable with for_each and depends_on")
	case "resource":
		if provisioner := slices.IndexFunc(block.Body.Blocks, func(b *hclsyntax.Block) bool { return b.Type == "provisioner" }); provisioner >= 0 {
			problems = append(problems, "G3: a provisioner runs commands on the machine of whoever applies")
		}
		fallthrough
	case "data", "ephemeral":
		if !strings.HasPrefix(block.Labels[0], "aws_") {
			problems = append(problems, fmt.Sprintf("G3: %s %q is not of the AWS provider", block.Type, block.Labels[0]))
		}
	}
	return problems
}

// orderAndMessageProblems are what is wrong with the order of variables and outputs, and with the messages of validations.
func orderAndMessageProblems(variables, outputs []byte) []string {
	var problems []string
	for _, part := range []struct {
		name  string
		text  []byte
		order []string
	}{
		{"variables.tf", variables, []string{"description", "type", "default", "nullable", "ephemeral", "sensitive", "validation"}},
		{"outputs.tf", outputs, []string{"description", "value", "ephemeral", "sensitive", "precondition", "depends_on"}},
	} {
		file, diagnostics := hclsyntax.ParseConfig(part.text, part.name, hcl.InitialPos)
		if diagnostics.HasErrors() {
			problems = append(problems, diagnostics.Error())
			continue
		}
		var found []string
		for _, block := range file.Body.(*hclsyntax.Body).Blocks {
			found = append(found, orderProblems(block, part.order...)...)
			if block.Type == "variable" {
				found = append(found, messageProblems(part.text, block)...)
			}
		}
		for _, problem := range append(found, sequenceProblems(file.Body.(*hclsyntax.Body), part.text)...) {
			problems = append(problems, part.name+": "+problem)
		}
	}
	return problems
}

func TestOrderAndMessageProblems(t *testing.T) {
	variable := func(name, kind, rest string) string {
		return fmt.Sprintf("variable %q {\n  description = \"X.\"\n  type = %s\n%s  nullable = false\n", name, kind, rest)
	}
	message := func(text string) string {
		return variable("size", "number", "") + "  validation {\n    condition = true\n    error_message = " + text + "\n  }\n}\n"
	}
	good := variable("name", "string", "") + "}\n" + message(`"size is ${var.size}, but must be 1."`) + variable("fifo", "bool", "  default = false\n") + "}\n"
	outputs := "output \"arn\" {\n  description = \"X.\"\n  value = 1\n}\n"
	if problems := orderAndMessageProblems([]byte(good), []byte(outputs)); len(problems) > 0 {
		t.Fatalf("a module in order has problems: %v", problems)
	}
	for want, text := range map[string]string{
		`variables.tf: variable "a": default stands behind nullable`:                           "variable \"a\" {\n  nullable = false\n  default = 1\n}\n",
		`variables.tf: variable "a": nullable stands behind validation`:                        "variable \"a\" {\n  validation {\n  }\n  nullable = false\n}\n",
		`variables.tf: validation of variable "a": condition stands behind error_message`:      "variable \"a\" {\n  validation {\n    error_message = \"a must.\"\n    condition = true\n  }\n}\n",
		`variables.tf: variable "name" is not the first`:                                       variable("size", "number", "") + "}\n" + variable("name", "string", "") + "}\n",
		`variables.tf: variable "size" stands behind the switch "fifo": switches come last`:    variable("fifo", "bool", "") + "}\n" + variable("size", "number", "") + "}\n",
		`is no sentence that begins with size and says what it must be: "The size must be 1."`: message(`"The size must be 1."`),
		`is no sentence that begins with size and says what it must be: "size must be 1"`:      message(`"size must be 1"`),
		`is no sentence that begins with size and says what it must be: "size is wrong."`:      message(`"size is wrong."`),
		`is no sentence that begins with size and says what it must be: "sizes must be 1."`:    message(`"sizes must be 1."`),
		`Invalid expression`: "x = ,\n",
	} {
		if problems := orderAndMessageProblems([]byte(text), []byte(outputs)); !strings.Contains(strings.Join(problems, "\n"), want) {
			t.Errorf("want a problem with %q, got %q", want, problems)
		}
	}
	if problems := orderAndMessageProblems([]byte(good), []byte("output \"arn\" {\n  value = 1\n  description = \"X.\"\n}\n")); len(problems) != 1 {
		t.Errorf("an output in another order passes: %q", problems)
	}
}

// orderProblems wants what stands in a block in one order: a reader of the tenth module knows where to look.
func orderProblems(block *hclsyntax.Block, order ...string) []string {
	type member struct {
		name string
		at   int
	}
	var members []member
	for name, attribute := range block.Body.Attributes {
		members = append(members, member{name, attribute.SrcRange.Start.Byte})
	}
	for _, inner := range block.Body.Blocks {
		members = append(members, member{inner.Type, inner.TypeRange.Start.Byte})
	}
	slices.SortFunc(members, func(a, b member) int { return cmp.Compare(a.at, b.at) })
	for i, m := range members {
		if i > 0 && slices.Index(order, m.name) < slices.Index(order, members[i-1].name) {
			return []string{fmt.Sprintf("%s %q: %s stands behind %s", block.Type, block.Labels[0], m.name, members[i-1].name)}
		}
	}
	return nil
}

// messageProblems wants the messages of a variable's validations to begin with the variable and to be sentences: they are read
// below "Invalid value for variable" of some other module's call.
func messageProblems(text []byte, variable *hclsyntax.Block) []string {
	var problems []string
	name := variable.Labels[0]
	begins := regexp.MustCompile(`^"` + name + `([.][a-z_]+)?(: | is | has | must )`)
	asks := regexp.MustCompile(`\b(must|of no use|accepts)\b`)
	for _, validation := range variable.Body.Blocks {
		problems = append(problems, orderProblems(&hclsyntax.Block{Type: "validation of variable", Labels: variable.Labels, Body: validation.Body}, "condition", "error_message")...)
		attribute := validation.Body.Attributes["error_message"]
		if attribute == nil {
			continue
		}
		message := string(attribute.Expr.Range().SliceBytes(text))
		if !begins.MatchString(message) || !asks.MatchString(message) || !strings.HasSuffix(message, `."`) {
			problems = append(problems, fmt.Sprintf("variable %q: a message is no sentence that begins with %s and says what it must be: %s", name, name, message))
		}
	}
	return problems
}

// sequenceProblems wants the name first and the switches last: calls print their arguments in the order of the variables.
func sequenceProblems(body *hclsyntax.Body, text []byte) []string {
	var problems []string
	last, number := "", 0
	for _, block := range body.Blocks {
		kind := block.Body.Attributes["type"]
		if block.Type != "variable" || kind == nil {
			continue
		}
		number++
		name := block.Labels[0]
		if number > 1 && name == "name" {
			problems = append(problems, "variable \"name\" is not the first")
		}
		isSwitch := string(kind.Expr.Range().SliceBytes(text)) == "bool"
		if last != "" && !isSwitch {
			problems = append(problems, fmt.Sprintf("variable %q stands behind the switch %q: switches come last", name, last))
		}
		if isSwitch {
			last = name
		}
	}
	return problems
}

// constant is an attribute's text when it is a plain string, otherwise "".
func constant(block *hclsyntax.Block, name string) string {
	attribute := block.Body.Attributes[name]
	if attribute == nil {
		return ""
	}
	value, diagnostics := attribute.Expr.Value(nil)
	if diagnostics.HasErrors() || value.IsNull() || value.Type() != cty.String {
		return ""
	}
	return value.AsString()
}

// usesAny finds the keyword any anywhere in a type.
func usesAny(expression hclsyntax.Expression) bool {
	return slices.ContainsFunc(expression.Variables(), func(traversal hcl.Traversal) bool { return traversal.RootName() == "any" })
}

func TestStyleProblems(t *testing.T) {
	good := map[string]string{
		"main.tf":               "resource \"aws_vpc\" \"this\" {}\n",
		"variables.tf":          "variable \"name\" {\n  description = \"Its name.\"\n  type = string\n  nullable = false\n  validation {\n    condition = true\n    error_message = \"no\"\n  }\n}\n",
		"outputs.tf":            "output \"arn\" {\n  description = \"Its ARN.\"\n  value = 1\n}\n",
		"versions.tf":           "terraform {}\n",
		"README.md":             "# x\n",
		"tests/main.tftest.hcl": "run \"x\" {}\n",
	}
	check := func(change map[string]string) []string {
		files := map[string][]byte{}
		for name, text := range good {
			files[name] = []byte(text)
		}
		for name, text := range change {
			files[name] = []byte(text)
		}
		return styleProblems(files)
	}
	if problems := check(nil); len(problems) > 0 {
		t.Fatalf("a module in order has problems: %v", problems)
	}
	variable := func(body string) map[string]string {
		return map[string]string{"variables.tf": good["variables.tf"] + "variable \"other\" {\n" + body + "\n}\n"}
	}
	const described = "description = \"X.\"\n"
	for want, change := range map[string]map[string]string{
		"main.tf: missing":                   {"main.tf": ""},
		"README.md: missing":                 {"README.md": ""},
		"no variable has a validation":       {"variables.tf": ""},
		`"other" has no type`:                variable(described + "nullable = false"),
		"type any":                           variable(described + "type = map(any)\nnullable = false"),
		`"other" is not nullable = false`:    variable(described + "type = string"),
		"no description that is a sentence":  variable("description = \"x\"\ntype = string\nnullable = false"),
		"validation without a message":       variable(described + "type = string\nnullable = false\nvalidation {\n condition = true\n}"),
		"belongs into variables.tf":          {"main.tf": good["variables.tf"]},
		"belongs into outputs.tf":            {"main.tf": good["outputs.tf"]},
		"a provider block":                   {"main.tf": "provider \"aws\" {}\n"},
		"G3: a provisioner":                  {"main.tf": "resource \"aws_vpc\" \"this\" {\n  provisioner \"local-exec\" {}\n}\n"},
		"is not of the AWS provider":         {"main.tf": "resource \"null_resource\" \"this\" {}\n"},
		"Invalid expression":                 {"main.tf": "x = ,\n"},
		"a module that makes nothing is not": {"variables.tf": strings.Replace(good["variables.tf"], `"name"`, `"create"`, 1)},
	} {
		if problems := check(change); !strings.Contains(strings.Join(problems, "\n"), want) {
			t.Errorf("want a problem with %q, got %v", want, problems)
		}
	}
	delete(good, "tests/main.tftest.hcl")
	if problems := check(nil); !slices.Contains(problems, "tests: no *.tftest.hcl") {
		t.Errorf("a module without tests passes: %v", problems)
	}
}

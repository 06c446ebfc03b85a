package modules_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclsimple"
	"github.com/hashicorp/terraform-config-inspect/tfconfig"

	"github.com/groundplan/groundplan/modules"
)

var update = flag.Bool("update", false, "write the tables of the modules' READMEs")

// TestReadmes keeps the tables of inputs and outputs equal to what the modules declare, the table of findings equal
// to what e2e/waivers.hcl explains, and the examples equal to those in the folder examples. The rest of a README is written by hand.
func TestReadmes(t *testing.T) {
	waivers, err := moduleWaivers(filepath.Join("..", "e2e", "waivers.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range modules.Names() {
		t.Run(name, func(t *testing.T) {
			module, diagnostics := tfconfig.LoadModuleFromFilesystem(tfconfig.WrapFS(modules.FS()), name)
			if diagnostics.HasErrors() {
				t.Fatal(diagnostics.Err())
			}
			// From the disk, not from the binary: -update writes what it read.
			file := filepath.Join(name, "README.md")
			written, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			examples, err := examplesOf(os.DirFS(name))
			if err != nil {
				t.Fatal(err)
			}
			wanted, err := withTables(written, module, waivers[name], examples)
			if err != nil {
				t.Fatalf("modules/%s: %v", file, err)
			}
			if bytes.Equal(written, wanted) {
				return
			}
			if !*update {
				t.Fatalf("modules/%s: its tables are not what the module declares\nhint: `make update` writes them", file)
			}
			if err := os.WriteFile(file, wanted, 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// waived is one row of a module's table of findings.
type waived struct {
	scanner, rule, resource, reason string
}

// moduleWaivers reads the waivers by module.
func moduleWaivers(file string) (map[string][]waived, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var content struct {
		Waivers []struct {
			Scanner   string   `hcl:"scanner,label"`
			Rule      string   `hcl:"rule,label"`
			Resources []string `hcl:"resources"`
			Reason    string   `hcl:"reason"`
		} `hcl:"waiver,block"`
	}
	if err := hclsimple.Decode(file, text, nil, &content); err != nil {
		return nil, err
	}
	byModule := map[string][]waived{}
	for _, waiver := range content.Waivers {
		for _, resource := range waiver.Resources {
			module, address, _ := strings.Cut(resource, ": ")
			byModule[module] = append(byModule[module], waived{waiver.Scanner, waiver.Rule, address, waiver.Reason})
		}
	}
	return byModule, nil
}

// withTables is a README with what stands between its markers replaced: <!-- inputs --> ... <!-- /inputs -->, the
// same for outputs and waivers, and <!-- example NAME --> for each example.
func withTables(readme []byte, module *tfconfig.Module, waivers []waived, examples []example) ([]byte, error) {
	text := string(readme)
	type part struct{ name, table string }
	parts := []part{
		{"inputs", inputTable(module)},
		{"outputs", outputTable(module)},
		{"waivers", waiverTable(waivers)},
	}
	for _, e := range examples {
		parts = append(parts, part{"example " + e.name, e.shown(path.Base(module.Path))})
	}
	if len(examples) > 0 && strings.Count(text, "\n```hcl\n") > strings.Count(text, "\n<!-- example ") {
		return nil, errors.New("it holds code in HCL that is no example under examples")
	}
	if unknown := strings.Count(text, "\n<!-- example ") - len(examples); unknown > 0 {
		return nil, errors.New("it has a marker of an example that is not under examples")
	}
	for _, part := range parts {
		var err error
		if text, err = between(text, part.name, part.table); err != nil {
			return nil, err
		}
	}
	return []byte(text), nil
}

func waiverTable(waivers []waived) string {
	if len(waivers) == 0 {
		return "None.\n"
	}
	table := "| scanner | rule | resource | why it stays |\n|---|---|---|---|\n"
	for _, waiver := range waivers {
		table += fmt.Sprintf("| %s | %s | %s | %s |\n", waiver.scanner, waiver.rule, codeBlock(waiver.resource), cell(waiver.reason))
	}
	return table
}

func between(text, name, table string) (string, error) {
	start, end := "<!-- "+name+" -->", "<!-- /"+name+" -->"
	before, rest, found := strings.Cut(text, start)
	if !found {
		return "", fmt.Errorf("no line %q", start)
	}
	_, after, found := strings.Cut(rest, end)
	if !found {
		return "", fmt.Errorf("no line %q after %q", end, start)
	}
	return before + start + "\n" + table + end + after, nil
}

// inputTable lists the variables in the order of variables.tf, which is the order calls print their arguments in.
func inputTable(module *tfconfig.Module) string {
	variables := make([]*tfconfig.Variable, 0, len(module.Variables))
	for _, variable := range module.Variables {
		variables = append(variables, variable)
	}
	slices.SortFunc(variables, func(a, b *tfconfig.Variable) int { return byPosition(a.Pos, b.Pos) })
	table := "| name | type | default | meaning |\n|---|---|---|---|\n"
	for _, variable := range variables {
		standard := "required"
		if !variable.Required {
			standard = codeBlock(literal(variable.Default))
		}
		table += fmt.Sprintf("| %s | %s | %s | %s |\n", codeBlock(variable.Name), codeBlock(oneLine(variable.Type)), standard, cell(variable.Description))
	}
	return table
}

func outputTable(module *tfconfig.Module) string {
	outputs := make([]*tfconfig.Output, 0, len(module.Outputs))
	for _, output := range module.Outputs {
		outputs = append(outputs, output)
	}
	slices.SortFunc(outputs, func(a, b *tfconfig.Output) int { return byPosition(a.Pos, b.Pos) })
	table := "| name | meaning |\n|---|---|\n"
	for _, output := range outputs {
		table += fmt.Sprintf("| %s | %s |\n", codeBlock(output.Name), cell(output.Description))
	}
	return table
}

func byPosition(a, b tfconfig.SourcePos) int {
	return cmp.Or(cmp.Compare(a.Filename, b.Filename), cmp.Compare(a.Line, b.Line))
}

// literal prints a default the way HCL spells it; for the plain values variables have, that is JSON.
func literal(value any) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(text.String())
}

// oneLine folds a type over several lines into one, adding the commas that line ends stood for.
func oneLine(expression string) string {
	var folded string
	for line := range strings.Lines(expression) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") || line == "" {
			continue
		}
		// terraform fmt aligns equals signs; in one line they need no company.
		line = strings.Join(strings.Fields(line), " ")
		switch {
		case folded == "":
		case strings.HasSuffix(folded, "(") || strings.HasSuffix(folded, "["):
		case strings.HasSuffix(folded, "{") || strings.HasPrefix(line, "}"):
			folded += " "
		case strings.HasPrefix(line, ")") || strings.HasPrefix(line, "]"):
		case strings.HasSuffix(folded, ","):
			folded += " "
		default:
			folded += ", "
		}
		folded += line
	}
	return folded
}

func codeBlock(text string) string {
	return "`" + strings.ReplaceAll(text, "|", `\|`) + "`"
}

func cell(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", `\|`)
}

func TestReadmeTables(t *testing.T) {
	folder := t.TempDir()
	const declared = `
variable "second" {
  description = "One of a | b."
  type = map(object({
    actions    = list(string)
    conditions = optional(list(object({
      test = string
    })), [])
  }))
  default = {}
}
variable "first" {
  description = "The name."
  type        = string
}
output "arn" {
  description = "Its ARN."
  value       = "x"
}
`
	if err := os.WriteFile(filepath.Join(folder, "main.tf"), []byte(declared), 0o644); err != nil {
		t.Fatal(err)
	}
	module, diagnostics := tfconfig.LoadModule(folder)
	if diagnostics.HasErrors() {
		t.Fatal(diagnostics.Err())
	}
	got, err := withTables([]byte("# x\n<!-- inputs -->\nold\n<!-- /inputs -->\n\n<!-- outputs -->\n<!-- /outputs -->\n<!-- waivers --><!-- /waivers -->\nend\n"), module,
		[]waived{{"checkov", "CKV_1", "aws_vpc.this", "It must."}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	const want = "# x\n<!-- inputs -->\n| name | type | default | meaning |\n|---|---|---|---|\n" +
		"| `second` | `map(object({ actions = list(string), conditions = optional(list(object({ test = string })), []) }))` | `{}` | One of a \\| b. |\n" +
		"| `first` | `string` | required | The name. |\n<!-- /inputs -->\n\n" +
		"<!-- outputs -->\n| name | meaning |\n|---|---|\n| `arn` | Its ARN. |\n<!-- /outputs -->\n" +
		"<!-- waivers -->\n| scanner | rule | resource | why it stays |\n|---|---|---|---|\n| checkov | CKV_1 | `aws_vpc.this` | It must. |\n<!-- /waivers -->\nend\n"
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if _, err := withTables([]byte("<!-- inputs -->"), module, nil, nil); err == nil {
		t.Error("a README without its markers is accepted")
	}
	const tables = "<!-- inputs --><!-- /inputs -->\n<!-- outputs --><!-- /outputs -->\n<!-- waivers --><!-- /waivers -->\n"
	examples := []example{{"basic", "module \"a\" {\n  source = \"../..\"\n}\n"}}
	got, err = withTables([]byte(tables+"\n<!-- example basic -->\nold\n<!-- /example basic -->\n"), module, nil, examples)
	if err != nil || !strings.Contains(string(got), "<!-- example basic -->\n```hcl\nmodule \"a\" {") || strings.Contains(string(got), "old") {
		t.Errorf("got %s, %v", got, err)
	}
	for _, wrong := range []string{
		"", // the example is not shown
		"\n<!-- example basic -->\n<!-- /example basic -->\n<!-- example gone -->\n<!-- /example gone -->\n",
		"\n<!-- example basic -->\n<!-- /example basic -->\n\n```hcl\na = 1\n```\n\n```hcl\nb = 1\n```\n",
	} {
		if _, err := withTables([]byte(tables+wrong), module, nil, examples); err == nil {
			t.Errorf("a README with %q is accepted", wrong)
		}
	}
}

package provider

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"
)

// files are what a package of bindings has of one type: its program and its declarations.
type files struct{ program, declarations string }

// ReadBindings makes a table of the wanted types from a package of bindings for TypeScript, as the npm registry holds them:
// @cdktn/provider-aws (or, of older versions, @cdktf/provider-aws). They are made from the schema of one version of the provider
// and hold all of it but descriptions, defaults and deprecations. What is not there is left out of the table.
func ReadBindings(archive io.Reader, wanted []string) (Table, error) {
	folders := map[string]string{} // of the package -> what it declares
	for _, name := range wanted {
		folders[bindingsFolder(name)] = name
	}
	unpacked, err := gzip.NewReader(archive)
	if err != nil {
		return nil, fmt.Errorf("unpack bindings: %w", err)
	}
	found := map[string]files{}
	for reader := tar.NewReader(unpacked); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("unpack bindings: %w", err)
		}
		name, known := folders[path.Base(path.Dir(header.Name))]
		base := path.Base(header.Name)
		if !known || base != "index.js" && base != "index.d.ts" {
			continue
		}
		text, err := io.ReadAll(reader)
		if err != nil {
			return nil, fmt.Errorf("unpack bindings: %w", err)
		}
		both := found[name]
		if base == "index.js" {
			both.program = string(text)
		} else {
			both.declarations = string(text)
		}
		found[name] = both
	}
	table := Table{}
	for name, both := range found {
		if table[name], err = readBinding(both); err != nil {
			return nil, fmt.Errorf("bindings of %s: %w", name, err)
		}
	}
	return table, nil
}

// bindingsFolder is where the bindings of a declaration are: "resource aws_sqs_queue" is lib/sqs-queue.
func bindingsFolder(name string) string {
	kind, label, _ := strings.Cut(name, " ")
	short := strings.ReplaceAll(strings.TrimPrefix(label, "aws_"), "_", "-")
	switch kind {
	case "data":
		return "data-aws-" + short
	case "ephemeral":
		return "ephemeral-aws-" + short
	case "provider":
		return "provider"
	default:
		return short
	}
}

var (
	structStart   = regexp.MustCompile(`(?m)^function (\w+)ToHclTerraform\(struct\) \{$`)
	mainStart     = regexp.MustCompile(`(?m)^    synthesizeHclAttributes\(\) \{$`)
	classStart    = regexp.MustCompile(`(?m)^class (\w+) extends \w+\.(Terraform\w+|ComplexObject) \{$`)
	writtenOne    = regexp.MustCompile(`(?m)^ +(\w+): \{\n +value: (.*),\n +isBlock: (true|false),\n +type: "(\w+)",\n +storageClassType: "(\w+)",$`)
	mapper        = regexp.MustCompile(`(\w+)ToHclTerraform`)
	plainRead     = regexp.MustCompile(`(?:Attribute|interpolationForAttribute)\(['"](\w+)['"]\)`)
	composedRead  = regexp.MustCompile(`new (\w+?)(?:List|Map|MapList|OutputReference)\(this, "(\w+)"`)
	interfaces    = regexp.MustCompile(`(?ms)^export interface (\w+)(?: extends [\w.]+)? \{$(.*?)^\}$`)
	requiredField = regexp.MustCompile(`#(\w+) [^}]*\}(?:\n +\*[^\n]*)*\n +readonly \w+: `)
)

// readBinding puts one type together: what can be written stands in functions, what can be read in classes, and what is required
// in the declarations, each by the name of the structure.
func readBinding(both files) (*Block, error) {
	main := mainStart.FindStringIndex(both.program)
	if main == nil {
		return nil, errors.New("no list of arguments")
	}
	reader := bindingReader{written: map[string]string{"": until(both.program[main[1]:], "\n    }\n")}, read: map[string]string{}, required: map[string]map[string]bool{}}
	for _, start := range structStart.FindAllStringSubmatchIndex(both.program, -1) {
		reader.written[strings.ToLower(both.program[start[2]:start[3]])] = until(both.program[start[1]:], "\n}\n")
	}
	for _, start := range classStart.FindAllStringSubmatchIndex(both.program, -1) {
		name := both.program[start[2]:start[3]]
		if both.program[start[4]:start[5]] != "ComplexObject" {
			name = ""
		}
		reader.read[strings.ToLower(strings.TrimSuffix(name, "OutputReference"))] = until(both.program[start[1]:], "\n}\n")
	}
	for _, declared := range interfaces.FindAllStringSubmatch(both.declarations, -1) {
		required := map[string]bool{}
		for _, field := range requiredField.FindAllStringSubmatch(declared[2], -1) {
			required[field[1]] = true
		}
		name := strings.ToLower(declared[1])
		if strings.HasSuffix(name, "config") && reader.required[""] == nil {
			if _, structure := reader.written[name]; !structure {
				name = ""
			}
		}
		reader.required[name] = required
	}
	return reader.block("", 0)
}

type bindingReader struct {
	written, read map[string]string // structure -> text of its function, of its class; "" is the type itself
	required      map[string]map[string]bool
}

// deepest bounds structures that contain themselves.
const deepest = 12

func (r bindingReader) block(name string, depth int) (*Block, error) {
	block := newBlock()
	if depth > deepest {
		return block, nil
	}
	for _, found := range writtenOne.FindAllStringSubmatch(r.written[name], -1) {
		label, value, isBlock, collection, stored := found[1], found[2], found[3] == "true", found[4], found[5]
		if label == "endpoints" {
			continue // of the provider itself: an address of each service
		}
		if !isBlock {
			block.Attributes[label] = Attribute{Type: bindingType(collection, stored), Required: r.required[name][label]}
			continue
		}
		composed := mapper.FindStringSubmatch(value)
		if composed == nil {
			return nil, fmt.Errorf("a block %s without a structure", label)
		}
		nested, err := r.block(strings.ToLower(composed[1]), depth+1)
		if err != nil {
			return nil, err
		}
		nested.Required = r.required[name][label]
		block.Blocks[label] = nested
	}
	for _, found := range plainRead.FindAllStringSubmatch(r.read[name], -1) {
		if _, _, known := block.lookup(found[1]); !known {
			block.Attributes[found[1]] = Attribute{}
		}
	}
	for _, found := range composedRead.FindAllStringSubmatch(r.read[name], -1) {
		if _, _, known := block.lookup(found[2]); known {
			continue
		}
		nested, err := r.block(strings.ToLower(found[1]), depth+1)
		if err != nil {
			return nil, err
		}
		nested.ReadOnly = true
		block.Blocks[found[2]] = nested
	}
	return block, nil
}

// bindingType is how the language writes a type of the bindings: "set" of "stringList" is set(string).
func bindingType(collection, stored string) string {
	element := "object"
	for prefix, primitive := range map[string]string{"string": "string", "number": "number", "boolean": "bool", "any": "dynamic"} {
		if rest, found := strings.CutPrefix(stored, prefix); found && (rest == "" || rest == "List" || rest == "Map") {
			element = primitive
		}
	}
	switch collection {
	case "list", "set", "map":
		return collection + "(" + element + ")"
	default:
		return element
	}
}

// until is text before the first end in it.
func until(text, end string) string {
	before, _, _ := strings.Cut(text, end)
	return before
}

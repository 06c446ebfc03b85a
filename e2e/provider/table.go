// Package provider compares what the modules and the golden stacks use of the AWS provider with what a version of it has:
// every argument, block and attribute by name, type and whether it is required. It exists because only one version of the
// provider can be run here, and the constraint that generated code carries admits the next major version too.
package provider

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Table is what a provider has, by the first two words of a declaration: "resource aws_sqs_queue", "data aws_region",
// "ephemeral aws_secretsmanager_random_password", "provider aws".
type Table map[string]*Block

// Block is what may stand in a block and what can be read of it.
type Block struct {
	Attributes map[string]Attribute
	Blocks     map[string]*Block
	Required   bool
	Argument   bool // may be written as an argument that is a list of objects; bindings do not tell
	ReadOnly   bool // objects of an attribute that the provider computes: nothing of it can be written
}

// Attribute is an argument, or with the type "" something that can only be read.
type Attribute struct {
	Type       string // as the language writes it, with "object" for an object of whatever shape
	Required   bool
	Deprecated bool // known of a provider that was asked itself; bindings do not tell
}

// lookup finds an attribute or a nested block and reports whether there is one.
func (b *Block) lookup(name string) (attribute Attribute, nested *Block, found bool) {
	if nested, found = b.Blocks[name]; found {
		return Attribute{}, nested, true
	}
	attribute, found = b.Attributes[name]
	return attribute, nil, found
}

func newBlock() *Block {
	return &Block{Attributes: map[string]Attribute{}, Blocks: map[string]*Block{}}
}

// What stands behind a name in a written table.
const (
	markRequired   = "!"
	markDeprecated = "~"
	markReadOnly   = "="
	markArgument   = "?"
)

// Write writes a table as lines that a person can read and a difference shows: "name type", and a block as "name {" until "}".
// A name ends in ! when it is required and in ~ when it is deprecated, the name of a block in ? when it may be written as an
// argument; what can only be read is a name without a type, or a block whose name ends in =.
func (t Table) Write(to io.Writer, heading string) error {
	writer := bufio.NewWriter(to)
	for line := range strings.Lines(heading) {
		fmt.Fprintln(writer, "# "+strings.TrimSpace(line))
	}
	for _, name := range slices.Sorted(maps.Keys(t)) {
		fmt.Fprintln(writer, name+" {")
		t[name].write(writer, "  ")
		fmt.Fprintln(writer, "}")
	}
	return writer.Flush()
}

func (b *Block) write(writer *bufio.Writer, indent string) {
	for _, name := range slices.Sorted(maps.Keys(b.Attributes)) {
		attribute := b.Attributes[name]
		label := name + mark(attribute.Required, markRequired) + mark(attribute.Deprecated, markDeprecated)
		fmt.Fprintln(writer, strings.TrimRight(indent+label+" "+attribute.Type, " "))
	}
	for _, name := range slices.Sorted(maps.Keys(b.Blocks)) {
		nested := b.Blocks[name]
		fmt.Fprintln(writer, indent+name+mark(nested.Required, markRequired)+mark(nested.Argument, markArgument)+mark(nested.ReadOnly, markReadOnly)+" {")
		nested.write(writer, indent+"  ")
		fmt.Fprintln(writer, indent+"}")
	}
}

func mark(set bool, sign string) string {
	if set {
		return sign
	}
	return ""
}

// ReadTable reads what Write wrote.
func ReadTable(from io.Reader) (Table, error) {
	table := Table{}
	var open []*Block
	lines := bufio.NewScanner(from)
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimSpace(lines.Text())
		name, opens := strings.CutSuffix(line, " {")
		switch {
		case line == "" || line[0] == '#':
		case line == "}" && len(open) > 0:
			open = open[:len(open)-1]
		case opens && len(open) == 0:
			table[name] = newBlock()
			open = append(open, table[name])
		case opens:
			label, block := strings.TrimRight(name, markRequired+markArgument+markReadOnly), newBlock()
			block.Required, block.Argument, block.ReadOnly = strings.Contains(name, markRequired), strings.Contains(name, markArgument), strings.Contains(name, markReadOnly)
			open[len(open)-1].Blocks[label] = block
			open = append(open, block)
		case len(open) > 0:
			name, kind, _ := strings.Cut(line, " ")
			label := strings.TrimRight(name, markRequired+markDeprecated)
			open[len(open)-1].Attributes[label] = Attribute{
				Type: kind, Required: strings.Contains(name, markRequired), Deprecated: strings.Contains(name, markDeprecated),
			}
		default:
			return nil, fmt.Errorf("line %d of the table of a provider stands in no block: %s", number, line)
		}
	}
	if len(open) > 0 {
		return nil, fmt.Errorf("the table of a provider ends within %d blocks", len(open))
	}
	return table, lines.Err()
}

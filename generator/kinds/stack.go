package kinds

import (
	"slices"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/emit"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/value"
	"github.com/groundplan/groundplan/modules"
)

// Stack collects the blocks of one root module, by file, while it is being built.
type Stack struct {
	*Deployment

	// Files maps a file name to its blocks.
	Files map[string][]emit.Block
	// Outputs are the values the stack hands to the next one.
	Outputs []emit.Block
	// Addresses maps a logical id ("secret StripeKey") to the address of its module.
	Addresses map[string]string
	// Holdings are the values that cannot change without replacing something that holds data, by logical id: see Fixed.
	Holdings map[string]map[string]string
	// NorthVirginia says that a module needs a provider of us-east-1 as well.
	NorthVirginia bool
	// Modules are the names of the modules called.
	Modules map[string]bool
	// Texts are files that are no HCL, by name.
	Texts map[string][]byte
	// Problems are what is wrong with the overrides of the calls.
	Problems hcl.Diagnostics

	calls    map[string]string // by logical id: the address of a module call
	existing map[string]bool   // logical ids of what is brought
}

// NewStack returns an empty stack.
func NewStack(d *Deployment) *Stack {
	return &Stack{
		Deployment: d, Files: map[string][]emit.Block{}, Addresses: map[string]string{}, Modules: map[string]bool{}, Texts: map[string][]byte{},
		Holdings: map[string]map[string]string{}, calls: map[string]string{}, existing: map[string]bool{},
	}
}

// Add appends blocks to a file.
func (s *Stack) Add(file string, blocks ...emit.Block) {
	s.Files[file] = append(s.Files[file], blocks...)
}

// Module adds a call of a bundled module to a file. The arguments are printed in the order of the module's
// variables.tf, whatever order they come in, and those that equal the module's default are left out; id is what the lock
// records for the address, and what an override names. What groundplan.hcl sets of the call is said above it.
func (s *Stack) Module(file, label, module, id string, comments []string, args ...value.Field) {
	order := variableOrder(module)
	args, set := s.override(module, id, args)
	s.hold(module, id, args)
	args = slices.DeleteFunc(args, func(a value.Field) bool {
		written, short := emit.Line(a.Value, nil)
		return short && written == modules.Default(module, a.Name)
	})
	sort.SliceStable(args, func(i, j int) bool { return order[args[i].Name] < order[args[j].Name] })
	var said []string
	for _, a := range args {
		if slices.Contains(set, a.Name) {
			said = append(said, a.Name)
		}
	}
	if len(said) > 0 {
		comments = append(comments, "Set in "+environment.Filename+": "+strings.Join(said, ", "))
	}
	s.Add(file, emit.Module(label, "../../modules/"+module, comments, args...))
	s.Modules[module] = true
	s.Addresses[id] = "module." + label
	s.calls[id] = "module." + label
}

// Output hands a value to the stacks that read this one.
func (s *Stack) Output(name, description string, v value.Value) {
	s.Outputs = append(s.Outputs, emit.Block{Type: "output", Labels: []string{name}, Args: []value.Field{
		{Name: "description", Value: value.String(description)},
		{Name: "value", Value: v},
	}})
}

// Sort puts the blocks of every file and the outputs into name order, so that no order of discovery shows. Blocks
// without a name, such as locals, come last.
func (s *Stack) Sort() {
	byLabel := func(blocks []emit.Block) {
		sort.SliceStable(blocks, func(i, j int) bool {
			a, b := label(blocks[i]), label(blocks[j])
			return a != "" && (b == "" || a < b)
		})
	}
	for _, blocks := range s.Files {
		byLabel(blocks)
	}
	byLabel(s.Outputs)
}

func label(b emit.Block) string { return strings.Join(b.Labels, ".") }

// variableOrder maps each variable of a bundled module to its place in variables.tf.
func variableOrder(module string) map[string]int {
	order := map[string]int{}
	for i, name := range modules.Variables(module) {
		order[name] = i
	}
	return order
}

// Said is an argument that is an object: the members that say something else than the module's default, on one line when they
// are plain; an empty object when none does, which is not printed.
func Said(module, argument string, members ...value.Field) value.Value {
	said := slices.DeleteFunc(members, func(m value.Field) bool {
		if !m.Value.Known() {
			return false
		}
		written, short := emit.Line(m.Value, nil)
		return short && (written == modules.MemberDefault(module, argument, m.Name) || written == "{}")
	})
	return value.Row(said...)
}

// Arg is an argument of a module call.
func Arg(name string, v value.Value) value.Field { return value.Field{Name: name, Value: v} }

// quoted names a resource in comments and messages.
func quoted(name string) string { return `"` + name + `"` }

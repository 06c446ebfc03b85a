// Package stack builds root modules: calls of the bundled modules by file, with what groundplan.hcl overrides of them; what
// one root module hands to the next; and the frame that all of them have.
//
// A component is called by its id, and only a stack knows where Terraform finds it. What a component is, which modules it
// becomes and what follows from its settings is for its callers to know: package stack must not know kinds of resources, nor
// where processes run.
package stack

import (
	"cmp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/emit"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/value"
	"github.com/groundplan/groundplan/modules"
)

// Settings are what an environment says of its root modules.
type Settings struct {
	// Environment is its name, for messages.
	Environment string
	Region      string
	// AccountID is the only account it may be applied in, "" for that of its first apply.
	AccountID string
	// Tags are of everything it makes; each stack adds its own name.
	Tags map[string]string
	// State is where states are kept, nil for files beside the code.
	State     *environment.State
	Overrides []environment.Override
	// Settled are the arguments that no override can set although their values are literals, because other generated code
	// follows from the same thing: by module, "" for those of all modules, and by argument, or by a member of one, as in "scale.min",
	// or an entry of one that is a map, as in "parameters.max_connections".
	Settled map[string]map[string]Settled
	// Moved are the arguments that are members of another by now, by module and old name: "vpc_id" is "network.vpc_id".
	Moved map[string]map[string]string
}

// Settled says why an argument cannot be set by itself, and what to do instead.
type Settled struct{ Why, Instead string }

// Stack is one root module while it is being built.
type Stack struct {
	// Name is its folder in that of the environment, and what the others call it.
	Name     string
	Settings Settings

	// Files maps a file name to its blocks.
	Files map[string][]emit.Block
	// Texts are files that are no HCL, by name.
	Texts map[string][]byte
	// Calls are the module calls, with their arguments as they are printed.
	Calls map[app.ID]Call
	// Parts have no call of their own: the component whose call makes them.
	Parts map[app.ID]app.ID
	// NorthVirginia says that a module needs a provider of us-east-1 as well.
	NorthVirginia bool
	// Problems are what is wrong with the overrides of the calls.
	Problems hcl.Diagnostics

	places  map[app.ID]*componentPlace // where the stack itself finds components
	outputs []emit.Block
	reads   *Stack // the stack whose outputs this one reads; nil for the first
}

// Call is a call of a bundled module.
type Call struct {
	// Of is the component that the call makes: what the lock records for its address, and what an override names.
	Of app.ID
	// File is where the call stands, Label its name there.
	File, Label string
	Module      string
	// Args come in any order: they are printed in that of the module's variables.tf.
	Args []value.Field
	// Why stands above the call, a line each.
	Why []string
	// Says is what the output that hands the component on says of it; "" for the id alone.
	Says string
	// Exports are the attributes that people and drivers read from the outputs of the stack. What other stacks refer to is there
	// without being named: see Link.
	Exports []string
}

// Address is the address of the call.
func (c Call) Address() string { return "module." + c.Label }

// Written is an argument of the call as it is printed, or the module's default where the call says nothing; "" for a value of
// several lines.
func (c Call) Written(argument string) string {
	written := modules.Default(c.Module, argument)
	if i := slices.IndexFunc(c.Args, func(a value.Field) bool { return a.Name == argument }); i >= 0 {
		written, _ = emit.Line(c.Args[i].Value, nil)
	}
	return written
}

// Text is an argument as Written, without the quotes of a string.
func (c Call) Text(argument string) string {
	written := c.Written(argument)
	if bare, err := strconv.Unquote(written); err == nil {
		return bare
	}
	return written
}

// Number is an argument that is an integer; 0 for any other.
func (c Call) Number(argument string) int {
	number, _ := strconv.Atoi(c.Written(argument))
	return number
}

// componentPlace is where a root module finds a component.
type componentPlace struct {
	address string          // of what has the attributes of the component
	label   string          // of its block, and of the output that hands it on
	says    string          // what that output says
	brought []string        // the attributes of what the environment brings, nil for all else
	handed  map[string]bool // the attributes that the stack hands on
}

func placed(address, label, says string, exports []string) *componentPlace {
	at := &componentPlace{address: address, label: label, says: says, handed: map[string]bool{}}
	for _, attribute := range exports {
		at.handed[attribute] = true
	}
	return at
}

// New returns an empty stack, which reads the outputs of another one unless that is nil.
func New(name string, settings Settings, reads *Stack) *Stack {
	return &Stack{
		Name: name, Settings: settings, reads: reads, Files: map[string][]emit.Block{}, Texts: map[string][]byte{},
		Calls: map[app.ID]Call{}, Parts: map[app.ID]app.ID{}, places: map[app.ID]*componentPlace{},
	}
}

// Add appends blocks to a file.
func (s *Stack) Add(file string, blocks ...emit.Block) {
	s.Files[file] = append(s.Files[file], blocks...)
}

// Module adds a call. Arguments that equal the module's default are left out, and what groundplan.hcl sets is said above it.
func (s *Stack) Module(call Call) {
	var set []string
	call.Args, set = s.override(call)
	call.Args = slices.DeleteFunc(call.Args, func(a value.Field) bool {
		if !a.Value.Known() {
			return false
		}
		written, short := emit.Line(a.Value, nil)
		return short && written == modules.Default(call.Module, a.Name)
	})
	order := variableOrder(call.Module)
	sort.SliceStable(call.Args, func(i, j int) bool { return order[call.Args[i].Name] < order[call.Args[j].Name] })
	var said []string
	for _, a := range call.Args {
		if slices.Contains(set, a.Name) {
			said = append(said, a.Name)
		}
	}
	if len(said) > 0 {
		call.Why = append(call.Why, "Set in "+environment.Filename+": "+strings.Join(said, ", "))
	}
	s.Add(call.File, emit.Module(call.Label, "../../modules/"+call.Module, call.Why, call.Args...))
	s.Calls[call.Of] = call
	s.places[call.Of] = placed(call.Address(), call.Label, call.Says, call.Exports)
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

// Existing adds what an environment brings to a file, in place of a module call: nothing makes it, and there is nothing to
// override. Args are its attributes.
func (s *Stack) Existing(of Call) {
	v := value.Object(of.Args...)
	s.Add(of.File, emit.Block{Type: "locals", Comments: of.Why, Args: []value.Field{value.Arg(of.Label, v)}})
	at := placed("local."+of.Label, of.Label, of.Says, nil)
	at.brought = v.Names()
	for _, attribute := range of.Exports {
		if slices.Contains(at.brought, attribute) {
			at.handed[attribute] = true
		}
	}
	s.places[of.Of] = at
}

// Found says where the stack finds a component that it neither makes nor is given. label is that of the output which hands it on,
// and says what it says.
func (s *Stack) Found(id app.ID, label, says, address string) {
	s.places[id] = placed(address, label, says, nil)
}

// Brought reports whether the environment brings a component.
func (s *Stack) Brought(id app.ID) bool { return s.places[id] != nil && s.places[id].brought != nil }

// Addresses maps each component that a call makes, alone or with others, to the address of the call.
func (s *Stack) Addresses() map[app.ID]string {
	addresses := make(map[app.ID]string, len(s.Calls)+len(s.Parts))
	for id, call := range s.Calls {
		addresses[id] = call.Address()
	}
	for id, whole := range s.Parts {
		if call, made := s.Calls[whole]; made {
			addresses[id] = call.Address()
		}
	}
	return addresses
}

// BroughtAddresses maps each component that the environment brings to the local value that stands for it.
func (s *Stack) BroughtAddresses() map[app.ID]string {
	addresses := map[app.ID]string{}
	for id, at := range s.places {
		if at.brought != nil {
			addresses[id] = at.address
		}
	}
	return addresses
}

// Output hands a value to people. What other stacks refer to needs no call of it.
func (s *Stack) Output(name, description string, v value.Value) {
	s.outputs = append(s.outputs, emit.Block{Type: "output", Labels: []string{name}, Args: []value.Field{
		{Name: "description", Value: value.String(description)},
		{Name: "value", Value: v},
	}})
}

// sorted puts the blocks of every file and the outputs into name order, so that no order of discovery shows: what belongs to
// another block of the file stands behind that one. Blocks without a name, such as locals, come last.
func (s *Stack) sorted() {
	behind := map[string]string{} // label of a block -> what it is sorted by
	for id, at := range s.places {
		behind[at.label] = at.label
		if owner, has := id.Owner(); has && s.places[owner] != nil {
			behind[at.label] = s.places[owner].label + " " + at.label
		}
	}
	byLabel := func(blocks []emit.Block) {
		sort.SliceStable(blocks, func(i, j int) bool {
			a, b := sortLabel(blocks[i], behind), sortLabel(blocks[j], behind)
			return a != "" && (b == "" || a < b)
		})
	}
	for _, blocks := range s.Files {
		byLabel(blocks)
	}
	byLabel(s.outputs)
}

// sortLabel is what a block is sorted by, "" for one without a name. What the environment brings has that of its value.
func sortLabel(b emit.Block, behind map[string]string) string {
	name := strings.Join(b.Labels, ".")
	if b.Type == "locals" && len(b.Args) == 1 && behind[b.Args[0].Name] != "" {
		name = b.Args[0].Name
	}
	return cmp.Or(behind[name], name)
}

// variableOrder maps each variable of a bundled module to its place in variables.tf.
func variableOrder(module string) map[string]int {
	order := map[string]int{}
	for i, name := range modules.Variables(module) {
		order[name] = i
	}
	return order
}

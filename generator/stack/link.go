package stack

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/emit"
	"github.com/groundplan/groundplan/generator/value"
)

// Link makes outputs of what stacks refer to and an earlier one of them holds: one object for each component, with the
// attributes that somebody asked for and no others. stacks are in the order in which they are applied, and complete. The error
// names references to what no stack holds.
func Link(stacks ...*Stack) error {
	var missing []string
	for i, s := range stacks {
		for _, name := range slices.Sorted(maps.Keys(s.Files)) {
			for _, block := range s.Files[name] {
				missing = append(missing, s.ask(block, stacks[:i])...)
			}
		}
		for _, block := range s.outputs {
			missing = append(missing, s.ask(block, stacks[:i])...)
		}
	}
	for _, s := range stacks {
		s.hand()
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		return fmt.Errorf("no stack holds %s", strings.Join(slices.Compact(missing), "; "))
	}
	return nil
}

// ask notes, with the stacks that hold them, the references of a block, and returns those that none holds.
func (s *Stack) ask(block emit.Block, earlier []*Stack) []string {
	var missing []string
	for _, arg := range block.Args {
		arg.Value.Each(func(ref value.Ref) {
			if at := s.places[ref.Of]; at != nil && at.has(ref.Attribute) {
				return
			}
			for _, other := range earlier {
				if at := other.places[ref.Of]; at != nil && at.has(ref.Attribute) {
					if ref.Attribute != "" {
						at.handed[ref.Attribute] = true
					}
					return
				}
			}
			missing = append(missing, fmt.Sprintf("%q of %s, which %s asks for", ref.Attribute, ref.Of, s.Name))
		})
	}
	for _, inner := range block.Blocks {
		missing = append(missing, s.ask(inner, earlier)...)
	}
	return missing
}

// has reports whether a component has an attribute, as far as that is known here: what is brought has what was said of it.
func (at *componentPlace) has(attribute string) bool {
	return at.brought == nil || attribute == "" || slices.Contains(at.brought, attribute)
}

// hand adds the outputs of what the stack hands on.
func (s *Stack) hand() {
	for id, at := range s.places {
		if len(at.handed) == 0 {
			continue
		}
		var fields []value.Field
		for _, attribute := range slices.Sorted(maps.Keys(at.handed)) {
			fields = append(fields, value.Arg(attribute, value.Of(id, attribute)))
		}
		s.Output(at.label, cmp.Or(at.says, diagnostic.Capitalized(id.String())+"."), value.Object(fields...))
	}
}

// Handed is an output of a stack.
type Handed struct {
	Name, Description string
	// Of is the component that it hands on, with Attributes, sorted; the zero ID for one that is there for people.
	Of         app.ID
	Attributes []string
}

// Outputs are those of the stack by name, once the stacks are linked.
func (s *Stack) Outputs() []Handed {
	handed := map[string]Handed{}
	for id, at := range s.places {
		if len(at.handed) > 0 {
			handed[at.label] = Handed{Of: id, Attributes: slices.Sorted(maps.Keys(at.handed))}
		}
	}
	list := make([]Handed, 0, len(s.outputs))
	for _, block := range s.outputs {
		output := handed[block.Labels[0]]
		output.Name, output.Description = block.Labels[0], block.Args[0].Value.Text
		list = append(list, output)
	}
	slices.SortFunc(list, func(a, b Handed) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Address is where the stack finds the attribute of a reference, once the stacks are linked: in itself, or among the outputs of
// the one it reads. An empty attribute stands for all that the component's stack hands on of it.
func (s *Stack) Address(ref value.Ref) string {
	address := s.address(ref.Of)
	if ref.Attribute != "" {
		address += "." + ref.Attribute
	}
	return address
}

func (s *Stack) address(id app.ID) string {
	if at := s.places[id]; at != nil {
		return at.address
	}
	if s.reads != nil && s.reads.places[id] != nil {
		return "local." + s.reads.Name + "." + s.reads.places[id].label
	}
	return "local.missing" // Link has said so, or the application's own mistakes were reported
}

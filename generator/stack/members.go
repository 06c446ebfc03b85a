package stack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/value"
	"github.com/groundplan/groundplan/modules"
)

// movedArgument is what is said of an argument by its old name: where it is now, and what can be done there.
func (s *Stack) movedArgument(module string, argument environment.Argument, place string, args []value.Field) *hcl.Diagnostic {
	parent, member, _ := strings.Cut(place, ".")
	why, hint := "", fmt.Sprintf("write %s = { %s = ... }", parent, member)
	if i := slices.IndexFunc(args, func(a value.Field) bool { return a.Name == parent }); i >= 0 && args[i].Value.Names() == nil && !args[i].Value.Known() {
		why, hint = wired(args[i].Value), "remove it"
	}
	for _, reasons := range []map[string]Settled{s.Settings.Settled[""], s.Settings.Settled[module]} {
		if reason, found := reasons[parent]; found {
			why, hint = reason.Why, reason.Instead
		}
		if reason, found := reasons[place]; found {
			why, hint = reason.Why, reason.Instead
		}
	}
	if why != "" {
		why = ", which cannot be set by itself: " + why
	}
	return diagnostic.Error(argument.NameAt, "Renamed argument", hint, "The argument %q of the module %s is the member %q of the argument %q now%s.", argument.Name, module, member, parent, why)
}

// wired is why what refers to other code cannot be set.
func wired(generated value.Value) string {
	if ref := generated.Ref; ref != nil {
		return "it is wired to the " + ref.Of.Quoted()
	}
	return "it is wired to other parts of the generated code"
}

// generatedEntry is why an entry of a map cannot be set that is there already, and what to do.
func generatedEntry(argument, key string) (why, hint string) {
	hint = "remove the entry, or give yours another name"
	if argument == "environment" {
		hint = "remove the entry; a variable of the manifest is set by variables in the block of the service"
	}
	return fmt.Sprintf("its entry %q is generated, from what the application declares", key), hint
}

// besides is the type of what may be said besides what is generated: its members are there already.
func besides(constraint cty.Type, generated value.Value) cty.Type {
	if !constraint.IsObjectType() || len(generated.Names()) == 0 {
		return constraint
	}
	optional := generated.Names()
	for member := range constraint.OptionalAttributes() {
		optional = append(optional, member)
	}
	return cty.ObjectWithOptionalAttrs(constraint.AttributeTypes(), optional)
}

// joined is an object with the members that are set in place of those that are generated; entries of a member that is a map
// join those that are there.
func (s *Stack) joined(module string, argument environment.Argument, generated, set value.Value) (value.Value, *hcl.Diagnostic) {
	constraint, _ := modules.Type(module, argument.Name)
	var members []value.Field
	for _, member := range set.Names() {
		refuse := func(why, hint string) (value.Value, *hcl.Diagnostic) {
			return value.Value{}, diagnostic.Error(argument.NameAt, "Argument that cannot be set", hint,
				"The member %q of the argument %q of the module %s cannot be set by itself: %s.", member, argument.Name, module, why)
		}
		if reason, found := s.Settings.Settled[module][argument.Name+"."+member]; found {
			return refuse(reason.Why, reason.Instead)
		}
		said, _ := set.Field(member)
		old, there := generated.Field(member)
		switch {
		case there && constraint.AttributeType(member).IsMapType():
			if key := slices.IndexFunc(said.Names(), func(key string) bool { return slices.Contains(old.Names(), key) }); key >= 0 {
				return refuse(generatedEntry(member, said.Names()[key]))
			}
			said = old.And(said)
		case there && !old.Known():
			return refuse(wired(old), "remove it")
		}
		members = append(members, value.Arg(member, said))
	}
	return Said(module, argument.Name, generated.With(value.Object(members...))...), nil
}

package stack

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/value"
	"github.com/groundplan/groundplan/modules"
)

// override sets what groundplan.hcl says of a module call, and returns the arguments with the names of those that were
// set as a whole. What cannot be set is reported and left as it is.
func (s *Stack) override(call Call) ([]value.Field, []string) {
	args := slices.Clone(call.Args)
	id := call.Of.String()
	i := slices.IndexFunc(s.Settings.Overrides, func(o environment.Override) bool { return o.ID == id })
	if i < 0 {
		return args, nil
	}
	var set []string
	for _, argument := range s.Settings.Overrides[i].Arguments {
		i := slices.IndexFunc(args, func(a value.Field) bool { return a.Name == argument.Name })
		var generated value.Value
		if i >= 0 {
			generated = args[i].Value
		}
		said, problem := s.overridden(call.Module, argument, generated, args)
		if problem != nil {
			s.Problems = append(s.Problems, problem)
			continue
		}
		if constraint, _ := modules.Type(call.Module, argument.Name); !constraint.IsMapType() {
			set = append(set, argument.Name)
		}
		if i >= 0 {
			args[i].Value = said
		} else {
			args = append(args, value.Arg(argument.Name, said))
		}
	}
	return args, set
}

// overridden is the value an argument gets, generated the one it would have without the override. The entries of a map
// join those that are there, which keep their values: a right or a network path follows from a use in the source.
func (s *Stack) overridden(module string, argument environment.Argument, generated value.Value, args []value.Field) (value.Value, *hcl.Diagnostic) {
	refuse := func(why, hint string) (value.Value, *hcl.Diagnostic) {
		return value.Value{}, diagnostic.Error(argument.NameAt, "Argument that cannot be set", hint, "The argument %q of the module %s cannot be set by itself: %s.", argument.Name, module, why)
	}
	if place, was := s.Settings.Moved[module][argument.Name]; was {
		return value.Value{}, s.movedArgument(module, argument, place, args)
	}
	constraint, known := modules.Type(module, argument.Name)
	if !known {
		names := s.settable(module, args)
		hint := "remove it: none can be set by itself"
		if len(names) > 0 {
			hint = cmp.Or(diagnostic.DidYouMean(argument.Name, names), "use "+strings.Join(names, ", "))
		}
		return value.Value{}, diagnostic.Error(argument.NameAt, "Unknown argument", hint, "The module %s has no argument %q.", module, argument.Name)
	}
	for _, of := range []string{"", module} {
		if reason, found := s.Settings.Settled[of][argument.Name]; found {
			return refuse(reason.Why, reason.Instead)
		}
	}
	said, problem := literalValue(argument.Expression, argument.Value, besides(constraint, generated), argument.Name)
	if problem != nil {
		return value.Value{}, problem
	}
	if constraint.IsMapType() {
		for _, key := range said.Names() {
			if reason, found := s.Settings.Settled[module][argument.Name+"."+key]; found {
				return refuse(fmt.Sprintf("its entry %q does not stand alone: %s", key, reason.Why), reason.Instead)
			}
			if slices.Contains(generated.Names(), key) {
				return refuse(generatedEntry(argument.Name, key))
			}
		}
		return generated.And(said), nil
	}
	if constraint.IsObjectType() && (generated.Names() != nil || generated.Known()) {
		return s.joined(module, argument, generated, said)
	}
	if !generated.Known() {
		return refuse(wired(generated), "remove it")
	}
	return said, nil
}

// settable are the arguments of a module call that an override may set, in the order of the module's variables. args are those that
// are generated: a hint names nothing that is refused afterwards.
func (s *Stack) settable(module string, args []value.Field) []string {
	return slices.DeleteFunc(slices.Clone(modules.Variables(module)), func(name string) bool {
		_, everywhere := s.Settings.Settled[""][name]
		_, here := s.Settings.Settled[module][name]
		constraint, _ := modules.Type(module, name)
		i := slices.IndexFunc(args, func(a value.Field) bool { return a.Name == name })
		return everywhere || here || i >= 0 && !constraint.IsMapType() && !args[i].Value.Known() && args[i].Value.Names() == nil
	})
}

// literalValue turns a literal into the value that is printed, when it is of the type that the module asks for. Numbers in
// quotes are not numbers here: what is meant should be seen in a review. name is the path to the literal, for messages.
func literalValue(expression hcl.Expression, said cty.Value, want cty.Type, name string) (value.Value, *hcl.Diagnostic) {
	for {
		wrapped, ok := expression.(*hclsyntax.ParenthesesExpr)
		if !ok {
			break
		}
		expression = wrapped.Expression
	}
	at, have := expression.Range(), said.Type()
	wrong := func() (value.Value, *hcl.Diagnostic) {
		return value.Value{}, diagnostic.Error(at, "Wrong type", "write "+example(want), "%q is %s here, and the module asks for %s.", name, literalType(have), typeexpr.TypeString(want))
	}
	switch {
	case want.IsPrimitiveType() && have == want:
		return primitive(said), nil
	case (want.IsListType() || want.IsSetType()) && have.IsTupleType():
		elements, _ := hcl.ExprList(expression)
		var items []value.Value
		for i, element := range said.AsValueSlice() {
			item, problem := literalValue(elements[i], element, want.ElementType(), fmt.Sprintf("%s[%d]", name, i))
			if problem != nil {
				return value.Value{}, problem
			}
			items = append(items, item)
		}
		return value.List(items...), nil
	case (want.IsMapType() || want.IsObjectType()) && have.IsObjectType():
		return writtenObject(expression, said, want, name)
	}
	return wrong()
}

// writtenObject is written for maps, which are sorted, and objects, which keep their order.
func writtenObject(expression hcl.Expression, said cty.Value, want cty.Type, name string) (value.Value, *hcl.Diagnostic) {
	pairs, _ := hcl.ExprMap(expression)
	at := expression.Range()
	var fields []value.Field
	var seen []string
	for _, pair := range pairs {
		keyAt := pair.Key.Range()
		key, _ := pair.Key.Value(nil)
		field := key.AsString()
		var element cty.Type
		switch {
		case slices.Contains(seen, field):
			return value.Value{}, diagnostic.Error(keyAt, "Duplicate key", "keep one", "%q has %q twice.", name, field)
		case want.IsMapType():
			element = want.ElementType()
		case !want.HasAttribute(field):
			names := slices.Sorted(maps.Keys(want.AttributeTypes()))
			return value.Value{}, diagnostic.Error(keyAt, "Unknown member", cmp.Or(diagnostic.DidYouMean(field, names), "use "+strings.Join(names, ", ")), "%q has no member %q.", name, field)
		default:
			element = want.AttributeType(field)
		}
		seen = append(seen, field)
		inner, problem := literalValue(pair.Value, said.GetAttr(field), element, name+"."+field)
		if problem != nil {
			return value.Value{}, problem
		}
		fields = append(fields, value.Arg(field, inner))
	}
	if want.IsMapType() {
		if !strings.ContainsAny(name, ".[") {
			// The entries of a map that is an argument stand among those that are generated.
			for i := range fields {
				fields[i].Comments = []string{"set in " + environment.Filename}
			}
		}
		return value.Map(fields...), nil
	}
	for _, member := range slices.Sorted(maps.Keys(want.AttributeTypes())) {
		if !want.AttributeOptional(member) && !slices.Contains(seen, member) {
			return value.Value{}, diagnostic.Error(at, "Member missing", "add "+member, "%q lacks the member %q.", name, member)
		}
	}
	return value.Object(fields...), nil
}

func primitive(said cty.Value) value.Value {
	switch said.Type() {
	case cty.String:
		return value.String(said.AsString())
	case cty.Bool:
		return value.Bool(said.True())
	}
	number, _ := said.AsBigFloat().Float64()
	return value.Float(number)
}

func literalType(have cty.Type) string {
	switch {
	case have == cty.String:
		return "a string"
	case have == cty.Number:
		return "a number"
	case have == cty.Bool:
		return "true or false"
	case have.IsTupleType():
		return "a list"
	}
	return "an object"
}

// example is a value of the type, for a hint.
func example(want cty.Type) string {
	switch {
	case want == cty.String:
		return `a string in quotes`
	case want == cty.Number:
		return "a number without quotes"
	case want == cty.Bool:
		return "true or false"
	case want.IsListType() || want.IsSetType():
		return "a list, as in [...]"
	}
	return "an object, as in { name = value }"
}

// CheckOverrides reports the overrides of an environment that reach no module call of its stacks, and what the calls
// themselves found wrong.
func CheckOverrides(stacks ...*Stack) hcl.Diagnostics {
	var diags hcl.Diagnostics
	addresses, calls, brought := map[string]string{}, map[string]string{}, map[string]bool{}
	for _, s := range stacks {
		diags = append(diags, s.Problems...)
		for id, address := range s.Addresses() {
			addresses[id.String()] = address
		}
		for id, call := range s.Calls {
			calls[id.String()] = call.Address()
		}
		for id := range s.places {
			brought[id.String()] = s.Brought(id)
		}
	}
	for _, o := range stacks[0].Settings.Overrides {
		diags = append(diags, checkReached(stacks[0].Settings.Environment, o, addresses, calls, brought)...)
	}
	return diags
}

// checkReached reports an override that reaches no call. The maps are by id: addresses of all components, those of calls, and
// what the environment brings.
func checkReached(env string, o environment.Override, addresses, calls map[string]string, brought map[string]bool) hcl.Diagnostics {
	switch {
	case calls[o.ID] != "":
		return nil
	case brought[o.ID]:
		return hcl.Diagnostics{diagnostic.Error(o.IDAt, "Override of what is not made", "remove the block",
			"In the environment %q the %s exists, so that there is no module call whose arguments could be set.", env, o.ID)}
	}
	ids := slices.Sorted(maps.Keys(calls))
	hint := diagnostic.DidYouMean(o.ID, ids)
	for _, holder := range ids {
		if calls[holder] == addresses[o.ID] {
			hint = fmt.Sprintf("it is a part of %q: write override %q { ... }", holder, holder)
		}
	}
	return hcl.Diagnostics{diagnostic.Error(o.IDAt, "Override of nothing", cmp.Or(hint, alike(o.ID, ids)), "The environment %q has no %q.", env, o.ID)}
}

// alike lists the ids of the same kind, or the kinds when there is none.
func alike(id string, ids []string) string {
	kind, _, _ := strings.Cut(id, " ")
	var same, first []string
	for _, other := range ids {
		word, _, _ := strings.Cut(other, " ")
		if word == kind {
			same = append(same, strconv.Quote(other))
		}
		if !slices.Contains(first, word) {
			first = append(first, word)
		}
	}
	if len(same) > 0 && len(same) <= 10 {
		return "there is " + strings.Join(same, ", ")
	}
	return "groundplan.lock.json lists what there is; the names begin with " + strings.Join(first, ", ")
}

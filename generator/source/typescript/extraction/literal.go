package extraction

import (
	"math"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/pattern"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/typescript/facts"
	"github.com/groundplan/groundplan/generator/source/typescript/scope"
	"github.com/groundplan/groundplan/generator/source/typescript/syntax"
)

// literalReader reads settings: literals whose value is known without running the program, as Encore demands.
type literalReader struct {
	r *reader
	// opaque, references and durations are settings of their own rules, see TypeScriptSpelling.
	opaque, references, durations []string
	// found are the settings that name something of the application.
	found []facts.Reference
}

// object reads a settings argument, which must be an object literal.
func (l *literalReader) object(e syntax.Expression) (source.Value, bool) {
	literal, ok := syntax.Unwrap(e).(*syntax.Object)
	if !ok || isCast(e) {
		l.r.Module.Error(l.r.At(e), "Settings are not a literal",
			"write them here as an object literal, {...}",
			"The settings are read without running the program, and %s has to be run to be known.", describe(e))
		return source.Value{}, false
	}
	return l.fields(literal)
}

func (l *literalReader) fields(literal *syntax.Object) (source.Value, bool) {
	value := source.Value{Kind: source.Object, At: l.r.At(literal)}
	ok := true
	for _, property := range literal.Properties {
		name := property.Name.Text
		if property.Form == syntax.MemberSpread || name == "" {
			l.r.Module.Error(l.r.At(property), "Setting without a name", "write it as name: value", "Settings are read by name, and this one has none.")
			ok = false
			continue
		}
		field, fieldOK := l.field(name, property)
		if slices.Contains(l.references, name) && field.Kind == source.Reference {
			if target, names, known := l.r.Chain(property.Value); known {
				l.found = append(l.found, facts.Reference{Field: len(value.Fields), Target: facts.Target{Name: target, Path: names}})
			}
		}
		ok = ok && fieldOK
		value.Fields = append(value.Fields, source.Field{Name: name, Value: field, At: l.r.Module.At(scope.SpanOf(property.Name))})
	}
	return value, ok
}

func (l *literalReader) field(name string, property *syntax.Property) (source.Value, bool) {
	at := l.r.At(property.Value)
	switch {
	case slices.Contains(l.references, name):
		return source.Value{Kind: source.Reference, Text: strings.TrimSpace(l.r.Text(property.Value)), At: at}, true
	case slices.Contains(l.opaque, name):
		return source.Value{Kind: source.Opaque, At: at}, true
	}
	value, ok := l.value(property.Value)
	if !ok {
		l.r.Module.Error(at, "Setting is not a constant",
			"write a literal, or arithmetic on numbers",
			"%s is set to %s, which only the running program knows; constants of your own are not looked up.", name, describe(property.Value))
		return value, false
	}
	if slices.Contains(l.durations, name) && value.Kind != source.String {
		l.r.Module.Error(at, "Wrong type", `write a string with a unit, as in "30s" or "7d"`, "%s must be a duration, got %s.", name, source.DescribeValue(value))
		return value, false
	}
	if slices.Contains(l.durations, name) && !isDuration(value.Text) {
		l.r.Module.Error(at, "Invalid duration", `write it as in "30s", "7d" or "1h30m"`, "%s is %q, which Encore refuses: a duration is made of numbers without fractions, each with one of the units ns, us, ms, s, m, h, d, w and y.", name, value.Text)
		return value, false
	}
	return value, true
}

// isDuration reports whether Encore reads a text as a duration; white space does not count.
func isDuration(text string) bool {
	return duration().MatchString(strings.Join(strings.Fields(text), ""))
}

var duration = pattern.Lazy(`^([0-9]+(ns|us|ms|[smhdwy]))+$`)

func (l *literalReader) value(e syntax.Expression) (source.Value, bool) {
	at := l.r.At(e)
	if isCast(e) {
		return source.Value{At: at}, false
	}
	switch e := syntax.Unwrap(e).(type) {
	case *syntax.Object:
		value, ok := l.fields(e)
		if !ok {
			return source.Value{Kind: source.Object, At: at}, true // what is wrong with it was said
		}
		return value, true
	case *syntax.Array:
		value := source.Value{Kind: source.List, At: at}
		for _, element := range e.Elements {
			if element == nil {
				return value, false
			}
			item, ok := l.value(element)
			if !ok {
				return value, false
			}
			value.Fields = append(value.Fields, source.Field{Value: item, At: item.At})
		}
		return value, true
	case *syntax.String:
		return source.Value{Kind: source.String, Text: e.Value, At: at}, true
	case *syntax.Boolean:
		return source.Value{Kind: source.Bool, Bool: e.Value, At: at}, true
	case *syntax.Null:
		return source.Value{Kind: source.Nil, At: at}, true
	case *syntax.Identifier:
		if e.Name == "undefined" && e.Binding == nil {
			return source.Value{Kind: source.Nil, At: at}, true
		}
		return source.Value{At: at}, false
	}
	number, ok := constant(e)
	if !ok || math.IsInf(number, 0) || math.IsNaN(number) {
		return source.Value{At: at}, false
	}
	if whole := math.Trunc(number); whole == number && math.Abs(number) < 1<<62 {
		return source.Value{Kind: source.Int, Int: int64(number), At: at}, true
	}
	return source.Value{Kind: source.Float, Float: number, At: at}, true
}

// constant computes a number from literals and arithmetic.
func constant(e syntax.Expression) (float64, bool) {
	switch e := syntax.Unwrap(e).(type) {
	case *syntax.Number:
		if e.Big {
			return 0, false
		}
		return e.Float()
	case *syntax.Unary:
		value, ok := constant(e.Value)
		switch {
		case !ok || e.Postfix:
		case e.Operator == "-":
			return -value, true
		case e.Operator == "+":
			return value, true
		}
	case *syntax.Binary:
		left, ok := constant(e.Left)
		right, okRight := constant(e.Right)
		if !ok || !okRight {
			return 0, false
		}
		switch e.Operator {
		case "+":
			return left + right, true
		case "-":
			return left - right, true
		case "*":
			return left * right, true
		case "/":
			return left / right, right != 0
		case "%":
			return math.Mod(left, right), right != 0
		}
	}
	return 0, false
}

// isCast reports whether an expression is given a type, as by as or satisfies: Encore reads no literal behind that.
func isCast(e syntax.Expression) bool {
	for {
		switch x := e.(type) {
		case *syntax.Paren:
			e = x.Value
		case *syntax.Cast:
			return true
		default:
			return false
		}
	}
}

// describe says what an expression is, for messages.
func describe(e syntax.Expression) string {
	if isCast(e) {
		return "a value behind as, satisfies or !"
	}
	switch e := syntax.Unwrap(e).(type) {
	case *syntax.Identifier:
		return "the name " + e.Name
	case *syntax.Template:
		return "a template literal"
	case *syntax.Call, *syntax.TaggedTemplate:
		return "a call"
	case *syntax.New:
		return "a new object"
	case *syntax.Member, *syntax.Index:
		return "a property of an object"
	case *syntax.Binary:
		if e.Operator == "+" {
			return "a concatenation"
		}
	case *syntax.Conditional:
		return "a choice made at run time"
	case *syntax.Function:
		return "a function"
	case *syntax.Object:
		return "an object"
	case *syntax.Array:
		return "a list"
	case *syntax.Spread:
		return "a spread list"
	case *syntax.Number:
		return "the number " + e.Text
	case *syntax.Boolean, *syntax.Null:
		return "no string"
	case *syntax.String:
		return source.DescribeValue(source.Value{Kind: source.String, Text: e.Value})
	}
	return "an expression"
}

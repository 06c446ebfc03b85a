package settings

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/groundplan/groundplan/generator/diagnostic"
)

// decode reads the value of a setting that is no object; false when it was refused.
func (r *reader) decode(a *Attribute, s *Setting, e hclsyntax.Expression) (ok bool) {
	element := Setting{Type: elements[s.Type], Remedy: s.Remedy}
	switch s.Type {
	case StringMap:
		entries := map[string]string{}
		items, good := r.items(s, e)
		for _, item := range items {
			element.Name = s.Name + "." + item.key
			value, is := r.scalar(&element, item.value)
			text, _ := value.(string)
			entries[item.key], good = text, good && is
			a.Parts = append(a.Parts, Part{Key: item.key, KeyAt: item.at, Text: text, At: item.value.Range()})
		}
		a.Value, ok = entries, good
	case StringList, IntegerList:
		tuple, good := unwrapped(e).(*hclsyntax.TupleConsExpr)
		if !good {
			return r.refuse(s, e)
		}
		texts, numbers := []string{}, []int{}
		for i, written := range tuple.Exprs {
			element.Name = fmt.Sprintf("%s[%d]", s.Name, i)
			value, is := r.scalar(&element, written)
			text, _ := value.(string)
			number, _ := value.(int)
			texts, numbers, good = append(texts, text), append(numbers, number), good && is
			a.Parts = append(a.Parts, Part{Text: text, At: written.Range()})
		}
		if a.Value, ok = any(texts), good; s.Type == IntegerList {
			a.Value = numbers
		}
	default:
		a.Value, ok = r.scalar(s, e)
	}
	return ok
}

// object reads an object member by member: each is a setting, with a range and a check of its own.
func (r *reader) object(b *Block, g *Grammar, s *Setting, a Attribute, e hclsyntax.Expression) bool {
	items, good := r.items(s, e)
	b.Attributes = append(b.Attributes, a)
	for _, item := range items {
		path := s.Name + "." + item.key
		member := Attribute{Name: path, NameAt: item.at, At: item.value.Range(), Expression: item.value}
		if g.setting(path) == nil {
			good = r.unknown(item.at, "setting", path, item.key, g.names(s.Name+".", r.scope), nil)
			continue
		}
		good = r.attribute(b, g, member, item.value) && good
	}
	return good
}

// free reads a setting that no table knows: a literal of any type. Null is none, because it says nothing.
func (r *reader) free(b *Block, a Attribute, e hclsyntax.Expression) bool {
	value, written := evaluate(e)
	if !written {
		return r.refuse(&Setting{Name: a.Name, Type: Object}, e)
	}
	null := false
	_ = cty.Walk(value, func(_ cty.Path, inner cty.Value) (bool, error) {
		null = null || inner.IsNull()
		return !null, nil
	})
	if null {
		return r.fail(a.At, "Wrong type", "leave it out", "The value of %q holds null, which says nothing.", a.Name)
	}
	a.Value = value
	b.Attributes = append(b.Attributes, a)
	return true
}

// item is one entry of an object or a map.
type item struct {
	key   string
	at    hcl.Range
	value hclsyntax.Expression
}

// items are the entries that an expression holds, without those that are refused.
func (r *reader) items(s *Setting, e hclsyntax.Expression) (list []item, ok bool) {
	object, ok := unwrapped(e).(*hclsyntax.ObjectConsExpr)
	if !ok {
		return nil, r.refuse(s, e)
	}
	seen := map[string]hcl.Range{}
	for _, written := range object.Items {
		at := written.KeyExpr.Range()
		key, named := keyOf(written.KeyExpr)
		first, twice := seen[key]
		switch {
		case !named:
			ok = r.fail(at, "Invalid key", "write it as a word or in quotes", "A key of %q is a name.", s.Name)
		case twice:
			ok = r.fail(at, "Duplicate key", "keep one of them", "%q is already set at %s.", s.Name+"."+key, diagnostic.Place(first))
		default:
			seen[key] = at
			list = append(list, item{key, at, written.ValueExpr})
		}
	}
	return list, ok
}

// keyOf reads the key of an object: a bare word or a string.
func keyOf(key hcl.Expression) (string, bool) {
	if word := hcl.ExprAsKeyword(key); word != "" {
		return word, true
	}
	if wrapped, ok := key.(*hclsyntax.ObjectConsKeyExpr); ok {
		key = wrapped.Wrapped
	}
	return textOf(key)
}

// textOf is a string that is written out.
func textOf(e hcl.Expression) (string, bool) {
	value, written := evaluate(e)
	if !written || value.IsNull() || value.Type() != cty.String {
		return "", false
	}
	return value.AsString(), true
}

// scalar reads a value that has no parts.
func (r *reader) scalar(s *Setting, e hclsyntax.Expression) (any, bool) {
	if value, written := evaluate(e); written && !value.IsNull() && value.IsWhollyKnown() {
		if value.Type() == cty.String {
			if number, is := s.Words[value.AsString()]; is {
				return number, true
			}
		}
		if decoded := r.convert(value, s.Type); decoded != nil {
			return decoded, true
		}
	}
	return nil, r.refuse(s, e)
}

// convert is strict: a number in quotes is not a number and an account id without quotes is not a string, because it would
// silently lose a leading zero. nil is a value of another type.
func (r *reader) convert(value cty.Value, typ Type) any {
	switch {
	case value.Type() == cty.String && (typ == String || typ == Duration && r.table.Duration(value.AsString())):
		return value.AsString()
	case value.Type() == cty.Bool && typ == Bool:
		return value.True()
	case value.Type() == cty.Number && (typ == Number || typ == Integer):
		exact := value.AsBigFloat()
		number, _ := exact.Float64()
		if typ == Number {
			return number
		}
		if exact.IsInt() && math.Abs(number) < 1<<31 {
			return int(number)
		}
	}
	return nil
}

// refuse reports a value that is computed, or of another type than the setting's.
func (r *reader) refuse(s *Setting, e hclsyntax.Expression) bool {
	if _, written := evaluate(e); !written {
		return r.fail(e.Range(), "Not a literal value", r.remedy(s, e, "write the value itself"), "The value of %q must be written out: nothing is computed here.", s.Name)
	}
	return r.fail(e.Range(), "Wrong type", r.remedy(s, e, "write "+s.example()), "%q must be %s, not %s.", s.Name, s.wanted(), r.quoted(e))
}

// mostQuoted is how long a value may be that a message repeats.
const mostQuoted = 40

// quoted is a literal as written, or what it is.
func (r *reader) quoted(e hclsyntax.Expression) string {
	switch unwrapped(e).(type) {
	case *hclsyntax.TupleConsExpr:
		return "a list"
	case *hclsyntax.ObjectConsExpr:
		return "an object"
	}
	at := e.Range()
	if text := string(at.SliceBytes(r.text)); len(text) <= mostQuoted && at.Start.Line == at.End.Line {
		return text
	}
	return "this string"
}

// remedy is the hint for a value that is no literal or of another type: what the user most likely means when it fits the
// setting, else the values that do.
func (r *reader) remedy(s *Setting, e hclsyntax.Expression, otherwise string) string {
	if _, is := unwrapped(e).(*hclsyntax.ObjectConsExpr); is && s.Remedy != "" {
		return s.Remedy
	}
	check := func(value any) (detail, hint string) {
		if s.Check == nil {
			return "", ""
		}
		return s.Check(value)
	}
	at := e.Range()
	if meant, text := meant(s.Type, e, string(at.SliceBytes(r.text))); meant != nil {
		if detail, _ := check(meant); detail == "" {
			return "write " + text
		}
	}
	// The remedy of a check is the same for everything that is far off.
	hint := ""
	switch s.Type {
	case String:
		_, hint = check("?")
	case StringList:
		_, hint = check([]string{"?"})
	}
	return cmp.Or(hint, otherwise)
}

// meant reads an expression of the wrong type as one of the right type, and returns the value and how it is written; nil
// when there is no telling.
func meant(typ Type, expression hclsyntax.Expression, source string) (value any, text string) {
	switch e := expression.(type) {
	case *hclsyntax.FunctionCallExpr, *hclsyntax.ForExpr, *hclsyntax.ConditionalExpr, *hclsyntax.TupleConsExpr, *hclsyntax.ObjectConsExpr:
		return nil, ""
	case *hclsyntax.ScopeTraversalExpr:
		if len(e.Traversal) > 1 {
			return nil, ""
		}
	case *hclsyntax.LiteralValueExpr:
		if e.Val.IsNull() {
			return nil, ""
		}
	case *hclsyntax.TemplateExpr:
		quoted, written := textOf(e)
		if !written {
			return nil, ""
		}
		source = quoted
	}
	number, err := strconv.Atoi(source)
	switch {
	case typ == String:
		return source, strconv.Quote(source)
	case typ == StringList:
		return []string{source}, fmt.Sprintf("[%q]", source)
	case typ == Integer && err == nil:
		return number, source
	case typ == IntegerList && err == nil:
		return []int{number}, fmt.Sprintf("[%d]", number)
	case typ == Bool && (source == "true" || source == "false"):
		return source == "true", source
	}
	return nil, ""
}

// evaluate is the value of an expression that is written out. Nothing else is evaluated: no expression can keep the program
// busy.
func evaluate(e hcl.Expression) (cty.Value, bool) {
	if !literal(e) {
		return cty.NilVal, false
	}
	value, diags := e.Value(nil)
	return value, !diags.HasErrors()
}

func literal(expression hcl.Expression) bool {
	switch e := expression.(type) {
	case *hclsyntax.LiteralValueExpr:
		return true
	case *hclsyntax.TemplateExpr:
		// A string of several lines has a part for each.
		return !slices.ContainsFunc(e.Parts, func(part hclsyntax.Expression) bool {
			piece, written := part.(*hclsyntax.LiteralValueExpr)
			return !written || piece.Val.Type() != cty.String
		})
	case *hclsyntax.ParenthesesExpr:
		return literal(e.Expression)
	case *hclsyntax.UnaryOpExpr:
		return literal(e.Val)
	case *hclsyntax.TupleConsExpr:
		return !slices.ContainsFunc(e.Exprs, func(element hclsyntax.Expression) bool { return !literal(element) })
	case *hclsyntax.ObjectConsExpr:
		return !slices.ContainsFunc(e.Items, func(item hclsyntax.ObjectConsItem) bool {
			_, named := keyOf(item.KeyExpr)
			return !named || !literal(item.ValueExpr)
		})
	}
	return false
}

// unwrapped is an expression without parentheses around it.
func unwrapped(e hclsyntax.Expression) hclsyntax.Expression {
	for {
		inner, is := e.(*hclsyntax.ParenthesesExpr)
		if !is {
			return e
		}
		e = inner.Expression
	}
}

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
	element, composed := elements[s.Type]
	if !composed {
		a.Value, ok = r.scalar(s, e)
		return ok
	}
	items, ok := r.items(s, e)
	texts, numbers, entries := []string{}, []int{}, map[string]string{}
	for _, item := range items {
		value, good := r.scalar(&Setting{Name: item.path, Type: element, Remedy: s.Remedy}, item.value)
		text, _ := value.(string)
		number, _ := value.(int)
		texts, numbers, entries[item.key] = append(texts, text), append(numbers, number), text
		a.Parts = append(a.Parts, Part{Key: item.key, KeyAt: item.at, Text: text, At: item.value.Range()})
		ok = ok && good
	}
	a.Value = map[Type]any{StringList: texts, IntegerList: numbers, StringMap: entries}[s.Type]
	return ok
}

// object reads an object member by member: each is a setting, with a range and a check of its own.
func (r *reader) object(b *Block, g *Grammar, s *Setting, a Attribute, e hclsyntax.Expression) bool {
	items, good := r.items(s, e)
	b.Attributes = append(b.Attributes, a)
	for _, item := range items {
		if g.setting(item.path) == nil {
			good = r.unknown(item.at, "setting", item.path, item.key, g.names(s.Name+".", r.scope), nil)
			continue
		}
		good = r.attribute(b, g, Attribute{Name: item.path, NameAt: item.at, At: item.value.Range(), Expression: item.value}, item.value) && good
	}
	return good
}

// free reads a setting that no table knows: a literal of any type. Null is none, because it says nothing.
func (r *reader) free(b *Block, a Attribute, e hclsyntax.Expression) bool {
	value, written := evaluate(e)
	if !written {
		return r.refuse(&Setting{Name: a.Name, Type: Object}, e)
	}
	null, large := false, false
	_ = cty.Walk(value, func(_ cty.Path, inner cty.Value) (bool, error) {
		null = null || inner.IsNull()
		large = large || inner.Type() == cty.Number && !inner.IsNull() && math.IsInf(float(inner), 0)
		return !null, nil
	})
	switch {
	case null:
		return r.fail(a.At, "Wrong type", "leave it out", "The value of %q holds null, which says nothing.", a.Name)
	case large:
		return r.fail(a.At, "Wrong type", "write a smaller one", "The value of %q holds a number that is too large.", a.Name)
	}
	a.Value = value
	b.Attributes = append(b.Attributes, a)
	return true
}

// containedItem is one entry of an object or a map, or an element of a list, which has no key.
type containedItem struct {
	path, key string
	at        hcl.Range
	value     hclsyntax.Expression
}

// items are the parts of a value, without those whose key is refused.
func (r *reader) items(s *Setting, e hclsyntax.Expression) (list []containedItem, ok bool) {
	if tuple, is := unwrapped(e).(*hclsyntax.TupleConsExpr); is && (s.Type == StringList || s.Type == IntegerList) {
		for i, element := range tuple.Exprs {
			list = append(list, containedItem{path: fmt.Sprintf("%s[%d]", s.Name, i), value: element})
		}
		return list, true
	}
	object, ok := unwrapped(e).(*hclsyntax.ObjectConsExpr)
	if !ok || s.Type != StringMap && s.Type != Object {
		return nil, r.refuse(s, e)
	}
	seen := map[string]hcl.Range{}
	for _, written := range object.Items {
		at := written.KeyExpr.Range()
		key, named := keyOf(written.KeyExpr)
		first, twice := seen[key]
		path := s.Name + "." + key
		switch {
		case !named:
			ok = r.fail(at, "Invalid key", "write it as a word or in quotes", "A key of %q is a name.", s.Name)
		case twice:
			ok = r.fail(at, "Duplicate key", "keep one of them", "%q is already set at %s.", path, diagnostic.Place(first))
		default:
			seen[key] = at
			list = append(list, containedItem{path, key, at, written.ValueExpr})
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
		switch number := float(value); {
		case typ == Number && !math.IsInf(number, 0):
			return number
		case typ == Integer && value.AsBigFloat().IsInt() && math.Abs(number) < 1<<31:
			return int(number)
		}
	}
	return nil
}

// float is a number, infinite when it is too large for the type.
func float(value cty.Value) float64 {
	number, _ := value.AsBigFloat().Float64()
	return number
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

// quoted is a value as written, when that fits into a sentence.
func (r *reader) quoted(e hclsyntax.Expression) string {
	at := e.Range()
	if text := string(at.SliceBytes(r.text)); len(text) <= mostQuoted && at.Start.Line == at.End.Line {
		return text
	}
	return "this value"
}

// remedy is the hint for a value that is no literal or of another type: what the user most likely means when it fits the
// setting, else the values that do.
func (r *reader) remedy(s *Setting, e hclsyntax.Expression, otherwise string) string {
	if _, is := unwrapped(e).(*hclsyntax.ObjectConsExpr); is && s.Remedy != "" {
		return s.Remedy
	}
	check := s.Check
	if check == nil {
		check = func(any) (string, string) { return "", "" }
	}
	at := e.Range()
	if meant, text := meantValue(s.Type, e, string(at.SliceBytes(r.text))); meant != nil {
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

// meantValue reads an expression of the wrong type as one of the right type, and returns the value and how it is written; nil
// when there is no telling.
func meantValue(typ Type, expression hclsyntax.Expression, source string) (value any, text string) {
	switch e := expression.(type) {
	case *hclsyntax.TemplateExpr:
		quoted, written := textOf(e)
		if !written {
			return nil, ""
		}
		source = quoted
	case *hclsyntax.LiteralValueExpr, *hclsyntax.UnaryOpExpr, *hclsyntax.BinaryOpExpr, *hclsyntax.ScopeTraversalExpr:
		if traversal, is := e.(*hclsyntax.ScopeTraversalExpr); source == "null" || is && len(traversal.Traversal) > 1 {
			return nil, ""
		}
	default:
		return nil, ""
	}
	number, err := strconv.ParseInt(source, 10, 32)
	switch {
	case typ == String:
		return source, strconv.Quote(source)
	case typ == StringList:
		return []string{source}, fmt.Sprintf("[%q]", source)
	case typ == Integer && err == nil:
		return int(number), source
	case typ == IntegerList && err == nil:
		return []int{int(number)}, fmt.Sprintf("[%d]", number)
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

func literal(e hcl.Expression) bool {
	written := true
	_ = hclsyntax.VisitAll(e.(hclsyntax.Node), func(node hclsyntax.Node) hcl.Diagnostics {
		switch node := node.(type) {
		case *hclsyntax.LiteralValueExpr, *hclsyntax.ParenthesesExpr, *hclsyntax.UnaryOpExpr, *hclsyntax.TupleConsExpr, *hclsyntax.ObjectConsExpr:
		case *hclsyntax.ObjectConsKeyExpr: // a number would be spelled out, with all its zeros
			_, named := keyOf(node)
			written = written && named
		case *hclsyntax.TemplateExpr: // a string of several lines has a part for each
			written = written && !slices.ContainsFunc(node.Parts, func(part hclsyntax.Expression) bool {
				piece, is := part.(*hclsyntax.LiteralValueExpr)
				return !is || piece.Val.Type() != cty.String
			})
		default:
			written = false
		}
		return nil
	})
	return written
}

// unwrapped is an expression without parentheses around it.
func unwrapped(e hclsyntax.Expression) hclsyntax.Expression {
	if inner, is := e.(*hclsyntax.ParenthesesExpr); is {
		return unwrapped(inner.Expression)
	}
	return e
}

package environment

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/groundplan/groundplan/generator/diagnostic"
)

// valueType is the type of a setting. An integer is a number that has to be one.
type valueType string

const (
	typeText      valueType = "string"
	typeInteger   valueType = "integer"
	typeNumber    valueType = "number"
	typeSwitch    valueType = "true or false"
	typeTexts     valueType = "list(string)"
	typeIntegers  valueType = "list(integer)"
	typeStrings   valueType = "map(string)"
	exampleObject           = "an object, as in { min = 2, max = 10 }"
)

// documented is the type as Terraform spells it, which knows numbers and no integers.
func (t valueType) documented() string {
	return strings.ReplaceAll(string(t), string(typeInteger), string(typeNumber))
}

// examples completes "write ...", and up to the example "must be ...".
var examples = map[valueType]string{
	typeText: `a string, as in "text"`, typeInteger: "an integer, as in 512", typeNumber: "a number, as in 0.5",
	typeSwitch: "true or false", typeTexts: `a list of strings, as in ["a", "b"]`, typeIntegers: "a list of integers, as in [443]",
	typeStrings: `a map of strings, as in { team = "checkout" }`,
}

// wanted completes "must be ...".
func (t valueType) wanted() string {
	words, _, _ := strings.Cut(examples[t], ", as in ")
	return words
}

func typeOf(zero any) valueType {
	switch zero.(type) {
	case string:
		return typeText
	case int:
		return typeInteger
	case float64:
		return typeNumber
	case bool:
		return typeSwitch
	case []string:
		return typeTexts
	case []int:
		return typeIntegers
	case map[string]string:
		return typeStrings
	}
	panic(fmt.Sprintf("no setting can hold a %T", zero))
}

// decoder is a setting without the field it lands in: all that reading needs.
type decoder struct {
	name  string
	typ   valueType
	check func(any) fault
}

func decoders[T any](rows []setting[T]) []decoder {
	list := make([]decoder, len(rows))
	for i, r := range rows {
		list[i] = decoder{name: r.name, typ: r.typ, check: r.check}
	}
	return list
}

// readValue evaluates one attribute, checks it and stores it in the block.
func (r *reader) readValue(b *block, d decoder, expression hcl.Expression) hcl.Diagnostics {
	if d.typ == typeStrings {
		return r.readStrings(b, d, expression)
	}
	at := expression.Range()
	var value cty.Value
	written := literal(expression)
	if written {
		var diags hcl.Diagnostics
		value, diags = expression.Value(nil)
		written = !diags.HasErrors()
	}
	if !written {
		return hcl.Diagnostics{diagnostic.Error(at, "Not a literal value", r.remedy(d, expression), "The value of %q must be written out: nothing is computed here.", d.name)}
	}
	decoded, ok := convert(value, d.typ)
	if !ok {
		return hcl.Diagnostics{diagnostic.Error(at, "Wrong type", r.remedy(d, expression), "%q must be %s, not %s.", d.name, d.typ.wanted(), describeType(value))}
	}
	if bad := d.check(decoded); bad != fine {
		return hcl.Diagnostics{diagnostic.Error(at, fmt.Sprintf("Invalid value for %q", d.name), bad.hint, "%s", bad.detail)}
	}
	a := attribute{value: decoded, at: at}
	if d.typ == typeTexts || d.typ == typeIntegers {
		a.elements = elementRanges(expression, value.LengthInt())
	}
	b.attributes[d.name] = a
	return nil
}

// remedy is the hint for a value that is no literal, or one of another type: what the user most likely means when it fits
// the setting, else the values that do.
func (r *reader) remedy(d decoder, expression hcl.Expression) string {
	at := expression.Range()
	if meant, text := meant(d.typ, expression, string(at.SliceBytes(r.text))); meant != nil && d.check(meant) == fine {
		return "write " + text
	}
	// The remedy of a check is the same for everything that is far off.
	var far any
	switch d.typ {
	case typeText:
		far = "?"
	case typeTexts:
		far = []string{"?"}
	default:
		return "write " + examples[d.typ]
	}
	return cmp.Or(d.check(far).hint, "write "+examples[d.typ])
}

// meant reads an expression of the wrong type as one of the right type, and returns the value and how it is written;
// nil when there is no telling.
func meant(typ valueType, expression hcl.Expression, source string) (value any, text string) {
	switch e := expression.(type) {
	case *hclsyntax.FunctionCallExpr, *hclsyntax.ForExpr, *hclsyntax.ConditionalExpr, *hclsyntax.TupleConsExpr, *hclsyntax.ObjectConsExpr:
		return nil, ""
	case *hclsyntax.ScopeTraversalExpr:
		if len(e.Traversal) > 1 {
			return nil, ""
		}
	case *hclsyntax.TemplateExpr:
		quoted, diags := e.Value(nil)
		if !literal(e) || diags.HasErrors() {
			return nil, ""
		}
		source = quoted.AsString()
	}
	number, err := strconv.Atoi(source)
	switch {
	case typ == typeText:
		return source, strconv.Quote(source)
	case typ == typeTexts:
		return []string{source}, fmt.Sprintf("[%q]", source)
	case typ == typeInteger && err == nil:
		return number, source
	case typ == typeIntegers && err == nil:
		return []int{number}, fmt.Sprintf("[%d]", number)
	case typ == typeSwitch && (source == "true" || source == "false"):
		return source == "true", source
	}
	return nil, ""
}

// literal says whether a value is written out. Nothing else is evaluated: a reader should see what will be made, and no
// expression can keep the tool busy.
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
			_, named := memberName(item.KeyExpr)
			return !named || !literal(item.ValueExpr)
		})
	}
	return false
}

// elementRanges has a range for every element of a list; the whole list's where the elements are not written one by one.
func elementRanges(expression hcl.Expression, length int) []hcl.Range {
	ranges := slices.Repeat([]hcl.Range{expression.Range()}, length)
	elements, diags := hcl.ExprList(expression)
	if diags.HasErrors() || len(elements) != length {
		return ranges
	}
	for i, element := range elements {
		ranges[i] = element.Range()
	}
	return ranges
}

// readStrings reads a map entry by entry, so that each has its own range.
func (r *reader) readStrings(b *block, d decoder, expression hcl.Expression) hcl.Diagnostics {
	pairs, diags := hcl.ExprMap(expression)
	at := expression.Range()
	if diags.HasErrors() {
		return hcl.Diagnostics{diagnostic.Error(at, "Wrong type", "write "+examples[typeStrings], "%q must be %s.", d.name, d.typ.wanted())}
	}
	entries, ranges := map[string]string{}, map[string]hcl.Range{}
	for _, pair := range pairs {
		keyAt, valueAt := pair.Key.Range(), pair.Value.Range()
		key, ok := memberName(pair.Key)
		if !ok {
			diags = append(diags, diagnostic.Error(keyAt, "Invalid member name", "write it in quotes", "This is no key of a map."))
			continue
		}
		if _, twice := entries[key]; twice {
			diags = append(diags, diagnostic.Error(keyAt, "Duplicate member", "keep one", "%q has %q twice.", d.name, key))
			continue
		}
		var value cty.Value
		if literal(pair.Value) {
			value, _ = pair.Value.Value(nil)
		}
		if value == cty.NilVal || value.IsNull() || !value.IsWhollyKnown() || value.Type() != cty.String {
			diags = append(diags, diagnostic.Error(valueAt, "Wrong type", "write "+examples[typeText], "The value of %q in %q must be a string.", key, d.name))
			continue
		}
		entries[key], ranges[key] = value.AsString(), keyAt
	}
	if diags.HasErrors() {
		return diags
	}
	if bad := d.check(entries); bad != fine {
		return hcl.Diagnostics{diagnostic.Error(at, fmt.Sprintf("Invalid value for %q", d.name), bad.hint, "%s", bad.detail)}
	}
	b.attributes[d.name] = attribute{value: entries, at: at, entries: ranges}
	return nil
}

// readObject reads an object member by member, so that each has its own range and its own check.
func (r *reader) readObject(b *block, name string, expression hcl.Expression, list []decoder) hcl.Diagnostics {
	pairs, diags := hcl.ExprMap(expression)
	at := expression.Range()
	if diags.HasErrors() {
		return hcl.Diagnostics{diagnostic.Error(at, "Wrong type", "write "+exampleObject, "%q must be an object.", name)}
	}
	members := map[string]decoder{}
	var known []string
	for _, d := range list {
		if object, member, ok := strings.Cut(d.name, "."); ok && object == name {
			members[member] = d
			known = append(known, member)
		}
	}
	diags = nil
	for _, pair := range pairs {
		keyAt := pair.Key.Range()
		key, ok := memberName(pair.Key)
		if !ok {
			diags = append(diags, diagnostic.Error(keyAt, "Invalid member name", "use "+diagnostic.Or(diagnostic.Quoted(known)), "This is no member of %q.", name))
			continue
		}
		d, ok := members[key]
		if !ok {
			diags = append(diags, diagnostic.Error(keyAt, "Unsupported member", cmp.Or(diagnostic.DidYouMean(key, known), "use "+diagnostic.Or(diagnostic.Quoted(known))), "%q has no member %q.", name, key))
			continue
		}
		if _, twice := b.attributes[d.name]; twice {
			diags = append(diags, diagnostic.Error(keyAt, "Duplicate member", "keep one", "%q is set twice.", d.name))
			continue
		}
		diags = append(diags, r.readValue(b, d, pair.Value)...)
	}
	return diags
}

// memberName reads the key of an object: a bare word or a string.
func memberName(key hcl.Expression) (string, bool) {
	if word := hcl.ExprAsKeyword(key); word != "" {
		return word, true
	}
	if wrapped, ok := key.(*hclsyntax.ObjectConsKeyExpr); ok {
		key = wrapped.Wrapped
	}
	if !literal(key) {
		return "", false
	}
	value, diags := key.Value(nil)
	if diags.HasErrors() || value.IsNull() || value.Type() != cty.String {
		return "", false
	}
	return value.AsString(), true
}

// convert is strict: a number in quotes is not a number and an account id without quotes is not a string, because it
// would silently lose a leading zero.
func convert(value cty.Value, typ valueType) (any, bool) {
	if value.IsNull() || !value.IsWhollyKnown() {
		return nil, false
	}
	switch typ {
	case typeText:
		if value.Type() == cty.String {
			return value.AsString(), true
		}
	case typeSwitch:
		if value.Type() == cty.Bool {
			return value.True(), true
		}
	case typeNumber:
		if value.Type() == cty.Number {
			number, _ := value.AsBigFloat().Float64()
			return number, true
		}
	case typeInteger:
		if value.Type() == cty.Number {
			exact := value.AsBigFloat()
			number, _ := exact.Float64()
			return int(number), exact.IsInt() && math.Abs(number) < 1<<31
		}
	case typeTexts:
		return convertList[string](value, typeText)
	case typeIntegers:
		return convertList[int](value, typeInteger)
	}
	return nil, false
}

func convertList[V any](value cty.Value, element valueType) (any, bool) {
	if !value.Type().IsTupleType() {
		return nil, false
	}
	list := []V{}
	for _, item := range value.AsValueSlice() {
		decoded, ok := convert(item, element)
		if !ok {
			return nil, false
		}
		list = append(list, decoded.(V))
	}
	return list, true
}

func describeType(value cty.Value) string {
	switch {
	case value.IsNull():
		return "null"
	case value.Type() == cty.String:
		return "a string"
	case value.Type() == cty.Number:
		return "this number"
	case value.Type() == cty.Bool:
		return "true or false"
	case value.Type().IsTupleType():
		return "this list"
	}
	return "an object"
}

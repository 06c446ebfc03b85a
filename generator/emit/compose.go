package emit

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Refers says whether a value holds a reference, and so whether it is only known to terraform.
func (v Value) Refers() bool {
	if v.kind == text {
		expression, diags := hclsyntax.ParseExpression([]byte(v.text), "", hcl.InitialPos)
		return !diags.HasErrors() && len(expression.Variables()) > 0
	}
	return slices.ContainsFunc(v.items, Value.Refers) || slices.ContainsFunc(v.fields, func(f Arg) bool { return f.Value.Refers() })
}

// Fields are the names of an object's fields in its order; nil for a value that is no object.
func (v Value) Fields() []string {
	var names []string
	for _, f := range v.fields {
		names = append(names, f.Name)
	}
	return names
}

// Field is the value of an object's field; false when it has none of that name.
func (v Value) Field(name string) (Value, bool) {
	i := slices.IndexFunc(v.fields, func(f Arg) bool { return f.Name == name })
	if v.kind != object || i < 0 {
		return Value{}, false
	}
	return v.fields[i].Value, true
}

// With are the fields of an object, those of one name with another's value, and behind them what the other has besides.
func (v Value) With(other Value) []Arg {
	fields := slices.Clone(v.fields)
	for _, f := range other.fields {
		if i := slices.IndexFunc(fields, func(own Arg) bool { return own.Name == f.Name }); i >= 0 {
			fields[i].Value = f.Value
		} else {
			fields = append(fields, f)
		}
	}
	return fields
}

// And is a map with the fields of another, sorted by name. Those of one name both stay: the caller looks at Fields first.
func (v Value) And(other Value) Value { return Map(slices.Concat(v.fields, other.fields)...) }

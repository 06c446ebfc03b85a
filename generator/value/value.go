// Package value is what the arguments of generated blocks are made of: literals, and references to what only exists
// once it is applied.
//
// A reference names the component and its attribute, not the place in Terraform where the value is found: that depends on which
// root module asks, and for a file that is not HCL on who reads it. Package emit prints values as HCL, Resolve turns them
// into data. It must not know how anything is printed, nor kinds.
package value

import (
	"slices"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/groundplan/groundplan/generator/app"
)

// Ref is an attribute of a component: the ARN of a topic, the password of one user of a cache.
type Ref struct {
	// Of is the component, as the lock and overrides name it.
	Of app.ID
	// Attribute is the name of the output of the component's module.
	Attribute string
	// Key is the entry of an attribute that is a map, "" for any other.
	Key string
}

// Kind tells values apart.
type Kind uint8

// The kinds of values. The zero Value is the empty string.
const (
	StringKind    Kind = iota // Text
	NumberKind                // Number
	BoolKind                  // Bool
	ReferenceKind             // Ref
	TraversalKind             // Text: names that only Terraform knows, var.image_tag
	JoinKind                  // Items, one after the other in one string
	EqualKind                 // Items, two of them, compared
	ListKind                  // Items
	ObjectKind                // Fields; Bool for a row
	CallKind                  // Text is the function, Items its arguments
)

// Value is a literal, a reference, or made of others. What each kind keeps where stands beside Kind.
type Value struct {
	Text   string
	Number float64
	Ref    *Ref
	Items  []Value
	Fields []Field
	Kind   Kind
	Bool   bool
}

// Field is a field of an object, or an argument of a block. Comments stand above it, one line each.
type Field struct {
	Name     string
	Value    Value
	Comments []string
	// Bare marks a name that is a reference itself, as those of a module call's providers are.
	Bare bool
}

// Arg is a field without comments.
func Arg(name string, v Value) Field { return Field{Name: name, Value: v} }

// String is a string; nothing in it is a template.
func String(s string) Value { return Value{Text: s} }

// Int is a number without a fraction.
func Int(n int) Value { return Value{Kind: NumberKind, Number: float64(n)} }

// Float is a number.
func Float(n float64) Value { return Value{Kind: NumberKind, Number: n} }

// Bool is true or false.
func Bool(b bool) Value { return Value{Kind: BoolKind, Bool: b} }

// Reference is an attribute of a component, wherever that is.
func Reference(ref Ref) Value { return Value{Kind: ReferenceKind, Ref: &ref} }

// Of is an attribute of a component: short for Reference.
func Of(id app.ID, attribute string) Value { return Reference(Ref{Of: id, Attribute: attribute}) }

// Traversal is a name that Terraform gives a meaning to, such as var.image_tag. It panics on text that is none: such
// names are written by groundplan, never by users.
func Traversal(name string) Value {
	if !IsTraversal(name) {
		panic("value: not a traversal: " + name)
	}
	return Value{Kind: TraversalKind, Text: name}
}

// Join is one string made of its parts in their order.
func Join(parts ...Value) Value { return Value{Kind: JoinKind, Items: parts} }

// Equal is whether two values are the same.
func Equal(one, other Value) Value { return Value{Kind: EqualKind, Items: []Value{one, other}} }

// List is a list in the given order.
func List(items ...Value) Value { return Value{Kind: ListKind, Items: items} }

// Strings is a list of strings in the given order.
func Strings(items []string) Value {
	values := make([]Value, len(items))
	for i, s := range items {
		values[i] = String(s)
	}
	return List(values...)
}

// Ints is a list of numbers in the given order.
func Ints(items []int) Value {
	values := make([]Value, len(items))
	for i, n := range items {
		values[i] = Int(n)
	}
	return List(values...)
}

// Object keeps its fields in the given order: for arguments of an object type.
func Object(fields ...Field) Value { return Value{Kind: ObjectKind, Fields: fields} }

// Row is an object whose fields are read together, such as a least and a most: it is printed on one line when all of them are
// plain or lists, and there is room.
func Row(fields ...Field) Value { return Value{Kind: ObjectKind, Fields: fields, Bool: true} }

// Map sorts its fields by name: for maps, whose order means nothing.
func Map(fields ...Field) Value {
	sorted := slices.Clone(fields)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].Name < sorted[j].Name })
	return Object(sorted...)
}

// Providers is the providers argument of a module call, whose names are references.
func Providers(fields ...Field) Value {
	bare := slices.Clone(fields)
	for i, f := range bare {
		if !IsTraversal(f.Name) {
			panic("value: not a traversal: " + f.Name)
		}
		bare[i].Bare = true
	}
	return Object(bare...)
}

// Call is a function call, as in jsonencode({...}). Of several arguments only the last may take more than one line.
func Call(function string, arguments ...Value) Value {
	return Value{Kind: CallKind, Text: function, Items: arguments}
}

// Known reports whether the value is a literal through and through, and not left to Terraform to find out.
func (v Value) Known() bool {
	if v.Kind == ReferenceKind || v.Kind == TraversalKind {
		return false
	}
	unknown := func(item Value) bool { return !item.Known() }
	return !slices.ContainsFunc(v.Items, unknown) && !slices.ContainsFunc(v.Fields, func(f Field) bool { return unknown(f.Value) })
}

// Refs are the references in the value, in the order of its parts.
func (v Value) Refs() []Ref {
	var refs []Ref
	v.Each(func(ref Ref) { refs = append(refs, ref) })
	return refs
}

// Each calls visit for each reference in the value, in the order of its parts.
func (v Value) Each(visit func(Ref)) {
	if v.Kind == ReferenceKind {
		visit(*v.Ref)
	}
	for _, item := range v.Items {
		item.Each(visit)
	}
	for _, f := range v.Fields {
		f.Value.Each(visit)
	}
}

// Names are the names of an object's fields in its order; nil for a value that is no object.
func (v Value) Names() []string {
	var names []string
	for _, f := range v.Fields {
		names = append(names, f.Name)
	}
	return names
}

// Field is the value of an object's field; false when it has none of that name.
func (v Value) Field(name string) (Value, bool) {
	i := slices.IndexFunc(v.Fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Value{}, false
	}
	return v.Fields[i].Value, true
}

// With are the fields of an object, those of one name with another's value, and behind them what the other has besides.
func (v Value) With(other Value) []Field {
	fields := slices.Clone(v.Fields)
	for _, f := range other.Fields {
		if i := slices.IndexFunc(fields, func(own Field) bool { return own.Name == f.Name }); i >= 0 {
			fields[i].Value = f.Value
		} else {
			fields = append(fields, f)
		}
	}
	return fields
}

// And is a map with the fields of another, sorted by name. Those of one name both stay: the caller looks at Names first.
func (v Value) And(other Value) Value { return Map(slices.Concat(v.Fields, other.Fields)...) }

// IsTraversal reports whether a text is names joined by dots, each with a plain string in brackets behind it or without.
func IsTraversal(s string) bool {
	for {
		end := strings.IndexAny(s, ".[")
		if end < 0 {
			return Identifier(s)
		}
		if !Identifier(s[:end]) {
			return false
		}
		if s[end] == '[' {
			index, rest, closed := strings.Cut(s[end+1:], `"]`)
			if !closed || !strings.HasPrefix(index, `"`) || !Plain(index[1:]) {
				return false
			}
			if rest == "" {
				return true
			}
			s, end = rest, 0
			if s[0] != '.' {
				return false
			}
		}
		s = s[end+1:]
	}
}

// Identifier reports what hclsyntax.ValidIdentifier reports, without starting its scanner for the ASCII names that nearly
// all are.
func Identifier(name string) bool {
	for i := 0; i < len(name); i++ {
		c := name[i]
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c != '-' && (c < '0' || c > '9')) {
			return hclsyntax.ValidIdentifier(name)
		}
	}
	return name != ""
}

// Plain reports whether s needs no escape inside an HCL string.
func Plain(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c < ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '$' || c == '%':
			return false
		}
	}
	return true
}

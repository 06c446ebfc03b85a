package source

import "github.com/hashicorp/hcl/v2"

// ValueKind says which fields of a Value hold.
type ValueKind int

const (
	// Absent is the zero value: nothing was written.
	Absent ValueKind = iota
	String
	Int
	Float
	Bool
	Nil
	// Object is a composite or object literal; Fields hold its settings in source order.
	Object
	// List is a list literal; Fields hold its elements with empty names.
	List
	// Constant is a named constant of the framework that is neither number nor text to us, by qualified name:
	// "encore.dev/pubsub.AtLeastOnce".
	Constant
	// Reference names something of the application itself: an endpoint, a handler. Text is its name, Package its
	// directory.
	Reference
	// Opaque is an expression a setting may hold but groundplan need not read, such as an inline function.
	Opaque
)

// Value is a constant as the source spells it. Durations in Go are Int, in nanoseconds (time) or seconds (cron).
type Value struct {
	Kind    ValueKind
	Text    string
	Package string
	Int     int64
	Float   float64
	Bool    bool
	Fields  []Field
	At      hcl.Range
}

// Field is one setting of an Object, or one element of a List.
type Field struct {
	Name  string
	Value Value
	At    hcl.Range // of the name
}

// Field returns the named field's value, Absent when it was not written. Names compare without regard to case and
// underscores, so that one settings struct serves AckDeadline, ackDeadline and ack_deadline.
func (v Value) Field(name string) Value {
	for _, f := range v.Fields {
		if SameName(f.Name, name) {
			return f.Value
		}
	}
	return Value{At: v.At}
}

// SameName compares without regard to case and underscores.
func SameName(a, b string) bool {
	i, j := 0, 0
	for {
		for i < len(a) && a[i] == '_' {
			i++
		}
		for j < len(b) && b[j] == '_' {
			j++
		}
		if i == len(a) || j == len(b) {
			return i == len(a) && j == len(b)
		}
		if lower(a[i]) != lower(b[j]) {
			return false
		}
		i++
		j++
	}
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

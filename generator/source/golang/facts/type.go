package facts

import (
	"strings"
)

// Type is a named type, as far as rules ask about it.
type Type struct {
	File   *File
	At     Span
	Shape  Shape
	Target Name // what an alias or a defined type is made from, when that is a named type
	// Embeds are an interface's embedded types; Plain says that it has nothing else, no method and no type list.
	Embeds []Name
	Plain  bool
	Fields []Field
	// Generic says that the type has type parameters.
	Generic bool
}

// Shape is what a type is made from.
type Shape int

// The shapes of types; ShapeNamed is made from another named type, ShapeOther from all else.
const (
	ShapeOther Shape = iota
	ShapeStruct
	ShapeInterface
	ShapeNamed
)

// Field is a field of a struct; Name is "" when it is embedded.
type Field struct {
	Name  string
	Tag   string // without quotes
	At    Span
	TagAt Span // the whole literal; empty when there is none
}

// TagValue returns the name in a struct tag's value, without options.
func TagValue(tag, key string) (string, bool) {
	for tag != "" {
		tag = strings.TrimLeft(tag, " ")
		name, rest, ok := strings.Cut(tag, `:"`)
		if !ok {
			return "", false
		}
		end := 0
		for end < len(rest) && rest[end] != '"' {
			if rest[end] == '\\' {
				end++
			}
			end++
		}
		if end >= len(rest) {
			return "", false
		}
		if name == key {
			value, _, _ := strings.Cut(rest[:end], ",")
			return value, true
		}
		tag = rest[end+1:]
	}
	return "", false
}

package value

import (
	"slices"
	"testing"
)

func TestKnown(t *testing.T) {
	for _, test := range []struct {
		value Value
		want  bool
	}{
		{String("module.key.arn"), false},
		{String("${module.key.arn}"), false}, // the dollar is a text's own, and escaped
		{Int(3), false},
		{Bool(true), false},
		{Strings([]string{"a", "b"}), false},
		{Traversal("module.key.arn"), true},
		{Join(String("a-"), Traversal("var.b")), true},
		{List(String("a"), Traversal("local.b")), true},
		{Object(Field{Name: "a", Value: List(Object(Field{Name: "b", Value: Traversal("local.c")}))}), true},
		{Object(Field{Name: "local", Value: String("a")}), false},
		{Call("jsonencode", Object(Field{Name: "a", Value: Traversal("local.b")})), true},
		{Call("jsonencode", Object()), false},
	} {
		if got := !test.value.Known(); got != test.want {
			t.Errorf("%+v: %v, want %v", test.value, got, test.want)
		}
	}
}

func TestAndKeepsTheOrderOfMaps(t *testing.T) {
	first := Map(Field{Name: "b", Value: Int(1)})
	both := first.And(Map(Field{Name: "c", Value: Int(3)}, Field{Name: "a", Value: Int(2)}))
	if got := both.Names(); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("fields %v", got)
	}
	if got := first.Names(); !slices.Equal(got, []string{"b"}) {
		t.Errorf("the first map has changed: %v", got)
	}
}

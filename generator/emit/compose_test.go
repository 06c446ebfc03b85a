package emit

import (
	"slices"
	"testing"
)

func TestRefers(t *testing.T) {
	for _, test := range []struct {
		value Value
		want  bool
	}{
		{String("module.key.arn"), false},
		{String("${module.key.arn}"), false}, // the dollar is a text's own, and escaped
		{Int(3), false},
		{Bool(true), false},
		{Strings([]string{"a", "b"}), false},
		{Ref("module.key.arn"), true},
		{Template("a-", "var.b"), true},
		{List(String("a"), Ref("local.b")), true},
		{Object(Arg{Name: "a", Value: List(Object(Arg{Name: "b", Value: Ref("local.c")}))}), true},
		{Object(Arg{Name: "local", Value: String("a")}), false},
		{Call("jsonencode", Object(Arg{Name: "a", Value: Ref("local.b")})), true},
		{Call("jsonencode", Object()), false},
	} {
		if got := test.value.Refers(); got != test.want {
			t.Errorf("%+v: %v, want %v", test.value, got, test.want)
		}
	}
}

func TestAndKeepsTheOrderOfMaps(t *testing.T) {
	first := Map(Arg{Name: "b", Value: Int(1)})
	both := first.And(Map(Arg{Name: "c", Value: Int(3)}, Arg{Name: "a", Value: Int(2)}))
	if got := both.Fields(); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("fields %v", got)
	}
	if got := first.Fields(); !slices.Equal(got, []string{"b"}) {
		t.Errorf("the first map has changed: %v", got)
	}
}

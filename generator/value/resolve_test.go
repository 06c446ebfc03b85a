package value

import (
	"errors"
	"reflect"
	"testing"

	"github.com/groundplan/groundplan/generator/app"
)

func TestResolve(t *testing.T) {
	topic := app.ID{Kind: "topic", Name: "signups"}
	find := func(ref Ref) (any, error) {
		if ref.Of != topic {
			return nil, errors.New("unknown")
		}
		return ref.Attribute + ref.Key, nil
	}
	for _, test := range []struct {
		value Value
		want  any // nil for an error
	}{
		{Value{}, ""},
		{Int(3), 3.0},
		{Bool(true), true},
		{Of(topic, "arn"), "arn"},
		{Reference(Ref{Of: topic, Attribute: "users", Key: "a"}), "usersa"},
		{Join(String("x/"), Of(topic, "arn"), Int(2)), "x/arn2"},
		{Equal(Of(topic, "arn"), String("arn")), true},
		{Equal(Of(topic, "arn"), String("")), false},
		{List(Of(topic, "arn"), String("b")), []any{"arn", "b"}},
		{Map(Field{Name: "a", Value: Strings([]string{"b"})}), map[string]any{"a": []any{"b"}}},
		{Traversal("var.image_tag"), nil},
		{Call("jsonencode", Object()), nil},
		{Of(app.ID{Kind: "bucket", Name: "b"}, "arn"), nil},
		{List(Object(Field{Name: "a", Value: Join(Traversal("var.a"))})), nil},
	} {
		got, err := test.value.Resolve(find)
		if (err != nil) != (test.want == nil) || err == nil && !reflect.DeepEqual(got, test.want) {
			t.Errorf("%+v: %v, %v; want %v", test.value, got, err, test.want)
		}
	}
}

func TestRefs(t *testing.T) {
	a, b := Ref{Of: app.ID{Name: "a"}, Attribute: "x"}, Ref{Of: app.ID{Name: "b"}, Attribute: "y"}
	got := Object(Field{Name: "f", Value: List(Join(String("-"), Reference(a)))}, Field{Name: "g", Value: Call("f", Reference(b))}).Refs()
	if !reflect.DeepEqual(got, []Ref{a, b}) {
		t.Error(got)
	}
}

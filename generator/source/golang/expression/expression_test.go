package expression_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/golang/expression"
	"github.com/groundplan/groundplan/generator/source/golang/facts"
	"github.com/groundplan/groundplan/generator/source/golang/vocabulary"
)

func parse(t *testing.T, text string) ast.Expr {
	t.Helper()
	e, err := parser.ParseExpr(text)
	if err != nil {
		t.Fatal(text, err)
	}
	return e
}

var file = &facts.File{Name: "a/a.go", Imports: []facts.Import{{Path: "time"}, {Path: "encore.dev/pubsub"}, {Name: "ctx", Path: "context"}}}

// TestNames: what a type is called, through how many pointers, and how a message shows it.
func TestNames(t *testing.T) {
	for _, test := range []struct {
		text, name string
		stars      int
		described  string
	}{
		{"T", "T", 0, "is of type T"}, {"p.T", "p.T", 0, "is of type p.T"}, {"*T", "T", 1, "is of type *T"}, {"(*(*p.T))", "p.T", 2, "is of type (*(*p.T))"}, {"*T[int]", "T", 1, "is of type *T[int]"}, {"p.T[A, B]", "p.T", 0, "is of type p.T[A, B]"}, {"[3]T", "", 0, "is of type [3]T"}, {"[...]T", "", 0, "is of type [...]T"}, {"<-chan T", "", 0, "is of type <-chan T"}, {"chan<- T", "", 0, "is of type chan<- T"}, {"chan T", "", 0, "is of type chan T"},
		{"[]T", "", 0, "is of type []T"}, {"map[string]*T", "", 0, "is of type map[string]*T"}, {"struct{}", "", 0, "is an inline struct"}, {"func()", "", 0, "is a function type"}, {"interface{}", "", 0, "is an interface"}, {"a.b.C", "", 0, "is of type a.b.C"},
	} {
		name, stars, ok := expression.PointedName(file, parse(t, test.text))
		if ok != (test.name != "") || ok && name.String() != test.name || stars != test.stars {
			t.Errorf("%s is %q through %d pointers, want %q through %d", test.text, name.String(), stars, test.name, test.stars)
		}
		if got := expression.HasType(parse(t, test.text)); got != test.described {
			t.Errorf("%s: %q, want %q", test.text, got, test.described)
		}
	}
	for text, want := range map[string]string{
		"f(1)": "f(...)", "a + -1": "a + -1", "func() {}": "a function literal", "T{}": "T{...}", `"a"`: `"a"`, "&x": "&x", "x[1]": "x[1]", "(x)": "(x)", "x.(T)": "this expression",
	} {
		if got := expression.DescribeExpr(parse(t, text)); got != want {
			t.Errorf("%s is shown as %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]bool{"ctx.Context": true, "context.Context": false, "ctx.Other": false, "Context": false} {
		if got := expression.IsImported(file, parse(t, text), "context", "Context"); got != want {
			t.Errorf("%s is context.Context: %v", text, got)
		}
	}
	for text, want := range map[string]string{`"a\n"`: "a\n", "`b`": "b", `"a" + "b"`: "", "x": "", "1": "", `("a")`: ""} {
		if got, ok := expression.StringLiteral(parse(t, text)); got != want || ok != (want != "") {
			t.Errorf("%s is the literal %q, %v", text, got, ok)
		}
	}
}

// TestSettings: the value of a setting, or what is wrong with it.
func TestSettings(t *testing.T) {
	spelling := source.GoSpelling{Kind: "topic", Package: "encore.dev/pubsub", ConfigType: "TopicConfig", Constants: map[string]source.Value{"Once": {Kind: source.String, Text: "once"}}, Handler: "Handler", Opaque: []string{"Opaque"}, References: []string{"Endpoint"}}
	language := vocabulary.New("app.example", []source.GoSpelling{spelling})
	for text, want := range map[string]string{
		"1": "the number 1", "-1.5": "the number -1.5", "2.0": "the number 2", `"a" + "b"`: `the string "ab"`, "true": "true", "own": "!", "nil": "nil", "30 * time.Second": "the number 30000000000",
		"time.Duration(2) * time.Minute": "the number 120000000000", "pubsub.Once": `the string "once"`, "pubsub.Other": "the constant encore.dev/pubsub.Other", "7 / 2": "the number 3", "7 % 4": "the number 3", "7.5 / 2": "the number 3.75", "7.5 % 2": "!",
		"1 / 0": "!", "1 << 10": "the number 1024", "1 << 64": "!", "1 << 65 >> 65": "!", "time.Second(1)": "!", "6 &^ 2": "the number 4", "1 + x": "!", "f()": "!", `-"a"`: "!", "9223372036854775808": "!", "1i": "!", "other.Once": "!", `1 + "a"`: "!", "true + 1": "!", "time.Second + 1": "the number 1000000001",
		"[]int{1, 2}": "a list", "[]int{x}": "!", "T{A: 1}": "an object", "&T{A: 1}": "an object", "T{1}": "!", "T{A: x}": "!", "int(1)": "!", "!true": "!",
	} {
		p := &facts.Package{Symbols: map[string]token.Token{"own": token.CONST}}
		value, ok := expression.Settings(p, file, language, &spelling, parse(t, "pubsub.TopicConfig{Setting: "+text+"}"))
		got := "!"
		if ok {
			got = source.DescribeValue(value.Field("Setting"))
		}
		if got != want || ok != (len(p.Diags) == 0) {
			t.Errorf("%s is %s, want %s (%d messages)", text, got, want, len(p.Diags))
		}
	}
	for text, want := range map[string]string{
		"Handler: a.Handle": "Reference Handle", "Handler: (Handle)": "Reference Handle", "Handler: func() {}": "Opaque ", "Handler: nil": "Nil ", "Opaque: f()": "Opaque ", "Endpoint: Run": "Reference Run",
	} {
		value, ok := expression.Settings(&facts.Package{}, file, language, &spelling, parse(t, "T{"+text+"}"))
		kind := map[source.ValueKind]string{source.Reference: "Reference", source.Opaque: "Opaque", source.Nil: "Nil"}[value.Fields[0].Value.Kind]
		if got := kind + " " + value.Fields[0].Value.Text; !ok || got != want {
			t.Errorf("%s is %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{"config", "f()", "T{1}", "T{f(): 1}", "&T{}"} {
		p := &facts.Package{}
		if _, ok := expression.Settings(p, file, language, &spelling, parse(t, text)); ok || len(p.Diags) != 1 {
			t.Errorf("%s are settings, %d messages", text, len(p.Diags))
		}
	}
	hides := &facts.Package{Symbols: map[string]token.Token{"true": token.VAR, "nil": token.VAR, "time": token.VAR}}
	for _, text := range []string{"true", "nil", "time.Second", "time.Duration(1)"} {
		if _, ok := expression.Settings(hides, file, language, &spelling, parse(t, "T{A: "+text+"}")); ok {
			t.Errorf("%s is a constant where the package redefines it", text)
		}
	}
}

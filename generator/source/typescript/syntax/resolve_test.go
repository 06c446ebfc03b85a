package syntax

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestI2_TypeScriptNames: what a name means, where blocks, parameters and functions shadow.
func TestI2_TypeScriptNames(t *testing.T) {
	for _, test := range []struct{ name, source, want string }{
		{"import", "import {a as b} from 'm'; b", "b:1"},
		{"not the imported name", "import {a as b} from 'm'; a", "a:-"},
		{"parameter shadows", "import {a} from 'm'; (a) => a", "a:local"},
		{"block shadows", "const a = 1; { const a = 2; a } a", "a:local, a:1"},
		{"use before let", "const a = 1; { a; let b = a }", "a:1, a:1"},
		{"var leaves blocks", "function f() { a; if (b) { var a = 1 } }", "a:local, b:-"},
		{"var is the parameter", "function f(a) { var a; a }", "a:local, a:local"},
		{"default sees parameters, not the body", "const b = 1; function f(a = b) { var b = 2; b }", "b:1, b:local"},
		{"function is visible before it stands", "f(); function f() {}", "f:1"},
		{"function expression sees itself", "const a = function b() { b }; b", "b:local, b:-"},
		{"catch", "try {} catch (e) { e } e", "e:local, e:-"},
		{"for", "for (const a of b) a; a", "b:-, a:local, a:-"},
		{"switch", "switch (a) { case a: let a = 1; a }", "a:-, a:local, a:local"},
		{"destructuring", "const {a, b: {c = a}, ...d} = e; [a, b, c, d]", "a:1, e:-, a:1, b:-, c:1, d:1"},
		{"shorthand", "const a = 1; ({a, b: a})", "a:1, a:1"},
		{"member is no reference", "const a = 1; b.a", "b:-"},
		{"type and value of one name", "import T from 'm'; type U = T; const U = 1; U; let x: U", "T:1, U:1, U:1"},
		{"typeof in a type", "const a = 1; f<typeof a>()", "f:-, a:1"},
		{"export", "const a = 1; export {a as b}; export default a", "a:1, a:1"},
		{"element", "import {A, b} from 'm'; <A><b/><A.C/></A>", "A:1, A:1"},
		{"class", "class A { m() { return A } } new A", "A:1, A:1"},
	} {
		t.Run("I2 "+test.name, func(t *testing.T) {
			file, err := Parse("a.tsx", test.source)
			if err != nil {
				t.Fatal(err)
			}
			if got := references(file, Resolve(file)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// references prints every reference: name:1 for a name of the top level, name:local for a local one, name:- for none.
func references(file *File, names *Names) string {
	var list []string
	declared := map[Span]bool{}
	for _, b := range names.All {
		declared[b.At] = true
		for _, id := range b.References {
			if id.Binding != b {
				panic(fmt.Sprintf("%s is a reference to another binding", id.Name))
			}
		}
	}
	Walk(file, func(n Node, _ []Node) bool {
		if id, ok := n.(*Identifier); ok && !declared[id.Span] {
			switch {
			case id.Binding == nil:
				list = append(list, id.Name+":-")
			case id.Binding.TopLevel:
				list = append(list, id.Name+":1")
			default:
				list = append(list, id.Name+":local")
			}
		}
		return true
	})
	return strings.Join(list, ", ")
}

// TestI2_TypeScriptModules: imports and exports as a reader of applications wants them.
func TestI2_TypeScriptModules(t *testing.T) {
	file, err := Parse("a.ts", `import {api as a, type T} from "encore.dev/api";
import * as ns from "./ns";
export const x = new Topic<Event & Other>("name"), {y} = a(async () => await import("./lazy"));
export function f(a: string): void;
export function f(a: any) {}
export {ns as z} from "./z";
export default x;
`)
	if err != nil {
		t.Fatal(err)
	}
	Resolve(file)
	var got []string
	for _, i := range file.Imports {
		line, column := file.Position(i.Module.Start)
		got = append(got, fmt.Sprintf("import %s %d:%d, %d names, form %d", i.Module.Value, line, column, len(i.Named), i.Form))
	}
	for _, e := range file.Exports {
		line, column := file.Position(e.NameAt.Start)
		got = append(got, fmt.Sprintf("export %s %d:%d local %v from %v value %v", e.Name, line, column, e.Local != nil, e.From != nil, e.Value != nil))
	}
	want := []string{
		"import encore.dev/api 1:32, 2 names, form 0",
		"import ./ns 2:21, 0 names, form 0",
		"import ./lazy 3:85, 0 names, form 2",
		"export x 3:14 local true from false value false",
		"export y 3:53 local true from false value false",
		"export f 5:17 local true from false value false",
		"export z 6:15 local false from true value false",
		"export default 7:8 local false from false value true",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	topic := Unwrap(file.Statements[2].(*Variables).Declarators[0].Value).(*New)
	combined, ok := topic.Types[0].(*CombinedType)
	if !ok || !combined.Intersection || combined.Types[1].(*TypeReference).Path[0].Name != "Other" {
		t.Errorf("the type argument is %#v", topic.Types[0])
	}
	if name, ok := topic.Arguments[0].(*String); !ok || name.Value != "name" {
		t.Errorf("the argument is %#v", topic.Arguments[0])
	}
}

// TestI2_TypeScriptLiterals: the values that settings are made of.
func TestI2_TypeScriptLiterals(t *testing.T) {
	for _, test := range []struct {
		source string
		want   any
	}{
		{`'a\'b\n\x41\u0042\u{1F600}\
c'`, "a'b\nAB\U0001F600c"},
		{`"\uD83D\uDE00"`, "\U0001F600"},
		{"`a\r\nb`", "a\nb"},
		{"`\\``", "`"},
		{"1_000", 1000.0},
		{"0xFF", 255.0},
		{"0b11", 3.0},
		{"0o17", 15.0},
		{"1e3", 1000.0},
		{".5", 0.5},
		{"10n", 10.0},
	} {
		file, err := Parse("a.ts", "("+test.source+")")
		if err != nil {
			t.Errorf("%s: %v", test.source, err)
			continue
		}
		var got any
		switch e := Unwrap(file.Statements[0].(*ExpressionStatement).Expression).(type) {
		case *String:
			got = e.Value
		case *Template:
			got = e.Texts[0]
		case *Number:
			got, _ = e.Float()
		}
		if got != test.want {
			t.Errorf("%s: got %#v, want %#v", test.source, got, test.want)
		}
	}
}

package settings

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/groundplan/groundplan/generator/diagnostic"
)

var (
	garden  = &Scope{Summary: "Only for gardens", Hint: "remove it", Detail: "The %s %q is about plants.", Note: "Gardens only."}
	kitchen = &Scope{Summary: "Only for kitchens", Hint: "remove it", Detail: "The %s %q is about stoves.", Note: "Kitchens only."}
)

// bedTable has a setting of every type.
var bedTable = &Grammar{
	Type: "bed", Label: "name", Meaning: "Where plants stand.", Title: `bed "<name>", border`,
	Settings: []Setting{
		{Name: "plant", Type: String, Default: "none", Meaning: "What grows.", Check: func(value any) (detail, hint string) {
			if plant := value.(string); plant != "rose" && plant != "leek" {
				return fmt.Sprintf("%q does not grow.", plant), `use "rose" or "leek"`
			}
			return "", ""
		}},
		{Name: "rows", Type: Integer, Default: "`1`", Meaning: "How many.", Words: map[string]int{"many": -1, "one": 1}},
		{Name: "depth", Type: Number, Meaning: "How deep."},
		{Name: "raised", Type: Bool, Meaning: "Whether it is raised."},
		{Name: "rest", Type: Duration, Meaning: "How long it rests.", Only: garden},
		{Name: "tools", Type: StringList, Meaning: "What is needed."},
		{Name: "months", Type: IntegerList, Meaning: "When."},
		{Name: "labels", Type: StringMap, Meaning: "What signs say.", Remedy: "write one text for all languages"},
		{Name: "water", Type: Object, Default: "below", Meaning: "When it rains too little."},
		{Name: "water.liters", Type: Integer, Required: true, Meaning: "How much."},
		{Name: "water.pause", Type: Duration, Meaning: "How often."},
		{Name: "stove", Type: String, Meaning: "None.", Only: kitchen},
	},
}

// shelves are more settings than a hint lists.
var shelves = func() (list []Setting) {
	for i := range mostListed + 1 {
		list = append(list, Setting{Name: fmt.Sprintf("shelf_number_%d", i)})
	}
	return list
}()

var houseTable = &Table{
	Page:     "garden.md",
	Advice:   map[string]string{"price": "prices stand in another file"},
	Duration: func(text string) bool { return strings.HasSuffix(text, "h") },
	File: &Grammar{Blocks: []*Grammar{
		{Type: "owner", Label: "name", Repeat: Once, Meaning: "Whose it is."},
		bedTable,
		{Type: "border", Like: bedTable, Settings: []Setting{{Name: "length", Type: Integer}}, Blocks: []*Grammar{
			{Type: "edge", Meaning: "What is around.", Settings: []Setting{{Name: "stone", Type: String, Required: true, Meaning: "Of what."}, {Name: "gate.open", Type: Bool, Meaning: "Whether it is open."}}},
		}},
		{Type: "visit", Label: "day", Repeat: Repeated, Only: garden, Meaning: "Who came."},
		{Type: "shed", Settings: shelves},
		{Type: "note", Label: `about" "whom`, Free: true},
	}},
}

const whole = `owner "Ada" {}

bed "a" {
  plant  = ("rose")
  rows   = "many"
  depth  = -0.5
  raised = true
  rest   = "3h"
  tools  = (["spade", <<EOT
two lines
of text
EOT
  ])
  months = [4, 5]
  labels = { en = "Rose", "de" = "Röse" }
  water  = { "liters" = 3 }
}

border {
  length = 0
  edge {
    stone = ""
    gate  = { open = false }
  }
}

visit "Monday" {}
visit "Monday" {}

note "to" "gardener" {
  text = { a = [1, "x", -2] }
}
`

const wholeRead = `owner "Ada"@1:7-12 1:1-12
bed "a"@3:5-8 3:1-8
  plant@4:3-8 4:12-20 "rose"
  rows@5:3-7 5:12-18 -1
  depth@6:3-8 6:12-16 -0.5
  raised@7:3-9 7:12-16 true
  rest@8:3-7 8:12-16 "3h"
  tools@9:3-8 9:12-5 []string{"spade", "two lines\nof text\n"} ["spade"@9:14-21 "two lines\nof text\n"@9:23-4]
  months@14:3-9 14:12-18 []int{4, 5} [""@14:13-14 ""@14:16-17]
  labels@15:3-9 15:12-42 map[string]string{"de":"Röse", "en":"Rose"} [en@15:14-16 "Rose"@15:19-25 de@15:27-31 "Röse"@15:34-40]
  water@16:3-8 16:12-28 <nil>
  water.liters@16:14-22 16:25-26 3
border "" 19:1-7
  length@20:3-9 20:12-13 0
  edge "" 21:3-7
    stone@22:5-10 22:13-15 ""
    gate@23:5-9 23:13-29 <nil>
    gate.open@23:15-19 23:22-27 false
visit "Monday"@27:7-15 27:1-15
visit "Monday"@28:7-15 28:1-15
note "to gardener"@30:6-21 30:1-21
  text@31:3-7 31:10-30 { a = [1, "x", -2] }
`

func columns(at hcl.Range) string {
	return fmt.Sprintf("%d:%d-%d", at.Start.Line, at.Start.Column, at.End.Column)
}

// describe prints a block with the place of everything in it.
func describe(b *Block) string {
	var out strings.Builder
	for _, a := range b.Attributes {
		value := fmt.Sprintf("%#v", a.Value)
		if free, is := a.Value.(cty.Value); is {
			value = string(hclwrite.TokensForValue(free).Bytes())
			value = strings.Join(strings.Fields(value), " ")
		}
		fmt.Fprintf(&out, "%s@%s %s %s", a.Name, columns(a.NameAt), columns(a.At), value)
		var parts []string
		for _, part := range a.Parts {
			key := ""
			if part.Key != "" {
				key = part.Key + "@" + columns(part.KeyAt) + " "
			}
			parts = append(parts, fmt.Sprintf("%s%q@%s", key, part.Text, columns(part.At)))
		}
		if parts != nil {
			fmt.Fprintf(&out, " %s", parts)
		}
		out.WriteString("\n")
	}
	for _, inner := range b.Blocks {
		place := ""
		if inner.Label != "" {
			place = "@" + columns(inner.LabelAt)
		}
		fmt.Fprintf(&out, "%s %q%s %s\n", inner.Type, inner.Label, place, columns(inner.At))
		for _, line := range strings.SplitAfter(describe(inner), "\n") {
			if line != "" {
				out.WriteString("  " + line)
			}
		}
	}
	return out.String()
}

func read(text string, scope *Scope) (*Block, hcl.Diagnostics) {
	file, diags := Parse("garden.hcl", []byte(text), houseTable)
	if diags.HasErrors() {
		return nil, diags
	}
	return file.Read(scope)
}

func TestEveryTypeHasItsPlace(t *testing.T) {
	root, diags := read(whole, garden)
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	if d := cmp.Diff(wholeRead, describe(root)); d != "" {
		t.Error(d)
	}
}

// messages prints a line for each diagnostic: line, columns, summary, detail and remedy.
func messages(diags hcl.Diagnostics) (lines []string) {
	for _, d := range diags {
		lines = append(lines, columns(*d.Subject)+" "+d.Summary+": "+strings.ReplaceAll(diagnostic.Text(d), "\n", " "))
	}
	return lines
}

func TestMistakes(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"unknown setting", `bed "a" { plnt = "rose" }`, []string{`1:11-15 Unknown setting: There is no setting "plnt" here. hint: did you mean "plant"?`}},
		{"unknown setting in the file", `length = 3`, []string{`1:1-7 Unknown setting: There is no setting "length" here. hint: it belongs in a block of type border`}},
		{"setting of another file", `bed "a" { price = 3 }`, []string{`1:11-16 Unknown setting: There is no setting "price" here. hint: prices stand in another file`}},
		{"far off among few", "border {\n edge {\n  stone = \"\"\n  colour = 3\n }\n}", []string{`4:3-9 Unknown setting: There is no setting "colour" here. hint: use "stone" or "gate"`}},
		{"far off among many", `shed { colour = 3 }`, []string{`1:8-14 Unknown setting: There is no setting "colour" here. hint: remove it; garden.md lists the settings`}},
		{"where there are none", `owner "a" { colour = 3 }`, []string{`1:13-19 Unknown setting: There is no setting "colour" here. hint: remove it: there are none here`}},
		{"unknown member", `bed "a" { water = { litres = 3 } }`, []string{`1:21-27 Unknown setting: There is no setting "water.litres" here. hint: did you mean "liters"?`}},
		{"unknown member of an object without a row", "border {\n edge {\n  stone = \"\"\n  gate = { colour = 1 }\n }\n}", []string{`4:12-18 Unknown setting: There is no setting "gate.colour" here. hint: use "open"`}},
		{"unknown block", `bde "a" {}`, []string{`1:1-4 Unknown block: There is no block "bde" here. hint: did you mean "bed"?`}},
		{"block of another block", `edge {}`, []string{`1:1-5 Unknown block: There is no block "edge" here. hint: it belongs in a block of type border`}},
		{"block as a setting", `bed = {}`, []string{`1:1-4 Block written as a setting: "bed" is a block, not a setting. hint: write bed "name" { ... }`}},
		{"setting as a block", "bed \"a\" {\n  water {\n }\n}", []string{`2:3-8 Setting written as a block: "water" is a setting, not a block. hint: write it with an equals sign: water = ...`}},
		{"setting of another block as a block", "bed \"a\" {\n  length {\n }\n}", []string{`2:3-9 Setting written as a block: "length" is a setting, not a block. hint: write it with an equals sign: length = ..., in a block of type border`}},
		{"block in a free block", "note \"a\" {\n  length {\n }\n}", []string{`2:3-9 Setting written as a block: "length" is a setting, not a block. hint: write it with an equals sign: length = ...`}},
		{"missing name", "bed {\n  rows = \"few\"\n}", []string{`1:1-4 Missing block name: This bed block has no name. hint: write bed "name" { ... }`, `2:10-15 Wrong type: "rows" must be an integer, "many" or "one", not "few". hint: write an integer, "many" or "one"`}},
		{"empty name", `bed "" {}`, []string{`1:1-4 Missing block name: This bed block has no name. hint: write bed "name" { ... }`}},
		{"missing name of a free block", `note {}`, []string{`1:1-5 Missing block name: This note block has no name. hint: write note "about" "whom" { ... }`}},
		{"name too many", `bed "a" "b" {}`, []string{`1:9-12 Extraneous block name: A bed block has one name. hint: remove it`}},
		{"name of a block without one", `border "b" {}`, []string{`1:8-11 Extraneous block name: A border block has no name. hint: remove it`}},
		{"block twice", "bed \"a\" {}\nbed \"b\" {}\nbed \"a\" {}", []string{`3:1-8 Duplicate bed block: The bed "a" is already described at garden.hcl:1:1. hint: merge the two blocks`}},
		{"block without a name twice", "border {}\nborder {}", []string{`2:1-7 Duplicate border block: The border block is already described at garden.hcl:1:1. hint: merge the two blocks`}},
		{"two of one", "owner \"a\" {}\nowner \"b\" {}", []string{`2:1-10 Duplicate owner block: The owner "a" is already described at garden.hcl:1:1. hint: merge the two blocks`}},
		{"missing setting", "border {\n edge {}\n}", []string{`2:2-6 Missing setting: The edge block needs "stone". hint: add stone = ...`}},
		{"missing setting that may be misspelled", "border {\n edge {\n  stoen = \"\"\n }\n}", []string{`3:3-8 Unknown setting: There is no setting "stoen" here. hint: did you mean "stone"?`}},
		{"missing member", `bed "a" { water = {} }`, []string{`1:1-8 Missing setting: The bed block needs "water.liters". hint: add water.liters = ...`}},
		{"setting of another scope", `bed "a" { stove = 1 }`, []string{`1:11-16 Only for kitchens: The setting "stove" is about stoves. hint: remove it`}},

		{"duplicate setting", "bed \"a\" {\n  rows = 1\n  rows = 2\n}", []string{`3:3-7 Duplicate setting: It is already set at garden.hcl:2:3. hint: keep one of them`}},
		{"duplicate key of an object", `bed "a" { water = { liters = 3, "liters" = "" } }`, []string{`1:33-41 Duplicate key: "water.liters" is already set at garden.hcl:1:21. hint: keep one of them`}},
		{"duplicate key of a map", `bed "a" { labels = { a = "", a = "" } }`, []string{`1:30-31 Duplicate key: "labels.a" is already set at garden.hcl:1:22. hint: keep one of them`}},
		{"invalid key", `bed "a" { labels = { (1) = "" } }`, []string{`1:22-25 Invalid key: A key of "labels" is a name. hint: write it as a word or in quotes`}},

		{"computed", `bed "a" { tools = [var.x, upper("y"), "z${1}"] }`, []string{
			`1:20-25 Not a literal value: The value of "tools[0]" must be written out: nothing is computed here. hint: write the value itself`,
			`1:27-37 Not a literal value: The value of "tools[1]" must be written out: nothing is computed here. hint: write the value itself`,
			`1:39-46 Not a literal value: The value of "tools[2]" must be written out: nothing is computed here. hint: write the value itself`}},
		{"computed list", `bed "a" { tools = [for x in [] : x] }`, []string{`1:19-36 Not a literal value: The value of "tools" must be written out: nothing is computed here. hint: write the value itself`}},
		{"computed sum", `bed "a" { rows = 1e999999999 % 3 }`, []string{`1:18-33 Not a literal value: The value of "rows" must be written out: nothing is computed here. hint: write the value itself`}},
		{"word without quotes", `bed "a" { plant = rose }`, []string{`1:19-23 Not a literal value: The value of "plant" must be written out: nothing is computed here. hint: write "rose"`}},
		{"word that does not fit", `bed "a" { plant = tulip }`, []string{`1:19-24 Not a literal value: The value of "plant" must be written out: nothing is computed here. hint: use "rose" or "leek"`}},
		{"computed in a free block", `note "a" { x = [var.y] }`, []string{`1:16-23 Not a literal value: The value of "x" must be written out: nothing is computed here. hint: write the value itself`}},
		{"null in a free block", `note "a" { x = [null] }`, []string{`1:16-22 Wrong type: The value of "x" holds null, which says nothing. hint: leave it out`}},

		{"number too large in a free block", `note "a" { x = [-1e400] }`, []string{`1:16-24 Wrong type: The value of "x" holds a number that is too large. hint: write a smaller one`}},
		{"number too large", `bed "a" { depth = 1e400 }`, []string{`1:19-24 Wrong type: "depth" must be a number, not 1e400. hint: write a number, as in 0.5`}},

		{"value refused", `bed "a" { plant = "tulip" }`, []string{`1:19-26 Invalid value for "plant": "tulip" does not grow. hint: use "rose" or "leek"`}},
		{"number for a string", `bed "a" { plant = 007 }`, []string{`1:19-22 Wrong type: "plant" must be a string, not 007. hint: use "rose" or "leek"`}},
		{"null", `border { length = null }`, []string{`1:19-23 Wrong type: "length" must be an integer, not null. hint: write an integer, as in 512`}},
		{"fraction", `bed "a" { rows = 1.5 }`, []string{`1:18-21 Wrong type: "rows" must be an integer, "many" or "one", not 1.5. hint: write an integer, "many" or "one"`}},
		{"huge", `border { length = 2147483648 }`, []string{`1:19-29 Wrong type: "length" must be an integer, not 2147483648. hint: write an integer, as in 512`}},
		{"number in quotes", `border { length = "12" }`, []string{`1:19-23 Wrong type: "length" must be an integer, not "12". hint: write 12`}},
		{"string for a number", `bed "a" { depth = "deep" }`, []string{`1:19-25 Wrong type: "depth" must be a number, not "deep". hint: write a number, as in 0.5`}},
		{"switch in quotes", `bed "a" { raised = "true" }`, []string{`1:20-26 Wrong type: "raised" must be true or false, not "true". hint: write true`}},
		{"null for a switch", `bed "a" { raised = null }`, []string{`1:20-24 Wrong type: "raised" must be true or false, not null. hint: write true or false`}},
		{"no duration", `bed "a" { rest = "3 days" }`, []string{`1:18-26 Wrong type: "rest" must be a duration, not "3 days". hint: write a duration, as in "30s", "5m" or "7 days"`}},
		{"one element", `bed "a" { tools = "spade" }`, []string{`1:19-26 Wrong type: "tools" must be a list of strings, not "spade". hint: write ["spade"]`}},
		{"element of another type", `bed "a" { tools = ["spade", 4] }`, []string{`1:29-30 Wrong type: "tools[1]" must be a string, not 4. hint: write "4"`}},
		{"integer of another type", `bed "a" { months = [1, "May"] }`, []string{`1:24-29 Wrong type: "months[1]" must be an integer, not "May". hint: write an integer, as in 512`}},
		{"one integer", `bed "a" { months = 4 }`, []string{`1:20-21 Wrong type: "months" must be a list of integers, not 4. hint: write [4]`}},
		{"object for a list", `bed "a" { tools = {} }`, []string{`1:19-21 Wrong type: "tools" must be a list of strings, not {}. hint: write a list of strings, as in ["a", "b"]`}},
		{"list for a map", `bed "a" { labels = [] }`, []string{`1:20-22 Wrong type: "labels" must be a map of strings, not []. hint: write a map of strings, as in { name = "value" }`}},
		{"number in a map", `bed "a" { labels = { en = 3 } }`, []string{`1:27-28 Wrong type: "labels.en" must be a string, not 3. hint: write "3"`}},
		{"object in a map", `bed "a" { labels = { en = { x = 1 } } }`, []string{`1:27-36 Wrong type: "labels.en" must be a string, not { x = 1 }. hint: write one text for all languages`}},
		{"no object", `bed "a" { water = 3 }`, []string{`1:19-20 Wrong type: "water" must be an object, not 3. hint: write an object, as in { name = value }`}},
		{"long value", "bed \"a\" {\n  raised = \"" + strings.Repeat("x", 40) + "\"\n}", []string{`2:12-54 Wrong type: "raised" must be true or false, not this value. hint: write true or false`}},
		{"in source order", "bed \"a\" {\n  b {}\n  c = 1\n}\nd = 1", []string{
			`2:3-4 Unknown block: There is no block "b" here. hint: remove it: there are none here`,
			`3:3-4 Unknown setting: There is no setting "c" here. hint: use "plant", "rows", "depth", "raised", "rest", "tools", "months", "labels" or "water"`,
			`5:1-2 Unknown setting: There is no setting "d" here. hint: remove it: there are none here`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, diags := read(test.text, garden)
			if d := cmp.Diff(test.want, messages(diags)); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestSyntax: what is no HCL is reported once for each line, in words about settings.
func TestSyntax(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"one mistake does not hide another", "bed \"a\" {\n  röws = 1\n  rows 3\n  plant = \"rose\n  tools = [\"a\"]\n}", []string{
			`3:3-9 Missing equals sign: An = is missing between the setting "rows" and its value. hint: write rows = 3`,
			`4:11-16 Unclosed quote: The string has no closing quote on its line. hint: write "rose"`}},
		{"colon after letters of two bytes", "bed \"ä\" {\n  rows: 3 # ö\n}", []string{`2:3-10 Missing equals sign: Between the setting "rows" and its value stands : instead of =. hint: write rows = 3`}},
		{"setting of an inner block", "border {\n  edge {\n    stone \"x\"\n  }\n}", []string{`3:5-14 Missing equals sign: An = is missing between the setting "stone" and its value. hint: write stone = "x"`}},
		{"unknown name", "bed \"a\" {\n  rosw \"3\"\n}", []string{`2:11-1 Invalid block: This is neither a setting nor the beginning of a block. hint: write a setting as name = value and a block as name { ... }`}},
		{"two on a line", `border { length = 1, rows = 2 }`, []string{`1:20-21 Several settings on a line: A block on one line has one setting. hint: write each setting on a line of its own`}},
		{"comma", "border {\n  length = 1,\n}", []string{`2:13-14 Unexpected comma: Settings end with their line. hint: remove the comma`}},
		{"no value", "border {\n  length =\n}", []string{`2:11-1 Missing value: A value is expected here. hint: write one, or remove the line`}},
		{"list not closed", "bed \"a\" {\n  tools = [\"a\"\n}", []string{`3:1-2 Unclosed list: The list above is not closed. hint: close it with ]`}},
		{"brace below", "border\n{\n}", []string{`1:1-7 Invalid block: The brace of a block stands on the line of its name. hint: write the { at the end of this line`}},
		{"brace below a name", "bed \"a\"\n{\n}", []string{`1:8-1 Invalid block: The brace of a block stands on the line of its name. hint: write the { at the end of this line`}},
		{"brace too many", "border {\n}\n}", []string{`3:1-2 Unexpected text: This brace closes nothing. hint: remove it`}},
		{"block not closed", "border {", []string{`1:8-9 Unclosed block: The block that begins here has no closing brace. hint: add the missing }`}},
		{"block with an equals sign", `bed "a" = 3`, []string{`1:9-10 Invalid block: A block has no equals sign. hint: write it as name { ... }`}},
		{"single quotes", "border {\n  length = '1'\n}", []string{`2:12-13 Invalid character: Strings do not stand in single quotes. hint: use double quotes`}},
		{"not UTF-8", "bed \"\xff\" {\n}", []string{`1:6-7 Invalid character encoding: The file is not UTF-8. hint: save it as UTF-8`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			root, diags := read(test.text, garden)
			if d := cmp.Diff(test.want, messages(diags)); d != "" || root != nil {
				t.Error(d)
			}
		})
	}
}

// TestScope: without a scope everything is read; a scope is found before anything is checked, and what belongs to another
// one is proposed to nobody.
func TestScope(t *testing.T) {
	if _, diags := read("bed \"a\" {\n  stove = \"gas\"\n  rest = \"1h\"\n}", nil); len(diags) > 0 {
		t.Error(diags)
	}
	_, diags := read("bed \"a\" {\n  stov = 1\n}\nvisit \"x\" {}\nvist {}", kitchen)
	want := []string{
		`2:3-7 Unknown setting: There is no setting "stov" here. hint: did you mean "stove"?`,
		`4:1-6 Only for gardens: The block "visit" is about plants. hint: remove it`,
		`5:1-5 Unknown block: There is no block "vist" here. hint: use "owner", "bed", "border", "shed" or "note"`,
	}
	if d := cmp.Diff(want, messages(diags)); d != "" {
		t.Error(d)
	}
	for text, want := range map[string]string{
		`owner "a" { of = "x" }`: "x", `owner "a" { of = x }`: "", `owner "a" { of = 1 }`: "", `bed "a" { of = "x" }`: "", "bed \"a\" {}\nowner \"a\" { of = (\"y\") }": "y",
	} {
		file, _ := Parse("garden.hcl", []byte(text), houseTable)
		if got := file.Peek("owner", "of"); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// TestNothingWritten: what is not set, in a block that is not there, is zero.
func TestNothingWritten(t *testing.T) {
	var none *Block
	if none.Text("a") != "" || none.Flag("a") || none.Texts("a") != nil || none.Parts("a") != nil || none.Keys("a") != nil || none.Find("a") != nil || none.All("a") != nil || none.First("a") != nil {
		t.Error("a nil block has something in it")
	}
	root, _ := read(whole, garden)
	first, border := root.First("bed"), root.First("border")
	if first.Text("rows") != "" || first.Flag("plant") || first.Texts("months") != nil {
		t.Error("a value is read as one of another type")
	}
	if at := first.Where("none", "rows", "depth"); columns(at) != "5:12-18" || columns(first.Where("none")) != "3:1-8" {
		t.Errorf("rows stand at %s", columns(at))
	}
	if keys := first.Keys("labels"); columns(keys["de"]) != "15:27-31" || len(keys) != 2 || first.Describe() != `The bed "a"` || border.Describe() != "The border" {
		t.Errorf("keys %v", keys)
	}
}

const document = `
## owner "<name>"

Whose it is.

## bed "<name>", border

Where plants stand.

| setting | type | default | meaning |
|---|---|---|---|
| ~plant~ | string | none | What grows. |
| ~rows~ | number | ~1~ | How many. |
| ~depth~ | number |  | How deep. |
| ~raised~ | true or false |  | Whether it is raised. |
| ~rest~ | duration |  | How long it rests. Gardens only. |
| ~tools~ | list(string) |  | What is needed. |
| ~months~ | list(number) |  | When. |
| ~labels~ | map(string) |  | What signs say. |
| ~water~ | object | below | When it rains too little. |
| ~water.liters~ | number | required | How much. |
| ~water.pause~ | duration |  | How often. |
| ~stove~ | string |  | None. Kitchens only. |

## edge, in border

What is around.

| setting | type | default | meaning |
|---|---|---|---|
| ~stone~ | string | required | Of what. |
| ~gate.open~ | true or false |  | Whether it is open. |

## visit "<day>"

Who came. Gardens only.
`

func TestDocument(t *testing.T) {
	if d := cmp.Diff(strings.ReplaceAll(document, "~", "`"), houseTable.Document()); d != "" {
		t.Error(d)
	}
}

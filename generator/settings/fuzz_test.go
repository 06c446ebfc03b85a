package settings

import (
	"math"
	"slices"
	"strconv"
	"testing"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// FuzzRead: whatever stands in a file, nothing panics, every message has a place in the file and a remedy, and of a file
// without mistakes nothing is lost.
func FuzzRead(f *testing.F) {
	f.Add(whole)
	f.Add("bed \"a\" {\n  water = { (1) = 2, a.b = 3, null = 4, (null) = 5 }\n}\nlength = -true")
	f.Add("note \"a\" {\n  x = { (1e99999999) = 2 }\n  y = [{ (-1e99999999) = { 1 = 2 } }]\n}") // as a string of digits, a gigabyte
	f.Add("bed {}\nbed \"a\" \"b\" { plnt = 007 }\nborder \"x\" {\n  edge {}\n}\nnote \"\" { x = {} }\nvisit \"a\" { y = 1 }")
	f.Add("bed \"a\"\n{\n  rows: 3\n  tools = ['a'\n}\n}")
	f.Add("note a {\n  x = { \"y\" = [1, <<EOT\ny\nEOT\n  ] }\n  z = \"${1}\" ? !null : -\"a\"\n}")
	f.Fuzz(func(t *testing.T, text string) {
		for _, scope := range []*Scope{nil, garden, kitchen} {
			root, diags := read(text, scope)
			for _, d := range diags {
				if at := d.Subject; at == nil || at.Filename != "garden.hcl" || at.Start.Byte < 0 || at.Start.Byte > len(text) || at.Start.Line < 1 || at.Start.Column < 1 {
					t.Fatalf("%s: position %v outside the file", d.Summary, at)
				} else if d.Extra == nil || d.Detail == "" {
					t.Fatalf("%s: no detail or no remedy", d.Summary)
				}
			}
			if !diags.HasErrors() {
				body, _ := hclsyntax.ParseConfig([]byte(text), "garden.hcl", root.At.Start)
				holdsText(t, root, body.Body.(*hclsyntax.Body))
			} else if root == nil {
				return // no HCL, whatever the scope
			}
		}
	})
}

// holdsText compares a block with the body it was read from.
func holdsText(t *testing.T, b *Block, body *hclsyntax.Body) {
	t.Helper()
	for name := range body.Attributes {
		if b.Find(name) == nil {
			t.Fatalf("the setting %q of %s is lost", name, b.Describe())
		}
	}
	if len(b.Blocks) != len(body.Blocks) {
		t.Fatalf("%d blocks of %d", len(b.Blocks), len(body.Blocks))
	}
	for i, inner := range body.Blocks {
		if b.Blocks[i].Type != inner.Type {
			t.Fatalf("%s stands in the place of a %s", b.Blocks[i].Describe(), inner.Type)
		}
		holdsText(t, b.Blocks[i], inner.Body)
	}
}

// FuzzValues: values that are written as Terraform would write them come back as they were.
func FuzzValues(f *testing.F) {
	f.Add("", "a", 0, 0.5, true)
	f.Add("two\nlines ${x} %{if} \"quoted\" \\", "ключ", math.MaxInt32, -1e300, false)
	f.Add("\t\u2028\x00", "$${", -math.MaxInt32, math.SmallestNonzeroFloat64, true)
	f.Fuzz(func(t *testing.T, text, key string, number int, fraction float64, flag bool) {
		if !utf8.ValidString(text) || !utf8.ValidString(key) {
			return
		}
		text, key = cty.StringVal(text).AsString(), cty.StringVal(key).AsString() // cty normalises Unicode
		if math.IsNaN(fraction) || math.IsInf(fraction, 0) || number != int(int32(number)) || number == math.MinInt32 {
			return
		}
		file := hclwrite.NewEmptyFile()
		bed := file.Body().AppendNewBlock("bed", []string{"a"}).Body()
		bed.SetAttributeValue("tools", cty.TupleVal([]cty.Value{cty.StringVal(text), cty.StringVal(key)}))
		bed.SetAttributeValue("months", cty.TupleVal([]cty.Value{cty.NumberIntVal(int64(number))}))
		bed.SetAttributeValue("labels", cty.MapVal(map[string]cty.Value{key: cty.StringVal(text)}))
		bed.SetAttributeRaw("depth", hclwrite.Tokens{{Type: hclsyntax.TokenNumberLit, Bytes: []byte(strconv.FormatFloat(fraction, 'g', -1, 64))}})
		bed.SetAttributeValue("raised", cty.BoolVal(flag))
		root, diags := read(string(file.Bytes()), garden)
		if diags.HasErrors() {
			t.Fatalf("%s\n%v", file.Bytes(), messages(diags))
		}
		b := root.First("bed")
		depth, _ := b.Attribute("depth")
		months, _ := b.Attribute("months")
		labels, _ := b.Attribute("labels")
		if !slices.Equal(b.Texts("tools"), []string{text, key}) || !slices.Equal(months.Value.([]int), []int{number}) || labels.Value.(map[string]string)[key] != text ||
			depth.Value != fraction || b.Flag("raised") != flag {
			t.Fatalf("%s\nis read as %q, %v, %v, %v, %v", file.Bytes(), b.Texts("tools"), months.Value, labels.Value, depth.Value, b.Flag("raised"))
		}
	})
}

package emit

import (
	"bytes"
	"testing"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/groundplan/groundplan/generator/value"
)

// TestG1_InvalidUTF8IsRefusedAnywhere: HCL cannot carry it, and replacing it in silence would change a name.
func TestG1_InvalidUTF8IsRefusedAnywhere(t *testing.T) {
	const wrong = "a\xffb"
	for name, block := range map[string]Block{
		"comment":          {Type: "x", Comments: []string{wrong}},
		"argument comment": {Type: "x", Args: []value.Field{{Name: "a", Value: value.Int(1), Comments: []string{wrong}}}},
		"label":            {Type: "x", Labels: []string{wrong}},
		"text":             {Type: "x", Args: []value.Field{{Name: "a", Value: value.String(wrong)}}},
		"text to escape":   {Type: "x", Args: []value.Field{{Name: "a", Value: value.String(`"` + wrong)}}},
		"key":              {Type: "x", Args: []value.Field{{Name: "a", Value: value.Map(value.Field{Name: wrong, Value: value.Int(1)})}}},
		"list":             {Type: "x", Args: []value.Field{{Name: "a", Value: value.Strings([]string{wrong})}}},
		"template":         {Type: "x", Args: []value.Field{{Name: "a", Value: value.Join(value.String(wrong), value.Traversal("a.b"))}}},
		"call":             {Type: "x", Args: []value.Field{{Name: "a", Value: value.Call("jsonencode", value.String(wrong))}}},
		"inner block":      {Type: "x", Blocks: []Block{{Type: "y", Labels: []string{wrong}}}},
	} {
		if content, err := Print([]Block{block}, nil); err == nil || content != nil {
			t.Errorf("%s: printed %q, %v", name, content, err)
		}
	}
	if _, err := Print([]Block{{Type: "x", Comments: []string{"Größe"}}}, nil); err != nil {
		t.Error(err)
	}
}

// TestQuote compares with hclwrite, which quotes as Terraform reads.
func TestQuote(t *testing.T) {
	texts := []string{"", "plain", `"`, `\`, "a\nb\r\tc", "$", "%", "${x}", "%{if}", "$${", "%%{", "$%{", "{$", "a$", "\x00", "\x7f", "\u00a0", "\u2028",
		"Größe", "Gro\u0308ße", "ключ", "👩‍👩‍👧", "\U000e0001", "\ufffd", "a-${b}-c"}
	for r := range rune(0x500) {
		texts = append(texts, "a"+string(r)+"{", string(r)+string(r))
	}
	for _, text := range texts {
		if got, want := quote(text), string(hclwrite.TokensForValue(cty.StringVal(text)).Bytes()); got != want {
			t.Errorf("%q is quoted as %s, want %s", text, got, want)
		}
	}
}

// TestG1_CommentsStayComments: text of the source in a comment never becomes code, whatever it uses to break a line.
func TestG1_CommentsStayComments(t *testing.T) {
	for _, separator := range []string{"\n", "\r", "\r\n", "\u2028", "\u2029", "\u0085"} {
		content, err := Print([]Block{{Type: "x", Comments: []string{"before" + separator + "after {}"}}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.ContainsAny(content, "\r\u2028\u2029\u0085") || !bytes.Contains(content, []byte("# before")) ||
			bytes.Contains(content, []byte("\nafter")) {
			t.Errorf("%q: %q", separator, content)
		}
	}
}

// TestRefKnowsTraversals: what is no reference is a mistake of the generator's, never printed.
func TestRefKnowsTraversals(t *testing.T) {
	panics := func(text string) (is bool) {
		defer func() { is = recover() != nil }()
		value.Traversal(text)
		return false
	}
	for text, wrong := range map[string]bool{
		"a": false, "module.a.b": false, "module.a-b.c_d": false, `module.a["k"].b`: false, "a1.b2": false,
		"": true, ".a": true, "a.": true, "a..b": true, "1a": true, "a b": true, "-a": true, "a.b[0]": true, `a["k`: true, `a["${x}"]`: true, `a["k"`: true, `a["k"]b`: true, "a{": true, "a\n": true,
	} {
		if got := panics(text); got != wrong {
			t.Errorf("Ref(%q) panics: %v, want %v", text, got, wrong)
		}
	}
}

package sizes

import (
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// TestOutputsAreFilledIn: with arguments of the call, and with what AWS knows.
func TestOutputsAreFilledIn(t *testing.T) {
	text := "module \"x\" {\n  source = \"../../modules/thing\"\n  name = \"jobs\"\n  users = { a = {}, b = {} }\n}\nmodule \"y\" {\n  source = \"../../modules/thing\"\n  name = \"jobs\"\n  fifo = true\n  prefix = \"other\"\n}\n"
	stacks := Stacks{Region: "eu-west-1", Certificate: 3, Outputs: map[string]map[string]Output{"thing": {
		"arn":  {Text: "arn:aws:x:<region>:<account>:<name><fifo>"},
		"port": {Text: "443"},
		"pem":  {Text: "<certificate>"},
		"each": {Text: "<prefix|name>/<key>", Each: "users"},
		"more": {Text: "<prefix|name>"},
	}}}
	calls := blocks("x.tf", []byte(text))
	for _, c := range []struct {
		call   int
		output string
		want   cty.Value
	}{
		{0, "arn", cty.StringVal("arn:aws:x:eu-west-1:000000000000:jobs")},
		{1, "arn", cty.StringVal("arn:aws:x:eu-west-1:000000000000:jobs.fifo")},
		{0, "port", cty.NumberIntVal(443)},
		{0, "pem", cty.StringVal("xxx")},
		{0, "each", cty.ObjectVal(map[string]cty.Value{"a": cty.StringVal("jobs/a"), "b": cty.StringVal("jobs/b")})},
		{1, "each", cty.EmptyObjectVal},
		{0, "more", cty.StringVal("jobs")},
		{1, "more", cty.StringVal("other")},
		{0, "else", usual},
	} {
		if got := moduleValue(calls[c.call], c.output, stacks, evaluation(nil)); !got.RawEquals(c.want) {
			t.Errorf("%s of call %d: got %#v", c.output, c.call, got)
		}
	}
}

// TestLocalValuesStandInAnyFile: how the file that has them is called is not for this package to know.
func TestLocalValuesStandInAnyFile(t *testing.T) {
	files := map[string][]byte{
		"a.tf": []byte("locals {\n  common = { x = \"12345\" }\n}\n"), "b.tf": []byte("module \"m\" {\n}\n"), "platform.tf": []byte("locals {\n  platform = data.x.y\n}\n"),
		"README.md": []byte("locals {\n"),
	}
	names := withLocals(files)
	if len(names) != 2 || names[0] != "a.tf" || names[1] != "platform.tf" {
		t.Fatalf("local values in %v", names)
	}
	call := blocks("c.tf", []byte("module \"m\" {\n  name = \"${local.common.x}${local.platform.x}\"\n}\n"))[0]
	local := localValues(Stacks{Services: files, Platform: map[string][]byte{"o.tf": []byte("output \"x\" {\n  value = \"ab\"\n}\n")}}, names, []*hclsyntax.Block{call})
	context := &hcl.EvalContext{Variables: map[string]cty.Value{"local": local}}
	if got := argument(call, "name", context); !got.RawEquals(cty.StringVal("12345ab")) {
		t.Errorf("got %#v", got)
	}
}

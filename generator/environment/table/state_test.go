package table_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/groundplan/groundplan/generator/environment/table"
)

// TestWithState adds a block to files as people write them: what comes out is what was there, and the block.
func TestWithState(t *testing.T) {
	const added = "state {\n  bucket = \"b\"\n}\n"
	for name, test := range map[string]struct{ text, want string }{
		"empty":                  {"", "environment \"production\" {\n  state {\n    bucket = \"b\"\n  }\n}\n"},
		"no environment":         {"# ours\napp \"shop\" {}\n", "# ours\napp \"shop\" {}\n\nenvironment \"production\" {\n  state {\n    bucket = \"b\"\n  }\n}\n"},
		"no end of line":         {"app \"shop\" {}", "app \"shop\" {}\n\nenvironment \"production\" {\n  state {\n    bucket = \"b\"\n  }\n}\n"},
		"on one line":            {"environment \"production\" {} # small\n", "environment \"production\" {\n  state {\n    bucket = \"b\"\n  }\n} # small\n"},
		"one argument":           {"environment production { region = \"eu-west-1\" }\n", "environment production {\n  region = \"eu-west-1\"\n\n  state {\n    bucket = \"b\"\n  }\n}\n"},
		"nothing between braces": {"environment \"production\" {\n}\n", "environment \"production\" {\n  state {\n    bucket = \"b\"\n  }\n}\n"},
		"strange alignment, comments, two environments": {
			"environment \"staging\" {\n}\n\n/* the\nreal one */ environment \"production\" { // here\n\tregion   =    \"eu-west-1\"\n\t# state {\n\t# }\n}\nenvironment \"x\" {}",
			"environment \"staging\" {\n}\n\n/* the\nreal one */ environment \"production\" { // here\n\tregion   =    \"eu-west-1\"\n\t# state {\n\t# }\n\n\tstate {\n\t\tbucket = \"b\"\n\t}\n}\nenvironment \"x\" {}",
		},
		"comment before the brace": {"environment \"production\" {\n  region = \"a\"\n/* end */ }\n", "environment \"production\" {\n  region = \"a\"\n/* end */ \n  state {\n    bucket = \"b\"\n  }\n}\n"},
		"blank line at the end":    {"environment \"production\" {\n  region = \"a\"\n\n}\n", "environment \"production\" {\n  region = \"a\"\n\n  state {\n    bucket = \"b\"\n  }\n}\n"},
		"Windows":                  {"\xef\xbb\xbfenvironment \"production\" {\r\n    region = \"a\"\r\n}\r\n", "\xef\xbb\xbfenvironment \"production\" {\r\n    region = \"a\"\r\n\r\n    state {\r\n      bucket = \"b\"\r\n    }\r\n}\r\n"},
		"braces in texts":          {"environment \"production\" {\n  tags = { a = \"}\" } # }\n  task {\n  }\n}\n", "environment \"production\" {\n  tags = { a = \"}\" } # }\n  task {\n  }\n\n  state {\n    bucket = \"b\"\n  }\n}\n"},
	} {
		got, err := table.WithState([]byte(test.text), "production", added)
		if err != nil || string(got) != test.want {
			t.Errorf("%s: %v\n%q\nwant\n%q", name, err, got, test.want)
		}
	}
}

func TestWithStateRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"syntax":              "environment {",
		"another environment": "environment \"staging\" {}\n",
		"two bytes each":      "\xff\xfea\x00",
	} {
		if got, err := table.WithState([]byte(text), "production", "state {\n}\n"); !errors.Is(err, table.ErrLayout) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// TestStateBlock reads a block back, with a value that needs quoting.
func TestStateBlock(t *testing.T) {
	block := table.StateBlock("bucket", "shop-states", "region", "", "key_arn", "arn:aws:kms:eu-west-1:123456789012:key/a")
	text, err := table.WithState(table.Init("shop"), "production", block)
	if err != nil {
		t.Fatal(err)
	}
	file, diags := table.Parse("groundplan.hcl", text)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	state := file.Environments[0].First("state")
	if state == nil || state.Text("bucket") != "shop-states" || state.Text("region") != "" || !strings.HasSuffix(state.Text("key_arn"), "key/a") {
		t.Errorf("%s", text)
	}
}

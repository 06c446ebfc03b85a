package sizes

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// declaration names a block as pieces does.
func declaration(block *hclsyntax.Block) string {
	return strings.TrimSpace(fmt.Sprintf("%s %s", block.Type, strings.Join(block.Labels[:min(1, len(block.Labels))], "")))
}

// TestPiecesAreTheBlocks divides all that is printed, and compares with the parser.
func TestPiecesAreTheBlocks(t *testing.T) {
	count := 0
	err := filepath.WalkDir("../../golden", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".tf" || strings.Contains(path, "/modules/") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var got, want []string
		for _, p := range pieces(text) {
			parsed := blocks(path, p.text)
			if len(parsed) != 1 || declaration(parsed[0]) != strings.TrimSpace(p.kind+" "+p.label) {
				t.Errorf("%s: %s %q is no block:\n%s", path, p.kind, p.label, p.text)
			}
			got = append(got, strings.TrimSpace(p.kind+" "+p.label))
		}
		for _, block := range blocks(path, text) {
			want = append(want, declaration(block))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
		count++
		return nil
	})
	if err != nil || count < 50 {
		t.Errorf("%d files, %v", count, err)
	}
}

func TestPiecesOfWhatIsCutOff(t *testing.T) {
	got := pieces([]byte("# comment\n\nlocals {\n  a = 1\n}\noutput \"b\" {}\nmodule \"c\" {\n  source = "))
	var names []string
	for _, p := range got {
		names = append(names, p.kind+" "+p.label)
	}
	if want := []string{"locals ", "output b", "module c"}; !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}

func TestAsked(t *testing.T) {
	for text, want := range map[string]map[string]bool{
		"a = local.platform.key.arn\nb = merge(local.runtime, { c = [local.platform.network] })": {"key": true, "network": true, "cluster": false},
		"a = local.runtime": {"key": false},
		"a = local.platform[\"key\"]\nb = local.platform.cluster": {"key": true, "network": true},
		"a = values(local.platform)":                              {"key": true},
		"a = local[\"platform\"].key":                             {"key": true},
		"a = { for k, v in local.platform : k => v }":             {"key": true},
		"a = module.platform.key":                                 {"key": false},
	} {
		ask := asked(blocks("x.tf", []byte("module \"x\" {\n"+text+"\n}\n")))
		for name, is := range want {
			if ask(name) != is {
				t.Errorf("%s: %s is asked for: %v", text, name, !is)
			}
		}
	}
}

//go:build validate

package e2e_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestFuzzFindsWhatIsPlanted runs tools/fuzz over a module with a mistake that only changed inputs show, over one without, and over one
// that has no target: a run that finds nothing says something only when one that could find something does.
func TestFuzzFindsWhatIsPlanted(t *testing.T) {
	tool, err := os.ReadFile(filepath.Join("..", "tools", "fuzz"))
	if err != nil {
		t.Fatal(err)
	}
	const target = "package inner\n\nimport \"testing\"\n\nfunc FuzzInner(f *testing.F) {\n\tf.Add([]byte(\"seed\"))\n\tf.Fuzz(func(t *testing.T, text []byte) {\n\t\tif CONDITION {\n\t\t\tpanic(\"planted\")\n\t\t}\n\t})\n}\n"
	for name, test := range map[string]struct {
		content, said string
		found         bool
	}{
		"a mistake": {strings.Replace(target, "CONDITION", "len(text) > 1 && text[0] == 's' && text[1] != 'e'", 1), "planted", true},
		"none":      {strings.Replace(target, "CONDITION", "text == nil && len(text) > 0", 1), "FuzzInner, 2 s", false},
		"no target": {"package inner\n", "no target found", true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for name, content := range map[string]string{"go.mod": "module planted\n\ngo 1.24\n", "tools/fuzz": string(tool), "inner/inner_test.go": test.content} {
				if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
			defer cancel()
			out, err := exec.CommandContext(ctx, "bash", filepath.Join(dir, "tools", "fuzz"), "2").CombinedOutput()
			if (err != nil) != test.found || !strings.Contains(string(out), test.said) {
				t.Errorf("ends with %v, and says\n%s", err, out)
			}
		})
	}
}

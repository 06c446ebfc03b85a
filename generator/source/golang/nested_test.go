package golang

import (
	"os"
	"path/filepath"
	"testing"
)

// TestRequiresModule: a module below the application's is a part of it when go.mod requires it by its path there.
func TestRequiresModule(t *testing.T) {
	cases := []struct {
		name, own, below string
		want, fails      bool
	}{
		{"required", "module app\nrequire app/sub v0.0.0\n", "module app/sub\n", true, false},
		{"not required", "module app\n", "module app/sub\n", false, false},
		{"required under another path", "module app\nrequire other v0.0.0\n", "module other\n", false, false},
		{"a go.mod that cannot be read", "module app\nrequire app/sub latest\n", "module app/sub\n", false, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			root := t.TempDir()
			if err := os.Mkdir(filepath.Join(root, "sub"), 0o755); err != nil {
				t.Fatal(err)
			}
			for name, text := range map[string]string{"go.mod": c.own, "sub/go.mod": c.below} {
				if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if got, err := requiresModule(root, "app", "sub"); got != c.want || (err != nil) != c.fails {
				t.Errorf("required: %v, %v", got, err)
			}
		})
	}
}

package environment

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/emulator"
)

// What is kept changes its name with whatever decides what it holds, and only then.
func TestFingerprint(t *testing.T) {
	repository := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		file := filepath.Join(repository, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"tools/setup", "tools/requirements.txt", "e2e/emulator/server.py", "e2e/lab/environment/apply.go", "e2e/lab/ecs/task.go", "tools/opentofu"} {
		write(name, "before")
	}
	files := map[string][]byte{"trial/platform/main.tf": []byte("a"), "README.md": []byte("b")}
	engine := emulator.TerraformEngine
	sum := func() string {
		t.Helper()
		found, err := fingerprint(repository, files, engine)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	last := sum()
	if again := sum(); again != last {
		t.Errorf("the same is %s and %s", last, again)
	}
	write("e2e/lab/ecs/task.go", "after")
	if again := sum(); again != last {
		t.Error("what runs tasks changes what was applied")
	}
	for _, name := range []string{"tools/setup", "tools/requirements.txt", "e2e/emulator/server.py", "e2e/lab/environment/apply.go"} {
		write(name, "after")
		if again := sum(); again == last {
			t.Errorf("%s changes nothing", name)
		} else {
			last = again
		}
	}
	write("tools/opentofu", "after")
	if sum() != last {
		t.Error("the version of OpenTofu changes what Terraform applied")
	}
	engine = emulator.OpenTofuEngine
	if sum() == last {
		t.Error("the engine changes nothing")
	}
	last = sum()
	write("tools/opentofu", "later")
	if sum() == last {
		t.Error("the version of OpenTofu changes nothing")
	}
	last = sum()
	files["README.md"] = []byte("c")
	if sum() == last {
		t.Error("a generated file changes nothing")
	}
}

// What nobody asked for in a long time goes; what is in use, and the locks of what is being made, stay.
func TestForget(t *testing.T) {
	cache, now := t.TempDir(), time.Now()
	for name, age := range map[string]time.Duration{"old": unused + time.Hour, "new": time.Hour} {
		folder := filepath.Join(cache, name)
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(folder, now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(cache, "old.lock"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := forget(cache, now); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"old": false, "new": true, "old.lock": true} {
		if _, err := os.Stat(filepath.Join(cache, name)); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", name, err == nil, want)
		}
	}
}

// Links stay links: terraform links the provider, which is not copied for every environment.
func TestCopyTree(t *testing.T) {
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "copy")
	if err := os.Mkdir(filepath.Join(from, "folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(from, "folder", "file"), []byte("content"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/nowhere", filepath.Join(from, "link")); err != nil {
		t.Fatal(err)
	}
	if err := copyTree(from, to); err != nil {
		t.Fatal(err)
	}
	if content, err := os.ReadFile(filepath.Join(to, "folder", "file")); err != nil || string(content) != "content" {
		t.Errorf("the file holds %q: %v", content, err)
	}
	if link, err := os.Readlink(filepath.Join(to, "link")); err != nil || link != "/nowhere" {
		t.Errorf("the link leads to %q: %v", link, err)
	}
}

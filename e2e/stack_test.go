package e2e_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/groundplan/groundplan/modules"
)

// repository is the root of this repository, seen from the folder tests of this package run in.
const repository = ".."

// testStack is one Terraform root that groundplan generated.
type testStack struct {
	fixture     string // "shop"
	environment string // "production"
	name        string // "platform" or "services"
}

func (s testStack) String() string {
	return s.fixture + "/" + s.environment + "/" + s.name
}

// goldenStacks lists the stacks under golden/, sorted, a platform before the services that read it.
func goldenStacks(t testing.TB) []testStack {
	t.Helper()
	folders, err := filepath.Glob(filepath.Join(repository, "golden", "*", "infra", "*", "*", "*.tf"))
	if err != nil {
		t.Fatal(err)
	}
	var stacks []testStack
	for _, file := range folders {
		parts := strings.Split(filepath.ToSlash(file), "/")
		parts = parts[len(parts)-5:]
		if found := (testStack{fixture: parts[0], environment: parts[2], name: parts[3]}); !slices.Contains(stacks, found) {
			stacks = append(stacks, found)
		}
	}
	if len(stacks) == 0 {
		t.Fatal("no stack under golden/: nothing would be tested")
	}
	return stacks
}

// assembleInfra makes infra of a fixture what a user has on disk: the golden folder, and beside it the modules, which
// golden folders leave out because they are byte-identical copies. It returns the folder.
func assembleInfra(t testing.TB, fixture string) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), fixture, "infra")
	if err := os.CopyFS(folder, os.DirFS(filepath.Join(repository, "golden", fixture, "infra"))); err != nil {
		t.Fatal(err)
	}
	writeModules(t, filepath.Join(folder, "modules"))
	return folder
}

// writeModules puts the modules as the binary carries them into a folder.
func writeModules(t testing.TB, folder string) {
	t.Helper()
	for module, files := range modules.Files() {
		for name, content := range files {
			file := filepath.Join(folder, module, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// copyFolder copies a folder without what terraform leaves behind in it.
func copyFolder(t testing.TB, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, relative)
		if entry.IsDir() {
			if entry.Name() == ".terraform" {
				return filepath.SkipDir
			}
			return os.MkdirAll(target, 0o755)
		}
		if entry.Name() == ".terraform.lock.hcl" {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, content, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}

package golang

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/groundplan/groundplan/generator/source/sourcetest"
)

func TestFoldersThatHoldNoApplication(t *testing.T) {
	empty := t.TempDir()
	if _, _, err := Read(empty, testSpellings); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no encore.app: %v", err)
	}
	if err := os.WriteFile(filepath.Join(empty, "encore.app"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Read(empty, testSpellings); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no go.mod: %v", err)
	}
	if err := os.WriteFile(filepath.Join(empty, "go.mod"), []byte("go 1.26\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, diags, err := Read(empty, testSpellings); err != nil || len(diags) != 1 || diags[0].Subject.Filename != "go.mod" {
		t.Errorf("go.mod without a module: %v, %s", err, sourcetest.Diagnostics(diags))
	}
}

package source

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
)

func TestI1EncoreAppIsReadLeniently(t *testing.T) {
	root := t.TempDir()
	text := `// comment first
{
	"id": "shop-x1y2", // the id
	"lang": "typescript",
	"secrets": ["unknown", "keys"],
	"cors": {"debug": 1},
	"global_cors": {
		"debug": true,
		"allow_origins_without_credentials": ["*"],
		"allow_methods": ["GET"],
	},
}
`
	if err := os.WriteFile(filepath.Join(root, "encore.app"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	got, diags, err := ReadEncoreApp(root)
	if err != nil || diags.HasErrors() {
		t.Fatal(err, diags)
	}
	want := EncoreApp{ID: "shop-x1y2", Language: "typescript", CORS: &CORS{Debug: true, AllowOriginsWithoutCredentials: []string{"*"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestI6EncoreAppWithAWrongTypeIsADiagnostic(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "encore.app"), []byte("{\n\t// where\n\t\"global_cors\": {\"debug\": \"yes\"}\n}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, diags, err := ReadEncoreApp(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(diags) != 1 || diags[0].Subject.Start.Line != 3 {
		t.Errorf("want one diagnostic on line 3, got %s", describeDiagnostics(diags))
	}
}

func TestFoldersThatHoldNoApplication(t *testing.T) {
	empty := t.TempDir()
	if _, _, err := Go(empty, testSpellings); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no encore.app: %v", err)
	}
	if err := os.WriteFile(filepath.Join(empty, "encore.app"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Go(empty, testSpellings); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no go.mod: %v", err)
	}
	if err := os.WriteFile(filepath.Join(empty, "go.mod"), []byte("go 1.26\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, diags, err := Go(empty, testSpellings); err != nil || len(diags) != 1 || diags[0].Subject.Filename != "go.mod" {
		t.Errorf("go.mod without a module: %v, %s", err, describeDiagnostics(diags))
	}
}

func TestFilesHoldsWhatDiagnosticsPointAt(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "a.go"), []byte("package a\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	diags := hcl.Diagnostics{{Subject: &hcl.Range{Filename: "a.go"}}, {Subject: &hcl.Range{Filename: "gone.go"}}, {}}
	files := Files(root, diags)
	if len(files) != 1 || string(files["a.go"].Bytes) != "package a\n" {
		t.Errorf("got %v", files)
	}
}

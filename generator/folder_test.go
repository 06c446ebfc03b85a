package generator_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/groundplan/groundplan/generator"
)

// TestE2_AnotherCheckoutKeepsTheNames generates an application that only its folder names, and again with the same lock
// from a folder of another name, as another machine would have it.
func TestE2_AnotherCheckoutKeepsTheNames(t *testing.T) {
	out := t.TempDir()
	from := func(folder string) *generator.Output {
		root := filepath.Join(t.TempDir(), folder)
		if err := os.CopyFS(root, os.DirFS(filepath.Join(fixtures, "hello"))); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, "encore.app"), []byte(`{"id": ""}`), 0o644); err != nil {
			t.Fatal(err)
		}
		output, _, diags, err := generator.FromSource(generator.Options{Root: root, Out: out})
		if err != nil || diags.HasErrors() {
			t.Fatal(err, diags)
		}
		return output
	}
	first := from("shop")
	if first.Lock.App != "shop" {
		t.Errorf("the lock keeps the name %q", first.Lock.App)
	}
	if _, err := first.Write(out, false, nil); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(first.Files, from("checkout-17").Files); d != "" {
		t.Error(d)
	}
}

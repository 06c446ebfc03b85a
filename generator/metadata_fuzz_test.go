package generator_test

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/inspect"
	"github.com/groundplan/groundplan/generator/reading"
)

// FuzzReadMetadata: whatever the metadata says, reading, resolving, generating and printing it do not panic, and what is
// refused is refused with a place.
func FuzzReadMetadata(f *testing.F) {
	f.Add(metadataOf(f, "shop-metadata").Text)
	files, err := filepath.Glob("testdata/metadata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(archive.Files[len(archive.Files)-1].Data)
	}
	root := f.TempDir()
	if err := os.WriteFile(filepath.Join(root, "groundplan.hcl"), []byte("environment \"production\" {\n  region = \"eu-west-1\"\n}\n"), 0o600); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		metadata := reading.Metadata{Name: "meta.json", Text: text}
		application, diags, err := reading.FromMetadata(root, metadata)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range diags {
			if d.Subject == nil {
				t.Errorf("%s has no place", d.Summary)
			}
		}
		if application == nil || diags.HasErrors() {
			return
		}
		if _, err := inspect.JSON(application, nil); err != nil {
			t.Error(err)
		}
		inspect.Mermaid(application)
		inspect.Text(application, nil, false)
		if _, _, _, err := generator.FromSource(generator.Options{Root: root, Out: filepath.Join(root, "infra"), Metadata: &metadata}); err != nil {
			t.Error(err)
		}
	})
}

package sourcetest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/groundplan/groundplan/generator/diagnostic"
)

// Outside makes a folder of the files, an archive with an application in app/, and the links, from a name in the folder to where
// it leads, and compares what read says of the application.
func Outside(t *testing.T, name string, links map[string]string, files string, want []string, read func(root string) ([]string, error)) {
	t.Run(name, func(t *testing.T) {
		dir := t.TempDir()
		if err := txtar.Write(txtar.Parse([]byte(files)), dir); err != nil {
			t.Fatal(err)
		}
		for link, target := range links {
			link = filepath.Join(dir, link)
			if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(target, link); err != nil {
				t.Fatal(err)
			}
		}
		got, err := read(filepath.Join(dir, "app"))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
}

// Messages are diagnostics as lines.
func Messages(diags hcl.Diagnostics) []string {
	var texts []string
	for _, d := range diags {
		texts = append(texts, fmt.Sprintf("%s:%d,%d-%d: %s; %s", d.Subject.Filename, d.Subject.Start.Line, d.Subject.Start.Column, d.Subject.End.Column, d.Summary, diagnostic.Text(d)))
	}
	return texts
}

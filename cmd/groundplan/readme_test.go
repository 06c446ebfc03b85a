package main

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadmeShowsWhatIsPrinted runs what the README shows and looks for every line of it: terminal lines in the output,
// blocks of HCL in the golden folder.
func TestReadmeShowsWhatIsPrinted(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var printed, written bytes.Buffer
	for _, args := range [][]string{
		{"inspect", "--app", "../../fixtures/shop"},
		{"generate", "--app", "../../fixtures/shop", "--out", filepath.Join(t.TempDir(), "infra")},
	} {
		if code := run(context.Background(), args, &printed, &printed); code != 0 {
			t.Fatalf("%v: exit code %d\n%s", args, code, printed.String())
		}
	}
	err = filepath.WalkDir("../../golden/shop", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		written.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for _, block := range strings.Split(string(readme), "```")[1:] {
		kind, text, _ := strings.Cut(block, "\n")
		switch kind {
		case "hcl":
			shown++
			if !strings.Contains(written.String(), strings.TrimSpace(text)) {
				t.Errorf("golden/shop holds no such text:\n%s", text)
			}
		case "console":
			shown++
			for line := range strings.Lines(text) {
				line, _, _ = strings.Cut(strings.TrimSpace(line), " to infra")
				command := strings.HasPrefix(line, "$") || line == "..." || strings.Contains(line, "next: terraform")
				if !command && !strings.Contains(printed.String(), line) {
					t.Errorf("nothing prints %q", line)
				}
			}
		}
	}
	if shown < 3 {
		t.Errorf("only %d blocks of the README were compared", shown)
	}
}

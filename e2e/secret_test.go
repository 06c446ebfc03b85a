//go:build validate

package e2e_test

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestG4_GeneratedSecret applies the generated-secret module and looks for the value it wrote: it is in Secrets
// Manager, and neither in the saved plan nor in the state, before or after a rotation.
func TestG4_GeneratedSecret(t *testing.T) {
	cloud := startEmulator(t, account)
	folder := t.TempDir()
	writeModules(t, filepath.Join(folder, "modules"))
	copyFolder(t, filepath.Join("testdata", "secret"), folder)
	tf := newTerraform(t, folder, cloud.Environment())
	tf.run(t, "init", "-input=false", "-no-color")

	byRotation := map[string]string{} // rotation -> value
	for _, rotation := range []string{"1", "2"} {
		plan, description := tf.plan(t, "-var=rotation="+rotation)
		for _, broken := range secretValues(plan) {
			t.Errorf("rotation %s: %s", rotation, broken)
		}
		tf.run(t, "apply", "-input=false", "-no-color", "saved.tfplan")
		value := storedSecrets(t, cloud)["shop-production-orders"]
		if len(value) != 40 {
			t.Fatalf("rotation %s: the stored value has %d characters, want 40", rotation, len(value))
		}
		byRotation[rotation] = value
		if strings.Contains(description, value) {
			t.Errorf("rotation %s: the plan holds the value", rotation)
		}
		for _, name := range leaks(t, folder, value) {
			t.Errorf("rotation %s: %s holds the value", rotation, name)
		}
	}
	if byRotation["1"] == byRotation["2"] {
		t.Error("a rotation writes the same value again")
	}
	// The value is drawn anew at each run; it must be written only when the rotation changes.
	again, _ := tf.plan(t, "-var=rotation=2")
	for _, change := range again.ResourceChanges {
		if !change.Change.Actions.NoOp() {
			t.Errorf("a second plan wants %v for %s", change.Change.Actions, change.Address)
		}
	}

	// The search itself must be able to fail.
	if err := os.WriteFile(filepath.Join(folder, "leak.txt"), []byte("x"+byRotation["2"]), 0o600); err != nil {
		t.Fatal(err)
	}
	if found := leaks(t, folder, byRotation["2"]); len(found) != 1 {
		t.Errorf("a planted leak is found in %v, want leak.txt alone", found)
	}
}

// leaks lists the files of a folder that hold a value, also inside saved plans, which are zip archives.
func leaks(t *testing.T, folder, value string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, name := range files {
		if information, err := os.Stat(name); err != nil || information.IsDir() {
			continue
		}
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts := []string{string(content)}
		if archive, err := zip.OpenReader(name); err == nil {
			for _, file := range archive.File {
				reader, err := file.Open()
				if err != nil {
					t.Fatal(err)
				}
				inner, err := io.ReadAll(reader)
				if err != nil {
					t.Fatal(err)
				}
				texts = append(texts, string(inner))
			}
			archive.Close()
		}
		if strings.Contains(strings.Join(texts, "\n"), value) {
			found = append(found, filepath.Base(name))
		}
	}
	return found
}

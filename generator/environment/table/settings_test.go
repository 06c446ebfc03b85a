package table

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/settings.md")

func TestE1_DefaultsPassTheirChecks(t *testing.T) {
	checkDefaults(t, EnvironmentSettings)
	checkDefaults(t, TaskSettings)
	checkDefaults(t, DatabaseServerSettings)
}

// checkDefaults runs each default through the check of its own setting; "not set" needs none.
func checkDefaults[T any](t *testing.T, rows []setting[T]) {
	t.Helper()
	for _, r := range rows {
		for _, value := range r.values {
			if value == "" || r.Check == nil {
				continue
			}
			if detail, _ := r.Check(value); detail != "" {
				t.Errorf("%s: default %v: %s", r.Name, value, detail)
			}
		}
	}
}

func TestDocumentIsUpToDate(t *testing.T) {
	const path = "../../../docs/settings.md"
	if *update {
		if err := os.MkdirAll("../../../docs", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, Document(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != string(Document()) {
		t.Errorf("%s is not what the settings say; run go test ./generator/environment/table -update", path)
	}
}

func TestEverySettingIsDocumented(t *testing.T) {
	page := string(Document())
	for _, block := range table.File.Blocks[1].Blocks {
		if !strings.Contains(page, block.Type) {
			t.Errorf("block %s is not on the page", block.Type)
		}
		for _, d := range block.Settings {
			if !strings.Contains(page, "| `"+d.Name+"` |") {
				t.Errorf("setting %s of %s is not on the page", d.Name, block.Type)
			}
		}
		for _, inner := range block.Blocks {
			_, section, found := strings.Cut(page, "\n## "+inner.Type+", in "+block.Type+" of environment\n")
			section, _, _ = strings.Cut(section, "\n## ")
			if !found {
				t.Errorf("block %s of %s is not on the page", inner.Type, block.Type)
			}
			for _, d := range inner.Settings {
				if !strings.Contains(section, "| `"+d.Name+"` |") {
					t.Errorf("setting %s of %s of %s is not on the page", d.Name, inner.Type, block.Type)
				}
			}
		}
	}
}

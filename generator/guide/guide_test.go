package guide

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/groundplan/groundplan/blueprint"
)

const golden = "../../golden"

// TestFromTheLockAlone writes the guide from blueprints as locks keep them. They leave out quotas, and nothing else.
func TestFromTheLockAlone(t *testing.T) {
	recorded, err := filepath.Glob(golden + "/*/blueprint.json")
	if err != nil || len(recorded) == 0 {
		t.Fatal("no blueprints", err)
	}
	for _, path := range recorded {
		folder := filepath.Dir(path)
		t.Run(filepath.Base(folder), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var b blueprint.Blueprint
			if err := json.Unmarshal(text, &b); err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(filepath.Join(folder, "infra", "README.md"))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(withoutQuotas(string(want)), string(Write(&b))); d != "" {
				t.Error(d)
			}
		})
	}
}

// withoutQuotas leaves out the tables of quotas.
func withoutQuotas(page string) string {
	for {
		before, rest, found := strings.Cut(page, "Of these quotas ")
		_, after, ended := strings.Cut(rest, "Each stack has ")
		if !found || !ended {
			return page
		}
		page = before + "Each stack has " + after
	}
}

package kinds

import (
	"maps"
	"slices"
	"testing"
)

// TestKindsHaveTheirRooms walks the kinds as whoever adds one would forget to.
func TestKindsHaveTheirRooms(t *testing.T) {
	seen := map[string]bool{}
	for _, kind := range All {
		if seen[kind.Name] {
			t.Errorf("two kinds are called %s", kind.Name)
		}
		seen[kind.Name] = true
		if kind.Noun == "" || kind.Read == nil || len(kind.Go) == 0 {
			t.Errorf("%s has no noun, no reading or no spelling", kind.Name)
		}
		if named, ok := Named(kind.Name); !ok || named.Noun != kind.Noun {
			t.Errorf("Named does not find %s", kind.Name)
		}
		// A part is declared in a manifest by the use of what it is a part of, and becomes nothing of its own.
		if len(kind.TypeScript) == 0 || kind.PartOf == "" && (len(kind.Manifest) == 0 || kind.Platform == nil && kind.Schedules == nil) {
			t.Errorf("%s cannot be written in TypeScript or in a manifest, or becomes nothing", kind.Name)
		}
		if kind.PartOf == "" && kind.Inspection.Entry == nil && kind.Inspection.OfService == nil {
			t.Errorf("inspect shows no %s", kind.Name)
		}
		if kind.PartOf != "" && kind.PartName == "" {
			t.Errorf("%s is a part that nothing tells from others", kind.Name)
		}
		for _, spelling := range kind.Go {
			operations := []string{}
			for _, table := range []map[string][]string{spelling.Methods, spelling.Permissions} {
				for _, method := range slices.Sorted(maps.Keys(table)) {
					operations = append(operations, table[method]...)
				}
			}
			if kind.Operation != "" {
				operations = append(operations, kind.Operation)
			}
			for _, operation := range operations {
				if kind.Verbs[operation] == "" {
					t.Errorf("%s: there is no verb for the operation %s", kind.Name, operation)
				}
			}
		}
	}
	if _, ok := Named("castle"); ok {
		t.Error("Named finds a kind that is none")
	}
	for _, spelling := range GoSpellings() {
		if spelling.Kind == "" || spelling.Noun == "" {
			t.Errorf("a spelling of %s has no kind or noun", spelling.Package)
		}
		if spelling.ParentKind != "" && !seen[spelling.ParentKind] {
			t.Errorf("the parent of %s is the unknown kind %s", spelling.Kind, spelling.ParentKind)
		}
	}
}

package generator

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/groundplan/groundplan/generator/inspect"
	"github.com/groundplan/groundplan/generator/reading"
)

// A ground truth is a list of applications in the shape of `inspect --format json`, written by somebody else: Encore's
// own parser, or a person. Whatever it says must be found, with equal values; inspect may say more.
//
// Ours stand in testdata/groundtruth, one archive each. To compare with applications elsewhere:
//
//	go test ./generator -run TestGroundTruth -v -groundtruth truth.json -apps folder
var (
	truthFile = flag.String("groundtruth", "", "file with a list of expected applications")
	truthApps = flag.String("apps", "", "folder of the applications in -groundtruth")
)

func TestI1_GroundTruth(t *testing.T) {
	archives, err := filepath.Glob("testdata/groundtruth/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, archive := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(archive), ".txtar"), func(t *testing.T) {
			parsed, err := txtar.ParseFile(archive)
			if err != nil {
				t.Fatal(err)
			}
			root := t.TempDir()
			var truth any
			for _, file := range parsed.Files {
				if file.Name == "truth.json" {
					if err := json.Unmarshal(file.Data, &truth); err != nil {
						t.Fatal(err)
					}
					continue
				}
				path := filepath.Join(root, filepath.FromSlash(file.Name))
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, file.Data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for _, difference := range compareApp(t, root, truth) {
				t.Error(difference)
			}
		})
	}
}

// TestGroundTruthElsewhere compares with a file named on the command line; without one there is nothing to compare.
func TestGroundTruthElsewhere(t *testing.T) {
	if *truthFile == "" {
		t.Log("nothing named by -groundtruth")
		return
	}
	text, err := os.ReadFile(*truthFile)
	if err != nil {
		t.Fatal(err)
	}
	var truths []map[string]any
	if err := json.Unmarshal(text, &truths); err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, truth := range truths {
		name := fmt.Sprint(truth["app"])
		compared++
		t.Run(name, func(t *testing.T) {
			root := ""
			for _, folder := range []string{name, "app-" + name, strings.ReplaceAll(name, ".", "/")} {
				if _, err := os.Stat(filepath.Join(*truthApps, folder, "encore.app")); err == nil {
					root = filepath.Join(*truthApps, folder)
				}
			}
			if root == "" {
				t.Fatalf("no application %s in %s", name, *truthApps)
			}
			for _, difference := range compareApp(t, root, truth) {
				t.Error(difference)
			}
		})
	}
	if compared == 0 {
		t.Errorf("%s names no application", *truthFile)
	}
}

func compareApp(t *testing.T, root string, truth any) []string {
	t.Helper()
	application, diags, err := reading.FromSource(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range diags {
		t.Logf("%s: %s", d.Summary, d.Error())
	}
	if diags.HasErrors() {
		return []string{"the application has errors"}
	}
	text, err := inspect.JSON(application, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	return append(compareTruth("", truth, got), compareReach(truth, got)...)
}

// compareReach lists where the databases and secrets that a TypeScript service gets through code of others differ from
// what the truth has as indirect.
func compareReach(truth, got any) []string {
	object := func(v any) map[string]any { m, _ := v.(map[string]any); return m }
	list := func(v any) []any { l, _ := v.([]any); return l }
	if object(truth)["lang"] != "typescript" {
		return nil
	}
	reach := func(application any, of func(service map[string]any) []string) map[string][]string {
		found := map[string][]string{}
		for _, s := range list(object(application)["services"]) {
			if names := of(object(s)); len(names) > 0 {
				slices.Sort(names)
				found[fmt.Sprint(object(s)["name"])] = slices.Compact(names)
			}
		}
		return found
	}
	want := reach(truth, func(service map[string]any) (names []string) {
		for kind, field := range map[string]string{"databases": "db", "secrets": "secret"} {
			for _, use := range list(object(service["indirect"])[kind]) {
				names = append(names, strings.TrimSuffix(kind, "s")+" "+fmt.Sprint(object(use)[field]))
			}
		}
		return names
	})
	is := reach(got, func(service map[string]any) (names []string) {
		for _, use := range list(service["reach"]) {
			if kind := object(use)["kind"]; kind == "database" || kind == "secret" {
				names = append(names, fmt.Sprint(kind, " ", object(use)["name"]))
			}
		}
		return names
	})
	if !reflect.DeepEqual(want, is) {
		return []string{fmt.Sprintf("reach: got %v, want %v", is, want)}
	}
	return nil
}

// truthAside are fields of a ground truth that describe it, or that inspect shows in other words (among the uses).
var truthAside = []string{
	"app", "source", "notes", "indirect", "outside_services", "default_path", "auth_but_private", "migrations_dir_exists",
}

// compareTruth lists where got differs from what is wanted. Of objects only the wanted fields are compared; an absent
// field equals false, "", null and the empty list. Lists are compared without regard to order.
func compareTruth(path string, want, got any) []string {
	switch want := want.(type) {
	case map[string]any:
		object, _ := got.(map[string]any)
		var differences []string
		for _, field := range slices.Sorted(mapKeys(want)) {
			expected := want[field]
			if slices.Contains(truthAside, field) {
				continue
			}
			if field == "databases" && want["databases_by_usage"] != nil {
				expected = union(want["databases"], want["databases_by_usage"]) // Encore lists only what is bound
			}
			differences = append(differences, compareTruth(path+"."+field, expected, object[field])...)
		}
		if strings.HasSuffix(path, ".buckets") && len(object) != len(want) {
			differences = append(differences, fmt.Sprintf("%s: got %v, want %v", path, object, want))
		}
		return differences
	case []any:
		list, _ := got.([]any)
		if len(list) != len(want) {
			return []string{fmt.Sprintf("%s: got %d %v, want %d %v", path, len(list), list, len(want), want)}
		}
		want, list = slices.Clone(want), slices.Clone(list)
		slices.SortStableFunc(want, compareIdentity)
		slices.SortStableFunc(list, compareIdentity)
		var differences []string
		for i := range want {
			differences = append(differences, compareTruth(fmt.Sprintf("%s[%s]", path, identity(want[i])), want[i], list[i])...)
		}
		return differences
	}
	if want != got && !(isZero(want) && isZero(got)) {
		return []string{fmt.Sprintf("%s: got %v, want %v", path, got, want)}
	}
	return nil
}

func mapKeys(m map[string]any) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for key := range m {
			if !yield(key) {
				return
			}
		}
	}
}

func union(x, y any) any {
	var all []any
	for _, list := range []any{x, y} {
		for _, element := range list.([]any) {
			if !slices.Contains(all, element) {
				all = append(all, element)
			}
		}
	}
	return all
}

func compareIdentity(x, y any) int { return strings.Compare(identity(x), identity(y)) }

// identity is what tells the elements of a list apart.
func identity(v any) string {
	object, ok := v.(map[string]any)
	if !ok {
		return fmt.Sprint(v)
	}
	var parts []string
	for _, field := range []string{"topic", "service", "name", "id", "endpoint", "path"} {
		if value, ok := object[field].(string); ok {
			parts = append(parts, value)
		}
	}
	return strings.Join(parts, " ")
}

func isZero(v any) bool {
	if list, ok := v.([]any); ok {
		return len(list) == 0
	}
	return v == nil || v == false || v == "" || v == 0.0
}

// TestCompareReachFinds shows that a use through code of others that is missing, or too many, is told.
func TestCompareReachFinds(t *testing.T) {
	truth := `{"lang": "typescript", "services": [{"name": "a", "indirect": {"databases": [{"db": "x"}], "secrets": [{"secret": "K"}]}}, {"name": "b"}]}`
	for got, differs := range map[string]bool{
		`{"services": [{"name": "a", "reach": [{"kind": "secret", "name": "K"}, {"kind": "database", "name": "x"}, {"kind": "topic", "name": "t"}]}]}`:                            false,
		`{"services": [{"name": "a", "reach": [{"kind": "database", "name": "x"}]}]}`:                                                                                             true,
		`{"services": [{"name": "a", "reach": [{"kind": "secret", "name": "K"}, {"kind": "database", "name": "x"}]}, {"name": "b", "reach": [{"kind": "secret", "name": "K"}]}]}`: true,
	} {
		var wanted, found any
		if err := json.Unmarshal([]byte(truth), &wanted); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(got), &found); err != nil {
			t.Fatal(err)
		}
		if differences := compareReach(wanted, found); (len(differences) > 0) != differs {
			t.Errorf("%s: differences %q, want some: %v", got, differences, differs)
		}
	}
}

// TestCompareTruthFinds shows that the comparison does not let a difference pass.
func TestCompareTruthFinds(t *testing.T) {
	got := `{"services": [{"name": "a", "databases": ["x"], "databases_by_usage": ["x"], "buckets": {"b": ["READ"]}, "calls": [{"service": "s", "endpoint": "E"}]}]}`
	for want, differs := range map[string]bool{
		got: false,
		`{"services": [{"name": "a", "databases": [], "databases_by_usage": ["x"]}]}`:         false,
		`{"services": [{"name": "a", "databases": ["x", "y"], "databases_by_usage": ["x"]}]}`: true,
		`{"services": [{"name": "b"}]}`:                              true,
		`{"services": []}`:                                           true,
		`{"services": [{"name": "a", "buckets": {}}]}`:               true,
		`{"services": [{"name": "a", "buckets": {"b": ["WRITE"]}}]}`: true,
		`{"services": [{"name": "a", "calls": [{"service": "s", "endpoint": "E", "self": true}]}]}`:  true,
		`{"services": [{"name": "a", "calls": [{"service": "s", "endpoint": "E", "self": false}]}]}`: false,
		`{"topics": [{"name": "t"}]}`: true,
	} {
		var wanted, found any
		if err := json.Unmarshal([]byte(want), &wanted); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(got), &found); err != nil {
			t.Fatal(err)
		}
		if differences := compareTruth("", wanted, found); (len(differences) > 0) != differs {
			t.Errorf("%s: differences %q, want some: %v", want, differences, differs)
		}
	}
}

package generator_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/kinds/cache"
	"github.com/groundplan/groundplan/generator/kinds/topic"
	"github.com/groundplan/groundplan/generator/reading"
)

// readMetadata reads the application in a folder from metadata.
func readMetadata(t *testing.T, root string, text []byte) *app.App {
	t.Helper()
	application, diags, err := reading.FromMetadata(root, reading.Metadata{Name: "meta.json", Text: text})
	if err != nil || diags.HasErrors() {
		t.Fatal(err, diags)
	}
	return application
}

// saidOf is what the model of an application says, in lines, but for the places it comes from.
func saidOf(a *app.App) []string {
	lines := []string{fmt.Sprintf("app %s %s %s %+v", a.Name, a.ID, a.Runtime, a.CORS)}
	if a.Auth != nil {
		lines = append(lines, fmt.Sprintf("auth %s.%s", a.Auth.Service, a.Auth.Name))
	}
	for _, s := range a.Services {
		lines = append(lines, fmt.Sprintf("service %s in %s, config %v", s.Name, s.Dir, s.HasConfig))
		for _, e := range s.Endpoints {
			lines = append(lines, fmt.Sprintf("endpoint %s.%s %s %v %s raw %v sensitive %v request %v tags %v", s.Name, e.Name, e.Access, e.Methods, e.Path, e.Raw, e.Sensitive, e.HasRequest, e.Tags))
		}
	}
	for _, r := range a.Resources {
		lines = append(lines, fmt.Sprintf("%s %s of %q: %s", r.Kind, r.Name, r.Parent, settingsOf(r)))
	}
	for _, e := range a.Edges {
		if e.ReferenceOnly {
			continue // metadata lists a reference like a call
		}
		lines = append(lines, fmt.Sprintf("%s: %s %s of %q %s", e.Service, e.Kind, e.Resource, e.Parent, e.Operation))
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// settingsOf are those of a resource that reach the model whatever it was read from: handlers and expiries stay in the code.
func settingsOf(r app.Resource) string {
	switch spec := r.Spec.(type) {
	case *topic.Subscription:
		return fmt.Sprint(spec.MaxConcurrency, spec.AckDeadline, spec.MessageRetention, spec.RetryPolicy)
	case *cache.Spec:
		return spec.EvictionPolicy
	case *cache.Keyspace:
		return spec.KeyPattern
	case nil:
		return ""
	}
	return fmt.Sprintf("%+v", r.Spec)
}

// TestI3_SameModel holds what Encore's own parser printed of applications against what our reader finds in their source.
func TestI3_SameModel(t *testing.T) {
	files, err := filepath.Glob("testdata/metadata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no metadata in testdata", err)
	}
	for _, file := range files {
		t.Run("I3 "+strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			root, text := t.TempDir(), []byte(nil)
			for _, f := range archive.Files {
				if f.Name == "meta.json" {
					text = f.Data
					continue
				}
				path := filepath.Join(root, filepath.FromSlash(f.Name))
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, f.Data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			read, diags, err := reading.FromSource(root)
			if err != nil || diags.HasErrors() {
				t.Fatal(err, diags)
			}
			want := saidOf(read)
			// A cron job's endpoint is a reference, which the metadata lists among the calls.
			got := slices.DeleteFunc(saidOf(readMetadata(t, root, text)), func(line string) bool { return !slices.Contains(want, line) && isReference(read, line) })
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// isReference reports whether a line of what an application says is about a mere reference to an endpoint in its source.
func isReference(a *app.App, line string) bool {
	for _, e := range a.Edges {
		if e.ReferenceOnly && line == fmt.Sprintf("%s: %s %s of %q %s", e.Service, e.Kind, e.Resource, e.Parent, e.Operation) {
			return true
		}
	}
	return false
}

// TestI3_WhatEncoreLoses: reports reads the catalog through the variable of its service, which Encore's metadata does not
// show. The metadata of the fixture is that of an application which names the database, as groundplan tells one to;
// without that line it is what Encore prints of fixtures/shop, and this is all that is missing.
func TestI3_WhatEncoreLoses(t *testing.T) {
	root := filepath.Join(fixtures, "shop-metadata")
	whole := metadataOf(t, "shop-metadata").Text
	lost := strings.Replace(string(whole), "\"databases\": [\n        \"catalog\",\n        \"orders\"\n", "\"databases\": [\n        \"orders\"\n", 1)
	if lost == string(whole) {
		t.Fatal("the metadata does not list the databases of reports")
	}
	got, missing := saidOf(readMetadata(t, root, whole)), []string{}
	without := saidOf(readMetadata(t, root, []byte(lost)))
	for _, line := range got {
		if !slices.Contains(without, line) {
			missing = append(missing, line)
		}
	}
	if d := cmp.Diff([]string{`reports: database catalog of "" `}, missing); d != "" || len(without) != len(got)-1 {
		t.Error(d)
	}
}

// TestI3_EveryKind: a kind that metadata cannot declare would be left out in silence.
func TestI3_EveryKind(t *testing.T) {
	for _, kind := range kinds.All {
		if len(kind.Metadata.List) == 0 {
			t.Errorf("kind %s is in no list of the metadata", kind.Name)
		}
	}
	for _, s := range kinds.MetadataSpellings() {
		if s.Kind == "" || s.Noun == "" {
			t.Errorf("%+v has no kind or noun", s)
		}
	}
}

// TestI3_NamedByFolder: without encore.app nothing names the application, and the lock has to.
func TestI3_NamedByFolder(t *testing.T) {
	root := filepath.Join(t.TempDir(), "Corner Shop")
	if err := os.Mkdir(root, 0o755); err != nil {
		t.Fatal(err)
	}
	application := readMetadata(t, root, []byte(`{"module_path": "encore.app", "svcs": []}`))
	if application.Name != "corner-shop" || !application.NamedByFolder {
		t.Errorf("%+v", application)
	}
}

// TestI3_WholeClusterOfAService: Encore's TypeScript parser lists a service that uses a cluster without a keyspace of its
// own in it. Its user may use the keys of all keyspaces, because nobody knows which it does.
func TestI3_WholeClusterOfAService(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "encore.app"), []byte(`{"id": "cart", "lang": "typescript"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	text := `{"language": "TYPESCRIPT", "svcs": [{"name": "carts", "rel_path": "carts"}, {"name": "reports", "rel_path": "reports"}, {"name": "other", "rel_path": "other"}],
		"cache_clusters": [{"name": "main", "eviction_policy": "noeviction", "keyspaces": [
			{"service": "carts", "path_pattern": {"segments": [{"value": "cart"}, {"type": "PARAM", "value": "id"}]}},
			{"service": "carts", "path_pattern": {"segments": [{"value": "total"}, {"type": "PARAM", "value": "id"}]}},
			{"service": "reports"}]}]}`
	output, _, diags, err := generator.FromSource(generator.Options{Root: root, Out: t.TempDir(), Metadata: &reading.Metadata{Name: "meta.json", Text: []byte(text)}})
	if err != nil || diags.HasErrors() {
		t.Fatal(err, diags)
	}
	caches := string(output.Files["production/platform/caches.tf"])
	for _, process := range []string{"carts", "reports"} {
		if want := process + ` = { keys = ["cart/*", "total/*"] }`; !strings.Contains(strings.Join(strings.Fields(caches), " "), want) {
			t.Errorf("%s is missing from\n%s", want, caches)
		}
	}
	if strings.Contains(caches, "other") {
		t.Errorf("other keeps nothing in\n%s", caches)
	}
}

// TestI3_NoMinimumInTypeScript: Encore has no shortest deadline there, and what its parser accepted is not refused.
func TestI3_NoMinimumInTypeScript(t *testing.T) {
	const text = `{"language": %q, "svcs": [{"name": "a", "rel_path": "a"}], "pubsub_topics": [{"name": "t", "subscriptions": [{"name": "s", "service_name": "a", "ack_deadline": "500000000"}]}]}`
	for language, refused := range map[string]bool{"GO": true, "TYPESCRIPT": false} {
		_, diags, err := reading.FromMetadata(t.TempDir(), reading.Metadata{Name: "meta.json", Text: fmt.Appendf(nil, text, language)})
		if err != nil || diags.HasErrors() != refused {
			t.Errorf("%s: %v %v", language, err, diags)
		}
	}
}

package encoreapp_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source/encoreapp"
	"github.com/groundplan/groundplan/generator/source/sourcetest"
)

func TestI1_EncoreAppIsReadLeniently(t *testing.T) {
	root := t.TempDir()
	text := `// comment first
{
	"id": "shop-x1y2", // the id
	"lang": "typescript",
	"secrets": ["unknown", "keys"],
	"cors": {"debug": 1},
	"build": {
		// per service
		"docker": {"bundle_source": true, "process_per_service": true,},
	},
	"global_cors": {
		"debug": true,
		"allow_origins_without_credentials": ["*"],
		"allow_methods": ["GET"],
	},
}
`
	if err := os.WriteFile(filepath.Join(root, "encore.app"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	got, diags, err := encoreapp.Read(root)
	if err != nil || diags.HasErrors() {
		t.Fatal(err, diags)
	}
	at := got.ProcessPerService
	if place := fmt.Sprintf("%s:%d:%d-%d", at.Filename, at.Start.Line, at.Start.Column, at.End.Column); place != "encore.app:9:60-64" {
		t.Errorf("process_per_service is asked for at %s", place)
	}
	if id := got.IDAt; id.Filename != "encore.app" || id.Start.Line != 3 || id.Start.Column != 8 || id.End.Column != 19 {
		t.Errorf("the id is at %v", id)
	}
	want := encoreapp.File{ID: "shop-x1y2", IDAt: got.IDAt, Language: "typescript", CORS: &app.CORS{Debug: true, AllowOriginsWithoutCredentials: []string{"*"}}, ProcessPerService: at}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestI1_TheSupervisorIsNotAskedFor by a file that says no, or something Encore does not know.
func TestI1_TheSupervisorIsNotAskedFor(t *testing.T) {
	for _, text := range []string{`{}`, `{"build": {"docker": {"process_per_service": false}}}`, `{"build": {"docker": {"process_per_service": "true"}}}`,
		`{"build": [], "process_per_service": true}`, `{"docker": {"process_per_service": true}}`} {
		root := t.TempDir()
		if err := os.WriteFile(filepath.Join(root, "encore.app"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if got, diags, err := encoreapp.Read(root); err != nil || len(diags) > 0 || got.ProcessPerService != (hcl.Range{}) {
			t.Errorf("%s: %v %v %v", text, got.ProcessPerService, diags, err)
		}
	}
}

func TestI6_WrongEncoreApps(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"a comma is missing before a name", "{\n\t\"id\": \"shop\"\n\t\"lang\": \"go\"\n}\n",
			"3:2 The file cannot be read: invalid character '\"' after object value (expecting ',' or '}').\nhint: a comma is missing before it"},
		{"a comma is missing in a list", "{\n\t\"tags\": [1 2]\n}\n",
			"2:13 The file cannot be read: invalid character '2' after array value (expecting ',' or ']').\nhint: a comma is missing before it"},
		{"another character is wrong", "{\n\t\"id\" = \"shop\"\n}\n",
			"2:7 The file cannot be read: invalid character '=' after object name.\nhint: it must hold one JSON object; comments and trailing commas are fine"},
		{"a string for a switch", "{\n\t// where\n\t\"global_cors\": {\"debug\": \"yes\"}\n}\n",
			"3:31 The file cannot be read: global_cors.debug is given as string.\nhint: write true or false"},
		{"a number in a list of strings", "{\"global_cors\": {\"allow_headers\": [1]}}",
			"1:36 The file cannot be read: global_cors.allow_headers is given as number.\nhint: write a string in quotes"},
		{"no object", "[]", "1:1 The file cannot be read: the whole is given as array.\nhint: it must hold one JSON object; comments and trailing commas are fine"},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := t.TempDir()
			if err := os.WriteFile(filepath.Join(root, "encore.app"), []byte(test.text), 0o644); err != nil {
				t.Fatal(err)
			}
			_, diags, err := encoreapp.Read(root)
			if err != nil || len(diags) != 1 {
				t.Fatalf("want one diagnostic, got %v, %s", err, sourcetest.Diagnostics(diags))
			}
			if got := fmt.Sprintf("%d:%d %s", diags[0].Subject.Start.Line, diags[0].Subject.Start.Column, diagnostic.Text(diags[0])); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

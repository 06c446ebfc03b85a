package generator_test

import (
	"bytes"
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/reading"
)

var update = flag.Bool("update", false, "record what the fixtures generate, once it parses, formats and passes the contract")

const (
	fixtures = "../fixtures"
	golden   = "../golden"
)

// fixtureNames are the applications in fixtures/ that generate from what stands in their folder.
func fixtureNames(t testing.TB) []string {
	t.Helper()
	entries, err := os.ReadDir(fixtures)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		if entry.IsDir() && metadataOf(t, entry.Name()) == nil {
			names = append(names, entry.Name())
		}
	}
	return names
}

// metadataOf is the metadata that a fixture is read from, nil for a fixture that is read from its source.
func metadataOf(t testing.TB, fixture string) *reading.Metadata {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(fixtures, fixture, "meta.json"))
	if err != nil {
		if !os.IsNotExist(err) {
			t.Fatal(err)
		}
		return nil
	}
	return &reading.Metadata{Name: "meta.json", Text: text}
}

// twins are fixtures that describe the application of another one in another spelling. What they generate is held against
// the other's golden folder; they have none of their own.
var twins = map[string]string{"shop-manifest": "shop", "shop-metadata": "shop"}

// generate returns what a fixture generates into an empty folder.
func generate(t testing.TB, fixture string) *generator.Output {
	t.Helper()
	output, _, diags, err := generator.FromSource(generator.Options{Root: filepath.Join(fixtures, fixture), Out: t.TempDir(), Metadata: metadataOf(t, fixture)})
	if err != nil {
		t.Fatal(err)
	}
	if diags.HasErrors() {
		t.Fatal(diags.Error())
	}
	return output
}

// recordedFiles are the files that golden folders hold: all but the modules, which are copies, and the lock, which is
// made of hashes of the rest.
func recordedFiles(output *generator.Output) map[string]string {
	files := map[string]string{}
	for path, content := range output.Files {
		if !strings.HasPrefix(path, "modules/") {
			files[path] = string(content)
		}
	}
	return files
}

func readGolden(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		relative, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(relative)] = string(content)
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return files
}

func TestG1_Golden(t *testing.T) {
	for _, fixture := range fixtureNames(t) {
		if twins[fixture] != "" {
			continue
		}
		t.Run(fixture, func(t *testing.T) {
			output := generate(t, fixture)
			problems := append(unformatted(output), contract(output)...)
			for _, p := range problems {
				t.Error(p)
			}
			got := recordedFiles(output)
			dir := filepath.Join(golden, fixture, "infra")
			if *update && len(problems) == 0 {
				record(t, dir, got)
			}
			if d := cmp.Diff(readGolden(t, dir), got); d != "" {
				t.Errorf("golden folder and output differ; when the output is right, run go test ./generator -run TestG1_Golden -update\n%s", d)
			}
		})
	}
}

// TestI4_TheSameApplicationGivesTheSameBytes: how an application is spelled does not show in what is generated, but for
// the comments, which name the files it was read from.
func TestI4_TheSameApplicationGivesTheSameBytes(t *testing.T) {
	for fixture, original := range twins {
		name := fixture
		if metadataOf(t, fixture) != nil {
			name = "I3 " + fixture
		}
		t.Run(name, func(t *testing.T) {
			want := withoutComments(readGolden(t, filepath.Join(golden, original, "infra")))
			if d := cmp.Diff(want, withoutComments(recordedFiles(generate(t, fixture)))); d != "" || len(want) == 0 {
				t.Errorf("%d golden files; %s", len(want), d)
			}
		})
	}
}

// TestI4_TheSameTypeScriptApplicationGivesTheSameBytes describes the TypeScript twin of the shop in a manifest: the one of
// the Go shop, with TypeScript's runtime and names, and a secret that no code outside services can declare there.
func TestI4_TheSameTypeScriptApplicationGivesTheSameBytes(t *testing.T) {
	root := t.TempDir()
	if err := os.CopyFS(root, os.DirFS(filepath.Join(fixtures, "shop-manifest"))); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(root, "groundplan.app.hcl")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	edited := regexp.MustCompile(`"[A-Z][a-zA-Z]*"( \{)|\.[A-Z]`).ReplaceAllStringFunc(string(text), func(found string) string {
		if strings.Contains(found, "Key") {
			return found // a secret
		}
		return strings.Replace(found, found[1:2], strings.ToLower(found[1:2]), 1)
	})
	edited = strings.NewReplacer(`"encore-go"`, `"encore-typescript"`, "every_service = true", "").Replace(edited)
	if err := os.WriteFile(name, []byte(edited), 0o644); err != nil {
		t.Fatal(err)
	}
	output, _, diags, err := generator.FromSource(generator.Options{Root: root, Out: t.TempDir()})
	if err != nil || diags.HasErrors() {
		t.Fatal(err, diags)
	}
	want := withoutComments(readGolden(t, filepath.Join(golden, "shop-typescript", "infra")))
	if d := cmp.Diff(want, withoutComments(recordedFiles(output))); d != "" || len(want) == 0 {
		t.Errorf("%d golden files; %s", len(want), d)
	}
}

// withoutComments leaves out the lines of HCL files that are comments.
func withoutComments(files map[string]string) map[string]string {
	for path, content := range files {
		if strings.HasSuffix(path, ".tf") {
			lines := slices.DeleteFunc(strings.Split(content, "\n"), func(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "#") })
			files[path] = strings.Join(lines, "\n")
		}
	}
	return files
}

func record(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	for path, content := range files {
		name := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// unformatted names the files that terraform fmt would change, or that are not HCL.
func unformatted(output *generator.Output) []string {
	var problems []string
	for _, path := range slices.Sorted(maps.Keys(output.Files)) {
		content := output.Files[path]
		if _, known := formatted.Load(string(content)); known || !strings.HasSuffix(path, ".tf") {
			continue
		}
		if want := hclwrite.Format(content); !bytes.Equal(want, content) {
			problems = append(problems, path+": terraform fmt would change it\n"+cmp.Diff(string(content), string(want)))
			continue
		}
		formatted.Store(string(content), true)
	}
	return problems
}

// formatted are the files that terraform fmt leaves as they are: most of what tests generate, the modules above all, is what
// another test has looked at.
var formatted sync.Map

// TestG1_SameBytes generates each fixture again: in another order of reading, on what looks like another machine, and
// from another folder.
func TestG1_SameBytes(t *testing.T) {
	for _, fixture := range fixtureNames(t) {
		t.Run(fixture, func(t *testing.T) {
			want := generate(t, fixture)
			check := func(name string, got *generator.Output) {
				t.Helper()
				if !maps.EqualFunc(want.Files, got.Files, bytes.Equal) { // a diff of what is equal takes long
					t.Errorf("%s: %s", name, cmp.Diff(want.Files, got.Files))
				}
				if d := cmp.Diff(want.Lock, got.Lock); d != "" {
					t.Errorf("%s: lock: %s", name, d)
				}
			}
			check("a second run", generate(t, fixture))
			for _, name := range []string{"HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "AWS_REGION", "AWS_PROFILE", "NO_COLOR", "CI", "GOFLAGS", "GOPATH"} {
				t.Setenv(name, t.TempDir())
			}
			check("other environment variables", generate(t, fixture))
			copied := filepath.Join(t.TempDir(), fixture)
			if err := os.CopyFS(copied, os.DirFS(filepath.Join(fixtures, fixture))); err != nil {
				t.Fatal(err)
			}
			t.Chdir(copied)
			output, _, diags, err := generator.FromSource(generator.Options{Root: ".", Out: "infra"})
			if err != nil || diags.HasErrors() {
				t.Fatal(err, diags)
			}
			check("another folder", output)
			if _, err := output.Write("infra", false, nil); err != nil {
				t.Fatal(err)
			}
			again, _, diags, err := generator.FromSource(generator.Options{Root: ".", Out: "infra"})
			if err != nil || diags.HasErrors() {
				t.Fatal(err, diags)
			}
			check("with its own output in the folder", again)
			changes, err := again.Write("infra", false, nil)
			if err != nil || len(changes) > 0 {
				t.Errorf("a second generate writes %v, %v", changes, err)
			}
		})
	}
}

package generator_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/output"
	"github.com/groundplan/groundplan/generator/reading"
)

// What git and editors on Windows make of a text.
var (
	longLineEnds  = func(text []byte) []byte { return bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")) }
	someLineEnds  = func(text []byte) []byte { return bytes.Replace(text, []byte("\n"), []byte("\r\n"), 3) }
	byteOrderMark = func(text []byte) []byte { return append([]byte("\xef\xbb\xbf"), longLineEnds(text)...) }
)

// unmarked are the files that the go command and Encore refuse with a byte order mark.
func unmarked(name string) bool { return name == "go.mod" || name == "encore.app" }

// checkout copies a folder as another machine would have it.
func checkout(t *testing.T, from fs.FS, change func([]byte) []byte) string {
	t.Helper()
	to := t.TempDir()
	err := fs.WalkDir(from, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.MkdirAll(filepath.Join(to, name), 0o755)
		}
		text, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		if bytes.IndexByte(text, 0) < 0 {
			text = change(text)
		}
		if unmarked(entry.Name()) {
			text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
		}
		return os.WriteFile(filepath.Join(to, name), text, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// TestG1_LineEndsOfTheSourceDoNotShow generates every fixture as git and editors on Windows have it: the same bytes.
func TestG1_LineEndsOfTheSourceDoNotShow(t *testing.T) {
	for _, fixture := range fixtureNames(t) {
		t.Run(fixture, func(t *testing.T) {
			want := generate(t, fixture)
			// A folder of the same name: an application without an id is called after it.
			root := filepath.Join(t.TempDir(), fixture)
			if err := os.Rename(checkout(t, os.DirFS(filepath.Join(fixtures, fixture)), byteOrderMark), root); err != nil {
				t.Fatal(err)
			}
			result, _, diags, err := generator.FromSource(generator.Options{Root: root, Out: t.TempDir()})
			if err != nil || diags.HasErrors() {
				t.Fatal(err, diags)
			}
			if d := cmp.Diff(recordedFiles(want), recordedFiles(result)); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestI6_LineEndsMoveNoMessage reads every application of the scripts, most of them wrong on purpose, as a checkout on Windows
// has it: the same messages, at the same places.
func TestI6_LineEndsMoveNoMessage(t *testing.T) {
	compared, out := 0, t.TempDir()
	for _, root := range mistakes(t) {
		want := messagesOf(t, root, out)
		for kind, change := range map[string]func([]byte) []byte{"mixed": someLineEnds, "with a mark": byteOrderMark} {
			if d := cmp.Diff(want, messagesOf(t, checkout(t, os.DirFS(root), change), out)); d != "" {
				t.Errorf("%s, %s:\n%s", root, kind, d)
			}
			compared += len(want)
		}
	}
	if compared < 350 {
		t.Errorf("%d messages were compared", compared)
	}
}

// TestI6_OneErrorForOnePlace: who reads the first error of a place mends it, and a second one only says what follows from it. Of a
// folder of migrations each file can be wrong.
func TestI6_OneErrorForOnePlace(t *testing.T) {
	out := t.TempDir()
	for _, root := range mistakes(t) {
		_, _, diags, err := generator.FromSource(generator.Options{Root: root, Out: out})
		if err != nil {
			continue
		}
		said := map[string]string{}
		for _, d := range diags {
			if d.Severity != hcl.DiagError || d.Subject == nil || strings.Contains(d.Summary, "igration") {
				continue
			}
			place := fmt.Sprintf("%s:%d:%d", d.Subject.Filename, d.Subject.Start.Line, d.Subject.Start.Column)
			if said[place] != "" {
				t.Errorf("%s: at %s: %s, and %s", filepath.Base(root), place, said[place], d.Summary)
			}
			said[place] = d.Summary
		}
	}
}

// mistakes are the folders of the applications that stand in scripts, most of them wrong on purpose.
func mistakes(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("../cmd/groundplan/testdata/script/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	var roots []string
	whole := t.TempDir()
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		folder := filepath.Join(whole, strings.TrimSuffix(filepath.Base(name), ".txtar"))
		if err := txtar.Write(archive, folder); err != nil {
			t.Fatal(err)
		}
		for _, file := range archive.Files {
			if base := filepath.Base(file.Name); base == "encore.app" || base == "groundplan.app.hcl" {
				roots = append(roots, filepath.Join(folder, filepath.Dir(file.Name)))
			}
		}
	}
	return roots
}

// TestG2_ACheckoutOnWindowsIsNoEdit writes an application, has git for Windows check it out, and generates again.
func TestG2_ACheckoutOnWindowsIsNoEdit(t *testing.T) {
	result := generate(t, "schedules") // it has an archive among its modules
	dir := t.TempDir()
	if _, err := result.Write(dir, false, nil); err != nil {
		t.Fatal(err)
	}
	windows := checkout(t, os.DirFS(dir), longLineEnds)
	if changes, err := result.Changes(windows, nil); err != nil || len(changes) > 0 {
		t.Errorf("--check shows %d changes: %v", len(changes), err)
	}
	if changes, err := result.Write(windows, false, nil); err != nil || len(changes) > 0 {
		t.Errorf("generate changes %d files: %v", len(changes), err)
	}

	const changed, edited, archive = "production/services/gateway.tf", "production/services/digest.tf", "modules/cron/signer/signer.zip"
	next := generate(t, "schedules")
	next.Files[changed] = append(next.Files[changed], "# more\n"...)
	changes, err := next.Write(windows, false, nil)
	if err != nil || len(changes) != 1 || changes[0].Path != changed || changes[0].Edited {
		t.Errorf("a file that changes: %v, %v", changes, err)
	}
	if text := readBack(t, windows, changed); strings.Contains(text, "\r") || !strings.HasSuffix(text, "# more\n") {
		t.Errorf("it is written as %q", text)
	}

	for name, edit := range map[string]func(string) string{
		edited:  func(text string) string { return strings.Replace(text, "\r\n", "\r\n# mine\r\n", 1) },
		archive: func(text string) string { return text + "\r\n" },
		// No line ends, to any of the tools that read such files.
		"production/platform/secrets.tf": func(text string) string { return strings.Replace(text, "\r\n", "\r", 1) },
		// What terraform refuses.
		"production/platform/terraform.tf": func(text string) string { return "\xef\xbb\xbf" + text },
	} {
		before := readBack(t, windows, name)
		put(t, filepath.Join(windows, name), edit(before))
		_, err := next.Write(windows, false, nil)
		var conflict *output.ConflictError
		if !errors.As(err, &conflict) || len(conflict.Edited) != 1 || conflict.Edited[0].Path != name {
			t.Errorf("%s: an edit is none: %v", name, err)
			continue
		}
		if diff := string(conflict.Edited[0].Diff()); strings.Count(diff, "\n") > 20 {
			t.Errorf("%s: the diff shows more than the edit:\n%s", name, diff)
		}
		put(t, filepath.Join(windows, name), before)
	}
}

// TestG2_AnotherGitAttributes leaves the file alone where the folder has one of its owner's.
func TestG2_AnotherGitAttributes(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, ".gitattributes"), "*.tf diff=hcl\n")
	result := generate(t, "hello")
	for range 2 {
		if _, err := result.Write(dir, false, nil); err != nil {
			t.Fatal(err)
		}
		if changes, err := result.Changes(dir, nil); err != nil || len(changes) > 0 {
			t.Errorf("%v, %v", changes, err)
		}
	}
	if text := readBack(t, dir, ".gitattributes"); text != "*.tf diff=hcl\n" {
		t.Errorf("it holds %q", text)
	}
	if err := os.Remove(filepath.Join(dir, ".gitattributes")); err != nil {
		t.Fatal(err)
	}
	if changes, err := result.Write(dir, false, nil); err != nil || len(changes) != 1 || changes[0].Action != "create" {
		t.Errorf("after it is gone: %v, %v", changes, err)
	}
}

// TestG2_PointersAreNoEdits: git lfs has what stands there, and nobody has to give anything up.
func TestG2_PointersAreNoEdits(t *testing.T) {
	dir := t.TempDir()
	result := generate(t, "schedules")
	if _, err := result.Write(dir, false, nil); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "modules/cron/signer/signer.zip"), lfsPointer)
	_, err := result.Write(dir, false, nil)
	if err == nil || err.Error() != "modules/cron/signer/signer.zip is a pointer of Git LFS" {
		t.Error(err)
	}
	put(t, filepath.Join(dir, output.LockName), lfsPointer)
	if _, err = result.Write(dir, false, nil); err == nil || !strings.Contains(err.Error(), "is a pointer of Git LFS") || !strings.Contains(err.Error(), "hint: git lfs pull") {
		t.Error(err)
	}
}

const lfsPointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"

// TestI6_PointersOfGitLFS puts one in the place of each file that is read: one message, at its first line.
func TestI6_PointersOfGitLFS(t *testing.T) {
	for _, test := range []struct{ fixture, name string }{
		{"hello", "encore.app"}, {"hello", "go.mod"}, {"hello", "hello/hello.go"}, {"webshop", "groundplan.hcl"},
		{"shop-typescript", "orders/orders.ts"}, {"shop-typescript", "encore.app"}, {"webshop", "groundplan.app.hcl"},
	} {
		root := t.TempDir()
		if err := os.CopyFS(root, os.DirFS(filepath.Join(fixtures, test.fixture))); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(root, test.name)); err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(root, test.name), lfsPointer)
		want := []string{fmt.Sprintf("%s:1:1-1:1: Pointer of Git LFS: In place of %s there is the pointer that Git LFS keeps until the content is fetched.\nhint: git lfs pull", test.name, test.name)}
		if d := cmp.Diff(want, messagesOf(t, root, t.TempDir())); d != "" {
			t.Errorf("%s: %s", test.name, d)
		}
	}
	_, diags, err := reading.FromMetadata(t.TempDir(), reading.Metadata{Name: "meta.json", Text: []byte(lfsPointer)})
	if err != nil || len(diags) != 1 || diags[0].Summary != "Pointer of Git LFS" {
		t.Errorf("metadata: %v, %v", diags, err)
	}
}

// TestI6_ByteOrderMarks: what the go command and Encore refuse is said so, once.
func TestI6_ByteOrderMarks(t *testing.T) {
	for name, reader := range map[string]string{"go.mod": "the go command", "encore.app": "Encore"} {
		root := t.TempDir()
		if err := os.CopyFS(root, os.DirFS(filepath.Join(fixtures, "hello"))); err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(root, name), "\xef\xbb\xbf"+readBack(t, root, name))
		want := []string{fmt.Sprintf("%s:1:1-1:1: Byte order mark: %s begins with a byte order mark, which %s refuses.\nhint: save the file as UTF-8 without a byte order mark (BOM)", name, name, reader)}
		if d := cmp.Diff(want, messagesOf(t, root, t.TempDir())); d != "" {
			t.Error(d)
		}
	}
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readBack(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// messagesOf are what is said of the application in a folder. out is an empty one.
func messagesOf(t *testing.T, root, out string) []string {
	t.Helper()
	_, _, diags, err := generator.FromSource(generator.Options{Root: root, Out: out})
	var texts []string
	if err != nil {
		texts = append(texts, strings.ReplaceAll(err.Error(), root, "ROOT"))
	}
	for _, d := range diags {
		at := hcl.Range{}
		if d.Subject != nil {
			at = *d.Subject
		}
		texts = append(texts, fmt.Sprintf("%s:%d:%d-%d:%d: %s: %s", at.Filename, at.Start.Line, at.Start.Column, at.End.Line, at.End.Column, d.Summary, diagnostic.Text(d)))
	}
	return texts
}

//go:build validate

package release_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Windows is told from other systems by two things that code can get wrong without noticing: the separator, and what counts as
// one. So the tests of whatever handles paths run here once more, on this system, with a standard library in which paths are
// separated by backslashes, as `go test -overlay` allows; the kernel is given slashes. Volumes (C:), names that Windows keeps
// for itself and files that others hold open stay untested by it.

// edits are the changes to the standard library, by file: what is replaced by what. Each has to be found.
var edits = map[string][][2]string{
	"internal/filepathlite/path_unix.go": {
		{`Separator     = '/'`, `Separator     = '\\'`},
		{`return Separator == c`, `return c == '\\' || c == '/'`},
		{`return unixIsLocal(path)`, `path = ToSlash(Clean(path))
	return !IsAbs(path) && path != ".." && !stringslite.HasPrefix(path, "../")`},
		{`return stringslite.HasPrefix(path, "/")`, `return len(path) > 0 && IsPathSeparator(path[0])`},
		{"\treturn path, nil\n", `	if bytealg.IndexByteString(path, '\\') >= 0 || bytealg.IndexByteString(path, ':') >= 0 {
		return "", errInvalidPath
	}
	return FromSlash(path), nil
`},
	},
	"os/path_unix.go": {
		{`PathSeparator     = '/'`, `PathSeparator     = '\\'`},
		{`return PathSeparator == c`, `return c == '\\' || c == '/'`},
	},
	// A backslash escapes nothing in a pattern.
	"path/filepath/match.go": {
		{`runtime.GOOS != "windows"`, `runtime.GOOS == "nowhere"`},
		{`runtime.GOOS == "windows"`, `runtime.GOOS != "nowhere"`},
	},
	"syscall/syscall.go": {
		{"\tcopy(a, s)\n", "\tcopy(a, s)\n\tfor i := range a {\n\t\tif a[i] == '\\\\' {\n\t\t\ta[i] = '/'\n\t\t}\n\t}\n"},
	},
	// Shells that tests start look for programs along PATH.
	"syscall/exec_unix.go": {
		{"\t\tcopy(b[n:], s)\n", "\t\tcopy(b[n:], s)\n\t\tfor i := range s {\n\t\t\tif len(s) > 5 && s[:5] == \"PATH=\" && s[i] == '\\\\' {\n\t\t\t\tb[n+i] = '/'\n\t\t\t}\n\t\t}\n"},
	},
}

// overlay writes the edited files and returns the name of the file that go's -overlay takes.
func overlay(t *testing.T) string {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	library, folder := filepath.Join(strings.TrimSpace(string(root)), "src"), t.TempDir()
	replace := map[string]string{}
	for name, changes := range edits {
		content, err := os.ReadFile(filepath.Join(library, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, change := range changes {
			if !bytes.Contains(content, []byte(change[0])) {
				t.Fatalf("%s of the standard library has no %q any more: mend the edit", name, change[0])
			}
			content = bytes.ReplaceAll(content, []byte(change[0]), []byte(change[1]))
		}
		edited := filepath.Join(folder, strings.ReplaceAll(name, "/", "_"))
		if err := os.WriteFile(edited, content, 0o600); err != nil {
			t.Fatal(err)
		}
		replace[filepath.Join(library, name)] = edited
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(name, list, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// underSeparators are the packages whose tests run: what reads and writes files, and the program.
var underSeparators = []string{"./aws/...", "./blueprint/...", "./cmd/...", "./generator/output", "./generator/reading/...", "./generator/source/...", "./generator/names"}

func TestWindowsSeparators(t *testing.T) {
	// Temporary folders have names in the same way.
	temporary := "env TMPDIR=" + strings.ReplaceAll(os.TempDir(), "/", `\`)
	command := exec.Command("go", append([]string{"test", "-overlay", overlay(t), "-exec", temporary, "-timeout", "10m"}, underSeparators...)...)
	command.Dir = "../.."
	output, err := command.CombinedOutput()
	if err != nil {
		t.Errorf("with backslashes between the parts of paths: %v\n%s", err, output)
	}
}

// TestWindowsSeparatorsFire: under the overlay paths are what they are on Windows, and a program that forgets to turn them
// around is found out.
func TestWindowsSeparatorsFire(t *testing.T) {
	list := overlay(t)
	for _, test := range []struct{ argument, want string }{
		{"filepath", "ok\n"},
		{"forgets", "the name in the lock is production\\platform\\main.tf\n"},
	} {
		command := exec.Command("go", "run", "-overlay", list, "./testdata/separators", test.argument)
		output, err := command.CombinedOutput()
		if err != nil || string(output) != test.want {
			t.Errorf("%s: %v\n%s, want %s", test.argument, err, output, test.want)
		}
	}
}

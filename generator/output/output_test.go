package output

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/groundplan/groundplan/blueprint"
)

// outputOf builds an Output with its lock from path -> content.
func outputOf(files map[string]string) *Output {
	o := &Output{Files: map[string][]byte{}, Lock: &Lock{Blueprint: blueprint.Blueprint{Version: blueprint.Version, Files: map[string]string{}}}}
	for path, content := range files {
		o.Files[path] = []byte(content)
		o.Lock.Files[path] = Hash([]byte(content))
	}
	return o
}

// treeOf reads a folder: path -> content, without the lock.
func treeOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		relative, _ := filepath.Rel(dir, path)
		if relative != LockName {
			files[filepath.ToSlash(relative)] = string(data)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func write(t *testing.T, o *Output, dir string, force bool) []Change {
	t.Helper()
	changes, err := o.Write(dir, force, nil)
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

func equal(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	if d := cmp.Diff(want, treeOf(t, dir)); d != "" {
		t.Error(d)
	}
}

func put(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

var (
	oldTree = map[string]string{"README.md": "one", "prod/platform/a.tf": "a", "prod/platform/b.tf": "b", "prod/services/c.tf": "c", "modules/x/main.tf": "x"}
	newTree = map[string]string{"README.md": "two", "prod/platform/a.tf": "A", "prod/platform/d.tf": "d", "prod/services/c.tf": "c", "test/platform/a.tf": "t"}
)

func TestG2_WriteBringsTheFolderToTheOutput(t *testing.T) {
	dir := t.TempDir()
	write(t, outputOf(oldTree), dir, false)
	equal(t, dir, oldTree)

	t.Run("a second run writes nothing", func(t *testing.T) {
		stat := func() (times []string) {
			for path := range treeOf(t, dir) {
				info, err := os.Stat(filepath.Join(dir, path))
				if err != nil {
					t.Fatal(err)
				}
				times = append(times, path+info.ModTime().String())
			}
			slices.Sort(times)
			return times
		}
		before := stat()
		if changes := write(t, outputOf(oldTree), dir, false); changes != nil {
			t.Errorf("changes: %v", changes)
		}
		if d := cmp.Diff(before, stat()); d != "" {
			t.Error(d)
		}
	})
	t.Run("changes, prunes, removes emptied folders", func(t *testing.T) {
		put(t, filepath.Join(dir, "prod/platform/terraform.tfstate"), "state")
		write(t, outputOf(newTree), dir, false)
		want := maps.Clone(newTree)
		want["prod/platform/terraform.tfstate"] = "state"
		equal(t, dir, want)
		if _, err := os.Stat(filepath.Join(dir, "modules")); !errors.Is(err, fs.ErrNotExist) {
			t.Error("the emptied folder modules/ is still there")
		}
	})
}

func TestG2_RefusesWhatSomebodyEdited(t *testing.T) {
	for _, c := range []struct{ name, path string }{{"changed", "README.md"}, {"pruned", "prod/platform/b.tf"}} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, outputOf(oldTree), dir, false)
			put(t, filepath.Join(dir, c.path), "mine")
			want := treeOf(t, dir)
			_, err := outputOf(newTree).Write(dir, false, nil)
			var conflict *ConflictError
			if !errors.As(err, &conflict) || len(conflict.Edited) != 1 || conflict.Edited[0].Path != c.path {
				t.Fatalf("error: %v", err)
			}
			if !bytes.Contains(conflict.Edited[0].Diff(), []byte("-mine")) {
				t.Errorf("the diff does not show the edit:\n%s", conflict.Edited[0].Diff())
			}
			equal(t, dir, want)
			write(t, outputOf(newTree), dir, true)
			equal(t, dir, newTree)
		})
	}
	t.Run("a foreign file, even with force", func(t *testing.T) {
		dir := t.TempDir()
		put(t, filepath.Join(dir, "README.md"), "mine")
		_, err := outputOf(newTree).Write(dir, true, nil)
		var conflict *ConflictError
		if !errors.As(err, &conflict) || !slices.Equal(conflict.Foreign, []string{"README.md"}) {
			t.Fatalf("error: %v", err)
		}
		equal(t, dir, map[string]string{"README.md": "mine"})
	})
	t.Run("an edit that equals the new content is none", func(t *testing.T) {
		dir := t.TempDir()
		write(t, outputOf(oldTree), dir, false)
		put(t, filepath.Join(dir, "README.md"), newTree["README.md"])
		write(t, outputOf(newTree), dir, false)
		equal(t, dir, newTree)
	})
}

func TestG2_OneEnvironmentLeavesTheOthers(t *testing.T) {
	dir := t.TempDir()
	write(t, outputOf(oldTree), dir, false)
	within := func(path string) bool { return strings.HasPrefix(path, "test/") }
	if _, err := outputOf(newTree).Write(dir, false, within); err != nil {
		t.Fatal(err)
	}
	want := maps.Clone(oldTree)
	want["test/platform/a.tf"] = "t"
	equal(t, dir, want)
	write(t, outputOf(newTree), dir, false) // still owns everything
	equal(t, dir, newTree)
}

func TestG2_ChangesWritesNothing(t *testing.T) {
	dir := t.TempDir()
	write(t, outputOf(oldTree), dir, false)
	changes, err := outputOf(newTree).Changes(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range changes {
		got = append(got, c.Action+" "+c.Path)
	}
	want := []string{"update README.md", "delete modules/x/main.tf", "update prod/platform/a.tf", "delete prod/platform/b.tf", "create prod/platform/d.tf", "create test/platform/a.tf"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	equal(t, dir, oldTree)
}

const dieVariable = "GROUNDPLAN_TEST_DIE_AT"

// TestG2_KilledAtEveryStep ends a real process at each step of a run, one after the other. What is left must be the
// old tree, the new one, or one that terraform refuses; the next run must end in the new tree.
func TestG2_KilledAtEveryStep(t *testing.T) {
	if at := os.Getenv(dieVariable); at != "" {
		dieAt(t, at)
		return
	}
	for n := 1; ; n++ {
		dir := t.TempDir()
		write(t, outputOf(oldTree), dir, false)
		command := exec.Command(os.Args[0], "-test.run", "^TestG2_KilledAtEveryStep$")
		command.Env = append(os.Environ(), fmt.Sprintf("%s=%d:%s", dieVariable, n, dir))
		out, err := command.CombinedOutput()
		if err == nil {
			if n < 20 {
				t.Fatalf("only %d steps were seen", n-1)
			}
			equal(t, dir, newTree)
			return
		}
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 137 {
			t.Fatalf("%v\n%s", err, out)
		}
		left := treeOf(t, dir)
		for path := range left {
			if strings.HasPrefix(path, workDir+"/") {
				delete(left, path)
			}
		}
		checkUsable(t, n, left)
		write(t, outputOf(newTree), dir, false)
		equal(t, dir, newTree)
	}
}

// checkUsable fails on a half-written file, and on a folder of Terraform code that is neither old nor new but would
// be accepted.
func checkUsable(t *testing.T, step int, left map[string]string) {
	t.Helper()
	folders := map[string]map[string]string{}
	for path, content := range left {
		if content != oldTree[path] && content != newTree[path] && content != string(brake) {
			t.Errorf("step %d: %s holds %q", step, path, content)
		}
		folder, name := filepath.Split(path)
		if folders[folder] == nil {
			folders[folder] = map[string]string{}
		}
		folders[folder][name] = content
	}
	within := func(tree map[string]string, folder string) map[string]string {
		files := map[string]string{}
		for path, content := range tree {
			if f, name := filepath.Split(path); f == folder {
				files[name] = content
			}
		}
		return files
	}
	for folder, files := range folders {
		_, braked := files[brakeName]
		if !braked && !maps.Equal(files, within(oldTree, folder)) && !maps.Equal(files, within(newTree, folder)) {
			t.Errorf("step %d: %s is neither old nor new: %v", step, folder, files)
		}
	}
}

func dieAt(t *testing.T, at string) {
	count, dir, _ := strings.Cut(at, ":")
	n, err := strconv.Atoi(count)
	if err != nil {
		t.Fatal(err)
	}
	var steps atomic.Int64
	d := disk{before: func(string, string) {
		if steps.Add(1) == int64(n) {
			os.Exit(137)
		}
	}}
	if _, err := outputOf(newTree).write(d, dir, false, nil); err != nil {
		t.Fatal(err)
	}
}

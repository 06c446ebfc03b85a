package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "record what the scripts print")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"groundplan": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"snapshot": snapshot},
		Setup: func(env *testscript.Env) error {
			env.Setenv("NO_COLOR", "1")
			return nil
		},
	})
}

// snapshot FOLDER FILE lists everything below a folder in a file, with permissions, time of the last change and a hash
// of the content. Scripts compare two such files with cmp to show that a run touched nothing.
func snapshot(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: snapshot FOLDER FILE")
	}
	root := ts.MkAbs(args[0])
	var list strings.Builder
	ts.Check(filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		var content []byte
		if info.Mode().IsRegular() {
			if content, err = os.ReadFile(path); err != nil {
				return err
			}
		}
		name, err := filepath.Rel(root, path)
		fmt.Fprintf(&list, "%s %s %s %x\n", filepath.ToSlash(name), info.Mode(), info.ModTime().UTC().Format(time.RFC3339Nano), sha256.Sum256(content))
		return err
	}))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(list.String()), 0o600))
}

// TestHelpNamesEveryVerb keeps the help text, which is written by hand, complete.
func TestHelpNamesEveryVerb(t *testing.T) {
	for _, verb := range verbs() {
		if !strings.Contains(programHelp, "\n  "+verb.Name+" ") {
			t.Errorf("the help text does not list %s", verb.Name)
		}
		for _, flag := range flagsBelow(verb) {
			if name := "--" + flag.Names()[0]; !strings.Contains(verb.CustomHelpTemplate, name) {
				t.Errorf("the help text of %s does not explain %s", verb.Name, name)
			}
		}
		if !strings.Contains(verb.CustomHelpTemplate, "\nexample:\n  $ ") {
			t.Errorf("the help text of %s has no example", verb.Name)
		}
	}
}

// TestHintsListWhatIsTaken runs every format that a hint lists. Verbs and flags are listed by the help texts, see above.
func TestHintsListWhatIsTaken(t *testing.T) {
	inspect := func(format string) (int, string) {
		var stdout, stderr bytes.Buffer
		code := run(context.Background(), []string{"inspect", "--app", "../../fixtures/hello", "--format", format}, &stdout, &stderr)
		return code, stderr.String()
	}
	code, text := inspect("postscript")
	_, listed, found := strings.Cut(text, "hint: the formats are ")
	if code != codeError || !found {
		t.Fatalf("exit code %d: %s", code, text)
	}
	formats := strings.FieldsFunc(strings.Replace(strings.TrimSpace(listed), " and ", ", ", 1), func(r rune) bool { return r == ',' || r == ' ' })
	if len(formats) != 3 {
		t.Errorf("formats %q", formats)
	}
	for _, format := range formats {
		if code, text := inspect(format); code != 0 {
			t.Errorf("%s: exit code %d: %s", format, code, text)
		}
	}
}

func TestRunExitCodes(t *testing.T) {
	for _, test := range []struct {
		args []string
		code int
	}{
		{[]string{"--help"}, 0},
		{[]string{"--version"}, 0},
		{[]string{"inspect", "--help"}, 0},
		{nil, codeError},
		{[]string{"frobnicate"}, codeError},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(context.Background(), test.args, &stdout, &stderr); code != test.code {
			t.Errorf("groundplan %s: exit code %d, want %d", strings.Join(test.args, " "), code, test.code)
		}
		if test.code == 0 && stderr.Len() > 0 || test.code != 0 && stdout.Len() > 0 {
			t.Errorf("groundplan %s: stdout %q, stderr %q", strings.Join(test.args, " "), &stdout, &stderr)
		}
	}
}

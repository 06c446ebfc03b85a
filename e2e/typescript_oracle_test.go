//go:build validate

package e2e_test

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/groundplan/groundplan/generator/source/typescript/syntax"
)

var (
	typescriptCorpus = flag.String("typescript-corpus", "", "a folder whose TypeScript files are compared as well")
	typescriptNames  = flag.Bool("typescript-names", false, "in the corpus, compare also what each name refers to (slow)")
)

// TestI2_TypeScriptOracle compares the reader with the TypeScript compiler: imports, exports, and every statement and
// expression with its extent; calls with their callee, type arguments and arguments; and what names refer to.
func TestI2_TypeScriptOracle(t *testing.T) {
	t.Run("I2 fixtures", func(t *testing.T) {
		var files []string
		for _, root := range []string{"../generator/source/typescript/syntax/testdata", "../fixtures"} {
			files = append(files, typescriptFiles(t, root)...)
		}
		if len(files) == 0 {
			t.Fatal("no fixture")
		}
		compareTypeScript(t, files, true)
	})
	if *typescriptCorpus != "" {
		t.Run("I2 corpus", func(t *testing.T) {
			compareTypeScript(t, typescriptFiles(t, *typescriptCorpus), *typescriptNames)
		})
	}
}

// TestI2_TypeScriptOracleNotices shows that the comparison sees a difference.
func TestI2_TypeScriptOracleNotices(t *testing.T) {
	file, err := syntax.Parse("a.ts", "import {a} from 'm';\nexport const b = a<T>(1)")
	if err != nil {
		t.Fatal(err)
	}
	lines := describeTypeScript(file, false)
	for _, want := range []string{"import 0 20 m [a as a 8-9]", "export b declared", "call 38 45 callee 38 39 types 40-41 arguments 43-44"} {
		if !slices.Contains(lines, want) {
			t.Errorf("%q is not among\n%s", want, strings.Join(lines, "\n"))
		}
	}
	if d := differences(lines, lines[1:]); d == "" {
		t.Error("a missing line makes no difference")
	}
}

func typescriptFiles(t *testing.T, root string) []string {
	var files []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch filepath.Ext(path) {
		case ".ts", ".tsx", ".mts", ".cts":
			if entry.Type().IsRegular() && !strings.Contains(path, "\n") {
				absolute, err := filepath.Abs(path)
				if err != nil {
					return err
				}
				files = append(files, absolute)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// oracleFile is what testdata/typescript/oracle.cjs prints for one file.
type oracleFile struct {
	File   string   `json:"file"`
	Errors []string `json:"errors"`
	Lines  []string `json:"lines"`
}

func compareTypeScript(t *testing.T, files []string, names bool) {
	compiler, err := filepath.Abs("../.tools/typescript/node_modules/typescript")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(compiler); err != nil {
		t.Fatalf("the TypeScript compiler is missing: run tools/setup (%v)", err)
	}
	arguments := []string{"--max-old-space-size=4096", "testdata/typescript/oracle.cjs", compiler}
	if names {
		arguments = append(arguments, "names")
	}
	node := exec.CommandContext(t.Context(), "node", arguments...)
	node.Stdin = strings.NewReader(strings.Join(files, "\n") + "\n")
	node.Stderr = os.Stderr
	output, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	lines := bufio.NewReaderSize(output, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			break
		}
		var want oracleFile
		if err := json.Unmarshal(line, &want); err != nil {
			t.Fatal(err)
		}
		compareTypeScriptFile(t, want, names, counts)
	}
	if err := node.Wait(); err != nil {
		t.Fatalf("node: %v", err)
	}
	if read := counts["equal"] + counts["different"] + counts["both refuse"] + counts["only the compiler refuses"] +
		counts["only we refuse"] + counts["not UTF-8"]; read != len(files) {
		t.Errorf("%d files were given, %d were compared", len(files), read)
	}
	t.Logf("%d files: %v", len(files), counts)
}

func compareTypeScriptFile(t *testing.T, want oracleFile, names bool, counts map[string]int) {
	source, err := os.ReadFile(want.File)
	if err != nil {
		t.Fatal(err)
	}
	if !utf8.Valid(source) {
		counts["not UTF-8"]++
		return
	}
	file, err := syntax.Parse(want.File, string(source))
	switch {
	case err != nil && len(want.Errors) > 0:
		counts["both refuse"]++
	case err != nil:
		counts["only we refuse"]++
		t.Errorf("the compiler reads it: %v", err)
	case len(want.Errors) > 0:
		counts["only the compiler refuses"]++
		t.Logf("%s: only the compiler refuses: %s", want.File, want.Errors[0])
	default:
		if names {
			syntax.Resolve(file)
		}
		got := describeTypeScript(file, names)
		counts["nodes"] += len(got)
		if d := differences(want.Lines, got); d != "" {
			counts["different"]++
			t.Errorf("%s (- compiler, + groundplan):\n%s", want.File, d)
		} else {
			counts["equal"]++
		}
	}
}

// differences compares two lists without regard to order; at most 20 lines. A reference of the compiler may have
// several declarations, of which ours names one.
func differences(want, got []string) string {
	want, got = slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(got))
	for i := range min(len(want), len(got)) {
		head, declarations, found := strings.Cut(want[i], " -> ")
		if ourHead, ours, ok := strings.Cut(got[i], " -> "); ok && found && head == ourHead && slices.Contains(strings.Split(declarations, ","), ours) {
			want[i] = got[i]
		}
	}
	if slices.Equal(want, got) {
		return ""
	}
	var changed []string
	for line := range strings.Lines(cmp.Diff(want, got)) {
		if (line[0] == '-' || line[0] == '+') && len(changed) < 20 {
			changed = append(changed, line)
		}
	}
	return strings.Join(changed, "")
}

func hashOf(texts ...string) string {
	h := fnv.New32a()
	h.Write([]byte(strings.Join(texts, "\x00")))
	return fmt.Sprintf("%x", h.Sum32())
}

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// TestTableFires shows the table with everything that can be wrong with a promise, each found.
func TestTableFires(t *testing.T) {
	promises := []promise{
		{ID: "N1", Text: "kept"}, {ID: "N2", Text: "without a test"}, {ID: "N3", Text: "with a failed test"}, {ID: "N4", Text: "whose tests were skipped"},
		{ID: "N5", Text: "whose tests were left out"}, {ID: "N6", Text: "with one test left out"}, {ID: "F1", Text: "that ended halfway"},
		{ID: "K1", Text: "later, without a test", Later: true}, {ID: "K2", Text: "later, with a failed test", Later: true}, {ID: "K3", Text: "later, with a test", Later: true},
	}
	declared := []string{"TestModules n5_left_out", "TestModules n6_left_out", "TestN1_Kept", "TestN5_LeftOut"}
	events := []string{
		`{"Action":"run","Package":"p","Test":"TestN1_Kept"}`, `{"Action":"pass","Package":"p","Test":"TestN1_Kept"}`,
		`{"Action":"pass","Package":"p","Test":"TestN1_Kept/of_the_same_test"}`,
		`{"Action":"pass","Package":"p","Test":"TestModules/network/n1_kept"}`, `{"Action":"pass","Package":"p","Test":"TestModules/cluster/n1_kept"}`,
		`{"Action":"pass","Package":"p","Test":"TestRules/N1_kept"}`, `{"Action":"skip","Package":"p","Test":"TestN1_Lacking"}`,
		`{"Action":"pass","Package":"p","Test":"TestN3_Fails"}`, `{"Action":"fail","Package":"p","Test":"TestN3_Fails"}`, // in another layer
		`{"Action":"skip","Package":"p","Test":"TestN4_Skipped"}`,
		`{"Action":"pass","Package":"p","Test":"TestN6_Runs"}`,
		`{"Action":"run","Package":"p","Test":"TestF1_NeverEnds"}`,
		`{"Action":"fail","Package":"p","Test":"TestK2_Fails"}`, `{"Action":"pass","Package":"p","Test":"TestK3_Passes"}`,
		`{"Action":"pass","Package":"p","Test":"TestX9_Nobody"}`, `{"Action":"pass","Package":"p","Test":"TestModules/network/s3_is_no_promise"}`,
		`{"Action":"pass","Package":"p","Test":"TestOfNothing"}`,
	}
	results, err := readResults(strings.NewReader(strings.Join(events, "\n") + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	table, problems := makeTable(promises, declared, results)
	want := `
== tests by promise
N1
    ok       TestModules n1_kept (2 times)
    ok       TestN1_Kept
    skipped  TestN1_Lacking
    ok       TestRules N1_kept
N2
N3
    FAILED   TestN3_Fails
N4
    skipped  TestN4_Skipped
N5
    not run  TestModules n5_left_out
    not run  TestN5_LeftOut
N6
    not run  TestModules n6_left_out
    ok       TestN6_Runs
F1
    FAILED   TestF1_NeverEnds
K1
K2
    FAILED   TestK2_Fails
K3
    ok       TestK3_Passes

== promises
N1  ok 3 tests           kept
N2  MISSING, no test     without a test
N3  FAILED 1 of 1        with a failed test
N4  SKIPPED 1 tests      whose tests were skipped
N5  NOT RUN 2 tests      whose tests were left out
N6  NOT RUN 1 of 2       with one test left out
F1  FAILED 1 of 1        that ended halfway
K1  not promised yet     later, without a test
K2  FAILED 1 of 1        later, with a failed test
K3  in part, 1 tests     later, with a test
X9  NOT PROMISED         TestX9_Nobody is named after it
`
	if d := cmp.Diff(want, table); d != "" {
		t.Error(d)
	}
	if problems != 8 {
		t.Errorf("%d problems, want 8", problems)
	}
	if table, problems := makeTable(promises[:1], nil, map[string]state{"p TestN1_Kept": passed}); problems != 0 || !strings.Contains(table, "N1  ok 1 tests") {
		t.Errorf("a promise that is kept counts as %d problems:\n%s", problems, table)
	}
}

// TestPromisesAreListed reads the committed list, and shows what a broken one says.
func TestPromisesAreListed(t *testing.T) {
	promises, err := parsePromises(promisesText)
	if err != nil {
		t.Fatal(err)
	}
	var now []string
	for _, p := range promises {
		if !p.Later {
			now = append(now, p.ID)
		}
	}
	for _, id := range strings.Fields("N1 N2 N3 N4 N5 N6 R1 S1 F1 F2 F3 F4 F5 D1 P1 O1 O2 C1 J1") {
		if !slices.Contains(now, id) {
			t.Errorf("%s is not promised", id)
		}
	}
	for text, want := range map[string]string{
		"N1 one space":          "promises.txt:1: want an id",
		"# fine\nN1  a\nN1  b":  "promises.txt:3: N1 stands there twice",
		"N1  a\nlater N1  b":    "promises.txt:2: N1 stands there twice",
		"soon N1  another word": "promises.txt:1: want an id",
	} {
		if _, err := parsePromises(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// TestEveryNameIsPromised finds a test of this repository that is named after nothing, before a whole run has to.
func TestEveryNameIsPromised(t *testing.T) {
	promises, err := parsePromises(promisesText)
	if err != nil {
		t.Fatal(err)
	}
	declared, err := declaredTests(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	if len(declared) < 200 {
		t.Fatalf("%d tests are named after promises: that is not this repository", len(declared))
	}
	for _, name := range declared {
		if !testName.MatchString(name) { // a case may be called s3_something
			continue
		}
		for _, id := range idsIn(name) {
			if !slices.ContainsFunc(promises, func(p promise) bool { return p.ID == id }) {
				t.Errorf("%s is named after %s, which is not in promises.txt", name, id)
			}
		}
	}
}

func TestNamesCarryIDs(t *testing.T) {
	for name, want := range map[string]string{
		"TestN4_Storage": "N4", "TestN3N5_Both": "N3 N5", "N4_storage": "N4", "n4_storage": "N4", "n3_n5_both": "N3 N5", "refuses_s1_value": "S1",
		"accepts_f1_size": "F1", "N3_N5_both": "N3 N5", "Test": "", "TestName": "", "n4storage": "", "TestE2E": "", "refuses_name": "", "a_n4_b": "",
	} {
		if got := strings.Join(idsIn(name), " "); got != want {
			t.Errorf("%s carries %q, want %q", name, got, want)
		}
	}
}

// TestDeclaredTests finds tests in files, and none in hidden folders.
func TestDeclaredTests(t *testing.T) {
	declared, err := declaredTests(fstest.MapFS{
		"a/a_test.go":                   {Data: []byte("func TestN1_A(t *testing.T) {}\nfunc TestB(t *testing.T) {}\nfunc TestN2_Helper(x int) {}\n")},
		"a/a.go":                        {Data: []byte("func TestN3_A(t *testing.T) {}\n")},
		"modules/x/tests/x.tftest.hcl":  {Data: []byte("run \"n4_x\" {\n}\nrun \"x\" {\n}\n")},
		".tools/x/tests/x.tftest.hcl":   {Data: []byte("run \"n5_x\" {\n}\n")},
		"modules/y/tests-emulator/n.tf": {Data: []byte("run \"n6_x\" {\n}\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"TestModules n4_x", "TestN1_A"}; !slices.Equal(declared, want) {
		t.Errorf("got %v, want %v", declared, want)
	}
}

// TestOutputIsThatOfGoTest runs go test on a package with tests that pass, fail and lack something, and compares what is
// printed with what go test prints: all of it with -v, and otherwise what failed.
func TestOutputIsThatOfGoTest(t *testing.T) {
	folder := t.TempDir()
	for name, content := range map[string]string{
		"go.mod": "module example.com/x\n\ngo 1.26\n",
		// one line, so that no file of this repository seems to declare these tests
		"x_test.go": "package x\n\nimport \"testing\"\n\nfunc TestN1_Good(t *testing.T) { t.Log(\"nobody wants to know\") }\n\n" +
			"func TestN2_Bad(t *testing.T) {\n\tt.Run(\"one\", func(t *testing.T) { t.Error(\"wrong\") })\n\tt.Run(\"other\", func(t *testing.T) {})\n}\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(folder)
	for _, test := range []struct {
		arguments     []string
		said, notSaid []string
	}{
		{[]string{"./..."}, []string{"--- FAIL: TestN2_Bad/one", "x_test.go:8: wrong", "FAIL\texample.com/x"}, []string{"nobody wants", "=== RUN", "TestN1_Good", "other", "{"}},
		{[]string{"-v", "./..."}, []string{"=== RUN   TestN1_Good", "nobody wants", "--- FAIL: TestN2_Bad/one", "--- PASS: TestN2_Bad/other"}, []string{"{"}},
		{[]string{"-run", "Good", "./..."}, []string{"ok  \texample.com/x"}, []string{"PASS", "{"}},
		{[]string{"./nowhere"}, []string{"nowhere"}, nil},
	} {
		events := filepath.Join(t.TempDir(), "events")
		var out strings.Builder
		err := runTests(events, test.arguments, &out)
		if (err == nil) != (test.arguments[0] == "-run") {
			t.Errorf("%v: %v", test.arguments, err)
		}
		for _, said := range test.said {
			if !strings.Contains(out.String(), said) {
				t.Errorf("%v does not print %q:\n%s", test.arguments, said, out.String())
			}
		}
		for _, said := range test.notSaid {
			if strings.Contains(out.String(), said) {
				t.Errorf("%v prints %q:\n%s", test.arguments, said, out.String())
			}
		}
		if test.arguments[0] != "./..." {
			continue
		}
		file, err := os.Open(events)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		results, err := readResults(file)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]state{"example.com/x TestN1_Good": passed, "example.com/x TestN2_Bad": failed, "example.com/x TestN2_Bad/one": failed, "example.com/x TestN2_Bad/other": passed}
		if d := cmp.Diff(want, results); d != "" {
			t.Error(d)
		}
	}
}

// TestEveryRunThatIsNoEventIsAnError: a file that something else wrote to proves nothing.
func TestEveryRunThatIsNoEventIsAnError(t *testing.T) {
	if _, err := readResults(strings.NewReader("ok  \tx\n")); err == nil {
		t.Error("read as events")
	}
}

func TestUsage(t *testing.T) {
	for _, arguments := range [][]string{nil, {"test"}, {"table"}, {"table", "a", "b"}, {"show", "a"}} {
		if err := run(arguments); err == nil || !strings.HasPrefix(err.Error(), "usage: ") {
			t.Errorf("%v: %v", arguments, err)
		}
	}
	if err := run([]string{"table", filepath.Join(t.TempDir(), "none")}); err == nil {
		t.Error("a table without a run")
	}
}

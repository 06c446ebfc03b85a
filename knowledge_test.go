package groundplan_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const ofTypeScript = "generator/source/typescript/"

// mustNotKnow is what the documentation of packages says that they must not know, as what they must not import: packages of ours
// with all below them, others by their whole path, and anything for every package of ours. What no import shows is not said in
// these words.
var mustNotKnow = map[string][]string{
	"e2e/earlier":                        {anything},
	"generator/app":                      {"generator/source", "generator/emit", "generator/stack", "modules"},
	"generator/attribution":              {"generator/emit", "generator/inspect", "generator/output", "generator/stack", "generator/build"},
	"generator/compute":                  {"generator/kinds", "generator/source"},
	"generator/deploy":                   {"generator/emit", "generator/stack", "generator/kinds", "generator/compute"},
	"generator/diagnostic":               {anything},
	"generator/emit":                     {"generator/kinds", "generator/environment", "generator/stack", "generator/output"},
	"generator/environment/resolution":   {"generator/source", "generator/kinds", "modules", "generator/emit", "generator/stack"},
	"generator/environment/rule":         {"generator/environment/table", "generator/settings", "generator/app"},
	"generator/environment/table":        {"generator/app", "generator/environment/resolution", "generator/environment/allocation"},
	"generator/guide":                    {"generator"},
	"generator/holdings":                 {"generator/source", "generator/emit", "generator/stack"},
	"generator/inspect":                  append([]string{"generator/environment"}, singleKinds...),
	"generator/kinds/kind":               {"generator/kinds"},
	"generator/names":                    {"generator/app", "generator/kinds", "generator/emit"},
	"generator/output":                   {"generator/build", "generator/emit", "generator/stack"},
	"generator/parallel":                 {anything},
	"generator/pattern":                  {anything},
	"generator/settings":                 {"generator/environment", "generator/kinds", "generator/source"},
	"generator/sizes":                    {"generator/app", "generator/deploy", "generator/environment", "generator/kinds", "generator/source"},
	"generator/source":                   {"generator/kinds", "generator/environment", "generator/emit", "generator/stack", "modules"},
	"generator/source/golang/link":       {"go/ast", "go/parser", "generator/source/golang/walk", "generator/source/golang/expression"},
	"generator/source/golang/vocabulary": {"go/ast", "go/parser", "generator/source/golang"},
	"generator/source/sourcetest":        {"generator/source/golang", "generator/source/typescript", "generator/source/manifest", "generator/source/encoremeta"},
	"generator/stack":                    {"generator/kinds", "generator/compute", "generator/deploy"},
	"generator/survey":                   {"generator/emit", "generator/guide", "generator/memory", "cmd"},
	"generator/value":                    {"generator/emit", "generator/stack", "generator/kinds"},
	"modules":                            {"generator"},
	"modules/modulestest":                {"generator"},
	"tools/promises":                     {anything},

	"generator/source/typescript": {ofTypeScript + "syntax"},
	ofTypeScript + "extraction":   {ofTypeScript + "trail", ofTypeScript + "loading", ofTypeScript + "linking", "generator/kinds"},
	ofTypeScript + "facts":        {ofTypeScript + "syntax"},
	ofTypeScript + "linking":      {ofTypeScript + "syntax", ofTypeScript + "resolution"},
	ofTypeScript + "loading":      {ofTypeScript + "linking", ofTypeScript + "extraction"},
	ofTypeScript + "outside":      {"generator/app", ofTypeScript + "trail", ofTypeScript + "loading", ofTypeScript + "linking"},
	ofTypeScript + "resolution":   {ofTypeScript + "syntax", ofTypeScript + "facts"},
	ofTypeScript + "scope":        {ofTypeScript + "extraction", ofTypeScript + "trail", ofTypeScript + "loading", ofTypeScript + "linking"},
	ofTypeScript + "syntax":       {anything},
	ofTypeScript + "trail":        {ofTypeScript + "syntax", ofTypeScript + "loading", ofTypeScript + "linking"},
	ofTypeScript + "vocabulary":   {ofTypeScript + "syntax", ofTypeScript + "facts", ofTypeScript + "scope"},
}

// anything is every package of ours.
const anything = ""

// singleKinds are the packages of kinds.
var singleKinds = []string{
	"generator/kinds/cache", "generator/kinds/cron", "generator/kinds/database", "generator/kinds/metric", "generator/kinds/objects",
	"generator/kinds/secret", "generator/kinds/service", "generator/kinds/topic",
}

// forbidden lists the imports of packages that go against what they must not know, sorted.
func forbidden(packages []listed, unknown map[string][]string) []string {
	var found []string
	for _, from := range packages {
		name := strings.TrimPrefix(from.ImportPath, module+"/")
		for _, imported := range from.Imports {
			target, ours := strings.CutPrefix(imported, module+"/")
			if slices.ContainsFunc(unknown[name], func(folder string) bool {
				return target == folder || ours && (folder == anything || strings.HasPrefix(target, folder+"/"))
			}) {
				found = append(found, name+" imports "+target)
			}
		}
	}
	slices.Sort(found)
	return found
}

// documented is the documentation of a package, in one line.
func documented(files map[string]string) (string, error) {
	var text []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file, err := parser.ParseFile(token.NewFileSet(), name, files[name], parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			return "", err
		}
		if file.Doc != nil {
			text = append(text, (&ast.CommentGroup{List: file.Doc.List}).Text())
		}
	}
	return strings.Join(strings.Fields(strings.Join(text, " ")), " "), nil
}

// claims reports whether documentation says that a package must not know something.
func claims(documentation string) bool { return strings.Contains(documentation, "must not know") }

// TestWhatPackagesMustNotKnow: whatever the documentation of a package says that it must not know is in mustNotKnow, and nothing
// imports what it must not.
func TestWhatPackagesMustNotKnow(t *testing.T) {
	packages := goList(t, "./...")
	for _, line := range forbidden(packages, mustNotKnow) {
		t.Errorf("%s, which it must not know", line)
	}
	known := map[string]bool{}
	for _, p := range packages {
		name := strings.TrimPrefix(p.ImportPath, module+"/")
		known[name] = true
		files := map[string]string{}
		for _, file := range p.GoFiles {
			text, err := os.ReadFile(filepath.Join(filepath.FromSlash(name), file))
			if err != nil {
				t.Fatal(err)
			}
			files[file] = string(text)
		}
		documentation, err := documented(files)
		if err != nil {
			t.Fatal(err)
		}
		if _, held := mustNotKnow[name]; claims(documentation) != held {
			t.Errorf("%s: its documentation says that it must not know something: %t; mustNotKnow has it: %t", name, !held, held)
		}
	}
	for name, unknown := range mustNotKnow {
		for _, folder := range append(unknown, name) {
			ours := folder != anything && !slices.Contains([]string{"go/ast", "go/parser"}, folder)
			if ours && !slices.ContainsFunc(packages, func(p listed) bool {
				return p.ImportPath == module+"/"+folder || strings.HasPrefix(p.ImportPath, module+"/"+folder+"/")
			}) {
				t.Errorf("%s: there is no package %s", name, folder)
			}
		}
	}
}

func TestForbiddenImportsAreFound(t *testing.T) {
	packages := []listed{
		{ImportPath: module + "/a", Imports: []string{"fmt", "go/ast", module + "/b/c", module + "/bc", module + "/d"}},
		{ImportPath: module + "/e", Imports: []string{"fmt", module + "/d"}},
		{ImportPath: module + "/f", Imports: []string{module + "/d"}},
	}
	want := []string{"a imports b/c", "a imports go/ast", "e imports d"}
	if got := forbidden(packages, map[string][]string{"a": {"b", "go/ast"}, "e": {anything}}); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for text, want := range map[string]bool{
		"// Package a does it. It must not\n// know b.\npackage a\n": true, "// Package a does it.\npackage a\n\n// It must not know b.\nvar x int\n": false, "package a\n": false,
	} {
		documentation, err := documented(map[string]string{"a.go": "package a\n", "b.go": text})
		if err != nil {
			t.Fatal(err)
		}
		if claims(documentation) != want {
			t.Errorf("%q: claims %v", text, !want)
		}
	}
}

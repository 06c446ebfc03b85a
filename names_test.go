package groundplan_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// shadowing lists the local names of the Go packages in a tree that are those of something at their package's level: whoever reads
// one has to look which of the two it is. A package and the tests in it are one; what go ignores, and fixtures, are left out.
func shadowing(tree fs.FS) ([]string, error) {
	packages := map[string][]*ast.File{} // by folder and package name
	positions := token.NewFileSet()
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		switch base := path.Base(name); {
		case err != nil:
			return err
		case entry.IsDir():
			if base == "testdata" || name == "fixtures" || name == "golden" || base != "." && (strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")) {
				return fs.SkipDir
			}
			return nil
		case path.Ext(name) != ".go":
			return nil
		}
		content, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(positions, name, content, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		key := path.Dir(name) + " " + file.Name.Name
		packages[key] = append(packages[key], file)
		return nil
	})
	var found []string
	for _, key := range slices.Sorted(maps.Keys(packages)) {
		level := packageLevel(packages[key])
		for _, file := range packages[key] {
			for _, local := range locals(file) {
				if at, taken := level[local.Name]; taken {
					found = append(found, fmt.Sprintf("%s: %s is also declared at %s", positions.Position(local.Pos()), local.Name, positions.Position(at)))
				}
			}
		}
	}
	return found, err
}

// packageLevel is where the files of a package declare its names.
func packageLevel(files []*ast.File) map[string]token.Pos {
	level := map[string]token.Pos{}
	for _, file := range files {
		for _, declaration := range file.Decls {
			switch d := declaration.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.Name != "init" {
					level[d.Name.Name] = d.Name.Pos()
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.ValueSpec:
						for _, name := range s.Names {
							level[name.Name] = name.Pos()
						}
					case *ast.TypeSpec:
						level[s.Name.Name] = s.Name.Pos()
					}
				}
			}
		}
	}
	delete(level, "_")
	return level
}

// locals are the names that a file declares inside of functions: parameters, results, receivers, variables, constants and types.
func locals(file *ast.File) []*ast.Ident {
	var found []*ast.Ident
	note := func(expressions ...ast.Expr) {
		for _, e := range expressions {
			if name, is := e.(*ast.Ident); is {
				found = append(found, name)
			}
		}
	}
	fields := func(lists ...*ast.FieldList) {
		for _, list := range lists {
			if list == nil {
				continue
			}
			for _, field := range list.List {
				found = append(found, field.Names...)
			}
		}
	}
	depth := map[ast.Node]bool{} // what stands at the package's level
	for _, declaration := range file.Decls {
		if general, is := declaration.(*ast.GenDecl); is {
			for _, spec := range general.Specs {
				depth[spec] = true
			}
		}
	}
	ast.Inspect(file, func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.FuncDecl:
			fields(n.Recv)
		case *ast.FuncType:
			fields(n.TypeParams, n.Params, n.Results)
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				note(n.Lhs...)
			}
		case *ast.RangeStmt:
			if n.Tok == token.DEFINE {
				note(n.Key, n.Value)
			}
		case *ast.ValueSpec:
			if !depth[n] {
				found = append(found, n.Names...)
			}
		case *ast.TypeSpec:
			fields(n.TypeParams)
			if !depth[n] {
				note(n.Name)
			}
		}
		return true
	})
	return found
}

// unmended are the folders in which names are shadowed still.
var unmended []string

// TestLocalsDoNotShadowPackageNames: a package-level name is not one that a local would have.
func TestLocalsDoNotShadowPackageNames(t *testing.T) {
	found, err := shadowing(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range found {
		if !slices.ContainsFunc(unmended, func(folder string) bool { return strings.HasPrefix(line, folder+"/") }) {
			t.Error(line)
		}
	}
	for _, folder := range unmended {
		if !slices.ContainsFunc(found, func(line string) bool { return strings.HasPrefix(line, folder+"/") }) {
			t.Errorf("nothing in %s is shadowed any more: take it out of unmended", folder)
		}
	}
}

func TestShadowingIsFound(t *testing.T) {
	tree := fstest.MapFS{
		"a/a.go": {Data: []byte(`package a

import "os"

var state, other int

const limit = 1

type entry struct{ state int }

func name() {}

func (name entry) field(limit int) (other int) {
	for state, fine := range []int{} {
		_ = fine
	}
	switch entry := any(state).(type) {
	}
	const name = 1
	type T[entry any] struct{}
	state = 2
	os.Exit(other)
	return func(state string) int { var limit int; return limit }("")
}

var made = func(made int) {}
`)},
		"a/a_test.go":        {Data: []byte("package a\n\nfunc helper() { state, helper := 1, 2 }\n")},
		"a/b_test.go":        {Data: []byte("package a_test\n\nfunc other() { state := 1 }\n")},
		"a/testdata/t.go":    {Data: []byte("package t\n\nvar x int\n\nfunc f(x int) {}\n")},
		"fixtures/app/t.go":  {Data: []byte("package t\n\nvar x int\n\nfunc f(x int) {}\n")},
		"b/init.go":          {Data: []byte("package b\n\nvar _ int\n\nfunc init() { init := 1; for _, x := range init {} }\n")},
		"b/deeper/deeper.go": {Data: []byte("package b\n\nfunc g(x int) { x := x }\n\ntype x interface{ f(x int) }\n")},
	}
	found, err := shadowing(tree)
	if err != nil {
		t.Fatal(err)
	}
	var short []string
	for _, line := range found {
		at, rest, _ := strings.Cut(line, ": ")
		name, _, _ := strings.Cut(rest, " is ")
		short = append(short, strings.TrimPrefix(at, "a/")+" "+name)
	}
	want := []string{
		"a.go:13:7 name", "a.go:13:25 limit", "a.go:13:37 other", "a.go:14:6 state", "a.go:17:9 entry", "a.go:19:8 name", "a.go:20:9 entry",
		"a.go:23:14 state", "a.go:23:38 limit", "a.go:26:17 made", "a_test.go:3:17 state", "a_test.go:3:24 helper",
		"b/deeper/deeper.go:3:8 x", "b/deeper/deeper.go:3:17 x", "b/deeper/deeper.go:5:21 x",
	}
	if !slices.Equal(short, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(short, "\n"), strings.Join(want, "\n"))
	}
}

package folder

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/golang/facts"
	"github.com/groundplan/groundplan/generator/source/golang/vocabulary"
	"github.com/groundplan/groundplan/generator/source/sourcetest"
)

// TestFind: the folders with files of Encore, and those that look like the root of something of their own.
func TestFind(t *testing.T) {
	root := t.TempDir()
	var files []txtar.File
	for _, name := range []string{"a.go", "b/b.go", "b/b_test.go", "b/c/x.go", "d/d.ts", "e/go.mod", "e/e.go", "f/encore.app", ".git/x.go", "node_modules/x/x.go", "vendor/x/x.go", "infra/x.go", "g/infra/x.go", "h/encore.gen.go"} {
		files = append(files, txtar.File{Name: name})
	}
	sourcetest.WriteArchive(t, root, &txtar.Archive{Files: files})
	dirs, nested, err := Find(root, []string{"infra"})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, dir := range dirs {
		found = append(found, dir.Path+": "+strings.Join(dir.Files, " ")+" ("+strings.Join(dir.subdirs, " ")+")")
	}
	if want := []string{".: a.go (.git b d e f g h infra node_modules vendor)", "b: b.go (c)", "b/c: x.go ()", "e: e.go ()", "g/infra: x.go ()"}; !slices.Equal(found, want) {
		t.Errorf("found %q, want %q", found, want)
	}
	if got := fmt.Sprint(nested.Modules, nested.Applications); got != "[e] [f]" {
		t.Errorf("nested %s", got)
	}
}

// TestRead: given these files of a folder, these are its facts.
func TestRead(t *testing.T) {
	spellings := []source.GoSpelling{
		{Kind: "database", Package: "encore.dev/storage/sqldb", Constructors: []string{"NewDatabase"}, ParentArg: -1, NameArg: 0, ConfigArg: 1, ConfigType: "DatabaseConfig"},
		{Kind: "secret", StructVar: "secrets", ParentArg: -1, NameArg: -1, ConfigArg: -1},
	}
	const head = "package a\n\nimport (\n\t\"encore.dev/storage/sqldb\"\n\t\"app.example/b\"\n)\n\n"
	for _, test := range []struct{ name, files, want string }{
		{"variables that may hold a resource", "-- a/a.go --\n" + head + "var db = sqldb.NewDatabase(\"db\", sqldb.DatabaseConfig{})\nvar x, y = New(db), 1\nvar z = []any{x}\nvar f = func() any { return db }\nvar shared = b.DB\nvar g = f\n", "package a: decl database db; refs db x db b.DB; files a/a.go"},
		{"files that are not of the build", "-- a/a.go --\npackage a\n-- a/b_windows.go --\npackage b\n-- a/c.go --\n//go:build ignore\n\npackage c\n-- a/d_linux.go --\npackage a\n\n//encore:service\ntype S struct{}\n-- a/e.go --\n//go:build encore\n\npackage a\n", "package a: service; type S 1 plain false; files a/a.go a/d_linux.go a/e.go"},
		{"a command", "-- a/a.go --\npackage main\n", "none"},
		{"a command with a mistake", "-- a/a.go --\npackage main\n\nfunc {\n", "none"},
		{"no file of the build", "-- a/a_windows.go --\npackage a\n", "none"},
		{"two packages", "-- a/a.go --\npackage a\n-- a/b.go --\npackage b\n", "package a: files a/a.go; ! Two packages in one folder"},
		{"no Go", "-- a/a.go --\npackage a\n\nfunc {\n", "package : broken; files; ! Syntax error"},
		{"a dot import", "-- a/a.go --\npackage a\n\nimport . \"app.example/b\"\nimport . \"encore.dev/config\"\nimport . \"fmt\"\n", "package a: files a/a.go; ! Dot import; Dot import"},
		{"types", "-- a/a.go --\npackage a\n\ntype A struct { B string `k:\"v\"`; C }\ntype D[T any] interface { A; b.E }\ntype F = b.G\ntype H []A\ntype I interface{ m() }\n", "package a: type A 1 B,k:\"v\" , plain false; type D 2 plain true embeds A embeds b.E generic; type F 3 b.G plain false; type H 0 plain false; type I 2 plain false; files a/a.go"},
		{"secrets", "-- a/a.go --\npackage a\n\nvar secrets struct { Key, Other string }\n\nfunc f() string { return secrets.Key }\n", "package a: decl secret Key; decl secret Other; refs secrets; files a/a.go"},
		{"words of a service", "-- a/a.go --\npackage a\n\n// as pubsub.NewSubscription does\n", "package a: likely a service; files a/a.go"},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := t.TempDir()
			sourcetest.WriteArchive(t, root, txtar.Parse([]byte(test.files)))
			dirs, _, err := Find(root, nil)
			if err != nil {
				t.Fatal(err)
			}
			packages, err := Read(root, vocabulary.New("app.example", spellings), dirs)
			if err != nil {
				t.Fatal(err)
			}
			if got := describe(packages); got != test.want {
				t.Errorf("found %s\nwant  %s", got, test.want)
			}
		})
	}
}

// describe is what a folder's package declares and names, in a line.
func describe(packages []*facts.Package) string {
	if len(packages) == 0 {
		return "none"
	}
	p := packages[0]
	var found []string
	for _, is := range []struct {
		is   bool
		word string
	}{{p.Broken, "broken"}, {len(p.Structs) > 0, "service"}, {p.LikelyService && len(p.Structs) == 0, "likely a service"}} {
		if is.is {
			found = append(found, is.word)
		}
	}
	for _, d := range p.Decls {
		found = append(found, "decl "+d.Kind+" "+d.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(p.Types)) {
		described := p.Types[name]
		line := fmt.Sprintf("type %s %d", name, described.Shape)
		for _, field := range described.Fields {
			line += " " + field.Name + "," + field.Tag
		}
		if described.Target.Name != "" {
			line += " " + described.Target.String()
		}
		line += fmt.Sprint(" plain ", described.Plain)
		for _, embedded := range described.Embeds {
			line += " embeds " + embedded.String()
		}
		if described.Generic {
			line += " generic"
		}
		found = append(found, line)
	}
	var files, refs []string
	for _, file := range p.Files {
		files = append(files, file.Name)
		for i := range file.Refs {
			refs = append(refs, file.Refs[i].String())
		}
	}
	if len(refs) > 0 {
		found = append(found, "refs "+strings.Join(refs, " "))
	}
	found = append(found, strings.TrimRight("files "+strings.Join(files, " "), " "))
	if wrong := sourcetest.Summaries(p.Diags); wrong != "" {
		found = append(found, "! "+wrong)
	}
	return "package " + p.Name + ": " + strings.Join(found, "; ")
}

package database

import (
	"testing"
	"testing/fstest"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/sourcetest"
)

func TestReadDatabase(t *testing.T) {
	files := fstest.MapFS{
		"a/sql/1_first.up.sql":   {Data: []byte("SELECT 1")},
		"a/sql/1_first.down.sql": {Data: []byte("SELECT 1")},
		"a/sql/2.up.sql":         {Data: []byte("SELECT 1")},
		"a/sql/notes.txt":        {Data: []byte("")},
	}
	goApp, tsApp := &source.Application{Runtime: app.EncoreGo}, &source.Application{Runtime: app.EncoreTypeScript}
	for _, test := range []struct {
		name   string
		decl   source.Decl
		app    *source.Application
		want   Spec
		errors string
	}{
		{"declared", source.Decl{Package: "a", Config: sourcetest.Object("Migrations", "./sql")}, goApp, Spec{Migrations: "a/sql", MigrationCount: 2}, ""},
		{"implicit", source.Decl{Package: "a", Implicit: true, Migrations: "a/sql"}, goApp, Spec{Migrations: "a/sql", MigrationCount: 2}, ""},
		{"none in TypeScript", source.Decl{Package: "a", Config: sourcetest.Object()}, tsApp, Spec{}, ""},
		{"none in Go", source.Decl{Package: "a", Config: sourcetest.Object()}, goApp, Spec{}, "Missing migrations folder"},
		{"drive letter", source.Decl{Package: "a", Config: sourcetest.Object("Migrations", `C:\sql`)}, goApp, Spec{}, "Absolute migrations folder"},
		{"above", source.Decl{Package: "a", Config: sourcetest.Object("Migrations", "../a/sql")}, goApp, Spec{}, "Migrations folder outside the package"},
		{"wrong type", source.Decl{Package: "a", Config: sourcetest.Object("Migrations", 3)}, goApp, Spec{}, "Wrong type"},
	} {
		t.Run(test.name, func(t *testing.T) {
			spec, diags := read(test.decl, kind.Input{Application: test.app, Files: files})
			if got := *spec.(*Spec); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
			if got := sourcetest.Summaries(diags); got != test.errors {
				t.Errorf("reports %q, want %q", got, test.errors)
			}
		})
	}
}

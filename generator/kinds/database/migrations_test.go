package database

import (
	"testing"
	"testing/fstest"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/sourcetest"
)

// TestI6_Migrations has a folder for every mistake, and for what is none.
func TestI6_Migrations(t *testing.T) {
	goApp, tsApp := &source.Application{Runtime: app.EncoreGo}, &source.Application{Runtime: app.EncoreTypeScript}
	for _, test := range []struct {
		name   string
		files  []string
		dir    string
		app    *source.Application
		count  int
		errors string
	}{
		{"up and down", []string{"1_a.up.sql", "1_a.down.sql", "2.up.sql", "10_b.up.sql"}, "./sql", goApp, 3, ""},
		{"a number for down alone", []string{"1_a.up.sql", "2_b.down.sql"}, "./sql", goApp, 1, ""},
		{"a gap", []string{"1_a.up.sql", "7_b.up.sql"}, "./sql", goApp, 2, ""},
		{"other files", []string{"1_a.up.sql", "README.md", "2_b.up.sql.orig", "sub/3_c.up.sql"}, "./sql", goApp, 1, ""},
		{"no direction", []string{"1_a.sql"}, "./sql", goApp, 0, "Invalid migration file name"},
		{"upper case", []string{"1_a.UP.SQL"}, "./sql", goApp, 0, "Invalid migration file name"},
		{"no number", []string{"a.up.sql"}, "./sql", goApp, 0, "Invalid migration file name"},
		{"number zero", []string{"0_a.up.sql"}, "./sql", goApp, 0, "Invalid migration number"},
		{"number too large", []string{"99999999999999999999_a.up.sql"}, "./sql", goApp, 0, "Invalid migration number"},
		{"number twice", []string{"1_a.up.sql", "1_b.up.sql", "01_c.up.sql"}, "./sql", goApp, 1, "Duplicate migration number; Duplicate migration number"},
		{"several mistakes", []string{"0_a.up.sql", "x.sql", "1.up.sql"}, "./sql", goApp, 1, "Invalid migration number; Invalid migration file name"},
		{"a file for a folder", []string{"1_a.up.sql"}, "./sql/1_a.up.sql", goApp, 0, "Missing migrations folder"},
		{"no folder", []string{"1_a.up.sql"}, "./sqls", goApp, 0, "Missing migrations folder"},
		{"absolute", nil, "/sql", goApp, 0, "Absolute migrations folder"},
		{"backslash", nil, `sql\x`, goApp, 0, "Absolute migrations folder"},
		{"above", nil, "sql/../..", goApp, 0, "Migrations folder outside the package"},
		{"its own folder", []string{"1_a.up.sql"}, "sql/.", goApp, 1, ""},
		{"TypeScript", []string{"1_a.up.sql", "1_a.down.sql", "02_b.up.sql", "README.md", "sub/3_c.up.sql"}, "./sql", tsApp, 2, ""},
		{"TypeScript without a description", []string{"1.up.sql"}, "./sql", tsApp, 0, "Invalid migration name"},
		{"TypeScript above", nil, "../sql", tsApp, 0, "Migrations folder outside the module"},
		{"TypeScript absolute", nil, "/sql", tsApp, 0, "Migrations folder outside the module"},
		{"TypeScript without a folder", nil, "./sql", tsApp, 0, "Missing migrations folder"},
	} {
		t.Run("I6 "+test.name, func(t *testing.T) {
			files := fstest.MapFS{"svc": {Mode: 0o755 | 1<<31}}
			for _, name := range test.files {
				files["svc/sql/"+name] = &fstest.MapFile{Data: []byte("SELECT 1")}
			}
			decl := source.Decl{Name: "main", Package: "svc", MigrationCount: 5, Config: sourcetest.Object("Migrations", test.dir)}
			spec, diags := read(decl, kind.Input{Application: test.app, Files: files})
			if got := sourcetest.Summaries(diags); got != test.errors {
				t.Errorf("reports %q, want %q", got, test.errors)
			}
			if got := spec.(*Spec).MigrationCount; got != test.count {
				t.Errorf("%d migrations, want %d", got, test.count)
			}
		})
	}
}

// TestI2_MigrationTools reads the folders that tools write, each with a mistake that is the tool's own.
func TestI2_MigrationTools(t *testing.T) {
	for _, test := range []struct {
		tool   string
		files  []string
		count  int
		errors string
	}{
		{"drizzle", []string{"0000_a.sql", "0001_b.sql", "meta/_journal.json"}, 2, ""},
		{"drizzle", []string{"a.sql"}, 0, "Invalid migration name"},
		{"drizzle/v1", []string{"20250102030405_a/migration.sql", "20250102030405_a/snapshot.json", "meta/migration.sql"}, 1, ""},
		{"prisma", []string{"20250102030405_a/migration.sql", "20250203040506_/migration.sql", "migration_lock.toml"}, 2, ""},
		{"prisma", []string{"first/migration.sql", "99999999999999999999_b/migration.sql", "empty/README.md"}, 0, "Invalid migration number; Invalid migration name"},
		{"knex", nil, 0, "Unknown source of migrations"},
	} {
		t.Run("I2 "+test.tool, func(t *testing.T) {
			files := fstest.MapFS{}
			for _, name := range test.files {
				files["svc/sql/"+name] = &fstest.MapFile{Data: []byte("SELECT 1")}
			}
			migrations := sourcetest.Object("path", "./sql")
			migrations.Fields = append(migrations.Fields, sourcetest.Object("source", test.tool).Fields...)
			decl := source.Decl{Name: "main", Package: "svc", Config: source.Value{Kind: source.Object, Fields: []source.Field{{Name: "migrations", Value: migrations}}}}
			spec, diags := read(decl, kind.Input{Application: &source.Application{Runtime: app.EncoreTypeScript}, Files: files})
			if got := sourcetest.Summaries(diags); got != test.errors {
				t.Errorf("reports %q, want %q", got, test.errors)
			}
			if got := spec.(*Spec); got.MigrationCount != test.count || test.errors == "" && got.Source != test.tool {
				t.Errorf("got %+v, want %d migrations", got, test.count)
			}
		})
	}
}

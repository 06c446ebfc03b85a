package database

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/pattern"
	"github.com/groundplan/groundplan/generator/source"
)

// Tools that write migrations, as a TypeScript application names them; "" is Encore's own form.
var migrationTools = map[string]migrationForm{
	"":           {name: pattern.Lazy(`^(\d+)_([^.]+)\.(up|down)\.sql$`), example: "2_add_email.up.sql"},
	"drizzle":    {name: pattern.Lazy(`^(\d+)_([^.]+)\.sql$`), example: "0002_add_email.sql"},
	"prisma":     {name: pattern.Lazy(`^(\d+)_(.*)$`), example: "20250102030405_add_email", folders: true},
	"drizzle/v1": {name: pattern.Lazy(`^(\d+)_(.+)$`), example: "20250102030405_add_email", folders: true},
}

// migrationForm is how a tool names migrations: as files, or as folders with a migration.sql each.
type migrationForm struct {
	name    func() *regexp.Regexp
	example string
	folders bool
}

// typeScriptDatabase mirrors the settings of SQLDatabase. Migrations is a path, or an object with a path and the tool
// that writes them.
type typeScriptDatabase struct {
	Migrations source.Value
}

type typeScriptMigrations struct {
	Path   string `setting:",required"`
	Source string
}

// readTypeScriptDatabase reads new SQLDatabase("name", {migrations}); without settings a database has no migrations.
func readTypeScriptDatabase(decl source.Decl, in kind.Input) (any, hcl.Diagnostics) {
	var settings typeScriptDatabase
	if diags := source.Decode(decl.Config, &settings); diags.HasErrors() {
		return &Spec{}, diags
	}
	written := settings.Migrations
	var migrations typeScriptMigrations
	at := kind.SettingAt(decl, written)
	switch written.Kind {
	case source.Absent, source.Nil:
		return &Spec{}, nil
	case source.String:
		migrations.Path = written.Text
	default:
		if diags := source.Decode(written, &migrations); diags.HasErrors() {
			return &Spec{}, diags
		}
		at = kind.SettingAt(decl, written.Field("path"))
	}
	form, known := migrationTools[migrations.Source]
	if !known {
		return &Spec{}, hcl.Diagnostics{diagnostic.Error(kind.SettingAt(decl, written.Field("source")), "Unknown source of migrations",
			`"prisma", "drizzle" and "drizzle/v1" are the ones there are; leave it out for plain SQL files`,
			"The migrations of database %q are said to be written by %q.", decl.Name, migrations.Source)}
	}
	if path.IsAbs(migrations.Path) || slices.Contains(strings.Split(migrations.Path, "/"), "..") || strings.Contains(migrations.Path, `\`) {
		return &Spec{}, hcl.Diagnostics{diagnostic.Error(at, "Migrations folder outside the module", `write it relative to this file and below its folder, as in "./migrations"`,
			"The migrations of database %q are at %q; the folder must lie below the folder of the file that names it.", decl.Name, migrations.Path)}
	}
	database, diags := form.read(decl, in, path.Join(decl.Package, migrations.Path), at)
	database.Source = migrations.Source
	return database, diags
}

// migrationEntries lists what is in a folder of migrations, nothing when there is no such folder.
func migrationEntries(decl source.Decl, in kind.Input, dir string, at hcl.Range) ([]fs.DirEntry, hcl.Diagnostics) {
	entries, err := fs.ReadDir(in.Files, dir)
	switch {
	case errors.Is(err, fs.ErrNotExist) || err != nil && !isDir(in.Files, dir):
		return nil, hcl.Diagnostics{diagnostic.Error(at, "Missing migrations folder", fmt.Sprintf("create the folder %s, or correct its name", dir),
			"The migrations of database %q are said to be in %s, but there is no such folder.", decl.Name, dir)}
	case err != nil:
		return nil, hcl.Diagnostics{diagnostic.Error(at, "Unreadable migrations folder", "", "The migrations of database %q cannot be read: %s.", decl.Name, err)}
	}
	return entries, nil
}

// read counts the migrations in a folder and checks their names. Files that are not SQL may stand beside them.
func (f migrationForm) read(decl source.Decl, in kind.Input, dir string, at hcl.Range) (*Spec, hcl.Diagnostics) {
	database := &Spec{Migrations: dir}
	entries, diags := migrationEntries(decl, in, dir, at)
	for _, entry := range entries {
		name := entry.Name()
		if f.folders {
			if info, err := fs.Stat(in.Files, path.Join(dir, name, "migration.sql")); !entry.IsDir() || err != nil || info.IsDir() || name == "meta" {
				continue
			}
		} else if entry.IsDir() || path.Ext(name) != ".sql" {
			continue
		}
		match := f.name().FindStringSubmatch(name)
		if match == nil {
			diags = append(diags, diagnostic.Error(at, "Invalid migration name", fmt.Sprintf("rename it to a number and a description, as in %s", f.example),
				"%s of database %q is a migration, but its name does not say which.", path.Join(dir, name), decl.Name))
			continue
		}
		if _, err := strconv.ParseUint(match[1], 10, 64); err != nil {
			diags = append(diags, diagnostic.Error(at, "Invalid migration number", "use a number of at most 19 digits",
				"%s of database %q has the number %s.", path.Join(dir, name), decl.Name, match[1]))
			continue
		}
		if len(match) < 4 || match[3] == "up" {
			database.MigrationCount++
		}
	}
	return database, diags
}

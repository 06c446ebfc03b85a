package source

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/groundplan/groundplan/generator/pattern"
)

// MigrationName is the form Encore demands of an SQL file in a Go application's migrations folder: a number, an optional
// description, a direction.
var MigrationName = pattern.Lazy(`^(\d+)(_[^.]+)?\.(up|down)\.sql$`)

// CountMigrations counts the up migrations among a folder's files; valid says that every SQL file is a migration.
func CountMigrations(names []string) (count int, valid bool) {
	valid = true
	for _, name := range names {
		if !strings.EqualFold(path.Ext(name), ".sql") {
			continue
		}
		parts := MigrationName().FindStringSubmatch(name)
		switch {
		case parts == nil:
			valid = false
		case parts[3] == "up":
			count++
		}
	}
	return count, valid
}

// ReadDirectory lists a folder's files; a folder that does not exist has none.
func ReadDirectory(root, dir string) (names []string, err error) {
	entries, err := os.ReadDir(filepath.Join(root, filepath.FromSlash(dir)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		info, statErr := os.Stat(filepath.Join(root, filepath.FromSlash(dir)))
		if statErr == nil && !info.IsDir() {
			return nil, nil
		}
		return nil, fmt.Errorf("read folder: %w", err)
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}

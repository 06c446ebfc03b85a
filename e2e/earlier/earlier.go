// Package earlier reads the archives of what an earlier groundplan generated, with the source that it read: the folders "infra" and
// "source". It must not know anything else of the project.
package earlier

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Unpack hands on every file of an archive: its folder, its name in there, slash separated, and what is in it. An archive with
// anything else in it is damaged.
func Unpack(archive string, file func(folder, name string, content []byte) error) (err error) {
	packed, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, packed.Close()) }()
	text, err := gzip.NewReader(packed)
	if err != nil {
		return fmt.Errorf("%s: %w", archive, err)
	}
	for entries := tar.NewReader(text); ; {
		header, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", archive, err)
		}
		if header.Typeflag != tar.TypeReg {
			continue
		}
		content, err := io.ReadAll(entries)
		if err != nil {
			return fmt.Errorf("%s: %s: %w", archive, header.Name, err)
		}
		folder, name, _ := strings.Cut(header.Name, "/")
		if folder != "source" && folder != "infra" || !filepath.IsLocal(name) {
			return fmt.Errorf("%s: %s is neither source nor generated", archive, header.Name)
		}
		if err := file(folder, name, content); err != nil {
			return err
		}
	}
}

package environment

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/groundplan/groundplan/generator"
)

// unpack puts the source and the generated folder of an archive in their places, and returns what was generated. The
// environment's settings are those that the groundplan of today reads in the source.
func (e *Environment) unpack(archive, out string) (files map[string][]byte, err error) {
	packed, err := os.Open(archive)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, packed.Close()) }()
	text, err := gzip.NewReader(packed)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", archive, err)
	}
	files = map[string][]byte{}
	for entries := tar.NewReader(text); ; {
		header, err := entries.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", archive, err)
		}
		if header.Typeflag != tar.TypeReg {
			continue
		}
		content, err := io.ReadAll(entries)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", archive, header.Name, err)
		}
		folder, name, _ := strings.Cut(header.Name, "/")
		within := map[string]string{"source": e.Source, "infra": out}[folder]
		if within == "" || !filepath.IsLocal(name) {
			return nil, fmt.Errorf("%s: %s is neither source nor generated", archive, header.Name)
		}
		if folder == "infra" {
			files[name] = content
		}
		file := filepath.Join(within, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, content, 0o644)); err != nil {
			return nil, err
		}
	}
	_, environments, diagnostics, err := generator.FromSource(generator.Options{Root: e.Source, Out: out})
	if err != nil {
		return nil, err
	}
	if diagnostics.HasErrors() {
		return nil, diagnostics
	}
	return files, e.read(out, environments[0])
}

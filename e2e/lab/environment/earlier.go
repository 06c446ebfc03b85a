package environment

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/groundplan/groundplan/e2e/earlier"
	"github.com/groundplan/groundplan/generator"
)

// unpack puts the source and the generated folder of an archive in their places, and returns what was generated. The
// environment's settings are those that the groundplan of today reads in the source.
func (e *Environment) unpack(archive, out string) (files map[string][]byte, err error) {
	files = map[string][]byte{}
	err = earlier.Unpack(archive, func(folder, name string, content []byte) error {
		within := map[string]string{"source": e.Source, "infra": out}[folder]
		if folder == "infra" {
			files[name] = content
		}
		file := filepath.Join(within, filepath.FromSlash(name))
		return errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, content, 0o644))
	})
	if err != nil {
		return nil, err
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

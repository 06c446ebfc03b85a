// Package reading reads an application and its settings from a folder: it picks the reader, and resolves what that returns.
package reading

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/attribution"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/environment/table"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/limits"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/encoreapp"
	"github.com/groundplan/groundplan/generator/source/encoremeta"
	"github.com/groundplan/groundplan/generator/source/golang"
	"github.com/groundplan/groundplan/generator/source/manifest"
	"github.com/groundplan/groundplan/generator/source/typescript"
)

// FromSource reads the application in the folder root and resolves it. Folders in ignore, slash separated and relative to
// root, are not read. Diagnostics are sorted by position; with errors among them the application is partial, or nil.
// The error is the machine's.
func FromSource(root string, ignore ...string) (*app.App, hcl.Diagnostics, error) {
	read, diags, err := readSource(root, ignore)
	application, diags, err := finishRead(root, read, diags, err)
	if err == nil && !diags.HasErrors() && len(application.Services) == 0 {
		nothing, err := whyNoServices(root, application.Runtime, ignore)
		return application, append(diags, nothing), err
	}
	return application, diags, err
}

// finishRead resolves what a reader returned.
func finishRead(root string, read *source.Application, diags hcl.Diagnostics, err error) (*app.App, hcl.Diagnostics, error) {
	if err != nil || read == nil {
		return nil, diags, err
	}
	absolute, err := filepath.Abs(root)
	if err != nil {
		return nil, diags, fmt.Errorf("find the application's folder: %w", err)
	}
	application, problems := attribution.Resolve(read, os.DirFS(root), filepath.Base(absolute), !diags.HasErrors())
	if !diags.HasErrors() {
		problems = append(problems, limits.Application(application)...)
	}
	diags = append(diags, problems...)
	diagnostic.Sort(diags)
	return application, diags, nil
}

// HasManifest reports whether the folder root has a manifest to read.
func HasManifest(root string) bool { return manifest.Exists(root) }

// readSource picks the reader by what stands in the folder.
func readSource(root string, ignore []string) (*source.Application, hcl.Diagnostics, error) {
	if manifest.Exists(root) {
		return manifest.Read(root, kinds.ManifestSpellings())
	}
	encore, diags, err := encoreapp.Read(root)
	if err != nil || diags.HasErrors() {
		return nil, diags, err
	}
	switch runtime, known := encore.Runtime(); {
	case known && runtime == app.EncoreGo:
		return golang.Read(root, kinds.GoSpellings(), ignore...)
	case known:
		return typescript.Read(root, kinds.TypeScriptSpellings(), ignore...)
	}
	return nil, nil, fmt.Errorf("the application in %s is written in %q: Encore applications in Go and in TypeScript can be read", root, encore.Language)
}

// Metadata is what `encore debug meta -f json` printed of an application, to be read instead of its source.
type Metadata struct {
	// Name is what positions and comments call the text: its file, relative to the application's folder.
	Name string
	// Text is in UTF-8: see DecodeMetadata.
	Text []byte
}

// DecodeMetadata is metadata as UTF-8: PowerShell redirects output as UTF-16.
func DecodeMetadata(text []byte) []byte { return source.DecodeMetadata(text) }

// DecodePlain is a file of an application as the readers see it, whatever line ends and encoding an editor gave it: positions
// are places in that text.
func DecodePlain(text []byte) []byte { return source.DecodePlain(text) }

// FromMetadata reads an application from its metadata and resolves it. root is its folder: an encore.app there gives the
// id and the cross-origin policy, which metadata leaves out; nothing else of the source need be there. Diagnostics and
// error are those of FromSource.
func FromMetadata(root string, metadata Metadata) (*app.App, hcl.Diagnostics, error) {
	read, diags, err := readMetadata(root, metadata)
	return finishRead(root, read, diags, err)
}

func readMetadata(root string, metadata Metadata) (*source.Application, hcl.Diagnostics, error) {
	if manifest.Exists(root) {
		return nil, hcl.Diagnostics{diagnostic.Error(hcl.Range{}, "Two descriptions of one application", "leave out --meta, or name another folder by --app",
			"The folder has a manifest, %s, and there is metadata as well.", manifest.Filename)}, nil
	}
	var encore *encoreapp.File
	_, err := os.Stat(filepath.Join(root, "encore.app"))
	switch {
	case err == nil:
		read, diags, err := encoreapp.Read(root)
		if err != nil || diags.HasErrors() {
			return nil, diags, err
		}
		encore = &read
	case !errors.Is(err, fs.ErrNotExist):
		return nil, nil, fmt.Errorf("look for encore.app: %w", err)
	}
	application, diags := encoremeta.Read(metadata.Name, metadata.Text, encore, kinds.MetadataSpellings())
	return application, diags, nil
}

// Application reads an application and resolves it, from metadata when there is any. out is the output folder, "" for none:
// what is there is not taken for the application's.
func Application(root, out string, metadata *Metadata) (*app.App, hcl.Diagnostics, error) {
	if metadata != nil {
		return FromMetadata(root, *metadata)
	}
	return FromSource(root, ignored(root, out)...)
}

// ignored is the output folder when it lies inside the application.
func ignored(folder, output string) []string {
	if output == "" {
		return nil
	}
	root, err := filepath.Abs(folder)
	if err != nil {
		return nil
	}
	out, err := filepath.Abs(output)
	if err != nil {
		return nil
	}
	relative, err := filepath.Rel(root, out)
	if err != nil || !filepath.IsLocal(relative) || relative == "." {
		return nil
	}
	return []string{filepath.ToSlash(relative)}
}

// Settings reads groundplan.hcl beside the application; the defaults where there is none.
func Settings(root string) (*table.File, hcl.Diagnostics, error) {
	text, err := os.ReadFile(filepath.Join(root, environment.Filename))
	if errors.Is(err, fs.ErrNotExist) {
		return table.Default(), nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	text = source.DecodePlain(text)
	if pointer := source.CheckPointer(environment.Filename, text); pointer != nil {
		return nil, hcl.Diagnostics{pointer}, nil
	}
	file, diags := table.Parse(environment.Filename, text)
	return file, diags, nil
}

package generator

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/encoremeta"
	"github.com/groundplan/groundplan/generator/source/manifest"
)

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

// ReadMetadata reads an application from its metadata and resolves it. root is its folder: an encore.app there gives the
// id and the cross-origin policy, which metadata leaves out; nothing else of the source need be there. Diagnostics and
// error are those of Read.
func ReadMetadata(root string, metadata Metadata) (*app.App, hcl.Diagnostics, error) {
	read, diags, err := readMetadata(root, metadata)
	return finishRead(root, read, diags, err)
}

func readMetadata(root string, metadata Metadata) (*source.Application, hcl.Diagnostics, error) {
	if manifest.Exists(root) {
		return nil, hcl.Diagnostics{diagnostic.Error(hcl.Range{}, "Two descriptions of one application", "leave out --meta, or name another folder by --app",
			"The folder has a manifest, %s, and there is metadata as well.", manifest.Filename)}, nil
	}
	var encore *source.EncoreApp
	_, err := os.Stat(filepath.Join(root, "encore.app"))
	switch {
	case err == nil:
		read, diags, err := source.ReadEncoreApp(root)
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

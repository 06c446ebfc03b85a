package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/urfave/cli/v2"

	"github.com/groundplan/groundplan/generator/reading"
)

// metadataCommand prints what --meta takes.
const metadataCommand = "encore debug meta -f json"

// metadata reads what the flag --meta names, nil when it is not there, and says what is wrong with the folder of the
// application before anything reads it: with metadata there need be no application in it.
func metadata(c *cli.Context, root string) (*reading.Metadata, error) {
	if !c.IsSet("meta") {
		return nil, checkFolder(root)
	}
	if err := checkDirectory(root); err != nil {
		return nil, err
	}
	name := c.String("meta")
	switch name {
	case "":
		return nil, mistake("--meta names no file", "in the application's folder: "+metadataCommand+" > meta.json")
	case "-":
		text, err := io.ReadAll(c.App.Reader)
		if err != nil {
			return nil, fmt.Errorf("read metadata from standard input: %w", err)
		}
		return &reading.Metadata{Name: "stdin", Text: reading.DecodeMetadata(text)}, nil
	}
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, mistake("there is no file "+name, "in the application's folder: "+metadataCommand+" > meta.json")
	}
	if err != nil {
		return nil, fmt.Errorf("read metadata: %w", err)
	}
	return &reading.Metadata{Name: metadataName(root, name), Text: reading.DecodeMetadata(text)}, nil
}

// metadataName is what comments in generated code call the file: relative to the application, so that they are the same
// on every machine; a file that lies elsewhere goes by its last name.
func metadataName(root, file string) string {
	folder, rootErr := filepath.Abs(root)
	whole, fileErr := filepath.Abs(file)
	if rootErr == nil && fileErr == nil {
		if relative, err := filepath.Rel(folder, whole); err == nil && filepath.IsLocal(relative) {
			return filepath.ToSlash(relative)
		}
	}
	return filepath.Base(file)
}

// show lets excerpts come from a text that may be no file of the application.
func (p *printer) show(m *reading.Metadata) {
	if m == nil {
		return
	}
	// It may be anything, and a terminal obeys what is not meant to be seen.
	visible := strings.Map(func(c rune) rune {
		if unicode.IsControl(c) && c != '\n' && c != '\t' && c != '\r' {
			return unicode.ReplacementChar
		}
		return c
	}, string(m.Text))
	p.files[m.Name] = strings.Split(visible, "\n")
}

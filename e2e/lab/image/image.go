// Package image makes the images of the laboratory: folders with the stand-in for Encore's runtime, the needs of an
// application and the certificates of the authorities that everybody trusts.
package image

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/groundplan/groundplan/e2e/lab/needs"
)

// Where things stand in an image.
const (
	ManifestFile     = "image.json"
	BinaryFile       = "app"
	NeedsFile        = "needs.json"
	CertificatesFile = "etc/ssl/certs/ca-certificates.crt"
)

// What a bad image does.
const (
	Exits  = "exit"      // ends with code 1 at once
	Sick   = "unhealthy" // answers its health check with 500 without end
	Panics = "panic"     // panics after a minute
)

// Manifest is image.json: what a container of the image runs.
type Manifest struct {
	Entrypoint []string          `json:"entrypoint"`
	Command    []string          `json:"command,omitempty"`
	Env        map[string]string `json:"env"`
}

// Options say what an image holds.
type Options struct {
	Directory string // is made
	Binary    string // as Compile makes it
	Needs     *needs.Needs
	// Service is whose code a container's image holds. Images of Encore applications hold all services.
	Service string
	// Authorities are the certificates, as PEM, of the authorities that everybody trusts.
	Authorities []byte
	// Misbehaves is what a bad image does: Exits, Sick or Panics; empty for a good one.
	Misbehaves string
}

// Compile builds the stand-in into a directory, without cgo so that it runs where there is nothing else, and returns its
// path. It takes seconds, and seconds only the first time.
func Compile(ctx context.Context, directory string) (string, error) {
	path := filepath.Join(directory, "stand-in")
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "github.com/groundplan/groundplan/e2e/lab/runtime")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the stand-in: %w\n%s", err, output)
	}
	return path, nil
}

// Build makes an image.
func Build(options Options) error {
	if err := options.check(); err != nil {
		return err
	}
	certificates := filepath.Join(options.Directory, CertificatesFile)
	if err := os.MkdirAll(filepath.Dir(certificates), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(certificates, options.Authorities, 0o644); err != nil {
		return err
	}
	if err := options.Needs.Write(filepath.Join(options.Directory, NeedsFile)); err != nil {
		return err
	}
	if err := place(options.Binary, filepath.Join(options.Directory, BinaryFile)); err != nil {
		return err
	}
	manifest := Manifest{Entrypoint: []string{"/" + BinaryFile}, Env: map[string]string{}}
	if files := options.files(); len(files) > 0 {
		manifest.Entrypoint, manifest.Command = nil, files[:1]
		for _, file := range files {
			path := filepath.Join(options.Directory, file)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				return err
			}
			if err := place(options.Binary, path); err != nil {
				return err
			}
		}
	}
	if options.Service != "" {
		manifest.Env["LAB_SERVICE"] = options.Service
	}
	if options.Misbehaves != "" {
		manifest.Env["LAB_MISBEHAVES"] = options.Misbehaves
	}
	text, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(options.Directory, ManifestFile), append(text, '\n'), 0o644)
}

// files are the programs that the image holds beside the entry point that images of the laboratory have otherwise.
func (o Options) files() []string {
	if service := o.Needs.Service(o.Service); service != nil && service.Program != nil {
		return service.Program.Files
	}
	return nil
}

func (o Options) check() error {
	container := o.Needs.Language == needs.Container
	switch {
	case container && o.Needs.Service(o.Service) == nil:
		return fmt.Errorf("an image of containers holds one service, and %q is none", o.Service)
	case !container && o.Service != "":
		return fmt.Errorf("an image of language %s holds all services, not %q alone", o.Needs.Language, o.Service)
	}
	switch o.Misbehaves {
	case "", Exits, Sick, Panics:
		return nil
	}
	return fmt.Errorf("no image misbehaves by %q", o.Misbehaves)
}

// Read is the manifest of an image.
func Read(directory string) (Manifest, error) {
	text, err := os.ReadFile(filepath.Join(directory, ManifestFile))
	if err != nil {
		return Manifest{}, err
	}
	var manifest Manifest
	if err := json.Unmarshal(text, &manifest); err != nil {
		return Manifest{}, fmt.Errorf("%s: %w", directory, err)
	}
	return manifest, nil
}

// place links the binary, which is large and in every image, and copies it where folders lie on different disks.
func place(from, to string) (err error) {
	if err := os.Remove(to); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if os.Link(from, to) == nil {
		return nil
	}
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o755)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	_, err = io.Copy(target, source)
	return err
}

package engine

import (
	"context"
	"os"
	"path/filepath"
)

// Data is the folder in which the engine keeps what belongs to a working copy of the code, and nobody else.
func (w *Workspace) Data() string {
	data := os.Getenv("TF_DATA_DIR")
	if data == "" {
		data = ".terraform"
	}
	if !filepath.IsAbs(data) {
		data = filepath.Join(w.Folder, data)
	}
	return data
}

// Untaint has the engine take a resource as it is, which it would make anew since its creation did not get to its end: the next
// plan finds what it lacks.
func (w *Workspace) Untaint(ctx context.Context, address string) error {
	_, err := w.Engine.run(ctx, command{folder: w.Folder, arguments: []string{"untaint", address}})
	return err
}

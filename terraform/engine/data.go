package engine

import (
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

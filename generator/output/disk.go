package output

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/robustio"
)

// disk is every way in which groundplan changes files. before is called ahead of each step, by several goroutines
// while files are staged, and may end the program there: the tests use it to die at every single step.
type disk struct {
	before func(step, path string)
}

func (d disk) step(name, path string) {
	if d.before != nil {
		d.before(name, path)
	}
}

// write makes a file in two halves, with a step between them for the tests. It does not wait for the medium: what a
// power failure takes is generated code, and a thousand waits would cost more than making it again.
func (d disk) write(path string, data []byte) error {
	d.step("create", path)
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	half := len(data) / 2
	if _, err = file.Write(data[:half]); err == nil {
		d.step("write", path)
		_, err = file.Write(data[half:])
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	return err
}

func (d disk) mkdir(path string) error {
	d.step("mkdir", path)
	return os.MkdirAll(path, 0o755)
}

func (d disk) rename(from, to string) error {
	d.step("rename", to)
	return robustio.Rename(from, to) // on Windows whoever reads a file keeps it from being replaced
}

func (d disk) removeFile(path string) error {
	d.step("remove", path)
	err := os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (d disk) removeAll(path string) error {
	d.step("remove all", path)
	return robustio.RemoveAll(path)
}

// remove deletes a file and the folders above it, up to root, that this leaves empty.
func (d disk) remove(root, path string) error {
	if err := d.removeFile(path); err != nil {
		return err
	}
	for dir := filepath.Dir(path); dir != root && len(dir) > len(root); dir = filepath.Dir(dir) {
		entries, err := os.ReadDir(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed before an interruption
		}
		if err != nil {
			return err
		}
		if len(entries) > 0 {
			return nil // somebody else's files
		}
		d.step("remove folder", dir)
		if err := os.Remove(dir); err != nil {
			return err
		}
	}
	return nil
}

// mutexPath names the lock file of an output folder, which is there, in the system's temporary folder. A folder has many names: by
// links, and by letters of either case where the system takes one for the other. Two folders that differ by case alone wait for each
// other without need, which harms nobody.
func mutexPath(dir string) (string, error) {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if absolute, err = filepath.EvalSymlinks(absolute); err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(strings.ToLower(absolute)))
	return filepath.Join(os.TempDir(), "groundplan-"+hex.EncodeToString(sum[:8])+".lock"), nil
}

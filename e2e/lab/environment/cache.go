package environment

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/groundplan/groundplan/e2e/emulator"
)

// The files of an entry of the cache.
const (
	accountFile   = "account"        // what emulator.Save wrote
	infraFolder   = "infra"          // the environment's folder, applied
	resourcesFile = "resources.json" // Environment.Resources and Drift
)

// unused is how long an entry is kept that nobody asks for.
const unused = 7 * 24 * time.Hour

// cachedFolder is a folder of the cache. It is complete or it is not there.
type cachedFolder struct{ folder string }

func (e cachedFolder) complete() bool {
	_, err := os.Stat(e.folder)
	return err == nil
}

// recorded is what an entry knows besides files.
type recorded struct {
	Resources map[string]map[string]any `json:"resources"`
	Drift     []string                  `json:"drift"`
}

// reserve finds the entry for generated files, and keeps everybody else from it until it is released.
func reserve(files map[string][]byte, engine emulator.Engine) (cachedFolder, func(), error) {
	repository, err := emulator.Repository()
	if err != nil {
		return cachedFolder{}, nil, err
	}
	name, err := fingerprint(repository, files, engine)
	if err != nil {
		return cachedFolder{}, nil, err
	}
	cache := filepath.Join(repository, ".tools", "lab")
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return cachedFolder{}, nil, err
	}
	release, err := lockedfile.MutexAt(filepath.Join(cache, name+".lock")).Lock()
	if err != nil {
		return cachedFolder{}, nil, err
	}
	return cachedFolder{filepath.Join(cache, name)}, release, nil
}

// fingerprint changes with whatever decides what is applied: the generated files, the emulator, the way of applying, the engine
// and the provider, whose versions tools/setup and tools/opentofu name.
func fingerprint(repository string, files map[string][]byte, engine emulator.Engine) (string, error) {
	sum := sha256.New()
	add := func(name string, content []byte) { fmt.Fprintf(sum, "%q %d\n%s\n", name, len(content), content) }
	for _, name := range slices.Sorted(maps.Keys(files)) {
		add(name, files[name])
	}
	scripts, err := filepath.Glob(filepath.Join(repository, "e2e", "emulator", "*.py"))
	if err != nil {
		return "", err
	}
	others := []string{"e2e/lab/environment/apply.go", "tools/setup", "tools/requirements.txt"}
	if engine == emulator.OpenTofuEngine {
		others = append(others, "tools/opentofu")
		add("engine", []byte(engine.String()+os.Getenv(emulator.LowestVariable)))
	}
	for _, name := range others {
		scripts = append(scripts, filepath.Join(repository, filepath.FromSlash(name)))
	}
	for _, file := range scripts {
		content, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		add(filepath.Base(file), content)
	}
	return hex.EncodeToString(sum.Sum(nil))[:24], nil
}

// keep makes the entry of what stands in the environment's folder and account.
func (e *Environment) keep(ctx context.Context, to cachedFolder) error {
	partial := to.folder + ".partial"
	if err := os.RemoveAll(partial); err != nil { // of a program that was killed: whoever holds the lock is alone
		return err
	}
	if err := copyTree(filepath.Dir(e.Folder), filepath.Join(partial, infraFolder)); err != nil {
		return err
	}
	text, err := json.Marshal(recorded{e.Resources, e.Drift})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(partial, resourcesFile), text, 0o644); err != nil {
		return err
	}
	if err := e.Cloud.Save(ctx, filepath.Join(partial, accountFile)); err != nil {
		return err
	}
	return os.Rename(partial, to.folder)
}

// restore starts an account as the entry holds it, and puts the applied folder in place of the generated one.
func (e *Environment) restore(ctx context.Context, from cachedFolder) error {
	infra := filepath.Dir(e.Folder)
	if err := os.RemoveAll(infra); err != nil {
		return err
	}
	if err := copyTree(filepath.Join(from.folder, infraFolder), infra); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(from.folder, resourcesFile))
	if err != nil {
		return err
	}
	var known recorded
	if err := json.Unmarshal(text, &known); err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(from.folder, resourcesFile), err)
	}
	e.Resources, e.Drift = known.Resources, known.Drift
	e.Cloud, err = emulator.Start(ctx, emulator.Options{Restore: filepath.Join(from.folder, accountFile)})
	if err != nil {
		return err
	}
	now := time.Now()
	return errors.Join(os.Chtimes(from.folder, now, now), forget(filepath.Dir(from.folder), now))
}

// forget removes the entries that nobody asked for in a long time.
func forget(cache string, now time.Time) error {
	entries, err := os.ReadDir(cache)
	if err != nil {
		return err
	}
	for _, old := range entries {
		info, err := old.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && (!old.IsDir() || now.Sub(info.ModTime()) < unused) {
			continue
		}
		if err != nil {
			return err
		}
		if err := os.RemoveAll(filepath.Join(cache, old.Name())); err != nil {
			return err
		}
	}
	return nil
}

// copyTree copies a folder, links as links: terraform links the provider into its own folder.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, found fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, relative)
		switch {
		case found.IsDir():
			return os.MkdirAll(target, 0o755)
		case found.Type()&fs.ModeSymlink != 0:
			link, err := os.Readlink(path)
			if err != nil {
				return err
			}
			return os.Symlink(link, target)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, content, 0o644)
	})
}

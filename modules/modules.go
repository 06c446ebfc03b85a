// Package modules carries the Terraform modules inside the binary, so that generated code can hold its own copies of
// them. It knows files and nothing of what is in them; it must not know the generator.
package modules

import (
	"crypto/sha256"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
)

// The patterns are the list of what a vendored copy holds: configuration, README, the certificates some modules
// read and the function one of them runs. Tests stay behind: terraform would run them in the user's repository, and they prove nothing there.
//
//go:embed */*.tf */README.md */certificates */signer
var embedded embed.FS

// FS holds one folder per module, named as the module. It is read only; paths are slash separated.
func FS() fs.FS {
	return embedded
}

// Sum is a hash over all modules: over a line for each file, with its own hash and its path, in the order of paths. Two programs
// with the same sum write the same modules.
func Sum() string {
	var lines strings.Builder
	files := Files()
	for _, module := range slices.Sorted(maps.Keys(files)) {
		for _, name := range slices.Sorted(maps.Keys(files[module])) {
			fmt.Fprintf(&lines, "%x %s/%s\n", sha256.Sum256(files[module][name]), module, name)
		}
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte(lines.String())))
}

// Names returns the names of all modules, sorted.
func Names() []string {
	return slices.Sorted(maps.Keys(Files()))
}

// Files returns the content of every module: module name -> path inside the module, slash separated -> bytes, for
// example Files()["network"]["main.tf"]. Every call returns the same maps: nobody changes them, nor the bytes.
func Files() map[string]map[string][]byte { return read() }

var read = sync.OnceValue(func() map[string]map[string][]byte {
	files := map[string]map[string][]byte{}
	err := fs.WalkDir(embedded, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.Contains(path, "/") {
			return err
		}
		content, err := embedded.ReadFile(path)
		if err != nil {
			return err
		}
		module, name, _ := strings.Cut(path, "/")
		if files[module] == nil {
			files[module] = map[string][]byte{}
		}
		files[module][name] = slices.Clip(content)
		return nil
	})
	if err != nil {
		// Reading what the linker put into the binary cannot fail unless the binary itself is broken.
		panic("modules: " + err.Error())
	}
	return files
})

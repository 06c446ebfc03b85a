package resolution

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/source"
)

// config is what a tsconfig.json and those it extends say about modules.
type config struct {
	// base is where bare names are looked up, "" for nowhere; paths are as written in a file of the folder pathsDir.
	base     string
	paths    map[string][]string
	pathsDir string
}

// read adds what a tsconfig.json and those it extends say; the nearest wins, and of two that one file extends the later. A file that is
// absent, lies outside the application or cannot be read says nothing: the compiler is the one to complain.
func (c *config) read(files fs.FS, name string, seen map[string]bool) error {
	if seen[name] || !fs.ValidPath(name) {
		return nil
	}
	seen[name] = true
	text, err := fs.ReadFile(files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	var written struct {
		Extends         json.RawMessage `json:"extends"`
		CompilerOptions struct {
			BaseURL *string             `json:"baseUrl"`
			Paths   map[string][]string `json:"paths"`
		} `json:"compilerOptions"`
	}
	if !unmarshalCommented(source.Plain(text), &written) {
		return nil
	}
	dir := path.Dir(name)
	if written.CompilerOptions.BaseURL != nil && c.base == "" {
		c.base = path.Join(dir, *written.CompilerOptions.BaseURL)
	}
	if c.paths == nil {
		c.paths, c.pathsDir = written.CompilerOptions.Paths, dir
	}
	for _, extended := range slices.Backward(texts(written.Extends)) {
		if !strings.HasPrefix(extended, ".") {
			continue // a package of dependencies
		}
		if path.Ext(extended) != ".json" {
			extended += ".json"
		}
		if err := c.read(files, path.Join(dir, extended), seen); err != nil {
			return err
		}
	}
	return nil
}

// aliases are the paths, the one that says most first. They start at the base, whichever file sets that, or else beside their file.
func (c *config) aliases() []alias {
	var all []alias
	for key, targets := range c.paths {
		entry := alias{pattern: patternOf(key)}
		for _, target := range targets {
			entry.targets = append(entry.targets, path.Join(cmp.Or(c.base, c.pathsDir), target))
		}
		all = append(all, entry)
	}
	slices.SortFunc(all, func(a, b alias) int { return a.compare(b.pattern) })
	return all
}

// alias is one entry of "paths".
type alias struct {
	pattern
	targets []string // relative to the application, a star included
}

// pattern is a name, or a prefix and a suffix around a star.
type pattern struct {
	prefix, suffix string
	star           bool
}

func patternOf(key string) pattern {
	var p pattern
	p.prefix, p.suffix, p.star = strings.Cut(key, "*")
	return p
}

// match is what the star stands for in a name, and whether the name is one of the pattern.
func (p pattern) match(name string) (star string, ok bool) {
	if !p.star {
		return "", name == p.prefix
	}
	if len(name) < len(p.prefix)+len(p.suffix) || !strings.HasPrefix(name, p.prefix) || !strings.HasSuffix(name, p.suffix) {
		return "", false
	}
	return name[len(p.prefix) : len(name)-len(p.suffix)], true
}

// compare orders patterns that match one name, the one that counts first: a whole name, the longest text before the star, the longest.
func (p pattern) compare(other pattern) int {
	if p.star != other.star {
		if other.star {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(len(other.prefix), len(p.prefix)), cmp.Compare(len(other.suffix), len(p.suffix)),
		cmp.Compare(p.prefix, other.prefix), cmp.Compare(p.suffix, other.suffix))
}

package saved

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Configuration is a hash over the files of folders, their names and what is in them: a stack and the modules that it calls. What
// an engine keeps beside the code is none of it: hidden files and states.
func Configuration(folders ...string) (string, error) {
	sum := sha256.New()
	for i, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			name, err := filepath.Rel(folder, path)
			switch {
			case err != nil:
				return err
			case path == folder:
				return nil
			case strings.HasPrefix(entry.Name(), ".") && entry.IsDir():
				return filepath.SkipDir
			case entry.IsDir(), strings.HasPrefix(entry.Name(), "."), strings.Contains(entry.Name(), ".tfstate"):
				return nil
			}
			text, err := os.ReadFile(path)
			fmt.Fprintf(sum, "%d %s %d\n", i, filepath.ToSlash(name), len(text))
			sum.Write(text)
			return err
		})
		if err != nil {
			return "", fmt.Errorf("hash of the code: %w", err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// Providers are the versions of the providers of a stack, by source, as the file beside its code keeps them.
func Providers(folder string) (map[string]string, error) {
	path := filepath.Join(folder, lockFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) { // with nothing but what a developer of providers overrides
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("versions of the providers: %w", err)
	}
	file, diags := hclsyntax.ParseConfig(text, path, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, fmt.Errorf("versions of the providers: %w", diags)
	}
	versions := map[string]string{}
	body, _ := file.Body.(*hclsyntax.Body)
	for _, block := range body.Blocks {
		attribute := block.Body.Attributes["version"]
		if block.Type != "provider" || len(block.Labels) != 1 || attribute == nil {
			continue
		}
		value, diags := attribute.Expr.Value(nil)
		if diags.HasErrors() || value.Type() != cty.String || value.IsNull() {
			return nil, fmt.Errorf("versions of the providers: %s:%d holds no version", path, attribute.SrcRange.Start.Line)
		}
		versions[block.Labels[0]] = value.AsString()
	}
	return versions, nil
}

package provider

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"github.com/groundplan/groundplan/e2e/emulator"
)

// The versions of the provider that are compared: the one that tools/setup installs and every other test runs with, and the
// newest of the next major version that bindings could be had of.
const (
	Present = "5.100.0"
	Next    = "6.66.0"
)

// File is where the table of a version is.
func File(repository, version string) string {
	return filepath.Join(repository, "e2e", "provider", "testdata", "aws-"+version+".txt")
}

// Folders are the modules and the golden stacks of this repository.
func Folders(repository string) ([]string, error) {
	var folders []string
	for _, pattern := range []string{"modules/*", "golden/*/infra/*/*"} {
		found, err := filepath.Glob(filepath.Join(repository, filepath.FromSlash(pattern)))
		if err != nil {
			return nil, err
		}
		folders = append(folders, found...)
	}
	slices.Sort(folders)
	return folders, nil
}

// Installed asks the provider that is installed, in an empty folder, for the wanted types.
func Installed(ctx context.Context, folder string, wanted []string) (Table, error) {
	configuration := "terraform {\n  required_providers {\n    aws = {\n      source  = \"hashicorp/aws\"\n      version = \"" + Present + "\"\n    }\n  }\n}\n"
	if err := os.WriteFile(filepath.Join(folder, "main.tf"), []byte(configuration), 0o644); err != nil {
		return nil, err
	}
	tf, err := emulator.NewTerraform(folder, folder, nil)
	if err != nil {
		return nil, err
	}
	if _, err := tf.Run(ctx, "init", "-input=false", "-no-color"); err != nil {
		return nil, err
	}
	text, err := tf.Run(ctx, "providers", "schema", "-json")
	if err != nil {
		return nil, err
	}
	return ReadSchemas([]byte(text), wanted)
}

// deprecatedLater is what the documents of the next major version deprecate and the present one does not. Bindings hold no
// deprecations; these were found among the ones that @pulumi/aws 7.48.0 lists, which is made from a late 6.x.
var deprecatedLater = []Use{
	{Declaration: "data aws_region", Path: []string{"id"}},
	{Declaration: "data aws_region", Path: []string{"name"}},
	{Declaration: "resource aws_service_discovery_service", Path: []string{"health_check_custom_config", "failure_threshold"}},
}

// Complete adds to a table that was made from bindings what they do not hold: which blocks may be written as arguments, taken
// from an earlier version, and what is deprecated.
func (t Table) Complete(earlier Table) {
	for name, block := range t {
		if before := earlier[name]; before != nil {
			block.complete(before)
		}
	}
	for _, use := range deprecatedLater {
		block := t[use.Declaration]
		for i, name := range use.Path {
			if block == nil {
				break
			}
			if attribute, found := block.Attributes[name]; found && i == len(use.Path)-1 {
				attribute.Deprecated = true
				block.Attributes[name] = attribute
			}
			block = block.Blocks[name]
		}
	}
}

func (b *Block) complete(earlier *Block) {
	for name, nested := range b.Blocks {
		if before := earlier.Blocks[name]; before != nil {
			nested.Argument = before.Argument
			nested.complete(before)
		}
	}
	for name, attribute := range b.Attributes {
		attribute.Deprecated = earlier.Attributes[name].Deprecated
		b.Attributes[name] = attribute
	}
}

package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/groundplan/groundplan/generator/holdings"
	"github.com/groundplan/groundplan/generator/inspect"
	"github.com/groundplan/groundplan/generator/output"
	"github.com/groundplan/groundplan/generator/reading"
)

const inspectHelp = `groundplan inspect shows what the application declares, and which service uses what.

usage: groundplan inspect [--app DIR] [--meta FILE] [--out DIR] [--format text|json|mermaid]

flags:
  --app DIR          folder of the application (default: this folder)
  --meta FILE        read what encore debug meta -f json printed, not the source; - for standard input
  --out DIR          folder of the generated code (default: infra in the application's folder): its lock
                     says what holds data on AWS
  --format FORMAT    text for people (default), json for programs, mermaid for diagrams

It reads source only: no Encore command, no network, no compiler. What Encore's own metadata misses is
shown as well, with a warning. Once something is generated, text and json end with what holds data, by
the IDs that generate asks for before it lets any of it go.

example:
  $ groundplan inspect --format json | jq '.services[] | {name, databases}'
`

func inspectVerb() *cli.Command {
	return &cli.Command{
		Name:               "inspect",
		CustomHelpTemplate: inspectHelp,
		Action:             inspectApplication,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "app", Value: "."},
			&cli.StringFlag{Name: "meta"},
			&cli.StringFlag{Name: "out"},
			&cli.StringFlag{Name: "format", Value: "text"},
		},
	}
}

func inspectApplication(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	format := c.String("format")
	switch format {
	case "text", "json", "mermaid":
	default:
		return mistake(fmt.Sprintf("there is no format %q", format), suggest(format, []string{"text", "json", "mermaid"}, "--format ", "the formats are text, json and mermaid"))
	}
	root := c.String("app")
	m, err := metadata(c, root)
	if err != nil {
		return err
	}
	application, diags, err := reading.Application(root, "", m)
	if err != nil {
		return err
	}
	p := newPrinter(c.App.ErrWriter, root)
	p.show(m)
	if err := p.diagnostics(diags); err != nil {
		return err
	}
	lock, err := output.ReadLock(outFolder(c))
	if err != nil {
		return err
	}
	held := holdings.List(lock.Holdings)
	switch format {
	case "json":
		text, err := inspect.JSON(application, held)
		if err != nil {
			return err
		}
		_, err = c.App.Writer.Write(text)
		return err
	case "mermaid":
		_, err = fmt.Fprint(c.App.Writer, inspect.Mermaid(application))
		return err
	}
	_, err = fmt.Fprint(c.App.Writer, inspect.Text(application, held, isTerminal(c.App.Writer)))
	return err
}

// checkFolder says what is wrong with the folder of an application, before anything reads it.
func checkFolder(root string) error {
	if err := checkDirectory(root); err != nil {
		return err
	}
	return findApplication(root)
}

func checkDirectory(root string) error {
	info, err := os.Stat(root)
	if err != nil {
		return mistake(fmt.Sprintf("there is no folder %s", root), "name the folder that holds encore.app: --app DIR")
	}
	if !info.IsDir() {
		return mistake(fmt.Sprintf("%s is not a folder", root), "name the folder that holds it: --app "+slashed(filepath.Dir(root)))
	}
	return nil
}

// findApplication demands encore.app or a manifest in the folder, and knows where else it may be.
func findApplication(root string) error {
	if holdsApplication(root) {
		return nil
	}
	hints := []string{
		"name the folder that holds encore.app: --app DIR",
		"an application that does not use Encore is described in groundplan.app.hcl: docs/manifest.md",
	}
	absolute, err := filepath.Abs(root)
	if err != nil {
		return fmt.Errorf("find the folder of the application: %w", err)
	}
	for dir := filepath.Dir(absolute); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if holdsApplication(dir) {
			hints = []string{"the application begins further up: --app " + slashed(dir)}
			break
		}
	}
	return mistake(fmt.Sprintf("there is no encore.app in %s", root), hints...)
}

// holdsApplication reports whether groundplan could read an application in the folder.
func holdsApplication(root string) bool {
	_, err := os.Stat(filepath.Join(root, "encore.app"))
	return err == nil || reading.HasManifest(root)
}

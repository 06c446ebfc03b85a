package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/groundplan/groundplan/generator"
)

const inspectHelp = `groundplan inspect shows what the application declares, and which service uses what.

usage: groundplan inspect [--app DIR] [--format text|json|mermaid]

flags:
  --app DIR          folder of the application (default: this folder)
  --format FORMAT    text for people (default), json for programs, mermaid for diagrams

It reads source only: no Encore command, no network, no compiler. What Encore's own metadata misses is
shown as well, with a warning.

example:
  $ groundplan inspect --format json | jq '.services[] | {name, databases}'
`

func inspectVerb() *cli.Command {
	return &cli.Command{
		Name:               "inspect",
		CustomHelpTemplate: inspectHelp,
		Action:             inspect,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "app", Value: "."},
			&cli.StringFlag{Name: "format", Value: "text"},
		},
	}
}

func inspect(c *cli.Context) error {
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
	if err := checkFolder(root); err != nil {
		return err
	}
	application, diags, err := generator.Read(root)
	if err != nil {
		return err
	}
	if err := newPrinter(c.App.ErrWriter, root).diagnostics(diags); err != nil {
		return err
	}
	switch format {
	case "json":
		text, err := generator.InspectJSON(application)
		if err != nil {
			return err
		}
		_, err = c.App.Writer.Write(text)
		return err
	case "mermaid":
		_, err = fmt.Fprint(c.App.Writer, generator.Mermaid(application))
		return err
	}
	_, err = fmt.Fprint(c.App.Writer, generator.InspectText(application, isTerminal(c.App.Writer)))
	return err
}

// checkFolder says what is wrong with the folder of an application, before anything reads it.
func checkFolder(root string) error {
	info, err := os.Stat(root)
	if err != nil {
		return mistake(fmt.Sprintf("there is no folder %s", root), "name the folder that holds encore.app: --app DIR")
	}
	if !info.IsDir() {
		return mistake(fmt.Sprintf("%s is not a folder", root), "name the folder that holds it: --app "+filepath.Dir(root))
	}
	return findApplication(root)
}

// findApplication demands encore.app in the folder, and knows where else it may be.
func findApplication(root string) error {
	if _, err := os.Stat(filepath.Join(root, "encore.app")); err == nil {
		return nil
	}
	hint := "name the folder that holds encore.app: --app DIR"
	absolute, err := filepath.Abs(root)
	if err != nil {
		return fmt.Errorf("find the folder of the application: %w", err)
	}
	for dir := filepath.Dir(absolute); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "encore.app")); err == nil {
			hint = "the application begins further up: --app " + dir
			break
		}
	}
	return mistake(fmt.Sprintf("there is no encore.app in %s", root), hint)
}

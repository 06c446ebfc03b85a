package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/urfave/cli/v2"

	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/environment/table"
	"github.com/groundplan/groundplan/generator/reading"
)

const initHelp = `groundplan init writes a groundplan.hcl to start from, beside the application.

usage: groundplan init [--app DIR] [--meta FILE]

flags:
  --app DIR     folder of the application (default: this folder)
  --meta FILE   read what encore debug meta -f json printed, not the source; - for standard input

It never overwrites one that is there.

example:
  $ groundplan init
  $ $EDITOR groundplan.hcl
`

func initVerb() *cli.Command {
	return &cli.Command{
		Name:               "init",
		CustomHelpTemplate: initHelp,
		Action:             initialise,
		Flags:              []cli.Flag{&cli.StringFlag{Name: "app", Value: "."}, &cli.StringFlag{Name: "meta"}},
	}
}

func initialise(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	root := c.String("app")
	m, err := metadata(c, root)
	if err != nil {
		return err
	}
	p := newPrinter(c.App.ErrWriter, root)
	p.show(m)
	application, diags, err := reading.Application(root, "", m)
	if err != nil {
		return err
	}
	if err := p.diagnostics(diags); err != nil {
		return err
	}
	path := slashed(root, environment.Filename)
	// O_EXCL: a file that is there holds somebody's decisions.
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return mistake(fmt.Sprintf("%s is already there", path), "edit it; docs/settings.md lists every setting")
	}
	if err != nil {
		return err
	}
	_, err = file.Write(table.Init(application.Name))
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	p.say("wrote %s", path)
	next := "groundplan generate"
	if m != nil {
		next += " --meta " + c.String("meta")
	}
	p.say("next: %s", next)
	return nil
}

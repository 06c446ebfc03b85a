package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/groundplan/groundplan/modules"
)

const versionHelp = `groundplan version says which groundplan this is.

usage: groundplan version [--format text|json]

flags:
  --format FORMAT  text for people (default), json for programs

The hash of the modules is one over all Terraform modules that this groundplan writes: programs with
the same hash write the same modules, whatever their versions. What the build does not know, as the
commit of a program that was not built from a repository, is left out.

example:
  $ groundplan version --format json | jq -r .version
`

func versionVerb() *cli.Command {
	return &cli.Command{
		Name:               "version",
		CustomHelpTemplate: versionHelp,
		Action:             showVersion,
		Flags:              []cli.Flag{&cli.StringFlag{Name: "format", Value: "text"}},
	}
}

func showVersion(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	b := thisProgram()
	b.Modules = modules.Sum()
	switch format := c.String("format"); format {
	case "json":
		encoder := json.NewEncoder(c.App.Writer)
		encoder.SetIndent("", "  ")
		return encoder.Encode(b)
	case "text":
		_, err := fmt.Fprint(c.App.Writer, b.text())
		return err
	default:
		return mistake(fmt.Sprintf("there is no format %q", format), suggest(format, []string{"text", "json"}, "--format ", "the formats are text and json"))
	}
}

// What a release says of itself: the linker sets them (.goreleaser.yaml). Any other build is asked what go noted in it.
var releaseVersion, releaseCommit, releaseDate string

// buildFacts is what a program knows of how it came to be; docs/releases.md describes its JSON.
type buildFacts struct {
	// Version is the tag, or what go makes of a commit without one; "(devel)" where go was not told.
	Version string `json:"version"`
	// Commit is the whole hash, Date that of the commit, in UTC as RFC 3339 has it; Modified: files differed from it.
	Commit   string `json:"commit,omitempty"`
	Date     string `json:"date,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	// Modules is modules.Sum, which takes a while.
	Modules  string `json:"modules,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func thisProgram() buildFacts {
	info, _ := debug.ReadBuildInfo()
	return buildOf(info)
}

// buildOf reads what go noted; nil where it noted nothing.
func buildOf(info *debug.BuildInfo) buildFacts {
	b := buildFacts{Version: "unknown", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if info != nil {
		b.Version = cmp.Or(info.Main.Version, b.Version)
		for _, setting := range info.Settings {
			switch setting.Key {
			case "vcs.revision":
				b.Commit = setting.Value
			case "vcs.time":
				b.Date = setting.Value
			case "vcs.modified":
				b.Modified = setting.Value == "true"
			}
		}
	}
	if releaseVersion != "" {
		b.Version, b.Commit, b.Date, b.Modified = releaseVersion, releaseCommit, releaseDate, false
	}
	return b
}

func (b buildFacts) text() string {
	var out strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&out, "%-9s %s\n", name, value)
		}
	}
	fmt.Fprintf(&out, "groundplan %s\n", b.Version)
	commit := b.Commit
	if b.Modified {
		commit += ", and files that differ from it"
	}
	line("commit", commit)
	line("date", b.Date)
	line("modules", cmp.Or(b.Modules, modules.Sum()))
	line("go", b.Go)
	line("platform", b.Platform)
	return out.String()
}

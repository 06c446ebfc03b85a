package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/urfave/cli/v2"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/terraform"
	"github.com/groundplan/groundplan/terraform/change"
	"github.com/groundplan/groundplan/terraform/guard"
	"github.com/groundplan/groundplan/terraform/saved"
)

const planHelp = `groundplan plan shows what an apply would change on AWS, by component of the application, riskiest first.

usage: groundplan plan [--app DIR] [--meta FILE] [--in DIR] [--env NAME] [--stack NAME]... [--image-tag TAG]
                       [--format FORMAT] [--terraform] [--out FILE [--encrypt-to KEY]...]
                       [--allow-destroy ADDRESS]... [--engine NAME] [--stale-ok]

flags:
  --app DIR        folder of the application (default: this folder)
  --meta FILE      read what encore debug meta -f json printed, not the source; - for standard input
  --in DIR         folder of the generated code, which other verbs call --out (default: infra in the
                   application's folder)
  --env NAME       environment to plan; may be left out where there is one alone
  --stack NAME     plan this stack alone, platform or services; may be repeated
  --image-tag TAG  tag of the images to deploy (default: the one that is deployed)
  --format FORMAT  text, json, or markdown for a comment on a pull request (default: text)
  --terraform      show what terraform itself says of the plan
  --out FILE       save the plans of all stacks in one file, for an apply of just them. The file holds
                   secrets: nobody but you can read it
  --encrypt-to KEY encrypt the file for a public key of age: age1...; may be repeated
  --allow-destroy ADDRESS
                   let this be destroyed or replaced, with the data in it; may be repeated
  --engine NAME    terraform, tofu, or the path of either (default: the one on PATH; of both, the one that
                   the stacks' providers come from)
  --stale-ok       plan generated code that is not what generate would write now

Stacks are initialized where that is needed, and planned in their order. Every command of terraform that
runs is printed. Nothing is changed on AWS. What the services stack needs of a platform that is not
applied yet nobody can plan: it is shown as far as the code shows it.

Exit codes: 0 nothing to do, 1 error, 2 something would change, 3 an apply would refuse it.

example:
  $ groundplan plan --env staging
`

func planVerb() *cli.Command {
	return &cli.Command{
		Name:               "plan",
		CustomHelpTemplate: planHelp,
		Action:             plan,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "app", Value: "."},
			&cli.StringFlag{Name: "meta"},
			&cli.StringFlag{Name: "in"},
			&cli.StringFlag{Name: "env"},
			&cli.StringSliceFlag{Name: "stack"},
			&cli.StringFlag{Name: "image-tag"},
			&cli.StringFlag{Name: "format", Value: "text"},
			&cli.BoolFlag{Name: "terraform"},
			&cli.StringFlag{Name: "out"},
			&cli.StringSliceFlag{Name: "encrypt-to"},
			&cli.StringSliceFlag{Name: "allow-destroy"},
		}, engineFlags()...),
	}
}

// planFormats are what --format takes.
var planFormats = []string{"text", "json", "markdown"}

func plan(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	recipients, err := planOptions(c)
	if err != nil {
		return err
	}
	t, err := openTargetBy(c, "in")
	if err != nil {
		return err
	}
	if err := checkStacks(c.StringSlice("stack"), t.environment.Stacks); err != nil {
		return err
	}
	if err := t.checkFresh(c); err != nil {
		return err
	}
	opened, done, err := t.open(c)
	if err != nil {
		return err
	}
	defer done()
	client, err := t.account(c)
	if err != nil {
		return err
	}
	who, err := client.Identity(c.Context)
	if err != nil {
		return awsError(err)
	}
	planned, err := opened.Plan(c.Context, terraform.Planning{
		Stacks: c.StringSlice("stack"), ImageTag: c.String("image-tag"), AllowDestroy: c.StringSlice("allow-destroy"), Account: who.Account,
	})
	if err != nil {
		return t.explain(err)
	}
	if err := t.showPlan(c, planned); err != nil {
		return err
	}
	if file := c.String("out"); file != "" {
		if err := t.savePlan(c, opened, planned, who.Account, recipients); err != nil {
			return err
		}
	}
	return planOutcome(planned)
}

// planOptions checks what flags say by themselves, and returns the keys to encrypt for.
func planOptions(c *cli.Context) ([]age.Recipient, error) {
	if format := c.String("format"); !slices.Contains(planFormats, format) {
		return nil, mistake(fmt.Sprintf("there is no format %q", format), suggest(format, planFormats, "--format ", "the formats are "+diagnostic.And(planFormats)))
	}
	if c.Bool("terraform") && c.String("format") != "text" {
		return nil, mistake(fmt.Sprintf("--terraform shows text, not %s", c.String("format")), "leave one of them out")
	}
	file := c.String("out")
	switch info, err := os.Stat(file); {
	case file == "" && c.IsSet("encrypt-to"):
		return nil, mistake("--encrypt-to encrypts a file, and none is written", "name it: --out FILE")
	case file != "" && err == nil && info.IsDir():
		return nil, mistake(fmt.Sprintf("%s is a folder", file), "--out names the file to save the plan in; the folder of the generated code is --in DIR")
	}
	if tag := c.String("image-tag"); c.IsSet("image-tag") && !isTag(tag) {
		return nil, mistake(fmt.Sprintf("%q is no tag of an image", tag), "a tag has letters, digits and _ . - and at most 128 of them, and begins with none of . and -")
	}
	recipients, err := saved.Recipients(c.StringSlice("encrypt-to"))
	if refused := engineMistake(err); refused != nil {
		return nil, refused
	}
	return recipients, err
}

// checkStacks refuses stacks that an environment does not have.
func checkStacks(asked []string, stacks []blueprint.Stack) error {
	var names []string
	for _, stack := range stacks {
		names = append(names, stack.Name)
	}
	for _, name := range asked {
		if !slices.Contains(names, name) {
			return mistake(fmt.Sprintf("there is no stack %q", name), suggest(name, names, "--stack ", "the stacks are "+diagnostic.And(names)))
		}
	}
	return nil
}

// isTag reports whether a registry takes a text as a tag, here without the prefix that an image may have.
func isTag(text string) bool {
	odd := func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_.-", r))
	}
	return text != "" && len(text) <= 128 && text[0] != '.' && text[0] != '-' && !strings.ContainsFunc(text, odd)
}

// cameTo is what all stacks' plans come to, and what the guards find in them. What terraform warns of is printed.
func (t *target) cameTo(planned []terraform.Planned) ([]change.Set, []stackFinding, error) {
	var sets []change.Set
	var findings []stackFinding
	for _, p := range planned {
		sets = append(sets, p.Changes)
		for _, finding := range p.Findings {
			findings = append(findings, stackFinding{p.Stack.Name, finding})
		}
		if err := t.printer.diagnostics(t.asDiagnostics(p.Stack, p.Warnings)); err != nil {
			return nil, nil, err
		}
	}
	return sets, findings, nil
}

// showPlan writes what was planned to standard output, and what terraform warns of to the other one.
func (t *target) showPlan(c *cli.Context, planned []terraform.Planned) error {
	sets, findings, err := t.cameTo(planned)
	if err != nil {
		return err
	}
	out := c.App.Writer
	switch c.String("format") {
	case "json":
		return planJSON(out, t.environment.Name, sets, findings)
	case "markdown":
		if err := change.Markdown(out, sets); err != nil {
			return err
		}
		return findingsMarkdown(out, findings)
	}
	if c.Bool("terraform") {
		for _, p := range planned {
			if p.File == "" {
				fmt.Fprintf(out, "%s: %s\n", p.Stack.Name, p.Changes.Heading())
				continue
			}
			if err := p.Workspace.ShowText(c.Context, p.File, out, isTerminal(out)); err != nil {
				return t.explain(&terraform.StackError{Stack: p.Stack, Doing: "show the plan of", Workspace: p.Workspace, Err: err})
			}
		}
	} else if err := change.Text(out, sets, columns()); err != nil {
		return err
	}
	findingsText(out, findings)
	return nil
}

// columns is how wide a terminal is, as far as a shell says it.
func columns() int {
	if width, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && width >= 40 {
		return width
	}
	return 80
}

// savePlan writes the file that an apply takes.
func (t *target) savePlan(c *cli.Context, opened *terraform.Environment, planned []terraform.Planned, account string, recipients []age.Recipient) error {
	file := c.String("out")
	archive, err := opened.Archive(c.Context, planned, saved.Manifest{Account: account, Groundplan: thisProgram().Version, Made: time.Now().UTC().Truncate(time.Second)})
	if err != nil {
		return t.explain(err)
	}
	if err := saved.Write(file, archive, recipients); err != nil {
		return err
	}
	if len(recipients) > 0 {
		t.printer.say("saved the plan in %s, encrypted", file)
	} else {
		t.printer.say("saved the plan in %s, which holds secrets in clear: --encrypt-to encrypts it", file)
	}
	for _, p := range planned {
		if p.File == "" {
			t.printer.say("warning: it has no plan of %s: %s", p.Stack.Name, p.Changes.Unplanned)
		}
	}
	return nil
}

// planOutcome is how a plan ends.
func planOutcome(planned []terraform.Planned) error {
	var refused []guard.Finding
	changes := false
	for _, p := range planned {
		changes = changes || p.Acts || p.File == "" && len(p.Changes.Components) > 0
		for _, finding := range p.Findings {
			if finding.Refuses {
				refused = append(refused, finding)
			}
		}
	}
	switch {
	case len(refused) > 0:
		return refusal(refused)
	case changes:
		return &outcome{code: codeDiffers}
	}
	return nil
}

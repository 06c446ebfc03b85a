package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/holdings"
	"github.com/groundplan/groundplan/generator/output"
)

const generateHelp = `groundplan generate writes the Terraform that runs the application on AWS.

usage: groundplan generate [--app DIR] [--meta FILE] [--out DIR] [--env NAME] [--limits FILE] [--check] [--force]
                           [--accept-replacement ID]... [--forget ID]...

flags:
  --app DIR     folder of the application (default: this folder)
  --meta FILE   read what encore debug meta -f json printed, not the source; - for standard input
  --out DIR     folder to write to (default: infra in the application's folder)
  --env NAME    one environment of groundplan.hcl (default: all of them)
  --limits FILE quotas of the account, as aws service-quotas list-service-quotas prints them: what an
                environment needs beyond them is warned of. Without it, AWS's defaults hold
  --check       write nothing; show what would change, and exit with 2 when something would
  --force       overwrite files of groundplan's that were edited by hand
  --accept-replacement ID
                let this be replaced or destroyed with the data it holds; may be repeated
  --forget ID   leave on AWS what is no longer in the code: terraform forgets it; may be repeated

Only what changed is written, only files that groundplan wrote are removed, and other files are never
touched. A change that would destroy data is refused, with a safe way and the ID of what is lost: its
environment and its name, as in "production/topic signups". Without a groundplan.hcl it generates the environment "production" with the documented
defaults; groundplan init writes one to start from.

example:
  $ groundplan generate
  $ terraform -chdir=infra/production/platform init
  $ terraform -chdir=infra/production/platform plan
`

func generateVerb() *cli.Command {
	return &cli.Command{
		Name:               "generate",
		CustomHelpTemplate: generateHelp,
		Action:             generate,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "app", Value: "."},
			&cli.StringFlag{Name: "meta"},
			&cli.StringFlag{Name: "out"},
			&cli.StringFlag{Name: "env"},
			&cli.StringFlag{Name: "limits"},
			&cli.BoolFlag{Name: "check"},
			&cli.BoolFlag{Name: "force"},
			&cli.StringSliceFlag{Name: "accept-replacement"},
			&cli.StringSliceFlag{Name: "forget"},
		},
	}
}

func generate(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	if c.Bool("check") && c.Bool("force") {
		return mistake("--check writes nothing, so there is nothing to --force", "leave one of them out")
	}
	root, out := c.String("app"), outFolder(c)
	m, err := metadata(c, root)
	if err != nil {
		return err
	}
	limits, err := accountLimits(c)
	if err != nil {
		return err
	}
	if info, err := os.Stat(out); err == nil && !info.IsDir() {
		return mistake(fmt.Sprintf("%s is not a folder", out), "name the folder to write to: --out DIR")
	}
	p := newPrinter(c.App.ErrWriter, root)
	p.show(m)
	result, environments, diags, err := generator.FromSource(generator.Options{Root: root, Out: out, Metadata: m, Limits: limits, Consent: holdings.Consent{
		Accept: c.StringSlice("accept-replacement"), Forget: c.StringSlice("forget"), Only: c.String("env"),
	}})
	if err != nil {
		return err
	}
	if err := p.diagnostics(diags); err != nil {
		return err
	}
	if result == nil {
		p.say("nothing is generated: there is no service to run")
		return nil
	}
	var within func(string) bool
	if name := c.String("env"); name != "" {
		if err := checkEnvironment(name, environments); err != nil {
			return err
		}
		within = output.Within(name)
	}
	if c.Bool("check") {
		return check(c, p, result, out, within)
	}
	interrupted := output.Interrupted(out)
	changes, err := result.Write(out, c.Bool("force"), within)
	if interrupted && !output.Interrupted(out) {
		p.say("finished an interrupted run in %s", out)
	}
	var conflict *output.ConflictError
	if errors.As(err, &conflict) {
		return explain(c, conflict)
	}
	if err != nil {
		return err
	}
	report(p, out, changes, environments, c.String("env"))
	if len(changes) > 0 {
		showQuotas(p, result.Needs, limits, out, c.String("env"))
	}
	if within == nil {
		warnAboutAbandoned(p, result.Previous.Lock, environments)
	}
	return nil
}

func checkEnvironment(name string, environments []environment.Environment) error {
	var names []string
	for _, env := range environments {
		names = append(names, env.Name)
	}
	if slices.Contains(names, name) {
		return nil
	}
	return mistake(fmt.Sprintf("there is no environment %q", name), suggest(name, names, "--env ", "the application is generated for "+strings.Join(names, ", ")))
}

// check shows on stdout, as diffs, what generate would change.
func check(c *cli.Context, p *printer, result *generator.Output, out string, within func(string) bool) error {
	changes, err := result.Changes(out, within)
	var conflict *output.ConflictError
	if errors.As(err, &conflict) {
		return explain(c, conflict)
	}
	if err != nil {
		return err
	}
	if len(changes) == 0 {
		p.say("%s is up to date", out)
		return nil
	}
	var hints []string
	for _, change := range changes {
		fmt.Fprintf(c.App.Writer, "%s", change.Diff())
		switch {
		case change.Pointer:
			hints = append(hints, change.Path+" is a pointer of Git LFS: git lfs pull fetches the file")
		case change.Edited:
			hints = append(hints, change.Path+" was edited by hand: put the change into groundplan.hcl or a file of its own")
		}
	}
	remedy := "groundplan generate brings it up to date"
	if len(hints) > 0 {
		remedy = "groundplan generate --force brings it up to date and gives the edits up"
	}
	return &outcome{code: codeDiffers, message: fmt.Sprintf("%s is stale: %s", out, countFiles(len(changes), "differs", "differ")),
		hints: append(hints, remedy)}
}

// explain shows the work that generate would have overwritten.
func explain(c *cli.Context, conflict *output.ConflictError) error {
	for _, change := range conflict.Edited {
		fmt.Fprintf(c.App.ErrWriter, "%s", change.Diff())
	}
	var hints []string
	for _, path := range conflict.Foreign {
		hints = append(hints, fmt.Sprintf("move %s away: groundplan writes a file of that name", path))
	}
	if pointer := func(c output.Change) bool { return c.Pointer }; slices.ContainsFunc(conflict.Edited, pointer) {
		hints = append(hints, "fetch what the pointers of Git LFS stand for: git lfs pull")
	} else if len(conflict.Edited) > 0 {
		hints = append(hints,
			"put the change into groundplan.hcl or a file of its own, and take it out of the generated one",
			"or give it up: groundplan generate --force")
	}
	return &outcome{code: codeError, message: "nothing was written: " + conflict.Error(), hints: hints}
}

func report(p *printer, out string, changes []output.Change, environments []environment.Environment, only string) {
	var names []string
	for _, env := range environments {
		if only == "" || env.Name == only {
			names = append(names, env.Name)
		}
	}
	noun := "environment"
	if len(names) > 1 {
		noun = "environments"
	}
	if len(changes) == 0 {
		p.say("%s is up to date, %s %s", out, noun, strings.Join(names, ", "))
		return
	}
	count := map[string]int{}
	for _, change := range changes {
		count[change.Action]++
	}
	written := count["create"] + count["update"]
	text := fmt.Sprintf("wrote %s to %s", countFiles(written, "", ""), out)
	switch {
	case written == 0:
		text = fmt.Sprintf("removed %s from %s", countFiles(count["delete"], "", ""), out)
	case count["delete"] > 0:
		text += fmt.Sprintf(", removed %d", count["delete"])
	}
	p.say("%s, %s %s", text, noun, strings.Join(names, ", "))
	for _, env := range environments {
		if env.Domain == "" && env.Exposed() && (only == "" || env.Name == only) {
			p.say("environment %s has no domain, so its load balancer is internal: nothing without TLS faces the internet", env.Name)
		}
	}
	p.say("next: terraform -chdir=%s init, then plan; %s explains the rest", slashed(out, names[0], "platform"), slashed(out, "README.md"))
}

// warnAboutAbandoned names environments that lost their code: what they made on AWS is still there.
func warnAboutAbandoned(p *printer, previous *output.Lock, environments []environment.Environment) {
	var gone []string
	for stack := range previous.Addresses {
		name, _, _ := strings.Cut(stack, "/")
		if !slices.ContainsFunc(environments, func(e environment.Environment) bool { return e.Name == name }) {
			gone = append(gone, name)
		}
	}
	slices.Sort(gone)
	for _, name := range slices.Compact(gone) {
		p.say("warning: environment %s is no longer in groundplan.hcl: its code is gone, what it made on AWS is not", name)
		fmt.Fprintf(p.out, "hint: to destroy it, restore its code from version control and run terraform destroy in services, then in platform\n")
	}
}

// countFiles counts files in words, with the verb in the right number.
func countFiles(n int, one, many string) string {
	text, verb := fmt.Sprintf("%d files", n), many
	if n == 1 {
		text, verb = "1 file", one
	}
	return strings.TrimSpace(text + " " + verb)
}

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/groundplan/groundplan/aws"
	"github.com/groundplan/groundplan/terraform"
	"github.com/groundplan/groundplan/terraform/apply"
	"github.com/groundplan/groundplan/terraform/change"
	"github.com/groundplan/groundplan/terraform/saved"
)

const applyHelp = `groundplan apply brings an environment on AWS to what the code says: the platform, then the services.

usage: groundplan apply [--app DIR] [--meta FILE] [--out DIR] [--env NAME] [--stack NAME]... [--image-tag TAG]
                        [--plan FILE [--identity FILE]] [--yes] [--allow-destroy ADDRESS]...
                        [--engine NAME] [--stale-ok]

flags:
  --app DIR        folder of the application (default: this folder)
  --meta FILE      read what encore debug meta -f json printed, not the source; - for standard input
  --out DIR        folder of the generated code (default: infra in the application's folder)
  --env NAME       environment to apply; may be left out where there is one alone
  --stack NAME     apply this stack alone, platform or services; may be repeated
  --image-tag TAG  tag of the images to deploy (default: the one that is deployed)
  --plan FILE      apply the plans that groundplan plan --out saved in this file, and no others; nothing is
                   asked, for they were approved
  --identity FILE  file with the secret key of age that opens the plan
  --yes            answer every question with yes
  --allow-destroy ADDRESS
                   let this be destroyed or replaced, with the data in it; may be repeated
  --engine NAME    terraform, tofu, or the path of either (default: the one on PATH; of both, the one that
                   the stacks' providers come from)
  --stale-ok       apply generated code that is not what generate would write now

Each stack is planned, shown and asked about, and exactly that plan is applied. Between the stacks it
sees to what terraform cannot do: secrets without a value and images that are not in the registry stop
it before the services, with the commands to run; users of caches get their passwords.
What guards refuse is not applied, of no stack. After a failure the same command goes on, and asks again
only when what is left was not approved before.

Exit codes: 0 applied or nothing to do, 1 error, 3 refused.

example:
  $ groundplan apply --env staging --image-tag v1
`

func applyVerb() *cli.Command {
	return &cli.Command{
		Name:               "apply",
		CustomHelpTemplate: applyHelp,
		Action:             applyEnvironment,
		Flags: append(targetFlags(
			&cli.StringFlag{Name: "meta"},
			&cli.StringSliceFlag{Name: "stack"},
			&cli.StringFlag{Name: "image-tag"},
			&cli.StringFlag{Name: "plan"},
			&cli.StringFlag{Name: "identity"},
			&cli.BoolFlag{Name: "yes"},
			&cli.StringSliceFlag{Name: "allow-destroy"},
		), engineFlags()...),
	}
}

func applyEnvironment(c *cli.Context) (err error) {
	if err := noArguments(c); err != nil {
		return err
	}
	if err := applyOptions(c); err != nil {
		return err
	}
	t, err := openTarget(c)
	if err != nil {
		return err
	}
	if err := checkStacks(c.StringSlice("stack"), t.environment.Stacks); err != nil {
		return err
	}
	if err := t.checkFresh(c); err != nil {
		return err
	}
	screen := screenOf(c)
	c.App.ErrWriter, t.printer.out = screen, screen
	environment, done, err := t.open(c)
	if err != nil {
		return err
	}
	defer done() // however it ends
	deployment, left, err := t.applyRun(c, environment, screen)
	if err != nil {
		return err
	}
	if err := deployment.Do(c.Context); err != nil {
		return t.applyError(c, err)
	}
	if len(left) > 0 {
		return mistake(fmt.Sprintf("%s is left: what was applied before changes what its plan was made with", strings.Join(left, ", ")),
			"make another plan, and have that approved: groundplan plan --stack "+strings.Join(left, " --stack ")+" --env "+t.environment.Name+" --out FILE")
	}
	return nil
}

// applyOptions checks what flags say by themselves.
func applyOptions(c *cli.Context) error {
	if tag := c.String("image-tag"); c.IsSet("image-tag") && !isTag(tag) {
		return mistake(fmt.Sprintf("%q is no tag of an image", tag), "a tag has letters, digits and _ . - and at most 128 of them, and begins with none of . and -")
	}
	switch {
	case c.IsSet("plan") && c.String("plan") == "":
		return mistake("--plan names no file", "groundplan plan --out FILE makes one")
	case c.IsSet("plan") && c.IsSet("image-tag"):
		return mistake("--image-tag and --plan exclude each other: the plan has its image", "leave --image-tag out, or make another plan")
	case c.IsSet("identity") && !c.IsSet("plan"):
		return mistake("--identity opens a plan, and there is none", "name it: --plan FILE")
	}
	return nil
}

// screenOf is what standard error goes to.
func screenOf(c *cli.Context) *apply.Screen {
	screen := &apply.Screen{Out: c.App.ErrWriter, Live: isTerminal(c.App.ErrWriter), Width: columns()}
	if file, ok := c.App.ErrWriter.(*os.File); ok && screen.Live {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
			screen.Width = width
		}
	}
	return screen
}

// applyRun is an apply of the target. Left are the stacks of a saved plan that cannot be applied with it.
func (t *target) applyRun(c *cli.Context, environment *terraform.Environment, screen *apply.Screen) (*apply.Run, []string, error) {
	client, err := t.account(c)
	if err != nil {
		return nil, nil, err
	}
	who, err := client.Identity(c.Context)
	if err != nil {
		return nil, nil, awsError(err)
	}
	deployment := &apply.Run{
		Environment: environment, AWS: client, Account: who.Account, Yes: c.Bool("yes"), Screen: screen,
		Planning: terraform.Planning{
			Stacks: c.StringSlice("stack"), ImageTag: c.String("image-tag"), AllowDestroy: c.StringSlice("allow-destroy"), Account: who.Account,
		},
		Show: func(planned []terraform.Planned) error { return t.showApply(c, planned, screen.Width) },
		Ask:  func(question string) error { return t.askName(c, question) },
	}
	deployment.Phases = []apply.Phase{t.secretsPresent(c, deployment, client), deployment.UsersActivated(), deployment.DatabasesByHand(), deployment.ImagesPresent(t.blueprint, absolutePath(t.root))}
	if !c.IsSet("plan") {
		return deployment, nil, nil
	}
	archive, err := saved.Read(c.String("plan"), c.String("identity"))
	if err != nil {
		return nil, nil, engineMistake(err)
	}
	plans, left, reasons, err := apply.Reopen(c.Context, environment, archive, saved.Manifest{Account: who.Account, Groundplan: thisProgram().Version, Made: time.Now().UTC()}, deployment.Planning)
	if err != nil {
		return nil, nil, t.explain(err)
	}
	if len(reasons) > 0 {
		return nil, nil, t.refusePlan(c.String("plan"), reasons)
	}
	if len(plans) == 0 {
		return nil, nil, mistake(fmt.Sprintf("%s holds no plan of what is to be applied", c.String("plan")), "make another: groundplan plan --out FILE")
	}
	deployment.Approved = plans
	return deployment, left, nil
}

// refusePlan says every reason for which a saved plan is not applied.
func (t *target) refusePlan(file string, reasons []*saved.RefusedError) error {
	var hints []string
	for _, reason := range reasons {
		t.printer.say("refused: %s", reason.Message)
		hints = append(hints, reason.Hint)
	}
	return &outcome{code: codeRefused, message: fmt.Sprintf("refused: %s is not applied", file), hints: unique(hints)}
}

// unique are texts without those that were there before.
func unique(texts []string) []string {
	var kept []string
	seen := map[string]bool{}
	for _, text := range texts {
		if !seen[text] {
			kept = append(kept, text)
		}
		seen[text] = true
	}
	return kept
}

// showApply shows what is going to be done.
func (t *target) showApply(c *cli.Context, planned []terraform.Planned, width int) error {
	sets, findings, err := t.cameTo(planned)
	if err != nil {
		return err
	}
	if err := change.Text(c.App.ErrWriter, sets, width); err != nil {
		return err
	}
	findingsText(c.App.ErrWriter, findings)
	return nil
}

// askName asks for consent, which is given by the name of the environment.
func (t *target) askName(c *cli.Context, question string) error {
	terminal := terminalOf(c)
	if terminal == nil {
		return mistake("there is no terminal to ask at", fmt.Sprintf("--yes answers %q with yes", question))
	}
	fmt.Fprintf(c.App.ErrWriter, "\n%s Type the environment's name, %s: ", question, t.environment.Name)
	line, err := interruptible(c.Context, func() (string, error) { return bufio.NewReader(terminal).ReadString('\n') })
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return t.agreed(line)
}

// agreed refuses everything but the name of the environment.
func (t *target) agreed(line string) error {
	switch typed := strings.TrimSpace(line); typed {
	case t.environment.Name:
		return nil
	case "":
		return &outcome{code: codeRefused, message: "refused: nothing was typed, and nothing more is applied"}
	default:
		return &outcome{code: codeRefused, message: fmt.Sprintf("refused: %q is not the name of the environment, which is %q", typed, t.environment.Name)}
	}
}

// secretsPresent is the phase that looks for secrets without a value: what needs one does not start.
func (t *target) secretsPresent(c *cli.Context, deployment *apply.Run, client *aws.Client) apply.Phase {
	var missing []heldSecret
	needed := func(context.Context) ([]string, error) {
		if !deployment.Deploys() || len(t.environment.Secrets) == 0 {
			return nil, nil
		}
		list, err := t.holdings(c, client, false)
		if err != nil {
			return nil, err
		}
		missing = nil
		var lines []string
		for _, one := range list {
			if one.State != "set" && len(one.NeededBy) > 0 {
				missing = append(missing, one)
				lines = append(lines, fmt.Sprintf("secret %s is %s, and %s does not start without it", one.Name, one.State, strings.Join(one.NeededBy, ", ")))
			}
		}
		return lines, nil
	}
	return apply.Phase{Name: "secrets", Needed: needed, Run: func(ctx context.Context) error {
		lines, err := needed(ctx)
		if err != nil || len(lines) == 0 {
			return err
		}
		return &apply.WantingError{Message: strings.Join(lines, "\n  "), Hints: t.remedies(missing)}
	}}
}

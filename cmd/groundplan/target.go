package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/groundplan/groundplan/aws"
	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/output"
)

// target is the environment that a verb works on, as the lock says that it stands in the folder of the generated code.
type target struct {
	root, out   string
	blueprint   *blueprint.Blueprint
	environment *blueprint.Environment
	printer     *printer
}

// targetFlags choose a target.
func targetFlags(others ...cli.Flag) []cli.Flag {
	return append([]cli.Flag{
		&cli.StringFlag{Name: "app", Value: "."},
		&cli.StringFlag{Name: "out"},
		&cli.StringFlag{Name: "env"},
	}, others...)
}

// openTarget reads the lock. Without --env there has to be one environment alone: none is a default that somebody could
// mean another by.
func openTarget(c *cli.Context) (*target, error) { return openTargetBy(c, "out") }

// openTargetBy is openTarget for a verb that names the folder of the generated code by another flag.
func openTargetBy(c *cli.Context, flag string) (*target, error) {
	root, out := c.String("app"), folderOf(c, flag)
	lock, err := output.ReadLock(out)
	if err != nil {
		return nil, lockError(err)
	}
	if len(lock.Environments) == 0 {
		return nil, mistake(fmt.Sprintf("%s holds no generated code", out), fmt.Sprintf("groundplan generate writes it; --%s DIR names another folder", flag))
	}
	t := &target{root: root, out: out, blueprint: &lock.Blueprint, printer: newPrinter(c.App.ErrWriter, root)}
	var names []string
	for _, env := range lock.Environments {
		names = append(names, env.Name)
	}
	name, err := chosenEnvironment(c.String("env"), names, out)
	if err != nil {
		return nil, err
	}
	t.environment = lock.Environment(name)
	return t, nil
}

// chosenEnvironment is the environment of that name among those that something holds, or the only one.
func chosenEnvironment(name string, names []string, where string) (string, error) {
	switch {
	case name == "" && len(names) == 1:
		return names[0], nil
	case name == "":
		return "", mistake("which environment?", fmt.Sprintf("choose one: --env %s", strings.Join(names, ", --env ")))
	case !slices.Contains(names, name):
		return "", mistake(fmt.Sprintf("%s holds no environment %q", where, name), suggest(name, names, "--env ", "it holds "+strings.Join(names, ", ")))
	}
	return name, nil
}

// lockError is an error of reading the lock, whose text ends in hint lines.
func lockError(err error) error {
	message, hints, _ := strings.Cut(err.Error(), "\nhint: ")
	return mistake(message, strings.Split(hints, "\nhint: ")...)
}

// checkFresh refuses generated code of the environment that differs from what generate would write now: what was reviewed
// is not what the application needs. With --stale-ok it says so and goes on.
func (t *target) checkFresh(c *cli.Context) error {
	m, err := metadata(c, t.root)
	if err != nil {
		return err
	}
	result, _, diags, err := generator.FromSource(generator.Options{Root: t.root, Out: t.out, Metadata: m})
	if err != nil {
		return err
	}
	var problem string
	if diags.HasErrors() {
		if err := t.printer.diagnostics(diags); !c.Bool("stale-ok") {
			return err
		}
		problem = "the application cannot be generated"
	} else {
		changes, err := result.Changes(t.out, output.Within(t.environment.Name))
		var conflict *output.ConflictError
		switch {
		case errors.As(err, &conflict):
			problem = conflict.Error()
		case err != nil:
			return err
		case len(changes) > 0:
			problem = countFiles(len(changes), "differs", "differ")
		default:
			return nil
		}
	}
	if c.Bool("stale-ok") {
		t.printer.say("warning: %s is stale and is used as it is: %s", t.out, problem)
		return nil
	}
	return &outcome{code: codeError, message: fmt.Sprintf("%s is stale: %s", t.out, problem), hints: []string{
		"groundplan generate --check shows what differs, groundplan generate brings it up to date",
		"or go on with the code as it is: --stale-ok",
	}}
}

// account opens AWS in the environment's region, and refuses credentials of another account than the environment's.
func (t *target) account(c *cli.Context) (*aws.Client, error) {
	client, _, err := openAccount(c, t.environment.Name, t.environment.Region, t.environment.AccountID)
	return client, err
}

// openAccount opens AWS for an environment, and refuses credentials of another account than want, where that is known.
func openAccount(c *cli.Context, environment, region, want string) (*aws.Client, aws.Identity, error) {
	client, err := aws.Open(c.Context, region)
	if err != nil {
		return nil, aws.Identity{}, err
	}
	who, err := client.Identity(c.Context)
	if err != nil {
		return nil, who, awsError(err)
	}
	if want != "" && who.Account != want {
		return nil, who, &outcome{code: codeRefused, message: fmt.Sprintf("refused: environment %s is in account %s, and these credentials are for account %s (%s)",
			environment, want, who.Account, who.ARN), hints: []string{"AWS_PROFILE chooses other credentials; account_id in groundplan.hcl names the account"}}
	}
	return client, who, nil
}

// awsError is an error of a call of AWS in words.
func awsError(err error) error {
	message, hints := aws.Explain(err)
	return mistake(message, hints...)
}

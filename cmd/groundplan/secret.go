package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/urfave/cli/v2"

	"github.com/groundplan/groundplan/aws"
	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/generator/reading"
)

const secretHelp = `groundplan secret gives the secrets of an environment their values in AWS Secrets Manager, and says which lack one.

usage: groundplan secret set NAME [--app DIR] [--out DIR] [--env NAME] [--file FILE] [--keep-newline] [--only-missing]
       groundplan secret set --from-file FILE [--app DIR] [--out DIR] [--env NAME] [--only-missing]
       groundplan secret list [--app DIR] [--out DIR] [--env NAME] [--format FORMAT]
       groundplan secret check [--app DIR] [--out DIR] [--env NAME]

  set    ask for a value without showing it, or take it from a file
  list   show every secret: set or missing, since when, how many versions, who needs it
  check  show those that are missing; exit with 2 when there are any

flags:
  --app DIR         folder of the application (default: this folder)
  --out DIR         folder of the generated code (default: infra in the application's folder)
  --env NAME        environment (default: the only one)
  --file FILE       take the value from a file; - for standard input
  --keep-newline    keep the line end at the end of the file, which is left out otherwise
  --from-file FILE  set many, from lines NAME=value; - for standard input
  --only-missing    leave those alone that have a value
  --format FORMAT   of the list: text or json (default: text)

NAME is the application's name of the secret or the one in Secrets Manager. The secrets themselves are made
by the platform stack. Values go to Secrets Manager and nowhere else: they are never printed, and never
taken from the command line, where every process of the machine could read them.

example:
  $ groundplan secret set StripeKey --env production
  $ groundplan secret check --env production
`

func secretVerb() *cli.Command {
	verb := func(name string, action cli.ActionFunc, flags ...cli.Flag) *cli.Command {
		return &cli.Command{Name: name, CustomHelpTemplate: secretHelp, Action: action, Flags: targetFlags(flags...)}
	}
	return &cli.Command{
		Name:               "secret",
		CustomHelpTemplate: secretHelp,
		Action:             noSecretVerb,
		Subcommands: []*cli.Command{
			verb("set", setSecrets, &cli.StringFlag{Name: "file"}, &cli.BoolFlag{Name: "keep-newline"}, &cli.StringFlag{Name: "from-file"}, &cli.BoolFlag{Name: "only-missing"}),
			verb("list", listSecrets, &cli.StringFlag{Name: "format", Value: "text"}),
			verb("check", checkSecrets),
		},
	}
}

func noSecretVerb(c *cli.Context) error {
	listed := "groundplan secret --help tells more of set, list and check"
	if !c.Args().Present() {
		return mistake("secret needs set, list or check", listed)
	}
	return mistake(fmt.Sprintf("there is no verb \"secret %s\"", c.Args().First()), suggest(c.Args().First(), []string{"set", "list", "check"}, "secret ", listed))
}

// shortName is what the application calls a secret.
func shortName(s blueprint.Secret) string {
	if name, ours := strings.CutPrefix(s.ID, "secret "); ours {
		return name
	}
	if parts := strings.SplitN(s.Name, "/", 3); len(parts) == 3 {
		return parts[2]
	}
	return s.Name
}

// filled are the secrets of an environment that get their values from people.
func filled(env *blueprint.Environment) []blueprint.Secret {
	return slices.DeleteFunc(slices.Clone(env.Secrets), func(s blueprint.Secret) bool { return s.Fill == blueprint.Generated })
}

// findSecret is a secret by either of its names, which may be set.
func (t *target) findSecret(name string) (blueprint.Secret, error) {
	for _, secret := range t.environment.Secrets {
		if name != secret.Name && name != shortName(secret) {
			continue
		}
		if secret.Fill == blueprint.Generated {
			return secret, mistake(fmt.Sprintf("%s is not for people to set", name),
				"terraform drew it when it was made, and other things were made with it: what is written over it would lock them out of each other")
		}
		return secret, nil
	}
	return blueprint.Secret{}, mistake(fmt.Sprintf("environment %s has no secret %q", t.environment.Name, name), t.suggestSecret(name))
}

// suggestSecret is the hint for a name that no secret has.
func (t *target) suggestSecret(name string) string {
	var names []string
	for _, secret := range filled(t.environment) {
		names = append(names, shortName(secret))
		if strings.EqualFold(strings.NewReplacer("_", "", "-", "").Replace(name), strings.NewReplacer("_", "", "-", "").Replace(shortName(secret))) {
			return fmt.Sprintf("did you mean %s?", shortName(secret))
		}
	}
	if len(names) == 0 {
		return "it has none that is set by people; groundplan generate brings in what is new in the code"
	}
	return suggest(name, names, "", "it has "+strings.Join(names, ", ")+"; groundplan generate brings in what is new in the code")
}

// filling is a secret on its way to a value.
type filling struct {
	secret blueprint.Secret
	value  string
	known  bool // the value
	before aws.Secret
}

func setSecrets(c *cli.Context) error {
	t, err := openTarget(c)
	if err != nil {
		return err
	}
	list, err := t.fillings(c)
	if err != nil {
		return err
	}
	client, err := t.account(c)
	if err != nil {
		return err
	}
	if list, err = t.settable(c, client, list); err != nil {
		return err
	}
	for i := range list {
		if list[i].known {
			continue
		}
		terminal := terminalOf(c)
		list[i].value, err = askHidden(c, terminal, fmt.Sprintf("value of %s for %s, which is not shown", shortName(list[i].secret), t.environment.Name))
		if err != nil {
			return mistake("nothing was set: "+err.Error(), "--file FILE takes the value from a file")
		}
		if reason := unfit(list[i].secret, list[i].value); reason != "" {
			return mistake(fmt.Sprintf("nothing was set: the value of %s %s", shortName(list[i].secret), reason))
		}
	}
	for i, one := range list {
		if err := client.PutSecret(c.Context, one.secret.Name, one.value); err != nil {
			err = awsError(err)
			if i > 0 {
				err = withHints(err, fmt.Sprintf("set so far: %d of %d; repeat the command", i, len(list)))
			}
			return err
		}
		t.printer.say("set %s (%s)", shortName(one.secret), one.secret.Name)
	}
	t.sayWhoReads(list)
	return nil
}

// fillings are the secrets that the command line names, with the values that it leads to.
func (t *target) fillings(c *cli.Context) ([]filling, error) {
	many, one := c.String("from-file"), c.String("file")
	switch {
	case many != "" && (c.Args().Present() || one != "" || c.Bool("keep-newline")):
		return nil, mistake("--from-file names its secrets itself", "leave out NAME, --file and --keep-newline, or set one secret with those")
	case many != "":
		return t.fromFile(c, many)
	case c.NArg() == 0:
		return nil, mistake("which secret?", "groundplan secret set NAME, or --from-file FILE for many; groundplan secret list shows them")
	case c.NArg() > 1:
		return nil, mistake(fmt.Sprintf("set takes one name, but was given %d: values are not taken from the command line, where others can read them", c.NArg()),
			"leave the value out to be asked for it, or take it from a file: --file FILE")
	}
	name, _, given := strings.Cut(c.Args().First(), "=")
	if given {
		return nil, mistake("values are not taken from the command line, where others can read them",
			fmt.Sprintf("groundplan secret set %s asks for it; this one was to be seen, and is better renewed where it came from", name))
	}
	secret, err := t.findSecret(name)
	if err != nil {
		return nil, err
	}
	if one == "" {
		if c.Bool("keep-newline") {
			return nil, mistake("--keep-newline is about a file", "name it: --file FILE")
		}
		if terminalOf(c) == nil {
			return nil, mistake("there is no terminal to ask at", "take the value from a file, or from standard input: --file -")
		}
		return []filling{{secret: secret}}, nil
	}
	text, err := readSecret(c, one)
	if err != nil {
		return nil, err
	}
	if !c.Bool("keep-newline") {
		if trimmed, found := strings.CutSuffix(text, "\n"); found {
			text = strings.TrimSuffix(trimmed, "\r")
		}
	}
	if reason := unfit(secret, text); reason != "" {
		return nil, mistake(fmt.Sprintf("nothing was set: the value of %s %s", name, reason))
	}
	return []filling{{secret: secret, value: text, known: true}}, nil
}

// maxSecretFile bounds what is read: a value has 64 KiB at most.
const maxSecretFile = 4 << 20

// readSecret reads a file, or standard input. Its error holds nothing of the content.
func readSecret(c *cli.Context, name string) (string, error) {
	var in io.Reader
	if name == "-" {
		if terminalOf(c) != nil {
			return "", mistake("standard input is a terminal, which shows what is typed", "leave --file out to be asked for the value, or redirect a file")
		}
		in = c.App.Reader
	} else {
		file, err := os.Open(name)
		if err != nil {
			return "", err
		}
		defer file.Close()
		in = file
	}
	content, err := io.ReadAll(io.LimitReader(in, maxSecretFile))
	if err != nil {
		return "", fmt.Errorf("read %s: %w", name, err)
	}
	return strings.TrimPrefix(string(content), "\ufeff"), nil
}

// fromFile reads lines NAME=value. It takes all of them or none, and its errors name lines: even what stands before = may be a
// part of a value, where somebody mistook the file.
func (t *target) fromFile(c *cli.Context, name string) ([]filling, error) {
	text, err := readSecret(c, name)
	if err != nil {
		return nil, err
	}
	assigned, err := parseDotenv(string(reading.DecodePlain([]byte(text))))
	if err != nil {
		return nil, mistake(fmt.Sprintf("nothing was set: %s, %s", name, err))
	}
	var list []filling
	var wrong, hints []string
	lines := map[string]int{}
	for _, one := range assigned {
		secret, err := t.findSecret(one.name)
		if one.value == "" && err == nil {
			t.printer.say("line %d of %s has no value for %s, which stays as it is", one.line, name, shortName(secret))
			continue
		}
		var o *outcome
		switch {
		case err != nil && secret.Name == "":
			hint := t.suggestSecret(one.name)
			wrong = append(wrong, fmt.Sprintf("line %d: no secret of environment %s has this name", one.line, t.environment.Name))
			hints = append(hints, fmt.Sprintf("line %d: %s", one.line, hint))
		case errors.As(err, &o):
			wrong = append(wrong, fmt.Sprintf("line %d: %s", one.line, o.message))
			hints = append(hints, o.hints...)
		case lines[secret.Name] > 0:
			wrong = append(wrong, fmt.Sprintf("line %d: the secret of line %d again, by its other name", one.line, lines[secret.Name]))
		default:
			if reason := unfit(secret, one.value); reason != "" {
				wrong = append(wrong, fmt.Sprintf("line %d: the value of %s %s", one.line, shortName(secret), reason))
			}
			lines[secret.Name] = one.line
			list = append(list, filling{secret: secret, value: one.value, known: true})
		}
	}
	if len(wrong) > 0 {
		slices.Sort(hints)
		return nil, mistake(fmt.Sprintf("nothing was set: %s\n  %s", name, strings.Join(wrong, "\n  ")), slices.Compact(hints)...)
	}
	if len(list) == 0 {
		return nil, mistake(fmt.Sprintf("%s holds no value", name), "each line is NAME=value")
	}
	return list, nil
}

// unfit is why a value cannot be that of a secret, as the end of a sentence about it; "" when it can.
func unfit(secret blueprint.Secret, value string) string {
	switch {
	case value == "":
		return "is empty, which AWS does not store"
	case !utf8.ValidString(value):
		return "is not UTF-8: encode what is no text, as with base64"
	case strings.ContainsRune(value, 0):
		return "holds a zero byte, which no environment variable can"
	case len(value) > 65536:
		return fmt.Sprintf("has %d bytes, and AWS stores 65536", len(value))
	case secret.Fill != blueprint.Login:
		return ""
	}
	var login struct{ Username, Password *string }
	if json.Unmarshal([]byte(value), &login) != nil || login.Username == nil || login.Password == nil || *login.Username == "" || *login.Password == "" {
		return `is no login for a registry: it has to be JSON, {"username": "...", "password": "..."}`
	}
	return ""
}

// settable looks at the secrets before anything is written: all of them are there, or nothing is set.
func (t *target) settable(c *cli.Context, client *aws.Client, list []filling) ([]filling, error) {
	var kept []filling
	var absent, deleted []string
	for _, one := range list {
		found, err := client.FindSecret(c.Context, one.secret.Name)
		switch {
		case aws.Refused(err):
			return nil, withHints(awsError(err), t.refusedToo())
		case err != nil:
			return nil, awsError(err)
		case !found.There:
			absent = append(absent, one.secret.Name)
		case !found.Deleted.IsZero():
			deleted = append(deleted, one.secret.Name)
		case found.Set && c.Bool("only-missing"):
			t.printer.say("%s has a value, which stays", shortName(one.secret))
		default:
			one.before = found
			kept = append(kept, one)
		}
	}
	if len(absent) > 0 {
		return nil, mistake(fmt.Sprintf("nothing was set: AWS has no secret %s in %s", strings.Join(absent, ", "), t.environment.Region), t.makeSecrets())
	}
	if len(deleted) > 0 {
		return nil, mistake(fmt.Sprintf("nothing was set: %s is marked for deletion", strings.Join(deleted, ", ")), t.restore(deleted[0]))
	}
	return kept, nil
}

// makeSecrets is the hint for secrets that are not on AWS yet.
func (t *target) makeSecrets() string {
	folder := t.environment.Name + "/" + blueprint.Platform
	if stack := t.environment.Stack(blueprint.Platform); stack != nil {
		folder = stack.Folder
	}
	return fmt.Sprintf("the platform stack makes the secrets: apply it first, terraform -chdir=%s/%s apply", t.out, folder)
}

// refusedToo is the hint for secrets that AWS refuses to look at.
func (t *target) refusedToo() string {
	return "AWS answers the same where there is no such secret: " + t.makeSecrets()
}

func (t *target) restore(name string) string {
	return fmt.Sprintf("aws secretsmanager restore-secret --region %s --secret-id %s takes the mark away; terraform has to import it where it is no longer in the state", t.environment.Region, name)
}

// sayWhoReads says which workloads see the new values, and when: tasks read secrets when they start.
func (t *target) sayWhoReads(list []filling) {
	var waiting, running []string
	for _, one := range list {
		if one.before.Set {
			running = append(running, one.secret.NeededBy...)
		} else {
			waiting = append(waiting, one.secret.NeededBy...)
		}
	}
	slices.Sort(running)
	running = slices.Compact(running)
	slices.Sort(waiting)
	waiting = slices.DeleteFunc(slices.Compact(waiting), func(name string) bool { return slices.Contains(running, name) })
	if len(waiting) > 0 {
		t.printer.say("read when the next task starts: %s", strings.Join(waiting, ", "))
	}
	var commands []string
	for _, workload := range t.environment.Workloads {
		switch {
		case !slices.Contains(running, workload.Name):
		case workload.Kind == blueprint.Job:
			t.printer.say("job %s reads it when it is started next", workload.Name)
		default:
			commands = append(commands, fmt.Sprintf("aws ecs update-service --region %s --cluster %s --service %s --force-new-deployment", t.environment.Region, t.environment.Cluster.Name, workload.Unit))
		}
	}
	if len(commands) > 0 {
		t.printer.say("tasks that run keep the old value until they are replaced, which this does without an interruption:")
		for _, command := range commands {
			fmt.Fprintf(t.printer.out, "  %s\n", command)
		}
	}
}

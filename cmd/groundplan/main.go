// Command groundplan turns the source of an application into the Terraform that runs it on AWS.
//
// The rules of its interface: data goes to stdout, everything for people to stderr, where lines begin with
// "groundplan: ", lower case and without a full stop. Diagnostics are the exception: they begin with the position, so
// that editors and terminals can follow it. An error is followed by hint lines that say what to do now.
//
// Exit codes: 0 fine, 1 error, 2 differs, 3 refused by a guard.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
)

// verbs returns what groundplan can do, in the order of the help text. One file each.
func verbs() []*cli.Command {
	return []*cli.Command{
		inspectVerb(),
		generateVerb(),
		initVerb(),
		bootstrapVerb(),
		planVerb(),
		applyVerb(),
		secretVerb(),
		completionVerb(),
		versionVerb(),
	}
}

const programHelp = `groundplan reads an application's source and writes the Terraform that runs it on AWS.

usage: groundplan VERB [FLAG...]

verbs:
  inspect    show what the application declares, and which service uses what
  generate   write the Terraform that runs it on AWS
  init       write a groundplan.hcl to start from
  bootstrap  make the S3 bucket for the terraform state of an environment
  plan       show what an apply would change on AWS, by component of the application
  apply      bring an environment on AWS to what the code says, stack by stack
  secret     give secrets their values, and say which lack one
  completion let a shell complete verbs, flags and names
  version    say which groundplan this is

groundplan VERB --help tells more about each; groundplan --version says which groundplan this is.

example:
  $ cd my-encore-app
  $ groundplan inspect
`

func main() {
	// The program is short and its input bounded: fewer collections cost memory it can spare (70 MB become 90 MB for a
	// million lines) and save a tenth of the processor's time.
	debug.SetGCPercent(400)
	// A supervisor and a terminal that goes away end it like somebody at the keyboard.
	endings := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as under nohup
		endings = append(endings, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), endings...)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// outcome is an error that ends the program with a code of its own.
type outcome struct {
	code    int
	message string // "" when everything was said
	hints   []string
}

func (o *outcome) Error() string { return o.message }

// Codes of an outcome. An error of any other type is code 1.
const (
	codeError   = 1
	codeDiffers = 2
	codeRefused = 3
)

// mistake is an error with the remedy.
func mistake(message string, hints ...string) error {
	return &outcome{code: codeError, message: message, hints: hints}
}

// run executes a command line and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	program := newApp(stdout, stderr)
	err := program.RunContext(ctx, append([]string{"groundplan"}, flagsFirst(program.Commands, args)...))
	if err == nil {
		return 0
	}
	code := codeError
	var o *outcome
	if errors.As(err, &o) {
		code = o.code
	}
	if message := err.Error(); message != "" {
		fmt.Fprintf(stderr, "groundplan: %s\n", message)
	}
	if o != nil {
		for _, hint := range o.hints {
			fmt.Fprintf(stderr, "hint: %s\n", hint)
		}
	}
	return code
}

func newApp(stdout, stderr io.Writer) *cli.App {
	// Help is written by hand: it is printed as it stands, not as a template.
	cli.HelpPrinter = func(out io.Writer, text string, _ any) { fmt.Fprint(out, text) }
	cli.VersionPrinter = func(c *cli.Context) { fmt.Fprint(c.App.Writer, thisProgram().text()) }
	program := &cli.App{
		Name:                  "groundplan",
		CustomAppHelpTemplate: programHelp,
		Writer:                stdout,
		ErrWriter:             stderr,
		HideHelpCommand:       true,
		// A name may hold a comma.
		DisableSliceFlagSeparator: true,
		Version:                   thisProgram().Version,
		// run prints errors and chooses the code.
		ExitErrHandler: func(*cli.Context, error) {},
		OnUsageError:   usageError,
		Action:         noVerb,
		Commands:       verbs(),
	}
	for _, verb := range program.Commands {
		for _, command := range append(verb.Subcommands, verb) {
			command.OnUsageError = usageError
			command.HideHelpCommand = true
		}
	}
	return program
}

// flagsFirst is a command line with the flags of its verb before the arguments, since people write them after as well and the
// parser stops at the first argument. What follows "--" stays where it is.
func flagsFirst(available []*cli.Command, args []string) []string {
	var verb *cli.Command
	named := 0
	for named < len(args) {
		i := slices.IndexFunc(available, func(v *cli.Command) bool { return v.Name == args[named] })
		if i < 0 {
			break
		}
		verb, available = available[i], available[i].Subcommands
		named++
	}
	if verb == nil || len(verb.Flags) == 0 { // what follows a verb without flags may be words of another one's
		return args
	}
	sorted, arguments := slices.Clone(args[:named]), []string(nil)
	for i := named; i < len(args); i++ {
		switch word := args[i]; {
		case word == "--":
			return append(append(sorted, "--"), append(arguments, args[i+1:]...)...)
		case len(word) < 2 || word[0] != '-':
			arguments = append(arguments, word)
		default:
			sorted = append(sorted, word)
			if !takesValue(verb, strings.TrimLeft(word, "-")) {
				continue
			}
			if i++; i == len(args) {
				return sorted // it lacks its value: an argument must not become that
			}
			sorted = append(sorted, args[i])
		}
	}
	return append(sorted, arguments...)
}

// takesValue reports whether the word after a flag is its value.
func takesValue(verb *cli.Command, flag string) bool {
	return slices.ContainsFunc(verb.Flags, func(taken cli.Flag) bool {
		_, alone := taken.(*cli.BoolFlag)
		return !alone && slices.Contains(taken.Names(), flag)
	})
}

// noVerb runs when the first argument is no verb.
func noVerb(c *cli.Context) error {
	if !c.Args().Present() {
		fmt.Fprint(c.App.ErrWriter, programHelp)
		return &outcome{code: codeError}
	}
	var names []string
	for _, verb := range c.App.Commands {
		names = append(names, verb.Name)
	}
	return mistake(fmt.Sprintf("there is no verb %q", c.Args().First()), suggest(c.Args().First(), names, "", "groundplan --help lists the verbs"))
}

// usageError rewords what the flag parser says about a command line it cannot read.
func usageError(c *cli.Context, err error, _ bool) error {
	where := "groundplan"
	var flags []string
	if c.Command != nil && c.Command.Name != "" && c.Command.Name != where {
		where = c.Command.HelpName
		for _, flag := range c.Command.Flags {
			flags = append(flags, flag.Names()[0])
		}
	}
	listed := where + " --help lists the flags"
	text := err.Error()
	if name, ok := strings.CutPrefix(text, "flag provided but not defined: -"); ok {
		name = strings.TrimPrefix(name, "-")
		return mistake(fmt.Sprintf("there is no flag --%s", name), suggest(name, flags, "--", listed))
	}
	if name, ok := strings.CutPrefix(text, "flag needs an argument: -"); ok {
		return mistake(fmt.Sprintf("flag --%s needs a value", strings.TrimPrefix(name, "-")), listed)
	}
	return mistake(text, listed)
}

// noArguments refuses what follows the flags of a verb that takes none.
func noArguments(c *cli.Context) error {
	if !c.Args().Present() {
		return nil
	}
	return mistake(fmt.Sprintf("%s takes no argument, but was given %q", c.Command.Name, c.Args().First()),
		fmt.Sprintf("another application than the one in this folder: groundplan %s --app %s", c.Command.Name, c.Args().First()))
}

// suggest is the hint for a misspelled word: the nearest known one, or what lists them all.
func suggest(word string, known []string, prefix, otherwise string) string {
	if near := diagnostic.Closest(word, known); near != "" {
		return fmt.Sprintf("did you mean %s%s?", prefix, near)
	}
	return otherwise
}

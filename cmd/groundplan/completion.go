package main

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/generator/holdings"
	"github.com/groundplan/groundplan/generator/output"
)

const completionHelp = `groundplan completion prints what lets a shell complete verbs, flags and names.

usage: groundplan completion bash|zsh|fish|powershell
       groundplan completion for WORD...

It completes environments, workloads, secrets and what holds data from the lock of the generated code,
in the folder that the same command line names. The second form is what the shells ask: it prints what
may stand in place of the last WORD, which begins with = so that no shell drops an empty one, with a
tab before what is said of it. A line :files or :folders means those of the system.

example:
  $ source <(groundplan completion bash)                        # in ~/.bashrc
  $ groundplan completion zsh > "${fpath[1]}/_groundplan"
  $ groundplan completion fish > ~/.config/fish/completions/groundplan.fish
  $ groundplan completion powershell | Out-String | Invoke-Expression   # in $PROFILE
`

func completionVerb() *cli.Command {
	return &cli.Command{
		Name:               "completion",
		CustomHelpTemplate: completionHelp,
		Action:             completion,
	}
}

// shellScripts hold a file for each shell, named as the shell. They ask `completion for`, by words that the shell has taken apart:
// nothing of what somebody is typing is ever evaluated.
//
//go:embed completion/groundplan.*
var shellScripts embed.FS

func completion(c *cli.Context) error {
	shell := c.Args().First()
	if shell == "for" && c.Args().Len() > 1 {
		for _, found := range candidates(c.App.Commands, c.Args().Tail()) {
			fmt.Fprintln(c.App.Writer, found)
		}
		return nil
	}
	script, err := shellScripts.ReadFile("completion/groundplan." + shell)
	if err != nil || c.Args().Len() != 1 {
		shells := []string{"bash", "zsh", "fish", "powershell"}
		return mistake(fmt.Sprintf("there is no completion for %q", strings.Join(c.Args().Slice(), " ")), suggest(shell, shells, "groundplan completion ", "the shells are bash, zsh, fish and powershell"))
	}
	_, err = c.App.Writer.Write(script)
	return err
}

// typedLine is a command line that somebody is typing.
type typedLine struct {
	commands []*cli.Command
	words    []string // what is complete, without the program
	current  string   // what is not
}

// candidates are what may stand in place of the last word, one a line, each with a tab before what is said of it.
func candidates(commands []*cli.Command, words []string) []string {
	last := len(words) - 1
	l := typedLine{commands: commands, words: joined(words[:last]), current: strings.TrimPrefix(words[last], "=")}
	if l.current == "=" { // bash takes --env=production apart
		l.current = ""
	} else if last > 0 && words[last-1] == "=" {
		l.words = joined(words[:last-1])
	}
	l.current = strings.TrimLeft(l.current, `"'`)
	before := ""
	if flag, value, given := strings.Cut(l.current, "="); given && strings.HasPrefix(flag, "--") {
		before, l.words, l.current = flag+"=", append(l.words, flag), value
	}
	var fitting []string
	for _, found := range l.expected() {
		if strings.HasPrefix(found, ":") || strings.HasPrefix(found, l.current) {
			fitting = append(fitting, before+found)
		}
	}
	if before != "" && len(fitting) == 1 && strings.HasPrefix(fitting[0], before+":") {
		return []string{strings.TrimPrefix(fitting[0], before)}
	}
	return fitting
}

// joined are words without the separators that bash made words of: --env = production.
func joined(words []string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(word string) bool { return word == "=" })
}

// expected are what may come behind the words, whatever of it is typed.
func (l *typedLine) expected() []string {
	names, command, rest := commandOf(l.commands, l.words)
	if command == nil {
		if len(l.words) > 0 {
			return nil
		}
		if strings.HasPrefix(l.current, "-") {
			return []string{"--help\thow groundplan is used", "--version\twhich groundplan this is"}
		}
		return describe(l.commands)
	}
	m := manualOf(command.CustomHelpTemplate)
	if len(rest) > 0 {
		if flag, is := strings.CutPrefix(rest[len(rest)-1], "--"); is {
			if value := m.placeholder(flag); value != "" {
				return l.meant(flag, value)
			}
		}
	}
	if strings.HasPrefix(l.current, "-") {
		return flagsOf(command, m)
	}
	found := describe(command.Subcommands)
	given := positional(rest, m)
	for _, arguments := range m.arguments(names) {
		if value := argument(arguments, given); value != "" {
			found = append(found, l.meant("", value)...)
		}
	}
	return found
}

// describe lists commands with what their help says first.
func describe(commands []*cli.Command) []string {
	var found []string
	for _, command := range commands {
		summary := strings.TrimSuffix(manualOf(command.CustomHelpTemplate).summary, ".")
		found = append(found, command.Name+"\t"+strings.TrimPrefix(summary, "groundplan "+command.Name+" "))
	}
	return found
}

func flagsOf(command *cli.Command, m manual) []string {
	var found []string
	for _, flag := range command.Flags {
		name := flag.Names()[0]
		text := ""
		for _, known := range m.flags {
			if known.name == name {
				text = known.text
			}
		}
		found = append(found, "--"+name+"\t"+text)
	}
	return append(found, "--help\thow it is used")
}

// positional are the words that are neither flags nor their values.
func positional(words []string, m manual) []string {
	var given []string
	for i, word := range words {
		if strings.HasPrefix(word, "--") {
			continue
		}
		if i > 0 {
			if flag, is := strings.CutPrefix(words[i-1], "--"); is && m.placeholder(flag) != "" {
				continue
			}
		}
		given = append(given, word)
	}
	return given
}

// argument is the placeholder that comes next: "" when there is none, or when what was given does not fit a fixed word before it.
func argument(arguments, given []string) string {
	for i, word := range given {
		at := min(i, len(arguments)-1)
		if at < 0 || i > at && !strings.HasSuffix(arguments[at], "...") {
			return ""
		}
		if fixed := arguments[at]; !isPlaceholder(strings.TrimSuffix(fixed, "...")) && fixed != word {
			return ""
		}
	}
	if len(given) < len(arguments) {
		return strings.TrimSuffix(arguments[len(given)], "...")
	}
	if last := len(arguments) - 1; last >= 0 && strings.HasSuffix(arguments[last], "...") {
		return strings.TrimSuffix(arguments[last], "...")
	}
	return ""
}

// meant are the values that a placeholder stands for, "" being the flag of an argument.
func (l *typedLine) meant(flag, value string) []string {
	switch {
	case strings.Contains(value, "|"):
		return strings.Split(value, "|")
	case !isPlaceholder(value):
		return []string{value}
	case value == "DIR":
		return []string{":folders"}
	case value == "FILE":
		return []string{":files"}
	case flag == "env":
		return l.fromLock(func(lock *output.Lock, _ []blueprint.Environment) []string {
			var names []string
			for _, env := range lock.Environments {
				names = append(names, env.Name+"\t"+strings.TrimSpace(env.Type+" in "+env.Region))
			}
			return names
		})
	case value == "SERVICE" || value == "WORKLOAD" || value == "PROCESS" || flag == "service":
		return l.fromLock(func(_ *output.Lock, chosen []blueprint.Environment) []string {
			var names []string
			for _, env := range chosen {
				for _, w := range env.Workloads {
					names = append(names, w.Name+"\t"+w.Kind)
				}
			}
			return names
		})
	case value == "SECRET" || slices.Contains(l.words, "secret") && value == "NAME":
		return l.fromLock(func(_ *output.Lock, chosen []blueprint.Environment) []string {
			var names []string
			for _, env := range chosen {
				for _, secret := range env.Secrets {
					if secret.Fill == blueprint.Value {
						names = append(names, path.Base(secret.Name)+"\t"+strings.Join(secret.NeededBy, ", "))
					}
				}
			}
			return names
		})
	case value == "ADDRESS":
		return l.fromLock(func(_ *output.Lock, chosen []blueprint.Environment) []string {
			var names []string
			for _, env := range chosen {
				for _, stack := range env.Stacks {
					for _, component := range stack.Components {
						names = append(names, component.Address+"\t"+component.ID)
					}
				}
			}
			return names
		})
	case value == "ID":
		return l.fromLock(func(lock *output.Lock, _ []blueprint.Environment) []string {
			var names []string
			for _, held := range holdings.List(lock.Holdings) {
				names = append(names, held.ID+"\t"+held.Name)
			}
			return names
		})
	}
	return nil
}

// fromLock takes names from the lock that the line means, and the environments of it that --env chooses, in order and each once. A
// lock that cannot be read has none: whoever is typing is told by the verb.
func (l *typedLine) fromLock(names func(lock *output.Lock, chosen []blueprint.Environment) []string) []string {
	said := func(flag, otherwise string) string {
		for i, word := range l.words {
			if value, given := strings.CutPrefix(word, "--"+flag+"="); given {
				return value
			}
			if word == "--"+flag && i+1 < len(l.words) {
				return l.words[i+1]
			}
		}
		return otherwise
	}
	lock, err := output.ReadLock(said("out", slashed(said("app", "."), "infra")))
	if err != nil {
		return nil
	}
	chosen := lock.Environments
	if env := lock.Environment(said("env", "")); env != nil {
		chosen = []blueprint.Environment{*env}
	}
	found := names(lock, chosen)
	slices.Sort(found)
	name := func(candidate string) string {
		name, _, _ := strings.Cut(candidate, "\t")
		return name
	}
	return slices.CompactFunc(found, func(a, b string) bool { return name(a) == name(b) })
}

package main

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// TestReadmeShowsWhatIsPrinted runs the commands that the README shows, in a copy of the fixture, and compares what they print
// with what stands below each; blocks of HCL are looked for in the golden folder.
func TestReadmeShowsWhatIsPrinted(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var written bytes.Buffer
	err = filepath.WalkDir("../../golden/shop", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		written.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	app := t.TempDir()
	if err := os.CopyFS(app, os.DirFS("../../fixtures/shop")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(app)
	for _, block := range strings.Split(string(readme), "```")[1:] {
		kind, text, _ := strings.Cut(block, "\n")
		switch kind {
		case "hcl":
			shown++
			if !strings.Contains(written.String(), strings.TrimSpace(text)) {
				t.Errorf("golden/shop holds no such text:\n%s", text)
			}
		case "console":
			for _, shows := range strings.Split("\n"+text, "\n$ ")[1:] {
				command, output, _ := strings.Cut(shows, "\n")
				verb, ours := strings.CutPrefix(command, "groundplan ")
				if !ours {
					continue // how it is installed, and where
				}
				shown++
				var printed bytes.Buffer
				if code := run(context.Background(), strings.Fields(verb), &printed, &printed); code != 0 {
					t.Fatalf("%s: exit code %d\n%s", command, code, printed.String())
				}
				if missing := unprinted(output, printed.String()); missing != "" {
					t.Errorf("%s does not print, in this place, %q", command, missing)
				}
			}
		}
	}
	if shown < 4 {
		t.Errorf("only %d commands and blocks of the README were compared", shown)
	}
}

// unprinted is the first line of what is shown that was not printed right after the one before it, or somewhere after it where
// a line of three dots stands between; "" when all were.
func unprinted(shown, printed string) string {
	lines := strings.Split(printed, "\n")
	next, gap := 0, true // warnings come first, whatever is shown
	for _, want := range strings.Split(strings.TrimSpace(shown), "\n") {
		if want == "..." {
			gap = true
			continue
		}
		found := next
		for gap && found < len(lines) && lines[found] != want {
			found++
		}
		if found >= len(lines) || lines[found] != want {
			return want
		}
		next, gap = found+1, false
	}
	return ""
}

func TestUnprinted(t *testing.T) {
	const printed = "warning\none\ntwo\nthree\nfour\n"
	for shown, want := range map[string]string{
		"one\ntwo": "", "one\n...\nfour": "", "...\nthree\n...": "", "one\nthree": "three", "two\n...\none": "one", "five": "five",
	} {
		if got := unprinted(shown, printed); got != want {
			t.Errorf("%q: got %q, want %q", shown, got, want)
		}
	}
}

// Command lines stand in blocks of code, or between backticks: what follows "groundplan ", up to where it ends.
var (
	inBlock = regexp.MustCompile(`^\s*(?:\$ )?groundplan ([^#|;]+)`)
	inline  = regexp.MustCompile("`groundplan ([^`]+)`")
)

// commandLines are those of groundplan in a page, without its name.
func commandLines(page string) []string {
	var lines []string
	fenced := false
	for line := range strings.Lines(page) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			fenced = !fenced
		} else if found := inBlock.FindStringSubmatch(line); found != nil && (fenced || strings.HasPrefix(line, "    ")) {
			lines = append(lines, found[1])
		} else if !fenced {
			for _, found := range inline.FindAllStringSubmatch(line, -1) {
				lines = append(lines, found[1])
			}
		}
	}
	return lines
}

// unknown lists the verbs and flags of command lines that groundplan does not have.
func unknown(lines []string) []string {
	var wrong []string
	for _, line := range lines {
		words := strings.Fields(line)
		i := slices.IndexFunc(verbs(), func(verb *cli.Command) bool { return verb.Name == words[0] })
		if i < 0 {
			wrong = append(wrong, words[0])
			continue
		}
		for _, word := range words[1:] {
			name, isFlag := strings.CutPrefix(word, "--")
			if isFlag && !hasLine(verbs()[i], name) {
				wrong = append(wrong, words[0]+" --"+name)
			}
		}
	}
	return wrong
}

func hasLine(verb *cli.Command, name string) bool {
	return name == "help" || slices.ContainsFunc(flagsBelow(verb), func(flag cli.Flag) bool { return flag.Names()[0] == name })
}

// flagsBelow are the flags of a verb and of those below it.
func flagsBelow(verb *cli.Command) []cli.Flag {
	flags := slices.Clone(verb.Flags)
	for _, below := range verb.Subcommands {
		flags = append(flags, flagsBelow(below)...)
	}
	return flags
}

// TestPagesNameVerbsAndFlags holds the command lines of all pages, and of the README that is generated, against what groundplan takes.
func TestPagesNameVerbsAndFlags(t *testing.T) {
	var lines []string
	for _, pattern := range []string{"../../*.md", "../../docs/*.md", "../../modules/*/README.md", "../../golden/*/infra/README.md"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, name := range files {
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			found := commandLines(string(content))
			for _, wrong := range unknown(found) {
				t.Errorf("%s names groundplan %s, which there is not", name, wrong)
			}
			lines = append(lines, found...)
		}
	}
	if len(lines) < 40 {
		t.Errorf("only %d command lines were found", len(lines))
	}
}

// TestHelpNamesEveryFlag holds the help of each verb, which is written by hand, against its flags.
func TestHelpNamesEveryFlag(t *testing.T) {
	for _, verb := range verbs() {
		for _, flag := range flagsBelow(verb) {
			if name := "--" + flag.Names()[0]; strings.Count(verb.CustomHelpTemplate, name+" ")+strings.Count(verb.CustomHelpTemplate, name+"]") < 2 {
				t.Errorf("groundplan %s --help does not have %s in its usage and its list", verb.Name, name)
			}
		}
		for _, found := range regexp.MustCompile(`--([a-z][a-z-]*)`).FindAllStringSubmatch(verb.CustomHelpTemplate, -1) {
			if !hasLine(verb, found[1]) {
				t.Errorf("groundplan %s --help has --%s, which there is not", verb.Name, found[1])
			}
		}
		if !strings.Contains(programHelp, "\n  "+verb.Name+" ") {
			t.Errorf("groundplan --help leaves out %s", verb.Name)
		}
	}
}

func TestUnknownCommandsAreFound(t *testing.T) {
	const page = "groundplan reads source.\n\n```sh\n$ groundplan generate --check --dry-run\ngroundplan teleport # later\n```\nRun `groundplan inspect --format json`, or `groundplan init --force`.\n"
	if got, want := unknown(commandLines(page)), []string{"generate --dry-run", "teleport", "init --force"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

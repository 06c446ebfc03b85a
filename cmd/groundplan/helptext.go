package main

import (
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/groundplan/groundplan/generator/pattern"
)

// manual is the help of a verb, taken apart. It is written by hand, in one form: a sentence, the usage, the flags, paragraphs, an
// example. Completion and the manual page are made from it, so that nothing is said twice.
type manual struct {
	summary    string
	usage      []string // without "groundplan", one of them for each way to call it
	flags      []flagHelp
	paragraphs []string // lines joined by line feeds; those between the flags and the example
	example    []string
}

// flagHelp is a flag as a help text has it: --name VALUE, with "" for one that is there or not, and what it says of it.
type flagHelp struct{ name, value, text string }

// manualOf takes a help text apart.
func manualOf(help string) manual {
	var m manual
	section := ""
	var paragraph []string
	end := func() {
		if len(paragraph) > 0 && m.summary == "" {
			m.summary = strings.Join(paragraph, " ")
		} else if len(paragraph) > 0 {
			m.paragraphs = append(m.paragraphs, strings.Join(paragraph, "\n"))
		}
		paragraph = nil
	}
	for line := range strings.Lines(help) {
		line = strings.TrimRight(line, "\n")
		trimmed := strings.TrimSpace(line)
		usage, isUsage := strings.CutPrefix(line, "usage: groundplan ")
		switch {
		case isUsage:
			end()
			section = "usage"
			m.usage = append(m.usage, usage)
		case line == "flags:" || line == "verbs:" || line == "example:":
			end()
			section = strings.TrimSuffix(line, ":")
		case trimmed == "" && section != "example":
			end()
			section = ""
		case section == "usage" && strings.HasPrefix(trimmed, "groundplan "):
			m.usage = append(m.usage, strings.TrimPrefix(trimmed, "groundplan "))
		case section == "usage":
			m.usage[len(m.usage)-1] += " " + trimmed
		case section == "flags" && strings.HasPrefix(line, "  -"):
			m.flags = append(m.flags, flagOf(trimmed))
		case section == "flags" && len(m.flags) > 0:
			last := &m.flags[len(m.flags)-1]
			last.text = strings.TrimSpace(last.text + " " + trimmed)
		case section == "example":
			m.example = append(m.example, strings.TrimPrefix(line, "  "))
		case section == "":
			paragraph = append(paragraph, line)
		}
	}
	end()
	for len(m.example) > 0 && m.example[len(m.example)-1] == "" {
		m.example = m.example[:len(m.example)-1]
	}
	return m
}

// flagOf reads the first line of a flag: "--out DIR     folder to write to", where two spaces, or one where the column is narrow, or
// the end of the line stand before what is said.
func flagOf(line string) flagHelp {
	name, rest, _ := strings.Cut(line, " ")
	f := flagHelp{name: strings.TrimPrefix(name, "--")}
	if value, text, _ := strings.Cut(rest, " "); isPlaceholder(value) {
		f.value, rest = value, text
	}
	f.text = strings.TrimSpace(rest)
	return f
}

// isPlaceholder reports whether a word of a usage stands for something else: in capitals, or a choice of words.
func isPlaceholder(word string) bool {
	return word != "" && (word == strings.ToUpper(word) && word != strings.ToLower(word) && len(word) > 1 || strings.Contains(word, "|"))
}

// placeholder is what a usage says to write after a flag: "a|b" where the words are listed there, "" for a flag without a value.
func (m *manual) placeholder(flag string) string {
	for _, usage := range m.usage {
		words := strings.Fields(strings.NewReplacer("[", " ", "]", " ", "...", " ").Replace(usage))
		for i, word := range words[:len(words)-1] {
			if word == "--"+flag && isPlaceholder(words[i+1]) {
				return words[i+1]
			}
		}
	}
	for _, known := range m.flags {
		if known.name == flag {
			return known.value
		}
	}
	return ""
}

// usageFlag is a flag in a usage line, which can be left out or has to be there.
var usageFlag = pattern.Lazy(`\[--[^\]]*\](?:\.\.\.)?|--[a-z-]+(?: [A-Z][A-Z_-]*)?`)

// arguments are the placeholders that each usage of a command has behind its words, in order; what repeats ends in three dots.
func (m *manual) arguments(words []string) [][]string {
	var all [][]string
	for _, usage := range m.usage {
		plain := usageFlag().ReplaceAllString(usage, "")
		rest, ours := strings.CutPrefix(plain, strings.Join(words, " "))
		if !ours {
			continue
		}
		var names []string
		for _, word := range strings.Fields(rest) {
			names = append(names, strings.NewReplacer("[", "", "]", "").Replace(word))
		}
		all = append(all, names)
	}
	return all
}

// commandOf follows words to the command that they call, and returns the words behind it; nil when the first is no verb.
func commandOf(commands []*cli.Command, words []string) (path []string, found *cli.Command, rest []string) {
	rest = words
	for len(rest) > 0 {
		var next *cli.Command
		for _, command := range commands {
			if command.Name == rest[0] {
				next = command
			}
		}
		if next == nil {
			return path, found, rest
		}
		path, found, rest, commands = append(path, next.Name), next, rest[1:], next.Subcommands
	}
	return path, found, rest
}

package main

import (
	"fmt"
	"strings"
)

// assignment is one NAME=value of a file.
type assignment struct {
	name, value string
	line        int
}

// dotenvError is what is wrong in a line. It never holds any of the text: that is secret.
type dotenvError struct {
	line   int
	reason string
}

func (e *dotenvError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.reason) }

// parseDotenv reads NAME=value lines. The rules, which docs/driving.md repeats:
//
//   - Blank lines and lines that begin with # are nothing; "export " before a name is left out.
//   - A value without quotes goes to the end of the line, without the white space around it; # after white space begins a comment.
//   - In single quotes and in backquotes everything stands for itself, line ends included.
//   - In double quotes \n, \r, \t, \", \\ and \$ are the usual, any other backslash is refused, and values go over several lines.
//   - Nothing is expanded: a $ is a $.
//   - A name may stand there once.
func parseDotenv(text string) ([]assignment, error) {
	p := &dotenvParser{text: text, line: 1}
	var list []assignment
	seen := map[string]int{}
	for p.skipEmpty(); p.text != ""; p.skipEmpty() {
		one, err := p.assignment()
		if err != nil {
			return nil, err
		}
		if before := seen[one.name]; before > 0 {
			return nil, &dotenvError{one.line, fmt.Sprintf("the name of line %d again", before)}
		}
		seen[one.name] = one.line
		list = append(list, one)
	}
	return list, nil
}

type dotenvParser struct {
	text string // what is left
	line int
}

// skipEmpty goes to the next line with an assignment.
func (p *dotenvParser) skipEmpty() {
	for p.text != "" {
		line, rest, _ := strings.Cut(p.text, "\n")
		if content := strings.TrimSpace(line); content != "" && !strings.HasPrefix(content, "#") {
			return
		}
		p.text, p.line = rest, p.line+1
	}
}

func (p *dotenvParser) fail(reason string) error { return &dotenvError{p.line, reason} }

func (p *dotenvParser) assignment() (assignment, error) {
	line, _, _ := strings.Cut(p.text, "\n")
	name, _, found := strings.Cut(line, "=")
	if !found {
		return assignment{}, p.fail("not NAME=value; a value with several lines has to stand in quotes")
	}
	one := assignment{line: p.line}
	p.text = p.text[len(name)+1:]
	one.name = strings.TrimSpace(name)
	if after, exported := strings.CutPrefix(one.name, "export"); exported && strings.TrimLeft(after, " \t") != after {
		one.name = strings.TrimSpace(after)
	}
	if one.name == "" || strings.ContainsAny(one.name, " \t\"'`") {
		return assignment{}, p.fail("what stands before = is no name")
	}
	p.text = strings.TrimLeft(p.text, " \t")
	if p.text == "" || !strings.ContainsRune("'\"`", rune(p.text[0])) {
		value, rest, _ := strings.Cut(p.text, "\n")
		one.value = strings.TrimSpace(withoutComment(value))
		p.text, p.line = rest, p.line+1
		return one, nil
	}
	var err error
	if one.value, err = p.quoted(); err != nil {
		return assignment{}, err
	}
	after, rest, _ := strings.Cut(p.text, "\n")
	if strings.TrimSpace(after) != "" && (strings.TrimLeft(after, " \t") == after || !strings.HasPrefix(strings.TrimSpace(after), "#")) {
		return assignment{}, p.fail("something follows the closing quote; a quote within the value needs a backslash, or the other kind of quotes around it")
	}
	p.text, p.line = rest, p.line+1
	return one, nil
}

// withoutComment is a line up to the first # that follows white space or begins it.
func withoutComment(line string) string {
	for i := range line {
		if line[i] == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			return line[:i]
		}
	}
	return line
}

// escapes are what follows a backslash in double quotes.
var escapes = [...]struct{ written, meant byte }{{'n', '\n'}, {'r', '\r'}, {'t', '\t'}, {'"', '"'}, {'\\', '\\'}, {'$', '$'}}

// quoted reads a value with its quotes.
func (p *dotenvParser) quoted() (string, error) {
	quote := p.text[0]
	var value strings.Builder
	for i := 1; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == quote:
			p.line += strings.Count(p.text[:i], "\n")
			p.text = p.text[i+1:]
			return value.String(), nil
		case c == '\\' && quote == '"':
			i++
			found := false
			for _, escape := range escapes {
				if i < len(p.text) && p.text[i] == escape.written {
					value.WriteByte(escape.meant)
					found = true
				}
			}
			if !found {
				p.line += strings.Count(p.text[:min(i, len(p.text))], "\n")
				return "", p.fail(`a backslash that begins none of \n \r \t \" \\ \$; write two, or put the value in single quotes`)
			}
		default:
			value.WriteByte(c)
		}
	}
	return "", p.fail("the quote that begins here does not end")
}

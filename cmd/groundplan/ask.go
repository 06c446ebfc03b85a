package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"
)

// terminalOf is what somebody types at, nil when nobody does.
func terminalOf(c *cli.Context) *os.File {
	file, ok := c.App.Reader.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return nil
	}
	return file
}

// confirm asks a question that takes "yes" for consent. Where nobody can answer it is an error that names the flag which does.
func confirm(c *cli.Context, question, flag string) (bool, error) {
	terminal := terminalOf(c)
	if terminal == nil {
		return false, mistake("there is no terminal to ask at", fmt.Sprintf("%s answers %q with yes", flag, question))
	}
	fmt.Fprintf(c.App.ErrWriter, "%s Type yes: ", question)
	line, err := interruptible(c.Context, func() (string, error) { return bufio.NewReader(terminal).ReadString('\n') })
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	return strings.TrimSpace(line) == "yes", nil
}

// interruptible waits for what is typed, or for an interrupt.
func interruptible(ctx context.Context, read func() (string, error)) (string, error) {
	type answer struct {
		text string
		err  error
	}
	typed := make(chan answer, 1)
	go func() {
		text, err := read()
		typed <- answer{text, err}
	}()
	select {
	case got := <-typed:
		return got.text, got.err
	case <-ctx.Done():
		return "", errInterrupted
	}
}

var errInterrupted = errors.New("interrupted")

// askHidden reads a value that is not shown while it is typed or pasted. A terminal that pastes in brackets, as nearly all do, gives
// a value with several lines whole.
func askHidden(c *cli.Context, terminal *os.File, question string) (string, error) {
	fmt.Fprintf(c.App.ErrWriter, "%s: ", question)
	before, err := term.MakeRaw(int(terminal.Fd()))
	if err != nil {
		return "", fmt.Errorf("hide what is typed: %w", err)
	}
	fmt.Fprint(c.App.ErrWriter, "\x1b[?2004h")
	value, err := interruptible(c.Context, func() (string, error) { return readHidden(terminal) })
	fmt.Fprint(c.App.ErrWriter, "\x1b[?2004l")
	if restoring := term.Restore(int(terminal.Fd()), before); err == nil {
		err = restoring
	}
	fmt.Fprintln(c.App.ErrWriter)
	return value, err
}

var (
	errSeveralLines = errors.New("what was pasted has several lines, and this terminal does not say where they end")
	errControl      = errors.New("what was typed has a control character")
)

// Where a paste begins and ends, in terminals that say so.
const pasteBegins, pasteEnds = "\x1b[200~", "\x1b[201~"

// readHidden reads what is typed at a terminal that passes every key on: up to Enter, with Backspace and Ctrl-U. Line ends within a
// paste are a part of the value.
func readHidden(in io.Reader) (string, error) {
	var value []byte
	var rest []byte
	pasting := false
	chunk := make([]byte, 4096)
	for {
		for len(rest) > 0 {
			if mark, partial := pasteMark(rest); partial {
				break // the rest of it is on its way
			} else if mark != "" {
				pasting = mark == pasteBegins
				rest = rest[len(mark):]
				continue
			}
			key := rest[0]
			rest = rest[1:]
			switch {
			case pasting && key == '\r':
				value = append(value, '\n')
			case pasting:
				value = append(value, key)
			case key == '\r' || key == '\n':
				// Ctrl-D is a zero byte where it was typed before the terminal passed every key on.
				if strings.Trim(string(rest), "\r\n\x04\x00") != "" {
					return "", errSeveralLines
				}
				return string(value), nil
			case key == 3 || key == 4 && len(value) == 0:
				return "", errInterrupted
			case key == 8 || key == 127:
				value = withoutLast(value)
			case key == 21:
				value = nil
			case key < 32 && key != '\t':
				return "", errControl
			default:
				value = append(value, key)
			}
		}
		n, err := in.Read(chunk)
		if err != nil {
			return "", fmt.Errorf("read the terminal: %w", err)
		}
		rest = append(rest, chunk[:n]...)
	}
}

// pasteMark is the mark that keys begin with, and whether they may be the beginning of one.
func pasteMark(keys []byte) (mark string, partial bool) {
	for _, mark := range []string{pasteBegins, pasteEnds} {
		if strings.HasPrefix(string(keys), mark) {
			return mark, false
		}
		partial = partial || strings.HasPrefix(mark, string(keys))
	}
	return "", partial
}

// withoutLast is a text without its last character.
func withoutLast(text []byte) []byte {
	for len(text) > 0 {
		last := text[len(text)-1]
		text = text[:len(text)-1]
		if last < 0x80 || last >= 0xc0 {
			break
		}
	}
	return text
}

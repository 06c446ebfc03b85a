//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/sys/unix"
)

// typedAt is a terminal that a test types at.
type typedAt struct {
	keys, screen *os.File // what is typed is written to the former; programs are given the latter
	lock         sync.Mutex
	shown        bytes.Buffer
}

func openTerminal(t *testing.T) *typedAt {
	t.Helper()
	keys, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(int(keys.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(keys.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	screen, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	term := &typedAt{keys: keys, screen: screen}
	t.Cleanup(func() {
		screen.Close()
		keys.Close()
	})
	go func() {
		chunk := make([]byte, 4096)
		for {
			n, err := keys.Read(chunk)
			term.lock.Lock()
			term.shown.Write(chunk[:n])
			term.lock.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return term
}

func (term *typedAt) text() string {
	term.lock.Lock()
	defer term.lock.Unlock()
	return term.shown.String()
}

// await waits until something is shown.
func (term *typedAt) await(t *testing.T, text string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(term.text(), text); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%q is not shown: %q", text, term.text())
		}
	}
}

// TestAskHidden types at a terminal: nothing of it is shown, and the terminal is afterwards what it was before, whether the question
// was answered, given up or interrupted.
func TestAskHidden(t *testing.T) {
	for name, test := range map[string]struct {
		keys, want string
		err        error
		interrupt  bool
	}{
		"answered":    {keys: "hidden-value\r", want: "hidden-value"},
		"pasted":      {keys: "\x1b[200~hidden-\rvalue\x1b[201~\r", want: "hidden-\nvalue"},
		"given up":    {keys: "hidden\x03", err: errInterrupted},
		"interrupted": {keys: "hidden", err: errInterrupted, interrupt: true},
	} {
		t.Run(name, func(t *testing.T) {
			term := openTerminal(t)
			before, err := unix.IoctlGetTermios(int(term.screen.Fd()), unix.TCGETS)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			app := cli.NewApp()
			app.ErrWriter = term.screen
			c := cli.NewContext(app, nil, nil)
			c.Context = ctx
			type result struct {
				value string
				err   error
			}
			done := make(chan result, 1)
			go func() {
				value, err := askHidden(c, term.screen, "value")
				done <- result{value, err}
			}()
			term.await(t, "\x1b[?2004h")
			if _, err := term.keys.WriteString(test.keys); err != nil {
				t.Fatal(err)
			}
			if test.interrupt {
				time.Sleep(100 * time.Millisecond) // the terminal takes its time to take what was typed
				cancel()
			}
			got := <-done
			if got.value != test.want || !errors.Is(got.err, test.err) {
				t.Errorf("%q, %v", got.value, got.err)
			}
			term.await(t, "\x1b[?2004l")
			if shown := term.text(); strings.Contains(shown, "hidden") || strings.Contains(shown, "value\r") {
				t.Errorf("shown: %q", shown)
			}
			after, err := unix.IoctlGetTermios(int(term.screen.Fd()), unix.TCGETS)
			if err != nil || *after != *before {
				t.Errorf("the terminal was %+v and is %+v, %v", before, after, err)
			}
		})
	}
}

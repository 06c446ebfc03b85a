package engine

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	tfjson "github.com/hashicorp/terraform-json"
)

// command is one command of an engine.
type command struct {
	folder      string // "" for one that needs none
	arguments   []string
	environment []string // besides the caller's
	// log is the file of a command that holds the lock of a state: it writes there, and lines is told each line.
	log   string
	lines func([]byte)
	// text is where the output of a command goes that a person reads; it takes the place of log and of what run returns.
	text io.Writer
	// locks: it holds the lock of a state while it runs.
	locks bool
	// running says what the command is in the middle of.
	running func() []string
	// fine is an exit code that is no failure, besides 0.
	fine int
}

// result is what a command came to.
type result struct {
	output []byte // unless it went elsewhere
	code   int
}

// FailedError is a command that failed.
type FailedError struct {
	// Command is what was run, as a shell takes it.
	Command string
	// Diagnostics are its errors, and what it warned of.
	Diagnostics []tfjson.Diagnostic
	// Said is what else it wrote to standard error.
	Said string
	// Code is that with which it ended; -1 when a signal ended it.
	Code int
}

func (f *FailedError) Error() string {
	for _, d := range f.Diagnostics {
		if d.Severity == tfjson.DiagnosticSeverityError {
			return d.Summary
		}
	}
	if said := strings.TrimSpace(f.Said); said != "" {
		return said
	}
	if f.Code < 0 {
		return f.Command + " was ended by a signal"
	}
	return fmt.Sprintf("%s failed with code %d", f.Command, f.Code)
}

// InterruptedError is a command that ended because somebody interrupted or killed it.
type InterruptedError struct {
	// Program is what people call it, and Command what was run, as a shell takes it.
	Program, Command string
	// Killed: it did not get to its end. Where it held the lock of a state, the lock is still held.
	Killed bool
	// Locks: it holds the lock of a state while it runs.
	Locks bool
	// Running is what it was in the middle of when it was killed.
	Running []string
	// Cause is what it said when it ended.
	Cause error
}

func (i *InterruptedError) Error() string {
	if i.Killed {
		return "killed: " + i.Command
	}
	return "interrupted: " + i.Command
}

func (i *InterruptedError) Unwrap() error { return i.Cause }

// Line is a command as a shell takes it.
func (e *Engine) line(c command) string {
	words := []string{quote(e.Path)}
	if c.folder != "" {
		words = append(words, quote("-chdir="+c.folder))
	}
	for _, argument := range c.arguments {
		words = append(words, quote(argument))
	}
	return strings.Join(words, " ")
}

// quote is a word as a shell takes it.
func quote(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_=./:,+@%", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// run runs a command.
func (e *Engine) run(ctx context.Context, c command) (result, error) {
	if err := ctx.Err(); err != nil {
		return result{}, err
	}
	line := e.line(c)
	fmt.Fprintf(e.talk, "groundplan: %s\n", line)
	arguments := c.arguments
	if c.folder != "" {
		arguments = append([]string{"-chdir=" + c.folder}, arguments...)
	}
	cmd := exec.Command(e.Path, arguments...)
	cmd.Env = c.inherited()
	cmd.WaitDelay = 5 * time.Second // for what keeps its output open after it ended
	cmd.SysProcAttr = apart()
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	follow := func() error { return nil }
	switch {
	case c.text != nil:
		cmd.Stdout = c.text
	case c.log != "":
		var err error
		if follow, err = c.intoFiles(cmd, &said); err != nil {
			return result{}, err
		}
	}
	arriving := listen()
	defer arriving.stop()
	err := cmd.Start()
	if err == nil {
		err = e.wait(ctx, cmd, c, arriving.ending)
	}
	if failed := follow(); err == nil {
		err = failed
	}
	if logs() {
		fmt.Fprint(e.talk, said.String())
	}
	var exit *exec.ExitError
	var stopped *InterruptedError
	got := result{output: out.Bytes()}
	switch {
	case errors.As(err, &stopped):
		if stopped.Killed && c.running != nil {
			stopped.Running = c.running()
		}
		stopped.Cause = &FailedError{Command: line, Said: said.String(), Code: -1}
		return got, stopped
	case errors.As(err, &exit):
		if got.code = exit.ExitCode(); c.fine != 0 && got.code == c.fine {
			return got, nil
		}
		return got, &FailedError{Command: line, Said: said.String(), Code: got.code}
	case err != nil:
		return got, fmt.Errorf("%s: %w", line, err)
	}
	return got, nil
}

// logs reports whether somebody wants to see what the engine logs, where that goes to standard error.
func logs() bool {
	wanted := func(name string) bool { return os.Getenv(name) != "" }
	return slices.ContainsFunc([]string{"TF_LOG", "TF_LOG_CORE", "TF_LOG_PROVIDER"}, wanted) && !wanted("TF_LOG_PATH")
}

// inherited is the caller's environment, and what the command has besides. Automation is what groundplan is, unless somebody says
// otherwise: terraform then names no commands to run next.
func (c command) inherited() []string {
	environment := slices.Concat(os.Environ(), c.environment)
	if _, set := os.LookupEnv("TF_IN_AUTOMATION"); !set {
		environment = append(environment, "TF_IN_AUTOMATION=1")
	}
	return environment
}

// intoFiles has a command write to files, which outlive this program, and reads them meanwhile. It returns what waits until all
// is read and closes them.
func (c command) intoFiles(cmd *exec.Cmd, said *bytes.Buffer) (func() error, error) {
	out, err := os.OpenFile(c.log, os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("a file for what terraform says: %w", err)
	}
	errs, err := os.OpenFile(c.log+".err", os.O_CREATE|os.O_TRUNC|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("a file for what terraform says: %w", err), out.Close())
	}
	cmd.Stdout, cmd.Stderr = out, errs
	reading, err := os.Open(c.log)
	if err != nil {
		return nil, errors.Join(err, out.Close(), errs.Close())
	}
	ended, read := make(chan struct{}), make(chan error, 1)
	go func() { read <- followLines(reading, ended, c.lines) }()
	return func() error {
		close(ended)
		err := <-read
		text, readErr := os.ReadFile(c.log + ".err")
		said.Write(text)
		return errors.Join(err, readErr, reading.Close(), out.Close(), errs.Close())
	}, nil
}

// followLines reads lines from a file that somebody writes to, until ended.
func followLines(file io.Reader, ended <-chan struct{}, line func([]byte)) error {
	reader := bufio.NewReader(file)
	var part []byte
	for last := false; ; {
		text, err := reader.ReadBytes('\n')
		part = append(part, text...)
		switch {
		case err == nil:
			line(bytes.TrimRight(part, "\r\n"))
			part = nil
		case !errors.Is(err, io.EOF):
			return fmt.Errorf("read what terraform says: %w", err)
		case last:
			if len(part) > 0 {
				line(part)
			}
			return nil
		default:
			select {
			case <-ended:
				last = true
			case <-time.After(30 * time.Millisecond):
			}
		}
	}
}

// Signals that ask this program to end: a terminal sends the first, a supervisor the second, and a terminal that goes away the
// third.
func endings() []os.Signal {
	asking := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as under nohup
		asking = append(asking, syscall.SIGHUP)
	}
	return asking
}

// arrivals are the signals that arrive while a command runs.
type arrivals struct {
	ending, pipe chan os.Signal
}

// listen takes signals, so that none ends this program before it has seen to the command. Whoever reads what it says may go away,
// which is no reason to end either.
func listen() arrivals {
	s := arrivals{make(chan os.Signal, 4), make(chan os.Signal, 1)}
	signal.Notify(s.ending, endings()...)
	signal.Notify(s.pipe, syscall.SIGPIPE)
	return s
}

func (s arrivals) stop() {
	signal.Stop(s.ending)
	signal.Stop(s.pipe)
}

// wait waits for a command. The first signal, or the end of ctx, reaches the command as one interrupt, whereupon it stops in good
// order; the second kills it.
func (e *Engine) wait(ctx context.Context, cmd *exec.Cmd, c command, signals <-chan os.Signal) error {
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	stopped := &InterruptedError{Program: e.program(), Command: e.line(c), Locks: c.locks}
	interrupt := sync.OnceFunc(func() {
		e.sayWaiting(c)
		interruptCommand(cmd.Process)
	})
	kill := func() {
		stopped.Killed = true
		killCommand(cmd.Process)
	}
	asked, over := 0, ctx.Done()
	for {
		select {
		case err := <-ended:
			heeded := asked > 0 || ctx.Err() != nil
			if cmd.ProcessState != nil && cmd.ProcessState.ExitCode() < 0 && (c.locks || !heeded) {
				kill() // somebody else did, as a system without memory, and its providers may be left
			}
			if stopped.Killed || err != nil && heeded {
				return stopped
			}
			return err
		case <-over:
			over = nil
			interrupt()
		case <-signals:
			if asked++; asked == 1 {
				interrupt()
				continue
			}
			kill()
		}
	}
}

// program is what people call the engine, which has no name before it said its version.
func (e *Engine) program() string { return cmp.Or(e.Name, filepath.Base(e.Path)) }

// sayWaiting says what an interrupted command still does.
func (e *Engine) sayWaiting(c command) {
	what := "to stop"
	if c.locks {
		what = "to stop and to release the lock of the state"
	}
	fmt.Fprintf(e.talk, "groundplan: interrupted; waiting for %s %s %s. A second interrupt kills it\n", e.program(), c.arguments[0], what)
	if c.running == nil {
		return
	}
	for _, running := range c.running() {
		fmt.Fprintf(e.talk, "groundplan:   it first finishes %s\n", running)
	}
}

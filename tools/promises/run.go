package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// event is one line of go test -json, as far as it is used here (go doc cmd/test2json).
type event struct {
	Action  string
	Package string `json:",omitempty"`
	Test    string `json:",omitempty"`
	Output  string `json:",omitempty"`
}

// runTests runs go test with the arguments, prints to out what go test prints without -json, and appends the events of
// tests to a file. The error is go test's own when a test failed.
func runTests(events string, arguments []string, out io.Writer) error {
	file, err := os.OpenFile(events, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("recording the events of tests: %w", err)
	}
	defer file.Close()
	command := exec.Command("go", append([]string{"test", "-json"}, arguments...)...)
	command.Stderr = os.Stderr
	output, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	copied := copyEvents(output, file, out, slices.Contains(arguments, "-v"))
	if copied != nil {
		_, _ = io.Copy(io.Discard, output) // so that go test can end
	}
	return errors.Join(copied, command.Wait())
}

// copyEvents prints the events that it reads, and writes those that begin or end a test to a file. Not verbose, the
// output of a test is held back and printed only when it failed.
func copyEvents(from io.Reader, file, out io.Writer, verbose bool) error {
	held := map[string][]event{} // output by package and function
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil {
				e = event{Action: "output", Output: string(line)} // not an event: what go itself says
			}
			if e.Test != "" && slices.Contains([]string{"run", "pass", "fail", "skip"}, e.Action) {
				text, err := json.Marshal(e)
				if err != nil {
					return err
				}
				if _, err := file.Write(append(text, '\n')); err != nil {
					return err
				}
			}
			printEvent(e, held, out, verbose)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the events of tests: %w", err)
		}
	}
}

// printEvent holds back what tests say, and forgets what those that pass said; of a function that fails, the rest is
// printed when it ends.
func printEvent(e event, held map[string][]event, out io.Writer, verbose bool) {
	function, _, subtest := strings.Cut(e.Test, "/")
	key := e.Package + " " + function
	switch {
	case verbose:
		fmt.Fprint(out, e.Output)
	case e.Output != "" && e.Test != "":
		if !strings.HasPrefix(e.Output, "=== ") {
			held[key] = append(held[key], e)
		}
	case e.Output == "PASS\n":
	case e.Output != "":
		fmt.Fprint(out, e.Output)
	case e.Action == "pass" || e.Action == "skip":
		held[key] = slices.DeleteFunc(held[key], func(said event) bool { return said.Test == e.Test })
	case e.Action == "fail" && e.Test != "" && !subtest:
		for _, said := range held[key] {
			fmt.Fprint(out, said.Output)
		}
		delete(held, key)
	}
}

// state is how a test ended, the worst last.
type state int

const (
	notRun state = iota
	skipped
	passed
	failed
)

func (s state) String() string { return []string{"not run", "skipped", "ok", "FAILED"}[s] }

// readResults says how each test ended, by package and name. A test may run in several layers, and passes when it ran
// in one and failed in none; one that began and never ended has failed.
func readResults(from io.Reader) (map[string]state, error) {
	results, open := map[string]state{}, map[string]bool{}
	content, err := io.ReadAll(from)
	if err != nil {
		return nil, err
	}
	for line := range bytes.Lines(content) {
		var e event
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, fmt.Errorf("not an event of a test: %q: %w", line, err)
		}
		key := e.Package + " " + e.Test
		ended := map[string]state{"pass": passed, "skip": skipped, "fail": failed}[e.Action]
		open[key] = e.Action == "run"
		results[key] = max(results[key], ended)
	}
	for key, is := range open {
		if is {
			results[key] = failed
		}
	}
	return results, nil
}

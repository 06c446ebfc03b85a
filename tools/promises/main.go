// Command promises shows what groundplan promises and which tests prove it, from the run of the tests itself.
//
//	promises test FILE ARGUMENT...   runs go test with the arguments, prints what it prints, and adds its events to FILE
//	promises table FILE              prints the promises with their tests and results; fails when one is not proven
//
// The promises stand in promises.txt. A test proves a promise when its name says so: a function TestN4_..., a subtest
// "N4 ...", and a run "n4_..." of terraform test, which the test of the modules reports as a subtest. Subtests of such a test
// prove it along with it. It must not know anything else of the project.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			os.Exit(exit.ExitCode()) // go test has said what is wrong
		}
		fmt.Fprintf(os.Stderr, "promises: %v\n", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	switch {
	case len(arguments) > 1 && arguments[0] == "test":
		// An interrupt reaches go test as well, which then ends by itself.
		signal.Ignore(os.Interrupt)
		return runTests(arguments[1], arguments[2:], os.Stdout)
	case len(arguments) == 2 && arguments[0] == "table":
		return printTable(arguments[1], ".", os.Stdout)
	}
	return errors.New("usage: promises test FILE ARGUMENT... | promises table FILE")
}

// printTable prints the table of a repository's promises after a run of its tests.
func printTable(events, repository string, to *os.File) error {
	promises, err := parsePromises(promisesText)
	if err != nil {
		return err
	}
	declared, err := declaredTests(os.DirFS(repository))
	if err != nil {
		return err
	}
	file, err := os.Open(events)
	if err != nil {
		return fmt.Errorf("reading the events of the run: %w", err)
	}
	defer file.Close()
	results, err := readResults(file)
	if err != nil {
		return err
	}
	table, problems := makeTable(promises, declared, results)
	if _, err := to.WriteString(table); err != nil {
		return err
	}
	if problems > 0 {
		return fmt.Errorf("%d problems with promises, see the table", problems)
	}
	return nil
}

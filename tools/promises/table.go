package main

import (
	_ "embed"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

//go:embed promises.txt
var promisesText string

// promise is one line of promises.txt.
type promise struct {
	ID, Text string
	// Later says that the promise is not given yet: tests named after it are shown, and it may have none.
	Later bool
}

var promiseLine = regexp.MustCompile(`^(later )?([A-Z][0-9])  (\S.*)$`)

// parsePromises reads lines of an id, two spaces and what is promised; "later " before an id says that it is not yet.
func parsePromises(text string) ([]promise, error) {
	var promises []promise
	for n, line := range strings.Split(text, "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := promiseLine.FindStringSubmatch(line)
		if fields == nil {
			return nil, fmt.Errorf("promises.txt:%d: want an id, two spaces and a text, not %q", n+1, line)
		}
		if slices.ContainsFunc(promises, func(p promise) bool { return p.ID == fields[2] }) {
			return nil, fmt.Errorf("promises.txt:%d: %s stands there twice", n+1, fields[2])
		}
		promises = append(promises, promise{ID: fields[2], Text: fields[3], Later: fields[1] != ""})
	}
	return promises, nil
}

var (
	testName = regexp.MustCompile(`^Test((?:[A-Z][0-9])+)_`)
	caseName = regexp.MustCompile(`^(?:refuses_|accepts_)?((?:[a-z][0-9]_)+)|^((?:[A-Z][0-9]_)+)`)
	oneID    = regexp.MustCompile(`[A-Za-z][0-9]`)
)

// idsIn are the ids that one part of a test's name carries: TestN3N5_x and "n3_n5_x" carry N3 and N5.
func idsIn(part string) []string {
	var text string
	if match := testName.FindStringSubmatch(part); match != nil {
		text = match[1]
	} else if match := caseName.FindStringSubmatch(part); match != nil {
		text = match[1] + match[2]
	}
	return oneID.FindAllString(strings.ToUpper(text), -1)
}

// proof is what the table calls one test: the function, and the part of the name that carries the id where that is
// another. A test that runs for many stacks is one proof.
func proof(test string) (name string, ids []string) {
	parts := strings.Split(test, "/")
	for _, part := range parts {
		if ids := idsIn(part); len(ids) > 0 {
			if part == parts[0] {
				return part, ids
			}
			return parts[0] + " " + part, ids
		}
	}
	return "", nil
}

var (
	testFunction = regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)
	terraformRun = regexp.MustCompile(`(?m)^run "([^"]+)"`)
)

// declaredTests are the tests that a repository's files declare and whose names carry an id, as proof calls them: a run
// that leaves one out shows. Cases of tables have no name before they run.
func declaredTests(repository fs.FS) ([]string, error) {
	var declared []string
	err := fs.WalkDir(repository, ".", func(name string, entry fs.DirEntry, err error) error {
		hidden := strings.HasPrefix(path.Base(name), ".") && name != "."
		if err != nil || entry.IsDir() {
			if err == nil && hidden {
				return fs.SkipDir
			}
			return err
		}
		pattern, prefix := testFunction, ""
		switch {
		case strings.HasSuffix(name, ".tftest.hcl"):
			pattern, prefix = terraformRun, modulesTest+" "
		case !strings.HasSuffix(name, "_test.go"):
			return nil
		}
		content, err := fs.ReadFile(repository, name)
		if err != nil {
			return err
		}
		for _, match := range pattern.FindAllSubmatch(content, -1) {
			if test := string(match[1]); len(idsIn(test)) > 0 {
				declared = append(declared, prefix+test)
			}
		}
		return nil
	})
	slices.Sort(declared)
	return slices.Compact(declared), err
}

// modulesTest is the test that reports the runs of terraform test.
const modulesTest = "TestModules"

// tally counts how the tests behind one proof ended.
type tally map[state]int

func (t tally) worst() state {
	for _, s := range []state{failed, passed, skipped} {
		if t[s] > 0 {
			return s
		}
	}
	return notRun
}

// makeTable prints the tests of each promise, then the promises with their results, and counts what is wrong: a promise
// without a test, one whose tests were all skipped or not run, a test that failed or that the run left out, and a test named
// after what nobody promises.
func makeTable(promises []promise, declared []string, results map[string]state) (table string, problems int) {
	proofs := map[string]map[string]tally{} // by id and proof
	add := func(name string, ids []string, s state) {
		for _, id := range ids {
			if proofs[id] == nil {
				proofs[id] = map[string]tally{}
			}
			if proofs[id][name] == nil {
				proofs[id][name] = tally{}
			}
			if s != notRun {
				proofs[id][name][s]++
			}
		}
	}
	for _, name := range declared {
		parts := strings.Fields(name)
		add(name, idsIn(parts[len(parts)-1]), notRun)
	}
	for key, s := range results {
		_, test, _ := strings.Cut(key, " ")
		name, ids := proof(test)
		add(name, ids, s)
	}
	var details, lines strings.Builder
	for _, p := range promises {
		verdict, wrong := judge(p, proofs[p.ID], &details)
		problems += wrong
		fmt.Fprintf(&lines, "%-3s %-20s %s\n", p.ID, verdict, p.Text)
		delete(proofs, p.ID)
	}
	for _, id := range slices.Sorted(maps.Keys(proofs)) {
		for _, name := range slices.Sorted(maps.Keys(proofs[id])) {
			if testName.MatchString(name) { // a case may be called s3_something
				problems++
				fmt.Fprintf(&lines, "%-3s %-20s %s\n", id, "NOT PROMISED", name+" is named after it")
			}
		}
	}
	return "\n== tests by promise\n" + details.String() + "\n== promises\n" + lines.String(), problems
}

// judge prints the proofs of one promise and says in a word or two how it stands.
func judge(p promise, proofs map[string]tally, details *strings.Builder) (verdict string, problems int) {
	fmt.Fprintf(details, "%s\n", p.ID)
	states := tally{}
	for _, name := range slices.Sorted(maps.Keys(proofs)) {
		t := proofs[name]
		s := t.worst()
		states[s]++
		times := ""
		if ran := t[passed] + t[failed] + t[skipped]; ran > 1 && strings.Contains(name, " ") {
			times = fmt.Sprintf(" (%d times)", ran)
		}
		fmt.Fprintf(details, "    %-8s %s%s\n", s, name, times)
	}
	switch {
	case states[failed] > 0:
		return fmt.Sprintf("FAILED %d of %d", states[failed], len(proofs)), 1
	case p.Later && states[passed] == 0:
		return "not promised yet", 0
	case len(proofs) == 0:
		return "MISSING, no test", 1
	case states[passed] == 0 && states[skipped] > 0:
		return fmt.Sprintf("SKIPPED %d tests", len(proofs)), 1
	case states[passed] == 0:
		return fmt.Sprintf("NOT RUN %d tests", len(proofs)), 1
	case states[notRun] > 0:
		return fmt.Sprintf("NOT RUN %d of %d", states[notRun], len(proofs)), 1
	case p.Later:
		return fmt.Sprintf("in part, %d tests", states[passed]), 0
	}
	return fmt.Sprintf("ok %d tests", states[passed]), 0
}

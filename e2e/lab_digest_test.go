//go:build validate

package e2e_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// testFailures are the reasons why tests failed. A laboratory that fails shows hundreds of lines of logs, and many run beside each other; where
// only the end of all that is kept, the reasons stand there.
type testFailures struct {
	lock  sync.Mutex
	lines []string
}

// gather collects the reasons of a test's subtests, and writes them once more when all of them are over: what is registered first is done
// last.
func gather(t *testing.T) *testFailures {
	f := &testFailures{}
	t.Cleanup(func() {
		if text := f.String(); text != "" {
			t.Log("what failed, in short:\n" + text)
		}
	})
	return f
}

// How much of each reason is kept, and how many of a test.
const (
	reasonLength = 400
	reasonsEach  = 4
)

func (f *testFailures) note(test, reason string) {
	f.lock.Lock()
	defer f.lock.Unlock()
	reason = strings.Join(strings.Fields(reason), " ")
	if len(reason) > reasonLength {
		reason = reason[:reasonLength] + "..."
	}
	f.lines = append(f.lines, test+": "+reason)
}

// String is what was noted, as many reasons of each test as are kept.
func (f *testFailures) String() string {
	f.lock.Lock()
	defer f.lock.Unlock()
	counts, order := map[string]int{}, []string{}
	kept := map[string][]string{}
	for _, line := range f.lines {
		test, _, _ := strings.Cut(line, ": ")
		if counts[test]++; counts[test] == 1 {
			order = append(order, test)
		}
		if counts[test] <= reasonsEach {
			kept[test] = append(kept[test], line)
		}
	}
	var all []string
	for _, test := range order {
		all = append(all, kept[test]...)
		if more := counts[test] - reasonsEach; more > 0 {
			all = append(all, fmt.Sprintf("%s: and %d more", test, more))
		}
	}
	return strings.Join(all, "\n")
}

// noting is a test whose failures are noted.
type noting struct {
	*testing.T
	failures *testFailures
}

func (n noting) Error(arguments ...any) {
	n.Helper()
	n.failures.note(n.Name(), fmt.Sprint(arguments...))
	n.T.Error(arguments...)
}

func (n noting) Errorf(format string, arguments ...any) {
	n.Helper()
	n.failures.note(n.Name(), fmt.Sprintf(format, arguments...))
	n.T.Errorf(format, arguments...)
}

func (n noting) Fatal(arguments ...any) {
	n.Helper()
	n.failures.note(n.Name(), fmt.Sprint(arguments...))
	n.T.Fatal(arguments...)
}

func (n noting) Fatalf(format string, arguments ...any) {
	n.Helper()
	n.failures.note(n.Name(), fmt.Sprintf(format, arguments...))
	n.T.Fatalf(format, arguments...)
}

// machine is what the applications of the laboratory share. A check whose verdict is a matter of seconds has it alone: what another
// application does meanwhile, an apply for one, would count as time of its own.
var machine sync.RWMutex

// check runs a subtest whose failures are noted.
func (l *lab) check(t *testing.T, name string, do func(testing.TB)) {
	t.Run(name, func(t *testing.T) {
		machine.RLock()
		defer machine.RUnlock()
		do(noting{t, l.failed})
	})
}

// checkAlone is check while no other application is opened, asked or deployed.
func (l *lab) checkAlone(t *testing.T, name string, do func(testing.TB)) {
	t.Run(name, func(t *testing.T) {
		machine.Lock()
		defer machine.Unlock()
		do(noting{t, l.failed})
	})
}

func TestLabDigest(t *testing.T) {
	f := &testFailures{}
	if f.String() != "" {
		t.Errorf("nothing has failed: %s", f)
	}
	f.note("TestLab/shop/X2_a", "first\n\tline")
	f.note("TestLab/files/X1_b", strings.Repeat("x", 1000))
	for range 6 {
		f.note("TestLab/shop/X2_a", "again")
	}
	want := "TestLab/shop/X2_a: first line" + strings.Repeat("\nTestLab/shop/X2_a: again", 3) + "\nTestLab/shop/X2_a: and 3 more\n" +
		"TestLab/files/X1_b: " + strings.Repeat("x", reasonLength) + "..."
	if got := f.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

package apply

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/groundplan/groundplan/terraform/change"
	"github.com/groundplan/groundplan/terraform/engine"
)

// watched is a tally of three components, with a clock of its own.
func watched() (*Tally, func(time.Duration)) {
	t := NewTally(change.Set{Components: []change.Component{
		{ID: "network", Noun: "network", Resources: []change.Resource{{Address: "n1", Action: change.Create}, {Address: "n2", Action: change.Create}}},
		{ID: "topic orders", Noun: "topic", Resources: []change.Resource{{Address: "t", Action: change.Replace}, {Address: "kept", Action: change.Keep}}},
		{ID: "queue jobs", Noun: "queue", Resources: []change.Resource{{Address: "q", Action: change.Update}}},
		{ID: "moved", Noun: "queue", Resources: []change.Resource{{Address: "m", Action: change.Keep}}},
	}})
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	t.now = func() time.Time { return now }
	return t, func(d time.Duration) { now = now.Add(d) }
}

func TestTally(t *testing.T) {
	tally, wait := watched()
	tally.Event(engine.Event{Kind: engine.Started, Address: "n1", Action: "create"})
	wait(41 * time.Second)
	tally.Event(engine.Event{Kind: engine.Complete, Address: "n1"})
	tally.Event(engine.Event{Kind: engine.Started, Address: "t", Action: "delete"})
	wait(2 * time.Second)
	tally.Event(engine.Event{Kind: engine.Complete, Address: "t"})
	tally.Event(engine.Event{Kind: engine.Started, Address: "data.aws_region.current", Action: "read"})
	if got := tally.String(); got != "still running: network 43s, topic orders 2s; 1 to come" {
		t.Error(got)
	}
	tally.Event(engine.Event{Kind: engine.Started, Address: "t", Action: "create"})
	tally.Event(engine.Event{Kind: engine.Complete, Address: "t"})
	tally.Event(engine.Event{Kind: engine.Started, Address: "n2", Action: "create"})
	tally.Event(engine.Event{Kind: engine.Errored, Address: "n2"})
	if got := fmt.Sprintf("%q", tally.take()); got != `["network: creating" "topic orders: destroying" "topic orders: done in 2s" "network: failed in 43s"]` {
		t.Error(got)
	}
	done, failed, unfinished, untouched := tally.Came()
	if got := fmt.Sprint(done, failed, unfinished, untouched, tally.Broken()); got != "[topic orders] [network] [] [queue jobs] [n2]" {
		t.Error(got)
	}
}

// On a terminal there are the lines of what runs, drawn over themselves, within its columns; what is written comes above.
func TestLiveScreen(t *testing.T) {
	for _, width := range []int{40, 80} {
		var out bytes.Buffer
		screen := &Screen{Out: &out, Live: true, Width: width}
		tally, wait := watched()
		tally.Event(engine.Event{Kind: engine.Started, Address: "n1", Action: "create"})
		wait(3 * time.Minute)
		screen.tell(tally)
		want := "  network  creating       3m0s  0 of 2\n  2 more to come\n"
		if got := out.String(); width == 80 && got != want {
			t.Errorf("got %q", got)
		}
		out.Reset()
		fmt.Fprintln(screen, "groundplan: interrupted")
		if got := out.String(); width == 80 && got != "\x1b[2A\x1b[Jgroundplan: interrupted\n"+want {
			t.Errorf("got %q", got)
		}
		for line := range strings.Lines(out.String()) {
			if utf8.RuneCountInString(strings.TrimSuffix(line, "\n")) > width {
				t.Errorf("wider than %d: %q", width, line)
			}
		}
	}
}

func TestManyRows(t *testing.T) {
	var set change.Set
	for i := range 30 {
		set.Components = append(set.Components, change.Component{ID: fmt.Sprintf("queue %d", i), Noun: "queue", Resources: []change.Resource{{Address: fmt.Sprint(i), Action: change.Create}}})
	}
	tally := NewTally(set)
	for i := range 25 {
		tally.Event(engine.Event{Kind: engine.Started, Address: fmt.Sprint(i), Action: "create"})
	}
	lines := (&Screen{Live: true, Width: 80}).live(tally)
	if len(lines) != mostRows+2 || lines[mostRows] != "  and 15 more" || lines[mostRows+1] != "  5 more to come" {
		t.Errorf("%q", lines)
	}
}

// In a pipeline there is a line when something begins and when it ends, and no control character.
func TestPlainScreen(t *testing.T) {
	var out bytes.Buffer
	screen := &Screen{Out: &out, Width: 80}
	tally, _ := watched()
	stop := screen.Follow(tally)
	tally.Event(engine.Event{Kind: engine.Started, Address: "q", Action: "update"})
	tally.Event(engine.Event{Kind: engine.Complete, Address: "q"})
	stop()
	if got := out.String(); got != "groundplan:   queue jobs: changing\ngroundplan:   queue jobs: done in 0s\n" {
		t.Errorf("%q", got)
	}
}

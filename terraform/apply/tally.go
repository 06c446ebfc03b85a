package apply

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/groundplan/groundplan/terraform/change"
	"github.com/groundplan/groundplan/terraform/engine"
)

// Tally is how far an apply has come, by component.
type Tally struct {
	lock       sync.Mutex
	now        func() time.Time
	components []*progress          // as the plan has them
	of         map[string]*progress // by the addresses of their resources
	news       []string             // lines that were not told yet
}

// progress is how far one component has come.
type progress struct {
	title string
	// total is how many steps it takes, done how many are over. What is replaced takes two.
	total, done    int
	failed         bool
	started, ended time.Time
	// running are the actions that run, by address.
	running map[string]string
	// broken are the addresses of what failed.
	broken []string
}

// NewTally is the tally of what was planned.
func NewTally(set change.Set) *Tally {
	t := &Tally{now: time.Now, of: map[string]*progress{}}
	for _, component := range set.Components {
		p := &progress{title: change.Clean(component.Title()), running: map[string]string{}}
		for _, resource := range component.Resources {
			switch resource.Action {
			case change.Replace, change.ReplaceAfter, change.Revise:
				p.total += 2
			case change.Keep, change.Forget:
				continue // terraform says nothing of it
			default:
				p.total++
			}
			t.of[resource.Address] = p
		}
		if p.total > 0 {
			t.components = append(t.components, p)
		}
	}
	return t
}

// doing is what people call an action that runs.
var doing = map[string]string{"create": "creating", "update": "changing", "delete": "destroying", "read": "reading", "replace": "replacing"}

// Event takes in what happens.
func (t *Tally) Event(event engine.Event) {
	t.lock.Lock()
	defer t.lock.Unlock()
	p := t.of[event.Address]
	if p == nil {
		return // what is read, or about no resource
	}
	switch event.Kind {
	case engine.Started:
		p.running[event.Address] = event.Action
		if p.started.IsZero() {
			p.started = t.now()
			t.news = append(t.news, fmt.Sprintf("%s: %s", p.title, p.doing()))
		}
	case engine.Complete, engine.Errored:
		delete(p.running, event.Address)
		p.done = min(p.done+1, p.total)
		if event.Kind == engine.Errored {
			p.failed = true
			p.broken = append(p.broken, event.Address)
		}
		if p.over() && (!p.failed || event.Kind == engine.Errored && len(p.broken) == 1) {
			p.ended = t.now()
			t.news = append(t.news, fmt.Sprintf("%s: %s in %s", p.title, p.end(), spent(p.ended.Sub(p.started))))
		}
	}
}

// over reports whether nothing more happens to a component: all is done, or something failed and nothing runs.
func (p *progress) over() bool { return len(p.running) == 0 && (p.done == p.total || p.failed) }

func (p *progress) end() string {
	if p.failed {
		return "failed"
	}
	return "done"
}

// doing says what is being done to a component.
func (p *progress) doing() string {
	var actions []string
	for _, action := range p.running {
		actions = append(actions, action)
	}
	slices.Sort(actions)
	if len(actions) == 0 {
		return "waiting" // for something else, with a part of it done
	}
	if said := doing[actions[0]]; said != "" {
		return said
	}
	return actions[0]
}

// take returns the lines that were not told yet.
func (t *Tally) take() []string {
	t.lock.Lock()
	defer t.lock.Unlock()
	news := t.news
	t.news = nil
	return news
}

// activity is a component that is being worked on.
type activity struct {
	title, doing string
	since        time.Duration
	done, total  int
}

// rows are the components that are being worked on, the longest first, and how many wait for their turn.
func (t *Tally) rows() (rows []activity, waiting int) {
	t.lock.Lock()
	defer t.lock.Unlock()
	for _, p := range t.components {
		switch {
		case p.started.IsZero():
			waiting++
		case !p.over():
			rows = append(rows, activity{p.title, p.doing(), t.now().Sub(p.started), p.done, p.total})
		}
	}
	slices.SortStableFunc(rows, func(a, b activity) int { return int(b.since - a.since) })
	return rows, waiting
}

// Came says what became of each component: done, failed, begun and not finished, or not begun. Each list is in the order of the plan.
func (t *Tally) Came() (done, failed, unfinished, untouched []string) {
	t.lock.Lock()
	defer t.lock.Unlock()
	for _, p := range t.components {
		switch {
		case p.failed:
			failed = append(failed, p.title)
		case p.done == p.total:
			done = append(done, p.title)
		case p.started.IsZero():
			untouched = append(untouched, p.title)
		default:
			unfinished = append(unfinished, p.title)
		}
	}
	return done, failed, unfinished, untouched
}

// Broken are the addresses of what failed.
func (t *Tally) Broken() []string {
	t.lock.Lock()
	defer t.lock.Unlock()
	var broken []string
	for _, p := range t.components {
		broken = append(broken, p.broken...)
	}
	return broken
}

// String is what is being worked on in one line.
func (t *Tally) String() string {
	rows, waiting := t.rows()
	var said []string
	for _, row := range rows {
		said = append(said, fmt.Sprintf("%s %s", row.title, spent(row.since)))
	}
	line := "still running: " + strings.Join(said, ", ")
	if len(said) == 0 {
		line = "nothing runs at the moment"
	}
	if waiting > 0 {
		line += fmt.Sprintf("; %d to come", waiting)
	}
	return line
}

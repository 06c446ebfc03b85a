package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	tfjson "github.com/hashicorp/terraform-json"
)

// Kind says what an Event is about.
type Kind string

// The kinds of events.
const (
	// RefreshStarted and RefreshComplete are about a resource that is read, before it is planned.
	RefreshStarted  Kind = "refresh_start"
	RefreshComplete Kind = "refresh_complete"
	// Started, Progress, Complete and Errored are about a resource that is made, changed or destroyed. Progress comes every ten
	// seconds; what went wrong comes as Diagnosed.
	Started  Kind = "apply_start"
	Progress Kind = "apply_progress"
	Complete Kind = "apply_complete"
	Errored  Kind = "apply_errored"
	// Diagnosed is an error or a warning.
	Diagnosed Kind = "diagnostic"
	// Summary is the last of a command: how many resources it would act upon, or did.
	Summary Kind = "change_summary"
)

// Event is something that happens while a command runs.
type Event struct {
	Kind Kind
	// Address is that of the resource, Action is "create", "update", "delete", "read" or "replace", Elapsed how long it takes so far.
	Address, Action string
	Elapsed         time.Duration
	// Diagnostic is set when Kind is Diagnosed.
	Diagnostic *tfjson.Diagnostic
	// Add, Change and Destroy are set when Kind is Summary.
	Add, Change, Destroy int
}

// message is a line of the stream that -json makes of a command's output (Terraform's documentation, "Machine-Readable UI").
// OpenTofu's has the same members.
type message struct {
	Type Kind `json:"type"`
	Hook struct {
		Resource struct {
			Address string `json:"addr"`
		} `json:"resource"`
		Action  string  `json:"action"`
		Elapsed float64 `json:"elapsed_seconds"`
	} `json:"hook"`
	Diagnostic *tfjson.Diagnostic `json:"diagnostic"`
	Changes    struct {
		Add    int `json:"add"`
		Change int `json:"change"`
		Remove int `json:"remove"`
	} `json:"changes"`
}

// stream is what is known of a command from its events so far.
type stream struct {
	tell func(Event) // may be nil

	lock        sync.Mutex
	diagnostics []tfjson.Diagnostic
	running     map[string]Event
}

// line reads one line. What is no message, as warnings about the configuration of terraform itself, is none for us either.
func (s *stream) line(text []byte) {
	var m message
	if len(text) == 0 || text[0] != '{' || json.Unmarshal(text, &m) != nil {
		return
	}
	event := Event{
		Kind: m.Type, Address: m.Hook.Resource.Address, Action: m.Hook.Action, Elapsed: time.Duration(m.Hook.Elapsed * float64(time.Second)),
		Diagnostic: m.Diagnostic, Add: m.Changes.Add, Change: m.Changes.Change, Destroy: m.Changes.Remove,
	}
	s.lock.Lock()
	known := true
	switch m.Type {
	case Started, Progress:
		if s.running == nil {
			s.running = map[string]Event{}
		}
		s.running[event.Address] = event
	case Complete, Errored:
		delete(s.running, event.Address)
	case RefreshStarted, RefreshComplete, Summary:
	case Diagnosed:
		if known = m.Diagnostic != nil; known {
			s.diagnostics = append(s.diagnostics, *m.Diagnostic)
		}
	default:
		known = false
	}
	s.lock.Unlock()
	if known && s.tell != nil {
		s.tell(event)
	}
}

// unfinished are the resources that the command works on, sorted by address.
func (s *stream) unfinished() []string {
	s.lock.Lock()
	defer s.lock.Unlock()
	var all []string
	for address, event := range s.running {
		all = append(all, fmt.Sprintf("%s (%s, %s)", address, event.Action, event.Elapsed.Round(time.Second)))
	}
	slices.Sort(all)
	return all
}

// warnings are the diagnostics that are no errors.
func (s *stream) warnings() []tfjson.Diagnostic {
	return slices.DeleteFunc(slices.Clone(s.diagnostics), func(d tfjson.Diagnostic) bool { return d.Severity == tfjson.DiagnosticSeverityError })
}

package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// Workspace is a folder of Terraform code, a stack, with an engine.
type Workspace struct {
	Engine *Engine
	// Folder is as people write it, relative to where they are.
	Folder string
}

// In is the engine in a folder.
func (e *Engine) In(folder string) *Workspace { return &Workspace{Engine: e, Folder: folder} }

// Line is a command of the engine in the folder as a shell takes it, for hints.
func (w *Workspace) Line(arguments ...string) string {
	return w.Engine.line(command{folder: w.Folder, arguments: arguments})
}

// Init prepares the folder: providers, modules, and where the state is. It does not move a state from one place to another.
func (w *Workspace) Init(ctx context.Context) error {
	s := &stream{}
	got, err := w.Engine.run(ctx, command{folder: w.Folder, arguments: []string{"init", "-input=false", "-json"}})
	for line := range strings.Lines(string(got.output)) {
		s.line([]byte(strings.TrimRight(line, "\r\n")))
	}
	return s.explain(err)
}

// explain puts into an error what the stream has told of it.
func (s *stream) explain(err error) error {
	var failed *FailedError
	if errors.As(err, &failed) {
		failed.Diagnostics = s.diagnostics
	}
	return err
}

// initialized reports whether somebody has initialized the folder. Whether that is still enough, the engine says.
func (w *Workspace) initialized() bool {
	data := os.Getenv("TF_DATA_DIR")
	if data == "" {
		data = ".terraform"
	}
	if !filepath.IsAbs(data) {
		data = filepath.Join(w.Folder, data)
	}
	_, err := os.Stat(data)
	return err == nil
}

// prepared runs a command in a folder that is initialized, and initializes it where it is not, or not any more: the command says so
// then, before it does anything.
func (w *Workspace) prepared(ctx context.Context, run func() error) error {
	if !w.initialized() {
		if err := w.Init(ctx); err != nil {
			return err
		}
		return run()
	}
	err := run()
	if !w.wantsInit(err) {
		return err
	}
	fmt.Fprintf(w.Engine.talk, "groundplan: %s has to be initialized again: %s\n", w.Folder, lowerFirst(err.Error()))
	if err := w.Init(ctx); err != nil {
		return err
	}
	return run()
}

// wantsInit reports whether a command failed because modules, providers or the backend are others than those of the last init.
// All such errors name the command that mends them, and no other does.
func (w *Workspace) wantsInit(err error) bool {
	var failed *FailedError
	if !errors.As(err, &failed) {
		return false
	}
	mends := w.Engine.Name + " init"
	return strings.Contains(failed.Said, mends) || slices.ContainsFunc(failed.Diagnostics, func(d tfjson.Diagnostic) bool {
		return strings.Contains(d.Summary, mends) || strings.Contains(d.Detail, mends)
	})
}

func lowerFirst(text string) string {
	if text == "" {
		return text
	}
	return strings.ToLower(text[:1]) + text[1:]
}

// Planning says what to plan.
type Planning struct {
	// Out is the file that the plan goes to, an absolute path in a folder that Private made. What the command says goes to files
	// beside it.
	Out string
	// Destroy plans to destroy all; RefreshOnly plans no change, and finds out what others changed.
	Destroy, RefreshOnly bool
	// Variables are the values of the folder's variables. Everybody on the machine can see them.
	Variables map[string]string
	// Events are told as they happen; may be nil.
	Events func(Event)
}

// Plan plans, and initializes the folder before where that is needed. It reports whether the plan has changes, and returns what
// the engine warns of.
func (w *Workspace) Plan(ctx context.Context, p Planning) (changes bool, warnings []tfjson.Diagnostic, err error) {
	arguments := []string{"plan", "-input=false", "-json", "-detailed-exitcode", "-out=" + p.Out}
	if p.Destroy {
		arguments = append(arguments, "-destroy")
	}
	if p.RefreshOnly {
		arguments = append(arguments, "-refresh-only")
	}
	for _, name := range slices.Sorted(maps.Keys(p.Variables)) {
		arguments = append(arguments, "-var="+name+"="+p.Variables[name])
	}
	err = w.prepared(ctx, func() error {
		if err := privateFile(p.Out); err != nil {
			return err
		}
		s := &stream{tell: p.Events}
		got, err := w.Engine.run(ctx, command{
			folder: w.Folder, arguments: arguments, fine: 2, locks: true,
			log: p.Out + ".planning", lines: s.line,
		})
		changes, warnings = got.code == 2, s.warnings()
		return s.explain(err)
	})
	return changes, warnings, err
}

// Show is a saved plan as the engine describes it, with the text of that description. Both may hold secrets.
func (w *Workspace) Show(ctx context.Context, plan string) (*tfjson.Plan, []byte, error) {
	var text []byte
	err := w.prepared(ctx, func() error {
		got, err := w.Engine.run(ctx, command{folder: w.Folder, arguments: []string{"show", "-json", plan}})
		text = jsonIn(got.output)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	read := &tfjson.Plan{}
	if err := json.Unmarshal(text, read); err != nil {
		return nil, nil, fmt.Errorf("description of a plan of %s: %w", w.Folder, err)
	}
	return read, text, nil
}

// ShowText writes a saved plan for people, in the engine's own words, to out; in colour, which the engine does not know whether
// out can show.
func (w *Workspace) ShowText(ctx context.Context, plan string, out io.Writer, color bool) error {
	_, err := w.Engine.run(ctx, command{folder: w.Folder, arguments: colored(color, "show", plan), text: out})
	return err
}

// colored are the arguments of a command whose output people read.
func colored(color bool, verb string, arguments ...string) []string {
	if !color {
		arguments = append([]string{"-no-color"}, arguments...)
	}
	return append([]string{verb}, arguments...)
}

// Apply applies a saved plan, which is in a folder that Private made, as for Plan. Nothing is asked, and the folder has to be
// initialized, which Show sees to. Events are told as they happen; may be nil.
func (w *Workspace) Apply(ctx context.Context, plan string, events func(Event)) error {
	s := &stream{tell: events}
	_, err := w.Engine.run(ctx, command{
		folder: w.Folder, arguments: []string{"apply", "-input=false", "-json", plan}, locks: true,
		log: plan + ".applying", lines: s.line, running: s.unfinished,
	})
	return s.explain(err)
}

// ApplyText is Apply, with what the engine says for people going to out, see ShowText.
func (w *Workspace) ApplyText(ctx context.Context, plan string, out io.Writer, color bool) error {
	_, err := w.Engine.run(ctx, command{folder: w.Folder, arguments: colored(color, "apply", "-input=false", plan), text: out, locks: true})
	return err
}

// Output is an output of a stack.
type Output struct {
	Value     json.RawMessage `json:"value"`
	Sensitive bool            `json:"sensitive"`
}

// Outputs are those of the last apply; none before it.
func (w *Workspace) Outputs(ctx context.Context) (map[string]Output, error) {
	var outputs map[string]Output
	err := w.prepared(ctx, func() error {
		got, err := w.Engine.run(ctx, command{folder: w.Folder, arguments: []string{"output", "-json"}})
		if err != nil {
			return err
		}
		return json.Unmarshal(jsonIn(got.output), &outputs)
	})
	if err != nil {
		return nil, err
	}
	return outputs, nil
}

// jsonIn is what a command printed, without what stands before it where something is wrong with the engine's own configuration.
func jsonIn(text []byte) []byte {
	if start := bytes.IndexByte(text, '{'); start > 0 {
		return text[start:]
	}
	return text
}

// State is what a state says of itself and of what is in it. The attributes may hold secrets.
type State struct {
	// Lineage is drawn when the state is made, and Serial counts its versions. Both are zero where there is none.
	Lineage string `json:"lineage"`
	Serial  uint64 `json:"serial"`
	// Version is that of the engine that wrote it.
	Version   string          `json:"terraform_version"`
	Resources []StateResource `json:"resources"`
}

// StateResource is a resource in a state.
type StateResource struct {
	// Module is the address of the module that it is in, "" for the folder itself; Mode is "managed" or "data".
	Module    string `json:"module"`
	Mode      string `json:"mode"`
	Type      string `json:"type"`
	Name      string `json:"name"`
	Instances []struct {
		Attributes json.RawMessage `json:"attributes"`
	} `json:"instances"`
}

// State reads the state.
func (w *Workspace) State(ctx context.Context) (State, error) {
	var state State
	err := w.prepared(ctx, func() error {
		got, err := w.Engine.run(ctx, command{folder: w.Folder, arguments: []string{"state", "pull"}})
		if err != nil || bytes.IndexByte(got.output, '{') < 0 {
			return err
		}
		if err := json.Unmarshal(jsonIn(got.output), &state); err != nil {
			return fmt.Errorf("state of %s: %w", w.Folder, err)
		}
		return nil
	})
	return state, err
}

// Lock is what the engine says of a lock that somebody holds.
type Lock struct {
	ID, Path, Operation, Who, Version, Created string
}

// Lock is the lock for which a command failed, nil when it failed for something else.
func (f *FailedError) Lock() *Lock {
	for _, d := range f.Diagnostics {
		_, info, found := strings.Cut(d.Detail, "Lock Info:\n")
		if !found {
			continue
		}
		lock := &Lock{}
		fields := map[string]*string{
			"ID": &lock.ID, "Path": &lock.Path, "Operation": &lock.Operation, "Who": &lock.Who, "Version": &lock.Version, "Created": &lock.Created,
		}
		for line := range strings.Lines(info) {
			name, value, _ := strings.Cut(line, ":")
			if field := fields[strings.TrimSpace(name)]; field != nil {
				*field = strings.TrimSpace(value)
			}
		}
		return lock
	}
	return nil
}

// Unlock releases the lock of the state by its id, whoever holds it.
func (w *Workspace) Unlock(ctx context.Context, id string) error {
	return w.prepared(ctx, func() error {
		_, err := w.Engine.run(ctx, command{folder: w.Folder, arguments: []string{"force-unlock", "-force", id}})
		return err
	})
}

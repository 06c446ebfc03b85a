package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/urfave/cli/v2"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/terraform"
	"github.com/groundplan/groundplan/terraform/change"
	"github.com/groundplan/groundplan/terraform/engine"
	"github.com/groundplan/groundplan/terraform/saved"
)

// engineFlags are those of verbs that run terraform.
func engineFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "engine"},
		&cli.BoolFlag{Name: "stale-ok"},
	}
}

// open finds the engine for a target, and makes a folder for what it saves. What returns removes that.
func (t *target) open(c *cli.Context) (*terraform.Environment, func(), error) {
	found, err := engine.Find(c.Context, c.String("engine"), terraform.Folders(t.out, t.environment), c.App.ErrWriter)
	if err != nil {
		return nil, nil, t.explain(err)
	}
	private, remove, err := engine.Private()
	if err != nil {
		return nil, nil, err
	}
	return &terraform.Environment{
		App: t.blueprint.App, Environment: t.environment, Out: t.out, Engine: found, Private: private, Talk: c.App.ErrWriter,
	}, remove, nil
}

// explain is an error of the engine about a stack in words. Diagnostics are printed where they are, as those about the
// application's source.
func (t *target) explain(err error) error {
	var failed *engine.FailedError
	var at *terraform.StackError
	if explained := engineMistake(err); explained != nil {
		return explained
	}
	if errors.As(err, &failed) && errors.As(err, &at) {
		return t.failure(at, failed)
	}
	return err
}

// engineMistake is an error that has its remedy with it in words, nil for any other.
func engineMistake(err error) error {
	var missing *engine.MissingError
	var undecided *terraform.UndecidedError
	var refused *saved.RefusedError
	var stopped *engine.InterruptedError
	switch {
	case errors.As(err, &missing):
		return mistake(missing.Message, missing.Hints...)
	case errors.As(err, &undecided):
		return mistake(undecided.Question, undecided.Hints...)
	case errors.As(err, &refused):
		return mistake(refused.Message, refused.Hint)
	case errors.As(err, &stopped):
		return interruption(stopped)
	case errors.Is(err, context.Canceled):
		return mistake("interrupted before anything else ran; nothing is locked", "repeat the command")
	}
	return nil
}

// interruption says what an interrupt left behind.
func interruption(stopped *engine.InterruptedError) error {
	if !stopped.Killed {
		return mistake(fmt.Sprintf("interrupted; %s has stopped in good order, and nothing is locked", stopped.Program), "repeat the command")
	}
	message := "killed: " + stopped.Command
	var hints []string
	if len(stopped.Running) > 0 {
		message += "\n  it was in the middle of " + strings.Join(stopped.Running, ",\n  ")
		hints = append(hints, "what it was making may be on AWS and in no state: look there, and remove or import it")
	}
	if stopped.Locks {
		hints = append(hints, "its lock of the state may still be held. The next command says so, names the lock's id, and how to release it")
	}
	return mistake(message, append(hints, "repeat the command")...)
}

// failure prints what the engine says is wrong with a stack.
func (t *target) failure(at *terraform.StackError, failed *engine.FailedError) error {
	if lock := failed.Lock(); lock != nil {
		return mistake(fmt.Sprintf("the state of %s is locked by %s since %s (%s)", at.Stack.Folder, lock.Who, lock.Created, lock.Operation),
			"wait until that is done, and repeat the command",
			"where nobody works on it any more: "+at.Workspace.Line("force-unlock", lock.ID))
	}
	counted := t.printer.diagnostics(t.asDiagnostics(at.Stack, failed.Diagnostics))
	if counted == nil {
		return mistake(fmt.Sprintf("%s cannot %s %s: %s", at.Workspace.Engine.Name, at.Doing, at.Stack.Folder, failed.Error()),
			"the command by itself says more: "+failed.Command)
	}
	var hints []string
	if at.Stack.Name == blueprint.Services && terraform.Waits(failed) {
		hints = append(hints, "the platform lacks what services ask of it: apply it before, or plan both to see what comes (no --stack)")
	}
	for _, d := range failed.Diagnostics {
		if d.Summary == "Backend configuration changed" {
			hints = append(hints, "to move the state: "+at.Workspace.Line("init", "-migrate-state"),
				"where the state is in its new place already: "+at.Workspace.Line("init", "-reconfigure"))
		}
	}
	return mistake(fmt.Sprintf("%s cannot %s %s: %s", at.Workspace.Engine.Name, at.Doing, at.Stack.Folder, counted), hints...)
}

// asDiagnostics are the engine's diagnostics as ours, at their place in the generated code, with the component that they are about.
func (t *target) asDiagnostics(stack *blueprint.Stack, found []tfjson.Diagnostic) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, d := range found {
		var at hcl.Range
		if d.Range != nil {
			at = hcl.Range{
				Filename: t.place(stack, d.Range.Filename),
				Start:    hcl.Pos{Line: d.Range.Start.Line, Column: d.Range.Start.Column, Byte: d.Range.Start.Byte},
				End:      hcl.Pos{Line: d.Range.End.Line, Column: d.Range.End.Column, Byte: d.Range.End.Byte},
			}
		}
		detail := d.Detail
		if about := t.about(stack, d); about != "" {
			detail = strings.TrimSpace("About " + about + ".\n" + detail)
		}
		made := diagnostic.Warning
		if d.Severity == tfjson.DiagnosticSeverityError {
			made = diagnostic.Error
		}
		diags = append(diags, made(at, d.Summary, "", "%s", detail))
	}
	return diags
}

// about is the component that a diagnostic is about, "" where it does not say.
func (t *target) about(stack *blueprint.Stack, d tfjson.Diagnostic) string {
	address := d.Address
	if address == "" && d.Snippet != nil && d.Snippet.Context != nil {
		if label, found := strings.CutPrefix(*d.Snippet.Context, `module "`); found && !strings.HasPrefix(d.Range.Filename, "..") {
			address = "module." + strings.TrimSuffix(label, `"`)
		}
	}
	module := moduleOf(address)
	if module == "" {
		return address
	}
	title := change.Owner(t.environment, stack.Name, module).Title()
	if address == module {
		return title
	}
	return title + ", at " + address
}

// moduleOf is the outermost module call that an address is in, "" for none.
func moduleOf(address string) string {
	name, inside := strings.CutPrefix(address, "module.")
	if !inside {
		return ""
	}
	if end := strings.IndexAny(name, ".["); end >= 0 {
		name = name[:end]
	}
	return "module." + name
}

// place is where a file of a stack is, relative to the application.
func (t *target) place(stack *blueprint.Stack, name string) string {
	path := filepath.Join(t.out, filepath.FromSlash(stack.Folder), filepath.FromSlash(name))
	if relative, err := filepath.Rel(t.root, path); err == nil {
		return filepath.ToSlash(relative)
	}
	return filepath.ToSlash(path)
}

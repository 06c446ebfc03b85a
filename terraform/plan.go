package terraform

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/terraform/change"
	"github.com/groundplan/groundplan/terraform/engine"
	"github.com/groundplan/groundplan/terraform/guard"
)

// Planning says what to plan.
type Planning struct {
	// Stacks are those to plan; none for all.
	Stacks []string
	// ImageTag is what to deploy, "" for what is deployed.
	ImageTag string
	// AllowDestroy names what may be destroyed, and Account is the one that credentials are for, see guard.Options.
	AllowDestroy []string
	Account      string
	// Destroy plans to destroy, in which case the last stack comes first. RefreshOnly plans what others have changed.
	Destroy, RefreshOnly bool
	// Events are told as they happen; may be nil.
	Events func(stack string, event engine.Event)
}

// Planned is a stack that was planned.
type Planned struct {
	Stack     *blueprint.Stack
	Workspace *engine.Workspace
	// File is the saved plan, "" when the stack cannot be planned before another one is applied: Changes.Unplanned says why then,
	// and its components are what the code shows.
	File string
	// Plan is what the engine says of it, and JSON the text of that.
	Plan *tfjson.Plan
	JSON []byte
	// Variables are what it was given.
	Variables map[string]string
	// Acts: there is something to apply.
	Acts     bool
	Changes  change.Set
	Findings []guard.Finding
	// Warnings are the engine's.
	Warnings []tfjson.Diagnostic
}

// Plan plans the stacks in their order.
func (e *Environment) Plan(ctx context.Context, p Planning) ([]Planned, error) {
	var all []Planned
	for _, stack := range e.order(p) {
		workspace := e.Workspace(stack)
		planned, err := e.planStack(ctx, stack, workspace, p, all)
		if err != nil {
			return nil, &StackError{stack, "plan", workspace, err}
		}
		all = append(all, planned)
	}
	return all, nil
}

// order is the stacks in the order in which they are planned.
func (e *Environment) order(p Planning) []*blueprint.Stack {
	var stacks []*blueprint.Stack
	for i := range e.Stacks {
		if len(p.Stacks) == 0 || slices.Contains(p.Stacks, e.Stacks[i].Name) {
			stacks = append(stacks, &e.Stacks[i])
		}
	}
	if p.Destroy {
		slices.Reverse(stacks)
	}
	return stacks
}

func (e *Environment) planStack(ctx context.Context, stack *blueprint.Stack, workspace *engine.Workspace, p Planning, before []Planned) (Planned, error) {
	below, err := e.platformOf(ctx, stack, before)
	if err != nil {
		return Planned{}, err
	}
	if below.missing && !p.Destroy {
		return Planned{Stack: stack, Workspace: workspace, Changes: e.fromCode(stack, nil, below)}, nil
	}
	variables, err := e.variables(ctx, stack, p)
	if err != nil {
		return Planned{}, err
	}
	file := filepath.Join(e.Private, stack.Name+".tfplan")
	tell := func(event engine.Event) {
		if p.Events != nil {
			p.Events(stack.Name, event)
		}
	}
	acts, warnings, err := workspace.Plan(ctx, engine.Planning{Out: file, Destroy: p.Destroy, RefreshOnly: p.RefreshOnly, Variables: variables, Events: tell})
	if below.changes && Waits(err) {
		state, stateErr := workspace.State(ctx)
		if stateErr != nil {
			return Planned{}, errors.Join(err, stateErr)
		}
		return Planned{Stack: stack, Workspace: workspace, Changes: e.fromCode(stack, modules(state), below)}, nil
	}
	if err != nil {
		return Planned{}, err
	}
	plan, text, err := workspace.Show(ctx, file)
	if err != nil {
		return Planned{}, err
	}
	return Planned{
		Stack: stack, Workspace: workspace, File: file, Plan: plan, JSON: text, Variables: variables, Acts: acts, Warnings: warnings,
		Changes:  change.Of(e.Environment, stack.Name, plan),
		Findings: guard.Check(e.Environment, stack.Name, plan, guard.Options{AllowDestroy: p.AllowDestroy, Account: p.Account, Destroy: p.Destroy}),
	}, nil
}

// variables are what a plan of the stack has to be given.
func (e *Environment) variables(ctx context.Context, stack *blueprint.Stack, p Planning) (map[string]string, error) {
	if !slices.ContainsFunc(stack.Variables, func(v blueprint.Variable) bool { return v.Name == blueprint.ImageTag }) {
		return nil, nil
	}
	tag, err := e.imageTag(ctx, stack, p.ImageTag)
	var undecided *UndecidedError
	switch {
	case errors.As(err, &undecided) && (p.Destroy || p.RefreshOnly):
		tag = "none" // which is deployed nowhere
	case err != nil:
		return nil, err
	case tag == "":
		return nil, nil
	}
	return map[string]string{blueprint.ImageTag: tag}, nil
}

// platform is what is known of the stack that services stand on.
type platform struct {
	// missing: it was never applied. changes: its outputs are not yet those that services are written for.
	missing, changes bool
	// made are the ids of the components that it does not have yet.
	made []string
}

// platformOf is what a stack stands on; nothing is known of it where it stands on none.
func (e *Environment) platformOf(ctx context.Context, stack *blueprint.Stack, before []Planned) (platform, error) {
	if stack.Name != blueprint.Services {
		return platform{}, nil
	}
	for _, planned := range before {
		if planned.Stack.Name != blueprint.Platform || planned.Plan == nil {
			continue
		}
		return platform{missing: nothingIn(planned.Plan.PriorState), changes: len(planned.Changes.Outputs) > 0, made: madeBy(planned.Changes)}, nil
	}
	on := e.Stack(blueprint.Platform)
	if on == nil {
		return platform{}, nil
	}
	state, err := e.Workspace(on).State(ctx)
	return platform{missing: err == nil && len(modules(state)) == 0}, err
}

// nothingIn reports whether a stack was never applied. What a plan has read before, and outputs made of that, are in its prior
// state all the same.
func nothingIn(state *tfjson.State) bool {
	if state == nil || state.Values == nil || state.Values.RootModule == nil {
		return true
	}
	return !managesAny(state.Values.RootModule)
}

func managesAny(module *tfjson.StateModule) bool {
	managed := func(r *tfjson.StateResource) bool { return r.Mode == tfjson.ManagedResourceMode }
	return slices.ContainsFunc(module.Resources, managed) || slices.ContainsFunc(module.ChildModules, managesAny)
}

// madeBy are the ids of the components that a plan makes.
func madeBy(set change.Set) []string {
	var made []string
	for _, component := range set.Components {
		if component.Risk == change.Created {
			made = append(append(made, component.ID), component.With...)
		}
	}
	return made
}

// Waits reports whether a stack could not be planned for the sole reason that the platform lacks outputs.
func Waits(err error) bool {
	var failed *engine.FailedError
	if !errors.As(err, &failed) {
		return false
	}
	errs := 0
	for _, d := range failed.Diagnostics {
		if d.Severity != tfjson.DiagnosticSeverityError {
			continue
		}
		if errs++; d.Snippet == nil || !strings.Contains(d.Snippet.Code, "local.platform.") {
			return false
		}
	}
	return errs > 0
}

// fromCode is what a stack comes to as far as the code shows, when the engine cannot say it yet: components that its state does
// not have, those that the code has no longer, and those that use what the platform gets. Held is nil when the stack has nothing.
func (e *Environment) fromCode(stack *blueprint.Stack, held map[string]bool, on platform) change.Set {
	set := change.Set{Stack: stack.Name, Unplanned: "platform does not exist yet"}
	if !on.missing {
		set.Unplanned = "platform has to be applied before"
	}
	known := map[string]bool{}
	for _, component := range stack.Components {
		if component.Existing || known[component.Address] {
			continue
		}
		known[component.Address] = true
		said := change.Owner(e.Environment, stack.Name, component.Address)
		if !held[component.Address] {
			said.Risk, said.Summary = change.Created, "created"
		} else if uses := e.uses(component.ID, on.made); len(uses) > 0 {
			said.Risk, said.Summary = change.Changed, "gets "+strings.Join(uses, ", ")
		} else {
			continue
		}
		set.Components = append(set.Components, said)
	}
	for address := range held {
		if !known[address] {
			said := change.Owner(e.Environment, stack.Name, address)
			said.Risk, said.Summary = change.Destroyed, "destroyed"
			set.Components = append(set.Components, said)
		}
	}
	slices.SortFunc(set.Components, func(a, b change.Component) int {
		if a.Risk != b.Risk {
			return int(b.Risk - a.Risk)
		}
		return strings.Compare(a.ID, b.ID)
	})
	return set
}

// uses are those of the ids that a workload uses.
func (e *Environment) uses(id string, of []string) []string {
	var used []string
	for _, workload := range e.Workloads {
		if workload.ID != id {
			continue
		}
		for _, use := range workload.Uses {
			if slices.Contains(of, use) {
				used = append(used, use)
			}
		}
	}
	return used
}

package terraform

import (
	"context"
	"os"
	"path/filepath"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/terraform/change"
	"github.com/groundplan/groundplan/terraform/guard"
	"github.com/groundplan/groundplan/terraform/saved"
)

// Reopen takes plans out of a file, in the order of the stacks. Of now, the account, the program's version and the time are the
// caller's. Refusals are why they must not be applied any more; nothing of them is read then. What the plans come to is read from
// the engine's own saved plans, not from what the file says of them.
func (e *Environment) Reopen(ctx context.Context, archive *saved.Archive, now saved.Manifest, p Planning) ([]Planned, []*saved.RefusedError, error) {
	now = e.Manifest(now)
	var plans []Planned
	planned := archive.Manifest
	planned.Stacks = nil
	known := map[string]bool{}
	for _, stack := range e.order(p) {
		bound := archive.Manifest.Stack(stack.Name)
		if bound == nil {
			continue
		}
		known[stack.Name] = true
		reopened := Planned{Stack: stack, Workspace: e.Workspace(stack), Variables: bound.Variables, File: filepath.Join(e.Private, stack.Name+".tfplan")}
		is, err := e.bind(ctx, reopened)
		if err != nil {
			return nil, nil, &StackError{stack, "look at the state of", reopened.Workspace, err}
		}
		now.Stacks, planned.Stacks = append(now.Stacks, is), append(planned.Stacks, *bound)
		plans = append(plans, reopened)
	}
	for _, bound := range archive.Manifest.Stacks {
		if e.Stack(bound.Name) == nil { // Verify says so
			planned.Stacks = append(planned.Stacks, bound)
		}
	}
	if refusals := saved.Verify(planned, now); len(refusals) > 0 {
		return nil, refusals, nil
	}
	for i := range plans {
		if err := e.reopen(ctx, &plans[i], archive, now, p); err != nil {
			return nil, nil, &StackError{plans[i].Stack, "read the plan of", plans[i].Workspace, err}
		}
	}
	return plans, nil, nil
}

// reopen reads what a plan comes to.
func (e *Environment) reopen(ctx context.Context, p *Planned, archive *saved.Archive, now saved.Manifest, planning Planning) error {
	err := os.WriteFile(p.File, archive.Stacks[p.Stack.Name].Plan, 0o600)
	if err != nil {
		return err
	}
	if p.Plan, p.JSON, err = p.Workspace.Show(ctx, p.File); err != nil {
		return err
	}
	p.Changes = change.Of(e.Environment, p.Stack.Name, p.Plan)
	p.Acts = archive.Manifest.Stack(p.Stack.Name).Changes || !p.Changes.Counts.None() || len(p.Changes.Outputs) > 0
	was, is := archive.Manifest.Stack(p.Stack.Name), now.Stack(p.Stack.Name)
	p.Findings = guard.Check(e.Environment, p.Stack.Name, p.Plan, guard.Options{
		AllowDestroy: planning.AllowDestroy, Account: planning.Account,
		Planned: &guard.State{Lineage: was.Lineage, Serial: was.Serial}, Current: &guard.State{Lineage: is.Lineage, Serial: is.Serial},
	})
	return nil
}

// Tag is the tag of the images that a stack is planned with, "" where it needs none or where the engine is told by other means.
func (e *Environment) Tag(ctx context.Context, p Planned, planning Planning) (string, error) {
	if p.Plan != nil {
		if variable := p.Plan.Variables[blueprint.ImageTag]; variable != nil {
			tag, _ := variable.Value.(string)
			return tag, nil
		}
		return "", nil
	}
	variables, err := e.variables(ctx, p.Stack, planning)
	return variables[blueprint.ImageTag], err
}

// Package apply carries out what was planned for an environment, stack by stack: it shows each plan, asks, applies exactly that
// plan, and does between the stacks what terraform cannot do. What goes wrong comes back as what was done, what was not, and why.
//
// It prints news and asks by functions that its caller brings, and so knows nothing of terminals but how to draw on one.
package apply

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/groundplan/groundplan/aws"
	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/terraform"
	"github.com/groundplan/groundplan/terraform/engine"
	"github.com/groundplan/groundplan/terraform/guard"
	"github.com/groundplan/groundplan/terraform/saved"
)

// Run is one apply of an environment.
type Run struct {
	*terraform.Environment
	AWS *aws.Client
	// Account is the one that is worked in.
	Account string
	// Planning is what to plan, and Yes answers every question.
	Planning terraform.Planning
	Yes      bool
	// Approved are plans that were approved elsewhere, which are applied instead of new ones; nil for none.
	Approved []terraform.Planned
	// Phases are what is done before the services, in this order.
	Phases []Phase
	// Show shows plans. Ask asks a question of consent, and is nil for yes.
	Show func([]terraform.Planned) error
	Ask  func(question string) error
	// Screen is where progress is drawn.
	Screen *Screen

	// plan and carry are what terraform does, unless a test stands in for it.
	plan    func(context.Context, terraform.Planning) ([]terraform.Planned, error)
	carry   func(context.Context, terraform.Planned, func(engine.Event)) error
	untaint func(context.Context, terraform.Planned, string) error

	// next is what is known of the services: nil when they are not to be applied.
	next *terraform.Planned
	// changed: something was applied, so that earlier plans of what stands on it are out of date. consented: somebody said yes.
	changed, consented bool
}

// RefusedError is an apply that guards refuse. What they found was shown.
type RefusedError struct{ Findings []guard.Finding }

func (r *RefusedError) Error() string { return "refused by a guard" }

// WantingError is what has to be there before the run can go on, with what to do about it.
type WantingError struct {
	Message string
	Hints   []string
}

func (w *WantingError) Error() string { return w.Message }

// FailedError is a stack whose apply did not get to its end.
type FailedError struct {
	*terraform.StackError
	// Tally is what was done of it, and what was not.
	Tally *Tally
	// Rollouts are the services whose deployment failed.
	Rollouts []Rollout
}

func (f *FailedError) Unwrap() error { return f.StackError }

// Do applies the environment.
func (r *Run) Do(ctx context.Context) error {
	if r.plan == nil {
		r.plan = r.Plan
	}
	if r.carry == nil {
		r.carry = func(ctx context.Context, p terraform.Planned, events func(engine.Event)) error {
			return p.Workspace.Apply(ctx, p.File, events)
		}
	}
	if r.untaint == nil {
		r.untaint = func(ctx context.Context, p terraform.Planned, address string) error {
			return p.Workspace.Untaint(ctx, address)
		}
	}
	plans := r.Approved
	if plans == nil {
		planning := r.Planning
		planning.TagLater = true
		var err error
		if plans, err = r.mended(ctx, planning); err != nil {
			return err
		}
	}
	if err := r.show(plans...); err != nil {
		return err
	}
	if len(plans) > 0 && plans[0].File == "" && plans[0].Untold == nil {
		return &WantingError{"the " + plans[0].Stack.Name + " cannot be applied yet: " + plans[0].Changes.Unplanned, []string{"apply the platform first: leave --stack out, or name both"}}
	}
	return r.each(ctx, plans)
}

// each applies one stack after the other.
func (r *Run) each(ctx context.Context, plans []terraform.Planned) error {
	for i := range plans {
		if plans[i].Stack.Name == blueprint.Services {
			r.next = &plans[i]
		}
	}
	through := false
	did := false
	for _, p := range plans {
		if p.Stack.Name == blueprint.Services {
			if err := r.between(ctx); err != nil {
				return err
			}
			through = true
		}
		if r.Approved == nil && (r.changed || p.File == "") {
			again, err := r.again(ctx, p.Stack)
			if err != nil {
				return err
			}
			p = again
		}
		acted, err := r.stack(ctx, p)
		if err != nil {
			return err
		}
		did = did || acted
	}
	if !through {
		if err := r.between(ctx); err != nil {
			return err
		}
	}
	if !did && !r.consented {
		r.say("nothing to do: environment %s is what the code says", r.Name)
	}
	return nil
}

// again plans a stack now that what it stands on is there, and shows it.
func (r *Run) again(ctx context.Context, stack *blueprint.Stack) (terraform.Planned, error) {
	planning := r.Planning
	planning.Stacks = []string{stack.Name}
	plans, err := r.mended(ctx, planning)
	if err != nil {
		return terraform.Planned{}, err
	}
	if len(plans) != 1 || plans[0].File == "" {
		return terraform.Planned{}, &WantingError{fmt.Sprintf("%s still cannot be planned", stack.Name), []string{"groundplan plan says more"}}
	}
	return plans[0], r.show(plans[0])
}

// show shows plans, and ends the run when a guard refuses any of them: nothing is applied then, of no stack.
func (r *Run) show(plans ...terraform.Planned) error {
	for i := range plans {
		var err error
		if plans[i].Findings, err = r.forgive(plans[i]); err != nil {
			return err
		}
	}
	if err := r.Show(plans); err != nil {
		return err
	}
	var refused []guard.Finding
	for _, p := range plans {
		for _, finding := range p.Findings {
			if finding.Refuses {
				refused = append(refused, finding)
			}
		}
	}
	if len(refused) > 0 {
		return &RefusedError{refused}
	}
	return nil
}

// stack applies the plan of a stack, and reports whether there was anything to do.
func (r *Run) stack(ctx context.Context, p terraform.Planned) (bool, error) {
	if !p.Acts {
		return false, r.forget(p)
	}
	if err := r.consent(ctx, p); err != nil {
		return false, err
	}
	// An error is no reason to believe that nothing happened.
	r.changed = true
	tally := NewTally(p.Changes)
	stop := r.Screen.Follow(tally)
	began := time.Now()
	err := r.carry(ctx, p, tally.Event)
	stop()
	if err != nil {
		failed := &FailedError{StackError: &terraform.StackError{Stack: p.Stack, Doing: "apply", Workspace: p.Workspace, Err: err}, Tally: tally}
		var failure *engine.FailedError
		var stopped *engine.InterruptedError
		if !errors.As(err, &stopped) && errors.As(err, &failure) && p.Stack.Name == blueprint.Services {
			failed.Rollouts = r.rollouts(ctx, failure.Diagnostics, tally)
		}
		return true, failed
	}
	r.say("applied %s in %s: %s", p.Stack.Name, spent(time.Since(began)), strings.ReplaceAll(p.Changes.Counts.String(), " to ", " to be "))
	return true, r.forget(p)
}

// consent asks whether to apply a plan, unless that was said: now, elsewhere, or in a run that did not get to its end.
func (r *Run) consent(ctx context.Context, p terraform.Planned) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	asked, err := r.approval(p)
	if err != nil {
		return err
	}
	switch {
	case r.Approved != nil || r.Yes:
	case r.kept(p).covers(asked, time.Now()):
		r.say("what is left of %s was approved before: not asked again", p.Stack.Name)
	default:
		if err := r.Ask(fmt.Sprintf("Apply %s to account %s, %s?", p.Stack.Name, r.Account, r.Region)); err != nil {
			return err
		}
	}
	r.consented = true
	return r.keep(p, asked)
}

func (r *Run) say(format string, arguments ...any) {
	fmt.Fprintf(r.Talk, "groundplan: "+format+"\n", arguments...)
}

// Reopen takes plans out of a file in which they were saved and approved, for stacks or, for none, all of them. What binds them has
// to hold still: refusals are why it does not. Left are the stacks that another plan has to be made for, since the one that is
// applied before changes what they read.
func Reopen(ctx context.Context, e *terraform.Environment, archive *saved.Archive, now saved.Manifest, planning terraform.Planning) (plans []terraform.Planned, left []string, refusals []*saved.RefusedError, err error) {
	plans, refusals, err = e.Reopen(ctx, archive, now, planning)
	if err != nil || len(refusals) > 0 {
		return nil, nil, refusals, err
	}
	outputs := false
	plans = slices.DeleteFunc(plans, func(p terraform.Planned) bool {
		if outputs {
			left = append(left, p.Stack.Name)
			return true
		}
		outputs = len(p.Changes.Outputs) > 0 || unknownOutputs(p.Plan)
		return false
	})
	return plans, left, nil, nil
}

// unknownOutputs reports whether a plan does not know yet what a stack's outputs will be.
func unknownOutputs(plan *tfjson.Plan) bool {
	for _, output := range plan.OutputChanges {
		if output != nil && !output.Actions.NoOp() {
			return true
		}
	}
	return false
}

// spent is a time as people read it.
func spent(d time.Duration) string { return d.Round(time.Second).String() }

var _ io.Writer = (*Screen)(nil)

//go:build validate

package e2e_test

import (
	"fmt"
	"slices"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	labenvironment "github.com/groundplan/groundplan/e2e/lab/environment"
	"github.com/groundplan/groundplan/generator"
)

// TestEarlierFolderIsTakenOver applies what an earlier groundplan made of an application and lets the one of today write over
// it: outputs may move, nothing that exists is replaced, destroyed or changed, and no task restarts.
func TestEarlierFolderIsTakenOver(t *testing.T) {
	t.Parallel()
	prepared, err := labenvironment.Prepare(t.Context(), labenvironment.Options{Fixture: "shop", Earlier: true, Progress: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := prepared.Close(); err != nil {
			t.Error(err)
		}
	})
	write := func() int {
		t.Helper()
		out := prepared.Out()
		result, _, diagnostics, err := generator.FromSource(generator.Options{Root: prepared.Source, Out: out})
		if err != nil {
			t.Fatal(err)
		}
		if diagnostics.HasErrors() {
			t.Fatal(diagnostics)
		}
		changes, err := result.Write(out, false, nil)
		if err != nil {
			t.Fatal(err)
		}
		return len(changes)
	}
	t.Logf("%d files are written", write())
	if again := write(); again > 0 {
		t.Errorf("a second run writes %d files", again)
	}
	for _, stack := range labenvironment.Stacks() {
		tf, err := prepared.Terraform(stack)
		if err != nil {
			t.Fatal(err)
		}
		variables, err := labenvironment.Variables(prepared.Stack(stack))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tf.Run(t.Context(), "init", "-input=false", "-no-color"); err != nil {
			t.Fatal(err)
		}
		plan, _, err := tf.Plan(t.Context(), variables...)
		if err != nil {
			t.Fatal(err)
		}
		for _, change := range unexpected(plan) {
			if !newCode[change] {
				t.Errorf("%s: %s", stack, change)
			}
		}
		if _, err := tf.Run(t.Context(), "apply", "-input=false", "-no-color", "-lock=false", "saved.tfplan"); err != nil {
			t.Fatal(err)
		}
	}
}

// newCode are changes in place that follow from what functions run, which is other code than that of the earlier version: the function,
// and the policy that names its ARN, which is known after the update alone. No process restarts for them, and nothing is made anew.
var newCode = map[string]bool{
	"[update] module.cron_nightly_revenue.aws_iam_role_policy.schedule": true,
	"[update] module.cron_nightly_revenue.aws_lambda_function.this":     true,
}

// unexpected are the changes of a plan to what exists already: what is new beside it may be created.
func unexpected(plan *tfjson.Plan) []string {
	var list []string
	for _, change := range plan.ResourceChanges {
		if actions := change.Change.Actions; !actions.NoOp() && !actions.Read() && !actions.Create() {
			list = append(list, fmt.Sprintf("%v %s", actions, change.Address))
		}
	}
	slices.Sort(list)
	return list
}

func TestUnexpected(t *testing.T) {
	change := func(address string, actions ...tfjson.Action) *tfjson.ResourceChange {
		return &tfjson.ResourceChange{Address: address, Change: &tfjson.Change{Actions: actions}}
	}
	got := unexpected(&tfjson.Plan{ResourceChanges: []*tfjson.ResourceChange{
		change("a", tfjson.ActionNoop), change("b", tfjson.ActionCreate), change("c", tfjson.ActionRead),
		change("d", tfjson.ActionUpdate), change("e", tfjson.ActionDelete), change("f", tfjson.ActionDelete, tfjson.ActionCreate),
	}})
	if len(got) != 3 {
		t.Errorf("%q, want d, e and f", got)
	}
}

//go:build validate

package e2e_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
)

// TestShareOfSpotChangesInPlace applies a worker and a job, and changes how much of the worker runs on Spot: the provider must
// change the service and not replace it, for nothing would run in between. A service that has a launch type shows that this is
// no matter of course, and that it is once the command that the changelog names has been run.
func TestShareOfSpotChangesInPlace(t *testing.T) {
	cloud := startEmulator(t, account)
	folder := t.TempDir()
	writeModules(t, filepath.Join(folder, "modules"))
	copyFolder(t, filepath.Join("testdata", "share"), folder)
	tf := newTerraform(t, folder, cloud.Environment())
	tf.run(t, "init", "-input=false", "-no-color")

	settings := func(percent int, strategy bool) []string {
		return []string{fmt.Sprintf("-var=spot_percent=%d", percent), fmt.Sprintf("-var=strategy=%t", strategy)}
	}
	apply := func(percent int, strategy bool) {
		t.Helper()
		tf.plan(t, settings(percent, strategy)...)
		tf.run(t, "apply", "-input=false", "-no-color", "saved.tfplan")
		again, _ := tf.plan(t, settings(percent, strategy)...)
		if left := changes(again); len(left) > 0 {
			t.Errorf("with %d percent on Spot a second plan wants %v", percent, left)
		}
	}
	const worker, older = "module.worker.aws_ecs_service.this", "aws_ecs_service.older"
	apply(0, false)
	for _, percent := range []int{60, 100, 0} {
		plan, _ := tf.plan(t, settings(percent, false)...)
		if got := changes(plan); len(got) != 1 || got[worker] != "update" {
			t.Errorf("%d percent on Spot is a change of %v, want the service updated and nothing else", percent, got)
		}
		apply(percent, false)
	}

	// A launch type that becomes a strategy.
	plan, _ := tf.plan(t, settings(0, true)...)
	if got := changes(plan); got[older] != "delete create" {
		t.Errorf("a service with a launch type is to be changed by %v: the command in CHANGELOG.md is not needed any more", got)
	}
	startCaller(t, cloud).call(t, anybody, "ecs", "UpdateService", map[string]any{
		"cluster": "shop-production", "service": "shop-production-older", "forceNewDeployment": true,
		"capacityProviderStrategy": []any{map[string]any{"capacityProvider": "FARGATE", "weight": 100, "base": 0}},
	})
	plan, _ = tf.plan(t, settings(0, true)...)
	if got := changes(plan); got[older] != "update" && len(got) > 0 {
		t.Errorf("after the command in CHANGELOG.md the service is to be changed by %v", got)
	}
}

// changes are what a plan does, by address.
func changes(plan *tfjson.Plan) map[string]string {
	done := map[string]string{}
	for _, change := range plan.ResourceChanges {
		var words []string
		for _, action := range change.Change.Actions {
			words = append(words, string(action))
		}
		if !slices.Equal(words, []string{"no-op"}) && !slices.Equal(words, []string{"read"}) {
			done[change.Address] = strings.Join(words, " ")
		}
	}
	return done
}

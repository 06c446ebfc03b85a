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
	t.Parallel()
	cloud := startEmulator(t, account)
	folder := t.TempDir()
	writeModules(t, filepath.Join(folder, "modules"))
	copyFolder(t, filepath.Join("testdata", "share"), folder)
	tf := newTerraform(t, folder, cloud.Environment())
	tf.run(t, "init", "-input=false", "-no-color")

	plan := func(percent int, strategy bool) map[string]string {
		t.Helper()
		output, _ := tf.plan(t, fmt.Sprintf("-var=spot_percent=%d", percent), fmt.Sprintf("-var=strategy=%t", strategy))
		return changedResources(output)
	}
	const worker, older = "module.worker.aws_ecs_service.this", "aws_ecs_service.older"
	plan(0, false)
	tf.run(t, "apply", "-input=false", "-no-color", "saved.tfplan")
	if left := plan(0, false); len(left) > 0 {
		t.Errorf("a second plan wants %v", left)
	}
	if got := plan(60, false); len(got) != 1 || got[worker] != "update" {
		t.Errorf("60 percent on Spot is a change of %v, want the service updated and nothing else", got)
	}
	tf.run(t, "apply", "-input=false", "-no-color", "saved.tfplan")
	if left := plan(60, false); len(left) > 0 {
		t.Errorf("with 60 percent on Spot a second plan wants %v", left)
	}
	for _, percent := range []int{100, 0} {
		if got := plan(percent, false); len(got) != 1 || got[worker] != "update" {
			t.Errorf("%d percent on Spot is a change of %v, want the service updated and nothing else", percent, got)
		}
	}

	// A launch type that becomes a strategy.
	if got := plan(60, true); got[older] != "delete create" {
		t.Errorf("a service with a launch type is to be changed by %v: the command in CHANGELOG.md is not needed any more", got)
	}
	startCaller(t, cloud).call(t, anybody, "ecs", "UpdateService", map[string]any{
		"cluster": "shop-production", "service": "shop-production-older", "forceNewDeployment": true,
		"capacityProviderStrategy": []any{map[string]any{"capacityProvider": "FARGATE", "weight": 100, "base": 0}},
	})
	if got := plan(60, true); got[older] != "update" && len(got) > 0 {
		t.Errorf("after the command in CHANGELOG.md the service is to be changed by %v", got)
	}
}

// changedResources are what a plan does, by address.
func changedResources(plan *tfjson.Plan) map[string]string {
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

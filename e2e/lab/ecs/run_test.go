//go:build linux && validate

package ecs

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/groundplan/groundplan/e2e/emulator"
)

// runs is an account that makes tasks of a definition, for who may.
type runs struct {
	lock   sync.Mutex
	heard  []map[string]any // of tasks that have stopped
	number int
}

func (r *runs) call(account *fakeAccount) func(emulator.Identity, string, string, map[string]any) (map[string]any, error) {
	return func(who emulator.Identity, service, operation string, parameters map[string]any) (map[string]any, error) {
		if operation != "RunTask" {
			return account.call(who, service, operation, parameters)
		}
		if who.Key != "may" {
			return nil, &emulator.Error{Code: "AccessDeniedException", Status: 400}
		}
		r.lock.Lock()
		defer r.lock.Unlock()
		r.number++
		return map[string]any{"tasks": []any{map[string]any{
			"taskArn": fmt.Sprintf("arn:task/c/run-%04d", r.number), "clusterArn": "arn:cluster/c", "taskDefinitionArn": parameters["taskDefinition"],
		}}}, nil
	}
}

func (r *runs) hear(_ context.Context, detail map[string]any) error {
	r.lock.Lock()
	defer r.lock.Unlock()
	r.heard = append(r.heard, detail)
	return nil
}

// of is what was heard of a task.
func (r *runs) of(task Task) map[string]any {
	r.lock.Lock()
	defer r.lock.Unlock()
	for _, detail := range r.heard {
		if detail["taskArn"] == task.ARN {
			return detail
		}
	}
	return nil
}

// TestRun runs tasks that no service keeps: with what a run overrides, to an end that the events tell, once for each, and for nobody who
// may not.
func TestRun(t *testing.T) {
	t.Parallel()
	r := &runs{}
	b := start(t, 0, nil, app(waiting), allOf(of("app", `echo ran-$WHAT >> /journal/lines; exit ${CODE:-0}`, "")), allOf(of("app", "exit 0", `, "image": "gone"`)))
	b.options.Call, b.options.Stopped = r.call(b.account), r.hear
	may := emulator.Identity{Key: "may"}
	run := func(definition string, more map[string]any) map[string]any {
		parameters := map[string]any{"taskDefinition": definition, "networkConfiguration": map[string]any{"awsvpcConfiguration": map[string]any{"subnets": []string{"a"}, "securityGroups": []string{"g"}}}}
		maps.Copy(parameters, more)
		return parameters
	}
	overrides := func(container string, pairs ...string) map[string]any {
		environment := []any{}
		for i := 0; i < len(pairs); i += 2 {
			environment = append(environment, map[string]any{"name": pairs[i], "value": pairs[i+1]})
		}
		return map[string]any{"overrides": map[string]any{"containerOverrides": []any{map[string]any{"name": container, "environment": environment}}}}
	}
	for _, test := range []struct {
		name, definition   string
		more               map[string]any
		code, reason, says string
	}{
		{"a plain run", "s:2", nil, "EssentialContainerExited", "Essential container in task exited", "ran-"},
		{"a run with a variable", "s:2", overrides("app", "WHAT", "this"), "EssentialContainerExited", "Essential container in task exited", "ran-this"},
		{"a run that fails", "s:2", overrides("app", "CODE", "3"), "EssentialContainerExited", "Essential container in task exited (app exited with code 3)", "ran-"},
		{"a run without an image", "s:3", nil, "TaskFailedToStart", "CannotPullContainerError", ""},
	} {
		task, err := b.Run(may, run(test.definition, test.more))
		if err != nil {
			t.Fatal(err)
		}
		now := func() Task { return b.Tasks("s")[len(b.Tasks("s"))-1] }
		b.wait(t, "the end of "+test.name, func() bool { return r.of(task) != nil })
		if now().StopCode != test.code || !strings.HasPrefix(now().StopReason, test.reason) || !strings.HasSuffix(b.journal.String(), test.says) {
			t.Errorf("%s: %s: %s, and the journal has %q", test.name, now().StopCode, now().StopReason, b.journal)
		}
		detail := r.of(task)
		if detail["stopCode"] != test.code || detail["group"] != "family:s" || detail["lastStatus"] != stopped || detail["taskDefinitionArn"] != test.definition {
			t.Errorf("%s: heard was %v", test.name, detail)
		}
	}
	if len(r.heard) != 4 {
		t.Errorf("%d ends were heard of, want 4: nothing replaces a run", len(r.heard))
	}
	for name, parameters := range map[string]map[string]any{"a container that is none": run("s:2", overrides("other", "A", "b"))} {
		if task, err := b.Run(may, parameters); err == nil {
			t.Errorf("%s runs: %+v", name, task)
		}
	}
	if task, err := b.Run(emulator.Identity{Key: "other"}, run("s:2", nil)); err == nil || !strings.Contains(err.Error(), "AccessDenied") {
		t.Errorf("somebody who may not runs %+v, %v", task, err)
	}
}

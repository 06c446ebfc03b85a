//go:build validate

package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/emulator"
	"github.com/groundplan/groundplan/e2e/lab/ecs"
	"github.com/groundplan/groundplan/e2e/lab/exercise"
	"github.com/groundplan/groundplan/e2e/lab/image"
	"github.com/groundplan/groundplan/e2e/lab/needs"
)

// cronJobs lets the time of each schedule come: the signer of the module calls, and the endpoint verifies.
func (l *lab) cronJobs(t testing.TB) {
	ctx := within(t, 2*time.Minute)
	for _, job := range l.Needs.Crons {
		schedules := l.Functions.Schedules(l.Environment.Modules["cron "+job.Name])
		if len(schedules) == 0 {
			t.Errorf("cron %s has no schedule", job.Name)
		}
		for _, schedule := range schedules {
			run, err := l.Functions.Fire(ctx, schedule, time.Now())
			if err != nil || !run.Succeeded() || len(run.Attempts) != 1 {
				t.Errorf("cron %s: %+v, %v", job.Name, run, err)
			}
		}
	}
}

// poisonous are the subscriptions whose messages of poison come to their end while a test can wait, by service. Where more is
// tried in between, it can wait for longer.
func (l *lab) poisonous() map[string]needs.Subscription {
	found := map[string]needs.Subscription{}
	limit := 5 * time.Minute
	if l.trial.fails {
		limit = 15 * time.Minute
	}
	for _, service := range l.Needs.Services {
		for _, subscription := range service.Subscriptions {
			if end, ends := patience(l.Needs.Language, subscription); ends && end < limit {
				found[service.Name] = subscription
			}
		}
	}
	return found
}

// patience is how long a message that its handler always fails at is handed out again, of the time of AWS: Go doubles its least time with
// each attempt, up to the most; TypeScript waits twice the least once, and then the most.
func patience(language string, subscription needs.Subscription) (time.Duration, bool) {
	least, unread := time.ParseDuration(subscription.MinBackoff)
	most, unreadable := time.ParseDuration(subscription.MaxBackoff)
	if unread != nil || unreadable != nil || *subscription.MaxReceives == 0 {
		return 0, false
	}
	var all time.Duration
	for try := 1; try <= *subscription.MaxReceives; try++ {
		wait := least << min(try, 20)
		if language == needs.TypeScript && try > 1 || try == *subscription.MaxReceives {
			wait = most
		}
		all += min(wait, most)
	}
	return all, true
}

// poison publishes a message for each subscription that its handler fails at. What becomes of it takes minutes, for each attempt waits
// for longer than the one before.
func (l *lab) poison(t testing.TB) {
	ctx, published := within(t, time.Minute), map[string]bool{}
	for _, subscription := range l.poisonous() {
		if published[subscription.Topic] {
			continue
		}
		published[subscription.Topic] = true
		order := exercise.Order{Need: &needs.Need{Kind: "topic", Name: subscription.Topic}, Text: "poison in " + subscription.Topic, Fail: true}
		if answer, err := l.Do(ctx, l.publisher(subscription.Topic), order); err != nil || answer.Result != exercise.Done {
			t.Fatalf("publish to %s: %+v, %v", subscription.Topic, answer, err)
		}
	}
}

// deadLetters looks for each message of poison where it must end, and counts how often it was handed out.
func (l *lab) deadLetters(t testing.TB) {
	ctx := within(t, 6*time.Minute)
	for service, subscription := range l.poisonous() {
		queue, found := l.DeadLetters(subscription.Topic, subscription.Name)
		if !found {
			t.Fatalf("subscription %s has no queue for dead letters", subscription.Name)
		}
		l.arrives(ctx, t, queue, "poison in "+subscription.Topic)
		attempts := 0
		for _, process := range l.processes {
			if !slices.Contains(process.Hosts, service) {
				continue
			}
			for _, task := range l.Cluster.Tasks(process.Name) {
				text, err := os.ReadFile(task.Logs["app"])
				if err != nil && !errors.Is(err, os.ErrNotExist) { // a task may end before its container starts
					t.Fatal(err)
				}
				for line := range strings.Lines(string(text)) {
					if strings.Contains(line, "subscription "+subscription.Name+": ") && strings.Contains(line, ": the message asks to fail") {
						attempts++
					}
				}
			}
		}
		if attempts != *subscription.MaxReceives {
			t.Errorf("%s was handed the message %d times, want %d", subscription.Name, attempts, *subscription.MaxReceives)
		}
	}
}

func (l *lab) arrives(ctx context.Context, t testing.TB, queue, text string) {
	t.Helper()
	for ctx.Err() == nil {
		answer, err := l.Call("sqs", "ReceiveMessage", map[string]any{"QueueUrl": queue})
		if err != nil {
			t.Fatal(err)
		}
		messages, _ := answer["Messages"].([]any)
		for _, message := range messages {
			if strings.Contains(fmt.Sprint(message), text) {
				return
			}
		}
		time.Sleep(300 * time.Millisecond)
	}
	t.Errorf("%q is not among the dead letters of %s", text, queue)
}

// apply applies the services as an operator does, with another image. Meanwhile nobody is asked for rights: the emulator does not
// know what the actions of some calls of terraform are called.
func (l *lab) apply(ctx context.Context, t testing.TB, tag string) error {
	t.Helper()
	cloud := l.Environment.Cloud
	if err := cloud.Enforce(ctx, false); err != nil {
		t.Fatal(err)
	}
	tf, err := emulator.NewTerraform(filepath.Join(l.Environment.Folder, "services"), t.TempDir(), cloud.Environment())
	if err != nil {
		t.Fatal(err)
	}
	_, applied := tf.Run(ctx, "apply", "-input=false", "-no-color", "-lock=false", "-auto-approve", "-parallelism=60", "-var=image_tag="+tag)
	if err := cloud.Enforce(ctx, true); err != nil {
		t.Fatal(err)
	}
	return applied
}

// push makes an image of another version for every process that has versions, which may misbehave.
func (l *lab) push(t testing.TB, version, misbehaves string) {
	t.Helper()
	for _, reference := range l.references(t) {
		if before, is := strings.CutSuffix(reference, l.version); is {
			if err := l.Push(before+version, misbehaves); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// references are the images of the application that run, by process.
func (l *lab) references(t testing.TB) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, process := range l.processes {
		definition, err := l.Cluster.Definition(process.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, container := range definition.Containers {
			if container.Name == "app" {
				found[process.Name] = container.Image
			}
		}
	}
	return found
}

// deployment puts another version in place of every process at once, under load.
func (l *lab) deployment(t testing.TB) {
	ctx := within(t, 5*time.Minute)
	l.push(t, "second", "")
	load := l.press(t, 8)
	if err := l.apply(ctx, t, "second"); err != nil {
		t.Fatal(err)
	}
	if err := l.Cluster.Steady(ctx); err != nil {
		t.Fatal(err)
	}
	load.release(ctx, t)
	replaced := 0
	for process, reference := range l.references(t) {
		if strings.HasSuffix(reference, l.version) {
			t.Errorf("%s runs %s", process, reference)
		} else if strings.HasSuffix(reference, "second") {
			replaced++
		}
	}
	if replaced == 0 {
		t.Error("nothing was replaced")
	}
	l.version = "second"
}

// scaling adds a task to every service, lets Spot take away one of the two, and takes one away itself, under load.
func (l *lab) scaling(t testing.TB) {
	ctx := within(t, 4*time.Minute)
	load := l.press(t, 8)
	l.scale(ctx, t, 2)
	for _, process := range l.processes {
		if err := l.Cluster.Interrupt(l.task(t, process.Name).ID); err != nil {
			t.Fatal(err)
		}
	}
	err := l.Cluster.Wait(ctx, "the tasks that replace those of Spot", func() bool {
		running := 0
		for _, task := range l.Cluster.Tasks("") {
			if task.StopCode == "" && task.Health == "HEALTHY" {
				running++
			}
		}
		return running == 2*len(l.processes)
	})
	if err = errors.Join(err, l.Cluster.Steady(ctx)); err != nil {
		t.Fatal(err)
	}
	l.scale(ctx, t, 1)
	err = l.Cluster.Wait(ctx, "the end of the tasks that were taken away", func() bool {
		return !slices.ContainsFunc(l.Cluster.Tasks(""), func(task ecs.Task) bool { return task.StopCode != "" && task.Status != "STOPPED" })
	})
	if err != nil {
		t.Fatal(err)
	}
	load.release(ctx, t)
}

func (l *lab) scale(ctx context.Context, t testing.TB, count int) {
	t.Helper()
	for _, process := range l.processes {
		if err := l.Cluster.Scale(process.Name, count); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Cluster.Steady(ctx); err != nil {
		t.Fatal(err)
	}
}

// killed ends a program as a crash would.
func (l *lab) killed(t testing.TB) {
	ctx := within(t, 2*time.Minute)
	process := l.processes[0].Name
	before := l.task(t, process)
	if err := l.Cluster.Kill(before.ID, "app"); err != nil {
		t.Fatal(err)
	}
	err := l.Cluster.Wait(ctx, "the end of the task", func() bool {
		return slices.ContainsFunc(l.Cluster.Tasks(process), func(task ecs.Task) bool { return task.ID == before.ID && task.Status == "STOPPED" })
	})
	if err = errors.Join(err, l.Cluster.Steady(ctx)); err != nil {
		t.Fatal(err)
	}
	if after := l.task(t, process); after.ID == before.ID || after.Health != "HEALTHY" {
		t.Errorf("got %+v", after)
	}
}

// badImage deploys an image that ends at once: what served goes on serving, and the apply fails with the reason.
func (l *lab) badImage(t testing.TB) {
	ctx := within(t, 5*time.Minute)
	l.push(t, "bad", image.Exits)
	before := map[string]string{}
	for _, process := range l.processes {
		before[process.Name] = l.task(t, process.Name).ID
	}
	load := l.press(t, 8)
	err := l.apply(ctx, t, "bad")
	if err == nil {
		t.Error("the apply did not fail")
	} else if text := strings.Join(strings.Fields(err.Error()), " "); !strings.Contains(text, "rolled back") {
		t.Errorf("the apply does not say that it was rolled back: %v", err)
	}
	if err := l.Cluster.Steady(ctx); err != nil {
		t.Fatal(err)
	}
	load.release(ctx, t)
	for name, id := range before {
		if task := l.task(t, name); task.ID != id {
			t.Errorf("%s: another task than before serves", name)
		}
		bad := slices.DeleteFunc(l.Cluster.Tasks(name), func(task ecs.Task) bool { return task.StopCode != "EssentialContainerExited" })
		if len(bad) < 3 || !strings.Contains(bad[len(bad)-1].StopReason, "app exited with code 1") {
			t.Errorf("%s: the reason is missing: %+v", name, bad)
		}
	}
}

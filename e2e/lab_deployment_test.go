//go:build validate

package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/emulator"
	"github.com/groundplan/groundplan/e2e/lab/ecs"
	"github.com/groundplan/groundplan/e2e/lab/exercise"
	"github.com/groundplan/groundplan/e2e/lab/image"
	"github.com/groundplan/groundplan/e2e/lab/laboratory"
	"github.com/groundplan/groundplan/e2e/lab/needs"
)

// cronJobs lets the time of each schedule come: the signer of the module calls, and the endpoint verifies.
func (l *lab) cronJobs(t *testing.T) {
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

// poisonous are the subscriptions whose messages of poison come to their end while a test can wait, by service.
func (l *lab) poisonous() map[string]needs.Subscription {
	found := map[string]needs.Subscription{}
	for _, service := range l.Needs.Services {
		for _, subscription := range service.Subscriptions {
			if end, ends := patience(l.Needs.Language, subscription); ends && end < 15*time.Minute {
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
	for attempt := 1; attempt <= *subscription.MaxReceives; attempt++ {
		wait := least << min(attempt, 20)
		if language == needs.TypeScript && attempt > 1 || attempt == *subscription.MaxReceives {
			wait = most
		}
		all += min(wait, most)
	}
	return all, true
}

// poison publishes a message for each subscription that its handler fails at. What becomes of it takes minutes, for each attempt waits
// for longer than the one before.
func (l *lab) poison(t *testing.T) {
	ctx := within(t, time.Minute)
	for _, subscription := range l.poisonous() {
		order := exercise.Order{Need: &needs.Need{Kind: "topic", Name: subscription.Topic}, Text: "poison for " + subscription.Name, Fail: true}
		if answer, err := l.Do(ctx, l.publisher(subscription.Topic), order); err != nil || answer.Result != exercise.Done {
			t.Fatalf("publish to %s: %+v, %v", subscription.Topic, answer, err)
		}
	}
}

// deadLetters looks for each message of poison where it must end, and counts how often it was handed out.
func (l *lab) deadLetters(t *testing.T) {
	ctx := within(t, 6*time.Minute)
	for service, subscription := range l.poisonous() {
		queue, found := l.DeadLetters(subscription.Topic, subscription.Name)
		if !found {
			t.Fatalf("subscription %s has no queue for dead letters", subscription.Name)
		}
		l.arrives(ctx, t, queue, "poison for "+subscription.Name)
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
				attempts += strings.Count(string(text), ": the message asks to fail")
			}
		}
		if attempts != *subscription.MaxReceives {
			t.Errorf("%s was handed the message %d times, want %d", subscription.Name, attempts, *subscription.MaxReceives)
		}
	}
}

func (l *lab) arrives(ctx context.Context, t *testing.T, queue, text string) {
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

// load is requests that come all the time, as from clients that keep their connections.
type load struct {
	cancel  context.CancelFunc
	workers sync.WaitGroup

	lock  sync.Mutex
	count int
	lost  []string
}

// press sends requests until the test stops it. Each names a way through the application that is expected to answer 200: endpoints
// behind authentication that call other services among them.
func (l *lab) press(t *testing.T) *load {
	ctx, cancel := context.WithCancel(t.Context())
	p := &load{cancel: cancel}
	t.Cleanup(cancel)
	type way struct{ method, path string }
	var ways []way
	for _, service := range l.Needs.Services {
		for _, endpoint := range service.Endpoints {
			if endpoint.Access != needs.Private {
				ways = append(ways, way{endpoint.Methods[0], path(endpoint)})
			}
		}
	}
	for worker := range 8 {
		p.workers.Add(1)
		go func() {
			defer p.workers.Done()
			client := l.Balancer.Client()
			for i := worker; ctx.Err() == nil; i++ {
				way := ways[i%len(ways)]
				status, reason, err := l.ask(ctx, client, way.method, way.path, laboratory.Token("ada"))
				if ctx.Err() != nil {
					return
				}
				p.note(way.method+" "+way.path, status, reason, err)
				time.Sleep(50 * time.Millisecond)
			}
		}()
	}
	return p
}

func (p *load) note(way string, status int, reason string, err error) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.count++
	if err != nil || status != http.StatusOK {
		p.lost = append(p.lost, fmt.Sprintf("%s %s: %d %s %v", time.Now().Format("15:04:05.000"), way, status, strings.TrimSpace(reason), err))
	}
}

// release ends the load and reports what was lost.
func (p *load) release(t *testing.T) {
	t.Helper()
	if lost := p.end(t); len(lost) > 0 {
		t.Errorf("%d of %d requests were lost:\n%s", len(lost), p.count, strings.Join(lost[:min(len(lost), 20)], "\n"))
	}
}

// end ends the load and returns what was lost.
func (p *load) end(t *testing.T) []string {
	t.Helper()
	p.cancel()
	p.workers.Wait()
	t.Logf("%d requests", p.count)
	if p.count < 100 {
		t.Errorf("%d requests are too few to show anything", p.count)
	}
	return p.lost
}

// apply applies the services as an operator does, with another image. Meanwhile nobody is asked for rights: the emulator does not
// know what the actions of some calls of terraform are called.
func (l *lab) apply(ctx context.Context, t *testing.T, tag string) error {
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

// push makes an image for every process, which may misbehave.
func (l *lab) push(t *testing.T, tag, misbehaves string) {
	t.Helper()
	for _, process := range l.processes {
		definition, err := l.Cluster.Definition(process.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, container := range definition.Containers {
			if container.Name == "app" {
				if _, err := l.Push(container.Image, tag, misbehaves); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// deployment puts another version in place of every process at once, under load.
func (l *lab) deployment(t *testing.T) {
	ctx := within(t, 5*time.Minute)
	l.push(t, "second", "")
	load := l.press(t)
	if err := l.apply(ctx, t, "second"); err != nil {
		t.Fatal(err)
	}
	if err := l.Cluster.Steady(ctx); err != nil {
		t.Fatal(err)
	}
	load.release(t)
	for _, process := range l.processes {
		definition, err := l.Cluster.Definition(process.Name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(fmt.Sprint(definition.Containers), ":second") {
			t.Errorf("%s runs another image", process.Name)
		}
	}
}

// scaling adds a task to every service, lets Spot take away one of the two, and takes one away itself, under load.
func (l *lab) scaling(t *testing.T) {
	ctx := within(t, 4*time.Minute)
	load := l.press(t)
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
	load.release(t)
}

func (l *lab) scale(ctx context.Context, t *testing.T, count int) {
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
func (l *lab) killed(t *testing.T) {
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
func (l *lab) badImage(t *testing.T) {
	ctx := within(t, 5*time.Minute)
	l.push(t, "bad", image.Exits)
	before := map[string]string{}
	for _, process := range l.processes {
		before[process.Name] = l.task(t, process.Name).ID
	}
	load := l.press(t)
	err := l.apply(ctx, t, "bad")
	if err == nil {
		t.Error("the apply did not fail")
	} else if text := strings.Join(strings.Fields(err.Error()), " "); !strings.Contains(text, "rolled back") {
		t.Errorf("the apply does not say that it was rolled back: %v", err)
	}
	if err := l.Cluster.Steady(ctx); err != nil {
		t.Fatal(err)
	}
	load.release(t)
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

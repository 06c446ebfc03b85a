//go:build validate

package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/ecs"
	"github.com/groundplan/groundplan/e2e/lab/needs"
)

// workers are the services that listen nowhere and consume, by the name of their process.
func (l *lab) workers() map[string]*needs.Service {
	found := map[string]*needs.Service{}
	for i := range l.Needs.Services {
		if service := &l.Needs.Services[i]; service.Listens() == needs.Nowhere && len(service.Subscriptions) > 0 {
			found[l.process(service.Name)] = service
		}
	}
	return found
}

// backlog is how many messages are more than one task can be asked to handle, and take is how long each is handled, of AWS's time.
const (
	backlog = 60
	take    = "2s"
)

// workersScale fills the queue of each worker: it must get tasks, all of them must handle messages, every message must be handled, and
// when nothing is left the tasks must go, each by itself when it is told to.
func (l *lab) workersScale(t testing.TB, workers map[string]*needs.Service) {
	ctx := within(t, 4*time.Minute)
	for process, service := range workers {
		before := sum(l.counts(ctx, t, process, service.Name))
		l.fill(t, service.Subscriptions[0].Topic)
		tasks, err := l.Scale(process)
		if err != nil || tasks < 2 {
			t.Fatalf("%s has %d tasks with %d messages waiting, %v", process, tasks, backlog, err)
		}
		if err := l.Cluster.Steady(ctx); err != nil {
			t.Fatal(err)
		}
		var handled []int
		err = l.Cluster.Wait(ctx, "the last message", func() bool {
			handled = l.counts(ctx, t, process, service.Name)
			return sum(handled) >= before+backlog
		})
		if err != nil {
			t.Fatalf("%s: %v: the tasks have handled %v of %d messages", process, err, handled, backlog)
		}
		for _, count := range handled {
			if count == 0 || len(handled) != tasks {
				t.Errorf("%s: the %d tasks have handled %v messages", process, tasks, handled)
			}
		}
		l.shrinks(ctx, t, process)
	}
}

// fill publishes messages, all of which a subscriber takes its time for.
func (l *lab) fill(t testing.TB, topic string) {
	t.Helper()
	arn := ""
	for _, resource := range l.Resources.Of("aws_sns_topic") {
		if resource.Module == l.Environment.Modules["topic "+topic] {
			arn = resource.Text("arn")
		}
	}
	for first := 0; first < backlog; first += 10 {
		var entries []any
		for i := range 10 {
			entries = append(entries, map[string]any{"Id": fmt.Sprint(i), "Message": fmt.Sprintf(`{"text": "waiting %d", "take": %q}`, first+i, take)})
		}
		answer, err := l.Call("sns", "PublishBatch", map[string]any{"TopicArn": arn, "PublishBatchRequestEntries": entries})
		if failed, _ := answer["Failed"].([]any); err != nil || len(failed) > 0 {
			t.Fatalf("publish to %s: %v, %v", topic, failed, err)
		}
	}
}

// counts is how many messages each task of a process has handled.
func (l *lab) counts(ctx context.Context, t testing.TB, process, service string) []int {
	t.Helper()
	var counts []int
	for _, task := range l.Running(process) {
		messages, err := l.ReceivedIn(ctx, task, service)
		if err != nil {
			t.Fatal(err)
		}
		counts = append(counts, len(messages))
		for _, message := range messages {
			if message.Failed {
				t.Errorf("%s: %+v", process, message)
			}
		}
	}
	return counts
}

func sum(counts []int) int {
	all := 0
	for _, count := range counts {
		all += count
	}
	return all
}

// shrinks lets a process have as few tasks as an empty queue wants. Those that go end by themselves, well before they are killed.
func (l *lab) shrinks(ctx context.Context, t testing.TB, process string) {
	t.Helper()
	before := l.Running(process)
	tasks, err := l.Scale(process)
	if err != nil || tasks != 1 {
		t.Fatalf("%s has %d tasks with nothing waiting, %v", process, tasks, err)
	}
	if err := errors.Join(l.Cluster.Steady(ctx), l.Settled(ctx)); err != nil {
		t.Fatal(err)
	}
	gone := 0
	for _, task := range before {
		if after := l.Task(task); after.Status == "STOPPED" {
			gone++
			l.wellEnded(t, after)
		}
	}
	if gone != len(before)-1 {
		t.Errorf("%s: %d of %d tasks have gone", process, gone, len(before))
	}
}

// wellEnded wants every container of a task to have ended with 0, told to: a container that is killed has another code.
func (l *lab) wellEnded(t testing.TB, task ecs.Task) {
	t.Helper()
	if strings.Contains(task.StopReason, "exited with code") {
		t.Errorf("%s ended so: %s", task.Service, task.StopReason)
	}
}

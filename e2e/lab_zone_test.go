//go:build validate

package e2e_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/ecs"
)

// What the loss of a zone may cost, counted in the environment's own time. It is what docs/deployments.md says.
const (
	// noticed is when ECS takes a lost task off its name. AWS promises no time for it; three failures of the probe would take as long.
	noticed = 36 * time.Second
	// forgetting is how long after that a request that is sent may still fail: until then the load balancer has heard of it, and the last
	// record has run out.
	forgetting = 10 * time.Second
)

// lostZone takes one of two zones away, under load, when each process has a task in both.
func (l *lab) lostZone(t testing.TB) {
	ctx := within(t, 4*time.Minute)
	l.scale(ctx, t, 2)
	zone := l.task(t, l.processes[0].Name).Subnet
	lost := 0
	for _, task := range l.Cluster.Tasks("") {
		if task.StopCode == "" && task.Subnet == zone {
			lost++
		}
	}
	if lost != len(l.processes) {
		t.Fatalf("%d of %d processes have a task in the zone", lost, len(l.processes))
	}
	load := l.press(t, 24)
	time.Sleep(time.Second)
	began := time.Now()
	l.Cluster.Lose(zone, noticed)
	err := l.Cluster.Wait(ctx, "the end of the lost tasks and others in their place", func() bool {
		ended, running := 0, 0
		for _, task := range l.Cluster.Tasks("") {
			if task.StopReason != "" && task.Subnet == zone && task.Status == "STOPPED" && task.Started.Before(began) {
				ended++
			}
			if task.StopCode == "" && task.Health == "HEALTHY" && task.Subnet != zone {
				running++
			}
		}
		return ended >= lost && running == 2*len(l.processes)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Cluster.Steady(ctx); err != nil {
		t.Fatal(err)
	}
	t.Logf("replaced after %.0f s", time.Since(began).Seconds()*speed)
	known := l.lossKnown(t, zone, began, lost)
	time.Sleep(max(0, time.Until(began.Add(2*(known+forgetting)/speed))))
	load.enough(ctx, t, 500)
	load.end()
	l.measureLoss(t, load, began, known+forgetting)
	l.Cluster.Regain(zone)
	l.scale(ctx, t, 1)
	if slices.ContainsFunc(l.Cluster.Tasks(""), func(task ecs.Task) bool { return task.StopCode == "" && task.Health != "HEALTHY" }) {
		t.Error("not everything is well again")
	}
}

// lossKnown is when ECS has noticed the last of the tasks that were lost, after the loss. The laboratory means that to be after noticed; a
// busy machine comes to it later.
func (l *lab) lossKnown(t testing.TB, zone string, began time.Time, lost int) time.Duration {
	t.Helper()
	found := 0
	var last time.Duration
	for _, task := range l.Cluster.Tasks("") {
		for _, event := range l.Cluster.Events(task.Service) {
			if task.Subnet == zone && event.Time.After(began) && event.Message == fmt.Sprintf("(task %s) is known to be lost.", task.ID) {
				found++
				last = max(last, event.Time.Sub(began)*speed)
			}
		}
	}
	if found < lost {
		t.Errorf("ECS has noticed %d of %d tasks that were lost", found, lost)
	}
	t.Logf("ECS has noticed everything after %.0f s", last.Seconds())
	return max(last, noticed)
}

// measureLoss says what failed of the requests that were sent while a zone was lost, and wants none to have been sent before the loss
// was there or after nobody used what was lost any more.
func (l *lab) measureLoss(t testing.TB, load *labLoad, began time.Time, over time.Duration) {
	t.Helper()
	var last, longest time.Duration
	for _, failure := range load.lost {
		sent := failure.sent.Sub(began) * speed
		last, longest = max(last, sent), max(longest, failure.took*speed)
		if sent > over || failure.sent.Add(failure.took).Before(began) {
			t.Errorf("sent %.0f s after the loss: %s", sent.Seconds(), failure.what)
		}
	}
	t.Logf("%d of %d requests failed, the last sent %.0f s after the loss; the longest took %.0f s", len(load.lost), load.count, last.Seconds(), longest.Seconds())
	if len(load.lost) == 0 {
		t.Error("nothing failed: the zone was not lost")
	}
}

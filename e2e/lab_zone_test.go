//go:build validate

package e2e_test

import (
	"slices"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/ecs"
)

// What the loss of a zone may cost, counted in the environment's own time. It is what docs/deployments.md says.
const (
	// noticed is when ECS takes a lost task off its name. AWS promises no time for it; three failures of the probe would take as long.
	noticed = 36 * time.Second
	// refusing is how long after the loss a request that is sent may still fail: until then the load balancer has found out, ECS has
	// noticed, and the last record has run out.
	refusing = noticed + 10*time.Second
)

// lostZone takes one of two zones away, under load, when each process has a task in both.
func (l *lab) lostZone(t *testing.T) {
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
	time.Sleep(max(0, time.Until(began.Add(2*refusing/speed))))
	load.end()
	l.measureLoss(t, load, began)
	l.Cluster.Regain(zone)
	l.scale(ctx, t, 1)
	if slices.ContainsFunc(l.Cluster.Tasks(""), func(task ecs.Task) bool { return task.StopCode == "" && task.Health != "HEALTHY" }) {
		t.Error("not everything is well again")
	}
}

// measureLoss says what failed of the requests that were sent while a zone was lost, and wants none to have been sent before the loss
// was there or after everybody knew of it.
func (l *lab) measureLoss(t *testing.T, load *load, began time.Time) {
	t.Helper()
	var last, longest time.Duration
	for _, failure := range load.lost {
		sent := failure.sent.Sub(began) * speed
		last, longest = max(last, sent), max(longest, failure.took*speed)
		if sent > refusing || failure.sent.Add(failure.took).Before(began) {
			t.Errorf("sent %.0f s after the loss: %s", sent.Seconds(), failure.what)
		}
	}
	t.Logf("%d of %d requests failed, the last sent %.0f s after the loss; the longest took %.0f s", len(load.lost), load.count, last.Seconds(), longest.Seconds())
	if load.count < 500 {
		t.Errorf("%d requests are too few to show anything", load.count)
	}
	if len(load.lost) == 0 {
		t.Error("nothing failed: the zone was not lost")
	}
}

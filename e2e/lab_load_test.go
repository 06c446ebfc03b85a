//go:build validate

package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/ecs"
	"github.com/groundplan/groundplan/e2e/lab/exercise"
	"github.com/groundplan/groundplan/e2e/lab/laboratory"
	"github.com/groundplan/groundplan/e2e/lab/needs"
)

// labLoad is requests that come all the time, as from clients that keep their connections.
type labLoad struct {
	lab     *lab
	cancel  context.CancelFunc
	workers sync.WaitGroup
	stopped int // tasks that had been told to stop before

	lock  sync.Mutex
	count int
	lost  []loadFailure
}

// loadFailure is a request that was not answered as it should be.
type loadFailure struct {
	sent time.Time
	took time.Duration
	what string
}

// loadWay is a request that is expected to be answered 200.
type loadWay struct{ method, url, body string }

// ways are the endpoints that clients may call. Containers show pages, and are told to call each other.
func (l *lab) ways(t testing.TB) []loadWay {
	t.Helper()
	var ways []loadWay
	for _, service := range l.Needs.Services {
		for _, endpoint := range service.Endpoints {
			if endpoint.Access != needs.Private {
				ways = append(ways, loadWay{endpoint.Methods[0], l.URL(pathOf(endpoint)), ""})
			}
		}
		if l.Needs.Language != needs.Container {
			continue
		}
		if url, led := l.Front(service.Name, "/pages"); led {
			ways = append(ways, loadWay{http.MethodGet, url, ""})
		}
		for _, called := range service.Calls {
			body, err := json.Marshal(exercise.Order{Need: &needs.Need{Kind: "call", Name: called}})
			if err != nil {
				t.Fatal(err)
			}
			if url, led := l.Front(service.Name, "/lab/"+service.Name+"/do"); led {
				ways = append(ways, loadWay{http.MethodPost, url, string(body)})
			}
		}
	}
	return ways
}

// press sends requests until the test stops it. Each names a way through the application that is expected to answer 200: endpoints
// behind authentication that call other services among them.
func (l *lab) press(t testing.TB, clients int) *labLoad {
	ctx, cancel := context.WithCancel(t.Context())
	p := &labLoad{lab: l, cancel: cancel, stopped: l.told()}
	t.Cleanup(cancel)
	ways := l.ways(t)
	// However many they are, they ask for no more than this machine answers beside starting tasks: whoever waits for a processor is no
	// measure of a deployment.
	pause := time.Duration(clients) * time.Second / 60
	for worker := range clients {
		p.workers.Add(1)
		go func() {
			defer p.workers.Done()
			client := l.Balancer.Client()
			for i := worker; ctx.Err() == nil; i++ {
				way := ways[i%len(ways)]
				sent := time.Now()
				status, reason, err := l.ask(ctx, client, way.method, way.url, way.body, laboratory.Token("ada"))
				if ctx.Err() != nil {
					return
				}
				p.note(sent, way.method+" "+way.url, status, reason, err)
				time.Sleep(pause)
			}
		}()
	}
	return p
}

// told is how many tasks have been told to stop. Those that ended by themselves never served, or nobody asks about.
func (l *lab) told() int {
	return len(slices.DeleteFunc(l.Cluster.Tasks(""), func(task ecs.Task) bool {
		return !slices.Contains([]string{"ServiceSchedulerInitiated", "SpotInterruption", "UserInitiated"}, task.StopCode)
	}))
}

// enough waits until so many requests were answered, that they show something: on a slow machine that takes longer.
func (p *labLoad) enough(ctx context.Context, t testing.TB, least int) {
	t.Helper()
	for {
		p.lock.Lock()
		count := p.count
		p.lock.Unlock()
		if count >= least {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%d requests are too few to show anything", count)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (p *labLoad) note(sent time.Time, way string, status int, reason string, err error) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.count++
	if err != nil || status != http.StatusOK {
		p.lost = append(p.lost, loadFailure{sent, time.Since(sent), fmt.Sprintf("%s: %d %v %s", way, status, err, strings.TrimSpace(reason))})
	}
}

// end ends the load.
func (p *labLoad) end() {
	p.cancel()
	p.workers.Wait()
}

// release ends the load and reports what was lost.
func (p *labLoad) release(ctx context.Context, t testing.TB) {
	t.Helper()
	p.enough(ctx, t, 300)
	if lost := p.losses(t); len(lost) > 0 {
		t.Errorf("%d of %d requests were lost:\n%s", len(lost), p.count, strings.Join(lost[:min(len(lost), 20)], "\n"))
	}
}

// losses ends the load and returns what was lost, without races that nobody can win.
func (p *labLoad) losses(t testing.TB) []string {
	t.Helper()
	p.end()
	may := p.lab.told() - p.stopped
	t.Logf("%d requests, while %d tasks were stopped", p.count, may)
	var lines []string
	for _, failure := range unexcused(p.lost, may) {
		lines = append(lines, failure.sent.Format("15:04:05.000 ")+failure.what)
	}
	if races := len(p.lost) - len(lines); races > 0 {
		t.Logf("%d requests raced with the end of a connection", races)
	}
	return lines
}

// unexcused are the failures but for as many races as may be.
func unexcused(lost []loadFailure, may int) []loadFailure {
	var left []loadFailure
	for _, failure := range lost {
		if raced(failure.what) && may > 0 {
			may--
			continue
		}
		left = append(left, failure)
	}
	return left
}

// raced reports whether a POST failed because a connection in the pool of a process was closed at the other end in the same moment. No
// order of stopping keeps that from two services, as docs/deployments.md says under "What remains": on a machine that is busy it is
// seen, so that one for each task that was stopped is taken, however many requests the machine can make meanwhile. A connection that is refused, a name that leads nowhere and an answer of the load
// balancer's own are none of it.
func raced(what string) bool {
	return strings.HasPrefix(what, http.MethodPost+" ") && strings.Contains(what, `"unavailable"`) &&
		slices.ContainsFunc([]string{": EOF", `"EOF"`, "server closed idle connection", "connection reset by peer", "broken pipe"}, func(end string) bool {
			return strings.Contains(what, end)
		})
}

func TestLabExcusesRacesAlone(t *testing.T) {
	for what, want := range map[string]bool{
		`POST /orders: 502 <nil> {"code":"unavailable","message":"EOF"}`:                                                             true,
		`POST /orders: 502 <nil> {"code":"unavailable","message":"http: server closed idle connection"}`:                             true,
		`POST /orders: 502 <nil> {"code":"unavailable","message":"read tcp 10.0.0.1:1->10.0.0.2:2: read: connection reset by peer"}`: true,
		`GET /orders/1: 502 <nil> {"code":"unavailable","message":"EOF"}`:                                                            false,
		`POST /orders: 502 <nil> {"code":"unavailable","message":"dial tcp 10.0.0.1:8080: connect: connection refused"}`:             false,
		`POST /orders: 502 <nil> {"code":"unavailable","message":"dial tcp: lookup orders.shop.internal: no such host"}`:             false,
		`POST /orders: 502 <nil> <html>Bad Gateway</html>`:                                                                           false,
		`POST /orders: 500 <nil> {"code":"internal","message":"database orders: EOF"}`:                                               false,
		`POST /orders: 0 EOF `: false,
	} {
		if got := raced(what); got != want {
			t.Errorf("%s: got %v", what, got)
		}
	}
	race, loss := loadFailure{what: `POST /orders: 502 <nil> {"code":"unavailable","message":"EOF"}`}, loadFailure{what: "GET /orders/1: 503 <nil> "}
	for may, want := range []int{4, 3, 2, 2} {
		if left := unexcused([]loadFailure{race, loss, race, loss}, may); len(left) != want {
			t.Errorf("with %d tasks stopped %d of 2 races and 2 losses are left, want %d", may, len(left), want)
		}
	}
}

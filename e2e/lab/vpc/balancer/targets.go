//go:build linux

package balancer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/grpchealth"
	"github.com/groundplan/groundplan/e2e/lab/state"
)

// States of a target, as the API words them.
const (
	Initial   = "initial"
	Healthy   = "healthy"
	Unhealthy = "unhealthy"
	Draining  = "draining"
)

// Health is what the load balancer thinks of a target, with what it sent there.
type Health struct {
	Target   netip.AddrPort
	State    string
	Reason   string
	Requests int
	Failures map[int]int // answers that the load balancer gave in the target's stead, 502 and 504, by status
}

// targetGroup is a target group.
type targetGroup struct {
	arn                string
	version            string // of the protocol that targets speak
	path, port         string
	matches            func(status int) bool
	interval, timeout  time.Duration
	healthy, unhealthy int
	delay              time.Duration

	lock    sync.Mutex
	targets []*groupTarget // those that drain among them
	next    int
	failed  map[int]int // answers in the stead of all targets there ever were, by status
}

// groupTarget is where requests go. Its fields are guarded by the lock of its group.
type groupTarget struct {
	address          netip.AddrPort
	state, reason    string
	unheard          bool // it drains, and the nodes have not heard of it
	good, bad        int  // checks in a row
	requests, flying int
	failures         map[int]int
	transports       map[*subnetNode]*http.Transport

	life  context.Context // over when the target is cut off
	end   context.CancelFunc
	stop  context.CancelFunc // of its checks
	idled chan struct{}      // gets a value when the last request under way is over
}

// Versions of the protocol that targets speak, as the API words them.
const (
	speaksHTTP1 = "HTTP1"
	speaksHTTP2 = "HTTP2"
	speaksGRPC  = "GRPC"
)

func readGroup(resource state.Resource) (*targetGroup, error) {
	check := resource.Block("health_check")
	seconds := func(name string, otherwise int) time.Duration {
		return time.Duration(cmp.Or(check.Number(name), otherwise)) * time.Second
	}
	delay := resource.Number("deregistration_delay")
	if text := resource.Text("deregistration_delay"); text != "" { // the provider keeps it as a string
		number, err := strconv.Atoi(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", resource.Address, err)
		}
		delay = number
	}
	matches, err := matcher(cmp.Or(check.Text("matcher"), "200"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", resource.Address, err)
	}
	if protocol := cmp.Or(resource.Text("protocol"), "HTTP"); protocol != "HTTP" {
		return nil, fmt.Errorf("%s: the laboratory knows no targets that speak %s", resource.Address, protocol)
	}
	version := cmp.Or(resource.Text("protocol_version"), speaksHTTP1)
	if !slices.Contains([]string{speaksHTTP1, speaksHTTP2, speaksGRPC}, version) {
		return nil, fmt.Errorf("%s: the laboratory knows no targets that speak %s", resource.Address, version)
	}
	return &targetGroup{
		arn: resource.Text("arn"), version: version, path: cmp.Or(check.Text("path"), "/"), port: cmp.Or(check.Text("port"), "traffic-port"), matches: matches,
		interval: seconds("interval", 30), timeout: seconds("timeout", 5),
		healthy: cmp.Or(check.Number("healthy_threshold"), 5), unhealthy: cmp.Or(check.Number("unhealthy_threshold"), 2),
		delay: time.Duration(delay) * time.Second, failed: map[int]int{},
	}, nil
}

// matcher reads the statuses of a healthy answer: 200, 200,202 or 200-299.
func matcher(text string) (func(int) bool, error) {
	var ranges [][2]int
	for part := range strings.SplitSeq(text, ",") {
		low, high, isRange := strings.Cut(part, "-")
		if !isRange {
			high = low
		}
		from, err := strconv.Atoi(low)
		if err != nil {
			return nil, err
		}
		to, err := strconv.Atoi(high)
		if err != nil {
			return nil, err
		}
		ranges = append(ranges, [2]int{from, to})
	}
	return func(status int) bool {
		return slices.ContainsFunc(ranges, func(bounds [2]int) bool { return bounds[0] <= status && status <= bounds[1] })
	}, nil
}

func (b *Balancer) group(arn string) (*targetGroup, error) {
	b.lock.Lock()
	defer b.lock.Unlock()
	if found := b.groups[arn]; found != nil {
		return found, nil
	}
	return nil, fmt.Errorf("no target group %q in the state", arn)
}

// Register adds a target to a target group. It gets requests once it has passed a check.
func (b *Balancer) Register(targetGroupARN string, address netip.AddrPort) error {
	g, err := b.group(targetGroupARN)
	if err != nil {
		return err
	}
	g.lock.Lock()
	defer g.lock.Unlock()
	if slices.ContainsFunc(g.targets, func(other *groupTarget) bool { return other.address == address && other.state != Draining }) {
		return nil
	}
	life, end := context.WithCancel(context.Background())
	checks, stop := context.WithCancel(life)
	added := &groupTarget{
		address: address, state: Initial, reason: "Elb.RegistrationInProgress", failures: map[int]int{},
		transports: map[*subnetNode]*http.Transport{}, life: life, end: end, stop: stop, idled: make(chan struct{}, 1),
	}
	for _, node := range b.nodes {
		added.transports[node] = b.transport(node, g.version)
	}
	g.targets = append(g.targets, added)
	b.checking.Go(func() { b.check(checks, g, added) })
	return nil
}

// Deregister takes a target out of service: once the nodes have heard of it, it gets no request any more, and those under way have the
// group's delay to end in. It returns at once, the target is draining until then.
func (b *Balancer) Deregister(targetGroupARN string, address netip.AddrPort) error {
	g, err := b.group(targetGroupARN)
	if err != nil {
		return err
	}
	g.lock.Lock()
	defer g.lock.Unlock()
	index := slices.IndexFunc(g.targets, func(other *groupTarget) bool { return other.address == address && other.state != Draining })
	if index < 0 {
		return fmt.Errorf("target group %s has no target %s", targetGroupARN, address)
	}
	leaving := g.targets[index]
	leaving.unheard = b.lag > 0 && leaving.state == Healthy
	leaving.state, leaving.reason = Draining, "Target.DeregistrationInProgress"
	leaving.stop()
	if leaving.flying == 0 && !leaving.unheard {
		g.remove(leaving)
		return nil
	}
	b.checking.Go(func() { b.drain(g, leaving) })
	return nil
}

// drain waits until a target has nothing to do any more, as long as its group's delay lasts.
func (b *Balancer) drain(g *targetGroup, leaving *groupTarget) {
	over := time.NewTimer(b.divided(g.delay))
	defer over.Stop()
	heard := time.NewTimer(b.divided(b.lag))
	defer heard.Stop()
	for waiting := true; waiting; {
		select {
		case <-over.C:
			waiting = false
		case <-leaving.life.Done():
			waiting = false
		case <-leaving.idled:
		case <-heard.C:
			g.lock.Lock()
			leaving.unheard = false
			g.lock.Unlock()
		}
		g.lock.Lock()
		waiting = waiting && (leaving.unheard || leaving.flying > 0)
		g.lock.Unlock()
	}
	g.lock.Lock()
	defer g.lock.Unlock()
	g.remove(leaving)
}

// remove cuts a target off. The lock of the group is held.
func (g *targetGroup) remove(gone *groupTarget) {
	g.targets = slices.DeleteFunc(g.targets, func(other *groupTarget) bool { return other == gone })
	gone.end()
	for _, transport := range gone.transports {
		transport.CloseIdleConnections()
	}
}

func (g *targetGroup) close() {
	g.lock.Lock()
	defer g.lock.Unlock()
	for _, each := range slices.Clone(g.targets) {
		g.remove(each)
	}
}

// Health is the targets of a group, those that drain among them, in the order of their registration; nil for a group that
// is not in the state.
func (b *Balancer) Health(targetGroupARN string) []Health {
	g, err := b.group(targetGroupARN)
	if err != nil {
		return nil
	}
	g.lock.Lock()
	defer g.lock.Unlock()
	found := []Health{}
	for _, each := range g.targets {
		found = append(found, Health{each.address, each.state, each.reason, each.requests, maps.Clone(each.failures)})
	}
	return found
}

// pick chooses the target of the next request: the healthy ones take turns, with those that drain and of which the nodes do not know it
// yet. If there is none, all do that do not drain. nil: there is none at all.
func (g *targetGroup) pick() *groupTarget {
	g.lock.Lock()
	defer g.lock.Unlock()
	var ready, rest []*groupTarget
	for _, each := range g.targets {
		switch {
		case each.state == Healthy, each.unheard:
			ready = append(ready, each)
		case each.state != Draining:
			rest = append(rest, each)
		}
	}
	if len(ready) == 0 {
		ready = rest
	}
	if len(ready) == 0 {
		return nil
	}
	g.next++
	chosen := ready[g.next%len(ready)]
	chosen.requests++
	chosen.flying++
	return chosen
}

// count counts an answer that no target was asked for.
func (g *targetGroup) count(status int) {
	g.lock.Lock()
	defer g.lock.Unlock()
	g.failed[status]++
}

// Failures counts by status what the load balancer answered in the stead of a group's targets, of those that have gone
// too, and 503 where there was none.
func (b *Balancer) Failures(targetGroupARN string) map[int]int {
	g, err := b.group(targetGroupARN)
	if err != nil {
		return nil
	}
	g.lock.Lock()
	defer g.lock.Unlock()
	return maps.Clone(g.failed)
}

// done counts a request that pick began as over.
func (g *targetGroup) done(each *groupTarget, failure int) {
	g.lock.Lock()
	defer g.lock.Unlock()
	if failure != 0 {
		each.failures[failure]++
		g.failed[failure]++
	}
	if each.flying--; each.flying == 0 && each.state == Draining {
		select {
		case each.idled <- struct{}{}:
		default: // it is known already
		}
	}
}

// check asks a target for its health until it is deregistered.
func (b *Balancer) check(ctx context.Context, g *targetGroup, each *groupTarget) {
	transport := b.transport(b.nodes[0], g.version)
	transport.DisableKeepAlives = true
	transport.ResponseHeaderTimeout = 0 // the client's is the one that counts
	// A connection is the kernel's work, and takes the environment's time; an answer is the target's, and takes the machine's.
	dial := transport.DialContext
	transport.DialContext = func(ctx context.Context, kind, address string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, b.divided(g.timeout))
		defer cancel()
		return dial(ctx, kind, address)
	}
	client := http.Client{
		Transport: transport, Timeout: g.timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	address := each.address
	if port, err := strconv.ParseUint(g.port, 10, 16); err == nil {
		address = netip.AddrPortFrom(address.Addr(), uint16(port))
	}
	ticker := time.NewTicker(b.divided(g.interval))
	defer ticker.Stop()
	for {
		reason := probe(ctx, &client, g, address)
		if ctx.Err() != nil {
			return
		}
		g.judge(each, reason)
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// probe makes one check. It returns why the target has failed it, empty when it has not.
func probe(ctx context.Context, client *http.Client, g *targetGroup, address netip.AddrPort) string {
	if g.version == speaksGRPC {
		return probeMethod(ctx, client, g, "http://"+address.String()+g.path)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address.String()+g.path, nil)
	if err != nil {
		return err.Error()
	}
	request.Header.Set("User-Agent", "ELB-HealthChecker/2.0")
	response, err := client.Do(request)
	var timeout net.Error
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return "Target.Timeout: Request timed out"
	case err != nil:
		return "Target.FailedHealthChecks: Health checks failed"
	}
	response.Body.Close()
	if !g.matches(response.StatusCode) {
		return fmt.Sprintf("Target.ResponseCodeMismatch: Health checks failed with these codes: [%d]", response.StatusCode)
	}
	return ""
}

// probeMethod makes one check of a target that speaks gRPC: the status is that of the call.
func probeMethod(ctx context.Context, client *http.Client, g *targetGroup, url string) string {
	status, _, err := grpchealth.Ask(ctx, client, url)
	var timeout net.Error
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return "Target.Timeout: Request timed out"
	case err != nil:
		return "Target.FailedHealthChecks: Health checks failed"
	}
	if number, err := strconv.Atoi(status); err != nil || !g.matches(number) {
		return fmt.Sprintf("Target.ResponseCodeMismatch: Health checks failed with these codes: [%s]", status)
	}
	return ""
}

// judge counts one check. A new target has to pass one; one that was unhealthy as many as the group wants.
func (g *targetGroup) judge(each *groupTarget, reason string) {
	g.lock.Lock()
	defer g.lock.Unlock()
	if reason == "" {
		each.good, each.bad = each.good+1, 0
	} else {
		each.good, each.bad = 0, each.bad+1
	}
	switch {
	case each.state == Draining:
	case reason == "" && (each.state == Initial || each.good >= g.healthy):
		each.state, each.reason = Healthy, ""
	case reason != "" && each.bad >= g.unhealthy:
		each.state, each.reason = Unhealthy, reason
	}
}

//go:build validate && linux

package balancer_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/state"
	"github.com/groundplan/groundplan/e2e/lab/state/sample"
	"github.com/groundplan/groundplan/e2e/lab/vpc"
	"github.com/groundplan/groundplan/e2e/lab/vpc/balancer"
)

const group = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/route-1/1"

// shop is a load balancer for shop.example, as the modules make one.
func shop() state.State {
	s := sample.State()
	block := func(values map[string]any) []any { return []any{values} }
	s["module.load_balancer.aws_lb.this"] = map[string]any{
		"dns_name": "shop-1.us-east-1.elb.amazonaws.com", "internal": false, "subnets": []any{sample.PublicA, sample.PublicB},
		"security_groups": []any{sample.Balancer}, "idle_timeout": 10.0,
	}
	s["module.load_balancer.aws_lb_listener.this"] = map[string]any{
		"arn": "arn:listener", "port": 443.0, "protocol": "HTTPS",
		"default_action": block(map[string]any{"type": "fixed-response", "fixed_response": block(map[string]any{
			"content_type": "text/plain", "message_body": "Service Unavailable", "status_code": "503",
		})}),
	}
	s["module.load_balancer.aws_lb_listener.redirect[0]"] = map[string]any{
		"arn": "arn:redirect", "port": 80.0, "protocol": "HTTP",
		"default_action": block(map[string]any{"type": "redirect", "redirect": block(map[string]any{
			"port": "443", "protocol": "HTTPS", "status_code": "HTTP_301", "host": "#{host}", "path": "/#{path}", "query": "#{query}",
		})}),
	}
	s["module.load_balancer.aws_lb_listener_rule.internal_routes"] = map[string]any{
		"listener_arn": "arn:listener", "priority": 1.0,
		"condition": block(map[string]any{"path_pattern": block(map[string]any{"values": []any{"/__encore", "/__encore/*"}}), "host_header": []any{}}),
		"action": block(map[string]any{"type": "fixed-response", "fixed_response": block(map[string]any{
			"content_type": "text/plain", "message_body": "Not Found", "status_code": "404",
		})}),
	}
	s[`module.service.aws_lb_listener_rule.this["api"]`] = map[string]any{
		"listener_arn": "arn:listener", "priority": 100.0,
		"condition": block(map[string]any{"host_header": block(map[string]any{"values": []any{"shop.example", "*.shop.example"}})}),
		"action":    block(map[string]any{"type": "forward", "target_group_arn": group}),
	}
	s[`module.service.aws_lb_target_group.this["api"]`] = map[string]any{
		"arn": group, "deregistration_delay": "20", "protocol": "HTTP", "port": 8080.0,
		"health_check": block(map[string]any{
			"path": "/healthz", "matcher": "200", "interval": 1.0, "timeout": 1.0, "healthy_threshold": 2.0, "unhealthy_threshold": 3.0,
		}),
	}
	s[`module.load_balancer.aws_acm_certificate.this[0]`] = map[string]any{"domain_name": "shop.example", "subject_alternative_names": []any{"*.shop.example"}}
	return s
}

// speed divides every duration of shop.
const speed = 10

// app is a task that answers with its name, and otherwise does what a test sets.
type app struct {
	name       string
	attachment *vpc.Attachment
	server     *http.Server

	lock        sync.Mutex
	sick        bool
	connections map[string]bool
	last        *http.Request
}

func (a *app) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	a.lock.Lock()
	defer a.lock.Unlock()
	switch {
	case request.URL.Path == "/healthz" && a.sick:
		writer.WriteHeader(http.StatusInternalServerError)
	case request.URL.Path == "/healthz":
	case strings.HasPrefix(request.URL.Path, "/slow/"):
		wait, _ := time.ParseDuration(strings.TrimPrefix(request.URL.Path, "/slow/"))
		a.lock.Unlock()
		time.Sleep(wait)
		a.lock.Lock()
		fmt.Fprint(writer, a.name)
	case request.URL.Path == "/reset":
		if raw, _, err := writer.(http.Hijacker).Hijack(); err == nil {
			_ = raw.(*net.TCPConn).SetLinger(0)
			raw.Close()
		}
	default:
		a.connections[request.RemoteAddr] = true
		a.last = request
		fmt.Fprint(writer, a.name)
	}
}

func (a *app) setSick(sick bool) {
	a.lock.Lock()
	defer a.lock.Unlock()
	a.sick = sick
}

func (a *app) address() netip.AddrPort { return netip.AddrPortFrom(a.attachment.Address, 8080) }

func startApp(t *testing.T, network *vpc.Network, name, securityGroup string) *app {
	t.Helper()
	attachment, err := network.Attach(vpc.Interface{Name: name, SubnetID: sample.ComputeA, SecurityGroupIDs: []string{securityGroup}})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := attachment.Listen(8080)
	if err != nil {
		t.Fatal(err)
	}
	a := &app{name: name, attachment: attachment, connections: map[string]bool{}}
	a.server = &http.Server{Handler: a}
	go func() { _ = a.server.Serve(listener) }()
	t.Cleanup(func() { a.server.Close() })
	return a
}

func start(t *testing.T, resources state.State) (*vpc.Network, *balancer.Balancer) {
	t.Helper()
	network, err := vpc.New(t.Context(), vpc.Options{Resources: resources})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := network.Close(); err != nil {
			t.Error(err)
		}
	})
	b, err := balancer.Start(t.Context(), balancer.Options{Network: network, Resources: resources, Speed: speed})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return network, b
}

// get is the status and the body of an answer.
func get(t *testing.T, client *http.Client, url string) (int, string) {
	t.Helper()
	response, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// await waits until the targets of the group are in these states.
func await(t *testing.T, b *balancer.Balancer, want ...string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		var got []string
		for _, each := range b.Health(group) {
			got = append(got, each.State)
		}
		if fmt.Sprint(got) == fmt.Sprint(want) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("targets are %+v, want %v", b.Health(group), want)
		}
	}
}

func TestRules(t *testing.T) {
	network, b := start(t, shop())
	orders := startApp(t, network, "orders", sample.Orders)
	if status, _ := get(t, b.Client(), "https://shop.example/"); status != http.StatusServiceUnavailable {
		t.Errorf("a group without targets answers %d", status)
	}
	if failures := b.Failures(group); failures[503] != 1 {
		t.Errorf("counted are %v", failures)
	}
	if err := b.Register(group, orders.address()); err != nil {
		t.Fatal(err)
	}
	await(t, b, balancer.Healthy)
	for _, test := range []struct {
		url, body string
		status    int
	}{
		{"https://shop.example/a%2Fb?c=%zz", "orders", 200},
		{"https://API.shop.example/", "orders", 200},
		{"https://api.shop.example/__encore/healthz", "Not Found", 404},
		{"https://shop.example/__encore", "Not Found", 404},
		{"https://shop.example/__encored", "orders", 200},
		{"http://shop.example/a%2Fb?c=d", "", 301},
	} {
		status, body := get(t, b.Client(), test.url)
		if status != test.status || test.body != "" && body != test.body {
			t.Errorf("%s: %d %s, want %d %s", test.url, status, body, test.status, test.body)
		}
	}
	request, err := http.NewRequest(http.MethodGet, "https://shop.example/", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "other.example"
	response, err := b.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("an unknown host: %d", response.StatusCode)
	}
	response, err = b.Client().Get("http://shop.example/a%2Fb?c=d")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if target := response.Header.Get("Location"); target != "https://shop.example:443/a%2Fb?c=d" {
		t.Errorf("a redirect to %s", target)
	}
	response, err = b.Client().Get("https://other.example/")
	if err == nil {
		response.Body.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate for any name: %v", err)
	}
	get(t, b.Client(), "https://shop.example/a%2Fb?c=%zz")
	orders.lock.Lock()
	last := orders.last
	orders.lock.Unlock()
	if last.RequestURI != "/a%2Fb?c=%zz" || last.Host != "shop.example" {
		t.Errorf("the target heard %s of %s", last.RequestURI, last.Host)
	}
	for name, want := range map[string]string{"X-Forwarded-For": "192.0.2.10", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "443", "X-Forwarded-Host": ""} {
		if got := last.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	// The front door of the host leads to the same listener.
	door, err := net.Dial("tcp", b.Door(80))
	if err != nil {
		t.Fatal(err)
	}
	defer door.Close()
	fmt.Fprint(door, "GET / HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n")
	if said, err := io.ReadAll(door); err != nil || !strings.HasPrefix(string(said), "HTTP/1.1 301") {
		t.Errorf("through the front door: %v %s", err, said)
	}
	if !strings.HasPrefix(b.Door(443), "127.0.0.1:") || b.Port() != 443 {
		t.Errorf("the front door is %s", b.Door(443))
	}
}

func TestHealth(t *testing.T) {
	network, b := start(t, shop())
	first, second := startApp(t, network, "first", sample.Orders), startApp(t, network, "second", sample.Orders)
	client := b.Client()
	heard := func() map[string]int {
		counts := map[string]int{}
		for range 10 {
			_, body := get(t, client, "https://shop.example/")
			counts[body]++
		}
		return counts
	}
	second.setSick(true)
	for _, each := range []*app{first, second} {
		if err := b.Register(group, each.address()); err != nil {
			t.Fatal(err)
		}
	}
	await(t, b, balancer.Healthy, balancer.Unhealthy)
	if counts := heard(); counts["first"] != 10 {
		t.Errorf("one of two is healthy, and %v answered", counts)
	}
	if health := b.Health(group)[1]; !strings.Contains(health.Reason, "[500]") {
		t.Errorf("why a target is unhealthy: %+v", health)
	}
	second.setSick(false)
	await(t, b, balancer.Healthy, balancer.Healthy)
	if counts := heard(); counts["first"] != 5 || counts["second"] != 5 {
		t.Errorf("two are healthy, and %v answered", counts)
	}
	if len(first.connections) > 2 {
		t.Errorf("of connections to a target none is used twice: %v", first.connections)
	}
	first.setSick(true)
	second.setSick(true)
	await(t, b, balancer.Unhealthy, balancer.Unhealthy)
	if counts := heard(); counts["first"] != 5 || counts["second"] != 5 {
		t.Errorf("none is healthy, so all are asked, but %v answered", counts)
	}
}

func TestFailures(t *testing.T) {
	network, b := start(t, shop())
	orders := startApp(t, network, "orders", sample.Orders)
	if err := b.Register(group, orders.address()); err != nil {
		t.Fatal(err)
	}
	await(t, b, balancer.Healthy)
	for _, test := range []struct {
		path   string
		status int
	}{{"/reset", 502}, {"/slow/2s", 504}, {"/", 200}} {
		if status, _ := get(t, b.Client(), "https://shop.example"+test.path); status != test.status {
			t.Errorf("%s: %d, want %d", test.path, status, test.status)
		}
	}
	orders.server.Close()
	if status, _ := get(t, b.Client(), "https://shop.example/"); status != http.StatusBadGateway {
		t.Errorf("nobody listens: %d", status)
	}
	if health := b.Health(group)[0]; health.Failures[502] != 2 || health.Failures[504] != 1 || health.Requests != 4 {
		t.Errorf("counted are %+v", health)
	}
	if err := orders.attachment.Close(); err != nil {
		t.Fatal(err)
	}
	if status, _ := get(t, b.Client(), "https://shop.example/"); status != http.StatusGatewayTimeout {
		t.Errorf("the target is gone: %d", status)
	}
	// A group that does not let the load balancer in makes its target unhealthy.
	users := startApp(t, network, "users", sample.Users)
	if err := b.Deregister(group, orders.address()); err != nil {
		t.Fatal(err)
	}
	if err := b.Register(group, users.address()); err != nil {
		t.Fatal(err)
	}
	await(t, b, balancer.Unhealthy)
	if health := b.Health(group)[0]; !strings.Contains(health.Reason, "Target.Timeout") {
		t.Errorf("a target out of reach: %+v", health)
	}
	if failures := b.Failures(group); failures[502] != 2 || failures[504] != 2 || failures[503] != 0 || b.Failures("arn:other") != nil {
		t.Errorf("of all targets, gone ones too, are counted %v", failures)
	}
	if b.Register("arn:other", users.address()) == nil || b.Deregister(group, orders.address()) == nil || b.Health("arn:other") != nil {
		t.Error("a group or a target that is not there is known")
	}
}

// TestDraining lets a target go that is at work: what it has begun it may finish, for as long as the group allows.
func TestDraining(t *testing.T) {
	network, b := start(t, shop())
	first, second := startApp(t, network, "first", sample.Orders), startApp(t, network, "second", sample.Orders)
	answers := func(path string) <-chan int {
		said := make(chan int, 1)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		go func() {
			defer cancel()
			request, _ := http.NewRequestWithContext(ctx, http.MethodGet, "https://shop.example"+path, nil)
			response, err := b.Client().Do(request)
			if err != nil {
				said <- 0
				return
			}
			response.Body.Close()
			said <- response.StatusCode
		}()
		return said
	}
	if err := b.Register(group, first.address()); err != nil {
		t.Fatal(err)
	}
	await(t, b, balancer.Healthy)
	finishing := answers("/slow/500ms")
	for b.Health(group)[0].Requests == 0 {
		time.Sleep(time.Millisecond)
	}
	if err := b.Register(group, second.address()); err != nil {
		t.Fatal(err)
	}
	if err := b.Deregister(group, first.address()); err != nil {
		t.Fatal(err)
	}
	await(t, b, balancer.Draining, balancer.Healthy)
	for range 5 {
		if _, body := get(t, b.Client(), "https://shop.example/"); body != "second" {
			t.Errorf("%s answered, which drains", body)
		}
	}
	if status := <-finishing; status != http.StatusOK {
		t.Errorf("a request under way ends with %d", status)
	}
	await(t, b, balancer.Healthy)

	// An idle target is gone at once.
	if err := b.Deregister(group, second.address()); err != nil {
		t.Fatal(err)
	}
	await(t, b)
}

// TestLag has nodes that hear late of a target that drains: they send requests there until then, and it is gone no sooner.
func TestLag(t *testing.T) {
	resources := shop()
	network, _ := start(t, resources)
	b, err := balancer.Start(t.Context(), balancer.Options{Network: network, Resources: resources, Speed: 1, Lag: 500 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	only := startApp(t, network, "only", sample.Orders)
	if err := b.Register(group, only.address()); err != nil {
		t.Fatal(err)
	}
	await(t, b, balancer.Healthy)
	if err := b.Deregister(group, only.address()); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	for range 3 {
		if status, body := get(t, b.Client(), "https://shop.example/"); status != http.StatusOK || body != "only" {
			t.Errorf("before the nodes have heard: %d %s", status, body)
		}
	}
	await(t, b, balancer.Draining)
	await(t, b)
	if took := time.Since(begun); took < 400*time.Millisecond || took > 3*time.Second {
		t.Errorf("the target was gone after %v, want half a second", took)
	}
	if status, _ := get(t, b.Client(), "https://shop.example/"); status != http.StatusServiceUnavailable {
		t.Errorf("after they have heard: %d", status)
	}
}

// TestDelayIsOver cuts off what takes longer than the group gives a target to drain.
func TestDelayIsOver(t *testing.T) {
	resources := shop()
	resources[`module.service.aws_lb_target_group.this["api"]`]["deregistration_delay"] = "2"
	network, b := start(t, resources)
	if err := b.Register(group, startApp(t, network, "orders", sample.Orders).address()); err != nil {
		t.Fatal(err)
	}
	await(t, b, balancer.Healthy)
	said := make(chan int, 1)
	go func() {
		defer close(said)
		if response, err := b.Client().Get("https://shop.example/slow/900ms"); err == nil {
			response.Body.Close()
			said <- response.StatusCode
		}
	}()
	for b.Health(group)[0].Requests == 0 {
		time.Sleep(time.Millisecond)
	}
	begun := time.Now()
	if err := b.Deregister(group, b.Health(group)[0].Target); err != nil {
		t.Fatal(err)
	}
	if status, took := <-said, time.Since(begun); status != http.StatusBadGateway || took < 150*time.Millisecond || took > 800*time.Millisecond {
		t.Errorf("after a delay of 200 ms: %d after %v", status, took)
	}
	await(t, b)
}

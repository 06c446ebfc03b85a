//go:build validate && linux

package balancer_test

import (
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/grpchealth"
	"github.com/groundplan/groundplan/e2e/lab/state/sample"
	"github.com/groundplan/groundplan/e2e/lab/vpc"
	"github.com/groundplan/groundplan/e2e/lab/vpc/balancer"
)

// TestGRPC lets a client of gRPC call a server of gRPC: over HTTP/2 on both sides, with the status behind the body. What such a target
// cannot be asked is answered 464, and a server that does not speak HTTP/2, or does not serve, is unhealthy.
func TestGRPC(t *testing.T) {
	resources := shop()
	values := resources[`module.service.aws_lb_target_group.this["api"]`]
	values["protocol_version"] = "GRPC"
	check := values["health_check"].([]any)[0].(map[string]any)
	check["path"], check["matcher"] = grpchealth.Path, "0"
	network, b := start(t, resources)
	routes := http.NewServeMux()
	routes.HandleFunc(grpchealth.Path, func(writer http.ResponseWriter, _ *http.Request) { grpchealth.Answer(writer, true) })
	routes.HandleFunc("/", func(writer http.ResponseWriter, _ *http.Request) { grpchealth.Unknown(writer) })
	serve := func(name, groupName string, http2 bool, handler http.Handler) netip.AddrPort {
		attachment, err := network.Attach(vpc.Interface{Name: name, SubnetID: sample.ComputeA, SecurityGroupIDs: []string{groupName}})
		if err != nil {
			t.Fatal(err)
		}
		listener, err := attachment.Listen(8080)
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{Handler: handler, Protocols: &http.Protocols{}}
		server.Protocols.SetHTTP1(!http2)
		server.Protocols.SetUnencryptedHTTP2(http2)
		go func() { _ = server.Serve(listener) }()
		t.Cleanup(func() { server.Close() })
		return netip.AddrPortFrom(attachment.Address, 8080)
	}
	register := func(target netip.AddrPort, want string) {
		t.Helper()
		if err := b.Register(group, target); err != nil {
			t.Fatal(err)
		}
		await(t, b, want)
	}
	tracking := serve("tracking", sample.Orders, true, routes)
	register(tracking, balancer.Healthy)
	for path, want := range map[string]string{grpchealth.Path: grpchealth.OK, "/parcels.Tracking/None": grpchealth.Unimplemented} {
		status, _, err := grpchealth.Ask(t.Context(), b.ClientHTTP2(), "https://shop.example"+path)
		if status != want || err != nil {
			t.Errorf("%s: status %q, %v, want %s", path, status, err, want)
		}
	}
	for name, client := range map[string]*http.Client{"HTTP/1.1": b.Client(), "a GET": b.ClientHTTP2()} {
		if status, _ := get(t, client, "https://shop.example/"); status != 464 {
			t.Errorf("%s: %d", name, status)
		}
	}
	if err := b.Deregister(group, tracking); err != nil {
		t.Fatal(err)
	}
	await(t, b)
	register(serve("old", sample.Orders, false, routes), balancer.Unhealthy)
}

// A target that is slow to answer is well as long as it answers in the time that is written: an answer is the machine's work, which does not
// become less where everything else takes a tenth.
func TestSlowAnswers(t *testing.T) {
	resources := shop()
	check := resources[`module.service.aws_lb_target_group.this["api"]`]["health_check"].([]any)[0].(map[string]any)
	check["timeout"] = 5.0
	network, b := start(t, resources)
	orders := startApp(t, network, "orders", sample.Orders)
	orders.server.Handler = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(1500 * time.Millisecond) })
	if err := b.Register(group, orders.address()); err != nil {
		t.Fatal(err)
	}
	await(t, b, balancer.Healthy)
}

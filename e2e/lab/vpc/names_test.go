//go:build validate && linux

package vpc_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/groundplan/groundplan/e2e/lab/state"
	"github.com/groundplan/groundplan/e2e/lab/state/sample"
	"github.com/groundplan/groundplan/e2e/lab/vpc"
)

func discovery() state.State {
	s := sample.State()
	s["module.cluster.aws_service_discovery_private_dns_namespace.this"] = map[string]any{"id": "ns-1", "name": "shop-trial.internal"}
	s[`module.service_orders.aws_service_discovery_service.this["orders"]`] = map[string]any{
		"arn": "arn:orders", "name": "orders",
		"dns_config": []any{map[string]any{"namespace_id": "ns-1", "dns_records": []any{map[string]any{"type": "A", "ttl": 10.0}}}},
	}
	return s
}

// ask puts a question to the resolver from an interface, over UDP or TCP.
func ask(t *testing.T, from *vpc.Attachment, network, name string, kind dnsmessage.Type) dnsmessage.Message {
	t.Helper()
	question := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: 7, RecursionDesired: true},
		Questions: []dnsmessage.Question{{Name: dnsmessage.MustNewName(name + "."), Type: kind, Class: dnsmessage.ClassINET}},
	}
	packed, err := question.Pack()
	if err != nil {
		t.Fatal(err)
	}
	var connection net.Conn
	if err := from.Do(func() (err error) {
		connection, err = net.DialTimeout(network, "10.20.0.2:53", time.Second)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(2 * time.Second))
	if network == "tcp" {
		packed = append([]byte{byte(len(packed) >> 8), byte(len(packed))}, packed...)
	}
	if _, err := connection.Write(packed); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 4096)
	length, err := connection.Read(buffer)
	if err != nil {
		t.Fatal(err)
	}
	buffer = buffer[:length]
	if network == "tcp" {
		buffer = buffer[2:]
	}
	var reply dnsmessage.Message
	if err := reply.Unpack(buffer); err != nil || reply.ID != 7 || !reply.Response {
		t.Fatalf("%v %v", reply, err)
	}
	return reply
}

func TestResolver(t *testing.T) {
	network, err := vpc.New(t.Context(), vpc.Options{Resources: discovery(), Speed: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { isClosed(t, network.Close) })
	// Neither a group nor an ACL stands between an interface and the resolver.
	users := attach(t, network, "users", sample.StorageA)
	if reply := ask(t, users, "udp", "orders.shop-trial.internal", dnsmessage.TypeA); reply.RCode != dnsmessage.RCodeNameError {
		t.Errorf("a service without tasks has a name: %v", reply)
	}
	for number := range 10 {
		if err := network.Names().Register("arn:orders", netip.AddrFrom4([4]byte{10, 20, 0, byte(100 + number)})); err != nil {
			t.Fatal(err)
		}
	}
	first := map[string]bool{}
	for range 40 {
		for _, protocol := range []string{"udp", "tcp"} {
			reply := ask(t, users, protocol, "Orders.shop-trial.internal", dnsmessage.TypeA)
			if len(reply.Answers) != 8 || reply.Answers[0].Header.TTL != 5 {
				t.Fatalf("want eight addresses for 10 s at double speed, got %v", reply.Answers)
			}
			first[fmt.Sprint(reply.Answers[0].Body)] = true
		}
	}
	if len(first) < 5 {
		t.Errorf("of ten addresses only %d ever came first", len(first))
	}
	if reply := ask(t, users, "udp", "orders.shop-trial.internal", dnsmessage.TypeAAAA); reply.RCode != dnsmessage.RCodeSuccess || len(reply.Answers) != 0 {
		t.Errorf("a name without an address of version 6: %v", reply)
	}
	for number := range 10 {
		if err := network.Names().Deregister("arn:orders", netip.AddrFrom4([4]byte{10, 20, 0, byte(100 + number)})); err != nil {
			t.Fatal(err)
		}
	}
	// Who has asked before is told what it was told, until the lifetime of the answer is over; others are not.
	if reply := ask(t, users, "tcp", "orders.shop-trial.internal", dnsmessage.TypeA); len(reply.Answers) != 8 || reply.Answers[0].Header.TTL > 5 {
		t.Errorf("an answer does not outlive the name: %v", reply)
	}
	other := attach(t, network, "other", sample.StorageA)
	if reply := ask(t, other, "tcp", "orders.shop-trial.internal", dnsmessage.TypeA); reply.RCode != dnsmessage.RCodeNameError {
		t.Errorf("a service without tasks has a name: %v", reply)
	}
	time.Sleep(5100 * time.Millisecond)
	if reply := ask(t, users, "udp", "orders.shop-trial.internal", dnsmessage.TypeA); reply.RCode != dnsmessage.RCodeNameError {
		t.Errorf("an answer outlives its lifetime: %v", reply)
	}
	if err := network.Names().Register("arn:unknown", netip.AddrFrom4([4]byte{10, 20, 0, 1})); err == nil {
		t.Error("a service that Cloud Map does not know is registered")
	}
	var missing *net.DNSError
	if _, err := users.Dial(t.Context(), "nobody.shop-trial.internal:80"); !errors.As(err, &missing) || !missing.IsNotFound {
		t.Errorf("a name that does not exist: %v", err)
	}
}

// TestCommand resolves a name as programs do that know nothing of the laboratory.
func TestCommand(t *testing.T) {
	network := start(t, discovery(), "")
	network.Names().SetName("database.example", time.Minute, netip.MustParseAddr("10.20.136.9"))
	orders := attach(t, network, "orders", sample.ComputeA, sample.Orders)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	command := orders.Command(ctx, "getent", "ahostsv4", "database.example")
	var said strings.Builder
	command.Stdout, command.Stderr = &said, &said
	if err := orders.Start(command); err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err != nil || !strings.HasPrefix(said.String(), "10.20.136.9") {
		t.Errorf("%v: %s", err, &said)
	}
	if content, err := os.ReadFile("/etc/resolv.conf"); err == nil && strings.Contains(string(content), "10.20.0.2") {
		t.Error("the machine's own resolv.conf has changed")
	}
}

// namespaces are those of one process.
func namespaces(t *testing.T, process int) []string {
	t.Helper()
	found, err := filepath.Glob(fmt.Sprintf("/run/netns/lab%d-*", process))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestNothingIsLeft closes networks, breaks one off while it is made, and ends a process that has one.
func TestNothingIsLeft(t *testing.T) {
	if os.Getenv("LABORATORY_DIES") != "" {
		network, err := vpc.New(t.Context(), vpc.Options{Resources: sample.State()})
		if err != nil {
			t.Fatal(err)
		}
		orders := attach(t, network, "orders", sample.ComputeA, sample.Orders)
		command := exec.Command("sleep", "600")
		if err := orders.Start(command); err != nil {
			t.Fatal(err)
		}
		fmt.Println("sleeping", command.Process.Pid)
		os.Exit(3) // without any of what Close does
	}
	before := len(namespaces(t, os.Getpid()))
	network, err := vpc.New(t.Context(), vpc.Options{Resources: sample.State()})
	if err != nil {
		t.Fatal(err)
	}
	orders := attach(t, network, "orders", sample.ComputeA, sample.Orders)
	sleeping := exec.Command("sleep", "600")
	if err := orders.Start(sleeping); err != nil {
		t.Fatal(err)
	}
	if len(namespaces(t, os.Getpid())) != before+3 {
		t.Errorf("a router, the outside and an interface are %v", namespaces(t, os.Getpid()))
	}
	if err := network.Close(); err != nil {
		t.Fatal(err)
	}
	if err := sleeping.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Errorf("a process outlives its network: %v", err)
	}
	if err := orders.Close(); err != nil {
		t.Errorf("an interface is closed after its network: %v", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := vpc.New(cancelled, vpc.Options{Resources: sample.State()}); !errors.Is(err, context.Canceled) {
		t.Errorf("broken off half-way: %v", err)
	}
	bad := sample.State()
	bad["aws_vpc_peering_connection.this"] = map[string]any{}
	if _, err := vpc.New(t.Context(), vpc.Options{Resources: bad}); err == nil || !strings.Contains(err.Error(), "aws_vpc_peering_connection") {
		t.Errorf("a state that cannot be judged: %v", err)
	}
	if left := namespaces(t, os.Getpid()); len(left) != before {
		t.Errorf("left behind: %v", left)
	}

	dying := exec.Command(os.Args[0], "-test.run=^TestNothingIsLeft$")
	dying.Env = append(os.Environ(), "LABORATORY_DIES=yes")
	said, err := dying.Output()
	if dying.ProcessState.ExitCode() != 3 {
		t.Fatalf("%v: %s", err, said)
	}
	_, number, _ := strings.Cut(string(said), "sleeping ")
	process := strings.Fields(number)[0]
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		_, err := os.Stat(filepath.Join("/proc", process, "exe"))
		left := namespaces(t, dying.Process.Pid)
		if err != nil && len(left) == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("5 seconds after its end a laboratory still has %v, and process %s: %v", left, process, err)
		}
	}
}

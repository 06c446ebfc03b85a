//go:build validate && linux

package vpc_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/state"
	"github.com/groundplan/groundplan/e2e/lab/state/sample"
	"github.com/groundplan/groundplan/e2e/lab/vpc"
)

func start(t *testing.T, resources state.State, cloudURL string) *vpc.Network {
	t.Helper()
	begun := time.Now()
	network, err := vpc.New(t.Context(), vpc.Options{Resources: resources, CloudURL: cloudURL})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("network up in %v", time.Since(begun).Round(time.Millisecond))
	t.Cleanup(func() {
		if err := network.Close(); err != nil {
			t.Error(err)
		}
	})
	return network
}

func attach(t *testing.T, network *vpc.Network, name, subnet string, groups ...string) *vpc.Attachment {
	t.Helper()
	attachment, err := network.Attach(vpc.Interface{Name: name, SubnetID: subnet, SecurityGroupIDs: groups, Public: name == "balancer"})
	if err != nil {
		t.Fatal(err)
	}
	return attachment
}

// greet says hello to everybody who connects.
func greet(t *testing.T, attachment *vpc.Attachment, port int) {
	t.Helper()
	listener, err := attachment.Listen(port)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			fmt.Fprint(connection, "hello")
			connection.Close()
		}
	}()
}

type dialFrom func(context.Context, string) (net.Conn, error)

// reaches reports whether a connection is made and something is heard over it. What is dropped must be a timeout.
func reaches(t *testing.T, dial dialFrom, target string) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
	defer cancel()
	connection, err := dial(ctx, target)
	if err != nil {
		if !errors.Is(err, context.DeadlineExceeded) && !os.IsTimeout(err) {
			t.Errorf("%s: dropped packets end in a timeout, not in %v", target, err)
		}
		return false
	}
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(time.Second))
	heard, _ := connection.Read(make([]byte, 5))
	return heard == 5
}

// cast is the interfaces of the sample, each with a server on every port that anybody calls.
func cast(t *testing.T, network *vpc.Network) map[string]*vpc.Attachment {
	t.Helper()
	all := map[string]*vpc.Attachment{}
	for _, actor := range []struct{ name, subnet, group string }{
		{"balancer", sample.PublicA, sample.Balancer}, {"orders", sample.ComputeA, sample.Orders}, {"orders2", sample.ComputeB, sample.Orders},
		{"users", sample.ComputeB, sample.Users}, {"idle", sample.ComputeA, sample.Idle}, {"database", sample.StorageA, sample.Database},
		{"cache", sample.StorageB, sample.Cache},
	} {
		begun := time.Now()
		all[actor.name] = attach(t, network, actor.name, actor.subnet, actor.group)
		if took := time.Since(begun); took > 100*time.Millisecond {
			t.Logf("%s took %v to attach", actor.name, took)
		}
		for _, port := range []int{80, 443, 5432, 6379, 8080} {
			greet(t, all[actor.name], port)
		}
	}
	return all
}

func TestWhoReachesWhom(t *testing.T) {
	network := start(t, sample.State(), "")
	all := cast(t, network)
	allowed := map[string]bool{
		"balancer orders 8080": true, "balancer orders2 8080": true,
		"orders users 8080": true, "orders2 users 8080": true,
		"orders database 5432": true, "orders2 database 5432": true, "orders cache 6379": true, "orders2 cache 6379": true,
		// 443 is let out to anywhere, and the load balancer lets anybody in.
		"orders balancer 443": true, "orders2 balancer 443": true,
		"internet balancer 80": true, "internet balancer 443": true, "neighbour balancer 80": true, "neighbour balancer 443": true,
	}
	dials := map[string]dialFrom{"internet": network.DialFromInternet, "neighbour": network.DialFromNeighbour}
	for name, attachment := range all {
		dials[name] = attachment.Dial
	}
	var trying sync.WaitGroup
	for from, dial := range dials {
		for to, target := range all {
			for _, port := range []int{80, 443, 5432, 6379, 8080} {
				if from == to {
					continue
				}
				trying.Go(func() {
					want := allowed[fmt.Sprintf("%s %s %d", from, to, port)]
					if got := reaches(t, dial, fmt.Sprintf("%s:%d", target.Address, port)); got != want {
						t.Errorf("%s reaches %s on %d: %v, want %v", from, to, port, got, want)
					}
				})
			}
		}
	}
	trying.Wait()
}

// TestEveryLayerHolds takes one thing away that a connection needs, and gives it back.
func TestEveryLayerHolds(t *testing.T) {
	network := start(t, sample.State(), "")
	all := cast(t, network)
	target := all["database"].Address.String() + ":5432"
	acl := func(tier, direction string, number int) string {
		return fmt.Sprintf("module.network.aws_network_acl_rule.this[\"%s_%s_%d\"]", tier, direction, number)
	}
	for _, test := range []struct{ name, resource, counter string }{
		{"group of the sender", sample.Address("egress", sample.Orders, 5432), vpc.ByLeaving},
		{"group of the receiver", sample.Address("ingress", sample.Database, 5432), vpc.ByEntry},
		{"ACL, out of the sender's subnet", acl("compute", "out", 6432), vpc.ByACL},
		{"ACL, into the receiver's subnet", acl("storage", "in", 6432), vpc.ByACL},
		{"ACL, the answer's way out", acl("storage", "out", 100), vpc.ByACL},
		{"ACL, the answer's way in", acl("compute", "in", 200), vpc.ByACL},
	} {
		if !reaches(t, all["orders"].Dial, target) {
			t.Fatal("with everything in place the database is not reached")
		}
		before, err := network.Dropped()
		if err != nil {
			t.Fatal(err)
		}
		less := sample.State()
		if less[test.resource] == nil {
			t.Fatalf("the sample has no %s", test.resource)
		}
		delete(less, test.resource)
		if err := network.Update(less); err != nil {
			t.Fatal(err)
		}
		if reaches(t, all["orders"].Dial, target) {
			t.Errorf("without the rule of the %s the database is reached all the same", test.name)
		}
		after, err := network.Dropped()
		if err != nil {
			t.Fatal(err)
		}
		// The counters begin anew with other rules.
		if after[test.counter] == 0 || before[test.counter] != 0 {
			t.Errorf("%s: dropped %v, want a packet %s", test.name, after, test.counter)
		}
		if err := network.Update(sample.State()); err != nil {
			t.Fatal(err)
		}
	}
}

// Membership comes and goes with interfaces: an address that is given out again has none of its former groups.
func TestMembership(t *testing.T) {
	network := start(t, sample.State(), "")
	database := attach(t, network, "database", sample.StorageA, sample.Database)
	greet(t, database, 5432)
	target := database.Address.String() + ":5432"
	first := attach(t, network, "orders", sample.ComputeA, sample.Orders)
	if !reaches(t, first.Dial, target) {
		t.Error("orders does not reach its database")
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := attach(t, network, "idle", sample.ComputeA, sample.Idle)
	if second.Address == first.Address {
		t.Error("an address is given out again at once")
	}
	if reaches(t, second.Dial, target) {
		t.Error("an interface without a rule reaches the database")
	}
	if err := database.Close(); err != nil {
		t.Fatal(err)
	}
	third := attach(t, network, "orders", sample.ComputeA, sample.Orders)
	if reaches(t, third.Dial, target) {
		t.Error("a database that is gone answers")
	}
}

// TestAddresses gives out the eleven addresses of a small subnet, one after the other and all at once.
func TestAddresses(t *testing.T) {
	resources := sample.State()
	resources[`module.network.aws_subnet.storage["a"]`]["cidr_block"] = "10.20.136.0/28"
	network := start(t, resources, "")
	begun := time.Now()
	for range 12 {
		if err := attach(t, network, "storage", sample.StorageA, sample.Database).Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("attached and taken away in %v each", (time.Since(begun) / 12).Round(time.Millisecond))
	seen := map[string]bool{}
	for range 11 {
		seen[attach(t, network, "storage", sample.StorageA).Address.String()] = true
	}
	if len(seen) != 11 || !seen["10.20.136.4"] || !seen["10.20.136.14"] {
		t.Errorf("eleven addresses are %v", seen)
	}
	if _, err := network.Attach(vpc.Interface{Name: "one more", SubnetID: sample.StorageA}); err == nil {
		t.Error("a full subnet has one more address")
	}
}

// TestWaysOut tries how a subnet reaches AWS.
func TestWaysOut(t *testing.T) {
	cloud := httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) { fmt.Fprint(writer, "hello from AWS") }))
	t.Cleanup(cloud.Close)
	asks := func(t *testing.T, attachment *vpc.Attachment, host string) bool {
		t.Helper()
		client := http.Client{Timeout: 250 * time.Millisecond, Transport: &http.Transport{
			DisableKeepAlives: true,
			DialContext:       func(ctx context.Context, _, address string) (net.Conn, error) { return attachment.Dial(ctx, address) },
		}}
		response, err := client.Get("http://" + host + ":443/")
		if err != nil {
			return false
		}
		response.Body.Close()
		return response.StatusCode == http.StatusOK
	}
	without := func(addresses ...string) state.State {
		s := sample.State()
		for _, address := range addresses {
			if s[address] == nil {
				t.Fatalf("the sample has no %s", address)
			}
			delete(s, address)
		}
		return s
	}
	noNAT := []string{`module.network.aws_route.compute["a"]`, `module.network.aws_route.compute["b"]`, `module.network.aws_nat_gateway.this["a"]`}
	withEndpoint := without(noNAT...)
	withEndpoint["module.network.aws_security_group.endpoints[0]"] = map[string]any{"id": "sg-07"}
	withEndpoint[`module.network.aws_vpc_endpoint.interface["secretsmanager"]`] = map[string]any{
		"service_name": "com.amazonaws.us-east-1.secretsmanager", "vpc_endpoint_type": "Interface", "private_dns_enabled": true,
		"subnet_ids": []any{sample.ComputeA, sample.ComputeB}, "security_group_ids": []any{"sg-07"},
	}
	for number, direction := range map[int]string{130: "out", 120: "in"} {
		withEndpoint[fmt.Sprintf("module.network.aws_network_acl_rule.this[\"endpoint_%s\"]", direction)] = map[string]any{
			"network_acl_id": "acl-compute", "egress": direction == "out", "rule_number": number, "rule_action": "allow", "protocol": "6",
			"cidr_block": "10.20.0.0/17", "from_port": 443, "to_port": 443,
		}
	}
	closed := withEndpoint.Clone()
	sample.AddRule(withEndpoint, "ingress", "sg-07", map[string]any{"cidr_ipv4": "10.20.0.0/17"}, 443)
	prefixes := without(sample.Address("egress", sample.Orders, 443))
	sample.AddRule(prefixes, "egress", sample.Orders, map[string]any{"prefix_list_id": "pl-s3"}, 443)

	for _, test := range []struct {
		name               string
		resources          state.State
		plain, secrets, s3 bool
	}{
		{name: "NAT", resources: sample.State(), plain: true, secrets: true, s3: true},
		{name: "NAT, and no endpoint for S3", resources: without("module.network.aws_vpc_endpoint.s3"), plain: true, secrets: true, s3: true},
		{name: "no NAT", resources: without(noNAT...), s3: true},
		{name: "no NAT, no endpoint", resources: without(append(noNAT, "module.network.aws_vpc_endpoint.s3")...)},
		{name: "no NAT, endpoint", resources: withEndpoint, plain: true, secrets: true, s3: true},
		{name: "no NAT, endpoint that lets nobody in", resources: closed, s3: true},
		{name: "NAT, group lets S3 out alone", resources: prefixes, s3: true},
		{name: "NAT, public ACL lets nothing out", resources: without(`module.network.aws_network_acl_rule.this["public_out_210"]`), s3: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			network := start(t, test.resources, cloud.URL)
			orders := attach(t, network, "orders", sample.ComputeB, sample.Orders)
			users := attach(t, network, "users", sample.ComputeA, sample.Users)
			stored := attach(t, network, "stored", sample.StorageA, sample.Orders)
			for host, want := range map[string]bool{"aws.lab": test.plain, "secretsmanager.aws.lab": test.secrets, "s3.aws.lab": test.s3, "bucket.s3.aws.lab": test.s3} {
				if got := asks(t, orders, host); got != want {
					t.Errorf("%s answers orders: %v, want %v", host, got, want)
				}
				if asks(t, users, host) {
					t.Errorf("%s answers users, whom nothing lets out", host)
				}
				if asks(t, stored, host) {
					t.Errorf("%s answers the storage tier", host)
				}
			}
		})
	}
}

// TestHostIsOutOfReach tries addresses of the machine itself from an interface that may go anywhere.
func TestHostIsOutOfReach(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	open := sample.State()
	open["module.rules.aws_vpc_security_group_egress_rule.all"] = map[string]any{"security_group_id": sample.Idle, "ip_protocol": "-1", "cidr_ipv4": "0.0.0.0/0"}
	network := start(t, open, "")
	idle := attach(t, network, "idle", sample.ComputeA, sample.Idle)
	hosts := []string{"169.254.1.1"}
	interfaces, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range interfaces {
		if own, is := address.(*net.IPNet); is && own.IP.To4() != nil && !own.IP.IsLoopback() {
			hosts = append(hosts, own.IP.String())
		}
	}
	for _, host := range hosts {
		if reaches(t, idle.Dial, net.JoinHostPort(host, port)) {
			t.Errorf("%s is reached", host)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := idle.Dial(ctx, "127.0.0.1:"+port); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("127.0.0.1 is the interface's own, but got %v", err)
	}
}

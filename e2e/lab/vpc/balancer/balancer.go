//go:build linux

// Package balancer runs the load balancer of an environment as an Application Load Balancer does: at an interface in
// each of its subnets, with listeners and rules of terraform's state, and target groups that a caller registers targets
// with. It is reached like one: from the internet or, being internal, from a network that is connected with the VPC,
// through its security groups. On 127.0.0.1 of the host stands a front door to it that does nothing but pass bytes on.
//
// Clients speak HTTP/1.1 or, over TLS, HTTP/2; targets the version of their group, HTTP/1.1, HTTP/2 or gRPC.
//
// Simplified against AWS: conditions on host and path alone, no sticky sessions, weights and slow start, and health is checked once for all zones. A node takes any target, as with cross-zone balancing.
package balancer

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/state"
	"github.com/groundplan/groundplan/e2e/lab/vpc"
)

// Options say what to run.
type Options struct {
	Network   *vpc.Network
	Resources state.State
	Speed     float64 // by which all durations are divided; 0 counts as 1
	// Lag is how long the nodes of the load balancer go on sending requests to a target after it was deregistered, until they have
	// heard of it. AWS promises no time; it is seconds.
	Lag time.Duration
}

// Balancer is a running load balancer.
type Balancer struct {
	Name string // its DNS name

	network  *vpc.Network
	speed    float64
	lag      time.Duration
	idle     time.Duration
	internal bool
	nodes    []*subnetNode
	groups   map[string]*targetGroup // by ARN
	doors    map[int]string          // address on the host by port of the listener
	closers  []func() error
	checking sync.WaitGroup

	lock      sync.Mutex
	listeners map[int]*portListener // by port
}

// subnetNode is the load balancer in one subnet.
type subnetNode struct {
	attachment *vpc.Attachment
	servers    []*http.Server
}

// Start starts the load balancer of the state.
func Start(ctx context.Context, options Options) (*Balancer, error) {
	found := options.Resources.Of("aws_lb")
	if len(found) != 1 {
		return nil, fmt.Errorf("the state has %d load balancers, but the laboratory is for one", len(found))
	}
	b := &Balancer{
		Name: found[0].Text("dns_name"), network: options.Network, speed: options.Speed, lag: options.Lag, internal: found[0].Flag("internal"),
		idle: time.Duration(found[0].Number("idle_timeout")) * time.Second, groups: map[string]*targetGroup{}, doors: map[int]string{},
	}
	if b.speed <= 0 {
		b.speed = 1
	}
	if b.idle == 0 {
		b.idle = time.Minute
	}
	if err := b.start(ctx, found[0], options.Resources); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

func (b *Balancer) start(ctx context.Context, resource state.Resource, resources state.State) error {
	if err := b.Update(resources); err != nil {
		return err
	}
	for _, subnet := range resource.Texts("subnets") {
		attachment, err := b.network.Attach(vpc.Interface{
			Name: "balancer", SubnetID: subnet, SecurityGroupIDs: resource.Texts("security_groups"), Public: !b.internal,
		})
		if err != nil {
			return err
		}
		b.nodes = append(b.nodes, &subnetNode{attachment: attachment})
		// A load balancer calls from ports that Linux gives to servers; the network ACLs must let the answers in.
		if err := attachment.Do(func() error {
			return os.WriteFile("/proc/sys/net/ipv4/ip_local_port_range", []byte("1024 65535"), 0)
		}); err != nil {
			return err
		}
	}
	if len(b.nodes) == 0 {
		return fmt.Errorf("%s has no subnets", resource.Address)
	}
	var addresses []netip.Addr
	for _, node := range b.nodes {
		addresses = append(addresses, node.attachment.Address)
	}
	names := []string{b.Name}
	for _, record := range resources.Of("aws_route53_record") {
		if record.Block("alias").Text("name") == b.Name {
			names = append(names, record.Text("name"))
		}
	}
	for _, name := range names {
		b.network.Names().SetName(name, time.Minute, addresses...)
	}
	certificate, err := b.certificate(resources)
	if err != nil {
		return err
	}
	for port, listener := range b.listeners {
		for _, node := range b.nodes {
			if err := b.serve(node, port, listener.secure, certificate); err != nil {
				return err
			}
		}
		if err := b.openDoor(port); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// certificate is one for all names that the certificates of the state are for.
func (b *Balancer) certificate(resources state.State) (tls.Certificate, error) {
	names := []string{b.Name}
	for _, resource := range resources.Of("aws_acm_certificate") {
		names = append(append(names, resource.Text("domain_name")), resource.Texts("subject_alternative_names")...)
	}
	// A certificate of one's own names its domains to nobody here; what is answered by them is known from DNS.
	for _, record := range resources.Of("aws_route53_record") {
		if record.Block("alias").Text("name") == b.Name {
			names = append(names, record.Text("name"))
		}
	}
	issued, key, err := b.network.Public.Issue(names...)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(issued, key)
}

// serve opens a listener at one node.
func (b *Balancer) serve(node *subnetNode, port int, secure bool, certificate tls.Certificate) error {
	opened, err := node.attachment.Listen(port)
	if err != nil {
		return err
	}
	scheme := "http"
	if secure {
		scheme = "https"
		opened = tls.NewListener(opened, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}})
	}
	server := &http.Server{
		Handler: http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
			b.answer(writer, request, node, scheme, port)
		}),
		ReadHeaderTimeout: b.idle, IdleTimeout: b.divided(b.idle),
		ErrorLog: silent,
	}
	node.servers = append(node.servers, server)
	go func() { _ = server.Serve(opened) }() // ends when the server is closed
	return nil
}

// openDoor lets the host's clients in to a listener, by way of the world outside.
func (b *Balancer) openDoor(port int) error {
	door, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	b.doors[port] = door.Addr().String()
	b.closers = append(b.closers, vpc.Forward(door, func(ctx context.Context) (net.Conn, error) { return b.dial(ctx, port) }))
	return nil
}

// dial connects with a listener as a client does: from the internet or, where the load balancer is internal, from a
// network that is connected with the VPC.
func (b *Balancer) dial(ctx context.Context, port int) (net.Conn, error) {
	target := net.JoinHostPort(b.Name, strconv.Itoa(port))
	if b.internal {
		return b.network.DialFromNeighbour(ctx, target)
	}
	return b.network.DialFromInternet(ctx, target)
}

// Door is the address on 127.0.0.1 that leads to a listener's port, empty where there is no such listener.
func (b *Balancer) Door(port int) string { return b.doors[port] }

// Port is the port of the listener that gateways are attached to: 443, or 80 without a domain.
func (b *Balancer) Port() int {
	if b.doors[443] != "" {
		return 443
	}
	return 80
}

// Client calls the load balancer as a client outside does, whatever host a URL names. It trusts the public authority
// alone and does not follow redirects. It speaks HTTP/1.1, and HTTP/2 where it is told to.
func (b *Balancer) Client() *http.Client { return b.client(false) }

// ClientHTTP2 is Client as clients of gRPC are.
func (b *Balancer) ClientHTTP2() *http.Client { return b.client(true) }

func (b *Balancer) client(http2 bool) *http.Client {
	protocols := &http.Protocols{}
	protocols.SetHTTP1(!http2)
	protocols.SetHTTP2(http2)
	return &http.Client{
		Timeout: time.Minute,
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
				_, text, err := net.SplitHostPort(address)
				if err != nil {
					return nil, err
				}
				port, err := strconv.Atoi(text)
				if err != nil {
					return nil, err
				}
				return b.dial(ctx, port)
			},
			TLSClientConfig:    &tls.Config{RootCAs: b.network.Public.Pool()},
			DisableCompression: true,
			Protocols:          protocols,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// divided is a duration as the laboratory's clock counts it.
func (b *Balancer) divided(duration time.Duration) time.Duration {
	return time.Duration(float64(duration) / b.speed)
}

// Close stops the load balancer; requests under way are broken off.
func (b *Balancer) Close() error {
	var failures []error
	for _, closer := range b.closers {
		failures = append(failures, closer())
	}
	for _, node := range b.nodes {
		for _, server := range node.servers {
			failures = append(failures, server.Close())
		}
	}
	for _, group := range b.groups {
		group.close()
	}
	b.checking.Wait()
	for _, node := range b.nodes {
		failures = append(failures, node.attachment.Close())
	}
	return errors.Join(failures...)
}

//go:build linux

// Package vpc is a VPC that runs: network namespaces for what has an interface in it, a router that judges every packet
// by the security groups, network ACLs and routes of terraform's state, and a resolver with the names of the state.
//
// Interfaces are connected with the router by a wire each, and the router is all there is between them: no packet
// reaches another interface without passing its one chain of rules. The world outside is a namespace of its own, too. In
// it stands "AWS", an emulator of which every interface hears under the name aws.lab, and nothing of the host can be
// reached from any of them.
//
// Simplified against AWS: one VPC, IPv4, no peering and no flow logs. A NAT gateway changes no address. Rules that are
// taken away leave connections alone that they once let in.
package vpc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/groundplan/groundplan/e2e/lab/state"
)

// Options say what to build a network of.
type Options struct {
	Resources state.State
	Directory string  // where files for programs in the network are put, resolv.conf first of all; empty: a temporary one
	CloudURL  string  // what answers as AWS, such as http://127.0.0.1:5000; empty: nothing does
	Speed     float64 // by which lifetimes of names are divided; 0 counts as 1
}

// Network is a running VPC.
type Network struct {
	// RDS signs certificates of database servers, Public those that the public authorities stand behind.
	RDS, Public *Authority

	directory string
	temporary bool
	speed     float64
	stem      string
	router    *namespace
	outside   *namespace
	names     *Names
	guard     *os.File
	guarding  *exec.Cmd
	closers   []func() error
	once      sync.Once
	closed    error
	rules     sync.Mutex // held while the rules are rewritten or gain an element, so that neither misses the other

	lock        sync.Mutex
	topology    *networkTopology
	attachments map[netip.Addr]*Attachment
	last        map[string]netip.Addr // by subnet
	counter     int
}

var networkCount atomic.Int32

// New makes the network. A failure half-way leaves nothing behind.
func New(ctx context.Context, options Options) (*Network, error) {
	if err := ready(); err != nil {
		return nil, err
	}
	if err := removeStale(); err != nil {
		return nil, fmt.Errorf("what an earlier laboratory left behind: %w", err)
	}
	topology, err := read(options.Resources)
	if err != nil {
		return nil, err
	}
	n := &Network{
		directory: options.Directory, speed: options.Speed, topology: topology,
		stem:        fmt.Sprintf("%s%d-", nameStem(os.Getpid()), networkCount.Add(1)),
		attachments: map[netip.Addr]*Attachment{}, last: map[string]netip.Addr{},
	}
	if n.speed <= 0 {
		n.speed = 1
	}
	if err := n.build(ctx, options); err != nil {
		return nil, errors.Join(err, n.Close())
	}
	return n, nil
}

// ready reports what this machine lacks.
func ready() error {
	if os.Geteuid() != 0 {
		return errors.New("network namespaces are made by root only\nhint: run this as root, or in a container with --privileged")
	}
	for _, program := range []string{"ip", "nft"} {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Errorf("%w\nhint: `make setup` as root installs iproute2 and nftables", err)
		}
	}
	return nil
}

func (n *Network) build(ctx context.Context, options Options) error {
	var err error
	if n.directory == "" {
		n.temporary = true
		if n.directory, err = os.MkdirTemp("", "lab-"); err != nil {
			return err
		}
	}
	// Servers run as users of their own and must get in.
	if err := errors.Join(os.MkdirAll(n.directory, 0o755), os.Chmod(n.directory, 0o755)); err != nil {
		return err
	}
	if n.RDS, err = NewAuthority("Laboratory RDS Root CA"); err != nil {
		return err
	}
	if n.Public, err = NewAuthority("Laboratory Public Root CA"); err != nil {
		return err
	}
	if n.guard, n.guarding, err = watch(n.stem); err != nil {
		return err
	}
	if n.router, err = makeNamespace(n.stem + "router"); err != nil {
		return err
	}
	if n.outside, err = makeNamespace(n.stem + "outside"); err != nil {
		return err
	}
	if err := n.connect(); err != nil {
		return err
	}
	if n.names, err = n.startNames(options.Resources); err != nil {
		return err
	}
	if err := os.WriteFile(n.ResolverFile(), []byte("nameserver "+n.topology.resolver().String()+"\n"), 0o644); err != nil {
		return err
	}
	if options.CloudURL != "" {
		if err := n.startCloud(options.CloudURL); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// gatewayAddress is where every interface sends what is not for itself. It stands on the router's loopback, which answers for
// it on all wires.
const gatewayAddress = "169.254.1.1"

// connect lays the wire between router and outside and loads the rules.
func (n *Network) connect() error {
	t := n.topology
	err := n.router.do(func() error {
		return os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0)
	})
	if err != nil {
		return fmt.Errorf("the router cannot forward: %w", err)
	}
	if err := n.router.nft(t.ruleset(nil, nil)); err != nil {
		return err
	}
	lines := []string{
		"link set lo up",
		"addr add " + gatewayAddress + "/32 dev lo",
		"addr add " + t.resolver().String() + "/32 dev lo",
		// Nobody answers for an address that nobody has.
		"route add blackhole " + t.cidr.String(),
		"link add outside type veth peer name eth0 netns " + n.outside.name,
		"link set outside up",
		"route add default dev outside",
	}
	if err := n.router.ip(lines...); err != nil {
		return err
	}
	err = n.outside.ip(
		"link set lo up",
		"addr add "+internetAddress.String()+"/32 dev eth0",
		"addr add "+s3Address.String()+"/32 dev eth0",
		"addr add "+clientAddress.String()+"/32 dev eth0",
		"addr add "+t.neighbourAddress().String()+"/32 dev eth0",
		"link set eth0 up",
		"route add "+gatewayAddress+" dev eth0 scope link",
		"route add default via "+gatewayAddress,
	)
	if err != nil {
		return err
	}
	return n.router.await("outside")
}

// Close takes the network away, and ends all processes that still run in it.
func (n *Network) Close() error {
	n.once.Do(func() { n.closed = n.takeAway() })
	return n.closed
}

func (n *Network) takeAway() error {
	var failures []error
	for _, closer := range slices.Backward(n.closers) {
		failures = append(failures, closer())
	}
	n.lock.Lock()
	left := make([]string, 0, len(n.attachments)+2)
	for _, attachment := range n.attachments {
		left = append(left, attachment.space.name)
		failures = append(failures, attachment.space.leave())
	}
	clear(n.attachments)
	n.lock.Unlock()
	for _, space := range []*namespace{n.outside, n.router} {
		if space != nil {
			left = append(left, space.name)
			failures = append(failures, space.leave())
		}
	}
	failures = append(failures, removeAll(left))
	if n.guard != nil {
		failures = append(failures, n.guard.Close())
		n.guarding.Wait() // how it ends is of no interest
	}
	if n.temporary {
		failures = append(failures, os.RemoveAll(n.directory))
	}
	return errors.Join(failures...)
}

// Update judges by another state from now on. Subnets that interfaces stand in must still be there.
func (n *Network) Update(resources state.State) error {
	topology, err := read(resources)
	if err != nil {
		return err
	}
	n.rules.Lock()
	defer n.rules.Unlock()
	n.lock.Lock()
	members, public := map[string][]netip.Addr{}, []netip.Addr(nil)
	for address, attachment := range n.attachments {
		for _, group := range attachment.Groups {
			members[group] = append(members[group], address)
		}
		if attachment.public {
			public = append(public, address)
		}
	}
	n.topology = topology
	n.lock.Unlock()
	if err := n.router.nft(topology.ruleset(members, public)); err != nil {
		return err
	}
	return n.names.load(resources)
}

// Dropped counts the packets that were dropped, by reason.
func (n *Network) Dropped() (map[string]int, error) {
	said, err := n.router.feed("", "nft", "-j", "list", "counters", "table", "ip", routerTable)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Entries []struct {
			Counter *struct {
				Name    string
				Packets int
			}
		} `json:"nftables"`
	}
	if err := json.Unmarshal([]byte(said), &answer); err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for _, entry := range answer.Entries {
		if entry.Counter != nil {
			counts[entry.Counter.Name] = entry.Counter.Packets
		}
	}
	return counts, nil
}

// Names is the resolver of the VPC.
func (n *Network) Names() *Names { return n.names }

// ResolverFile is a resolv.conf for programs in the network, to be mounted over /etc/resolv.conf.
func (n *Network) ResolverFile() string { return filepath.Join(n.directory, "resolv.conf") }

// Directory is where files for programs in the network are put.
func (n *Network) Directory() string { return n.directory }

// DialFromInternet connects from outside, as a client somewhere in the world does: an interface without a public address cannot be reached.
func (n *Network) DialFromInternet(ctx context.Context, address string) (net.Conn, error) {
	return n.dial(ctx, n.outside, clientAddress, address)
}

// DialFromNeighbour connects from a private network that is connected with the VPC, as by a VPN.
func (n *Network) DialFromNeighbour(ctx context.Context, address string) (net.Conn, error) {
	return n.dial(ctx, n.outside, n.topology.neighbourAddress(), address)
}

// dial connects from an address of a namespace, with names as the VPC's resolver knows them.
func (n *Network) dial(ctx context.Context, space *namespace, from netip.Addr, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	target, err := netip.ParseAddr(host)
	if err != nil {
		answer := n.names.Resolve(strings.TrimSuffix(host, "."), from)
		if len(answer) == 0 {
			return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
		}
		target = answer[0]
	}
	var dialer net.Dialer
	if space == n.outside { // which has several addresses
		dialer.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(from, 0))
	}
	var connection net.Conn
	err = space.do(func() error {
		connection, err = dialer.DialContext(ctx, "tcp4", net.JoinHostPort(target.String(), port))
		return err
	})
	return connection, err
}

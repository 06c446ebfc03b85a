//go:build linux

package vpc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// Interface is what to attach: an elastic network interface.
type Interface struct {
	Name             string // for readers
	SubnetID         string
	SecurityGroupIDs []string
	Public           bool         // has a public address: reaches the internet, and is reached, through an internet gateway
	Local            []netip.Addr // further addresses that only the interface itself reaches, as 169.254.170.2
}

// Attachment is an interface in the network, with a namespace of its own: whatever runs there has this interface.
type Attachment struct {
	Name      string
	Namespace string // path, for setns and nsenter
	Address   netip.Addr
	SubnetID  string
	Groups    []string

	network *Network
	space   *namespace
	wire    string
	public  bool
	once    sync.Once
	closed  error
}

var unsafe = regexp.MustCompile(`[^A-Za-z0-9]+`)

// Attach adds an interface to the network.
func (n *Network) Attach(wanted Interface) (*Attachment, error) {
	a, err := n.reserve(wanted)
	if err != nil {
		return nil, err
	}
	if err := a.lay(wanted.Local); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// reserve finds an address in the subnet. Those that were given back are given out again last, as a connection to who
// had it before may still be tried.
func (n *Network) reserve(wanted Interface) (*Attachment, error) {
	n.lock.Lock()
	defer n.lock.Unlock()
	place := n.topology.subnets[wanted.SubnetID]
	if place == nil {
		return nil, fmt.Errorf("interface %s: no subnet %q in the state", wanted.Name, wanted.SubnetID)
	}
	for _, group := range wanted.SecurityGroupIDs {
		if !slices.Contains(n.topology.groups, group) {
			return nil, fmt.Errorf("interface %s: no security group %q in the state", wanted.Name, group)
		}
	}
	// AWS keeps the first four addresses of a subnet and its last.
	first := place.prefix.Addr()
	for range 4 {
		first = first.Next()
	}
	address := n.last[place.id]
	if !address.IsValid() {
		address = first
	}
	for start := address; ; {
		if !place.prefix.Contains(address.Next()) {
			address = first
		}
		if n.attachments[address] == nil {
			break
		}
		if address = address.Next(); address == start {
			return nil, fmt.Errorf("interface %s: subnet %s has no address left", wanted.Name, place.prefix)
		}
	}
	n.last[place.id] = address.Next()
	n.counter++
	name := strings.Trim(unsafe.ReplaceAllString(wanted.Name, "-"), "-")
	a := &Attachment{
		Name: wanted.Name, Address: address, SubnetID: wanted.SubnetID, Groups: slices.Clone(wanted.SecurityGroupIDs),
		network: n, wire: "wire" + strconv.Itoa(n.counter), public: wanted.Public,
	}
	space, err := makeNamespace(fmt.Sprintf("%s%d-%s", n.stem, n.counter, name))
	if err != nil {
		return nil, err
	}
	a.space, a.Namespace = space, path(space.name)
	n.attachments[address] = a
	return a, nil
}

// lay connects the namespace with the router and makes the address a member of its groups.
func (a *Attachment) lay(local []netip.Addr) error {
	lines := []string{
		"link set lo up",
		"addr add " + a.Address.String() + "/32 dev eth0",
		"link set eth0 up",
		"route add " + gatewayAddress + " dev eth0 scope link",
		"route add default via " + gatewayAddress,
	}
	for _, address := range local {
		lines = append(lines, "addr add "+address.String()+"/32 dev lo")
	}
	err := a.network.router.ip(
		"link add "+a.wire+" type veth peer name eth0 netns "+a.space.name,
		"link set "+a.wire+" up",
		"route add "+a.Address.String()+"/32 dev "+a.wire,
	)
	if err != nil {
		return err
	}
	if err := a.space.ip(lines...); err != nil {
		return err
	}
	if err := a.network.router.await(a.wire); err != nil {
		return err
	}
	return a.enlist("add")
}

func (a *Attachment) enlist(verb string) error {
	var text strings.Builder
	for _, group := range a.Groups {
		fmt.Fprintf(&text, "%s element ip %s %s { %s }\n", verb, routerTable, setName(group), a.Address)
	}
	if a.public {
		fmt.Fprintf(&text, "%s element ip %s public { %s }\n", verb, routerTable, a.Address)
	}
	if text.Len() == 0 {
		return nil
	}
	a.network.rules.Lock()
	defer a.network.rules.Unlock()
	return a.network.router.nft(text.String())
}

// Close takes the interface away: what still comes for it is lost. Processes that run in it go on without a network,
// until the network is closed.
func (a *Attachment) Close() error {
	a.once.Do(func() { a.closed = a.detach() })
	return a.closed
}

func (a *Attachment) detach() error {
	a.network.lock.Lock()
	known := a.network.attachments[a.Address] == a
	a.network.lock.Unlock()
	if !known { // the whole network has been closed
		return nil
	}
	// Elements first: a connection that is still tried must not be judged by the groups of the next owner of the address.
	// The commands go on after one that fails, which is what a half-made interface needs.
	failure := errors.Join(a.enlist("delete"), a.network.router.ip("link del "+a.wire), a.space.close())
	a.network.lock.Lock()
	delete(a.network.attachments, a.Address)
	a.network.lock.Unlock()
	return failure
}

// Do runs something in the namespace, on a thread that is there: sockets that it opens and processes that it starts
// belong there, but not those of goroutines that it starts.
func (a *Attachment) Do(work func() error) error { return a.space.do(work) }

// Start starts a command in the namespace. It ends with this process.
func (a *Attachment) Start(command *exec.Cmd) error {
	if command.SysProcAttr == nil {
		command.SysProcAttr = &syscall.SysProcAttr{}
	}
	command.SysProcAttr.Pdeathsig = syscall.SIGKILL
	return a.Do(command.Start)
}

// Command is a program that resolves names as the VPC does, to be started with Start: it has a mount namespace of its
// own, in which resolv.conf is the network's.
func (a *Attachment) Command(ctx context.Context, program string, arguments ...string) *exec.Cmd {
	script := `mount --bind "$1" /etc/resolv.conf && shift && exec "$@"`
	command := exec.CommandContext(ctx, "sh", append([]string{"-c", script, "sh", a.network.ResolverFile(), program}, arguments...)...)
	command.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	return command
}

// Listen listens on a port of the interface.
func (a *Attachment) Listen(port int) (net.Listener, error) {
	return a.ListenOn(netip.AddrPortFrom(a.Address, uint16(port)))
}

// ListenOn listens on an address of the interface, one of Interface.Local for example.
func (a *Attachment) ListenOn(address netip.AddrPort) (net.Listener, error) {
	var listener net.Listener
	err := a.Do(func() (err error) {
		listener, err = net.Listen("tcp4", address.String())
		return err
	})
	return listener, err
}

// Dial connects from the interface to host:port. A host is an address, or a name as the VPC's resolver knows it for the
// interface's subnet.
func (a *Attachment) Dial(ctx context.Context, address string) (net.Conn, error) {
	return a.network.dial(ctx, a.space, a.Address, address)
}

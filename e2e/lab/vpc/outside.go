//go:build linux

package vpc

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// The world outside, out of the ranges that are kept for documentation: somewhere on the internet, AWS's services among
// it; the addresses of S3, which its prefix list names; and where clients of the application are.
var (
	internetAddress = netip.MustParseAddr("198.51.100.1")
	s3Address       = netip.MustParseAddr("203.0.113.1")
	s3Range         = netip.MustParsePrefix("203.0.113.0/24")
	clientAddress   = netip.MustParseAddr("192.0.2.10")
)

// neighbours are private ranges of which one is free in any case.
var neighbours = []netip.Prefix{netip.MustParsePrefix("172.31.255.0/24"), netip.MustParsePrefix("192.168.255.0/24")}

// neighbour is the range of a private network that is connected with the VPC.
func (t *networkTopology) neighbour() netip.Prefix {
	if neighbours[0].Overlaps(t.cidr) {
		return neighbours[1]
	}
	return neighbours[0]
}

func (t *networkTopology) neighbourAddress() netip.Addr {
	address := t.neighbour().Addr()
	for range 10 {
		address = address.Next()
	}
	return address
}

// resolver is the address of the VPC's DNS, the second of its range.
func (t *networkTopology) resolver() netip.Addr { return t.cidr.Addr().Next().Next() }

// cloudPort is where AWS answers.
const cloudPort = 443

// cloudName is AWS's name in the network. secretsmanager.aws.lab is one service's, and goes the way that AWS's name for
// the service goes: to its interface endpoint where there is one, to S3's own addresses for s3.aws.lab, else out into
// the internet. The name alone goes to the internet where the subnet has a NAT gateway, else to the first endpoint.
const cloudName = "aws.lab"

// startCloud lets AWS answer, outside and at interface endpoints.
func (n *Network) startCloud(cloudURL string) error {
	target, err := url.Parse(cloudURL)
	if err != nil || target.Host == "" {
		return fmt.Errorf("%q is no address of a cloud: %w", cloudURL, err)
	}
	for _, address := range []netip.Addr{internetAddress, s3Address} {
		var listener net.Listener
		err := n.outside.do(func() (err error) {
			listener, err = net.Listen("tcp4", netip.AddrPortFrom(address, cloudPort).String())
			return err
		})
		if err != nil {
			return err
		}
		n.pass(listener, target.Host)
	}
	for _, entry := range n.topology.endpoints {
		for _, id := range entry.subnets {
			attachment, err := n.Attach(Interface{Name: "endpoint-" + entry.service, SubnetID: id, SecurityGroupIDs: entry.groups})
			if err != nil {
				return err
			}
			listener, err := attachment.Listen(cloudPort)
			if err != nil {
				return err
			}
			n.pass(listener, target.Host)
			n.names.addEndpoint(entry.service, attachment.Address)
		}
	}
	return nil
}

// pass hands every connection on to a server of the host, until the network is closed.
func (n *Network) pass(listener net.Listener, host string) {
	stop := Forward(listener, func(ctx context.Context) (net.Conn, error) {
		var dialer net.Dialer
		return dialer.DialContext(ctx, "tcp", host)
	})
	n.closers = append(n.closers, stop)
}

// Forward hands every connection of a listener on to one that dial makes. The function it returns ends the listener and
// all connections.
func Forward(listener net.Listener, dial func(context.Context) (net.Conn, error)) (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		for {
			accepted, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() { join(ctx, accepted, dial) })
		}
	})
	return func() error {
		err := listener.Close()
		cancel()
		running.Wait()
		return err
	}
}

// join copies between two connections until one side has said all and the other has answered.
func join(ctx context.Context, near net.Conn, dial func(context.Context) (net.Conn, error)) {
	defer near.Close()
	limited, cancel := context.WithTimeout(ctx, 10*time.Second)
	far, err := dial(limited)
	cancel()
	if err != nil {
		return
	}
	defer far.Close()
	defer context.AfterFunc(ctx, func() { near.Close(); far.Close() })()
	var copying sync.WaitGroup
	for _, pair := range [][2]net.Conn{{near, far}, {far, near}} {
		copying.Go(func() {
			io.Copy(pair[1], pair[0]) // a broken connection ends as one that was closed
			if half, is := pair[1].(interface{ CloseWrite() error }); is {
				_ = half.CloseWrite()
			}
		})
	}
	copying.Wait()
}

// cloudAddresses is where AWS's name, or one of a service, leads those who ask from an address.
func (n *Network) cloudAddresses(name string, from netip.Addr, endpoints map[string][]netip.Addr) []netip.Addr {
	service := strings.TrimSuffix(strings.TrimSuffix(name, cloudName), ".")
	if service == "s3" || strings.HasSuffix(service, ".s3") {
		return []netip.Addr{s3Address}
	}
	if addresses := endpoints[service]; len(addresses) > 0 {
		return addresses
	}
	if service == "" && len(endpoints) > 0 {
		n.lock.Lock()
		place := n.topology.at(from)
		n.lock.Unlock()
		if place != nil && place.nat == "" {
			return endpoints[slices.Min(slices.Collect(maps.Keys(endpoints)))]
		}
	}
	return []netip.Addr{internetAddress}
}

//go:build linux

package vpc

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/groundplan/groundplan/e2e/lab/state"
)

// most is how many addresses Route 53 gives to a question about a name with several values.
const most = 8

// Names is the resolver of the VPC. It knows what is set here, what is registered with Cloud Map, and AWS; any other name
// does not exist.
type Names struct {
	network  *Network
	datagram net.PacketConn
	listener net.Listener
	serving  sync.WaitGroup

	lock      sync.Mutex
	records   map[string]record
	registry  map[string]registryName // by ARN of the Cloud Map service
	endpoints map[string][]netip.Addr // by service of AWS
	told      map[asked]told
}

// asked is a question, and who asks it.
type asked struct {
	name string
	from netip.Addr
}

// told is an answer that stays the answer until its lifetime is over, whatever becomes of the name: the VPC's resolver keeps what it has
// heard. That a name does not exist is not kept.
type told struct {
	record
	until time.Time
}

type record struct {
	ttl       time.Duration
	addresses []netip.Addr
}

type registryName struct {
	name string
	ttl  time.Duration
}

// startNames opens the resolver's address and reads the state's Cloud Map.
func (n *Network) startNames(resources state.State) (*Names, error) {
	names := &Names{network: n, records: map[string]record{}, endpoints: map[string][]netip.Addr{}, told: map[asked]told{}}
	if err := names.load(resources); err != nil {
		return nil, err
	}
	address := netip.AddrPortFrom(n.topology.resolver(), 53).String()
	err := n.router.do(func() (err error) {
		if names.datagram, err = net.ListenPacket("udp4", address); err != nil {
			return err
		}
		names.listener, err = net.Listen("tcp4", address)
		return err
	})
	n.closers = append(n.closers, names.close)
	if err != nil {
		return nil, fmt.Errorf("the resolver cannot listen: %w", err)
	}
	names.serving.Go(names.serveDatagrams)
	names.serving.Go(names.serveConnections)
	return names, nil
}

func (n *Names) close() error {
	var failures []error
	if n.datagram != nil {
		failures = append(failures, n.datagram.Close())
	}
	if n.listener != nil {
		failures = append(failures, n.listener.Close())
	}
	n.serving.Wait()
	return errors.Join(failures...)
}

// load reads which names Cloud Map's services have.
func (n *Names) load(resources state.State) error {
	namespaces := map[string]string{}
	for _, resource := range resources.Of("aws_service_discovery_private_dns_namespace") {
		namespaces[resource.Text("id")] = resource.Text("name")
	}
	registry := map[string]registryName{}
	for _, resource := range resources.Of("aws_service_discovery_service") {
		config := resource.Block("dns_config")
		zone, known := namespaces[config.Text("namespace_id")]
		if !known {
			return fmt.Errorf("%s: no namespace %q in the state", resource.Address, config.Text("namespace_id"))
		}
		for _, records := range config.Blocks("dns_records") {
			if records.Text("type") == "A" {
				registry[resource.Text("arn")] = registryName{
					name: resource.Text("name") + "." + zone, ttl: time.Duration(records.Number("ttl")) * time.Second,
				}
			}
		}
	}
	n.lock.Lock()
	defer n.lock.Unlock()
	n.registry = registry
	return nil
}

func canonical(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

// SetName gives a name these addresses in place of any it had; without addresses the name is gone.
func (n *Names) SetName(name string, ttl time.Duration, addresses ...netip.Addr) {
	n.lock.Lock()
	defer n.lock.Unlock()
	n.set(name, ttl, addresses)
}

func (n *Names) set(name string, ttl time.Duration, addresses []netip.Addr) {
	if len(addresses) == 0 {
		delete(n.records, canonical(name))
		return
	}
	n.records[canonical(name)] = record{ttl, slices.Clone(addresses)}
}

// Register adds an address to the name that a service of Cloud Map has, as ECS does for a task.
func (n *Names) Register(registryARN string, address netip.Addr) error {
	return n.change(registryARN, func(addresses []netip.Addr) []netip.Addr {
		if slices.Contains(addresses, address) {
			return addresses
		}
		return append(addresses, address)
	})
}

// Deregister takes an address away from the name of a service of Cloud Map. Callers may know it until its lifetime is over.
func (n *Names) Deregister(registryARN string, address netip.Addr) error {
	return n.change(registryARN, func(addresses []netip.Addr) []netip.Addr {
		return slices.DeleteFunc(addresses, func(other netip.Addr) bool { return other == address })
	})
}

func (n *Names) change(registryARN string, change func([]netip.Addr) []netip.Addr) error {
	n.lock.Lock()
	defer n.lock.Unlock()
	entry, known := n.registry[registryARN]
	if !known {
		return fmt.Errorf("no Cloud Map service %q with a name of type A in the state", registryARN)
	}
	n.set(entry.name, entry.ttl, change(slices.Clone(n.records[canonical(entry.name)].addresses)))
	return nil
}

// RegistryName is the name that a service of Cloud Map has in the VPC.
func (n *Names) RegistryName(registryARN string) (string, bool) {
	n.lock.Lock()
	defer n.lock.Unlock()
	entry, known := n.registry[registryARN]
	return entry.name, known
}

func (n *Names) addEndpoint(service string, address netip.Addr) {
	n.lock.Lock()
	defer n.lock.Unlock()
	n.endpoints[service] = append(n.endpoints[service], address)
}

// Resolve answers a question that comes from an address: at most eight of a name's addresses, in random order. It is what the name is
// now; programs of the network, which ask by DNS, may still be told what it was.
func (n *Names) Resolve(name string, from netip.Addr) []netip.Addr {
	return n.answer(name, from).addresses
}

func (n *Names) answer(name string, from netip.Addr) record {
	name = canonical(name)
	n.lock.Lock()
	found, endpoints := n.records[name], maps.Clone(n.endpoints)
	n.lock.Unlock()
	if name == cloudName || strings.HasSuffix(name, "."+cloudName) {
		found = record{time.Minute, n.network.cloudAddresses(name, from, endpoints)}
	}
	addresses := slices.Clone(found.addresses)
	rand.Shuffle(len(addresses), func(i, j int) { addresses[i], addresses[j] = addresses[j], addresses[i] })
	return record{found.ttl, addresses[:min(len(addresses), most)]}
}

// recall is an answer of now, or the one that who asks was given before, as long as its lifetime lasts. The lifetime is what is left of it.
func (n *Names) recall(name string, from netip.Addr) record {
	question, now := asked{canonical(name), from}, time.Now()
	n.lock.Lock()
	before, known := n.told[question]
	n.lock.Unlock()
	if !known || !now.Before(before.until) {
		found := n.answer(name, from)
		before = told{found, now.Add(time.Duration(float64(found.ttl) / n.network.speed))}
		n.lock.Lock()
		if len(found.addresses) > 0 {
			n.told[question] = before
		} else {
			delete(n.told, question)
		}
		n.lock.Unlock()
	}
	addresses := slices.Clone(before.addresses)
	rand.Shuffle(len(addresses), func(i, j int) { addresses[i], addresses[j] = addresses[j], addresses[i] })
	return record{time.Duration(float64(before.until.Sub(now)) * n.network.speed), addresses}
}

func (n *Names) serveDatagrams() {
	buffer := make([]byte, 4096)
	for {
		length, from, err := n.datagram.ReadFrom(buffer)
		if err != nil {
			return
		}
		if reply := n.reply(buffer[:length], from); reply != nil {
			_, _ = n.datagram.WriteTo(reply, from) // whoever has gone asks no more
		}
	}
}

func (n *Names) serveConnections() {
	for {
		connection, err := n.listener.Accept()
		if err != nil {
			return
		}
		n.serving.Go(func() {
			defer connection.Close()
			_ = connection.SetDeadline(time.Now().Add(5 * time.Second))
			for {
				var length uint16
				if err := binary.Read(connection, binary.BigEndian, &length); err != nil {
					return
				}
				question := make([]byte, length)
				if _, err := io.ReadFull(connection, question); err != nil {
					return
				}
				reply := n.reply(question, connection.RemoteAddr())
				if reply == nil {
					return
				}
				if _, err := connection.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...)); err != nil {
					return
				}
			}
		})
	}
}

// reply answers one message; nil for what is no question.
func (n *Names) reply(message []byte, from net.Addr) []byte {
	var parser dnsmessage.Parser
	header, err := parser.Start(message)
	if err != nil || header.Response {
		return nil
	}
	question, err := parser.Question()
	if err != nil {
		return nil
	}
	asking, err := netip.ParseAddrPort(from.String())
	if err != nil {
		return nil
	}
	found := n.recall(question.Name.String(), asking.Addr())
	reply := dnsmessage.Message{
		Header: dnsmessage.Header{
			ID: header.ID, Response: true, OpCode: header.OpCode, RecursionDesired: header.RecursionDesired, RecursionAvailable: true,
		},
		Questions: []dnsmessage.Question{question},
	}
	if len(found.addresses) == 0 {
		reply.RCode = dnsmessage.RCodeNameError
	}
	// A name that has addresses of this version only exists for questions about the other, without an answer.
	if question.Type == dnsmessage.TypeA || question.Type == dnsmessage.TypeALL {
		for _, address := range found.addresses {
			reply.Answers = append(reply.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: question.Name, Class: dnsmessage.ClassINET, TTL: n.lifetime(found.ttl)},
				Body:   &dnsmessage.AResource{A: address.As4()},
			})
		}
	}
	packed, err := reply.Pack()
	if err != nil {
		return nil
	}
	return packed
}

// lifetime is the lifetime of a name in seconds, as the laboratory's clock counts them.
func (n *Names) lifetime(ttl time.Duration) uint32 {
	if ttl <= 0 {
		return 0
	}
	return max(1, uint32(math.Round(ttl.Seconds()/n.network.speed)))
}

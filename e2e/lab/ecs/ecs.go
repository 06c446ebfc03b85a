//go:build linux

// Package ecs runs services as ECS does on Fargate: it reads clusters, services and task definitions of an account, starts
// the tasks of each service, and keeps them as the service wants them, through deployments, rollbacks, scaling and failures.
//
// It is faithful where it decides whether a request is refused. The order in which a task ends is the one of AWS's guide:
// while it is DEACTIVATING it leaves its name and its target groups, and the load balancer's deregistration delay passes; only
// then, STOPPING, its containers get SIGTERM, those first on which no other depends, and SIGKILL when their stopTimeout is over.
// See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html,
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-connection-draining.html and, for containers,
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html.
// Nothing waits for the lifetime of a name in Cloud Map: https://github.com/aws/containers-roadmap/issues/343.
//
// Simplified: no limits of CPU and memory, no throttling of a service whose tasks keep failing, no capacity providers, and a task
// that fails a check is stopped before its replacement runs. It is larger than other packages because it is one thing: the
// states of a task and of a service.
package ecs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/groundplan/groundplan/e2e/emulator"
	"github.com/groundplan/groundplan/e2e/lab/container"
)

// Options say what runs, and where.
type Options struct {
	Account, Region string
	// Call makes one call to AWS. Operator is who may do everything there.
	Call     func(who emulator.Identity, service, operation string, parameters map[string]any) (map[string]any, error)
	Operator emulator.Identity
	// Assume takes a role as a service of AWS does that acts for source, an ARN: only if the role trusts it.
	Assume func(ctx context.Context, role, service, source string) (emulator.Credentials, error)
	// Report writes what DescribeServices says of a service; nil where nobody asks.
	Report func(ctx context.Context, cluster, service string, fields map[string]any) error
	// Stopped hears of each task that has stopped: the detail of the event "ECS Task State Change". nil where nobody listens.
	Stopped func(ctx context.Context, detail map[string]any) error
	// Images are folders by the name under which a task definition asks for them.
	Images  map[string]string
	Network Network
	// Directory is where volumes and logs are.
	Directory string
	// Speed divides all durations; 0 counts as 1. Timeouts of health checks and the time to start in are not divided: work takes its time.
	Speed float64
	// Variables, Files and Mounts are what every container has beyond its definition.
	Variables map[string]string
	Files     map[string]string
	Mounts    []container.Mount
	Progress  io.Writer
}

// Network is what tasks run in.
type Network struct {
	// Attach makes an interface in a subnet, with the address 169.254.170.2 as its own.
	Attach func(name, subnet string, groups []string) (Place, error)
	// Announce and Withdraw add an address to the name that a service of Cloud Map has, and take it away.
	Announce, Withdraw func(registry string, address netip.Addr) error
	// Register and Deregister tell a target group. State is healthy, draining and so on, empty when the target is unused.
	Register, Deregister func(targetGroup string, target netip.AddrPort) error
	State                func(targetGroup string, target netip.AddrPort) string
}

// Place is an interface of a task.
type Place struct {
	Namespace string
	Address   netip.Addr
	// ListenOn listens inside; nil where there is no network, and then there are no endpoints for credentials and metadata.
	ListenOn func(netip.AddrPort) (net.Listener, error)
	Close    func() error
}

// Cluster is the running services.
type Cluster struct {
	options Options
	stop    context.CancelFunc
	running sync.WaitGroup

	account sync.Mutex // held while what the account says is compared with what runs, or changed

	lock        sync.Mutex
	changed     chan struct{} // closed and replaced when something has changed
	services    []*clusterService
	definitions map[string]*Definition
	tasks       []*clusterTask // all there ever were
	events      []Event
	pulled      map[string]bool
	images      map[string]string
	lost        map[string]bool // subnets of zones that are gone
}

// Event is what happened to a service, worded as ECS words it where it has words for it.
type Event struct {
	Time    time.Time
	Service string
	Message string
}

// Start reads the account and starts every service. It returns at once: Steady waits.
func Start(ctx context.Context, options Options) (*Cluster, error) {
	if options.Speed <= 0 {
		options.Speed = 1
	}
	if options.Progress == nil {
		options.Progress = io.Discard
	}
	ctx, cancel := context.WithCancel(ctx)
	c := &Cluster{options: options, stop: cancel, changed: make(chan struct{}), definitions: map[string]*Definition{}, pulled: map[string]bool{}, images: map[string]string{}, lost: map[string]bool{}}
	maps.Copy(c.images, options.Images)
	found, err := c.describe()
	if err != nil {
		cancel()
		return nil, err
	}
	for _, one := range found {
		s := &clusterService{cluster: c, name: one.Name, clusterARN: one.cluster}
		if err := s.update(one.description); err != nil {
			cancel()
			return nil, err
		}
		c.services = append(c.services, s)
	}
	for _, s := range c.services {
		c.running.Add(1)
		go s.keep(ctx)
	}
	c.running.Add(1)
	go c.follow(ctx)
	return c, nil
}

// described is a service of the account.
type described struct {
	cluster string
	description
}

// operate makes a call to ECS as the operator.
func (c *Cluster) operate(operation string, parameters map[string]any) (map[string]any, error) {
	answer, err := c.options.Call(c.options.Operator, "ecs", operation, parameters)
	if err != nil {
		return nil, fmt.Errorf("ecs %s: %w", operation, err)
	}
	return answer, nil
}

// describe reads all services of all clusters, by name.
func (c *Cluster) describe() ([]described, error) {
	var clusters []string
	answer, err := c.operate("ListClusters", nil)
	if err != nil {
		return nil, err
	}
	if err := read(answer, "clusterArns", &clusters); err != nil {
		return nil, err
	}
	var found []described
	for _, cluster := range clusters {
		var names []string
		for token := any(nil); ; {
			parameters := map[string]any{"cluster": cluster}
			if token != nil {
				parameters["nextToken"] = token
			}
			answer, err := c.operate("ListServices", parameters)
			if err != nil {
				return nil, err
			}
			var page []string
			if err := read(answer, "serviceArns", &page); err != nil {
				return nil, err
			}
			names = append(names, page...)
			if token = answer["nextToken"]; token == nil {
				break
			}
		}
		for chunk := range slices.Chunk(names, 10) {
			answer, err := c.operate("DescribeServices", map[string]any{"cluster": cluster, "services": chunk})
			if err != nil {
				return nil, err
			}
			var services []description
			if err := read(answer, "services", &services); err != nil {
				return nil, err
			}
			for _, one := range services {
				found = append(found, described{cluster, one})
			}
		}
	}
	slices.SortFunc(found, func(a, b described) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return found, nil
}

// definition is a task definition of the account. They never change once they are registered.
func (c *Cluster) definition(arn string) (*Definition, error) {
	c.lock.Lock()
	known := c.definitions[arn]
	c.lock.Unlock()
	if known != nil {
		return known, nil
	}
	answer, err := c.operate("DescribeTaskDefinition", map[string]any{"taskDefinition": arn})
	if err != nil {
		return nil, err
	}
	definition := &Definition{}
	if err := read(answer, "taskDefinition", definition); err != nil {
		return nil, err
	}
	if err := definition.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", arn, err)
	}
	c.lock.Lock()
	defer c.lock.Unlock()
	c.definitions[arn] = definition
	return definition, nil
}

// follow looks for what others change in the account: terraform, or an operator.
func (c *Cluster) follow(ctx context.Context) {
	defer c.running.Done()
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(c.scaled(2 * time.Second)):
		}
		c.account.Lock()
		c.takeOver()
		c.account.Unlock()
	}
}

// takeOver takes over what the account says. The account is held.
func (c *Cluster) takeOver() {
	found, err := c.describe()
	if err != nil {
		return // the account may have ended before the cluster does
	}
	for _, one := range found {
		if s := c.find(one.Name); s != nil {
			if err := s.update(one.description); err != nil {
				c.record(s.name, err.Error())
			}
		}
	}
}

// AddImage pushes an image.
func (c *Cluster) AddImage(reference, folder string) {
	c.change(func() { c.images[reference] = folder })
}

// image is the folder of an image.
func (c *Cluster) image(reference string) (string, bool) {
	c.lock.Lock()
	defer c.lock.Unlock()
	folder, known := c.images[reference]
	return folder, known
}

func (c *Cluster) find(name string) *clusterService {
	for _, s := range c.services {
		if s.name == name {
			return s
		}
	}
	return nil
}

// scaled is a duration of AWS in the time of this laboratory.
func (c *Cluster) scaled(duration time.Duration) time.Duration {
	return time.Duration(float64(duration) / c.options.Speed)
}

// change changes what several look at, and wakes whoever waits for it.
func (c *Cluster) change(do func()) {
	c.lock.Lock()
	defer c.lock.Unlock()
	do()
	close(c.changed)
	c.changed = make(chan struct{})
}

// record keeps an event and shows it.
func (c *Cluster) record(service, message string) {
	c.change(func() { c.note(service, message) })
}

// note is record for who holds the lock.
func (c *Cluster) note(service, message string) {
	c.events = append(c.events, Event{time.Now(), service, message})
	fmt.Fprintf(c.options.Progress, "%s (service %s) %s\n", time.Now().Format("15:04:05.000"), service, message)
}

// Close stops everything at once, as losing the machine would.
func (c *Cluster) Close() error {
	c.stop()
	c.lock.Lock()
	tasks := slices.Clone(c.tasks)
	c.lock.Unlock()
	for _, t := range tasks {
		t.order(stopping{code: "UserInitiated", reason: "the laboratory ends", kill: true})
	}
	c.running.Wait()
	var failed error
	for _, t := range tasks {
		failed = errors.Join(failed, t.clean())
	}
	return failed
}

// logPath is the file that has what a container writes.
func (c *Cluster) logPath(t *clusterTask, name string) string {
	return filepath.Join(c.options.Directory, "logs", t.service.name, t.id, name+".log")
}

func (t *clusterTask) clean() error { return os.RemoveAll(t.volumes()) }

func (t *clusterTask) volumes() string {
	return filepath.Join(t.cluster.options.Directory, "volumes", t.id)
}

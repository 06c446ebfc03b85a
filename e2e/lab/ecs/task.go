//go:build linux

package ecs

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/container"
)

// States of a task, as ECS names them.
const (
	provisioningState = "PROVISIONING"
	pendingState      = "PENDING"
	activatingState   = "ACTIVATING"
	runningState      = "RUNNING"
	deactivatingState = "DEACTIVATING"
	stoppingOf        = "STOPPING"
	stopped           = "STOPPED"
)

// clusterTask is one task of a service. What others look at is guarded by the cluster's lock.
type clusterTask struct {
	cluster    *Cluster
	service    *clusterService
	deployment *deployment
	wanted     description // the service as it was when the task was started
	id, arn    string
	subnet     string
	began      time.Time

	status  string
	running time.Time // when it was RUNNING, zero before
	well    bool      // it was healthy once
	faulty  bool      // its end counts against its deployment
	health  string
	code    string // why it stops: ECS's stop code
	reason  string
	members []*member
	place   Place

	secrets  map[string]map[string]string // by container
	endpoint *endpoint
	// announced and registered are where it was made known.
	announced  []string
	registered []groupTarget

	news   chan struct{} // something about its containers has changed
	orders chan stopping
	once   sync.Once
	killed chan struct{} // closed when everything must go at once
	kill   sync.Once
}

// groupTarget is a task as a target group knows it.
type groupTarget struct {
	group   string
	address netip.AddrPort
}

// stopping is why and how a task is stopped.
type stopping struct {
	code, reason string
	drain        bool      // leave names and target groups first, and wait until nobody comes from there
	deadline     time.Time // when everything is over whatever it does; zero for never
	kill         bool      // at once
	lost         bool      // with its zone: nobody hears of it
	notice       time.Duration
}

func newID() string {
	var bytes [16]byte
	rand.Read(bytes[:])
	return hex.EncodeToString(bytes[:])
}

// launch starts a task of a deployment. The lock is held.
func (s *clusterService) launch(d *deployment) {
	c := s.cluster
	cluster := s.clusterARN[strings.LastIndex(s.clusterARN, "/")+1:]
	s.start(s.newTask(d, fmt.Sprintf("arn:aws:ecs:%s:%s:task/%s/%s", c.options.Region, c.options.Account, cluster, newID())))
}

// emptiest is the subnet with the fewest tasks: ECS spreads them over the zones.
func (s *clusterService) emptiest() string {
	counts := map[string]int{}
	for _, t := range s.tasks() {
		if t.code == "" { // those that are told to stop leave room
			counts[t.subnet]++
		}
	}
	there := slices.DeleteFunc(slices.Clone(s.wanted.Network.VPC.Subnets), func(subnet string) bool { return s.cluster.lost[subnet] })
	if len(there) == 0 {
		there = s.wanted.Network.VPC.Subnets
	}
	return slices.MinFunc(there, func(a, b string) int { return counts[a] - counts[b] })
}

func (t *clusterTask) hostname() string {
	if t.place.Address.IsValid() {
		return "ip-" + strings.ReplaceAll(t.place.Address.String(), ".", "-") + ".ec2.internal"
	}
	return "task"
}

// poke tells the task's own goroutine that something has changed.
func (t *clusterTask) poke() {
	select {
	case t.news <- struct{}{}:
	default:
	}
}

// order tells a task to stop. The first order counts, but one to go at once cuts short what another began.
func (t *clusterTask) order(order stopping) {
	if order.kill {
		t.kill.Do(func() { close(t.killed) })
	}
	t.once.Do(func() { t.orders <- order })
}

func (t *clusterTask) is(status string) {
	t.cluster.change(func() { t.status = status })
}

// live is a task's life, from its interface to its end.
func (t *clusterTask) live() {
	defer t.cluster.running.Done()
	err := t.provision()
	if err == nil {
		err = t.activate()
	}
	var order stopping
	if err != nil {
		order = stopping{code: "TaskFailedToStart", reason: err.Error()}
		t.once.Do(func() {}) // nobody else's order counts any more
	} else {
		order = t.carry()
	}
	if order.lost {
		order.kill = true
		if err := t.vanish(order.notice); err != nil {
			t.cluster.record(t.service.name, err.Error())
		}
	}
	t.end(order)
}

// provision makes everything that containers need before one of them starts.
func (t *clusterTask) provision() error {
	place, err := t.cluster.options.Network.Attach(t.service.name+"-"+t.id[:8], t.subnet, t.wanted.Network.VPC.Groups)
	if err != nil {
		return fmt.Errorf("ResourceInitializationError: unable to attach a network interface: %w", err)
	}
	t.cluster.change(func() { t.place, t.status = place, pendingState })
	for _, volume := range t.deployment.definition.Volumes {
		if err := os.MkdirAll(filepath.Join(t.volumes(), volume.Name), 0o755); err != nil {
			return err
		}
	}
	return t.initialize()
}

// activate starts the containers, as far as they do not wait for others.
func (t *clusterTask) activate() error {
	t.is(activatingState)
	return t.advance()
}

// advance starts whatever may start now.
func (t *clusterTask) advance() error {
	for started := true; started; {
		started = false
		for _, m := range t.members {
			if m.running != nil || m.reason != "" {
				continue
			}
			t.cluster.lock.Lock()
			ready, err := t.resolved(m)
			t.cluster.lock.Unlock()
			if err != nil {
				return err
			}
			if !ready {
				continue
			}
			if err := t.start(m); err != nil {
				m.reason = err.Error()
				return fmt.Errorf("container %s: %w", m.definition.Name, err)
			}
			started = true
		}
	}
	return nil
}

// carry looks after the containers until the task is to stop, and returns why.
func (t *clusterTask) carry() stopping {
	for {
		if t.broken() {
			return stopping{code: "EssentialContainerExited", reason: "Essential container in task exited"}
		}
		if err := t.advance(); err != nil {
			return stopping{code: "TaskFailedToStart", reason: err.Error()}
		}
		if err := t.notice(); err != nil {
			return stopping{code: "TaskFailedToStart", reason: err.Error()}
		}
		select {
		case <-t.news:
		case order := <-t.orders:
			return order
		case <-t.killed:
			return stopping{code: "UserInitiated", reason: "killed", kill: true}
		}
	}
}

// broken reports whether a container has ended without which the task is none.
func (t *clusterTask) broken() bool {
	t.cluster.lock.Lock()
	defer t.cluster.lock.Unlock()
	return slices.ContainsFunc(t.members, func(m *member) bool { return m.definition.essential() && m.ended })
}

// notice draws the conclusions from the containers' states: that the task runs, and how it is.
func (t *clusterTask) notice() error {
	all := !slices.ContainsFunc(t.members, func(m *member) bool { return m.running == nil })
	health, checks := t.overall()
	if all && t.running.IsZero() {
		t.cluster.change(func() { t.status, t.running = runningState, time.Now() })
		if err := t.register(); err != nil {
			return err
		}
	}
	// The name has a task once it is healthy: ECS reports the checks of its containers to Cloud Map, which leaves out what is not
	// healthy. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html
	if all && (health == goodHealth || !checks) {
		if err := t.announce(); err != nil {
			return err
		}
	} else if health == badHealth {
		if err := t.withdraw(); err != nil {
			return err
		}
	}
	if health != t.health {
		t.cluster.change(func() { t.health = health })
	}
	return nil
}

// overall is a task's health: that of its essential containers with a check, UNKNOWN where there is none.
func (t *clusterTask) overall() (health string, checks bool) {
	t.cluster.lock.Lock()
	defer t.cluster.lock.Unlock()
	health = goodHealth
	for _, m := range t.members {
		if !m.definition.essential() || m.definition.HealthCheck.command() == nil {
			continue
		}
		checks = true
		switch {
		case m.health == badHealth:
			health = badHealth
		case m.health == unknownHealth && health == goodHealth:
			health = unknownHealth
		}
	}
	if !checks {
		health = unknownHealth
	}
	return health, checks
}

func (t *clusterTask) announce() error {
	if len(t.announced) > 0 {
		return nil
	}
	for _, registry := range t.wanted.Registries {
		if err := t.cluster.options.Network.Announce(registry.ARN, t.place.Address); err != nil {
			return err
		}
		t.announced = append(t.announced, registry.ARN)
	}
	return nil
}

func (t *clusterTask) withdraw() error {
	var failed error
	for _, registry := range t.announced {
		failed = errors.Join(failed, t.cluster.options.Network.Withdraw(registry, t.place.Address))
	}
	t.announced = nil
	return failed
}

func (t *clusterTask) register() error {
	for _, balancer := range t.wanted.LoadBalancers {
		one := groupTarget{balancer.TargetGroup, netip.AddrPortFrom(t.place.Address, uint16(balancer.ContainerPort))}
		if err := t.cluster.options.Network.Register(one.group, one.address); err != nil {
			return err
		}
		t.cluster.change(func() {
			t.registered = append(t.registered, one)
			t.cluster.note(t.service.name, fmt.Sprintf("registered 1 targets in (target-group %s)", one.group))
		})
	}
	return nil
}

// leave takes the task out of names and target groups, and with wait returns when the load balancer uses it no more.
func (t *clusterTask) leave(wait bool) error {
	failed := t.withdraw()
	for _, one := range t.registered {
		failed = errors.Join(failed, t.cluster.options.Network.Deregister(one.group, one.address))
		t.cluster.record(t.service.name, fmt.Sprintf("has begun draining connections on 1 tasks: (task %s).", t.id))
	}
	for wait && slices.ContainsFunc(t.registered, func(one groupTarget) bool { return t.cluster.options.Network.State(one.group, one.address) != "" }) {
		select {
		case <-t.killed:
			return failed
		case <-time.After(20 * time.Millisecond):
		}
		if t.broken() {
			return failed // nothing is left to wait for
		}
	}
	return failed
}

// end stops what runs, in ECS's order.
func (t *clusterTask) end(order stopping) {
	t.cluster.change(func() {
		t.code, t.reason = order.code, order.reason
		// A task that was healthy and then ends is replaced and not counted: "If a task successfully starts, passes the dependent
		// health checks, but then stops, then the circuit breaker might not activate".
		// https://repost.aws/knowledge-center/ecs-deployment-roll-back-failure
		t.faulty = t.faulty || !t.well && (order.code == "TaskFailedToStart" || order.code == "EssentialContainerExited")
	})
	var failed error
	if order.lost {
		t.cluster.record(t.service.name, fmt.Sprintf("(task %s) is known to be lost.", t.id))
	}
	if order.drain {
		t.is(deactivatingState)
		failed = t.leave(true)
		t.is(stoppingOf)
	} else {
		t.is(stoppingOf)
		failed = t.leave(false)
	}
	t.stopAll(order)
	failed = errors.Join(failed, t.flush())
	if t.endpoint != nil {
		t.endpoint.close()
	}
	if t.place.Close != nil {
		failed = errors.Join(failed, t.place.Close())
	}
	var detail map[string]any
	t.cluster.change(func() {
		for _, m := range t.members { // watch may still be on its way to say so
			if m.running != nil {
				m.ended, m.exitCode = true, m.running.ExitCode()
			}
		}
		t.status = stopped
		t.cluster.note(t.service.name, fmt.Sprintf("(task %s) has stopped: %s%s", t.id, t.reason, t.details()))
		if failed != nil {
			t.cluster.note(t.service.name, failed.Error())
		}
		t.service.buried(t)
		detail = t.stateChange()
	})
	if t.cluster.options.Stopped != nil {
		if err := t.cluster.options.Stopped(context.Background(), detail); err != nil {
			t.cluster.record(t.service.name, err.Error())
		}
	}
}

// vanish is the end of a task whose zone is lost: packets to it are lost, and it keeps its name and its target groups until ECS notices,
// or the load balancer has found out and ECS has replaced it.
func (t *clusterTask) vanish(notice time.Duration) error {
	var failed error
	if t.place.Close != nil {
		failed = t.place.Close()
	}
	t.stopAll(stopping{kill: true})
	noticed := time.After(t.cluster.scaled(notice))
	for {
		t.cluster.lock.Lock()
		replaced := t.code != ""
		t.cluster.lock.Unlock()
		if replaced {
			return failed
		}
		select {
		case <-noticed:
			return failed
		case <-t.killed:
			return failed
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// details are how the containers ended that matter.
func (t *clusterTask) details() string {
	var parts []string
	for _, m := range t.members {
		if m.ended && m.exitCode != 0 {
			parts = append(parts, fmt.Sprintf("%s exited with code %d%s", m.definition.Name, m.exitCode, t.lastWords(m)))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, "; ") + ")"
}

// lastWords is the last line a container has written.
func (t *clusterTask) lastWords(m *member) string {
	text, err := os.ReadFile(t.cluster.logPath(t, m.definition.Name))
	if err != nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return ": " + last
	}
	return ""
}

// environment is the variables of a container: the image's, those of Fargate, the laboratory's, and the definition's.
func (t *clusterTask) environment(definition *ContainerDefinition, image container.Image) []string {
	variables := map[string]string{"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOSTNAME": t.hostname()}
	for name, value := range image.Env {
		variables[name] = value
	}
	variables["AWS_EXECUTION_ENV"] = "AWS_ECS_FARGATE"
	variables["AWS_REGION"] = t.cluster.options.Region
	variables["AWS_DEFAULT_REGION"] = t.cluster.options.Region
	if t.endpoint != nil {
		base := "http://" + net.JoinHostPort(endpointAddress.Addr().String(), "80")
		base = strings.TrimSuffix(base, ":80")
		if t.deployment.definition.TaskRole != "" {
			variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = t.endpoint.credentialsPath
		}
		variables["ECS_CONTAINER_METADATA_URI_V4"] = base + "/v4/" + t.id + "-" + definition.Name
		variables["ECS_CONTAINER_METADATA_URI"] = base + "/v3/" + t.id + "-" + definition.Name
		variables["ECS_AGENT_URI"] = base + "/api/" + t.id + "-" + definition.Name
	}
	for name, value := range t.cluster.options.Variables {
		variables[name] = value
	}
	for _, variable := range definition.Environment {
		variables[variable.Name] = variable.Value
	}
	for name, value := range t.secrets[definition.Name] {
		variables[name] = value
	}
	var list []string
	for name, value := range variables {
		list = append(list, name+"="+value)
	}
	slices.Sort(list)
	return list
}

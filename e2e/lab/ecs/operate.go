//go:build linux

package ecs

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// Deploy gives a service another task definition, as UpdateService does, and returns the id of the deployment.
func (c *Cluster) Deploy(name, taskDefinition string) (string, error) {
	s := c.find(name)
	if s == nil {
		return "", fmt.Errorf("no service %s", name)
	}
	definition, err := c.definition(taskDefinition)
	if err != nil {
		return "", err
	}
	c.account.Lock()
	defer c.account.Unlock()
	if _, err := c.operate("UpdateService", map[string]any{"cluster": s.clusterARN, "service": name, "taskDefinition": definition.ARN}); err != nil {
		return "", err
	}
	var id string
	c.change(func() {
		if s.newest().definition.ARN != definition.ARN {
			s.wanted.TaskDefinition, s.seen = definition.ARN, definition.ARN
			s.deploy(definition)
		}
		id = s.newest().id
	})
	return id, nil
}

// Register registers a copy of a service's task definition with something changed in it, and returns its ARN. It is changed as
// DescribeTaskDefinition gives it.
func (c *Cluster) Register(name string, change func(definition map[string]any) error) (string, error) {
	s := c.find(name)
	if s == nil {
		return "", fmt.Errorf("no service %s", name)
	}
	c.lock.Lock()
	arn := s.wanted.TaskDefinition
	c.lock.Unlock()
	answer, err := c.operate("DescribeTaskDefinition", map[string]any{"taskDefinition": arn})
	if err != nil {
		return "", err
	}
	var definition map[string]any
	if err := read(answer, "taskDefinition", &definition); err != nil {
		return "", err
	}
	if err := change(definition); err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	register := map[string]any{}
	for _, field := range []string{"family", "taskRoleArn", "executionRoleArn", "networkMode", "containerDefinitions", "volumes", "requiresCompatibilities", "cpu", "memory", "runtimePlatform"} {
		if value, has := definition[field]; has && value != nil {
			register[field] = value
		}
	}
	answer, err = c.operate("RegisterTaskDefinition", register)
	if err != nil {
		return "", err
	}
	var revised Definition
	err = read(answer, "taskDefinition", &revised)
	return revised.ARN, err
}

// Scale gives a service another number of tasks.
func (c *Cluster) Scale(name string, count int) error {
	s := c.find(name)
	if s == nil {
		return fmt.Errorf("no service %s", name)
	}
	c.account.Lock()
	defer c.account.Unlock()
	if _, err := c.operate("UpdateService", map[string]any{"cluster": s.clusterARN, "service": name, "desiredCount": count}); err != nil {
		return err
	}
	c.change(func() { s.wanted.DesiredCount, s.steady = count, false })
	return nil
}

// Steady waits until every service is, and returns why it is not when ctx ends. A deployment that has failed without a way back
// ends the waiting.
func (c *Cluster) Steady(ctx context.Context) error {
	for {
		c.lock.Lock()
		changed := c.changed
		var unsteady *clusterService
		stuck := false
		for _, s := range c.services {
			if !s.steady {
				unsteady = s
			}
			if d := s.newest(); d != nil && d.state == Failed {
				unsteady, stuck = s, true
				break
			}
		}
		c.lock.Unlock()
		if unsteady == nil {
			return nil
		}
		select {
		case <-changed:
			if !stuck {
				continue
			}
		case <-ctx.Done():
			stuck = true
		case <-time.After(time.Second):
		}
		if stuck {
			return fmt.Errorf("service %s is not steady: %s", unsteady.name, c.explain(unsteady))
		}
	}
}

// Task is a task as DescribeTasks shows it.
type Task struct {
	ID, ARN, Service     string
	TaskDefinition       string
	Deployment           string
	Subnet               string
	Address              netip.Addr
	Status, Health       string
	StopCode, StopReason string            // with how its containers ended
	Logs                 map[string]string // container to file
	Started              time.Time
}

// Tasks are the tasks of a service, those that have stopped included, the oldest first. Without a name they are all.
func (c *Cluster) Tasks(name string) []Task {
	c.lock.Lock()
	defer c.lock.Unlock()
	var found []Task
	for _, t := range c.tasks {
		if name != "" && t.service.name != name {
			continue
		}
		one := Task{
			ID: t.id, ARN: t.arn, Service: t.service.name, TaskDefinition: t.deployment.definition.ARN, Deployment: t.deployment.id, Subnet: t.subnet,
			Address: t.place.Address, Status: t.status, Health: t.health, StopCode: t.code, Started: t.began, Logs: map[string]string{},
		}
		if t.code != "" {
			one.StopReason = t.reason + t.details()
		}
		for _, m := range t.members {
			one.Logs[m.definition.Name] = c.logPath(t, m.definition.Name)
		}
		found = append(found, one)
	}
	return found
}

// Definition is the task definition of a service.
func (c *Cluster) Definition(name string) (*Definition, error) {
	s := c.find(name)
	if s == nil {
		return nil, fmt.Errorf("no service %s", name)
	}
	c.lock.Lock()
	defer c.lock.Unlock()
	return s.newest().definition, nil
}

// Deployment is a deployment as DescribeServices shows it.
type Deployment struct {
	ID, TaskDefinition string
	State, Reason      string
	Rollback           bool
}

// Deployments are those of a service, the oldest first.
func (c *Cluster) Deployments(name string) []Deployment {
	c.lock.Lock()
	defer c.lock.Unlock()
	var found []Deployment
	if s := c.find(name); s != nil {
		for _, d := range s.deployments {
			found = append(found, Deployment{d.id, d.definition.ARN, d.state, d.reason, d.rollback})
		}
	}
	return found
}

// Services are the names of all services.
func (c *Cluster) Services() []string {
	var names []string
	for _, s := range c.services {
		names = append(names, s.name)
	}
	return names
}

// Events are what has happened to a service so far; without a name to all.
func (c *Cluster) Events(name string) []Event {
	c.lock.Lock()
	defer c.lock.Unlock()
	return slices.DeleteFunc(slices.Clone(c.events), func(event Event) bool { return name != "" && event.Service != name })
}

// Wait waits until something holds, and looks again whenever anything has changed.
func (c *Cluster) Wait(ctx context.Context, what string, holds func() bool) error {
	for {
		c.lock.Lock()
		changed := c.changed
		c.lock.Unlock()
		if holds() {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", what, ctx.Err())
		case <-changed:
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// explain is what an operator would look for: the deployment's state, and how its last task ended.
func (c *Cluster) explain(s *clusterService) string {
	c.lock.Lock()
	defer c.lock.Unlock()
	d := s.newest()
	text := d.reason
	for _, t := range slices.Backward(c.tasks) {
		if t.service == s && t.status == stopped && t.reason != "" {
			return text + " The last task that stopped: " + t.reason + t.details()
		}
	}
	for _, t := range s.tasks() {
		text += fmt.Sprintf(" Task %s is %s and %s.", t.id, t.status, t.health)
		for _, m := range t.members {
			text += fmt.Sprintf(" %s (%s)%s", m.definition.Name, m.health, t.lastWords(m))
		}
	}
	return text
}

// Who stops a task that could go on.
const (
	byUser      = "UserInitiated"
	bySpot      = "SpotInterruption"
	byScheduler = "ServiceSchedulerInitiated"
)

// Stop stops a task as StopTask does: it leaves names and target groups first. The service starts another.
func (c *Cluster) Stop(id, reason string) error {
	return c.withTask(id, func(t *clusterTask) {
		t.code, t.reason = byUser, reason
		t.order(stopping{code: byUser, reason: reason, drain: true})
	})
}

// Interrupt takes the machine of a Spot task away: SIGTERM comes at once, not after the load balancer has let go of the task, as
// was seen on AWS (https://github.com/aws/containers-roadmap/issues/2673), and after two minutes everything is over.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
func (c *Cluster) Interrupt(id string) error {
	return c.withTask(id, func(t *clusterTask) {
		t.code, t.reason = bySpot, "Your Spot Task was interrupted."
		t.order(stopping{code: bySpot, reason: t.reason, deadline: time.Now().Add(c.scaled(2 * time.Minute))})
	})
}

// Lose takes the zone of a subnet away: what runs there is gone in one moment, no connection is closed, and nothing starts there until
// Regain. ECS notices after a time for which AWS promises nothing; then it takes the tasks off their names, and replaces them elsewhere.
func (c *Cluster) Lose(subnet string, notice time.Duration) {
	c.change(func() {
		c.lost[subnet] = true
		for _, t := range c.tasks {
			if t.subnet == subnet && t.status != stopped {
				t.order(stopping{code: byScheduler, reason: "The zone is lost.", lost: true, notice: notice})
			}
		}
	})
}

// Regain gives the zone of a subnet back.
func (c *Cluster) Regain(subnet string) {
	c.change(func() { delete(c.lost, subnet) })
}

// Kill ends a container's program, as a crash would.
func (c *Cluster) Kill(id, container string) error {
	return c.withTask(id, func(t *clusterTask) {
		if m := t.member(container); m != nil && m.running != nil {
			m.running.Kill()
		}
	})
}

func (c *Cluster) withTask(id string, do func(*clusterTask)) error {
	found := false
	c.change(func() {
		for _, t := range c.tasks {
			if t.id == id && t.status != stopped {
				found = true
				do(t)
			}
		}
	})
	if !found {
		return fmt.Errorf("no task %s runs", id)
	}
	return nil
}

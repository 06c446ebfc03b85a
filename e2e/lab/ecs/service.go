//go:build linux

package ecs

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// service is a service and its deployments. The cluster's lock guards it.
type service struct {
	cluster     *Cluster
	name        string
	clusterARN  string
	wanted      description
	seen        string        // the task definition that the account gave it when it was last looked at
	deployments []*deployment // the newest last
	steady      bool          // an event has said so
	returned    bool          // it was rolled back, and the account does not know it yet
}

// States of a deployment's rollout, as ECS names them.
const (
	InProgress = "IN_PROGRESS"
	Completed  = "COMPLETED"
	Failed     = "FAILED"
)

// deployment is one version of a service.
type deployment struct {
	id         string
	definition *Definition
	state      string
	reason     string
	failures   int // tasks that failed one after the other, none being healthy in between
	rollback   bool
	began      time.Time
}

// update takes over what the account says of the service. A task definition that is not the newest deployment's is a deployment.
func (s *service) update(wanted description) error {
	definition, err := s.cluster.definition(wanted.TaskDefinition)
	if err != nil {
		return err
	}
	s.cluster.lock.Lock()
	unchanged := s.seen == definition.ARN && s.wanted.DesiredCount == wanted.DesiredCount
	s.cluster.lock.Unlock()
	if unchanged {
		return nil
	}
	s.cluster.change(func() {
		s.wanted, s.seen, s.steady = wanted, definition.ARN, false
		if newest := s.newest(); newest == nil || newest.definition.ARN != definition.ARN {
			s.deploy(definition)
		}
	})
	return nil
}

// deploy begins a deployment. The lock is held.
func (s *service) deploy(definition *Definition) *deployment {
	d := &deployment{id: "ecs-svc/" + newID()[:19], definition: definition, state: InProgress, began: time.Now()}
	d.reason = fmt.Sprintf("ECS deployment %s in progress.", d.id)
	s.deployments = append(s.deployments, d)
	s.steady = false
	return d
}

func (s *service) newest() *deployment {
	if len(s.deployments) == 0 {
		return nil
	}
	return s.deployments[len(s.deployments)-1]
}

// tasks are the service's tasks that have not stopped. The lock is held.
func (s *service) tasks() []*task {
	var found []*task
	for _, t := range s.cluster.tasks {
		if t.service == s && t.status != stopped {
			found = append(found, t)
		}
	}
	return found
}

// staying are the tasks that nobody has told to stop, and that go on by themselves.
func (s *service) staying() []*task {
	return slices.DeleteFunc(s.tasks(), func(t *task) bool { return t.code != "" })
}

// keep keeps the service as it is wanted until ctx ends.
func (s *service) keep(ctx context.Context) {
	defer s.cluster.running.Done()
	told := ""
	for {
		s.cluster.lock.Lock()
		s.judge()
		s.schedule(ctx)
		changed := s.cluster.changed
		said := s.summary()
		s.cluster.lock.Unlock()
		if said != told && s.cluster.options.Report != nil && ctx.Err() == nil {
			said, err := s.report(ctx)
			if err != nil {
				s.cluster.record(s.name, err.Error())
			}
			told = said
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-time.After(s.cluster.scaled(time.Second)): // the load balancer changes its mind without a word
		}
	}
}

// unchecked is how long a task without any check must have been running: one that ends at once is seen to end before it is
// reported as RUNNING.
const unchecked = 5 * time.Second

// fit reports whether a task counts as healthy for a deployment: its containers and the load balancer say so, each where there
// is a check. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-healthchecks.html
func (s *service) fit(t *task) bool {
	if t.running.IsZero() || t.code != "" {
		return false
	}
	checked := slices.ContainsFunc(t.members, func(m *member) bool { return m.definition.essential() && m.definition.HealthCheck.command() != nil })
	if checked && t.health != healthy || !checked && time.Since(t.running) < s.cluster.scaled(unchecked) {
		return false
	}
	return !slices.ContainsFunc(t.registered, func(one target) bool { return s.cluster.options.Network.State(one.group, one.address) != "healthy" }) &&
		len(t.registered) == len(s.wanted.LoadBalancers)
}

// judge looks at each task: one that is healthy clears its deployment's count, one that is not is stopped.
func (s *service) judge() {
	grace := s.cluster.scaled(time.Duration(s.wanted.Grace) * time.Second)
	for _, t := range s.staying() {
		if s.fit(t) {
			if !t.well {
				t.well, t.deployment.failures = true, 0
			}
			continue
		}
		if t.running.IsZero() || len(t.registered) > 0 && time.Since(t.running) < grace {
			continue
		}
		reason := ""
		if t.health == unhealthy {
			reason = "Task failed container health checks"
		}
		for _, one := range t.registered {
			if s.cluster.options.Network.State(one.group, one.address) == "unhealthy" {
				reason = fmt.Sprintf("Task failed ELB health checks in (target-group %s)", one.group)
			}
		}
		if reason != "" {
			s.cluster.note(s.name, fmt.Sprintf("(task %s) is unhealthy: %s.", t.id, reason))
			t.faulty = true
			s.release(t, "ServiceSchedulerInitiated", reason)
		}
	}
}

// release tells a task to stop, with time for whoever still comes. The lock is held.
func (s *service) release(t *task, code, reason string) {
	t.code, t.reason = code, reason
	s.steady = false
	t.order(stopping{code: code, reason: reason, drain: true})
}

// schedule starts and stops tasks within the bounds of the service's deployment configuration: no more than its maximum run or
// are about to, no fewer than its minimum are healthy.
func (s *service) schedule(ctx context.Context) {
	newest := s.newest()
	if ctx.Err() != nil || newest == nil {
		return
	}
	desired := s.wanted.DesiredCount
	least, most := percent(desired, s.wanted.Deployment.Minimum, 100, true), percent(desired, s.wanted.Deployment.Maximum, 200, false)
	var young, old []*task
	fit := 0
	for _, t := range s.staying() {
		if t.deployment == newest {
			young = append(young, t)
		} else {
			old = append(old, t)
		}
		if s.fit(t) {
			fit++
		}
	}
	for newest.state != Failed && len(young) < desired && len(young)+len(old) < max(most, 1) {
		s.launch(newest)
		s.steady = false
		young = append(young, s.cluster.tasks[len(s.cluster.tasks)-1])
	}
	initiator := fmt.Sprintf("Scaling activity initiated by (deployment %s)", newest.id)
	if newest.state != Failed {
		for _, t := range old {
			if healthy := s.fit(t); !healthy || fit > least {
				if healthy {
					fit--
				}
				s.release(t, "ServiceSchedulerInitiated", initiator)
			}
		}
	}
	for i := len(young); i > desired; i-- {
		s.release(s.fullest(young[:i]), "ServiceSchedulerInitiated", initiator)
		young = slices.DeleteFunc(young, func(t *task) bool { return t.code != "" })
	}
	s.settle(newest, young, len(old))
}

// fullest is the newest task in the zone that has most: ECS keeps the zones even when it scales in.
func (s *service) fullest(tasks []*task) *task {
	counts := map[string]int{}
	for _, t := range tasks {
		counts[t.subnet]++
	}
	return slices.MaxFunc(tasks, func(a, b *task) int {
		if counts[a.subnet] != counts[b.subnet] {
			return counts[a.subnet] - counts[b.subnet]
		}
		return a.began.Compare(b.began)
	})
}

// percent of a count, at least or at most as the bound is one below or above.
func percent(count int, share *int, otherwise int, up bool) int {
	part := otherwise
	if share != nil {
		part = *share
	}
	if up {
		return (count*part + 99) / 100
	}
	return count * part / 100
}

// settle completes a deployment whose tasks are all healthy and alone.
func (s *service) settle(newest *deployment, young []*task, old int) {
	fit := 0
	for _, t := range young {
		if s.fit(t) {
			fit++
		}
	}
	if fit != s.wanted.DesiredCount || len(young) != fit || old > 0 || newest.state == Failed {
		return
	}
	if newest.state == InProgress {
		newest.state, newest.reason = Completed, fmt.Sprintf("ECS deployment %s completed.", newest.id)
		s.cluster.note(s.name, fmt.Sprintf("(deployment %s) deployment completed.", newest.id))
	}
	if !s.steady {
		s.steady = true
		s.cluster.note(s.name, "has reached a steady state.")
		close(s.cluster.changed)
		s.cluster.changed = make(chan struct{})
	}
}

// buried counts a task that has ended, against its deployment where it never was healthy. The lock is held.
//
// The breaker is ECS's: it counts failures of a deployment that is in progress, one after the other; a healthy task clears the
// count; half of the desired tasks are the limit, but at least 3 and at most 200. Then the deployment has failed, and the last one
// that was completed is deployed again. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
func (s *service) buried(t *task) {
	d := t.deployment
	s.steady = false
	if !t.faulty || d.state != InProgress || d != s.newest() {
		return
	}
	d.failures++
	if !s.wanted.Deployment.Breaker.Enable || d.failures < min(max((s.wanted.DesiredCount+1)/2, 3), 200) {
		return
	}
	d.state, d.reason = Failed, "ECS deployment circuit breaker: tasks failed to start."
	s.cluster.note(s.name, fmt.Sprintf("(deployment %s) deployment failed: tasks failed to start.", d.id))
	for _, other := range s.staying() {
		if other.deployment == d && !other.well {
			s.release(other, "ServiceSchedulerInitiated", fmt.Sprintf("Scaling activity initiated by (deployment %s)", d.id))
		}
	}
	if !s.wanted.Deployment.Breaker.Rollback {
		return
	}
	for i, last := range slices.Backward(s.deployments) {
		if last.state != Completed {
			continue
		}
		s.deployments = append(slices.Delete(s.deployments, i, i+1), last)
		last.state, last.rollback, last.failures = InProgress, true, 0
		last.reason = "ECS deployment circuit breaker: rolling back to deploymentId " + last.id + "."
		s.cluster.note(s.name, fmt.Sprintf("rolling back to (deployment %s).", last.id))
		s.wanted.TaskDefinition = last.definition.ARN
		s.returned = true
		return
	}
}

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
	if _, err := c.operate("ecs", "UpdateService", map[string]any{"cluster": s.clusterARN, "service": name, "taskDefinition": definition.ARN}); err != nil {
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

// Revise registers a copy of a service's task definition with another image for a container, and returns its ARN.
func (c *Cluster) Revise(name, container, image string) (string, error) {
	s := c.find(name)
	if s == nil {
		return "", fmt.Errorf("no service %s", name)
	}
	c.lock.Lock()
	arn := s.wanted.TaskDefinition
	c.lock.Unlock()
	answer, err := c.operate("ecs", "DescribeTaskDefinition", map[string]any{"taskDefinition": arn})
	if err != nil {
		return "", err
	}
	var definition map[string]any
	if err := read(answer, "taskDefinition", &definition); err != nil {
		return "", err
	}
	for _, one := range definition["containerDefinitions"].([]any) {
		if fields := one.(map[string]any); fields["name"] == container {
			fields["image"] = image
		}
	}
	register := map[string]any{}
	for _, field := range []string{"family", "taskRoleArn", "executionRoleArn", "networkMode", "containerDefinitions", "volumes", "requiresCompatibilities", "cpu", "memory", "runtimePlatform"} {
		if value, has := definition[field]; has && value != nil {
			register[field] = value
		}
	}
	answer, err = c.operate("ecs", "RegisterTaskDefinition", register)
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
	if _, err := c.operate("ecs", "UpdateService", map[string]any{"cluster": s.clusterARN, "service": name, "desiredCount": count}); err != nil {
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
		var unsteady *service
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
func (c *Cluster) explain(s *service) string {
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

// Why a task is stopped by hand.
const (
	byUser = "UserInitiated"
	bySpot = "SpotInterruption"
)

// Stop stops a task as StopTask does: it leaves names and target groups first. The service starts another.
func (c *Cluster) Stop(id, reason string) error {
	return c.withTask(id, func(t *task) {
		t.code, t.reason = byUser, reason
		t.order(stopping{code: byUser, reason: reason, drain: true})
	})
}

// Interrupt takes the machine of a Spot task away: SIGTERM comes at once, not after the load balancer has let go of the task, as
// was seen on AWS (https://github.com/aws/containers-roadmap/issues/2673), and after two minutes everything is over.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
func (c *Cluster) Interrupt(id string) error {
	return c.withTask(id, func(t *task) {
		t.code, t.reason = bySpot, "Your Spot Task was interrupted."
		t.order(stopping{code: bySpot, reason: t.reason, deadline: time.Now().Add(c.scaled(2 * time.Minute))})
	})
}

// Kill ends a container's program, as a crash would.
func (c *Cluster) Kill(id, container string) error {
	return c.withTask(id, func(t *task) {
		if m := t.member(container); m != nil && m.running != nil {
			m.running.Kill()
		}
	})
}

func (c *Cluster) withTask(id string, do func(*task)) error {
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

//go:build linux

package ecs

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// clusterService is a service and its deployments. The cluster's lock guards it.
type clusterService struct {
	cluster     *Cluster
	name        string
	clusterARN  string
	wanted      description
	seen        string        // the task definition that the account gave it when it was last looked at
	deployments []*deployment // the newest last
	steady      bool          // an event has said so
	returned    bool          // it was rolled back, and the account does not know it yet
	run         bool          // it is none, but stands for one task that RunTask made
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
func (s *clusterService) update(wanted description) error {
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
func (s *clusterService) deploy(definition *Definition) {
	d := &deployment{id: "ecs-svc/" + newID()[:19], definition: definition, state: InProgress, began: time.Now()}
	d.reason = fmt.Sprintf("ECS deployment %s in progress.", d.id)
	s.deployments = append(s.deployments, d)
	s.steady = false
}

func (s *clusterService) newest() *deployment {
	if len(s.deployments) == 0 {
		return nil
	}
	return s.deployments[len(s.deployments)-1]
}

// tasks are the service's tasks that have not stopped. The lock is held.
func (s *clusterService) tasks() []*clusterTask {
	var found []*clusterTask
	for _, t := range s.cluster.tasks {
		if t.service == s && t.status != stopped {
			found = append(found, t)
		}
	}
	return found
}

// staying are the tasks that nobody has told to stop, and that go on by themselves.
func (s *clusterService) staying() []*clusterTask {
	return slices.DeleteFunc(s.tasks(), func(t *clusterTask) bool { return t.code != "" })
}

// keep keeps the service as it is wanted until ctx ends.
func (s *clusterService) keep(ctx context.Context) {
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
func (s *clusterService) fit(t *clusterTask) bool {
	if t.running.IsZero() || t.code != "" {
		return false
	}
	checked := slices.ContainsFunc(t.members, func(m *member) bool { return m.definition.essential() && m.definition.HealthCheck.command() != nil })
	if checked && t.health != goodHealth || !checked && time.Since(t.running) < s.cluster.scaled(unchecked) {
		return false
	}
	return !slices.ContainsFunc(t.registered, func(one groupTarget) bool {
		return s.cluster.options.Network.State(one.group, one.address) != "healthy"
	}) &&
		len(t.registered) == len(s.wanted.LoadBalancers)
}

// judge looks at each task: one that is healthy clears its deployment's count, one that is not is stopped.
func (s *clusterService) judge() {
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
		if t.health == badHealth {
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
			s.release(t, reason)
		}
	}
}

// release tells a task to stop, with time for whoever still comes. The lock is held.
func (s *clusterService) release(t *clusterTask, reason string) {
	t.code, t.reason = byScheduler, reason
	s.steady = false
	t.order(stopping{code: t.code, reason: reason, drain: true})
}

// schedule starts and stops tasks within the bounds of the service's deployment configuration: no more than its maximum run or
// are about to, no fewer than its minimum are healthy.
func (s *clusterService) schedule(ctx context.Context) {
	newest := s.newest()
	if ctx.Err() != nil || newest == nil {
		return
	}
	desired := s.wanted.DesiredCount
	least, most := percent(desired, s.wanted.Deployment.Minimum, 100, true), percent(desired, s.wanted.Deployment.Maximum, 200, false)
	var young, old []*clusterTask
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
				s.release(t, initiator)
			}
		}
	}
	for i := len(young); i > desired; i-- {
		s.release(s.fullest(young[:i]), initiator)
		young = slices.DeleteFunc(young, func(t *clusterTask) bool { return t.code != "" })
	}
	s.settle(newest, young, len(old))
}

// fullest is the newest task in the zone that has most: ECS keeps the zones even when it scales in.
func (s *clusterService) fullest(tasks []*clusterTask) *clusterTask {
	counts := map[string]int{}
	for _, t := range tasks {
		counts[t.subnet]++
	}
	return slices.MaxFunc(tasks, func(a, b *clusterTask) int {
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
func (s *clusterService) settle(newest *deployment, young []*clusterTask, old int) {
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
func (s *clusterService) buried(t *clusterTask) {
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
			s.release(other, fmt.Sprintf("Scaling activity initiated by (deployment %s)", d.id))
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

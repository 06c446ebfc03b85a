//go:build linux

package ecs

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/groundplan/groundplan/e2e/emulator"
)

// request is what RunTask is asked for, as far as it decides what runs.
type request struct {
	Network struct {
		VPC struct {
			Subnets []string `json:"subnets"`
			Groups  []string `json:"securityGroups"`
		} `json:"awsvpcConfiguration"`
	} `json:"networkConfiguration"`
	Overrides struct {
		Containers []override `json:"containerOverrides"`
	} `json:"overrides"`
}

// override is what a run gives a container instead of what its definition says. Variables are added.
type override struct {
	Name        string   `json:"name"`
	Command     []string `json:"command"`
	Environment []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"environment"`
}

// Run calls RunTask for whoever asks, who needs the rights to, and runs the task that the account has made of it: containers of their
// own, which no service keeps.
func (c *Cluster) Run(who emulator.Identity, parameters map[string]any) (Task, error) {
	answer, err := c.options.Call(who, "ecs", "RunTask", parameters)
	if err != nil {
		return Task{}, fmt.Errorf("ecs RunTask: %w", err)
	}
	var made []struct {
		ARN        string `json:"taskArn"`
		Cluster    string `json:"clusterArn"`
		Definition string `json:"taskDefinitionArn"`
	}
	if err := read(answer, "tasks", &made); err != nil {
		return Task{}, err
	}
	if len(made) != 1 {
		return Task{}, fmt.Errorf("ecs RunTask made %d tasks: %v", len(made), answer["failures"])
	}
	var asked request
	if err := errors.Join(read(parameters, "networkConfiguration", &asked.Network), read(parameters, "overrides", &asked.Overrides)); err != nil {
		return Task{}, err
	}
	definition, err := c.definition(made[0].Definition)
	if err != nil {
		return Task{}, err
	}
	if definition, err = definition.overridden(asked.Overrides.Containers); err != nil {
		return Task{}, err
	}
	s := &clusterService{cluster: c, name: definition.Family, clusterARN: made[0].Cluster, run: true, steady: true}
	s.wanted = description{Name: s.name, TaskDefinition: definition.ARN}
	s.wanted.Network = asked.Network
	d := &deployment{id: "run", definition: definition, state: Completed, began: time.Now()}
	c.change(func() { s.start(s.newTask(d, made[0].ARN)) })
	for _, t := range c.Tasks(s.name) {
		if t.ARN == made[0].ARN {
			return t, nil
		}
	}
	return Task{}, fmt.Errorf("task %s is gone", made[0].ARN)
}

// newTask is a task of a deployment that has not begun. The lock is held.
func (s *clusterService) newTask(d *deployment, arn string) *clusterTask {
	t := &clusterTask{
		cluster: s.cluster, service: s, deployment: d, wanted: s.wanted, id: taskID(arn), arn: arn, status: provisioningState, health: unknownHealth,
		began: time.Now(), subnet: s.emptiest(), news: make(chan struct{}, 1), orders: make(chan stopping, 1), killed: make(chan struct{}),
	}
	for i := range d.definition.Containers {
		t.members = append(t.members, &member{definition: &d.definition.Containers[i], health: unknownHealth})
	}
	return t
}

// start begins a task's life. The lock is held.
func (s *clusterService) start(t *clusterTask) {
	c := s.cluster
	c.tasks = append(c.tasks, t)
	c.note(s.name, fmt.Sprintf("has started 1 tasks: (task %s).", t.id))
	c.running.Add(1)
	go t.live()
}

// overridden is a copy with what one run overrides.
func (d *Definition) overridden(overrides []override) (*Definition, error) {
	changed := *d
	changed.Containers = slices.Clone(d.Containers)
	for _, over := range overrides {
		i := slices.IndexFunc(changed.Containers, func(container ContainerDefinition) bool { return container.Name == over.Name })
		if i < 0 {
			return nil, fmt.Errorf("override for container named %s is not a container in the TaskDefinition", over.Name)
		}
		container := &changed.Containers[i]
		if len(over.Command) > 0 {
			container.Command = over.Command
		}
		container.Environment = slices.Concat(container.Environment, over.Environment) // the last of a name counts
	}
	return &changed, nil
}

// stateChange is the detail of the event "ECS Task State Change" of a task that has stopped: Amazon ECS Developer Guide, "Amazon ECS task state
// change events". The lock is held.
func (t *clusterTask) stateChange() map[string]any {
	group := "service:" + t.service.name
	if t.service.run {
		group = "family:" + t.service.name
	}
	containers := []any{}
	for _, m := range t.members {
		fields := map[string]any{"name": m.definition.Name, "image": m.definition.Image, "lastStatus": stopped}
		if m.ended {
			fields["exitCode"] = m.exitCode
		}
		if m.reason != "" {
			fields["reason"] = m.reason
		}
		containers = append(containers, fields)
	}
	return map[string]any{
		"taskArn": t.arn, "clusterArn": t.service.clusterARN, "taskDefinitionArn": t.deployment.definition.ARN, "group": group, "launchType": "FARGATE",
		"lastStatus": stopped, "desiredStatus": stopped, "stopCode": t.code, "stoppedReason": t.reason, "containers": containers,
	}
}

// taskID is the last part of a task's ARN.
func taskID(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

//go:build linux

package laboratory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/groundplan/groundplan/e2e/lab/ecs"
)

// Changed is a task definition while it is changed: its fields as ECS describes them.
type Changed struct{ fields map[string]any }

// Change deploys a service with something changed in its task definition, and returns how that is taken back. Both return when the
// service is steady and the tasks that were replaced have ended. A change with which no task starts is rolled back by the deployment.
func (l *Laboratory) Change(ctx context.Context, service string, change func(*Changed) error) (restore func(context.Context) error, err error) {
	before, err := l.Cluster.Definition(service)
	if err != nil {
		return nil, err
	}
	changed, err := l.Cluster.Register(service, func(fields map[string]any) error { return change(&Changed{fields}) })
	if err != nil {
		return nil, err
	}
	restore = func(ctx context.Context) error { return l.deploy(ctx, service, before.ARN) }
	return restore, l.deploy(ctx, service, changed)
}

func (l *Laboratory) deploy(ctx context.Context, service, definition string) error {
	if _, err := l.Cluster.Deploy(service, definition); err != nil {
		return err
	}
	return errors.Join(l.Cluster.Steady(ctx), l.Settled(ctx))
}

// Settled waits until the tasks that have been told to stop are gone.
func (l *Laboratory) Settled(ctx context.Context) error {
	return l.Cluster.Wait(ctx, "the end of tasks that were told to stop", func() bool {
		return !slices.ContainsFunc(l.Cluster.Tasks(""), func(task ecs.Task) bool { return task.StopCode != "" && task.Status != "STOPPED" })
	})
}

// Container is a container of the definition; nil where there is none of that name.
func (c *Changed) Container(name string) map[string]any {
	containers, _ := c.fields["containerDefinitions"].([]any)
	for _, one := range containers {
		if fields, is := one.(map[string]any); is && fields["name"] == name {
			return fields
		}
	}
	return nil
}

// Infra changes the infra config that the definition hands to the application.
func (c *Changed) Infra(change func(config map[string]any)) error {
	variables, _ := c.Container("config")["environment"].([]any)
	for _, one := range variables {
		variable, _ := one.(map[string]any)
		text, is := variable["value"].(string)
		if variable["name"] != "INFRA_CONFIG" || !is {
			continue
		}
		var config map[string]any
		if err := json.Unmarshal([]byte(text), &config); err != nil {
			return fmt.Errorf("infra config: %w", err)
		}
		change(config)
		written, err := json.Marshal(config)
		variable["value"] = string(written)
		return err
	}
	return errors.New("the task definition has no infra config")
}

// Rules judges the network by other security group rules from now on: those of the state, and what change makes of them by address.
// Connections that are open stay.
func (l *Laboratory) Rules(change func(resources map[string]map[string]any)) (restore func() error, err error) {
	resources := l.Resources.Clone()
	change(resources)
	if maps.EqualFunc(resources, l.Resources, func(a, b map[string]any) bool { return len(a) == len(b) }) {
		return nil, errors.New("no rule is added or taken away")
	}
	return func() error { return l.Network.Update(l.Resources) }, l.Network.Update(resources)
}

// Package build puts the stacks of an environment together: what every one has, what runs its workloads, and what its kinds
// become.
package build

import (
	"maps"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/compute"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/emit"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/platform"
	"github.com/groundplan/groundplan/generator/stack"
	"github.com/groundplan/groundplan/generator/value"
)

// Bind collects what the workloads of a deployment need: where each is found, what its uses ask for, and what it is told.
func Bind(d *deploy.Deployment) hcl.Diagnostics {
	target := compute.Of(d)
	for _, w := range d.Workloads {
		if w.Called() {
			w.Address = target.Address(w)
		}
	}
	kinds.Bind(d)
	d.Logs = target.Logs(d)
	var diags hcl.Diagnostics
	for _, w := range d.Workloads {
		told, problems := kinds.Render(w)
		w.Rendered = told
		diags = append(diags, problems...)
	}
	return diags
}

// Stacks are those of one environment, in the order in which they are applied.
type Stacks struct {
	Deployment         *deploy.Deployment
	Platform, Services *stack.Stack
}

// Of makes the stacks of a deployment that is bound.
func Of(d *deploy.Deployment) Stacks {
	settings := stackSettings(d)
	first := stack.New(blueprint.Platform, settings, nil)
	built := Stacks{d, first, stack.New(blueprint.Services, settings, first)}
	target := compute.Of(d)
	platform.Lower(d, built.Platform)
	target.Platform(d, built.Platform)
	kinds.Platform(d, built.Platform)
	lowerServices(d, built.Services, target)
	return built
}

// stackSettings are what an environment says of its stacks.
func stackSettings(d *deploy.Deployment) stack.Settings {
	tags := map[string]string{"application": d.Env.App, "environment": d.Env.Name, "managed-by": "groundplan"}
	maps.Copy(tags, d.Env.Tags)
	settled := maps.Clone(platform.Settled)
	maps.Copy(settled, compute.Settled(d))
	maps.Copy(settled, kinds.Settled())
	return stack.Settings{
		Environment: d.Env.Name, Region: d.Env.Region, AccountID: d.Env.AccountID, Tags: tags, State: d.Env.State,
		Overrides: d.Env.Overrides, Settled: settled, Moved: compute.Of(d).Moved,
	}
}

// lowerServices builds the stack that changes with each deploy: one module call per workload, each in a file of its own, and
// the schedules that start or call one.
func lowerServices(d *deploy.Deployment, s *stack.Stack, target compute.Target) {
	for _, w := range d.Workloads {
		target.Workload(d, s, w)
	}
	for _, schedule := range d.Schedules {
		target.Schedule(d, s, schedule)
	}
	target.Files(d, s)
	if d.Env.Exposed() {
		s.Output(blueprint.URL, "Where the application answers.", value.Of(app.LoadBalancer, "url"))
	}
	if !d.DeploysByTag() {
		return
	}
	s.Add("variables.tf", emit.Block{Type: "variable", Labels: []string{blueprint.ImageTag}, Args: []value.Field{
		{Name: "description", Value: value.String("Tag of the image to run, as pushed to the registry of the platform stack.")},
		{Name: "type", Value: value.Traversal("string")},
		{Name: "nullable", Value: value.Bool(false)},
	}})
}

package generator

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/compute"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/emit"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/value"
)

// bind collects what the workloads of a deployment need: where each is found, what its uses ask for, and what it is told.
func bind(d *deploy.Deployment) hcl.Diagnostics {
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
		told, problems := kinds.Tell(w)
		w.Told = told
		diags = append(diags, problems...)
	}
	return diags
}

// lowerServices builds the stack that changes with each deploy: one module call per workload, each in a file of its own, and
// the schedules that start or call one.
func lowerServices(s *kinds.Stack) {
	target := compute.Of(s.Deployment)
	for _, w := range s.Workloads {
		target.Workload(s, w)
	}
	for _, schedule := range s.Schedules {
		target.Schedule(s, schedule)
	}
	target.Files(s)
	if s.Env.Exposed() {
		s.Output("url", "Where the application answers.", value.Of(app.LoadBalancer, "url"))
	}
	if !s.DeploysByTag() {
		return
	}
	s.Add("variables.tf", emit.Block{Type: "variable", Labels: []string{"image_tag"}, Args: []value.Field{
		{Name: "description", Value: value.String("Tag of the image to run, as pushed to the registry of the platform stack.")},
		{Name: "type", Value: value.Traversal("string")},
		{Name: "nullable", Value: value.Bool(false)},
	}})
}

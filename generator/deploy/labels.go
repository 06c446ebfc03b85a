package deploy

import (
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/names"
)

// Label is the tail of the label of a resource, a workload or a service of the deployment.
func (d *Deployment) Label(kind, parent, name string) string {
	if label := d.Labels[app.ID{Kind: kind, Parent: parent, Name: name}]; label != "" {
		return label
	}
	return names.PlainLabel(parent, name)
}

// HasSuffix reports whether the label of something tells it apart from another of its kind.
func (d *Deployment) HasSuffix(kind, parent, name string) bool {
	return d.Label(kind, parent, name) != names.PlainLabel(parent, name)
}

// What the labels of workloads begin with: those that serve, and those that run to their end.
const (
	ServicePrefix = "service_"
	JobPrefix     = "job_"
)

// Label is the label of the workload in everything that has such names, and the name of the path to it.
func (w *Workload) Label() string {
	label := w.Deployment.Label(app.ProcessKind, "", w.ID.Name)
	if w.Ends {
		return JobPrefix + label
	}
	return ServicePrefix + label
}

// UnitName is the physical name of a workload, from which its module makes those of its roles.
func UnitName(env *environment.Environment, workload string) string {
	return names.Of(names.Unit, env.App, env.Name, workload)
}

// UnitName is the physical name of the workload.
func (w *Workload) UnitName() string { return UnitName(w.Env, w.ID.Name) }

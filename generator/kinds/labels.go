package kinds

import (
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/names"
)

// ID names a resource, or a process, in the lock and in overrides.
func ID(kind, parent, name string) string {
	if kind == "subscription" {
		return "subscription " + name + " of topic " + parent
	}
	return kind + " " + name
}

// LabelsWanted are the things of an application that get a label, by kind: every resource that becomes a block, and where
// variables are named after them those that get no block, with the services.
func LabelsWanted(a *app.App) [][]names.Wanted {
	var all [][]names.Wanted
	for _, kind := range All {
		if kind.OfRuntime || kind.Name == "database" && !a.Containers() {
			continue
		}
		var wanted []names.Wanted
		for _, r := range a.Of(kind.Name) {
			wanted = append(wanted, names.Wanted{ID: ID(kind.Name, r.Parent, r.Name), Plain: names.PlainLabel(r.Parent, r.Name)})
		}
		all = append(all, wanted)
	}
	if a.Containers() {
		var wanted []names.Wanted
		for _, s := range a.Services {
			wanted = append(wanted, names.Wanted{ID: ID(callKind, "", s.Name), Plain: names.Label(s.Name)})
		}
		all = append(all, wanted)
	}
	return all
}

// Label is the tail of the Terraform label of a resource, a process or a service of the deployment.
func (d *Deployment) Label(kind, parent, name string) string {
	if label := d.Labels[ID(kind, parent, name)]; label != "" {
		return label
	}
	return names.PlainLabel(parent, name)
}

// hasSuffix reports whether the label of something tells it apart from another of its kind.
func (d *Deployment) hasSuffix(kind, parent, name string) bool {
	return d.Label(kind, parent, name) != names.PlainLabel(parent, name)
}

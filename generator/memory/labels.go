package memory

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/output"
)

// Labels labels everything but processes: the same in every environment, since a container reads variables that are
// named after labels wherever it runs. What is forgotten keeps its label, for its address is in use.
func Labels(application *app.App, previous *output.Lock, forgotten []string) map[string]string {
	held, labels := heldLabels(previous), map[string]string{}
	for _, wanted := range kinds.LabelsWanted(application) {
		for _, id := range forgotten {
			same := func(w names.Wanted) bool { return w.ID == id }
			if len(wanted) > 0 && app.ParseID(id).Kind == app.ParseID(wanted[0].ID).Kind && !slices.ContainsFunc(wanted, same) {
				wanted = append(wanted, names.Wanted{ID: id, Plain: held[id]})
			}
		}
		maps.Copy(labels, names.Assign(wanted, held))
	}
	return labels
}

// WithProcesses are the labels of an environment: those that all have, and those of its processes, which are its own.
func WithProcesses(labels map[string]string, env *environment.Environment, previous *output.Lock) map[app.ID]string {
	held := map[string]string{}
	for id, address := range previous.Addresses[env.Name+"/"+blueprint.Services] {
		label, serves := strings.CutPrefix(address, "module."+deploy.ServicePrefix)
		if !serves {
			label, serves = strings.CutPrefix(address, "module."+deploy.JobPrefix)
		}
		if serves && app.ParseID(id).Kind == app.ProcessKind {
			held[id] = label
		}
	}
	var wanted []names.Wanted
	for _, p := range env.Processes {
		wanted = append(wanted, names.Wanted{ID: app.ProcessID(p.Name).String(), Plain: names.Label(p.Name)})
	}
	all := map[app.ID]string{}
	for _, some := range []map[string]string{labels, names.Assign(wanted, held)} {
		for id, label := range some {
			all[app.ParseID(id)] = label
		}
	}
	return all
}

// heldLabels are the labels that a lock gives away, by id: those in addresses, and those of what it knows to be there.
func heldLabels(lock *output.Lock) map[string]string {
	held := map[string]string{}
	read := func(addresses map[string]string) {
		for id, address := range addresses {
			of := app.ParseID(id)
			switch kind, _ := kinds.Named(of.Kind); {
			case kind.Shares: // its address is that of what it is in
				held[id] = names.Label(of.Name)
			case of.Kind == app.ProcessKind:
				held[app.ServiceID(of.Name).String()] = names.Label(of.Name)
			default:
				if label, ok := strings.CutPrefix(address, "module."+of.Kind+"_"); ok {
					held[id] = label
				}
			}
		}
	}
	for _, stack := range slices.Sorted(maps.Keys(lock.Forgotten)) {
		read(lock.Forgotten[stack])
	}
	for _, stack := range slices.Sorted(maps.Keys(lock.Addresses)) {
		read(lock.Addresses[stack])
	}
	maps.Copy(held, lock.Labels)
	return held
}

// LabelsWithoutAddress are the labels that the next run could not read from the lock otherwise.
func LabelsWithoutAddress(labels map[string]string, lock *output.Lock) map[string]string {
	held, missing := heldLabels(lock), map[string]string{}
	for id, label := range labels {
		if held[id] != label {
			missing[id] = label
		}
	}
	return missing
}

// SayVariables warns of containers' variables that are not named as the manual says: two names would meet there.
func SayVariables(application *app.App, labels map[string]string) hcl.Diagnostics {
	if !application.Containers() {
		return nil
	}
	var diags hcl.Diagnostics
	for _, kind := range kinds.All {
		for _, r := range application.Of(kind.Name) {
			label := labels[r.ID().String()]
			named := len(kind.Env) > 0
			if !named || label == "" || label == names.PlainLabel(r.Parent, r.Name) {
				continue
			}
			diags = append(diags, diagnostic.Warning(r.At, "Variables told apart by a suffix", "rename it to be rid of the suffix; what it is on AWS is then made anew",
				"The %s %q and another, which may be gone, would have variables of one name: those of this one are named after %s.", kind.Noun, r.Name, strings.ToUpper(label)))
		}
	}
	return diags
}

package memory

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/generator/app"
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
		kind := ""
		if len(wanted) > 0 {
			kind, _, _ = strings.Cut(wanted[0].ID, " ")
		}
		for _, id := range forgotten {
			same := func(w names.Wanted) bool { return w.ID == id }
			if strings.HasPrefix(id, kind+" ") && !slices.ContainsFunc(wanted, same) {
				wanted = append(wanted, names.Wanted{ID: id, Plain: held[id]})
			}
		}
		maps.Copy(labels, names.Assign(wanted, held))
	}
	return labels
}

// WithProcesses adds the labels of an environment's processes, which are its own.
func WithProcesses(labels map[string]string, env *environment.Environment, previous *output.Lock) map[string]string {
	held := map[string]string{}
	for id, address := range previous.Addresses[env.Name+"/"+blueprint.Services] {
		label, serves := strings.CutPrefix(address, "module."+kinds.ServicePrefix)
		if !serves {
			label, serves = strings.CutPrefix(address, "module."+kinds.JobPrefix)
		}
		if serves && strings.HasPrefix(id, "process ") {
			held[id] = label
		}
	}
	var wanted []names.Wanted
	for _, p := range env.Processes {
		wanted = append(wanted, names.Wanted{ID: kinds.ID("process", "", p.Name), Plain: names.Label(p.Name)})
	}
	all := names.Assign(wanted, held)
	maps.Copy(all, labels)
	return all
}

// heldLabels are the labels that a lock gives away, by id: those in addresses, and those of what it knows to be there.
func heldLabels(lock *output.Lock) map[string]string {
	held := map[string]string{}
	read := func(addresses map[string]string) {
		for id, address := range addresses {
			kind, name, _ := strings.Cut(id, " ")
			switch kind {
			case kinds.Databases.Name: // its address is the server's
				held[id] = names.Label(name)
			case "process":
				held["service "+name] = names.Label(name)
			default:
				if label, ok := strings.CutPrefix(address, "module."+kind+"_"); ok {
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
			label := labels[kinds.ID(r.Kind, r.Parent, r.Name)]
			named := slices.ContainsFunc(kinds.ConnectionVariables, func(v kinds.ConnectionVariable) bool { return v.Kind == r.Kind })
			if !named || label == "" || label == names.PlainLabel(r.Parent, r.Name) {
				continue
			}
			diags = append(diags, diagnostic.Warning(r.At, "Variables told apart by a suffix", "rename it to be rid of the suffix; what it is on AWS is then made anew",
				"The %s %q and another, which may be gone, would have variables of one name: those of this one are named after %s.", kind.Noun, r.Name, strings.ToUpper(label)))
		}
	}
	return diags
}

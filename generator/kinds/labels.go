package kinds

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/app"
)

// Two logical names can have one plain label: API_KEY and ApiKey are two secrets and both api_key. One that was there
// first keeps the plain label; the others get a hash of their id behind it. The lock remembers who was first, so that no
// name that comes or goes ever moves another.

// Wanted is something that needs a label among others of its kind.
type Wanted struct {
	// ID names it in the lock: "secret ApiKey".
	ID string
	// Plain is the label it has when nothing else wants that.
	Plain string
}

// ID names a resource, or a process, in the lock and in overrides.
func ID(kind, parent, name string) string {
	if kind == "subscription" {
		return "subscription " + name + " of topic " + parent
	}
	return kind + " " + name
}

// PlainLabel is the label of a name as long as no other name has the same.
func PlainLabel(parent, name string) string {
	if parent == "" {
		return Label(name)
	}
	return Label(parent) + "_" + Label(name)
}

// LabelsWanted are the things of an application that get a label, by kind: every resource that becomes a block, and where
// variables are named after them those that get no block, with the services.
func LabelsWanted(a *app.App) [][]Wanted {
	var all [][]Wanted
	for _, kind := range All {
		if kind.OfRuntime || kind.Name == "database" && !a.Containers() {
			continue
		}
		var wanted []Wanted
		for _, r := range a.Of(kind.Name) {
			wanted = append(wanted, Wanted{ID(kind.Name, r.Parent, r.Name), PlainLabel(r.Parent, r.Name)})
		}
		all = append(all, wanted)
	}
	if a.Containers() {
		var wanted []Wanted
		for _, s := range a.Services {
			wanted = append(wanted, Wanted{ID(callKind, "", s.Name), Label(s.Name)})
		}
		all = append(all, wanted)
	}
	return all
}

// AssignLabels gives each of the wanted a label that no other has. held are the labels of an earlier run, by id: they are
// kept. Among what is new, names that would share a label all get a hash: which of them is the plain one would depend on
// what else there is.
func AssignLabels(wanted []Wanted, held map[string]string) map[string]string {
	wanted = slices.Clone(wanted)
	slices.SortFunc(wanted, func(a, b Wanted) int { return strings.Compare(a.ID, b.ID) })
	labels, taken, plain := map[string]string{}, map[string]bool{}, map[string]int{}
	for _, w := range wanted {
		if label := held[w.ID]; (label == w.Plain || strings.HasPrefix(label, w.Plain+"_")) && !taken[label] {
			labels[w.ID], taken[label] = label, true
		}
	}
	for _, w := range wanted {
		if labels[w.ID] == "" {
			plain[w.Plain]++
		}
	}
	for _, w := range wanted {
		if labels[w.ID] != "" {
			continue
		}
		label := w.Plain
		sum := sha256.Sum256([]byte(w.ID))
		digest := hex.EncodeToString(sum[:])
		for n := 8; taken[label] || label == w.Plain && plain[w.Plain] > 1 || label != w.Plain && plain[label] > 0; n++ {
			label = w.Plain + "_" + digest[:n]
		}
		labels[w.ID], taken[label] = label, true
	}
	return labels
}

// Label is the tail of the Terraform label of a resource, a process or a service of the deployment.
func (d *Deployment) Label(kind, parent, name string) string {
	if label := d.Labels[ID(kind, parent, name)]; label != "" {
		return label
	}
	return PlainLabel(parent, name)
}

// hasSuffix reports whether the label of something tells it apart from another of its kind.
func (d *Deployment) hasSuffix(kind, parent, name string) bool {
	return d.Label(kind, parent, name) != PlainLabel(parent, name)
}

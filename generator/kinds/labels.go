package kinds

import (
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/names"
)

// LabelsWanted are the things of an application that get a label, by kind: every resource that becomes a block, and where
// variables are named after them those that get no block, with the services. A part of another resource has none.
func LabelsWanted(a *app.App) [][]names.Wanted {
	var all [][]names.Wanted
	for _, kind := range All {
		if kind.OfRuntime || kind.PartOf != "" || kind.Shares && !a.Containers() {
			continue
		}
		var wanted []names.Wanted
		for _, r := range a.Of(kind.Name) {
			wanted = append(wanted, names.Wanted{ID: r.ID().String(), Plain: names.PlainLabel(r.Parent, r.Name)})
		}
		all = append(all, wanted)
	}
	if a.Containers() {
		var wanted []names.Wanted
		for _, s := range a.Services {
			wanted = append(wanted, names.Wanted{ID: app.ServiceID(s.Name).String(), Plain: names.Label(s.Name)})
		}
		all = append(all, wanted)
	}
	return all
}

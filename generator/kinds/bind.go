package kinds

import (
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/kinds/service"
)

// bindable are the kinds that bind something to workloads: those of resources, and what is no resource of the application's but has
// to be known as well.
func bindable() []kind.Kind {
	return slices.Concat(All, []kind.Kind{service.Auth, service.Calls, service.Surroundings})
}

// Bind adds to the workloads of a deployment what the uses of their services ask for, and the schedules that start or call them. A
// workload that hosts no service has what it was given.
func Bind(d *deploy.Deployment) {
	for _, w := range d.Workloads {
		if len(w.HostedServices()) == 0 && !w.Gateway {
			continue
		}
		for _, kind := range bindable() {
			if kind.Bind != nil && runs(w, kind) {
				kind.Bind(w)
			}
		}
		slices.SortFunc(w.Paths, func(a, b deploy.Path) int { return strings.Compare(a.Name, b.Name) })
	}
	for _, kind := range All {
		if kind.Schedules != nil {
			d.Schedules = append(d.Schedules, kind.Schedules(d)...)
		}
	}
}

// runs reports whether a kind has a part in a workload: what Encore's runtimes do by themselves, containers do not.
func runs(w *deploy.Workload, kind kind.Kind) bool {
	return !kind.OfRuntime || w.Runtime() != app.Containers
}

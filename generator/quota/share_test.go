package quota

import (
	"testing"

	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/environment"
)

func TestShareOfSpot(t *testing.T) {
	for _, test := range []struct {
		process              deploy.Workload
		tasks, demand, spots int
	}{
		{deploy.Workload{}, 10, 10, 0},
		{deploy.Workload{Size: environment.Task{Scale: environment.Scale{SpotPercent: 50, OnDemand: 2}}}, 10, 6, 4},
		{deploy.Workload{Size: environment.Task{Scale: environment.Scale{SpotPercent: 50, OnDemand: 2}}}, 1, 1, 0},
		{deploy.Workload{Size: environment.Task{Scale: environment.Scale{SpotPercent: 100}}}, 10, 0, 10},
		{deploy.Workload{Ends: true, Size: environment.Task{Spot: true}}, 1, 0, 1},
		{deploy.Workload{Ends: true}, 1, 1, 0},
	} {
		if onDemand, spot := share(&test.process, test.tasks); onDemand != test.demand || spot != test.spots {
			t.Errorf("%+v: of %d tasks %d on demand and %d on Spot, want %d and %d", test.process.Size, test.tasks, onDemand, spot, test.demand, test.spots)
		}
	}
}

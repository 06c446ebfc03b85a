package quota

import (
	"testing"

	"github.com/groundplan/groundplan/generator/environment"
)

func TestShareOfSpot(t *testing.T) {
	for _, test := range []struct {
		process              environment.Process
		tasks, demand, spots int
	}{
		{environment.Process{}, 10, 10, 0},
		{environment.Process{Task: environment.Task{Scale: environment.Scale{SpotPercent: 50, OnDemand: 2}}}, 10, 6, 4},
		{environment.Process{Task: environment.Task{Scale: environment.Scale{SpotPercent: 50, OnDemand: 2}}}, 1, 1, 0},
		{environment.Process{Task: environment.Task{Scale: environment.Scale{SpotPercent: 100}}}, 10, 0, 10},
		{environment.Process{Job: true, Task: environment.Task{Spot: true}}, 1, 0, 1},
		{environment.Process{Job: true}, 1, 1, 0},
	} {
		if onDemand, spot := share(test.process, test.tasks); onDemand != test.demand || spot != test.spots {
			t.Errorf("%+v: of %d tasks %d on demand and %d on Spot, want %d and %d", test.process, test.tasks, onDemand, spot, test.demand, test.spots)
		}
	}
}

package compute

import (
	"testing"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/environment"
)

func TestFargateShare(t *testing.T) {
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
		if onDemand, spot := fargateShare(&test.process, test.tasks); onDemand != test.demand || spot != test.spots {
			t.Errorf("%+v: of %d tasks %d on demand and %d on Spot, want %d and %d", test.process.Size, test.tasks, onDemand, spot, test.demand, test.spots)
		}
	}
}

// TestE3_SpotHasAQuotaOfItsOwn: what is said of each of the two quotas counts the tasks that run on its capacity, and no others.
func TestE3_SpotHasAQuotaOfItsOwn(t *testing.T) {
	workload := func(cpu int, scale environment.Scale) *deploy.Workload {
		return &deploy.Workload{Size: environment.Task{CPU: cpu, Scale: scale}}
	}
	const instead = `lower scale.spot_percent, or remove spot from blocks of jobs: what does not run on Spot takes "Fargate On-Demand vCPU resource count"`
	for _, test := range []struct {
		name               string
		workloads          []*deploy.Workload
		demand, spot       float64
		lessDemand, onSpot string
	}{
		{"half of four on each", []*deploy.Workload{workload(1024, environment.Scale{Min: 4, Max: 8, SpotPercent: 50})}, 4, 4,
			"set cpu = 256 and memory = 512 in a task block: it takes 1 then, and with scale = { min = 1 } as well 0.5, at the price of one task that nothing stands in for",
			"set cpu = 256 and memory = 512 in a task block: it takes 1 then, and with scale = { min = 1 } as well 0, at the price of one task that nothing stands in for"},
		{"small ones", []*deploy.Workload{workload(256, environment.Scale{Min: 4, Max: 8, SpotPercent: 100})}, 0, 2,
			"run fewer services in this account", "set scale = { min = 1 } in a task block: it takes 0.5 then, and nothing stands in for a task that fails"},
		{"the smallest, beside others on demand", []*deploy.Workload{workload(256, environment.Scale{Min: 1, Max: 1, SpotPercent: 100}), workload(256, environment.Scale{Min: 1, Max: 1})}, 0.5, 0.5,
			"run fewer services in this account", instead},
	} {
		d := &deploy.Deployment{App: &app.App{Runtime: app.Containers}, Workloads: test.workloads}
		needs := fargateCPU(d)
		if needs[0].Value != test.demand || needs[1].Value != test.spot || needs[0].Lower != test.lessDemand || needs[1].Lower != test.onSpot {
			t.Errorf("%s: %+v", test.name, needs)
		}
	}
}

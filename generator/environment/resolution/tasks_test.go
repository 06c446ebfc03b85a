package resolution

import (
	"fmt"
	"strings"
	"testing"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
)

// parcels is an application of plain containers: one that is public, one that is not, a worker and a job.
func parcels() *app.App {
	return &app.App{
		Name: "parcels", Runtime: app.Containers,
		Services: []app.Service{
			{Name: "desk", Container: &app.Container{Port: 8080, Public: true}},
			{Name: "inner", Container: &app.Container{Port: 8080}},
			{Name: "nightly", Container: &app.Container{Port: 8080, Job: true}},
			{Name: "notifier", Container: &app.Container{Port: 8080, Worker: true}},
		},
		Resources: []app.Resource{{Kind: "subscription", Parent: "scanned", Name: "notify", Service: "notifier"}},
	}
}

// placed prints where the tasks of processes run: the first so many on demand, and of the others a share on Spot.
func placed(processes []environment.Process) string {
	var list []string
	for _, p := range processes {
		text := fmt.Sprintf("%s %d-%d", p.Name, p.Scale.Min, p.Scale.Max)
		if p.Scale.SpotPercent > 0 {
			text += fmt.Sprintf(" %d+%d%%", p.Scale.OnDemand, p.Scale.SpotPercent)
		}
		if p.Spot {
			text += " spot"
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}

func TestWhereTasksRun(t *testing.T) {
	for _, test := range []struct {
		name, settings string
		application    *app.App
		want           string
	}{
		{"on demand", ``, parcels(), "desk 2-10, inner 2-10, nightly 1-1, notifier 2-10"},
		{"a share of what nothing is sent to from outside", `task { scale = { spot_percent = 50 } }`, parcels(),
			"desk 2-10, inner 2-10 2+50%, nightly 1-1, notifier 2-10 2+50%"},
		{"a public service that asks for it", "task {\n scale = { spot_percent = 50 }\n}\nservice \"desk\" {\n scale = { spot_percent = 20 }\n}", parcels(),
			"desk 2-10 2+20%, inner 2-10 2+50%, nightly 1-1, notifier 2-10 2+50%"},
		{"all of it", `task { scale = { spot_percent = 100 } }`, parcels(), "desk 2-10, inner 2-10 0+100%, nightly 1-1, notifier 2-10 0+100%"},
		{"a base of its own", `service "notifier" { scale = { min = 4, spot_percent = 80, on_demand = 1 } }`, parcels(),
			"desk 2-10, inner 2-10, nightly 1-1, notifier 4-10 1+80%"},
		{"one that stays out of it", "task {\n scale = { spot_percent = 50, on_demand = 1 }\n}\nservice \"inner\" {\n scale = { spot_percent = 0 }\n}", parcels(),
			"desk 2-10, inner 2-10, nightly 1-1, notifier 2-10 1+50%"},
		{"a job", `job "nightly" { spot = true }`, parcels(), "desk 2-10, inner 2-10, nightly 1-1 spot, notifier 2-10"},
		{"not the gateway", `task { scale = { spot_percent = 50 } }`, shop(), "billing 2-10 2+50%, gateway 2-10, orders 2-10 2+50%, users 2-10 2+50%"},
		{"the gateway that asks for it", "gateway {\n scale = { spot_percent = 50 }\n}", shop(), "billing 2-10, gateway 2-10 2+50%, orders 2-10, users 2-10"},
		{"everything in one process", "process_allocation = \"all_in_one\"\ntask {\n scale = { spot_percent = 50 }\n}", shop(), "app 2-10 2+50%"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := placed(load(t, production(test.settings), test.application)[0].Processes); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestNobodyWaitsForWorkersAndJobs(t *testing.T) {
	for _, p := range load(t, production("job \"nightly\" {\n stop_timeout_seconds = 110\n}"), parcels())[0].Processes {
		if (p.DrainSeconds == 0) != (p.Worker || p.Job) {
			t.Errorf("%s drains for %d seconds", p.Name, p.DrainSeconds)
		}
	}
}

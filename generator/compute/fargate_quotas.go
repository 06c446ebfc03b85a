package compute

import (
	"fmt"
	"maps"
	"slices"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/quota"
)

// The quotas that only Fargate takes something of, and what calls and starts its workloads. Codes and defaults are those of the
// pages "endpoints and quotas" of each service in the AWS General Reference; the young values are what new accounts are seen to
// have.
var (
	onDemandCPU = quota.Quota{Service: "fargate", Code: "L-3032A538", Name: "Fargate On-Demand vCPU resource count", Default: 6, Young: 6}
	spotCPU     = quota.Quota{Service: "fargate", Code: "L-36FBB829", Name: "Fargate Spot vCPU resource count", Default: 6, Young: 6}

	concurrency = quota.Quota{Service: "lambda", Code: "L-B99A9384", Name: "Concurrent executions", Default: 1000, Young: 10}
	// EventBridge Scheduler: an account has room for a million schedules, each job has up to a few and a group of its own.
	eventRules     = quota.Quota{Service: "events", Code: "L-244521F2", Name: "Number of rules", Default: 300}
	scheduleGroups = quota.Quota{Service: "scheduler", Name: "Schedule groups", Default: 500}

	namespaces  = quota.Quota{Service: "AWSCloudMap", Code: "L-0FE3F50E", Name: "Namespaces per Region", Default: 50}
	hostedZones = quota.Quota{Service: "route53", Code: "L-4EA4796A", Name: "Hosted zones", Default: 500, Global: true}
)

// fargateTakes counts all that differs with where workloads run.
func fargateTakes(d *deploy.Deployment) quota.Taken {
	calls := len(d.Calls())
	taken := quota.Taken{
		Needs:          slices.Concat(fargateCPU(d), fargateAround(d)),
		SecurityGroups: len(d.Workloads) + calls, Interfaces: calls,
		Roles: 2*len(d.Workloads) + 2*calls + started(d), RolesAre: "two for each process and cron job, one for what starts a job",
	}
	for _, w := range d.Workloads {
		onDemand, spot := fargateShare(w, w.Size.Scale.Max)
		taken.Interfaces += 2 * (onDemand + spot)
	}
	taken.Rules, taken.RulesAre = fargateRules(d)
	return taken
}

// fargateShare is how many of n tasks of a workload run on demand, and how many on Fargate Spot.
func fargateShare(w *deploy.Workload, n int) (onDemand, spot int) {
	if w.Ends && w.Size.Spot {
		return 0, n
	}
	spot = max(0, n-w.Size.Scale.OnDemand) * w.Size.Scale.SpotPercent / 100
	return n - spot, spot
}

// virtual is what n tasks of so many CPU units take, in virtual CPUs.
func virtual(cpu, n int) float64 { return float64(cpu*n) / 1024 }

// capacity is one of the two that tasks run on. Each has a quota of its own.
type capacity struct {
	quota.Quota
	// of is how many of n tasks of a workload run on it.
	of func(w *deploy.Workload, n int) int
	// otherwise is how it is spared once nothing else helps, "" for no way.
	otherwise string
}

var fargateCapacities = []capacity{
	{Quota: onDemandCPU, of: func(w *deploy.Workload, n int) int { onDemand, _ := fargateShare(w, n); return onDemand }},
	{Quota: spotCPU, of: func(w *deploy.Workload, n int) int { _, spot := fargateShare(w, n); return spot },
		otherwise: fmt.Sprintf("lower scale.spot_percent, or remove spot from blocks of jobs: what does not run on Spot takes %q", onDemandCPU.Name)},
}

// fargateCPU are the virtual CPUs of tasks, of each capacity: what runs, twice while everything is deployed at once (a service starts
// its new tasks before it stops the old), and the same when every process has scaled out.
func fargateCPU(d *deploy.Deployment) []quota.Need {
	var needs []quota.Need
	for _, c := range fargateCapacities {
		running, scaled := 0.0, 0.0
		for _, w := range d.Workloads {
			running += virtual(w.Size.CPU, c.of(w, w.Size.Scale.Min))
			scaled += virtual(w.Size.CPU, c.of(w, w.Size.Scale.Max))
		}
		needs = append(needs, quota.Need{Quota: c.Quota, Value: 2 * running, Peak: 2 * scaled, Lower: c.cheaper(d, 2*running), What: fmt.Sprintf(
			"tasks take %s vCPU, and as many again while everything is deployed; %s and as many again when every process has scaled out", quota.Number(running), quota.Number(scaled))})
	}
	return needs
}

// cheaper names the setting that lowers what runs on a capacity and costs least of what the environment is worth: smaller tasks
// before fewer, and fewer before all services in one process.
func (c capacity) cheaper(d *deploy.Deployment, value float64) string {
	const smallest = 256
	small, few, both := 0.0, 0.0, 0.0
	for _, w := range d.Workloads {
		small += 2 * virtual(smallest, c.of(w, w.Size.Scale.Min))
		few += 2 * virtual(w.Size.CPU, c.of(w, 1))
		both += 2 * virtual(smallest, c.of(w, 1))
	}
	switch {
	case small < value:
		return fmt.Sprintf("set cpu = 256 and memory = 512 in a task block: it takes %s then, and with scale = { min = 1 } as well %s, at the price of one task that nothing stands in for", quota.Number(small), quota.Number(both))
	case few < value:
		return fmt.Sprintf("set scale = { min = 1 } in a task block: it takes %s then, and nothing stands in for a task that fails", quota.Number(few))
	case c.otherwise != "":
		return c.otherwise
	case !d.App.Containers() && len(d.Workloads) > 1:
		return `set process_allocation = "all_in_one", or group services into process blocks`
	}
	return "run fewer services in this account"
}

// fargateRules are the rules of the security group that has most of them, and whose they are. A rule between two groups stands in both
// of them: on the side that calls as one for outgoing traffic, on the other as one for incoming, the load balancer's and the
// servers' sides included.
func fargateRules(d *deploy.Deployment) (most int, are string) {
	out, in := map[string]int{}, map[string]int{}
	const balancer = "the load balancer"
	for _, w := range d.Workloads {
		label := "process " + w.ID.Name
		out[label] += len(w.Paths) + len(d.Env.OutboundPorts)
		for _, path := range w.Paths {
			to := "what " + path.Name + " names"
			if path.To.Kind == app.ProcessKind {
				to = path.To.String()
			}
			in[to]++
		}
		if w.Public() {
			in[label]++
			out[balancer]++
		}
	}
	for _, call := range d.Calls() {
		in["process "+call.Target.ID.Name]++
	}
	for _, side := range []struct {
		rules map[string]int
		word  string
	}{{out, "outgoing"}, {in, "incoming"}} {
		for _, label := range slices.Sorted(maps.Keys(side.rules)) {
			if n := side.rules[label]; n > most {
				most, are = n, fmt.Sprintf("%s has %d rules for %s connections", label, n, side.word)
			}
		}
	}
	return most, are
}

// unreserved is what Lambda leaves of an account's concurrency to functions that reserve none: PutFunctionConcurrency
// refuses what would leave less.
const unreserved = 100

// started are the processes that schedules start.
func started(d *deploy.Deployment) int {
	n := 0
	for _, w := range d.Workloads {
		if len(d.Starting(w)) > 0 {
			n++
		}
	}
	return n
}

// fargateAround is what watches, starts and calls workloads, and how they find each other.
func fargateAround(d *deploy.Deployment) []quota.Need {
	n, watched := len(d.Calls()), 0
	for _, w := range d.Workloads {
		if w.Ends {
			watched++
		}
	}
	needs := []quota.Need{
		{Quota: eventRules, Value: float64(watched), What: "one for each job, which sees the runs that fail", Lower: "run fewer jobs in this account"},
		{Quota: scheduleGroups, Value: float64(n + started(d)), What: "one for each cron job, and for each job that schedules start", Lower: "have one job do the work of several"},
		{Quota: namespaces, Value: 1, What: "the one in which processes find each other"},
		{Quota: hostedZones, Value: 1, What: "the private zone of that namespace"},
	}
	if n == 0 {
		return needs
	}
	return append(needs, quota.Need{Quota: concurrency, Value: float64(n + unreserved), What: fmt.Sprintf("each cron job's function reserves one (%d), and Lambda leaves %d to others", n, unreserved),
		Lower: "have one job do the work of several, or set overlapping_runs = true in an override block of each job that may run twice at once: it reserves nothing then"})
}

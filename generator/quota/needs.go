package quota

import (
	"fmt"
	"maps"
	"slices"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds/cache"
	"github.com/groundplan/groundplan/generator/kinds/database"
	"github.com/groundplan/groundplan/generator/kinds/objects"
	"github.com/groundplan/groundplan/generator/kinds/secret"
	"github.com/groundplan/groundplan/generator/kinds/topic"
)

// Of is what a deployment needs, wired and in the order of the table. Quotas it takes nothing of are left out.
func Of(d *deploy.Deployment) Environment {
	e := Environment{Name: d.Env.Name, Region: d.Env.Region, Account: d.Env.AccountID, At: d.Env.At}
	for _, area := range []func(*deploy.Deployment) []Need{tasks, network, groups, balancer, jobs, storage, global} {
		for _, need := range area(d) {
			if need.Value > 0 {
				e.Needs = append(e.Needs, need)
			}
		}
	}
	return e
}

// regroup says how an application comes to run in fewer processes.
func regroup(d *deploy.Deployment, otherwise string) string {
	if d.App.Containers() {
		return otherwise
	}
	return "group services into process blocks in " + environment.Filename
}

// share is how many of n tasks of a process run on demand, and how many on Fargate Spot.
func share(p *deploy.Workload, n int) (onDemand, spot int) {
	if p.Ends && p.Size.Spot {
		return 0, n
	}
	spot = max(0, n-p.Size.Scale.OnDemand) * p.Size.Scale.SpotPercent / 100
	return n - spot, spot
}

// virtual is what n tasks of so many CPU units take, in virtual CPUs.
func virtual(cpu, n int) float64 { return float64(cpu*n) / 1024 }

// tasks are the virtual CPUs of Fargate: what runs, twice while everything is deployed at once (a service starts its new
// tasks before it stops the old), and the same when every process has scaled out.
func tasks(d *deploy.Deployment) []Need {
	var running, scaled, spotRunning, spotScaled float64
	for _, p := range d.Workloads {
		onDemand, spot := share(p, p.Size.Scale.Min)
		running, spotRunning = running+virtual(p.Size.CPU, onDemand), spotRunning+virtual(p.Size.CPU, spot)
		onDemand, spot = share(p, p.Size.Scale.Max)
		scaled, spotScaled = scaled+virtual(p.Size.CPU, onDemand), spotScaled+virtual(p.Size.CPU, spot)
	}
	what := func(running, scaled float64) string {
		return fmt.Sprintf("tasks take %s vCPU, and as many again while everything is deployed; %s and as many again when every process has scaled out", Number(running), Number(scaled))
	}
	return []Need{
		{Quota: fargate, Value: 2 * running, Peak: 2 * scaled, What: what(running, scaled), Lower: cheaper(d, 2*running)},
		{Quota: fargateSpot, Value: 2 * spotRunning, Peak: 2 * spotScaled, What: what(spotRunning, spotScaled), Lower: cheaper(d, 2*spotRunning)},
	}
}

// cheaper names the setting that lowers what runs and costs least of what the environment is worth: smaller tasks before
// fewer, and fewer before all services in one process.
func cheaper(d *deploy.Deployment, value float64) string {
	const smallest = 256
	small, few, both := 0.0, 0.0, 0.0
	for _, p := range d.Workloads {
		small += 2 * virtual(smallest, p.Size.Scale.Min)
		few += 2 * virtual(p.Size.CPU, 1)
		both += 2 * virtual(smallest, 1)
	}
	switch {
	case small < value:
		return fmt.Sprintf("set cpu = 256 and memory = 512 in a task block: it takes %s then, and with scale = { min = 1 } as well %s, at the price of one task that nothing stands in for", Number(small), Number(both))
	case few < value:
		return fmt.Sprintf("set scale = { min = 1 } in a task block: it takes %s then, and nothing stands in for a task that fails", Number(few))
	case !d.App.Containers() && len(d.Workloads) > 1:
		return `set process_allocation = "all_in_one", or group services into process blocks`
	}
	return "run fewer services in this account"
}

// network is what a VPC of its own takes; one that exists has it already.
func network(d *deploy.Deployment) []Need {
	if d.Env.Network != nil {
		return nil
	}
	gateways := map[string]int{"none": 0, "single": 1, "per_zone": len(d.Env.Zones)}[d.Env.NAT]
	const existing = "say in a network block of the environment which VPC it shares"
	return []Need{
		{Quota: vpcs, Value: 1, What: "the environment has a VPC of its own", Lower: existing},
		{Quota: addresses, Value: float64(gateways), What: "each NAT gateway has an address", Lower: natRemedy(gateways)},
		{Quota: natGateways, Value: float64(min(gateways, 1)), What: "a NAT gateway", Lower: existing},
		{Quota: endpoints, Value: float64(len(d.Env.InterfaceEndpoints)), What: "interface_endpoints", Lower: "shorten interface_endpoints"},
	}
}

func natRemedy(gateways int) string {
	if gateways > 1 {
		return `set nat = "single": with the zone of the gateway goes what the other zones reach outside`
	}
	return "say in a network block of the environment which VPC it shares"
}

// groups counts security groups and their rules. A rule between two groups stands in both of them: on the side that calls
// as one for outgoing traffic, on the other as one for incoming, the load balancer's and the servers' sides included.
func groups(d *deploy.Deployment) []Need {
	out, in := map[string]int{}, map[string]int{}
	const balancer = "the load balancer"
	peak := 0
	for _, p := range d.Workloads {
		label := "process " + p.ID.Name
		out[label] += len(p.Paths) + len(d.Env.OutboundPorts)
		for _, path := range p.Paths {
			to := "what " + path.Name + " names"
			if path.To.Kind == app.ProcessKind {
				to = path.To.String()
			}
			in[to]++
		}
		if p.Public() {
			in[label]++
			out[balancer]++
		}
		onDemand, spot := share(p, p.Size.Scale.Max)
		peak += 2 * (onDemand + spot)
	}
	jobs := scheduled(d)
	for _, target := range jobs {
		in["process "+target]++
	}
	most, whose, direction := 0, "", ""
	for _, side := range []struct {
		rules map[string]int
		word  string
	}{{out, "outgoing"}, {in, "incoming"}} {
		for _, label := range slices.Sorted(maps.Keys(side.rules)) {
			if n := side.rules[label]; n > most {
				most, whose, direction = n, label, side.word
			}
		}
	}
	servers := len(d.Env.Caches) + madeServers(d)
	total := len(d.Workloads) + len(jobs) + servers + 2
	return []Need{
		{Quota: securityGroups, Value: float64(total), What: "one for each process, job and server", Lower: regroup(d, "describe fewer services")},
		{Quota: groupRules, Value: float64(most), What: fmt.Sprintf("%s has %d rules for %s connections", whose, most, direction), Lower: regroup(d, "serve several paths by one service, or call fewer services from one")},
		{Quota: interfaces, Value: float64(peak + len(jobs) + servers*2), What: "one for each task that may run, and those of servers and functions", Lower: "lower scale.max"},
	}
}

// scheduled are the processes that jobs call, one entry for each job.
func scheduled(d *deploy.Deployment) []string {
	var list []string
	for _, call := range d.Calls() {
		list = append(list, call.Target.ID.Name)
	}
	return list
}

// balancer is the load balancer's. The module has a rule of its own beside those of the routes.
func balancer(d *deploy.Deployment) []Need {
	if !d.Env.Exposed() {
		return nil
	}
	routes, most := 0, 0
	for _, p := range d.Workloads {
		if p.Public() {
			routes++
			most += 2 * p.Size.Scale.Max
		}
	}
	made := 0
	if d.Env.Domain != "" && d.Env.CertificateARN == "" {
		made = 1
	}
	fewer := "serve several paths by one service, so that fewer are public"
	return []Need{
		{Quota: balancers, Value: 1, What: "the environment has one"},
		{Quota: listenerRules, Value: float64(routes + 1), What: fmt.Sprintf("%d routes, and one that keeps Encore's own paths closed", routes), Lower: fewer},
		{Quota: targetGroups, Value: float64(routes), What: "one for each process that requests from outside reach", Lower: fewer},
		{Quota: targets, Value: float64(most), What: "tasks that requests from outside reach, twice while they are deployed scaled out", Lower: "lower scale.max of what is public"},
		{Quota: certificatesOfLB, Value: float64(min(1, len(d.Env.Domain))), What: "the certificate of the domain"},
		{Quota: certificates, Value: float64(made), What: "the certificate of the domain"},
	}
}

// unreserved is what Lambda leaves of an account's concurrency to functions that reserve none: PutFunctionConcurrency
// refuses what would leave less.
const unreserved = 100

// started are the processes that schedules start; whose runs are watched are all that end by themselves.
func started(d *deploy.Deployment) int {
	n := 0
	for _, w := range d.Workloads {
		if len(d.Starting(w)) > 0 {
			n++
		}
	}
	return n
}

func jobs(d *deploy.Deployment) []Need {
	n, watched := len(scheduled(d)), 0
	for _, p := range d.Workloads {
		if p.Ends {
			watched++
		}
	}
	needs := []Need{
		{Quota: eventRules, Value: float64(watched), What: "one for each job, which sees the runs that fail", Lower: "run fewer jobs in this account"},
		{Quota: scheduleGroups, Value: float64(n + started(d)), What: "one for each cron job, and for each job that schedules start", Lower: "have one job do the work of several"},
	}
	if n == 0 {
		return needs
	}
	return append(needs, Need{Quota: concurrency, Value: float64(n + unreserved), What: fmt.Sprintf("each cron job's function reserves one (%d), and Lambda leaves %d to others", n, unreserved),
		Lower: "have one job do the work of several, or set overlapping_runs = true in an override block of each job that may run twice at once: it reserves nothing then"})
}

// madeServers counts the database servers that are not there already.
func madeServers(d *deploy.Deployment) int {
	n := 0
	for _, server := range d.Env.DatabaseServers {
		if server.Existing == nil {
			n++
		}
	}
	return n
}

func storage(d *deploy.Deployment) []Need {
	var servers, clusters, stored, grown, nodes float64
	for _, s := range d.Env.DatabaseServers {
		switch {
		case s.Existing != nil:
		case s.Engine == "aurora":
			clusters++
			servers += float64(s.Instances)
		default:
			servers++
			stored, grown = stored+float64(s.StorageGB), grown+float64(s.MaxStorageGB)
		}
	}
	for _, c := range d.Env.Caches {
		nodes += float64(1 + c.Replicas)
	}
	passwords := 1
	for _, p := range d.Workloads {
		passwords += min(1, len(p.Uses(database.Kind.Name))) + len(p.Uses(cache.Kind.Name))
	}
	return []Need{
		{Quota: databaseServers, Value: servers, What: "servers, and instances of clusters", Lower: "put databases onto fewer servers: remove database_server blocks"},
		{Quota: databaseClusters, Value: clusters, What: "servers of engine aurora", Lower: "put databases onto fewer servers: remove database_server blocks"},
		{Quota: databaseStorage, Value: stored, Peak: grown, What: fmt.Sprintf("%s GiB to start with, and %s when every server has grown", Number(stored), Number(grown)), Lower: "lower storage_gb and max_storage_gb"},
		{Quota: cacheNodes, Value: nodes, What: "the primary and its replicas, of each cluster", Lower: "lower replicas in cache blocks"},
		{Quota: secrets, Value: float64(len(d.Of(secret.Kind.Name)) + passwords), What: "the application's own, and passwords", Lower: "keep several values in one secret"},
		{Quota: topics, Value: float64(len(d.Of(topic.Kind.Name)) - len(d.Env.ExistingTopics)), What: "one for each topic"},
	}
}

// global is what an account has once, and the names it keeps.
func global(d *deploy.Deployment) []Need {
	var made, shown float64
	for _, r := range d.Of(objects.Kind.Name) {
		if d.Env.ExistingBucket(r.Name) != nil {
			continue
		}
		made++
		if r.Spec.(*objects.Bucket).Public {
			shown++
		}
	}
	logs := float64(0)
	if d.Env.Exposed() {
		logs = 1
	}
	if d.Env.AccessLogs && made > 0 {
		logs++
	}
	made += logs
	rolesMade := 2*len(d.Workloads) + 2*len(scheduled(d)) + started(d) + madeServers(d)
	if d.Env.Network == nil {
		rolesMade++
	}
	noun := objects.Kind.Noun
	each, private := "one for each public "+noun, fmt.Sprintf("show fewer %ss to everybody, or bring one with public_base_url in a %s block", noun, noun)
	return []Need{
		{Quota: buckets, Value: made, What: "the application's, and those of access logs"},
		{Quota: distributions, Value: shown, What: each, Lower: private},
		{Quota: cachePolicies, Value: shown, What: each, Lower: private},
		{Quota: headersPolicies, Value: shown, What: each, Lower: private},
		{Quota: originAccess, Value: shown, What: each, Lower: private},
		{Quota: roles, Value: float64(rolesMade), What: "two for each process and cron job, one for each server, the network and what starts a job", Lower: regroup(d, "describe fewer services")},
		{Quota: namespaces, Value: 1, What: "the one in which processes find each other"},
		{Quota: zones, Value: 1, What: "the private zone of that namespace"},
	}
}

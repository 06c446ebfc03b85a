package quota

import (
	"fmt"
	"slices"

	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds/cache"
	"github.com/groundplan/groundplan/generator/kinds/database"
	"github.com/groundplan/groundplan/generator/kinds/objects"
	"github.com/groundplan/groundplan/generator/kinds/secret"
	"github.com/groundplan/groundplan/generator/kinds/topic"
)

// Taken is what the thing that runs an environment's workloads takes of what an account has: all that differs with where they run.
type Taken struct {
	// Needs are of quotas that nothing else takes of.
	Needs []Need
	// Roles are of IAM, RolesAre says what they are for.
	Roles    int
	RolesAre string
	// SecurityGroups are those of workloads and of what starts or calls them, Interfaces the network interfaces they may have at most.
	SecurityGroups, Interfaces int
	// Rules are those of the security group that has most of them in one direction, RulesAre says whose and which.
	Rules    int
	RulesAre string
}

// Of is what a deployment needs, wired and in the order of areas. Quotas it takes nothing of are left out.
func Of(d *deploy.Deployment, taken Taken) Environment {
	e := Environment{Name: d.Env.Name, Region: d.Env.Region, Account: d.Env.AccountID, At: d.Env.At}
	for _, list := range [][]Need{network(d), groups(d, taken), balancer(d), storage(d), globalNeeds(d, taken), taken.Needs} {
		for _, need := range list {
			if need.Value > 0 {
				e.Needs = append(e.Needs, need)
			}
		}
	}
	slices.SortStableFunc(e.Needs, func(a, b Need) int { return area(a.Service) - area(b.Service) })
	return e
}

// areas are the services of AWS whose quotas stand together, in the order of their calls: what runs comes first of all.
var areas = [][]string{
	{"vpc", "ec2"}, {"elasticloadbalancing", "acm"}, {"lambda", "events", "scheduler"}, {"rds", "elasticache", "secretsmanager", "sns"}, {"s3", "cloudfront", "iam", "AWSCloudMap", "route53"},
}

func area(service string) int {
	return slices.IndexFunc(areas, func(services []string) bool { return slices.Contains(services, service) })
}

// Regroup says how an application comes to run in fewer processes.
func Regroup(d *deploy.Deployment, otherwise string) string {
	if d.App.Containers() {
		return otherwise
	}
	return "group services into process blocks in " + environment.Filename
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

// groups are security groups with their rules, and network interfaces: those of what runs, and those of servers.
func groups(d *deploy.Deployment, taken Taken) []Need {
	servers := len(d.Env.Caches) + madeServers(d)
	return []Need{
		{Quota: securityGroups, Value: float64(taken.SecurityGroups + servers + 2), What: "one for each process, job and server", Lower: Regroup(d, "describe fewer services")},
		{Quota: groupRules, Value: float64(taken.Rules), What: taken.RulesAre, Lower: Regroup(d, "serve several paths by one service, or call fewer services from one")},
		{Quota: interfaces, Value: float64(taken.Interfaces + servers*2), What: "one for each task that may run, and those of servers and functions", Lower: "lower scale.max"},
	}
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

// globalNeeds is what an account has once, and the names it keeps.
func globalNeeds(d *deploy.Deployment, taken Taken) []Need {
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
	rolesMade := taken.Roles + madeServers(d)
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
		{Quota: roles, Value: float64(rolesMade), What: taken.RolesAre + ", one for each server and the network", Lower: Regroup(d, "describe fewer services")},
	}
}

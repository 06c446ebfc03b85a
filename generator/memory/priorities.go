package memory

import (
	"hash/fnv"
	"maps"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/output"
)

// Where rules stand on the listener: there is room in front of them for rules of one's own. The gateway's may stand anywhere
// behind, for it is alone. Rules of public containers stand in bands: those with a subdomain before those without, whose hosts
// may be every host, and in each group narrow paths before wide ones.
const (
	firstPriority     = 1000
	gatewayPriorities = 40000
	bandPriorities    = 2500
	deepestRoute      = 7
)

// priorityBand is a range of priorities, size of them from first on.
type priorityBand struct{ first, size int }

func (b priorityBand) holds(priority int) bool {
	return b.first <= priority && priority < b.first+b.size
}

// bandOf is where the rule of a process may stand; false for a process without one.
func bandOf(p *deploy.Workload) (priorityBand, bool) {
	if p.Gateway {
		return priorityBand{firstPriority, gatewayPriorities}, true
	}
	if !p.Public() {
		return priorityBand{}, false
	}
	c := p.Container()
	number := deepestRoute - min(deepestRoute, app.RouteDepth(c.Paths))
	if c.Subdomain == "" {
		number += deepestRoute + 1
	}
	return priorityBand{firstPriority + number*bandPriorities, bandPriorities}, true
}

// Priorities gives every rule of a deployment its place, and returns all places that were ever given away in the
// environment. AWS refuses two rules of one place, and terraform makes a rule before it deletes another: so a place that was
// granted stays its process's, and a new process gets one that nobody ever had. It follows from the process's name, so that
// hardly any moves when a lock is lost; two names that ask for one place get neighbouring ones, those first that were there
// before.
func Priorities(d *deploy.Deployment, previous *output.Lock) map[int]string {
	granted := maps.Clone(previous.Priorities[d.Env.Name])
	if granted == nil {
		granted = map[int]string{}
	}
	d.Priorities = map[string]int{}
	known := previous.Addresses[d.Env.Name+"/"+blueprint.Services]
	grant := func(p *deploy.Workload) {
		band, ruled := bandOf(p)
		if !ruled {
			return
		}
		for _, priority := range slices.Sorted(maps.Keys(granted)) {
			if granted[priority] == p.ID.Name && band.holds(priority) {
				d.Priorities[p.ID.Name] = priority
				return
			}
		}
		sum := fnv.New32a()
		sum.Write([]byte(p.ID.Name))
		for place := int(sum.Sum32() % uint32(band.size)); ; place = (place + 1) % band.size {
			priority := band.first + place
			if _, taken := granted[priority]; !taken {
				granted[priority], d.Priorities[p.ID.Name] = p.ID.Name, priority
				return
			}
		}
	}
	// A lock of an earlier groundplan knows no priorities: what it knows to be there has the places of then.
	processes := slices.Clone(d.Workloads)
	slices.SortStableFunc(processes, func(a, b *deploy.Workload) int {
		if x, y := was(known, a), was(known, b); x != y {
			if x {
				return -1
			}
			return 1
		}
		return strings.Compare(a.ID.Name, b.ID.Name)
	})
	for _, p := range processes {
		grant(p)
	}
	return granted
}

func was(addresses map[string]string, p *deploy.Workload) bool {
	_, known := addresses[p.ID.String()]
	return known
}

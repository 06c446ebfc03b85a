package survey

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/groundplan/groundplan/generator/compute"
	"github.com/groundplan/groundplan/generator/stack"
)

// What modules call that which they make, after the name they are given. TestWatched and TestNamesOfModules hold these against
// the modules.

// queueDeadLetters has a piece of a hash where SQS would find the name too long.
func queueDeadLetters(queue string) string {
	const longest = 62
	return cut(queue, longest, 53) + "-dead-letters"
}

// cut is a name that is told apart by a piece of its hash where it is longer than a module has room for.
func cut(name string, longest, kept int) string {
	if len(name) <= longest {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return name[:kept] + "-" + hex.EncodeToString(sum[:])[:8]
}

func keyAlias(name string) string { return "alias/" + name }

// fifo is a name of a topic or a queue as its module completes it.
func fifo(name string, ordered bool) string {
	if ordered {
		return name + ".fifo"
	}
	return name
}

// watched is what the modules of kinds and of what every environment has make in CloudWatch. Those of what runs workloads are its
// own to say.
var watched = map[string]func(stack.Call) compute.Watched{
	"network": func(c stack.Call) compute.Watched {
		return compute.Watched{LogGroups: []string{"/aws/vpc/" + c.Text("name") + "/flow-logs"}}
	},
	"cache":            watchedCache,
	"database-server":  watchedServer,
	"database-cluster": watchedCluster,
	"topic": func(c stack.Call) compute.Watched {
		prefix := cut(c.Text("name"), 243, 234)
		return compute.Watched{Alarms: []string{prefix + "-lost", prefix + "-undelivered"}}
	},
	"subscription": func(c stack.Call) compute.Watched {
		ordered := c.Text("fifo") == "true"
		alarms := []string{fifo(queueDeadLetters(c.Text("name")), ordered)}
		if c.Number("age_alarm_seconds") > 0 {
			alarms = append(alarms, fifo(c.Text("name"), ordered)+"-age")
		}
		return compute.Watched{Alarms: alarms}
	},
}

// watchedCache is of each node: ElastiCache numbers them.
func watchedCache(c stack.Call) compute.Watched {
	name := c.Text("name")
	stem, nodes := name, 1+c.Number("replicas")
	if c.Text("cluster_mode") == "true" {
		stem, nodes = name+"-0001", 1+c.Number("max_replicas")
	}
	kinds := []string{"cpu", "refused-keys", "refused-logins", "replication-lag"}
	switch c.Text("eviction_policy") {
	case "noeviction":
		kinds = append(kinds, "memory")
	case "allkeys-lru", "allkeys-lfu", "allkeys-random":
		kinds = append(kinds, "evictions")
	default:
		kinds = append(kinds, "evictions", "memory")
	}
	list := compute.Watched{}
	for _, log := range []string{"engine-log", "slow-log"} {
		list.LogGroups = append(list.LogGroups, "/aws/vendedlogs/elasticache/"+name+"/"+log)
	}
	for node := range nodes {
		for _, kind := range kinds {
			list.Alarms = append(list.Alarms, fmt.Sprintf("elasticache-%s-%03d-%s", stem, node+1, kind))
		}
	}
	return list
}

func watchedServer(c stack.Call) compute.Watched {
	name := c.Text("name")
	list := compute.Watched{LogGroups: []string{"/aws/rds/instance/" + name + "/postgresql", "/aws/rds/instance/" + name + "/upgrade"}}
	for _, kind := range serverAlarms(c, "cpu", "free-storage") {
		list.Alarms = append(list.Alarms, "rds-"+name+"-"+kind)
	}
	return list
}

// watchedCluster has alarms of each instance.
func watchedCluster(c stack.Call) compute.Watched {
	name := c.Text("name")
	list := compute.Watched{LogGroups: []string{"/aws/rds/cluster/" + name + "/postgresql"}}
	for number := range c.Number("instances") {
		for _, kind := range serverAlarms(c, "capacity", "cpu") {
			list.Alarms = append(list.Alarms, "rds-"+name+"-"+strconv.Itoa(number+1)+"-"+kind)
		}
	}
	return list
}

// serverAlarms are the kinds of alarms of a database server: none where nobody is told.
func serverAlarms(c stack.Call, always ...string) []string {
	switch {
	case c.Written("alarm_topic_arns") == "[]":
		return nil
	case c.Number("connections_alarm") > 0:
		return append(always, "connections")
	}
	return always
}

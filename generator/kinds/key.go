package kinds

import (
	"slices"
	"sort"
	"strings"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/names"
)

// KeyTopics are the names of the SNS topics that feed queues encrypted with the environment's key, with wildcards: SNS puts
// messages there as itself, and the key has to admit it by the ARN of the topic. One pattern for all topics that are made:
// the policy of a key takes a while to be known everywhere, and a topic more must not wait for it.
func KeyTopics(d *deploy.Deployment) []string {
	if !d.Holds("subscription") {
		return nil
	}
	topics := []string{names.Prefix(d.Env.App, d.Env.Name) + "-*"}
	for _, r := range d.Of("topic") {
		if topic := d.Env.ExistingTopic(r.Name); topic != nil {
			topics = append(topics, topic.ARN[strings.LastIndex(topic.ARN, ":")+1:])
			continue
		}
		name := names.Of(names.Topic, d.Env.App, d.Env.Name, r.Name)
		if !strings.HasPrefix(name, strings.TrimSuffix(topics[0], "*")) {
			topics = append(topics, name+"*") // with the ending of a FIFO topic
		}
	}
	for _, name := range forgottenNames(d, "topic", names.Topic) {
		if !strings.HasPrefix(name, strings.TrimSuffix(topics[0], "*")) {
			topics = append(topics, name+"*")
		}
	}
	sort.Strings(topics[1:])
	return slices.Compact(topics)
}

// forgottenNames are the names on AWS of what is left there, of one kind: it goes on using the key.
func forgottenNames(d *deploy.Deployment, kind string, budget names.Budget) []string {
	var list []string
	for _, id := range d.Forgotten {
		if id.Kind == kind {
			list = append(list, names.Of(budget, d.Env.App, d.Env.Name, id.Name))
		}
	}
	return list
}

// KeyLogGroups are the names of the environment's log groups, with wildcards: CloudWatch Logs encrypts as itself, and the
// key has to admit it by the ARN of the group. Each is a path with a name of the environment's in it, and what AWS makes
// itself beside them (/aws/lambda/..., /aws/rds/...) is called in the same way. Only names that had to be shortened need a
// pattern of their own.
func KeyLogGroups(d *deploy.Deployment) []string {
	prefix := names.Prefix(d.Env.App, d.Env.Name)
	groups := []string{"/*/" + prefix + "-*", "/*/" + prefix + "/*"}
	list := append([]string{names.Of(names.Unit, d.Env.App, d.Env.Name)}, d.Logs...) // the network, and what runs workloads
	for _, w := range d.Workloads {
		list = append(list, w.UnitName())
	}
	for _, kind := range All {
		if kind.Logs != nil {
			list = append(list, kind.Logs(d)...)
		}
	}
	list = append(list, forgottenNames(d, "cache", names.ReplicationGroup)...)
	list = append(list, forgottenNames(d, app.DatabaseServerKind, names.Server)...)
	for _, name := range list {
		if name != prefix && !strings.HasPrefix(name, prefix+"-") {
			groups = append(groups, "/*/"+name+"*") // it ends in a hash, which no other name does
		}
	}
	sort.Strings(groups[2:])
	return slices.Compact(groups)
}

// StoragePorts are the ports the storage tier answers on: none means that there is no such tier.
func StoragePorts(d *deploy.Deployment) []int {
	var ports []int
	for _, kind := range All {
		if kind.StoragePort != 0 && d.Holds(kind.Name) {
			ports = append(ports, kind.StoragePort)
		}
	}
	return ports
}

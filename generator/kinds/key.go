package kinds

import (
	"slices"
	"sort"
	"strings"

	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/names"
)

// KeyTopics are the names of the SNS topics that feed what is encrypted with the environment's key, with wildcards: SNS puts
// messages there as itself, and the key has to admit it by the ARN of the topic.
func KeyTopics(d *deploy.Deployment) []string {
	var topics []string
	for _, kind := range All {
		if kind.Feeds != nil {
			topics = append(topics, kind.Feeds(d)...)
		}
	}
	return topics
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

package kinds

import (
	"slices"
	"sort"
	"strings"

	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/names"
)

// KeyTopics are the names of the SNS topics that feed queues encrypted with the environment's key, with wildcards: SNS puts
// messages there as itself, and the key has to admit it by the ARN of the topic. One pattern for all topics that are made:
// the policy of a key takes a while to be known everywhere, and a topic more must not wait for it.
func KeyTopics(d *Deployment) []string {
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
	for _, name := range d.forgottenNames("topic ", names.Topic) {
		if !strings.HasPrefix(name, strings.TrimSuffix(topics[0], "*")) {
			topics = append(topics, name+"*")
		}
	}
	sort.Strings(topics[1:])
	return slices.Compact(topics)
}

// forgottenNames are the names on AWS of what is left there, of the kind that a prefix of logical ids tells: it goes on using
// the key.
func (d *Deployment) forgottenNames(prefix string, budget names.Budget) []string {
	var list []string
	for _, id := range d.Forgotten {
		if subject, is := strings.CutPrefix(id, prefix); is {
			list = append(list, names.Of(budget, d.Env.App, d.Env.Name, subject))
		}
	}
	return list
}

// KeyLogGroups are the names of the environment's log groups, with wildcards: CloudWatch Logs encrypts as itself, and the
// key has to admit it by the ARN of the group. Each is a path with a name of the environment's in it, and what AWS makes
// itself beside them (/aws/lambda/..., /aws/rds/...) is called in the same way. Only names that had to be shortened need a
// pattern of their own.
func KeyLogGroups(d *Deployment) []string {
	prefix := names.Prefix(d.Env.App, d.Env.Name)
	groups := []string{"/*/" + prefix + "-*", "/*/" + prefix + "/*"}
	list := []string{
		names.Of(names.Unit, d.Env.App, d.Env.Name),    // the network
		names.Of(names.Cluster, d.Env.App, d.Env.Name), // the cluster
	}
	for _, process := range d.Env.Processes {
		list = append(list, UnitName(d.Env, process.Name))
	}
	for _, kind := range All {
		if kind.Logs != nil {
			list = append(list, kind.Logs(d)...)
		}
	}
	list = append(list, d.forgottenNames("cache ", names.ReplicationGroup)...)
	list = append(list, d.forgottenNames("database server ", names.Server)...)
	for _, name := range list {
		if name != prefix && !strings.HasPrefix(name, prefix+"-") {
			groups = append(groups, "/*/"+name+"*") // it ends in a hash, which no other name does
		}
	}
	sort.Strings(groups[2:])
	return slices.Compact(groups)
}

// UnitName is the physical name of a process, from which its module makes those of its roles.
func UnitName(env *environment.Environment, process string) string {
	return names.Of(names.Unit, env.App, env.Name, process)
}

// keyUses are the services by way of which a process uses a key, with what is encrypted there.
var keyUses = map[string]string{
	"s3":  "objects of buckets are encrypted with the environment's key, which opens by way of S3 alone",
	"sns": "messages of topics are encrypted with the environment's key, which opens by way of SNS alone",
	"sqs": "messages of queues are encrypted with the environment's key, which opens by way of SQS alone",
}

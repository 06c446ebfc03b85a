package topic

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds/cron"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/stack"
	"github.com/groundplan/groundplan/generator/value"
)

// topicFile holds topics and their subscriptions: a reviewer reads them together.
const topicFile = "topics.tf"

// What SQS allows, in seconds; Encore's runtimes clamp to the same.
const (
	maxVisibilitySeconds = 12 * 60 * 60
	minRetentionSeconds  = 60
	maxRetentionSeconds  = 14 * 24 * 60 * 60
	// maxReceives is the largest maxReceiveCount of a redrive policy.
	maxReceives = 1000
)

// topicLabel is the Terraform label of a topic.
func topicLabel(d *deploy.Deployment, name string) string {
	return "topic_" + d.Label("topic", "", name)
}

func subscriptionLabel(d *deploy.Deployment, topic, name string) string {
	return "subscription_" + d.Label("subscription", topic, name)
}

// queueName is the physical name of a subscription's queue. Topic "a-b" with subscription "c" and topic "a" with "b-c" would
// have one name: those whose labels are told apart are so here too.
func queueName(d *deploy.Deployment, r app.Resource) string {
	if d.HasSuffix("subscription", r.Parent, r.Name) {
		return names.Of(names.Queue, d.Env.App, d.Env.Name, r.Parent, r.Name)
	}
	return names.Of(names.Queue, d.Env.App, d.Env.Name, r.Parent+"-"+r.Name)
}

// feeds are the names of the SNS topics that feed queues. One pattern for all topics that are made: the policy of a key takes a
// while to be known everywhere, and a topic more must not wait for it.
func feeds(d *deploy.Deployment) []string {
	if !d.Holds("subscription") {
		return nil
	}
	topics := []string{names.Prefix(d.Env.App, d.Env.Name) + "-*"}
	made := d.ForgottenNames("topic", names.Topic)
	for _, r := range d.Of("topic") {
		if existing := d.Env.ExistingTopic(r.Name); existing != nil {
			topics = append(topics, existing.ARN[strings.LastIndex(existing.ARN, ":")+1:])
			continue
		}
		made = append(made, names.Of(names.Topic, d.Env.App, d.Env.Name, r.Name))
	}
	for _, name := range made {
		if !strings.HasPrefix(name, strings.TrimSuffix(topics[0], "*")) {
			topics = append(topics, name+"*") // with the ending of a FIFO topic
		}
	}
	slices.Sort(topics[1:])
	return slices.Compact(topics)
}

// isFIFO reports whether a topic is one of SNS's FIFO topics. The Go runtime sends a message group exactly when the
// declaration asks for exactly-once or for an order, and SNS refuses a group on a standard topic and its absence on a
// FIFO one. The TypeScript runtime never sends one. A plain container gets what it asks for.
func isFIFO(application *app.App, topic *Spec) bool {
	return application.Runtime != app.EncoreTypeScript && topic.FIFO()
}

// checkDelivery warns of what a topic asks for and Encore's TypeScript runtime does not do: reading its infra config it
// takes every topic for one without order whose messages may come twice.
func checkDelivery(d *deploy.Deployment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, r := range d.Of("topic") {
		topic := r.Spec.(*Spec)
		if d.App.Runtime != app.EncoreTypeScript || !topic.FIFO() {
			continue
		}
		asked := "exactly-once delivery"
		if topic.OrderingAttribute != "" {
			asked = "delivery in the order of " + kind.Quoted(topic.OrderingAttribute)
		}
		diags = append(diags, diagnostic.Warning(r.At, "Delivery that is not kept", "have the handlers of its subscriptions stand a message that comes twice, or after a later one",
			"Topic %q asks for %s. Encore's TypeScript runtime keeps that on Encore Cloud alone: here it is a standard topic, whose messages may come twice and in any order.", r.Name, asked))
	}
	return diags
}

func lowerTopics(d *deploy.Deployment, s *stack.Stack, topics []app.Resource) {
	for _, r := range topics {
		label := topicLabel(d, r.Name)
		if topic := d.Env.ExistingTopic(r.Name); topic != nil {
			existingTopic(d, s, r, topic)
			continue
		}
		s.Module(stack.Call{File: topicFile, Label: label, Module: "topic", Of: r.ID(),
			Why: []string{fmt.Sprintf("Topic %s, in %s", kind.Quoted(r.Name), r.At.Filename)},
			Args: []value.Field{
				value.Arg("name", value.String(names.Of(names.Topic, d.Env.App, d.Env.Name, r.Name))),
				value.Arg("key_arn", kind.KeyARN()),
				value.Arg("fifo", value.Bool(isFIFO(d.App, r.Spec.(*Spec)))),
				value.Arg("alarm_topic_arns", value.Strings(d.Env.AlarmTopicARNs)),
			}})
	}
}

func lowerSubscriptions(d *deploy.Deployment, s *stack.Stack, subscriptions []app.Resource) {
	for _, r := range subscriptions {
		label, spec := subscriptionLabel(d, r.Parent, r.Name), r.Spec.(*Subscription)
		topic := d.Resource("topic", "", r.Parent)
		s.Module(stack.Call{File: topicFile, Label: label, Module: "subscription", Of: r.ID(),
			Why: []string{fmt.Sprintf("Subscription %s of topic %s, in %s", kind.Quoted(r.Name), kind.Quoted(r.Parent), r.At.Filename)},
			Args: []value.Field{
				// Two subscriptions of one name are usual, on different topics.
				value.Arg("name", value.String(queueName(d, r))),
				value.Arg("topic_arn", topicARN(r.Parent)),
				value.Arg("key_arn", kind.KeyARN()),
				value.Arg("visibility_seconds", value.Int(seconds(spec.AckDeadline, 1, maxVisibilitySeconds))),
				value.Arg("retention_seconds", value.Int(seconds(spec.MessageRetention, minRetentionSeconds, maxRetentionSeconds))),
				value.Arg("max_receive_count", value.Int(receives(spec.RetryPolicy.MaxRetries))),
				value.Arg("fifo", value.Bool(isFIFO(d.App, topic.Spec.(*Spec)))),
				value.Arg("alarm_topic_arns", value.Strings(d.Env.AlarmTopicARNs)),
			}})
	}
}

// topicARN is the ARN of a topic.
func topicARN(topic string) value.Value { return value.Of(app.ID{Kind: "topic", Name: topic}, "arn") }

// seconds is a duration in whole seconds, rounded up, within what AWS allows.
func seconds(d time.Duration, least, most int) int {
	return min(most, max(least, int((d+time.Second-1)/time.Second)))
}

// receives is how often a message is received before it goes to the dead-letter queue; 0 without end.
func receives(retries int) int {
	switch retries {
	case InfiniteRetries:
		return 0
	case NoRetries:
		return 1
	}
	return min(maxReceives, retries+1)
}

// deadLetters is what the modules put behind the name of a subscription or a cron job for the queue of what was given up.
const deadLetters = "-dead-letters"

// failures is what the module of a job puts behind its name for the queue of runs that failed.
const failures = "-failures"

// checkQueues finds queues of different declarations that would have one name: terraform sees two resources, and SQS
// refuses the second in the middle of an apply.
func checkQueues(d *deploy.Deployment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	type queue struct {
		of   string
		from app.Resource
	}
	taken := map[string]queue{}
	take := func(name, of string, r app.Resource) {
		if other, is := taken[name]; is {
			diags = append(diags, diagnostic.Error(r.At, "Two queues of one name", "rename one of them",
				"%s, and %s at %s, would both be called %s.", of, other.of, diagnostic.Place(other.from.At), name))
			return
		}
		taken[name] = queue{of, r}
	}
	for _, r := range d.Of("subscription") {
		name, ending := queueName(d, r), ""
		if topic := d.Resource("topic", "", r.Parent); topic != nil && isFIFO(d.App, topic.Spec.(*Spec)) {
			ending = ".fifo"
		}
		of := fmt.Sprintf("subscription %s of topic %s", kind.Quoted(r.Name), kind.Quoted(r.Parent))
		take(name+ending, "The queue of "+of, r)
		take(name+deadLetters+ending, "The queue of dead letters of "+of, r)
	}
	for _, p := range d.Workloads {
		if p.Ends {
			take(p.UnitName()+failures, "The queue of failed runs of job "+kind.Quoted(p.ID.Name), app.Resource{At: p.Service(p.ID.Name).At})
		}
	}
	for _, r := range d.Of("cron") {
		if r.Spec.(*cron.Spec).StartsJob {
			continue
		}
		take(deploy.ScheduleName(d.Env, r.Name)+deadLetters, "The queue of dead letters of cron job "+kind.Quoted(r.Name), r)
	}
	return diags
}

// existingTopic stands for a topic of the application that exists.
func existingTopic(d *deploy.Deployment, s *stack.Stack, r app.Resource, topic *environment.ExistingTopic) {
	fields := []value.Field{value.Arg("arn", value.String(topic.ARN))}
	if topic.KeyARN != "" {
		fields = append(fields, value.Arg("key_arn", value.String(topic.KeyARN)))
	}
	s.Existing(stack.Call{File: topicFile, Label: topicLabel(d, r.Name), Of: r.ID(), Args: fields,
		Why: []string{fmt.Sprintf("Topic %s, in %s: an existing one", kind.Quoted(r.Name), r.At.Filename)}})
}

// checkTopics holds topics that exist to what the runtime does with them: it sends a message group exactly to a FIFO
// topic, and SNS refuses one that it does not expect and the lack of one that it does.
func checkTopics(d *deploy.Deployment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, r := range d.Of("topic") {
		topic := d.Env.ExistingTopic(r.Name)
		if topic == nil || topic.FIFO() == isFIFO(d.App, r.Spec.(*Spec)) {
			continue
		}
		text, hint := "asks for neither an order nor exactly-once delivery, and this is a FIFO topic", "name a standard topic, or declare the topic with exactly-once delivery or an ordering attribute"
		if !topic.FIFO() {
			text, hint = "asks for an order or for exactly-once delivery, and this is a standard topic", "name a FIFO topic, whose ARN ends in .fifo, or declare the topic with at-least-once delivery and no ordering attribute"
		}
		diags = append(diags, diagnostic.Error(topic.ARNAt, "Topic of another kind", hint, "Topic %q, declared at %s, %s.", r.Name, diagnostic.Place(r.At), text))
	}
	return diags
}

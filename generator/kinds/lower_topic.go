package kinds

import (
	"fmt"
	"time"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/emit"
	"github.com/groundplan/groundplan/generator/environment"
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

func topicLabel(name string) string { return "topic_" + Label(name) }

func subscriptionLabel(topic, name string) string {
	return "subscription_" + Label(topic) + "_" + Label(name)
}

// isFIFO says whether a topic is one of SNS's FIFO topics. The Go runtime sends a message group exactly when the
// declaration asks for exactly-once or for an order, and SNS refuses a group on a standard topic and its absence on a
// FIFO one. The TypeScript runtime never sends one.
func isFIFO(application *app.App, topic *Topic) bool {
	return application.Language == "go" && topic.FIFO()
}

func lowerTopics(s *Stack, topics []app.Resource) {
	for _, r := range topics {
		label := topicLabel(r.Name)
		s.Module(topicFile, label, "topic", "topic "+r.Name,
			[]string{fmt.Sprintf("Topic %s, in %s", quoted(r.Name), r.At.Filename)},
			Arg("name", emit.String(environment.Name(environment.Topic, s.Env.App, s.Env.Name, r.Name))),
			Arg("key_arn", emit.Ref("module.key.arn")),
			Arg("fifo", emit.Bool(isFIFO(s.App, r.Spec.(*Topic)))),
		)
		s.Output(label+"_arn", fmt.Sprintf("ARN of topic %s.", r.Name), emit.Ref("module."+label+".arn"))
	}
}

func lowerSubscriptions(s *Stack, subscriptions []app.Resource) {
	for _, r := range subscriptions {
		label, spec := subscriptionLabel(r.Parent, r.Name), r.Spec.(*Subscription)
		topic := s.Resource("topic", "", r.Parent)
		s.Module(topicFile, label, "subscription", fmt.Sprintf("subscription %s of topic %s", r.Name, r.Parent),
			[]string{fmt.Sprintf("Subscription %s of topic %s, in %s", quoted(r.Name), quoted(r.Parent), r.At.Filename)},
			// Two subscriptions of one name are usual, on different topics.
			Arg("name", emit.String(environment.Name(environment.Queue, s.Env.App, s.Env.Name, r.Parent+"-"+r.Name))),
			Arg("topic_arn", emit.Ref("module."+topicLabel(r.Parent)+".arn")),
			Arg("key_arn", emit.Ref("module.key.arn")),
			Arg("visibility_seconds", emit.Int(seconds(spec.AckDeadline, 1, maxVisibilitySeconds))),
			Arg("retention_seconds", emit.Int(seconds(spec.MessageRetention, minRetentionSeconds, maxRetentionSeconds))),
			Arg("max_receive_count", emit.Int(receives(spec.RetryPolicy.MaxRetries))),
			Arg("fifo", emit.Bool(isFIFO(s.App, topic.Spec.(*Topic)))),
			Arg("alarm_topic_arns", emit.Strings(s.Env.AlarmTopicARNs)),
		)
		s.Output(label, fmt.Sprintf("Queue of subscription %s of topic %s.", r.Name, r.Parent), emit.Object(
			Arg("queue_url", emit.Ref("module."+label+".queue_url")),
			Arg("queue_arn", emit.Ref("module."+label+".queue_arn")),
		))
	}
}

// seconds is a duration in whole seconds, rounded up, within what AWS allows.
func seconds(d time.Duration, least, most int) int {
	return min(most, max(least, int((d+time.Second-1)/time.Second)))
}

// receives is how often a message is received before it goes to the dead-letter queue; 0 for ever.
func receives(retries int) int {
	switch retries {
	case InfiniteRetries:
		return 0
	case NoRetries:
		return 1
	}
	return min(maxReceives, retries+1)
}

// wireTopics gives a process the rights and the pubsub section for what its services publish and consume. The section
// holds nothing else: a TypeScript process would start every subscription it is told of.
func wireTopics(p *Process) {
	published, consumed := p.Uses("topic"), map[string][]app.Edge{} // consumed: by topic
	for _, e := range p.Edges {
		if e.Kind == "subscription" {
			consumed[e.Parent] = append(consumed[e.Parent], e)
		}
	}
	var topics []emit.Arg
	for _, r := range p.Of("topic") {
		arn := "local.platform." + topicLabel(r.Name) + "_arn"
		var actions []string
		var comment string
		if p.App.Language == "go" && len(published[r.Name])+len(consumed[r.Name]) > 0 {
			// The Go runtime asks for the attributes of every topic in its config, and panics when it may not.
			actions = append(actions, "sns:GetTopicAttributes")
			comment = fmt.Sprintf("looks up topic %s at start", quoted(r.Name))
		}
		if uses := published[r.Name]; len(uses) > 0 {
			actions = append(actions, "sns:Publish")
			comment = fmt.Sprintf("publishes to topic %s, in %s", quoted(r.Name), places(uses))
			p.useKey("kms:Decrypt", "kms:GenerateDataKey")
		}
		if len(actions) > 0 {
			p.permit(topicLabel(r.Name), comment, actions, emit.Ref(arn))
		}
		if len(published[r.Name])+len(consumed[r.Name]) > 0 {
			topics = append(topics, Arg(r.Name, emit.Map(
				Arg("arn", emit.Ref(arn)),
				Arg("subscriptions", p.subscriptions(consumed[r.Name])),
			)))
		}
	}
	if len(topics) > 0 {
		// One entry: of several, the Go runtime keeps the last.
		p.Config["pubsub"] = emit.List(emit.Object(
			Arg("type", emit.String("aws_sns_sqs")),
			Arg("topics", emit.Map(topics...)),
		))
	}
}

// subscriptions permits a process to consume, and returns where from.
func (p *Process) subscriptions(edges []app.Edge) emit.Value {
	var fields []emit.Arg
	for _, e := range edges {
		label := subscriptionLabel(e.Parent, e.Resource)
		p.permit(label, fmt.Sprintf("consumes subscription %s of topic %s, in %s", quoted(e.Resource), quoted(e.Parent), e.At.Filename),
			[]string{"sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"}, emit.Ref("local.platform."+label+".queue_arn"))
		p.useKey("kms:Decrypt")
		fields = append(fields, Arg(e.Resource, emit.Object(Arg("url", emit.Ref("local.platform."+label+".queue_url")))))
	}
	return emit.Map(fields...)
}

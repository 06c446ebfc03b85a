package kinds

import (
	"fmt"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/value"
)

// wireTopics gives a process the rights and the pubsub section for what its services publish and consume. The section
// holds nothing else: a TypeScript process would start every subscription it is told of.
func wireTopics(p *Process) {
	published, consumed := p.Uses("topic"), map[string][]app.Edge{} // consumed: by topic
	for _, e := range p.Edges {
		// The gateway that runs a copy of the auth handler's service leaves its messages to the process that serves it.
		if e.Kind == "subscription" && e.Service != p.AuthService {
			consumed[e.Parent] = append(consumed[e.Parent], e)
		}
	}
	var topics []value.Field
	for _, r := range p.Of("topic") {
		arn := "local.platform." + p.topicLabel(r.Name) + "_arn"
		var actions []string
		var comment string
		if p.App.Runtime == app.EncoreGo && len(published[r.Name])+len(consumed[r.Name]) > 0 {
			// The Go runtime asks for the attributes of every topic in its config, and panics when it may not.
			actions = append(actions, "sns:GetTopicAttributes")
			comment = fmt.Sprintf("looks up topic %s at start", quoted(r.Name))
		}
		if uses := published[r.Name]; len(uses) > 0 {
			if p.App.Containers() {
				// Clients that take a topic's ARN ask with it whether the topic is there, and whether it is a FIFO topic.
				actions = append(actions, "sns:GetTopicAttributes")
			}
			actions = append(actions, "sns:Publish")
			comment = fmt.Sprintf("publishes to topic %s, in %s", quoted(r.Name), places(uses))
			p.useTopicKey(r.Name, "kms:Decrypt", "kms:GenerateDataKey")
		}
		if len(actions) > 0 {
			p.permit(p.topicLabel(r.Name), comment, actions, value.Traversal(arn))
		}
		if len(published[r.Name])+len(consumed[r.Name]) > 0 {
			topics = append(topics, Arg(r.Name, value.Map(
				Arg("arn", value.Traversal(arn)),
				Arg("subscriptions", p.subscriptions(consumed[r.Name])),
			)))
		}
	}
	if len(topics) > 0 {
		// One entry: of several, the Go runtime keeps the last.
		p.Config["pubsub"] = value.List(value.Object(
			Arg("type", value.String("aws_sns_sqs")),
			Arg("topics", value.Map(topics...)),
		))
	}
}

// useTopicKey lets the process use the key that encrypts a topic: the environment's, or the one its owner chose, if any.
func (p *Process) useTopicKey(topic string, actions ...string) {
	existing := p.Env.ExistingTopic(topic)
	switch {
	case existing == nil:
		p.useKey("sns", actions...)
	case existing.KeyARN != "":
		p.useOwnersKey(existing.KeyARN, p.topicLabel(topic), "topic "+quoted(topic), value.Traversal("local.platform."+p.topicLabel(topic)+"_key"), "sns", actions...)
	}
}

// subscriptions permits a process to consume, and returns where from.
func (p *Process) subscriptions(edges []app.Edge) value.Value {
	var fields []value.Field
	for _, e := range edges {
		label := p.subscriptionLabel(e.Parent, e.Resource)
		actions := []string{"sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"}
		if p.App.Containers() {
			// Encore's runtimes know the URL and ask for nothing else. Most clients of other programs look the queue up by its name, and
			// read its visibility timeout and its length when they start.
			actions = []string{"sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage"}
		}
		p.permit(label, fmt.Sprintf("consumes subscription %s of topic %s, in %s", quoted(e.Resource), quoted(e.Parent), e.At.Filename),
			actions, value.Traversal("local.platform."+label+".queue_arn"))
		p.useKey("sqs", "kms:Decrypt")
		p.Queues = append(p.Queues, Queue{Name: p.Label("subscription", e.Parent, e.Resource), ARN: value.Traversal("local.platform." + label + ".queue_arn"),
			Comment: fmt.Sprintf("subscription %s of topic %s", quoted(e.Resource), quoted(e.Parent))})
		fields = append(fields, Arg(e.Resource, value.Object(Arg("url", value.Traversal("local.platform."+label+".queue_url")))))
	}
	return value.Map(fields...)
}

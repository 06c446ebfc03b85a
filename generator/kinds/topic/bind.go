package topic

import (
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/value"
)

// consumes reports whether a use is a subscription that the workload receives from. The gateway that runs a copy of the auth
// handler's service leaves its messages to the process that serves it.
func consumes(w *deploy.Workload, e app.Edge) bool {
	return e.Kind == "subscription" && e.Service != w.AuthService
}

// bindTopics gives a workload the rights for what its services publish.
func bindTopics(w *deploy.Workload) {
	published, consumed := w.Uses("topic"), map[string][]app.Edge{} // consumed: by topic
	for _, e := range w.Edges {
		if consumes(w, e) {
			consumed[e.Parent] = append(consumed[e.Parent], e)
		}
	}
	for _, r := range w.Of("topic") {
		used := len(published[r.Name])+len(consumed[r.Name]) > 0
		grant := deploy.Grant{Of: r.ID(), Name: topicLabel(w.Deployment, r.Name), Resources: []value.Value{topicARN(r.Name)}}
		if w.Runtime() == app.EncoreGo && used {
			// The Go runtime asks for the attributes of every topic in its config, and panics when it may not.
			grant.Actions = append(grant.Actions, "sns:GetTopicAttributes")
			grant.Why = deploy.Why{Does: "looks up " + r.ID().Quoted() + " at start"}
		}
		if uses := published[r.Name]; len(uses) > 0 {
			if w.Runtime() == app.Containers {
				// Clients that take a topic's ARN ask with it whether the topic is there, and whether it is a FIFO topic.
				grant.Actions = append(grant.Actions, "sns:GetTopicAttributes")
			}
			grant.Actions = append(grant.Actions, "sns:Publish")
			grant.Why = deploy.Why{Does: "publishes to " + r.ID().Quoted(), Places: deploy.Places(uses)}
			useTopicKey(w, r.Name, "kms:Decrypt", "kms:GenerateDataKey")
		}
		if len(grant.Actions) > 0 {
			w.Permit(grant)
		}
		// Encore's runtimes find a subscription by its topic; a container that only consumes has no use for one.
		if len(published[r.Name]) > 0 || used && w.Runtime() != app.Containers {
			w.Bind(deploy.Binding{Of: r.ID(), Attributes: map[string]value.Value{"arn": topicARN(r.Name)}, Why: kind.About(r.ID(), published[r.Name])})
		}
	}
}

// useTopicKey lets the workload use the key that encrypts a topic: the environment's, or the one its owner chose, if any.
func useTopicKey(w *deploy.Workload, topic string, actions ...string) {
	existing := w.Env.ExistingTopic(topic)
	switch {
	case existing == nil:
		kind.UseKey(w, "sns", actions...)
	case existing.KeyARN != "":
		id := app.ID{Kind: "topic", Name: topic}
		kind.UseOwnersKey(w, existing.KeyARN, topicLabel(w.Deployment, topic), id.Quoted(), value.Of(id, "key_arn"), "sns", actions...)
	}
}

// bindSubscriptions permits a workload to consume, and tells it where from.
func bindSubscriptions(w *deploy.Workload) {
	for _, e := range w.Edges {
		if !consumes(w, e) {
			continue
		}
		actions := []string{"sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"}
		if w.Runtime() == app.Containers {
			// Encore's runtimes know the URL and ask for nothing else. Most clients of other programs look the queue up by its name, and
			// read its visibility timeout and its length when they start.
			actions = []string{"sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage"}
		}
		id, arn := e.To(), value.Of(e.To(), "queue_arn")
		w.Permit(deploy.Grant{
			Of: id, Name: subscriptionLabel(w.Deployment, e.Parent, e.Resource), Actions: actions, Resources: []value.Value{arn},
			Why: deploy.Why{Does: "consumes " + id.Quoted(), Places: []deploy.Place{{File: e.At.Filename}}},
		})
		kind.UseKey(w, "sqs", "kms:Decrypt")
		w.Queues = append(w.Queues, deploy.Queue{Of: id, Name: w.Deployment.Label("subscription", e.Parent, e.Resource), ARN: arn, Why: deploy.Why{Of: id.Quoted()}})
		w.Bind(deploy.Binding{Of: id, Attributes: map[string]value.Value{"url": value.Of(id, "queue_url")}, Why: kind.About(id, []app.Edge{e})})
	}
}

// configTopics is the section pubsub. It holds what the process uses and nothing else: a TypeScript process would start every
// subscription it is told of.
func configTopics(w *deploy.Workload, bound []deploy.Binding) ([]value.Field, []deploy.Secret) {
	subscriptions := map[string][]value.Field{}
	for _, b := range w.Bound("subscription") {
		subscriptions[b.Of.Parent] = append(subscriptions[b.Of.Parent], value.Arg(b.Of.Name, value.Object(value.Arg("url", b.Attributes["url"]))))
	}
	var topics []value.Field
	for _, b := range bound {
		topics = append(topics, value.Arg(b.Of.Name, value.Map(
			value.Arg("arn", b.Attributes["arn"]),
			value.Arg("subscriptions", value.Map(subscriptions[b.Of.Name]...)),
		)))
	}
	// One entry: of several, the Go runtime keeps the last.
	return []value.Field{value.Arg("pubsub", value.List(value.Object(
		value.Arg("type", value.String("aws_sns_sqs")),
		value.Arg("topics", value.Map(topics...)),
	)))}, nil
}

// configSubscriptions adds nothing: the section of topics names each topic's subscriptions.
func configSubscriptions(*deploy.Workload, []deploy.Binding) ([]value.Field, []deploy.Secret) {
	return nil, nil
}

// topicVariables and subscriptionVariables are what a container is told of what it publishes to and consumes.
var (
	topicVariables        = []kind.Variable{{Pattern: "<NAME>_TOPIC_ARN", Attribute: "arn", Meaning: "ARN of the SNS topic."}}
	subscriptionVariables = []kind.Variable{{Pattern: "<PARENT>_<NAME>_QUEUE_URL", Attribute: "url",
		Meaning: "URL of the SQS queue; `<PARENT>` is the topic. A message is SNS's envelope, with the published text in `Message`."}}
)

// buildTopics names the topics, with their subscriptions, in the infra config that images are built with.
func buildTopics(d *deploy.Deployment, resources []app.Resource) (string, any) {
	topics := map[string]map[string]any{}
	for _, r := range resources {
		topics[r.Name] = map[string]any{"arn": kind.Replaced}
	}
	for _, r := range d.Of("subscription") {
		queues, _ := topics[r.Parent]["subscriptions"].(map[string]any)
		if queues == nil {
			queues = map[string]any{}
		}
		queues[r.Name] = map[string]string{"url": kind.Replaced}
		topics[r.Parent]["subscriptions"] = queues
	}
	return "pubsub", []any{map[string]any{"type": "aws_sns_sqs", "topics": topics}}
}
